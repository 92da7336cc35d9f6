--- The plugin's door: setup{} and what :Kling does.
-- Owns: which part runs a command, and how failures are shown.
-- Stands on: settings.lua, commands.lua, create.lua, list.lua, client.lua.
-- Never: blocks; what waits runs in a coroutine, which kling resumes.
local client = require "kling_nvim.client"
local commands = require "kling_nvim.commands"
local note = require "kling_nvim.note"
local settings = require "kling_nvim.settings"

local plugin = {}

--- Sets what is named, see |kling-setup|. Raises what is wrong with it.
---@param given table
function plugin.setup(given)
  settings.set(given)
  client.forget()
end

local RUN = {
  create = function(name, call) require "kling_nvim.create"(name, call) end,
  tasks = function() require("kling_nvim.list").show() end,
  open = function(_, call) require("kling_nvim.list").open(call.rest) end,
}

--- Runs a part that may wait. Not by pcall: not every Lua can wait within one.
local function start(run, name, call)
  local thread = coroutine.create(run)
  local ok, message = coroutine.resume(thread, name, call)
  if not ok then note.failed(message) end
end

--- What nvim_create_user_command calls.
---@param call table args, range, line1, line2
function plugin.command(call)
  local name, rest = call.args:match("^(%S*)%s*(.-)%s*$")
  local row = commands[name]
  if type(row) ~= "table" or not row.run then
    return note.failed(("there is no :Kling %s; there are: %s"):format(name,
      table.concat(commands.names, ", ")))
  end
  start(RUN[row.run], name, { rest = rest, range = call.range, line1 = call.line1,
    line2 = call.line2 })
end

return plugin
