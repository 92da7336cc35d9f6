-- kling.map: many requests, so many at a time.
--
-- Owns: kling/map.lua.
-- Stands on: busted, the sandbox.
-- Never: depends on which of two tasks of equal length ends first.

local face = require "spec.support.face"
local kling = require "kling"

local function requests(n)
  local list = {}
  for i = 1, n do list[i] = { prompt = "Cat " .. i, external_task_id = "cat-" .. i } end
  return list
end

describe("kling.map with an endpoint", function()
  local box, client
  before_each(function()
    box = face.box { speed = 0.2 }
    client = face.client(box)
  end)

  it("makes a task of every request, in order", function()
    local items = kling.map(requests(7), "text2video", { client = client, concurrency = 3 })
    assert.equal(7, #items)
    for i, item in ipairs(items) do
      assert.is_true(item.ok)
      assert.equal(i, item.index)
      assert.equal("cat-" .. i, item.task.external_task_id)
      assert.is_truthy(item.result.videos[1].url)
    end
    assert.equal(7, box:stats().gateways.kling.created)
    assert.same({}, client:pending())
  end)

  it("keeps so many under way and no more", function()
    box:options { limit = 2 }
    local items = kling.map(requests(6), "text2video", { client = client, concurrency = 2 })
    for _, item in ipairs(items) do assert.is_true(item.ok) end
    assert.equal(0, box:stats().gateways.kling.refused)
  end)

  it("gives each item its own error", function()
    box:fault { fault = "fail", on = "create", reason = "odd cat", external_task_id = "cat-3" }
    local list = requests(4)
    list[2].duration = 99
    local items = kling.map(list, "text2video", { client = client })
    assert.is_true(items[1].ok and items[4].ok)
    assert.equal("invalid", items[2].err.kind)
    assert.is_nil(items[2].task)
    assert.equal("failed", items[3].err.kind)
    assert.equal("odd cat", items[3].message)
    assert.is_nil(items[3].result)
  end)

  it("goes on with fewer at once where an account has less room", function()
    box:options { limit = 2 }
    local narrow = face.client(box, "kling", { create_timeout = 0.3 })
    local items = kling.map(requests(6), "text2video", { client = narrow, concurrency = 6 })
    for _, item in ipairs(items) do assert.is_true(item.ok, item.message) end
    assert.equal(6, box:stats().gateways.kling.created)
    assert.equal(4, box:stats().gateways.kling.refused)
  end)

  it("tells of each item as it ends", function()
    local seen = {}
    kling.map(requests(4), "text2video", { client = client, on_done = function(item, index)
      assert.equal(index, item.index)
      seen[#seen + 1] = index
    end })
    table.sort(seen)
    assert.same({ 1, 2, 3, 4 }, seen)
  end)

  it("gives up items whose time is up, and not the others", function()
    box:fault { fault = "stuck", on = "create", external_task_id = "cat-2" }
    local items = kling.map(requests(3), "text2video", { client = client, timeout = 1 })
    assert.is_true(items[1].ok and items[3].ok)
    assert.equal("timeout", items[2].err.kind)
    assert.is_truthy(items[2].task.id)
    assert.same({}, client:pending())
  end)

  it("keeps what is under way when a callback raises", function()
    box:fault { fault = "stuck", on = "create", external_task_id = "cat-2" }
    local message = face.raised(kling.map, requests(2), "text2video", { client = client,
      on_done = function() error("stop", 0) end })
    assert.equal("stop", message)
    assert.equal("cat-2", client:pending()[1].external_task_id)
    client:close()
  end)

  it("lets a callback wait", function()
    local done = 0
    kling.map(requests(4), "text2video", { client = client, concurrency = 2,
      on_done = function(item)
        assert.is_truthy(item.task:status())
        done = done + 1
      end })
    assert.equal(4, done)
  end)

  it("needs no coroutine a task", function()
    local real, made = coroutine.create, 0
    coroutine.create = function(...) -- luacheck: ignore
      made = made + 1
      return real(...)
    end
    kling.map(requests(3), "text2video", { client = client })
    coroutine.create = real -- luacheck: ignore
    assert.equal(0, made)
  end)

  it("raises misuse", function()
    assert.matches("map_spec.lua:%d+: kling.map: option client is missing",
      face.raised(function() kling.map({}, "text2video") end))
    assert.matches("request 1: a table is expected, not a string",
      face.raised(kling.map, { "x" }, "text2video", { client = client }))
    assert.matches("an endpoint or a function", face.raised(kling.map, {}, 5))
    assert.matches("a list of requests", face.raised(kling.map, 5, "text2video"))
    assert.matches("no endpoint \"text3video\"",
      face.raised(kling.map, {}, "text3video", { client = client }))
    assert.matches("meant: concurrency?",
      face.raised(kling.map, {}, "text2video", { client = client, concurency = 2 }))
  end)

  it("makes nothing of an empty list", function()
    assert.same({}, kling.map({}, "text2video", { client = client }))
  end)
end)

describe("kling.map with a function", function()
  it("runs so many calls at once", function()
    local client = face.client(face.box { speed = 0.2 })
    local running, most = 0, 0
    local items = kling.map({ "a", "b", "c", "d", "e" }, function(prompt, index)
      running = running + 1
      most = math.max(most, running)
      local task = assert(client:text2video { prompt = prompt })
      local result = assert(task:wait())
      running = running - 1
      return index .. prompt, result
    end, { concurrency = 2 })
    assert.equal(2, most)
    for i, item in ipairs(items) do
      assert.is_true(item.ok)
      assert.equal(i .. ("abcde"):sub(i, i), item.result)
    end
  end)

  it("keeps failures and errors apart, item by item", function()
    local items = kling.map({ 1, 2, 3 }, function(n)
      if n == 1 then return nil, "no luck", { kind = "failed" } end
      if n == 2 then error("a bug", 0) end
      return n
    end)
    assert.same({ index = 1, ok = false, message = "no luck", err = { kind = "failed" } }, items[1])
    assert.equal("raised", items[2].err.kind)
    assert.equal("a bug", items[2].message)
    assert.equal(3, items[3].result)
  end)
end)
