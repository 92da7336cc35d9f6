--- HTTP plumbing: lua-http's server around app.handle.
-- Owns: the listening socket, one request in and one reply out, the announcement once it listens.
-- Stands on: lua-http, cqueues, wire, app, world.
-- Never: knows a gateway.

local cqueues = require "cqueues"
local http_server = require "http.server"
local util = require "http.util"

local app = require "kling.sandbox.app"
local wire = require "kling.sandbox.wire"
local world = require "kling.sandbox.world"

local server = {}

local BODY_TIMEOUT = 60 -- seconds
local IDLE = 75 -- seconds a connection may be idle

local function plain_headers(headers)
  local out = {}
  for name, value in headers:each() do
    if not name:find("^:") then out[name] = value end
  end
  out.host = out.host or headers:get(":authority")
  return out
end

local function body_reader(stream, headers)
  return function()
    if headers:get("expect") == "100-continue" then stream:write_continue() end
    return stream:get_body_as_string(BODY_TIMEOUT)
  end
end

local function request_of(stream, headers, place)
  local host = headers:get(":authority")
  return {
    method = headers:get(":method"), target = headers:get(":path"),
    headers = plain_headers(headers), http_version = stream.connection.version,
    origin = place.origin, other_origin = place.other_origin,
    foreign = host ~= nil and host ~= place.authority,
    read_body = body_reader(stream, headers), sleep = cqueues.sleep,
  }
end

local function failed(the_world, message)
  the_world.errors = the_world.errors + 1
  io.stderr:write("kling.sandbox: ", tostring(message), "\n")
  return { status = 500, type = "text/plain", body = tostring(message) .. "\n" }
end

local function count_connection(the_world, seen, connection)
  if not seen[connection] then
    seen[connection] = true
    the_world.connections = the_world.connections + 1
  end
end

local function stream_handler(the_world, place)
  local seen = setmetatable({}, { __mode = "k" })
  return function(_, stream)
    local headers = stream:get_headers(IDLE)
    if not headers then return end
    count_connection(the_world, seen, stream.connection)
    local ok, reply = util.yieldable_pcall(app.handle, the_world,
      request_of(stream, headers, place))
    if not ok then reply = failed(the_world, reply) end
    wire.send(stream, reply, headers:get(":method"), the_world.clock.wall())
  end
end

local function fill_place(place, options, port)
  local scheme = options.tls and "https" or "http"
  place.port, place.authority = port, ("127.0.0.1:%d"):format(port)
  place.origin = ("%s://127.0.0.1:%d"):format(scheme, port)
  place.other_origin = ("%s://localhost:%d"):format(scheme, port)
end

local function listen(options, handler)
  local context, ca_file
  if options.tls then context, ca_file = require("kling.sandbox.tls").context() end
  local listener = assert(http_server.listen {
    host = "127.0.0.1", port = options.port or 0, reuseaddr = true, tls = options.tls or false,
    ctx = context, onstream = handler, intra_stream_timeout = IDLE,
    -- A client that hangs up in the middle is daily bread here.
    onerror = function() end,
  })
  assert(listener:listen())
  return listener, ca_file
end

--- Make a server that listens.
---@param options table see the manual of kling.sandbox
---@return table server lua-http's
---@return table place origin, port, ca_file
---@return table world
function server.new(options)
  local the_world, place = world.new(options, cqueues.monotime), {}
  local listener, ca_file = listen(options, stream_handler(the_world, place))
  local _, _, port = listener:localname()
  fill_place(place, options, port)
  place.ca_file = ca_file
  return listener, place, the_world
end

-- Under HTTP/2 lua-http goes on using a socket that a fault has closed on purpose.
local function is_aftermath(message)
  return tostring(message):find("(socket closed)", 1, true) ~= nil
end

--- Serve for ever; an error in one connection is counted and does not end the others.
---@param listener table
---@param the_world table
function server.serve(listener, the_world)
  while true do
    local ok, message = listener:loop()
    if ok then return end
    if not is_aftermath(message) then failed(the_world, message) end
  end
end

return server
