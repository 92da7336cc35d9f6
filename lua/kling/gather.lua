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

--- A thing's place in a gathering; told by the tracker when the thing ends. Entries are chained:
-- tables with a key a thing would be built anew over and over by Lua as things come and go.
local Entry = {}
Entry.__index = Entry

--- A gathering without anything in it.
local function new()
  local self = setmetatable({ oldest = false, newest = false, first_ended = false }, Gather)
  self.any_ended = function() return self.first_ended end
  return self
end

function Entry:ended()
  local gather = self.gather
  if not gather then return end
  if gather.first_ended then gather.last_ended.next_ended = self else gather.first_ended = self end
  gather.last_ended = self
end

--- All fields from the start, eight at most: a table that grows is made anew.
local function link(self, thing, index, time)
  local newest = self.newest
  local entry = setmetatable({ gather = self, thing = thing, index = index, time = time or false,
    before = newest, after = false, next_ended = false }, Entry)
  if newest then newest.after = entry else self.oldest = entry end
  self.newest = entry
  return entry
end

local function unlink(self, entry)
  local before, after = entry.before, entry.after
  if before then before.after = after else self.oldest = after end
  if after then after.before = before else self.newest = before end
  entry.gather = false
end

--- Takes care of a task or fiber. A task is polled from now on.
---@param thing kling.Task|kling.Fiber
---@param index integer
---@param time number|nil when it was started, for the caller
function Gather:add(thing, index, time)
  local entry, watched = link(self, thing, index, time), thing.watched
  if not watched and thing.done then return entry:ended() end
  tracker.keep(thing, entry)
  if not watched and not fibers.is(thing) then thing:watch {} end
end

--- Does not wait for this one any longer.
function Gather:remove(entry)
  local thing = entry.thing
  unlink(self, entry)
  tracker.drop(thing)
  if not fibers.is(thing) then thing:unwatch() end
end

--- The next one that ended, waiting for it; nil when the deadline comes first.
---@param deadline number|nil core.clock()
---@return table|nil entry thing, index, time
function Gather:next(deadline, host)
  local entry
  repeat
    if not self.first_ended and not loop.wait(self.any_ended, deadline, host) then return nil end
    entry = self.first_ended
    self.first_ended = entry.next_ended
  until entry.gather -- it was not removed in the meantime
  unlink(self, entry)
  return entry
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
  local self, seen = new(), {}
  for i, value in ipairs(values) do
    if seen[value] then raise("%s is given twice", tostring(value)) end
    seen[value] = true
    self:add(thing_of(value, i), i)
  end
  return self
end

--- The deadline of an option `timeout`.
local function deadline_of(given)
  return given.timeout and core.clock() + given.timeout
end

return { new = new, list = list, item = item, late_item = late_item, deadline_of = deadline_of }
