-- How many tasks an account runs at once: in one process, in several, when some are killed.
--
-- Owns: kling/journal/slots.lua, the waiting in admission.lua, the slots of a journal.
-- Stands on: spec/support/journal.lua, the sandbox with a limit: above it, it answers 1303.
-- Never: takes the clients' word; the sandbox counts refusals, a reader of the journal the slots.

local core = require "kling.core"
local face = require "spec.support.face"
local kling = require "kling"
local slots = require "kling.journal.slots"
local support = require "spec.support.journal"

local CAT = { prompt = "A cat" }

--- A process that makes clips, each with a key, so that another one may go on with its work.
local WORKER = [[
  local url, path, from, to, limit, database, port, password = ...
  local kling = require "kling"
  local journal = database == "" and path or { driver = "PostgreSQL", database = database,
    user = "kling", host = "127.0.0.1", port = tonumber(port), password = password }
  local client = kling.new { gateway = "kling", base_url = url, api_key = "sandbox-key",
    journal = journal, concurrency = tonumber(limit) or limit, lookup_timeout = 1, absent_after = 1,
    polling = { first = 0.2, growth = 1, jitter = 0, interval_max = 0.05 } }
  local requests = {}
  for i = tonumber(from), tonumber(to) do
    requests[#requests + 1] = { prompt = "Clip " .. i, idempotency_key = "clip " .. i }
  end
  local made = 0
  for _, item in ipairs(kling.map(requests, "text2video", { client = client, concurrency = 8 })) do
    if item.ok then made = made + 1 else print(item.message) end
  end
  print("made " .. made)
]]

--- Looks how many slots are taken until `ended`; the mean from the first time all are taken to the
-- last time there was something to wait for.
local function watch_slots(journal, limit, total, ended)
  local sum, count, most = 0, 0, 0
  while not ended() do
    local rows = assert(journal.book:list())
    local taken = 0
    for _, row in ipairs(rows) do taken = taken + (row.slot == "1" and 1 or 0) end
    if (count > 0 or taken == limit) and #rows < total then
      sum, count = sum + taken, count + 1
    end
    most = math.max(most, taken)
    core.engine():block(0.02)
  end
  return sum / math.max(1, count) / limit, most
end

local function states(journal)
  local found = {}
  for _, intent in ipairs(assert(journal:tasks())) do
    found[intent.state] = (found[intent.state] or 0) + 1
  end
  return found
end

local function refusals(box)
  local stats = box:stats "kling"
  return (stats.creates or 0) - (stats.created or 0)
end

describe("one process", function()
  it("waits for a slot, whether anybody waits for the tasks or not", function()
    for _, path in ipairs { support.path(), false } do
      local box = face.box { limit = 2 }
      local client = face.client(box, "kling", { concurrency = 2, journal = path or nil })
      local tasks = {}
      for i = 1, 5 do tasks[i] = assert(client:text2video(CAT)) end
      assert.equal(0, refusals(box))
      for _, item in ipairs(kling.all(tasks)) do assert.is_true(item.ok) end
      client:close()
      if path then support.remove(path) end
    end
  end)

  it("gives the slot of a refused create back", function()
    local box = face.box()
    local client = face.client(box, "kling", { concurrency = 1 })
    box:fault { gateway = "kling", on = "create", fault = "error", family = "kling", code = 1301,
      times = 3 }
    for _ = 1, 3 do assert.is_nil(client:text2video(CAT)) end
    assert(client:text2video(CAT))
  end)

  it("learns how many there are", function()
    local box = face.box { limit = 4, speed = 1 }
    local client = face.client(box, "kling", { concurrency = "auto" })
    local requests = {}
    for i = 1, 30 do requests[i] = CAT end
    local items = kling.map(requests, "text2video", { client = client, concurrency = 20 })
    for _, item in ipairs(items) do assert.is_true(item.ok, item.message) end
    local learnt = client.desk.book.figure.value
    assert.is_true(learnt >= 2 and learnt <= 7, learnt .. " learnt")
    assert.is_true(refusals(box) <= 15, refusals(box) .. " refusals")
  end)

  it("knows how to learn", function()
    local figure = slots.unknown()
    for _ = 1, 20 do figure = slots.grown(figure, 100) end
    assert.equal(22, slots.allowed(figure))
    figure = slots.lowered(figure, 10)
    assert.equal(15, slots.allowed(figure))
    assert.equal(figure, slots.lowered(figure, 10.5))
    local before = figure.value
    for _ = 1, 15 do figure = slots.grown(figure, 100) end
    assert.is_true(figure.value > before + 0.9 and figure.value < before + 1.1)
    assert.equal(figure, slots.grown(figure, 3))
    for i = 1, 20 do figure = slots.lowered(figure, 10 + 3 * i) end
    assert.equal(1, slots.allowed(figure))
  end)
end)

for name, new in pairs { SQLite = support.path,
  PostgreSQL = function() return support.postgres():fresh() end } do
  describe("four processes with one journal on " .. name, function()
    local box, path, journal, workers
    local function start(i, limit)
      local pg = type(path) == "table" and path or {}
      workers[i] = support.start(WORKER, box:base_url "kling", pg.database and "" or path,
        (i - 1) * 25 + 1, i * 25, limit or 5, pg.database or "", pg.port or "", pg.password or "")
    end
    local function all_ended()
      for _, worker in pairs(workers) do
        if worker:is_running() then return false end
      end
      return true
    end
    before_each(function()
      box = face.box { limit = 5, speed = 0.7 }
      path, workers = new(), {}
      journal = assert(kling.journal.open(path))
    end)
    after_each(function()
      for _, worker in pairs(workers) do
        worker:signal "KILL"
        worker:wait()
      end
      journal:close()
      if type(path) == "string" then support.remove(path) end
    end)

    it("make every clip, with hardly a refusal and hardly an idle slot", function()
      for i = 1, 4 do start(i) end
      local used, most = watch_slots(journal, 5, 100, all_ended)
      for i = 1, 4 do assert.equal("made 25\n", workers[i]:output()) end
      assert.equal(100, box:stats("kling").created)
      assert.same({ succeeded = 100 }, states(journal))
      assert.is_true(refusals(box) <= 5, refusals(box) .. " refusals")
      assert.is_true(most <= 5, most .. " slots")
      if os.getenv "KLING_SPEC_FIGURES" then print(used, most, refusals(box)) end
      assert.is_true(used >= 0.9, ("%.3f of the slots used"):format(used))
    end)

    it("survive that one is killed, and its successor goes on", function()
      box:options { speed = 0.3 }
      for i = 1, 4 do start(i) end
      support.until_true(function() return #journal:tasks { state = "succeeded" } >= 15 end)
      workers[2]:signal "KILL"
      support.until_true(function() return not workers[2]:is_running() end)
      workers[2]:wait()
      start(2)
      watch_slots(journal, 5, 100, all_ended)
      for i = 1, 4 do assert.equal("made 25\n", workers[i]:output()) end
      assert.equal(100, box:stats("kling").created)
      assert.same({ succeeded = 100 }, states(journal))
      assert.is_true(refusals(box) <= 10, refusals(box) .. " refusals")
    end)

    it("survive that one is killed, and another one recovers what it had begun", function()
      box:options { speed = 0.3 }
      for i = 1, 4 do start(i) end
      support.until_true(function() return #journal:tasks { state = "succeeded" } >= 15 end)
      workers[3]:signal "KILL"
      watch_slots(journal, 5, 100, all_ended)
      local client = face.client(box, "kling",
        { journal = path, lookup_timeout = 1, absent_after = 1 })
      for _, item in ipairs(assert(client:recover())) do assert(item.task, item.message):wait() end
      local found = states(journal)
      assert.same({ succeeded = box:stats("kling").created }, found)
      assert.is_true(found.succeeded >= 75)
      client:close()
    end)
  end)
end
