--- The account of a round: what was wanted, what the sandbox made, what the journal knows of it.
-- Owns: what counts as created, adopted, ambiguous, a duplicate, lost, missing.
-- Stands on: plain tables: the plan, the sandbox's own list of tasks, the journal's intents.
-- Never: asks a client. A task is told from others by its prompt, which every gateway takes.

local plan_of = require "spec.chaos.plan"

local audit = {}

audit.COLUMNS = { "wanted", "created", "adopted", "ambiguous", "duplicates", "lost", "missing",
  "invented" }
--- Columns in which every figure must be 0.
audit.LAWS = { "duplicates", "lost", "missing", "invented" }

local IN_DOUBT = { open = true, ambiguous = true }

local function group(list, key_of)
  local groups = {}
  for _, entry in ipairs(list) do
    local key = key_of(entry) or ""
    groups[key] = groups[key] or {}
    table.insert(groups[key], entry)
  end
  return groups
end

local function any(list, holds)
  for _, entry in ipairs(list or {}) do
    if holds(entry) then return true end
  end
  return false
end

--- The journal has the task itself, or says of the very create that made it that it is in doubt.
local function is_known(task, intents)
  return any(intents, function(intent)
    if intent.gateway ~= task.gateway then return false end
    if intent.task_id == task.id then return true end
    return IN_DOUBT[intent.state] and intent.task_id == nil
      and intent.external_task_id == task.external_task_id
  end)
end

local function is_in_doubt(intent) return IN_DOUBT[intent.state] end

--- What became of one wanted task.
---@param made table[] tasks of the sandbox
---@param intents table[] of the journal
local function weigh(row, wanted, made, intents)
  local known = 0
  for _, task in ipairs(made) do
    if is_known(task, intents) then known = known + 1 end
    if task.lookups > 0 and any(intents, function(i) return i.task_id == task.id end) then
      row.adopted = row.adopted + 1
    end
  end
  local doubt = any(intents, is_in_doubt)
  row.wanted, row.created = row.wanted + 1, row.created + #made
  row.ambiguous = row.ambiguous + (doubt and 1 or 0)
  row.duplicates = row.duplicates + math.max(0, #made - 1)
  row.lost = row.lost + #made - known
  if #made == 0 and not (doubt and not plan_of.CAN_ASK[wanted.gateway]) then
    row.missing = row.missing + 1
  end
  for _, intent in ipairs(intents) do
    local is_real = any(made, function(task) return task.id == intent.task_id end)
    if intent.task_id and not is_real then row.invented = row.invented + 1 end
  end
end

local function new_row(gateway)
  local row = { gateway = gateway }
  for _, name in ipairs(audit.COLUMNS) do row[name] = 0 end
  return row
end

local function sum(rows)
  local total = new_row "all"
  for _, row in ipairs(rows) do
    for _, name in ipairs(audit.COLUMNS) do total[name] = total[name] + row[name] end
  end
  return total
end

--- Both lists by the name of the wanted task, and an empty list.
local function by_name(made, intents)
  return group(made, function(task) return task.prompt end),
    group(intents, function(intent) return intent.request.prompt end), {}
end

--- Tasks and intents that nobody wanted.
local function add_strangers(groups, wanted, rows, column)
  for name, entries in pairs(groups) do
    for _, entry in ipairs(wanted[name] and {} or entries) do
      rows[entry.gateway][column] = rows[entry.gateway][column] + 1
    end
  end
end

--- A row a gateway, and one for all.
---@param plan table
---@param made table[] gateway, id, external_task_id, prompt, lookups
---@param intents table[] gateway, state, task_id, external_task_id, request
---@return table[] rows
function audit.rows(plan, made, intents)
  local tasks, known = by_name(made, intents)
  local rows, wanted = {}, {}
  for i, gateway in ipairs(plan_of.GATEWAYS) do
    rows[i] = new_row(gateway)
    rows[gateway] = rows[i]
  end
  for _, task in ipairs(plan.tasks) do
    wanted[task.name] = true
    weigh(rows[task.gateway], task, tasks[task.name] or {}, known[task.name] or {})
  end
  add_strangers(tasks, wanted, rows, "lost")
  add_strangers(known, wanted, rows, "invented")
  rows[#rows + 1] = sum(rows)
  return rows
end

local function of_fault(fault)
  local words = {}
  for _, name in ipairs { "nth", "fault", "when", "family", "code", "status", "kind", "how" } do
    words[#words + 1] = fault[name] ~= nil and ("%s=%s"):format(name, tostring(fault[name])) or nil
  end
  return table.concat(words, " ")
end

--- What happened to one wanted task, in a line.
local function story(task, made, intents)
  local parts = { task.gateway .. ", " .. task.name }
  for _, fault in ipairs(task.faults) do parts[#parts + 1] = of_fault(fault) end
  for _, one in ipairs(made) do
    parts[#parts + 1] = ("made %s %s"):format(one.id, one.external_task_id or "")
  end
  for _, intent in ipairs(intents) do
    parts[#parts + 1] = ("%s %s %s %s"):format(intent.state, intent.task_id or "",
      intent.external_task_id or "", intent.kind or "")
  end
  return table.concat(parts, "; ")
end

--- A line for each wanted task that breaks a law.
---@return string[]
function audit.findings(plan, made, intents)
  local tasks, known, lines = by_name(made, intents)
  for _, task in ipairs(plan.tasks) do
    local row = new_row(task.gateway)
    weigh(row, task, tasks[task.name] or {}, known[task.name] or {})
    for _, law in ipairs(audit.LAWS) do
      if row[law] > 0 then
        lines[#lines + 1] = law .. ": " .. story(task, tasks[task.name] or {},
          known[task.name] or {})
      end
    end
  end
  return lines
end

--- How many intents use up a budget, by gateway.
function audit.reserved(intents)
  local counts = {}
  for _, intent in ipairs(intents) do
    local more = intent.state == "refused" and 0 or 1
    counts[intent.gateway] = (counts[intent.gateway] or 0) + more
  end
  return counts
end

return audit
