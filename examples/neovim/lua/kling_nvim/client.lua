--- The client that all commands use.
-- Owns: when it is made; the command that prints the key.
-- Stands on: library.lua, settings.lua.
-- Never: keeps a key: kling has it out of Lua's reach as soon as the client is made.
local library = require "kling_nvim.library"
local note = require "kling_nvim.note"
local settings = require "kling_nvim.settings"

local client = {}
local made

--- Options of kling.new out of the settings.
local function options(key)
  local all = {}
  for name, value in pairs(settings.get "client") do all[name] = value end
  all.gateway, all.base_url = settings.get "gateway", settings.get "base_url"
  all.api_key = key or settings.get "api_key" or all.api_key
  return all
end

--- Runs the key's command beside the editor; the coroutine waits.
local function read_key(command)
  local thread, lines = coroutine.running(), {}
  local job = vim.fn.jobstart(command, {
    stdout_buffered = true,
    on_stdout = function(_, said) lines = said end,
    on_exit = function(_, status)
      vim.schedule(function()
        local ok, message = coroutine.resume(thread, status)
        if not ok then note.failed(message) end
      end)
    end,
  })
  if job <= 0 then error("key_command: " .. command[1] .. " can't be run", 0) end
  local status = coroutine.yield()
  if status ~= 0 then
    return nil, ("key_command: %s ended with status %d"):format(command[1], status)
  end
  return lines[1]
end

--- The client, made at the first call. In a coroutine.
---@return table|nil client
---@return string|nil message
function client.get()
  if made then return made end
  if not settings.get "gateway" then
    return nil, "no gateway is set: require(\"kling_nvim\").setup { gateway = \"...\" }"
  end
  local kling = library()
  local command = settings.get "key_command"
  local key, message = nil, nil
  if command then key, message = read_key(command) end
  if message then return nil, message end
  local ok, new = pcall(kling.new, options(key))
  if not ok then return nil, new end
  made = new
  return made
end

--- Makes a new one at the next call. Tasks that run keep theirs.
function client.forget()
  made = nil
end

--- Fields of the gateway's endpoint; empty when the settings name no gateway that has it.
---@param endpoint string
---@return table[] fields
function client.fields(endpoint)
  local found, gateway = pcall(function()
    library()
    return require "kling.gateway"
  end)
  if not found then return {} end
  local ok, object = pcall(function()
    return gateway.endpoint(gateway.find(settings.get "gateway"), endpoint)
  end)
  return ok and object.fields or {}
end

return client
