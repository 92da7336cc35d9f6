--- A round of chaos; `make chaos` starts it.
-- Owns: the sandbox, the crew and the journal of a round; the table at the end, the exit status.
-- Stands on: CHAOS_TASKS (2000), CHAOS_SEED (drawn from the time), CHAOS_JOURNAL (PostgreSQL in
-- place of SQLite), CHAOS_KEEP (set: leaves its folder behind).
-- Never: believes a client about what was made: the sandbox counts.
-- The same seed gives the same plan. How it comes out may still differ: which request meets which
-- chance, and what a killed process had just done, is up to the machine.

package.path = "./?.lua;" .. package.path

local audit = require "spec.chaos.audit"
local cjson = require "cjson"
local core = require "kling.core"
local face = require "spec.support.face"
local kling = require "kling"
local media = require "kling.sandbox.media"
local menu = require "spec.chaos.menu"
local new_crew = require "spec.chaos.crew"
local planning = require "spec.chaos.plan"
local sandbox = require "kling.sandbox"
local support = require "spec.support.journal"

local COUNT = tonumber(os.getenv "CHAOS_TASKS") or 2000
local SEED = tonumber(os.getenv "CHAOS_SEED") or os.time() % 1000000
local LONGEST = (60 + 0.3 * COUNT) * (tonumber(os.getenv "KLING_SLOW") or 1) -- seconds
local ON_POSTGRES = os.getenv "CHAOS_JOURNAL" == "PostgreSQL"

--- The harshest of services, over TLS as they all are, with HTTP/2 on offer: only kling's own
-- refuses an id that it has seen.
local function start_box(plan)
  local box = sandbox.start { speed = planning.SECONDS, seed = SEED, tls = true }
  for _, gateway in ipairs(planning.GATEWAYS) do
    box:options { gateway = gateway, unique = gateway == "kling", limit = planning.LIMITS[gateway] }
  end
  for _, task in ipairs(plan.tasks) do
    for _, fault in ipairs(task.faults) do box:fault(fault) end
  end
  for _, fault in ipairs(menu.others) do box:fault(fault) end
  return box
end

--- All workers until they are through; then one more takes up what any of them left.
local function let_work(plan, box, journal, folder)
  local crew = new_crew(plan, folder, cjson.encode { url = box.url, ca_file = box.ca_file,
    journal = journal, folder = folder, seed = SEED, count = COUNT })
  for slot = 1, planning.WORKERS do crew:hire(slot) end
  crew:run(LONGEST)
  crew:hire(0)
  crew:run(LONGEST)
  return crew
end

-- What was found ------------------------------------------------------------------------------

local checks = {}

local function check(holds, sentence, ...)
  checks[#checks + 1] = { holds = holds, sentence = sentence:format(...) }
end

local function check_rows(rows)
  for _, row in ipairs(rows) do
    for _, law in ipairs(row.gateway == "all" and {} or audit.LAWS) do
      check(row[law] == 0, "%s: %d %s", row.gateway, row[law], law)
    end
  end
end

--- Videos that the journal says were saved, compared with what the sandbox serves.
local function check_files(intents)
  local clip, saved, spoiled = media.clip(), 0, 0
  for _, intent in ipairs(intents) do
    if intent.path then
      saved = saved + 1
      if face.read(intent.path) ~= clip then spoiled = spoiled + 1 end
    end
  end
  check(spoiled == 0, "%d of %d saved videos are not whole", spoiled, saved)
  return saved
end

local function check_budgets(journal, intents)
  local spent = assert(journal.store:reading(function(store)
    return store:rows "SELECT name, tasks FROM kling_budgets"
  end))
  local reserved = audit.reserved(intents)
  for _, row in ipairs(spent) do
    check(tonumber(row.tasks) == reserved[row.name], "%s: %s tasks of the budget are spent, %s are"
      .. " in the journal", row.name, row.tasks, tostring(reserved[row.name]))
  end
end

--- A task that is settled takes up no slot.
local function check_slots(journal)
  local held = assert(journal.book:list "slot = '1' AND state NOT IN ('open', 'accepted')")
  check(#held == 0, "%d slots are held by tasks that are settled", #held)
end

local function check_box(box)
  local stats = box:stats()
  local keys = 0
  for _, gateway in pairs(stats.gateways) do
    keys = keys + gateway.leaked_keys + gateway.foreign_keys
  end
  check(keys == 0, "%d keys were shown to somebody else", keys)
  check(stats.errors == 0, "the sandbox made %d mistakes of its own", stats.errors)
  return stats
end

local function print_table(rows)
  print(("\n%-12s %s"):format("gateway", (("%11s"):rep(#audit.COLUMNS):format(
    (table.unpack or unpack)(audit.COLUMNS)))))
  for _, row in ipairs(rows) do
    local cells = {}
    for i, name in ipairs(audit.COLUMNS) do cells[i] = ("%11d"):format(row[name]) end
    print(("%-12s %s"):format(row.gateway, table.concat(cells)))
  end
end

local function print_faults(hits)
  local names, parts = {}, {}
  for name in pairs(hits) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do parts[i] = ("%s %d"):format(name, hits[name]) end
  print("faults       " .. table.concat(parts, ", "))
end

local function print_checks()
  local failed = 0
  for _, entry in ipairs(checks) do
    if not entry.holds then
      failed = failed + 1
      print("FAILED: " .. entry.sentence)
    end
  end
  print(("%d passed, %d failed"):format(#checks - failed, failed))
  return failed
end

local function report(plan, box, spec, crew)
  local journal = assert(kling.journal.open(spec))
  local intents = assert(journal:tasks())
  local made = box:tasks()
  local rows = audit.rows(plan, made, intents)
  check_rows(rows)
  check(#crew.crashes == 0, "%d crashes: %s", #crew.crashes, table.concat(crew.crashes, "; "))
  local saved, stats = check_files(intents), check_box(box)
  check_budgets(journal, intents)
  check_slots(journal)
  journal:close()
  print_table(rows)
  print(("\ncrashes      %d\nkills        %d\nsaved        %d"):format(#crew.crashes, crew.kills,
    saved))
  print_faults(stats.faults)
  for _, finding in ipairs(audit.findings(plan, made, intents)) do print(finding) end
  for _, remark in ipairs(crew.remarks) do print(remark) end
end

local plan, folder = planning.new(SEED, COUNT), support.folder()
local seed_text = ("%d (plan %s)"):format(SEED, core.sha256(planning.text(plan)):sub(1, 8))
print(("%d tasks, seed %s"):format(COUNT, seed_text))
local begun = core.clock()
local spec = ON_POSTGRES and support.postgres():fresh() or folder .. "/journal.db"
local box = start_box(plan)
local crew = let_work(plan, box, spec, folder)
report(plan, box, spec, crew)
box:stop()
print(("seconds      %.0f\nseed         %s"):format(core.clock() - begun, seed_text))
if os.getenv "CHAOS_KEEP" then
  print("kept         " .. folder)
else
  support.remove(folder .. "/journal.db")
end
os.exit(print_checks() == 0 and 0 or 1, true)
