--- The tasks of this session.
-- Owns: their numbers, and the window of :Kling tasks.
-- Stands on: viewer.lua.
-- Never: asks about a task.
local note = require "kling_nvim.note"
local view = require "kling_nvim.viewer"

local list = { entries = {} }

--- A new task, known before it is created.
---@return table entry number, endpoint, prompt, state, started; later task, share, path, message
function list.add(endpoint, prompt)
  local entry = { number = #list.entries + 1, endpoint = endpoint, prompt = prompt or "",
    state = "sending", started = vim.loop.hrtime() }
  list.entries[entry.number] = entry
  return entry
end

--- Cut to so many cells.
local function cut(text, width)
  text = text:gsub("%s+", " ")
  if vim.fn.strdisplaywidth(text) <= width then return text end
  return vim.fn.strcharpart(text, 0, width - 1) .. "…"
end

--- One line about a task.
---@param width integer cells for the prompt
function list.line(entry, width)
  local share = entry.share and ("%3d%%"):format(entry.share * 100 + 0.5) or "    "
  local prompt = cut(entry.prompt ~= "" and entry.prompt or entry.endpoint, width)
  local room = (" "):rep(width - vim.fn.strdisplaywidth(prompt))
  return ("%3d  %-9s %s  %s"):format(entry.number, entry.state or "unknown", share, prompt .. room)
end

local function report(entry)
  local more = entry.path and vim.fn.fnamemodify(entry.path, ":~") or entry.message
  local line = list.line(entry, 40)
  return more and line .. "  " .. more:gsub("\n.*", "") or line
end

--- Opens the n-th video, or the newest.
---@param which string digits or nothing
function list.open(which)
  if which == "" then
    for i = #list.entries, 1, -1 do
      if list.entries[i].path then return view(list.entries[i].path, true) end
    end
    return note.failed("there is no video yet")
  end
  local entry = list.entries[tonumber(which)]
  if not entry then return note.failed("there is no task " .. which) end
  if not entry.path then return note.failed(("task %s has no video yet"):format(which)) end
  view(entry.path, true)
end

local function keys(buffer)
  local function map(key, run) vim.keymap.set("n", key, run, { buffer = buffer, nowait = true }) end
  map("q", "<Cmd>close<CR>")
  map("<CR>", function() list.open(vim.api.nvim_get_current_line():match("%d+") or "") end)
end

--- Shows all tasks in a window, the newest first.
function list.show()
  local lines = {}
  for i = #list.entries, 1, -1 do lines[#lines + 1] = report(list.entries[i]) end
  if not lines[1] then return note.told("no tasks in this session") end
  vim.cmd "botright new"
  local buffer = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo.buftype, vim.bo.bufhidden, vim.bo.modifiable = "nofile", "wipe", false
  vim.wo.wrap, vim.wo.number = false, false
  vim.api.nvim_win_set_height(0, math.min(#lines, 12))
  keys(buffer)
end

return list
