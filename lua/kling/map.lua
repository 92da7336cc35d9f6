--- kling.map: the same with every item of a list, so many at a time.
-- Owns: how many are under way at once, which comes next, whose time is up.
-- Stands on: gather.lua, fibers.lua, link.lua.
-- Never: loses a task because another one failed: every item has its own result or error.
local core = require "kling.core"
local fibers = require "kling.fibers"
local gather = require "kling.gather"
local loop = require "kling.loop"
local options = require "kling.options"
local raise = require "kling.raise"

--- Items of map read the result when it is looked at: ten thousand of them cost nothing before.
local LAZY = {}

function LAZY.__index(item, name)
  if name ~= "result" or not item.ok then return nil end
  local result = item.task:result()
  rawset(item, "result", result)
  return result
end

local function lazy_item(task, index)
  if task.state == "succeeded" then
    return setmetatable({ index = index, ok = true, task = task }, LAZY)
  end
  return gather.item(task, index)
end

local Map = {}
Map.__index = Map

--- How tasks of an endpoint are started and looked at: no coroutine each, so that ten thousand of
-- them can be under way.
local function of_endpoint(requests, endpoint, given)
  if not given.client then raise("kling.map: option client is missing: who creates the tasks?") end
  local found = given.client:open(endpoint)
  local call = given.budget and { budget = { name = core.random_id "map-" } }
  for name, value in pairs(given.budget or {}) do call.budget[name] = value end
  local watch = given.interval or true
  loop.check(given.client.host)
  return {
    start = function(i)
      if type(requests[i]) ~= "table" then
        raise("kling.map: request %d: a table is expected, not a %s", i, type(requests[i]))
      end
      return found:start(requests[i], watch, call)
    end,
    item = lazy_item, host = given.client.host,
    timeout = given.timeout or given.client.pace.deadline,
  }
end

--- How calls of a function are.
local function of_function(requests, fn)
  return {
    start = function(i) return fibers.spawn(fn, requests[i], i) end,
    item = gather.item,
  }
end

function Map:finish(item)
  self.items[item.index] = item
  self.finished = self.finished + 1
  if self.on_done then self.on_done(item, item.index) end
end

--- The place of the next request to start; those that were sent back come first.
function Map:next_index()
  local sent_back = self.sent_back
  if sent_back[1] then return table.remove(sent_back) end
  if self.started == self.total then return nil end
  self.started = self.started + 1
  return self.started
end

function Map:start(index)
  local thing, message, err = self.how.start(index)
  if not thing then
    self:finish { index = index, ok = false, message = message, err = err }
    return
  end
  self.under_way = self.under_way + 1
  self.gather:add(thing, index, core.clock())
end

function Map:fill()
  while self.under_way < self.limit do
    local index = self:next_index()
    if not index then return end
    self:start(index)
  end
end

--- The account runs fewer tasks at once than were asked for: this one was refused for want of a
-- place, and others will give theirs back.
function Map:is_crowded(item)
  local kind = item.err and item.err.kind
  return item.task and not item.task.created and self.under_way > 0
    and (kind == "concurrency" or kind == "rate")
end

function Map:take(entry)
  self.under_way = self.under_way - 1
  local item = self.how.item(entry.thing, entry.index)
  if not item.ok and self:is_crowded(item) then
    self.limit = self.under_way
    self.sent_back[#self.sent_back + 1] = entry.index
  else
    self:finish(item)
  end
end

--- When the time of the one that has been under way longest is up.
function Map:deadline()
  local timeout = self.how.timeout
  return timeout and self.gather.oldest.time + timeout
end

function Map:expire()
  local entry = self.gather.oldest
  self.gather:remove(entry)
  self.under_way = self.under_way - 1
  self:finish(gather.late_item(entry.thing, entry.index, self.how.timeout))
end

function Map:run()
  while self.finished < self.total do
    self:fill()
    if self.under_way > 0 then
      local entry = self.gather:next(self:deadline(), self.how.host)
      if entry then self:take(entry) else self:expire() end
    end
  end
  return self.items
end

--- Does the same with every item of a list, some at a time, and waits for all of them.
---@param requests table list of requests, or of whatever the function takes
---@param how string|function name of an endpoint: each request becomes a task that is waited for;
--- or a function(request, index) that may create, wait and download: its values become the item's
---@param given table|nil concurrency (5: what Kling's smaller packages allow), client (needed with
--- an endpoint), timeout (seconds a task), interval (seconds), on_done (called with item and index)
---@return kling.Item[] items in the order of the requests
local function map(requests, how, given)
  given = options.check("kling.map", "map", given)
  if type(requests) ~= "table" then
    raise("kling.map: a list of requests is expected, not a %s", type(requests))
  end
  if type(how) ~= "string" and type(how) ~= "function" then
    raise("kling.map: the name of an endpoint or a function is expected, not %s", tostring(how))
  end
  local self = setmetatable({ items = {}, total = #requests, started = 0, finished = 0,
    under_way = 0, sent_back = {}, gather = gather.new(), on_done = given.on_done,
    limit = options.value("map", given, "concurrency") }, Map)
  self.how = (type(how) == "string" and of_endpoint or of_function)(requests, how, given)
  return self:run()
end

return map
