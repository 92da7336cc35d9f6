--- Waiting in a coroutine of cqueues.
-- Owns: the condition by which those who wait tell each other that a step brought news.
-- Stands on: the worker's descriptor (engine:fd), cqueues, fibers.lua.
-- Never: waits for the descriptor alone: another coroutine's step may take what it announced.
local condition = require "cqueues.condition"
local core = require "kling.core"
local cqueues = require "cqueues"
local fibers = require "kling.fibers"
local tracker = require "kling.tracker"

local news = condition.new()
local LONGEST = 60

local function wait(engine, ready, deadline)
  if fibers.current() then return fibers.pause(ready, deadline) end
  local watched = { pollfd = assert(engine:fd()), events = "r" }
  while true do
    local changed = engine:step()
    tracker.dispatch(engine)
    local moved, soonest = fibers.turn(core.clock())
    if changed or moved then news:signal() end
    if ready() then return true end
    local now = core.clock()
    if deadline and now >= deadline then return false end
    local seconds = math.min(engine:due() or LONGEST, (deadline or math.huge) - now,
      (soonest or math.huge) - now, LONGEST)
    cqueues.poll(watched, news, moved and 0 or math.max(0, seconds))
  end
end

return { wait = wait, spawn = function(fn) cqueues.running():wrap(fn) end }
