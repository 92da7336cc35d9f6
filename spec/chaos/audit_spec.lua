-- The account of a round of chaos finds what it is there to find.
--
-- Owns: spec/chaos/audit.lua, plan.lua, dice.lua.
-- Stands on: tasks and intents made up here.
-- Never: starts a round; `make chaos` does.

local audit = require "spec.chaos.audit"
local plan = require "spec.chaos.plan"

local function wanted(gateway)
  return { seed = 1, kills = {}, tasks = { { index = 1, gateway = gateway, name = "clip",
    faults = {}, request = { prompt = "clip" } } } }
end

local function task(id, more)
  local made = { gateway = "anyfast", id = id, external_task_id = "mine", prompt = "clip",
    lookups = 0 }
  for name, value in pairs(more or {}) do made[name] = value end
  return made
end

local function intent(state, id, more)
  local row = { gateway = "anyfast", state = state, task_id = id, external_task_id = "mine",
    request = { prompt = "clip" } }
  for name, value in pairs(more or {}) do row[name] = value end
  return row
end

--- The sum of a round of one task, as a text without what is 0.
local function account(made, intents, gateway)
  local of = wanted(gateway or "anyfast")
  local rows = audit.rows(of, made, intents)
  local all, parts = rows[#rows], {}
  for _, name in ipairs(audit.COLUMNS) do
    if all[name] ~= 0 then parts[#parts + 1] = name .. " " .. all[name] end
  end
  local broken = 0
  for _, law in ipairs(audit.LAWS) do broken = broken + (all[law] > 0 and 1 or 0) end
  assert.equal(broken, #audit.findings(of, made, intents))
  return table.concat(parts, ", ")
end

describe("the account of a round", function()
  it("knows a task that was made and noted, and one that was found again", function()
    assert.equal("wanted 1, created 1", account({ task "7" }, { intent("succeeded", "7") }))
    assert.equal("wanted 1, created 1, adopted 1",
      account({ task("7", { lookups = 2 }) }, { intent("accepted", "7") }))
  end)

  it("leaves doubt where a gateway can't be asked, whether a task was made or not", function()
    assert.equal("wanted 1, created 1, ambiguous 1", account({ task "7" },
      { intent "ambiguous" }))
    assert.equal("wanted 1, ambiguous 1", account({}, { intent "open" }))
  end)

  it("misses a task that was never made, where it could have been found out", function()
    assert.equal("wanted 1, missing 1", account({}, { intent "refused" }))
    assert.equal("wanted 1, ambiguous 1, missing 1", account({}, { intent("ambiguous", nil,
      { gateway = "kling" }) }, "kling"))
  end)

  it("counts a second task of one wish, and one that nobody knows", function()
    assert.equal("wanted 1, created 2, duplicates 1, lost 1",
      account({ task "7", task "8" }, { intent("succeeded", "7") }))
    assert.equal("wanted 1, created 1, lost 1", account({ task "7" }, {}))
    assert.equal("wanted 1, created 1, lost 1", account({ task "7" }, { intent "refused" }))
    assert.equal("wanted 1, created 1, lost 1, invented 1", account({ task "7" },
      { intent("succeeded", "9") }))
  end)

  it("does not take doubt about another create for an answer", function()
    assert.equal("wanted 1, created 1, ambiguous 1, lost 1", account({ task "7" },
      { intent("ambiguous", nil, { external_task_id = "other" }) }))
  end)

  it("reckons every intent but the refused ones to the budget", function()
    assert.same({ anyfast = 2 }, audit.reserved { intent "open", intent "refused",
      intent("failed", "7") })
  end)
end)

describe("the plan of a round", function()
  it("is the same for the same seed, another for another", function()
    assert.equal(plan.text(plan.new(7, 50)), plan.text(plan.new(7, 50)))
    assert.not_equal(plan.text(plan.new(7, 50)), plan.text(plan.new(8, 50)))
  end)

  it("has something of everything", function()
    local seen = { kills = 0 }
    local of = plan.new(7, 2000)
    for _, one in ipairs(of.tasks) do
      for _, fault in ipairs(one.faults) do seen[fault.fault] = true end
    end
    for sign in pairs(of.kills) do
      seen.kills = seen.kills + 1
      seen[sign:match "^%a+"] = true
    end
    for _, name in ipairs { "reset", "late", "busy", "error", "truncate", "drip", "garbage",
      "stuck", "fail", "hang", "delay", "redirect", "begin", "save", "start" } do
      assert.is_true(seen[name], name)
    end
    assert.is_true(seen.kills > 50)
  end)
end)
