--- Runs the sandbox in another Lua and holds the line to it.
-- Owns: finding a Lua that can load lua-http, the child process, its pipes, the handle.
-- Stands on: a POSIX shell (mkfifo, exec), io.popen, json. Works from every Lua.
-- Never: leaves an orphan: the child's descriptor 3 is a pipe from here, its end is the child's.
-- Commands go through a FIFO that we hold open for reading too: writing to a dead child is no
-- SIGPIPE, reading from it is an end of file.

local json = require "kling.sandbox.json"

local spawn = {}

local CANDIDATES = { "luajit", "lua5.1", "lua5.2", "lua5.3", "lua5.4", "lua" }

-- First with the paths set for this Lua, then without them: they may name another version's files.
local PREFIXES = { "", "unset LUA_PATH LUA_CPATH LUA_INIT; " }

local function quote(s) return "'" .. s:gsub("'", "'\\''") .. "'" end

local function succeeded(command)
  local status = os.execute(command)
  return status == true or status == 0
end

local function can_serve(prefix, lua)
  return succeeded(prefix .. quote(lua) .. " -e 'require \"http.server\"' >/dev/null 2>&1")
end

local known = {}

local function search(wanted)
  for _, lua in ipairs(wanted and { wanted } or CANDIDATES) do
    for _, prefix in ipairs(PREFIXES) do
      if can_serve(prefix, lua) then return { lua = lua, prefix = prefix } end
    end
  end
end

local function find_lua(wanted)
  local name = wanted or ""
  known[name] = known[name] or search(wanted)
  if known[name] then return known[name] end
  error("kling.sandbox needs lua-http, and " .. (wanted or "no Lua on this machine")
    .. (wanted and " cannot" or " can") .. " load it. On Debian: apt install lua-http luajit;"
    .. " elsewhere: luarocks install http", 0)
end

-- The folder that holds kling/, so that the child finds the same files.
local function source_root()
  local here = debug.getinfo(1, "S").source:match("^@(.*)kling/sandbox/spawn%.lua$")
  return here == "" and "./" or here
end

local function command(found, call, options)
  local root = source_root()
  local code = ("package.path=%q..package.path %s(require('kling.sandbox.json').decode(%q))")
    :format(root .. "?.lua;" .. root .. "?/init.lua;", call, json.encode(options))
  return found.prefix .. "exec " .. quote(found.lua) .. " -e " .. quote(code)
end

-- The handle -----------------------------------------------------------------------------------

--- A running sandbox.
---@class kling.Sandbox
---@field url string where it listens
---@field port integer
---@field pid integer
---@field ca_file string|nil its certificate, with tls = true
local Handle = {}
Handle.__index = Handle

local function close(pipes)
  for _, name in ipairs { "lifeline", "commands", "replies" } do
    if io.type(pipes[name]) == "file" then pipes[name]:close() end
  end
end

local function exchange(handle, line)
  local pipes = handle.pipes or error("this sandbox has been stopped", 0)
  pipes.commands:write(line, "\n")
  pipes.commands:flush()
  local reply = pipes.replies:read("*l")
  return assert(json.decode(reply or ""), "the sandbox has died")
end

--- Send an admin command; raises when the sandbox refuses it.
---@param method string GET, POST or DELETE
---@param path string under /_sandbox/, may carry a query
---@param value table|nil what to send
---@return table reply
function Handle:admin(method, path, value)
  local body = value and json.encode(value) or ""
  local reply = exchange(self, ("%s /_sandbox/%s %s"):format(method, path, body))
  if reply.status ~= 200 then error(reply.value.error, 2) end
  return reply.value
end

--- The base_url of a gateway.
---@param name string
---@return string
function Handle:base_url(name) return self.url .. "/" .. name end

--- Arm a fault.
---@param spec table fault, gateway, on, nth, times, chance, external_task_id, when, delay, ...
---@return table reply
function Handle:fault(spec) return self:admin("POST", "faults", spec) end

--- Disarm all faults.
---@return table reply
function Handle:clear() return self:admin("DELETE", "faults") end

--- Forget tasks, figures, faults and changed options.
---@return table reply
function Handle:reset() return self:admin("POST", "reset") end

--- Let every unfinished task end now: with a long `speed` it is you who says when.
---@return table reply
function Handle:finish() return self:admin("POST", "finish") end

--- Change options.
---@param changes table new values by name; `gateway` names one gateway
---@return table reply
function Handle:options(changes) return self:admin("POST", "options", changes) end

--- The figures, of everything or of one gateway.
---@param gateway string|nil
---@return table
function Handle:stats(gateway)
  return self:admin("GET", gateway and "stats?gateway=" .. gateway or "stats")
end

--- The tasks made, of everything or of one gateway.
---@param gateway string|nil
---@return table list
function Handle:tasks(gateway)
  return self:admin("GET", gateway and "tasks?gateway=" .. gateway or "tasks")
end

--- End the sandbox and wait until it is gone. Harmless when repeated.
function Handle:stop()
  if not self.pipes then return end
  self.pipes.commands:write("quit\n")
  self.pipes.commands:flush()
  close(self.pipes)
  self.pipes = nil
end

local function make_fifos()
  local base = os.tmpname()
  local commands, replies = base .. ".commands", base .. ".replies"
  local made = succeeded(("mkfifo -m 600 %s %s"):format(quote(commands), quote(replies)))
  os.remove(base)
  assert(made, "cannot make a pipe beside " .. base)
  return commands, replies
end

local function open_pipes(line, commands, replies)
  return {
    lifeline = assert(io.popen(line, "w")),
    commands = assert(io.open(commands, "r+")),
    replies = assert(io.open(replies, "r")),
  }
end

-- Start a child; opening a FIFO for reading waits until the shell has opened it for writing.
local function launch(call, options)
  local found = find_lua(options.lua)
  local commands, replies = make_fifos()
  local pipes = open_pipes(("export KLING_SANDBOX_PID=$$; exec 3<&0; %s <%s >%s"):format(
    command(found, call, options), quote(commands), quote(replies)), commands, replies)
  os.remove(commands)
  os.remove(replies)
  pipes.lua = found.lua
  return pipes
end

local function forward(lines)
  for line in lines:lines() do
    io.stdout:write(line, "\n")
    io.stdout:flush()
  end
end

--- Serve in the foreground until Ctrl-C.
---@param options table
function spawn.foreground(options)
  options.attached = true
  local pipes = launch("require('kling.sandbox').run", options)
  -- The child has got Ctrl-C too. Here it is raised at the next call, which Lua 5.4 makes one late.
  pcall(function()
    pcall(forward, pipes.replies)
    close(pipes)
  end)
  close(pipes)
end

--- Start a child and wait until it listens.
---@param options table
---@return table handle
function spawn.child(options)
  local pipes = launch("require('kling.sandbox.child').serve", options)
  local first = pipes.replies:read("*l")
  local handle = first and json.decode(first)
  if not handle then
    close(pipes)
    error("kling.sandbox did not start; its reason stands above", 0)
  end
  handle.pipes, handle.lua = pipes, pipes.lua
  return setmetatable(handle, Handle)
end

return spawn
