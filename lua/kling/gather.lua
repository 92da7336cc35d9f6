--- Things that run side by side, taken one by one as they end.
-- Owns: which task or fiber has which place in a list; what an ended one has come to.
-- Stands on: tracker.lua, which tells what ended; loop; task.lua.
-- Never: starts anything; batch.lua does.
local core = require "kling.core"
local fibers = require "kling.fibers"
local loop = require "kling.loop"
local raise = require "kling.raise"
local task_face = require "kling.task"
local tracker = require "kling.tracker"

--- What one of many has come to.
---@class kling.Item
---@field index integer its place in the list that was given
---@field ok boolean it has a result; or it is a function that returned no failure
---@field task kling.Task|nil
---@field result any the task's result; or the first value a function returned
---@field message string|nil why there is none
---@field err kling.Error|nil as everywhere; kind "raised" for a function that raised

local Gather = {}
Gather.__index = Gather

--- A gathering without anything in it.
local function new()
  return setmetatable({ places = {}, ended_things = {}, first = 1, last = 0 }, Gather)
end

function Gather:ended(thing)
  if not self.places[thing] then return end
  self.last = self.last + 1
  self.ended_things[self.last] = thing
end

--- Takes care of a task or fiber. A task is polled from now on.
---@param thing kling.Task|kling.Fiber
---@param index integer
function Gather:add(thing, index)
  if self.places[thing] then raise("%s is given twice", tostring(thing)) end
  self.places[thing] = index
  if thing.done then
    self:ended(thing)
    return
  end
  tracker.keep(thing, self)
  if not fibers.is(thing) and not thing.watched then thing:watch {} end
end

--- Does not wait for this one any longer.
function Gather:remove(thing)
  self.places[thing] = nil
  tracker.drop(thing)
  if not fibers.is(thing) then thing:unwatch() end
end

--- The next one that ended, waiting for it; nil when the deadline comes first.
---@param deadline number|nil core.clock()
---@return integer|nil index
---@return any thing
function Gather:next(deadline, host)
  local in_time = loop.wait(function() return self.first <= self.last end, deadline, host)
  if not in_time then return nil end
  local thing = self.ended_things[self.first]
  self.ended_things[self.first] = nil
  self.first = self.first + 1
  local index = self.places[thing]
  self.places[thing] = nil
  if not index then return self:next(deadline, host) end -- removed in the meantime
  return index, thing
end

--- Everything that is not taken yet, each with its place.
function Gather:rest()
  return pairs(self.places)
end

local function fiber_item(fiber)
  local values = fiber.values
  if not fiber.ok then
    local err = { kind = "raised", retryable = false, value = values[1] }
    return { ok = false, message = tostring(values[1]), err = err }
  end
  return { ok = values[1] ~= nil or values[2] == nil, result = values[1], message = values[2],
    err = values[3] }
end

local function task_item(task)
  local result, message, err
  if task.done or task:error() then
    result, message, err = task_face.outcome(task)
  else
    result, message, err = task_face.stopped(task)
  end
  return { ok = result ~= nil, task = task, result = result, message = message, err = err }
end

--- What an ended thing has come to.
---@return kling.Item
local function item(thing, index)
  local found = (fibers.is(thing) and fiber_item or task_item)(thing)
  found.index = index
  return found
end

--- What one that is not waited for any longer has come to.
---@return kling.Item
local function late_item(thing, index, seconds)
  local found = { index = index, ok = false }
  if fibers.is(thing) then
    found.message = ("the function has not returned in %g s"):format(seconds)
    found.err = { kind = "timeout", retryable = true }
  else
    local _
    found.task = thing
    _, found.message, found.err = task_face.timed_out(thing, seconds)
  end
  return found
end

--- Something that can be gathered: a task, a fiber, or a function, which is started.
local function thing_of(value, i)
  if fibers.is(value) then return value end
  if type(value) == "function" then return fibers.spawn(value) end
  if type(value) == "userdata" and value.version and value.client then return value end
  raise("item %d: a task, a function or what kling.spawn returned is expected, not %s", i,
    tostring(value))
end

--- Gathers a list of tasks, fibers and functions.
local function list(what, values)
  if type(values) ~= "table" or fibers.is(values) then
    raise("%s: a list of tasks is expected, not %s", what, tostring(values))
  end
  local self = new()
  for i, value in ipairs(values) do self:add(thing_of(value, i), i) end
  return self
end

--- The deadline of an option `timeout`.
local function deadline_of(given)
  return given.timeout and core.clock() + given.timeout
end

return { new = new, list = list, item = item, late_item = late_item, deadline_of = deadline_of }
