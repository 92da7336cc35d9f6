--- Shows a file outside the editor.
-- Owns: which program that is.
-- Stands on: vim.ui.open where there is one, else xdg-open, open or the user's own.
-- Never: waits for it.
local note = require "kling_nvim.note"
local settings = require "kling_nvim.settings"

local SYSTEM = { { "xdg-open" }, { "open" }, { "explorer.exe" } }

local function run(command, path)
  local line = vim.list_extend(vim.list_extend({}, command), { path })
  local ok, job = pcall(vim.fn.jobstart, line, { detach = true })
  if not ok or job <= 0 then note.failed(("open: %s can't be run"):format(command[1])) end
end

local function system(path)
  if vim.ui.open then return vim.ui.open(path) end
  for _, command in ipairs(SYSTEM) do
    if vim.fn.executable(command[1]) == 1 then return run(command, path) end
  end
  note.told("no program to open videos was found: setup { open = { ... } } names one")
end

--- Opens the file as the settings say.
---@param path string
---@param asked boolean|nil true: the user asked for it, so open = false means the system's viewer
return function(path, asked)
  local how = settings.get "open"
  if type(how) == "function" then return how(path) end
  if type(how) == "table" then return run(how, path) end
  if how or asked then return system(path) end
end
