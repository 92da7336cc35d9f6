--- How kling waits: one function, one small file a host.
-- Owns: the choice of the host, made at each wait.
-- Stands on: kling.core; loop/block.lua for plain scripts.
-- Never: waits itself.
--
-- A host is a function(engine, ready, deadline): it cranks the engine until ready() holds, then
-- returns true, or false once core.clock() has reached the deadline (nil: there is none). After
-- each step it calls tracker.dispatch(engine).
local core = require "kling.core"
local raise = require "kling.raise"
local tracker = require "kling.tracker"

local loop = {}
local chosen
local HOSTS = { "block" }

--- Makes a host of a function(done, seconds, engine) that calls done() now and then, and returns
-- when that is true or the seconds (nil: no limit) are over.
local function adapt(wait)
  return function(engine, ready, deadline)
    local function done()
      engine:step()
      tracker.dispatch(engine)
      return ready() and true or false
    end
    wait(done, deadline and math.max(0, deadline - core.clock()), engine)
    return done()
  end
end

--- The host of a name or function.
---@param which string|function
---@return function host
function loop.host(which)
  if type(which) == "function" then return adapt(which) end
  for _, name in ipairs(HOSTS) do
    if name == which then return require("kling.loop." .. name) end
  end
  raise("kling.new: there is no loop %q; there are: %s", tostring(which),
    table.concat(HOSTS, ", "))
end

--- Waits in all clients by a function of the user's own.
---@param wait function|nil function(done, seconds, engine); nil: as before
function loop.set_wait(wait)
  if wait ~= nil and type(wait) ~= "function" then
    raise("kling.set_wait: a function is expected, not a %s", type(wait))
  end
  chosen = wait and adapt(wait)
end

--- Waits until ready() holds.
---@param ready function cheap, without side effects: it may be called at any time
---@param deadline number|nil core.clock() at which it gives up
---@param host function|nil a client's own
---@return boolean whether it is ready
function loop.wait(ready, deadline, host)
  if ready() then return true end
  host = host or chosen or require "kling.loop.block"
  return host(core.engine(), ready, deadline)
end

local function never() return false end

--- Lets time pass, and everything else go on.
function loop.sleep(seconds, host)
  loop.wait(never, core.clock() + seconds, host)
end

return loop
