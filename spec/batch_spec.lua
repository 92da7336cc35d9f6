-- Several tasks: all of them, any of them, as they are completed.
--
-- Owns: kling/batch.lua, gather.lua.
-- Stands on: busted, the sandbox.
-- Never: depends on which of two tasks of equal length ends first.

local face = require "spec.support.face"
local kling = require "kling"

local function requests(n)
  local list = {}
  for i = 1, n do list[i] = { prompt = "Cat " .. i, external_task_id = "cat-" .. i } end
  return list
end

describe("several tasks", function()
  local box, client
  before_each(function()
    box = face.box { speed = 0.2 }
    client = face.client(box)
  end)

  local function create(n)
    local tasks = {}
    for i, request in ipairs(requests(n)) do tasks[i] = assert(client:text2video(request)) end
    return tasks
  end

  it("are waited for by all", function()
    box:fault { fault = "fail", on = "create", reason = "odd", external_task_id = "cat-2" }
    local tasks = create(3)
    local items = kling.all(tasks)
    for i, item in ipairs(items) do assert.equal(tasks[i], item.task) end
    assert.is_truthy(items[1].result.videos[1].url)
    assert.equal("failed", items[2].err.kind)
    assert.same({}, client:pending())
  end)

  it("may have ended before", function()
    local tasks = create(2)
    assert(tasks[1]:wait())
    local items = kling.all(tasks)
    assert.is_true(items[1].ok and items[2].ok)
  end)

  it("come as they are completed", function()
    box:fault { fault = "speed", on = "create", seconds = 1, external_task_id = "cat-1" }
    local order = {}
    for item in kling.as_completed(create(2)) do order[#order + 1] = item.index end
    assert.same({ 2, 1 }, order)
  end)

  it("are waited for by any until one has succeeded", function()
    box:fault { fault = "fail", on = "create", external_task_id = "cat-1" }
    box:fault { fault = "stuck", on = "create", external_task_id = "cat-2" }
    local tasks = create(3)
    local item = assert(kling.any(tasks))
    assert.equal(3, item.index)
    assert.is_truthy(item.result.videos[1].url)
    tasks[2]:forget()
  end)

  it("have the last one's error when none succeeds", function()
    box:fault { fault = "fail", on = "create", reason = "odd" }
    local item, message, err = kling.any(create(2))
    assert.is_nil(item)
    assert.equal("odd", message)
    assert.equal("failed", err.kind)
    assert.equal("invalid", select(3, kling.any {}).kind)
  end)

  it("end with the time", function()
    box:fault { fault = "stuck", on = "create", external_task_id = "cat-2" }
    local items = kling.all(create(2), { timeout = 1 })
    assert.is_true(items[1].ok)
    assert.equal("timeout", items[2].err.kind)
    assert.is_false(items[2].task.watched)
  end)

  it("may be mixed with functions", function()
    local tasks = create(1)
    local items = kling.all { tasks[1], function() return "done" end,
      kling.spawn(function() error("a bug", 0) end) }
    assert.is_true(items[1].ok)
    assert.equal("done", items[2].result)
    assert.equal("raised", items[3].err.kind)
  end)

  it("that are forgotten are not waited for", function()
    box:options { speed = 5 }
    local tasks = create(1)
    local fiber = kling.spawn(function() return kling.all(tasks) end)
    tasks[1]:forget()
    local items = kling.join(fiber)
    assert.equal("cancelled", items[1].err.kind)
  end)

  it("can be gathered twice", function()
    local tasks = create(2)
    local fiber = kling.spawn(function() return kling.all(tasks) end)
    assert.equal(2, #kling.all(tasks))
    assert.is_true(kling.join(fiber)[2].ok)
  end)

  it("are a list of tasks", function()
    assert.matches("item 1: a task", face.raised(kling.all, { 5 }))
    assert.matches("item 1: a task", face.raised(kling.all, { io.stdout }))
    assert.matches("a list of tasks is expected", face.raised(kling.all, 5))
    local tasks = create(1)
    assert.matches("is given twice", face.raised(kling.all, { tasks[1], tasks[1] }))
  end)
end)
