--- What runs, in a small window at the lower right, or on the command line.
-- Owns: that window and its timer.
-- Stands on: list.lua.
-- Never: takes the cursor; stays when nothing runs.
local list = require "kling_nvim.list"
local settings = require "kling_nvim.settings"

local progress = {}

local WIDTH, PROMPT, LINGER = 60, 30, 4 -- cells, cells, seconds
local OVER = { saved = true, failed = true }
local window, buffer, timer

local function seconds_since(entry)
  return (vim.loop.hrtime() - entry.started) / 1e9
end

--- Those that run, and those that ended a moment ago.
local function shown()
  local lines, running = {}, false
  for _, entry in ipairs(list.entries) do
    if not OVER[entry.state] then
      running, entry.seconds = true, seconds_since(entry)
    elseif not entry.over then
      entry.over, entry.seconds = vim.loop.hrtime(), entry.seconds or seconds_since(entry)
    end
    if not entry.over or (vim.loop.hrtime() - entry.over) / 1e9 < LINGER then
      lines[#lines + 1] = ("%s %4.0f s"):format(list.line(entry, PROMPT), entry.seconds)
    end
  end
  return lines, running
end

local function close()
  if window and vim.api.nvim_win_is_valid(window) then vim.api.nvim_win_close(window, true) end
  window = nil
end

local function place(height)
  return { relative = "editor", anchor = "SE", row = vim.o.lines - vim.o.cmdheight - 1,
    col = vim.o.columns, width = math.min(WIDTH, vim.o.columns - 2), height = height,
    focusable = false, style = "minimal", border = "single" }
end

local function float(lines)
  if not (buffer and vim.api.nvim_buf_is_valid(buffer)) then
    buffer = vim.api.nvim_create_buf(false, true)
  end
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  if window and vim.api.nvim_win_is_valid(window) then
    vim.api.nvim_win_set_config(window, place(#lines))
  else
    window = vim.api.nvim_open_win(buffer, false, place(#lines))
  end
end

local SHOW = {
  float = float,
  echo = function(lines) vim.api.nvim_echo({ { "Kling " .. lines[#lines] } }, false, {}) end,
  none = function() end,
}

local function stop()
  if timer then
    timer:stop()
    timer:close()
    timer = nil
  end
end

local function draw()
  local lines, running = shown()
  if lines[1] then SHOW[settings.get "progress"](lines) else close() end
  if not (running or lines[1]) then stop() end
end

--- Shows what has changed, and from now on each second how long it takes.
function progress.refresh()
  if not timer then
    timer = vim.loop.new_timer()
    timer:start(1000, 1000, vim.schedule_wrap(draw))
  end
  vim.schedule(draw)
end

return progress
