--- Functions that run side by side in a plain script, each until it has to wait.
-- Owns: the coroutines of kling.spawn, and what each of them waits for.
-- Stands on: tracker.lua.
-- Never: waits itself; the blocking loop calls `turn` between two waits of its own. Never yields
-- through pcall: Lua 5.1 can't, so a fiber there must not wait inside pcall either.
local raise = require "kling.raise"
local tracker = require "kling.tracker"

local fibers = {}

local WAIT = {} -- what a fiber yields first when it waits; other yields just let the others run
local alive, of_coroutine = {}, setmetatable({}, { __mode = "k" })

--- A function that was started by kling.spawn.
---@class kling.Fiber
---@field done boolean it has returned or raised
---@field ok boolean|nil it has returned
---@field values table|nil what it returned, `n` values; or the error alone
local Fiber = {}
Fiber.__index = Fiber

function Fiber:__tostring()
  return "kling.fiber " .. (not self.done and "running" or self.ok and "done" or "failed")
end

--- True for what kling.spawn returns.
function fibers.is(value)
  return getmetatable(value) == Fiber
end

local function pack(...)
  return { n = select("#", ...), ... }
end

local function finish(fiber, ok, ...)
  fiber.done, fiber.ok, fiber.values = true, ok, pack(...)
  fiber.ready, fiber.deadline = nil, nil
  of_coroutine[fiber.coroutine] = nil
  tracker.ended(fiber)
end

--- lua.c stops a program by raising this wherever it stands; LuaJIT's hook reaches coroutines.
local function is_interrupt(message)
  return type(message) == "string" and message:find("interrupted!", 1, true) ~= nil
end

local function arrived(fiber, ok, ...)
  fiber.running = false
  if coroutine.status(fiber.coroutine) == "dead" then
    finish(fiber, ok, ...)
    if not ok and is_interrupt((...)) then error((...), 0) end
    return
  end
  local sign, ready, deadline = ...
  fiber.ready = sign == WAIT and ready or nil
  fiber.deadline = sign == WAIT and deadline or nil
end

local function resume(fiber, ...)
  fiber.running = true
  arrived(fiber, coroutine.resume(fiber.coroutine, ...))
end

--- Starts a function that may wait for tasks while others do.
---@param fn function
---@param ... any its arguments
---@return kling.Fiber fiber it has run up to its first wait
function fibers.spawn(fn, ...)
  if type(fn) ~= "function" then
    raise("kling.spawn: a function is expected, not a %s", type(fn))
  end
  local fiber = setmetatable({ coroutine = coroutine.create(fn), done = false }, Fiber)
  of_coroutine[fiber.coroutine] = fiber
  alive[#alive + 1] = fiber
  resume(fiber, ...)
  return fiber
end

--- The fiber that runs now, nil in code that is in none.
function fibers.current()
  local running = coroutine.running()
  return running and of_coroutine[running]
end

--- Lets the others run until ready() holds or the deadline is over. Only inside a fiber.
---@return boolean whether it is ready
function fibers.pause(ready, deadline)
  return coroutine.yield(WAIT, ready, deadline)
end

--- True when it went on.
local function try(fiber, now)
  if fiber.running or fiber.done then return false end
  local ready = fiber.ready == nil or fiber.ready()
  if not ready and not (fiber.deadline and now >= fiber.deadline) then return false end
  resume(fiber, ready)
  return true
end

local function sweep()
  local kept = 0
  for i = 1, #alive do
    local fiber = alive[i]
    alive[i] = nil
    if not fiber.done then
      kept = kept + 1
      alive[kept] = fiber
    end
  end
end

--- Lets every fiber that can go on do so.
---@param now number core.clock()
---@return boolean moved one did; others may be able to go on now
---@return number|nil soonest the first deadline of those that wait
function fibers.turn(now)
  local moved, soonest = false, nil
  for i = 1, #alive do
    if alive[i] and try(alive[i], now) then moved = true end
  end
  if moved then sweep() end
  for _, fiber in ipairs(alive) do
    local deadline = fiber.deadline
    if deadline and not (soonest and soonest <= deadline) then soonest = deadline end
  end
  return moved, soonest
end

--- Those that have not ended yet.
---@return kling.Fiber[]
function fibers.alive()
  local list = {}
  for _, fiber in ipairs(alive) do
    if not fiber.done then list[#list + 1] = fiber end
  end
  return list
end

return fibers
