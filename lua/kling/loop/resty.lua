--- Waiting in nginx (OpenResty, ngx_lua): a light thread sleeps, the worker process goes on.
-- Owns: the cosocket on which a wait for one answer ends; when to sleep instead.
-- Stands on: the worker thread's unix socket (csrc/notify.h: "<tag>\n" is answered '+', then '!').
-- Never: blocks; waits in a phase in which nginx can't.
local core = require "kling.core"
local raise = require "kling.raise"
local tracker = require "kling.tracker"

local PHASES = { rewrite = true, access = true, content = true, timer = true }
local SLICE = 1 -- second; another request may have changed the task, and a socket's timeout is
-- an error in nginx's log
local STEP, FACTOR, MOST = 0.001, 1.5, 0.01 -- seconds, when nothing can wake us
local CONNECT, FOREVER = 1000, 86400000 -- milliseconds
local IDLE, POOL = 30000, 64 -- milliseconds and sockets kept for the next wait

local function check()
  local phase = ngx.get_phase()
  if PHASES[phase] then return end
  raise("kling can't wait in nginx's %s phase: only in rewrite, access, content and timers "
    .. "(ngx.timer.at)", phase)
end

--- Reads until a byte comes: of a socket used before, the end of an earlier wait may come first.
local function read(socket, wanted)
  local byte
  repeat byte = socket:receive(1) until byte == wanted or not byte
  return byte
end

--- A socket on which '!' comes when the answer of this tag is there; nil: there is none.
local function subscribe(path, tag)
  local socket = path and ngx.socket.tcp()
  if not socket then return nil end
  socket:settimeout(CONNECT)
  if socket:connect("unix:" .. path) and socket:send(("%.0f\n"):format(tag))
    and read(socket, "+") then return socket end
  socket:close()
end

--- Waits on the socket, unless the answer came between the first look and '+', when nobody was
-- woken for it: then it is over, or the thing is due again.
local function listen(socket, look, thing, seconds)
  local quiet = look() or thing.due
  if not quiet then
    socket:settimeout(math.min(FOREVER, math.ceil(seconds * 1000)))
    quiet = not read(socket, "!")
  end
  if quiet then socket:close() else socket:setkeepalive(IDLE, POOL) end
end

local function wait(engine, ready, deadline, thing)
  check()
  local path, pause = engine:path(), STEP
  local function look()
    engine:step()
    tracker.dispatch(engine)
    return ready()
  end
  while not look() do
    local left = (deadline or math.huge) - core.clock()
    if left <= 0 then return false end
    local due = thing and thing.due
    local socket = thing and not due and left > SLICE and subscribe(path, thing.tag)
    if socket then
      listen(socket, look, thing, left)
    else
      ngx.sleep(math.max(STEP, math.min(left, due and math.min(due, SLICE) or pause)))
      pause = math.min(MOST, pause * FACTOR)
    end
  end
  return true
end

--- Outlives the request: a timer runs it.
local function spawn(fn)
  assert(ngx.timer.at(0, function(premature) if not premature then fn() end end))
end

return { wait = wait, check = check, spawn = spawn, carry = function(fn) ngx.thread.spawn(fn) end }
