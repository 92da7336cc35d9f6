--- Functions that run side by side in a plain script, each until it has to wait.
-- Owns: the coroutines of kling.spawn, and what each of them waits for.
-- Stands on: tracker.lua.
-- Never: waits itself; the blocking loop calls `turn` between two waits of its own. Never yields
-- through pcall: Lua 5.1 can't, so a fiber there must not wait inside pcall either.
local raise = require "kling.raise"
local tracker = require "kling.tracker"

local unpack = table.unpack or unpack

local fibers = {}

local WAIT = {} -- what a fiber yields first when it waits; other yields just let the others run
local alive, of_coroutine = {}, setmetatable({}, { __mode = "k" })
local failure -- { what was raised in this turn }

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
  if fiber.coroutine then of_coroutine[fiber.coroutine] = nil end
  tracker.ended(fiber)
end

--- lua.c stops a program by raising this wherever it stands; LuaJIT's hook reaches coroutines.
local function is_interrupt(message)
  return type(message) == "string" and message:find("interrupted!", 1, true) ~= nil
end

--- What nobody else will look at is raised when everybody had a turn.
local function report(fiber, message)
  if failure == nil and (fiber.loud or is_interrupt(message)) then failure = { message } end
end

local function raise_failure()
  local found = failure
  failure = nil
  if found then error(found[1], 0) end
end

local function arrived(fiber, ok, ...)
  fiber.running = false
  if not ok then report(fiber, (...)) end
  if fiber.guest then return end
  if coroutine.status(fiber.coroutine) == "dead" then return finish(fiber, ok, ...) end
  local sign, ready, deadline = ...
  fiber.ready = sign == WAIT and ready or nil
  fiber.deadline = sign == WAIT and deadline or nil
end

local function resume(fiber, ...)
  fiber.running = true
  arrived(fiber, coroutine.resume(fiber.coroutine, ...))
end

local function start(fiber, fn, ...)
  fiber.coroutine = coroutine.create(fn)
  of_coroutine[fiber.coroutine] = fiber
  alive[#alive + 1] = fiber
  resume(fiber, ...)
  raise_failure()
  return fiber
end

--- Runs a fiber in a thread of the host's own. Such hosts have a Lua whose pcall can wait.
local function hand_over(carry, fiber, fn, ...)
  local arguments = pack(...)
  carry(function() finish(fiber, pcall(fn, unpack(arguments, 1, arguments.n))) end)
  return fiber
end

--- What runs fibers where the host can do it better; loop/init.lua knows.
---@return function|nil carry
function fibers.carrier() return nil end

--- Starts a function that may wait for tasks while others do.
---@param fn function
---@param ... any its arguments
---@return kling.Fiber fiber it has run up to its first wait
function fibers.spawn(fn, ...)
  if type(fn) ~= "function" then
    raise("kling.spawn: a function is expected, not a %s", type(fn))
  end
  local fiber, carry = setmetatable({ done = false }, Fiber), fibers.carrier()
  if carry then return hand_over(carry, fiber, fn, ...) end
  return start(fiber, fn, ...)
end

--- Starts a function that nobody joins: what it raises is raised by whoever runs the fibers.
function fibers.start(fn)
  start(setmetatable({ done = false, loud = true }, Fiber), fn)
end

--- The fiber that runs now, nil in code that is in none.
function fibers.current()
  local running = coroutine.running()
  return running and of_coroutine[running]
end

--- Whether this code is in no coroutine at all.
function fibers.on_main()
  local running, main = coroutine.running()
  return running == nil or main == true
end

--- Lets the others run until ready() holds or the deadline is over. In a coroutine that is no fiber
-- whoever resumed it goes on; the fibers' turn resumes it then.
---@return boolean whether it is ready
function fibers.pause(ready, deadline)
  if fibers.current() then return coroutine.yield(WAIT, ready, deadline) end
  alive[#alive + 1] = { coroutine = coroutine.running(), ready = ready, deadline = deadline,
    guest = true, loud = true }
  return coroutine.yield()
end

--- True when it went on.
local function try(fiber, now)
  if fiber.running or fiber.done then return false end
  local ready = fiber.ready == nil or fiber.ready()
  if not ready and not (fiber.deadline and now >= fiber.deadline) then return false end
  fiber.done = fiber.guest or false -- a guest is back in its own hands
  resume(fiber, ready and true or false)
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
  local moved = false
  for i = 1, #alive do
    if alive[i] and try(alive[i], now) then moved = true end
  end
  if moved then sweep() end
  raise_failure()
  return moved, fibers.soonest()
end

--- The first deadline of those that wait, nil when nobody has one.
---@return number|nil
function fibers.soonest()
  local soonest
  for _, fiber in ipairs(alive) do
    local deadline = fiber.deadline
    if deadline and not (soonest and soonest <= deadline) then soonest = deadline end
  end
  return soonest
end

--- Those that were spawned and have not ended yet.
---@return kling.Fiber[]
function fibers.alive()
  local list = {}
  for _, fiber in ipairs(alive) do
    if not fiber.done and not fiber.guest then list[#list + 1] = fiber end
  end
  return list
end

--- Whether anybody waits for a turn.
function fibers.any()
  for _, fiber in ipairs(alive) do
    if not fiber.done then return true end
  end
  return false
end

return fibers
