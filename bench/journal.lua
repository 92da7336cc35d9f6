-- What a journal costs: every task noted three times (meant, accepted, settled), each time synced.
--
-- Owns: the measurement and its table.
-- Stands on: kling, the specs' PostgreSQL server, the offline gateway.
-- Never: turns syncing off; both databases stand in /tmp, on whatever disk that is.
package.path = "./?.lua;" .. package.path

local core = require "kling.core"
local face = require "spec.support.face"
local kling = require "kling"
local support = require "spec.support.journal"
local text = require "kling.journal.text"

local SCALE = math.min(1, tonumber(os.getenv "BENCH_SCALE" or "1"))
local COUNT = math.ceil(500 * SCALE)
local REQUEST = { model_name = "kling-v3", prompt = ("A red kite over the sea. "):rep(20), mode = "pro",
  duration = 5, sound = "on" }

local function intent(journal)
  return { id = core.random_id "", state = "open", owner = journal.book.owner.id, place = "bench",
    gateway = "kling", base_url = "https://bench", endpoint = "text2video", slot = "0",
    request = text.pack(REQUEST), external_task_id = core.random_id "", budgets = "[\"bench\"]",
    seconds = "5", cost = "6", created_at = text.now(), updated_at = text.now() }
end

local BUDGET, WANT = { { name = "bench", tasks = 1e9 } }, { tasks = 1, seconds = 5, cost = 6 }

local function entry(row, to)
  return { row = row, to = to }
end

local function settled(row)
  row.state = "accepted"
  return entry(row, { state = "succeeded", result = "{\"videos\":[]}", slot = "0" })
end

--- Each task by itself: three transactions.
local function alone(journal)
  for _ = 1, COUNT do
    local row = intent(journal)
    assert(journal.book:admit(row, BUDGET, WANT))
    assert(journal.book:write { entry(row, { state = "accepted", task_id = row.id }) })
    assert(journal.book:write { settled(row) })
  end
end

--- Answers that come together are noted together, as map has them.
local function together(journal)
  for _ = 1, COUNT / 25 do
    local accepted, rows = {}, {}
    for i = 1, 25 do
      rows[i] = intent(journal)
      assert(journal.book:admit(rows[i], BUDGET, WANT))
      accepted[i] = entry(rows[i], { state = "accepted", task_id = rows[i].id })
    end
    assert(journal.book:write(accepted))
    for i, row in ipairs(rows) do rows[i] = settled(row) end
    assert(journal.book:write(rows))
  end
end

local function timed(fn, ...)
  local wall, cpu = core.clock(), os.clock()
  fn(...)
  return core.clock() - wall, os.clock() - cpu
end

local function row(title, count, wall, cpu)
  print(("  %-44s %8.2f ms %8.0f tasks/s %8.0f us CPU"):format(title, wall / count * 1e3,
    count / wall, cpu / count * 1e6))
end

--- The whole client against the offline gateway, whose own time is in it.
local function whole(journal)
  local box = face.box { speed = 0 }
  local client = face.client(box, "kling", { journal = journal })
  local requests = {}
  for i = 1, COUNT do requests[i] = REQUEST end
  local items
  local wall, cpu = timed(function()
    items = kling.map(requests, "text2video", { client = client, concurrency = 32 })
  end)
  for _, item in ipairs(items) do assert(item.ok, item.message) end
  assert(box:stats("kling").created == COUNT)
  client:close()
  return wall, cpu
end

local PLACES = {
  { "SQLite", support.path },
  { "PostgreSQL", function() return support.postgres():fresh() end },
}

print(("\nThe journal: for each of %d tasks, synced to the disk each time"):format(COUNT))
for _, place in ipairs(PLACES) do
  local spec = place[2]()
  local journal = assert(kling.journal.open(spec))
  row(place[1] .. ", a task at a time", COUNT, timed(alone, journal))
  row(place[1] .. ", answers in groups of 25", math.floor(COUNT / 25) * 25, timed(together, journal))
  journal:close()
  if type(spec) == "string" then support.remove(spec) end
end
row("map without a journal, offline gateway", COUNT, whole(nil))
for _, place in ipairs(PLACES) do
  local spec = place[2]()
  row("map with a journal on " .. place[1], COUNT, whole(spec))
  if type(spec) == "string" then support.remove(spec) end
end
