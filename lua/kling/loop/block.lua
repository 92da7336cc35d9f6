--- Waiting in a plain script: this thread cranks the engine, fibers run in between.
-- Owns: nothing.
-- Stands on: engine:block, which Ctrl-C ends; fibers.lua.
-- Never: yields, unless a fiber waits; then whoever runs the fibers cranks the engine.
local core = require "kling.core"
local fibers = require "kling.fibers"
local tracker = require "kling.tracker"

local LONGEST = 60

local function wait(engine, ready, deadline)
  if fibers.current() then return fibers.pause(ready, deadline) end
  while true do
    tracker.dispatch(engine)
    local moved, soonest = fibers.turn(core.clock())
    if ready() then return true end
    local now = core.clock()
    if deadline and now >= deadline then return false end
    local seconds = math.min((deadline or math.huge) - now, (soonest or math.huge) - now, LONGEST)
    engine:block(moved and 0 or math.max(0, seconds))
  end
end

return { wait = wait }
