--- How kling waits: one seam, one small file a host.
-- Owns: the choice of the host, made at each wait.
-- Stands on: kling.core; loop/*.lua.
-- Never: waits itself.
--
-- A host is a table. wait(engine, ready, deadline, thing) cranks the engine until ready() holds,
-- then returns true, or false once core.clock() has reached the deadline (nil: there is none).
-- `thing`, if given, is the task or fetch that ready() looks at: its `tag` is woken when its answer
-- is there, its `due` says in how many seconds it needs a step. After each step a host calls
-- tracker.dispatch(engine). spawn(fn) runs a function that may wait; check() raises where nothing
-- can wait; carry(fn) runs fibers, where the host has threads of its own.
local core = require "kling.core"
local fibers = require "kling.fibers"
local raise = require "kling.raise"
local tracker = require "kling.tracker"

local loop = {}
local chosen
local HOSTS = { "block", "luv", "resty", "cqueues", "copas" }
local SLEEPING = { due = math.huge } -- what a sleep looks at

--- Makes a host of a function(done, seconds, engine) that calls done() now and then, and returns
-- when that is true or the seconds (nil: no limit) are over.
local function adapt(wait)
  return { wait = function(engine, ready, deadline)
    if fibers.current() then return fibers.pause(ready, deadline) end
    local function done()
      engine:step()
      tracker.dispatch(engine)
      fibers.turn(core.clock())
      return ready() and true or false
    end
    wait(done, deadline and math.max(0, deadline - core.clock()), engine)
    return done()
  end }
end

--- The host this code runs in.
local function detect()
  if type(ngx) == "table" and ngx.get_phase then return "resty" end
  if type(vim) == "table" and (vim.uv or vim.loop) then return "luv" end
  local cqueues = package.loaded.cqueues
  return type(cqueues) == "table" and cqueues.running() and "cqueues" or "block"
end

--- name -> host; a require at each wait would be dear.
local loaded = setmetatable({}, { __index = function(hosts, name)
  hosts[name] = require("kling.loop." .. name)
  return hosts[name]
end })

local function current(host)
  return host or chosen or loaded[detect()]
end

--- The host of a name or function.
---@param which string|function
---@return table host
function loop.host(which)
  if type(which) == "function" then return adapt(which) end
  for _, name in ipairs(HOSTS) do
    if name == which then return loaded[name] end
  end
  raise("kling.new: there is no loop %q; there are: %s", tostring(which),
    table.concat(HOSTS, ", "))
end

--- Waits in all clients by a function of the user's own, or by the loop of a name.
---@param wait function|string|nil function(done, seconds, engine); nil: as before
function loop.set_wait(wait)
  if wait ~= nil and type(wait) ~= "function" and type(wait) ~= "string" then
    raise("kling.set_wait: a function is expected, not a %s", type(wait))
  end
  chosen = wait and loop.host(wait)
end

--- Raises where nothing can wait: before anything is sent whose answer nobody could wait for.
function loop.check(host)
  host = current(host)
  if host.check then host.check() end
end

--- Waits until ready() holds.
---@param ready function cheap, without side effects: it may be called at any time
---@param deadline number|nil core.clock() at which it gives up
---@param host table|nil a client's own
---@param thing kling.Task|userdata|nil the one task or fetch that ready() looks at
---@return boolean whether it is ready
function loop.wait(ready, deadline, host, thing)
  if ready() then return true end
  return current(host).wait(core.engine(), ready, deadline, thing)
end

local function never() return false end

--- Lets time pass, and everything else go on.
function loop.sleep(seconds, host)
  loop.wait(never, core.clock() + seconds, host, SLEEPING)
end

--- Runs a function that waits, beside everything else. What it raises is raised where the host runs
-- it.
function loop.spawn(fn, host)
  local spawn = current(host).spawn or fibers.start
  spawn(fn)
end

fibers.carrier = function() return current().carry end

return loop
