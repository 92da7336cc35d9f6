-- The engine: its list of settled tasks, tasks it adopts, when it sleeps and when it wants a step.
--
-- Owns: settled, adopt, due, step, block, counts.
-- Stands on: spec/support/engine.lua.
-- Never: asks what a task learns; poll_spec.lua does.

local support = require "spec.support.engine"

local core, engine = support.core, support.engine
local box

local function new(name, watch, over)
  return support.create(support.route(name, over), name, nil, watch)
end

local function ask(task)
  task:ask()
  support.wait(function() return not task.busy end)
  return task
end

before_each(function()
  box = support.box()
  support.drain()
end)

describe("settled tasks", function()
  it("come out once each, those that never came to be included", function()
    local tasks = {}
    for i = 1, 10 do
      tasks[i] = engine:create(support.route "kling", support.request "kling", true)
    end
    tasks[11] = engine:create(support.route("kling", { key = "wrong-key-123456" }),
      support.request "kling", true)
    local unseen, n = {}, 0
    for _, task in ipairs(tasks) do unseen[task] = true end
    support.wait(function()
      for _, task in ipairs(support.drain()) do
        assert.is_true(unseen[task])
        assert.is_true(task.done)
        unseen[task], n = nil, n + 1
      end
      return n == 11
    end)
    assert.equal("auth", support.kind(tasks[11]))
    assert.equal(0, engine:counts().tasks)
  end)

  it("include one that was done when it was watched", function()
    local task = support.finish(new "kling")
    support.drain()
    task:watch {}
    assert.equal(task, engine:settled())
    assert.is_nil(engine:settled())
  end)

  it("leave out those nobody watched", function()
    local task = new "kling"
    support.wait(function() return ask(task).state == "succeeded" end)
    assert.is_nil(engine:settled())
  end)
end)

describe("an adopted task", function()
  it("is asked for by its id", function()
    local task = support.finish(new "kling")
    local same = engine:adopt(support.route "kling", task.id)
    assert.is_nil(same.state)
    assert.equal("succeeded", ask(same).state)
    assert.equal(task:result().videos[1].id, same:result().videos[1].id)
  end)

  it("is found by its external_task_id", function()
    local task = new "kkiai"
    local same = engine:adopt(support.route "kkiai", nil, task.external_task_id)
    assert.is_false(same.created)
    assert.equal("succeeded", support.finish(same).state)
    assert.equal(task.id, same.id)
  end)

  it("that does not exist is not found", function()
    local task = ask(engine:adopt(support.route "kling", nil, "no-such-task"))
    assert.equal("not_found", support.kind(task))
    assert.is_false(task.done)
  end)

  it("that had ended can still be asked for its result", function()
    local id = support.finish(new "kling").id
    local task = engine:adopt(support.route "kling", id, nil, "succeeded", "succeed", 1700000000)
    assert.is_true(task.done)
    assert.same({ "succeed", 1700000000 }, { task.raw_status, task.created_at })
    assert.is_nil(task:result())
    assert.is_truthy(ask(task):result())
  end)

  it("needs an id that the gateway can be asked for", function()
    assert.has_error(function() engine:adopt(support.route "kling") end)
    assert.has_error(function() engine:adopt(support.route "anyfast", nil, "mine") end)
    assert.has_error(function() engine:adopt(support.route "kling", "1", nil, "resting") end)
  end)
end)

describe("the engine", function()
  it("sleeps when there is nothing to do", function()
    local started, cpu = core.clock(), os.clock()
    assert.is_nil(engine:due())
    assert.is_false(engine:block(0.3))
    local seconds = core.clock() - started
    assert.is_true(seconds >= 0.29 and seconds < 30, seconds)
    assert.is_true(os.clock() - cpu < 0.1 * support.slow)
  end)

  it("tells when it wants to be stepped", function()
    local task = new("kling", false, { polling = { first = 5, jitter = 0 } })
    task:watch {}
    local due = engine:due()
    assert.is_true(due > 4 and due <= 5, due)
    task:cancel()
    assert.is_nil(engine:due())
  end)

  it("is one, and every route belongs to it", function()
    assert.equal(engine, core.engine())
  end)

  it("does not block in step", function()
    box:fault { fault = "delay", seconds = 2, gateway = "kling", on = "create" }
    local task = engine:create(support.route "kling", support.request "kling")
    local longest = 0
    repeat
      local started = core.clock()
      engine:step()
      longest = math.max(longest, core.clock() - started)
    until not task.busy
    assert.is_true(longest < 1.8, longest)
  end)
end)
