--- What <Tab> offers behind :Kling.
-- Owns: which words can stand where.
-- Stands on: commands.lua, client.fields (the gateway's data).
-- Never: asks the service.
local client = require "kling_nvim.client"
local commands = require "kling_nvim.commands"

local BOOLEANS = { "true", "false" }

local function starting(list, word)
  local out = {}
  for _, entry in ipairs(list) do
    if entry:sub(1, #word) == word then out[#out + 1] = entry end
  end
  return out
end

local function values_of(field)
  return field.values or (field.type == "boolean" and BOOLEANS) or {}
end

--- Values behind "mode=".
local function complete_value(fields, name)
  local list = {}
  for _, field in ipairs(fields) do
    if field.name == name then
      for _, value in ipairs(values_of(field)) do list[#list + 1] = name .. "=" .. value end
    end
  end
  return list
end

local function parameters(fields)
  local list = {}
  for _, field in ipairs(fields) do
    if field.name ~= "prompt" and field.type ~= "group" then list[#list + 1] = field.name .. "=" end
  end
  return list
end

--- Files behind :Kling image2video, where the first word has not been given yet.
local function files(command, word, before)
  local first = before:match("Kling%s+%S+%s+(.*)$") == ""
  if command ~= "image2video" or not first then return {} end
  return vim.fn.getcompletion(word, "file")
end

---@param word string what is being typed
---@param line string the whole command line
---@return string[]
return function(word, line)
  local before = line:sub(1, #line - #word)
  local command = before:match("Kling%s+(%S+)%s")
  if not command then return starting(commands.names, word) end
  if type(commands[command]) ~= "table" or commands[command].run ~= "create" then return {} end
  local fields = client.fields(command)
  local name = word:match("^([%w_]+)=")
  if name then return starting(complete_value(fields, name), word) end
  local list = files(command, word, before)
  for _, entry in ipairs(starting(parameters(fields), word)) do list[#list + 1] = entry end
  return list
end
