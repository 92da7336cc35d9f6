--- What became of a task, as columns of its intent, and what that gives back to its budgets.
-- Owns: the states an intent comes to, and what a service's answer says about cost.
-- Stands on: text.lua, budget.lua.
-- Never: writes; desk.lua does.
local budget = require "kling.journal.budget"
local text = require "kling.journal.text"

local outcome = {}

local function told_cost(value)
  local cost = tonumber(value)
  return cost and cost >= 0 and cost < 1e12 and cost or nil
end

local function succeeded(task, row)
  local result = task:result()
  local cost = told_cost(result and result.cost)
  local spend = cost and { cost = cost - (tonumber(row.cost) or 0) }
  return { state = "succeeded", task_id = task.id, slot = "0",
    result = result and text.pack(result), cost = cost and text.number(cost) }, spend
end

--- What the service says it took for a task without a result, nil when it says nothing.
local function taken(record)
  local cost
  while type(record) == "table" and not cost do
    cost, record = told_cost(record.final_unit_deduction), record.data
  end
  return cost
end

--- Gateways that run new-api give back what they took in advance for a task that failed (its
-- source); Kling's docs do not say, but a deduction that is told counts. The task itself stays
-- counted: else nothing would end a program that asks for a hopeless video again and again.
local function failed(task, row)
  local cost = taken(task:raw()) or 0
  return { state = "failed", task_id = task.id, kind = "failed", slot = "0", seconds = "0",
    cost = text.number(cost), reason = text.keep(task.reason) },
    { seconds = -tonumber(row.seconds), cost = cost - tonumber(row.cost) }
end

local function in_doubt(kind, message, lost_at)
  return { state = "ambiguous", kind = kind, slot = "0", owner = "", reason = text.keep(message),
    lost_at = text.whole(lost_at) }
end

--- This create made no task; one before it, of which nobody knows, may have made one.
---@param now number milliseconds by the journal's clock
---@return table to columns
---@return table|nil spend
function outcome.refused(row, kind, message, now)
  if row.doubted then return in_doubt(kind, message, now) end
  return { state = "refused", kind = kind, slot = "0", reason = text.keep(message),
    key_claim = false, external_claim = false },
    budget.negative { tasks = 1, seconds = tonumber(row.seconds), cost = tonumber(row.cost) }
end

local function not_created(task, row, now)
  local message, err = task:error()
  if err.kind ~= "ambiguous" then return outcome.refused(row, err.kind, message, now) end
  return in_doubt(err.cause or err.kind, message, now - (err.lost_for or 0) * 1000)
end

--- What is to be noted of a task, nil while it is being created.
---@param task kling.Task
---@param row table its intent
---@param now number milliseconds by the journal's clock
---@return table|nil to columns
---@return table|nil spend what to add to its budgets
function outcome.of(task, row, now)
  if task.state == "succeeded" then return succeeded(task, row) end
  if task.state == "failed" and task.created then return failed(task, row) end
  if task.created then return { state = "accepted", task_id = task.id } end
  if task.done then return not_created(task, row, now) end
end

return outcome
