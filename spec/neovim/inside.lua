-- What a spec's program has at hand inside Neovim.
--
-- Owns: the messages shown meanwhile, the longest time the main loop stood still, the way out.
-- Stands on: Neovim; KLING_SPEC_OUT names the file that what happened is written to.
-- Never: outlives thirty seconds.

local inside = { notes = {}, out = {}, notify = vim.notify }

local PATIENCE = 15000 -- milliseconds
local BEAT = 5 -- milliseconds between two looks at the clock

vim.notify = function(text, level)
  inside.notes[#inside.notes + 1] = { text = text, level = level }
end

--- Lets the editor go on until the condition holds; raises when that takes too long.
function inside.wait(condition)
  if not vim.wait(PATIENCE, condition, 10) then error("waited in vain", 2) end
end

--- True when a message has the text.
function inside.noted(text)
  for _, note in ipairs(inside.notes) do
    if note.text:find(text, 1, true) then return true end
  end
  return false
end

--- Measures the longest time between two beats of the main loop, in milliseconds.
function inside.measure()
  local last, longest = vim.loop.hrtime(), 0
  local timer = vim.loop.new_timer()
  timer:start(BEAT, BEAT, function()
    local now = vim.loop.hrtime()
    longest = math.max(longest, (now - last) / 1e6)
    last = now
  end)
  return function()
    timer:stop()
    timer:close()
    return math.max(longest, (vim.loop.hrtime() - last) / 1e6)
  end
end

--- Floating windows and their lines.
function inside.floats()
  local found = {}
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= "" then
      found[#found + 1] = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
    end
  end
  return found
end

local function leave(failure)
  local file = assert(io.open(os.getenv "KLING_SPEC_OUT", "w"))
  file:write(vim.json.encode { out = inside.out, notes = inside.notes, failure = failure })
  file:close()
  vim.cmd(failure and "cquit" or "qall!")
end

--- Runs a spec's program and leaves.
function inside.run(path)
  vim.defer_fn(function() leave "thirty seconds are over" end, 30000)
  local program = assert(loadfile(path))
  local ok, message = xpcall(program, debug.traceback, inside)
  leave(not ok and tostring(message) or nil)
end

return inside
