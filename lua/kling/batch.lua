--- Many tasks at once: all, any, as they are completed; spawn and join.
-- Owns: the ways to wait for several things.
-- Stands on: gather.lua, fibers.lua.
-- Never: loses a task because another one failed: every item has its own result or error.
local fibers = require "kling.fibers"
local gather = require "kling.gather"
local loop = require "kling.loop"
local options = require "kling.options"
local raise = require "kling.raise"

local unpack = table.unpack or unpack

local batch = {}

--- Iterates over tasks (or functions, or what kling.spawn returned) as they end. In Lua 5.1 the
-- iterator can't wait inside a spawned function; call it by hand there.
---@param things table list
---@param given table|nil timeout (seconds): those that have not ended by then come last
---@return fun(): kling.Item|nil
function batch.as_completed(things, given)
  given = options.check("kling.as_completed", "all", given)
  local self = gather.list("kling.as_completed", things)
  local deadline, late = gather.deadline_of(given), false
  return function()
    if not self.oldest then return nil end
    local entry = not late and self:next(deadline)
    if entry then return gather.item(entry.thing, entry.index) end
    late, entry = true, self.oldest
    self:remove(entry)
    return gather.late_item(entry.thing, entry.index, given.timeout)
  end
end

--- Calls back with each item until that returns true. No `for` does it: in Lua 5.1 nothing can wait
-- inside an iterator.
local function each(next_item, fn)
  local item = next_item()
  while item and not fn(item) do item = next_item() end
end

--- Waits until all have ended.
---@param things table list of tasks, functions, or what kling.spawn returned
---@param given table|nil timeout (seconds)
---@return kling.Item[] items in the order of the list
function batch.all(things, given)
  local items = {}
  each(batch.as_completed(things, given), function(item) items[item.index] = item end)
  return items
end

--- Waits until one has succeeded. The others go on.
---@param things table list of tasks, functions, or what kling.spawn returned
---@param given table|nil timeout (seconds)
---@return kling.Item|nil item
---@return string|nil message why the last one did not
---@return kling.Error|nil err
function batch.any(things, given)
  local last = { message = "there is nothing to wait for", err = { kind = "invalid",
    retryable = false } }
  each(batch.as_completed(things, given), function(item)
    last = item
    return item.ok
  end)
  if last.ok then return last end
  return nil, last.message, last.err
end

batch.spawn = fibers.spawn

local function values_of(fiber)
  if fiber.ok then return unpack(fiber.values, 1, fiber.values.n) end
  error(fiber.values[1], 0)
end

--- Waits for functions started by kling.spawn, all of them when none is named. Raises what one of
-- them raised, after all have ended.
---@param ... kling.Fiber
---@return any ... what the function returned; of several functions, the first value of each
function batch.join(...)
  local list = select("#", ...) > 0 and { ... } or fibers.alive()
  for i, fiber in ipairs(list) do
    if not fibers.is(fiber) then
      raise("kling.join: item %d: what kling.spawn returned is expected, not %s", i,
        tostring(fiber))
    end
    loop.wait(function() return fiber.done end)
  end
  if select("#", ...) == 1 then return values_of(list[1]) end
  local firsts = {}
  for i, fiber in ipairs(list) do firsts[i] = values_of(fiber) end
  return unpack(firsts, 1, #list)
end

return batch
