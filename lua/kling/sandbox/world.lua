--- The state of one sandbox: options, tasks, faults, counters, clock.
-- Owns: everything that `reset` forgets; the merge of options; the figures of /_sandbox/stats.
-- Stands on: tasks, faults, the gateways' data.
-- Never: speaks HTTP.

local faults = require "kling.sandbox.faults"
local tasks = require "kling.sandbox.tasks"

local world = {}
local World = {}
World.__index = World

--- The gateways served, in the order shown to people.
world.names = { "anyfast", "kkiai", "powertokens", "uniall", "kling" }
World.names = world.names

local DEFAULTS = {
  speed = 0.3, keys = { "sandbox-key" }, access_key = "sandbox-ak", secret_key = "sandbox-sk",
  skew = 0, strict = true, allow_unknown = false, seed = 1,
}

-- Which error family a gateway answers with, by the software it runs.
local FAMILIES = {
  kling = { task = "kling", busy = "kling" },
  new_api = { task = "new_api_task", busy = "saturated" },
}

local COUNTERS = {
  "requests", "creates", "created", "refused", "polls", "lists", "files", "content",
  "unauthorized", "leaked_keys", "foreign_keys",
}

local function compile(route)
  local pattern = route[2]:gsub("%p", "%%%0"):gsub("%%{id%%}", "([^/]+)")
  return {
    method = route[1], pattern = "^" .. pattern .. "$", action = route[3], endpoint = route[4],
    shape = route.shape,
  }
end

local function load_gateway(name)
  local data, gateway = require("kling.sandbox.gateways." .. name), { name = name, routes = {} }
  for key, value in pairs(data) do
    if key ~= "routes" then gateway[key] = value end
  end
  for i, route in ipairs(data.routes) do gateway.routes[i] = compile(route) end
  local family = assert(FAMILIES[data.family], "no such family")
  gateway.task_family, gateway.busy_family = family.task, family.busy
  return gateway
end

local function copy_into(target, source)
  for name, value in pairs(source or {}) do target[name] = value end
  return target
end

local function new_stats()
  local stats = { by_external = {}, last = {} }
  for _, name in ipairs(COUNTERS) do stats[name] = 0 end
  return stats
end

-- math.random would share one state with the host program; this is Lehmer's generator.
local function generator(seed)
  local state = seed % 2147483646 + 1
  return function(n)
    state = state * 48271 % 2147483647
    return n and state % n + 1 or state / 2147483647
  end
end

--- Make a world.
---@param options table see the manual of kling.sandbox
---@param mono function seconds that never jump
---@return table world
function world.new(options, mono)
  local self = setmetatable({ start = options, gateways = {} }, World)
  for _, name in ipairs(world.names) do self.gateways[name] = load_gateway(name) end
  local epoch = os.time() - mono()
  self.clock = { mono = mono, wall = function() return mono() + epoch + self.options.skew end }
  self:reset()
  return self
end

--- Forget everything that happened and go back to the options of the start.
function World:reset()
  self.options = copy_into(copy_into({}, DEFAULTS), self.start)
  self.random = generator(self.options.seed)
  self.tasks = tasks.new(self.clock, self.random)
  self.faults = faults.new(self.random)
  self.stats, self.own, self.connections, self.errors = {}, {}, 0, 0
  for _, name in ipairs(world.names) do
    self.stats[name] = new_stats()
    self.own[name] = copy_into({}, (self.start.gateways or {})[name])
  end
  for _, fault in ipairs(self.options.faults or {}) do self.faults:add(fault) end
end

--- The options in force for a gateway.
---@param name string
---@return table options
function World:options_of(name)
  return setmetatable(self.own[name], { __index = self.options })
end

--- Change options, of one gateway or of all.
---@param changes table `gateway` names one; the rest are options
function World:set_options(changes)
  local target = self.options
  if changes.gateway then
    target = self.own[changes.gateway] or error("no such gateway: " .. changes.gateway, 0)
  end
  for name, value in pairs(changes) do
    if name ~= "gateway" then target[name] = value end
  end
end

--- Count something that happened at a gateway.
function World:count(name, counter) self.stats[name][counter] = self.stats[name][counter] + 1 end

--- Remember a task made.
function World:note_created(name, external)
  self:count(name, "created")
  if external then
    local seen = self.stats[name].by_external
    seen[external] = (seen[external] or 0) + 1
  end
end

--- An identifier in the form of a UUID.
---@return string
function World:uuid()
  local random = self.random
  return (("xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx"):gsub("x", function()
    return ("%x"):format(random(16) - 1)
  end))
end

--- Everything counted, as plain data.
---@return table
function World:report()
  return {
    connections = self.connections, errors = self.errors, faults = self.faults.hits,
    tasks = self.tasks.count, gateways = self.stats,
  }
end

return world
