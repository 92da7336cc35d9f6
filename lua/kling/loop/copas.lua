--- Waiting in a thread of copas, for clients made with loop = "copas".
-- Owns: what copas takes for a socket: the worker's descriptor, which rings for due steps, too.
-- Stands on: engine:fd, engine:alarm, copas.
-- Never: is chosen by itself: copas does not tell whether it runs; makes a socket of LuaSocket of
-- the descriptor, which would close it.
local copas = require "copas"
local core = require "kling.core"
local fibers = require "kling.fibers"
local tracker = require "kling.tracker"

local LONGEST = 60
local waiting = 0

local function nothing() end

--- Steps, and says in copas' words whether the wait is over.
local function look(engine, ready, deadline)
  engine:step()
  tracker.dispatch(engine)
  local moved, soonest = fibers.turn(core.clock())
  if ready() then return "ready" end
  local now = core.clock()
  if deadline and now >= deadline then return "late" end
  engine:alarm(moved and 0 or math.max(0, math.min(engine:due() or LONGEST,
    (deadline or math.huge) - now, (soonest or math.huge) - now, LONGEST)))
  return nil, "timeout", ""
end

local function wait(engine, ready, deadline)
  if fibers.current() then return fibers.pause(ready, deadline) end
  local fd = assert(engine:fd())
  waiting = waiting + 1
  local how = copas.receive({
    getfd = function() return fd end, dirty = function() return false end,
    settimeout = nothing, close = nothing,
    receive = function() return look(engine, ready, deadline) end,
  }, 1)
  waiting = waiting - 1
  if waiting > 0 then engine:alarm(0) end -- this step may have taken what was meant for others
  return how == "ready"
end

return { wait = wait, spawn = function(fn) copas.addthread(fn) end }
