-- What another process finds out about the creates of one that was killed.
--
-- Owns: kling/journal/recover.lua, owner.lua; core.engine's second start of a create.
-- Stands on: spec/support/journal.lua: real processes, killed; the sandbox, which counts.
-- Never: believes the client about how many tasks were made.

local face = require "spec.support.face"
local kling = require "kling"
local support = require "spec.support.journal"

--- A child: url, gateway, journal, what to do.
local CHILD = [[
  local url, gateway, path, what = ...
  local kling = require "kling"
  local client = kling.new { gateway = gateway, base_url = url, api_key = "sandbox-key",
    journal = path, polling = { first = 0.05, interval_max = 0.1 }, lookup_timeout = 1 }
  local request = gateway == "kkiai"
    and { model_name = "kling-v1", prompt = "A cat", mode = "std", duration = 5 }
    or { prompt = "A cat" }
  local function say(word) print(word) io.stdout:flush() end
  if what == "meant" then
    assert(client:open "text2video":create(request, false))
    say "meant"
    os.execute "sleep 60"
  end
  local key = what == "key" and "k" or nil
  local task = assert(client:text2video(request, { idempotency_key = key }))
  say(task.id)
  if what ~= "key" then os.execute "sleep 60" end
]]

local function options(path)
  return { journal = path, lookup_timeout = 1, absent_after = 1 }
end

