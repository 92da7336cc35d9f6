--- Waiting in a thread of copas, for clients made with loop = "copas".
-- Owns: the list of threads that wait; one thread more, which steps the engine while there are any.
-- Stands on: engine:fd, engine:alarm, copas 1: what a thread yields says in which set it waits.
-- Never: is chosen by itself: copas does not tell whether it runs. Never: shows copas two things of
-- one descriptor: it would see one of them; makes a socket of it, which would close it.
local copas = require "copas"
local core = require "kling.core"
local fibers = require "kling.fibers"
local tracker = require "kling.tracker"

local LONGEST = 60
local waiters, pumping = {}, false

local function nothing() end

--- A set of copas' kind that nothing is ever taken from: `go` does that.
local PARKED = { insert = nothing, push = function(_, waiter, co) waiter.co = co end }

--- Resumes a thread, and puts it where it waits next, as copas does.
local function go(waiter)
  local ok, thing, set = coroutine.resume(waiter.co, waiter)
  if not ok then
    copas.addthread(function() error(thing, 0) end) -- copas tells of it in its way
  elseif thing and set then
    set:insert(thing)
    set:push(thing, waiter.co)
  end
end

--- Resumes those whose wait is over; returns the first deadline of the others.
local function sort_out(now)
  local over, left, soonest = {}, {}, math.huge
  for _, waiter in ipairs(waiters) do
    waiter.answer = waiter.ready() and true or false
    local list = waiter.co and (waiter.answer or now >= waiter.deadline) and over or left
    list[#list + 1] = waiter
    if list == left then soonest = math.min(soonest, waiter.deadline) end
  end
  waiters = left
  for _, waiter in ipairs(over) do go(waiter) end
  return #over > 0 and now or soonest
end

--- What copas sees as a socket: its reading steps the engine, and ends when nobody waits.
local function source(engine, fd)
  local function receive()
    engine:step()
    tracker.dispatch(engine)
    local moved, soonest = fibers.turn(core.clock())
    local now = core.clock()
    local least = math.min(sort_out(now), soonest or math.huge) - now
    if #waiters == 0 then return "done" end
    engine:alarm(moved and 0 or math.max(0, math.min(engine:due() or LONGEST, least, LONGEST)))
    return nil, "timeout", ""
  end
  return { getfd = function() return fd end, dirty = function() return false end,
    settimeout = nothing, close = nothing, receive = receive }
end

local function start(engine)
  local from = source(engine, assert(engine:fd()))
  pumping = true
  copas.addthread(function()
    copas.receive(from, 1)
    pumping = false
  end)
end

local function wait(engine, ready, deadline)
  if fibers.current() then return fibers.pause(ready, deadline) end
  local waiter = { ready = ready, deadline = deadline or math.huge }
  waiters[#waiters + 1] = waiter
  if not pumping then start(engine) end
  engine:alarm(0) -- it is asked for once more when it can be resumed
  coroutine.yield(waiter, PARKED)
  return waiter.answer
end

return { wait = wait, spawn = function(fn) copas.addthread(fn) end }
