--- The sandbox as a process: how it ends, and how a parent speaks to it.
-- Owns: the announcement on standard output, admin commands from standard input, signals, the end.
-- Stands on: server, admin, cqueues. spawn.lua holds the other ends.
-- Never: outlives its parent: when the pipe at descriptor 3 ends, so does the process.

local cqueues = require "cqueues"
local signal = require "cqueues.signal"

local admin = require "kling.sandbox.admin"
local json = require "kling.sandbox.json"
local server = require "kling.sandbox.server"

local function say(value)
  io.stdout:write(json.encode(value), "\n")
  io.stdout:flush()
end

local child = {}

local function quit(place)
  if place.ca_file then os.remove(place.ca_file) end
  os.exit(0)
end

local function parse_query(s)
  local name, value = s:match("^(%w+)=(.*)$")
  return name and { [name] = value } or {}
end

local function obey(world, line)
  local method, path, query, body = line:match("^(%u+) ([^ ?]+)%??(%S*) ?(.*)$")
  local status, value = admin.run(world, method, path, parse_query(query), body)
  say { status = status, value = value }
end

local LIFELINE = 3

local function await_the_end(place)
  cqueues.poll { pollfd = LIFELINE, events = "r" }
  quit(place)
end

-- The parent writes one line and waits for one line, so a readable pipe holds a whole line.
local function listen_to_parent(world, place)
  while true do
    cqueues.poll { pollfd = 0, events = "r" }
    local line = io.read("*l")
    if not line or line == "quit" then quit(place) end
    obey(world, line)
  end
end

--- End this process when the parent is gone.
---@param listener table
---@param place table
function child.end_with_parent(listener, place) listener.cq:wrap(await_the_end, place) end

--- End this process quietly on Ctrl-C.
---@param listener table
---@param place table
function child.end_with_signal(listener, place)
  signal.block(signal.SIGINT, signal.SIGTERM)
  listener.cq:wrap(function()
    signal.listen(signal.SIGINT, signal.SIGTERM):wait()
    quit(place)
  end)
end

--- Serve until the parent says quit or is gone.
---@param options table
function child.serve(options)
  signal.ignore(signal.SIGINT) -- Ctrl-C at the parent's prompt is not meant for us
  local listener, place, world = server.new(options)
  listener.cq:wrap(listen_to_parent, world, place)
  child.end_with_parent(listener, place)
  say {
    url = place.origin, port = place.port, ca_file = place.ca_file,
    pid = tonumber(os.getenv "KLING_SANDBOX_PID"),
  }
  server.serve(listener, world)
end

return child