describe("a process that was killed", function()
  local box, path, client, child
  local function start(gateway, what)
    child = support.start(CHILD, box:base_url(gateway), gateway, path, what)
    client = face.client(box, gateway, options(path))
  end
  local function kill_when(ready, what)
    support.until_true(ready, 20, what)
    child:signal "KILL"
    support.until_true(function() return not child:is_running() end)
  end
  local function made(gateway)
    local stats = box:stats(gateway)
    return { sent = stats.creates or 0, made = stats.created or 0 }
  end
  before_each(function()
    box = face.box()
    path = support.path()
  end)
  after_each(function()
    child:signal "KILL"
    child:wait()
    client:close()
    support.remove(path)
  end)

  for _, gateway in ipairs { "kling", "kkiai" } do
    it("before its create left leaves one to be made: " .. gateway, function()
      start(gateway, "meant")
      kill_when(function() return child:output():find "meant" end)
      assert.same({ sent = 0, made = 0 }, made(gateway))
      local items = assert(client:recover())
      assert.equal(1, #items)
      assert.is_nil(items[1].message)
      assert.same({ sent = 1, made = 1 }, made(gateway))
      local intent = client.desk.journal:tasks()[1]
      assert.equal(items[1].task.id, intent.task_id)
      assert.equal(1, box:stats(gateway).by_external[intent.external_task_id])
      assert(items[1].task:wait())
      assert.equal("succeeded", client.desk.journal:tasks()[1].state)
    end)

    it("before its create was answered leaves a task to be found: " .. gateway, function()
      box:fault { gateway = gateway, on = "create", fault = "hang", when = "after", seconds = 30 }
      start(gateway, "sent")
      kill_when(function() return made(gateway).made == 1 end)
      local items = assert(client:recover())
      assert.equal(1, #items)
      assert.is_nil(items[1].message)
      assert.equal(box:tasks(gateway)[1].id, items[1].task.id)
      assert.same({ sent = 1, made = 1 }, made(gateway))
      assert(items[1].task:wait())
      assert.same({}, client:recover())
    end)
  end

  it("leaves a task that was accepted to be waited for", function()
    start("anyfast", "accepted")
    kill_when(function() return child:output():find "%d" end)
    local items = assert(client:recover())
    assert.equal(1, #items)
    assert(items[1].task:wait())
    assert.equal("succeeded", client.desk.journal:tasks()[1].state)
    assert.same({ sent = 1, made = 1 }, made "anyfast")
  end)

  for _, gateway in ipairs { "anyfast", "powertokens", "uniall" } do
    it("leaves doubt where nobody can be asked: " .. gateway, function()
      box:fault { gateway = gateway, on = "create", fault = "hang", when = "after", seconds = 30,
        times = 1 }
      start(gateway, "sent")
      kill_when(function() return made(gateway).made == 1 end)
      for _ = 1, 2 do
        local items = assert(client:recover())
        assert.equal(1, #items)
        assert.is_nil(items[1].task)
        assert.equal("ambiguous", items[1].err.kind)
        assert.equal(client.desk.journal:tasks()[1].external_task_id,
          items[1].err.external_task_id)
        assert.matches("recreate", items[1].err.hint)
      end
      assert.same({ sent = 1, made = 1 }, made(gateway))
      local items = assert(client:recover { recreate = true })
      assert.is_nil(items[1].message)
      assert(items[1].task:wait())
      assert.equal(items[1].task.id, client.desk.journal:tasks({ state = "succeeded" })[1].task_id)
      assert.same({ sent = 2, made = 2 }, made(gateway))
      assert.same({}, client:recover())
    end)
  end

  it("is not waited for by the next one with the same key", function()
    box:fault { gateway = "kling", on = "create", fault = "hang", when = "after", seconds = 30,
      times = 1 }
    start("kling", "key")
    kill_when(function() return made "kling".made == 1 end)
    local task = assert(client:text2video({ prompt = "A cat" }, { idempotency_key = "k" }))
    assert.equal(box:tasks "kling"[1].id, task.id)
    assert.same({ sent = 1, made = 1 }, made "kling")
  end)

  it("leaves its key in doubt where nobody can be asked", function()
    box:fault { gateway = "uniall", on = "create", fault = "hang", when = "after", seconds = 30,
      times = 1 }
    start("uniall", "key")
    kill_when(function() return made "uniall".made == 1 end)
    local request, key = { prompt = "A cat" }, { idempotency_key = "k" }
    local task, message, err = client:text2video(request, key)
    assert.is_nil(task)
    assert.equal("ambiguous", err.kind)
    assert.matches("not known", message)
    assert.same({ sent = 1, made = 1 }, made "uniall")
    key.recreate = true
    task = assert(client:text2video(request, key))
    assert.same({ sent = 2, made = 2 }, made "uniall")
    key.recreate = nil
    assert.equal(task, client:text2video(request, key))
  end)
end)

describe("processes that live", function()
  local box, path, client
  before_each(function()
    box = face.box()
    path = support.path()
    client = face.client(box, "kling", options(path))
  end)
  after_each(function()
    client:close()
    support.remove(path)
  end)

  it("keep what is theirs", function()
    local child = support.start(CHILD, box:base_url "kling", "kling", path, "meant")
    support.until_true(function() return child:output():find "meant" end)
    assert.same({}, client:recover())
    assert.equal("open", client.desk.journal:tasks()[1].state)
    child:signal "KILL"
    child:wait()
    assert.equal(0, box:stats("kling").creates)
  end)

  it("create one task for one key, however many begin at once", function()
    box:options { speed = 1 }
    local children = {}
    for i = 1, 4 do
      children[i] = support.start(CHILD, box:base_url "kling", "kling", path, "key")
    end
    local id
    for i = 1, 4 do
      local output = children[i]:wait()
      id = id or output
      assert.equal(id, output)
      assert.matches("^%d+\n$", output)
    end
    assert.equal(1, box:stats("kling").creates)
  end)

  it("recover an intent once, however many try at once", function()
    local child = support.start(CHILD, box:base_url "kling", "kling", path, "meant")
    support.until_true(function() return child:output():find "meant" end)
    child:signal "KILL"
    child:wait()
    local children = {}
    for i = 1, 3 do
      children[i] = support.start([[
        local url, path = ...
        local client = require "kling".new { gateway = "kling", base_url = url,
          api_key = "sandbox-key", journal = path, lookup_timeout = 1, absent_after = 1 }
        print(#assert(client:recover()))
      ]], box:base_url "kling", path)
    end
    local sum = 0
    for i = 1, 3 do sum = sum + assert(tonumber(children[i]:wait())) end
    assert.equal(1, box:stats("kling").created)
    assert.is_true(sum >= 1, "nobody recovered it")
  end)
end)

describe("an intent that the service did not know", function()
  it("is left alone until its absence can be believed, then created once", function()
    local box, path = face.box(), support.path()
    local client = face.client(box, "kkiai",
      { journal = path, lookup_timeout = 0.5, absent_after = 2 })
    box:fault { gateway = "kkiai", on = "create", fault = "reset", when = "before", times = 1 }
    local _, _, err = client:text2video { model_name = "kling-v1", prompt = "A cat" }
    assert.equal("ambiguous", err.kind)
    assert.equal("ambiguous", client.desk.journal:tasks()[1].state)
    local items = assert(client:recover())
    assert.is_nil(items[1].message)
    assert.equal(err.external_task_id, items[1].task.external_task_id)
    assert.same({ 2, 1 }, { box:stats("kkiai").creates, box:stats("kkiai").created })
    client:close()
    support.remove(path)
  end)
end)

describe("a journal that this process gave up", function()
  it("can be taken up by the next client", function()
    local box, path = face.box(), support.path()
    local client = face.client(box, "kling", options(path))
    local task = assert(client:text2video { prompt = "A cat" })
    local id = task.id
    client:close()
    client = face.client(box, "kling", options(path))
    local items = assert(client:recover())
    assert.equal(id, items[1].task.id)
    local item = kling.all({ items[1].task })[1]
    assert.is_true(item.ok)
    client:close()
    support.remove(path)
  end)
end)
