--- Clients that talk to the sandbox and lose no time.
-- Owns: the options such clients share.
-- Stands on: kling, spec/support/sandbox.lua.
-- Never: uses a network but the loopback.

local kling = require "kling"
local sandbox = require "spec.support.sandbox"

local face = {}

--- Polling that makes a task of the sandbox (0.3 s) short work.
face.POLLING = { first = 0.05, growth = 1.2, jitter = 0, interval_max = 0.1, deadline = 20 }

--- A fresh sandbox.
---@param changes table|nil options of the sandbox from now on
function face.box(changes)
  local box = sandbox.start()
  if changes then box:options(changes) end
  return box
end

--- A client of a gateway of the sandbox.
---@param box table
---@param gateway string|nil "kling"
---@param more table|nil further options of kling.new
function face.client(box, gateway, more)
  local options = { gateway = gateway or "kling", api_key = "sandbox-key",
    polling = face.POLLING }
  options.base_url = box:base_url(options.gateway)
  for name, value in pairs(more or {}) do options[name] = value end
  return kling.new(options)
end

--- Runs a function with another os.getenv.
---@param values table name = value; others are unset
function face.with_environment(values, fn)
  local real = os.getenv
  os.getenv = function(name) return values[name] end -- luacheck: ignore
  local ok, message = pcall(fn)
  os.getenv = real -- luacheck: ignore
  if not ok then error(message, 0) end
end

--- Writes a file.
function face.write(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

--- The bytes of a file, nil when there is none.
function face.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local bytes = file:read "*a"
  file:close()
  return bytes
end

--- The message a function raises; fails when it raises none.
function face.raised(fn, ...)
  local ok, message = pcall(fn, ...)
  assert(not ok, "nothing was raised")
  return message
end

return face
