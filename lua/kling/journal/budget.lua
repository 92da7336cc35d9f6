--- Budgets: what may still be spent.
-- Owns: the arithmetic of limits and totals, and the sentence that refuses.
-- Stands on: options.lua, measure.lua, fail.lua.
-- Never: keeps a total; a journal or memory.lua does.
local core = require "kling.core"
local fail = require "kling.fail"
local measure = require "kling.journal.measure"
local options = require "kling.options"
local raise = require "kling.raise"

local budget = {}

local UNITS = { "tasks", "seconds", "cost" }
local NEAR = 1e-9 -- sums of prices are not exact

--- A user's table as a budget with a name of its own.
---@param what string the call, for messages
---@param given table|nil tasks, seconds, cost, name
---@param name string|nil what it is called unless it says so; nil: a name nobody else has
---@return table|nil budget
function budget.new(what, given, name)
  if given == nil then return nil end
  options.check(what, "budget", given)
  if not (given.tasks or given.seconds or given.cost) then
    raise("%s: a budget limits tasks, seconds or cost", what)
  end
  return { name = given.name or name or core.random_id "call-", tasks = given.tasks,
    seconds = given.seconds, cost = given.cost }
end

--- What a request must fit in. Two budgets of one name share their totals: they count once, with
-- the smaller limits.
---@param kept table|nil the client's
---@param own table|nil the call's
---@return table[] budgets
function budget.together(kept, own)
  if not (kept and own and kept.name == own.name) then return { kept or own, kept and own } end
  local both = { name = own.name }
  for _, unit in ipairs(UNITS) do
    local most, least = kept[unit], own[unit]
    both[unit] = most and least and math.min(most, least) or most or least
  end
  return { both }
end

local function needs(budgets, unit)
  for _, one in ipairs(budgets) do
    if one[unit] then return true end
  end
  return false
end

--- What a request reserves of every budget.
---@return table|nil want tasks, seconds, cost
function budget.want(link, request, budgets, prices)
  local client = link.client
  local values = measure.values(link.fields, request)
  values.gateway, values.endpoint = client.gateway, link.endpoint
  local cost = prices and measure.cost(prices, values)
  if not cost and needs(budgets, "cost") then
    return fail("budget", ("no price is known for %s of %s with mode %s and sound %s, so a cost "
      .. "can't be promised"):format(tostring(values.model_name), client.gateway,
      tostring(values.mode), tostring(values.sound)), { gateway = client.gateway,
      hint = "give kling.new a table of prices, see examples/prices.lua" })
  end
  return { tasks = 1, seconds = tonumber(values.duration) or 0, cost = cost or 0 }
end

--- The sentence that refuses, nil when everything fits.
---@param one table a budget
---@param spent table its totals: tasks, seconds, cost
---@param want table
function budget.exceeded(one, spent, want)
  for _, unit in ipairs(UNITS) do
    local limit = one[unit]
    if limit and spent[unit] + want[unit] > limit + NEAR then
      return ("the budget %s allows %.14g %s, %.14g are spent or reserved, this would take %.14g")
        :format(one.name, limit, unit, spent[unit], want[unit])
    end
  end
end

--- Totals after a change; never below nothing.
---@param spent table
---@param change table tasks, seconds, cost; negative gives back
function budget.add(spent, change)
  local sum = {}
  for _, unit in ipairs(UNITS) do
    sum[unit] = math.max(0, (tonumber(spent[unit]) or 0) + (change[unit] or 0))
  end
  return sum
end

--- What gives a reservation back.
function budget.negative(want)
  return { tasks = -want.tasks, seconds = -want.seconds, cost = -want.cost }
end

budget.NONE = { tasks = 0, seconds = 0, cost = 0 }

return budget
