--- kling.sandbox: an offline gateway for trying and testing.
-- Owns: the two ways in. `run` serves until Ctrl-C; `start` gives a child process and a handle.
-- Stands on: lua-http in some Lua of this machine; spawn.lua finds one when this Lua has none.
-- Never: talks to the internet, costs anything, outlives the process that started it.
--
-- Options, all of them optional (times in seconds):
--   port            where to listen on 127.0.0.1; `run` 8899, `start` any free port
--   speed           how long a task takes; `run` 3, `start` 0.3
--   keys            accepted API keys; { "sandbox-key" }
--   access_key, secret_key   for Kling's JWT; "sandbox-ak", "sandbox-sk"
--   skew            how far the sandbox's clock is ahead
--   link_seconds    how long a result link works; 30 days
--   file_bytes      pad the clip to this size
--   create, status  other reply shapes (shapes_create.lua, shapes_status.lua); words: other words
--   strict          false: do not check bodies; allow_unknown: let unknown fields pass
--   models          further model names to accept
--   limit           most unfinished tasks an account may have, above it 1303
--   unique          false: take an external_task_id again and again
--   seed            of the random numbers; faults: armed at the start (faults.lua)
--   tls             true: https with a certificate of its own, HTTP/2 included
--   gateways        { anyfast = { status = "task_new" }, ... }: options of one gateway
--   lua             the interpreter to use; found by itself otherwise

local spawn = require "kling.sandbox.spawn"

local sandbox = {}

local NAMES = { "anyfast", "kkiai", "powertokens", "uniall", "kling" }

local function with_defaults(options, defaults)
  local out = {}
  for name, value in pairs(defaults) do out[name] = value end
  for name, value in pairs(options or {}) do out[name] = value end
  return out
end

local function greeting(place, options)
  local key = (options.keys or { "sandbox-key" })[1]
  local lines = {
    "kling.sandbox listens on " .. place.origin .. " (offline, nothing costs money)", "",
  }
  for _, name in ipairs(NAMES) do
    lines[#lines + 1] = ("  %-12s base_url = %q, api_key = %q"):format(
      name, place.origin .. "/" .. name, key)
  end
  lines[#lines + 1] = "               kling also takes access_key and secret_key: "
    .. (options.access_key or "sandbox-ak") .. ", " .. (options.secret_key or "sandbox-sk")
  if place.ca_file then lines[#lines + 1] = "  ca_file = " .. place.ca_file end
  lines[#lines + 1] = ""
  lines[#lines + 1] = ("A task takes %g s. Faults and figures: %s/_sandbox/stats. Ctrl-C ends it.")
    :format(options.speed, place.origin)
  return table.concat(lines, "\n") .. "\n"
end

--- Serve until Ctrl-C, in this Lua or, when it has no lua-http, in one that does.
---@param options table|nil port, speed, keys, faults, tls and others: kling/sandbox/init.lua
function sandbox.run(options)
  options = with_defaults(options, { port = 8899, speed = 3 })
  if not pcall(require, "http.server") then return spawn.foreground(options) end
  local child, server = require "kling.sandbox.child", require "kling.sandbox.server"
  local listener, place, world = server.new(options)
  io.stdout:write(greeting(place, options))
  io.stdout:flush()
  child.end_with_signal(listener, place)
  if options.attached then child.end_with_parent(listener, place) end
  server.serve(listener, world)
end

--- Start a sandbox as a child process; it ends with this process at the latest.
---@param options table|nil port, speed, keys, faults, tls and others: kling/sandbox/init.lua
---@return kling.Sandbox handle
function sandbox.start(options)
  return spawn.child(with_defaults(options, {}))
end

return sandbox
