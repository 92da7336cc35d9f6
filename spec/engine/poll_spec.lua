-- Polls and questions: what is learnt, when it is asked again, when it is given up.
--
-- Owns: watching and asking.
-- Stands on: spec/support/engine.lua, the sandbox's faults.
-- Never: asks how a create went (create_spec.lua) or how the engine turns (engine_spec.lua).

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

describe("a watched task", function()
  it("is polled to the end on every gateway", function()
    for _, name in ipairs { "anyfast", "kkiai", "powertokens", "uniall", "kling" } do
      local task = support.finish(new(name))
      assert.equal("succeeded", task.state, name)
      assert.is_true(task.done)
      assert.equal(1, task.progress)
      assert.is_truthy(task:result().videos[1].url:find("^http"))
      assert.is_truthy(task:raw())
      assert.is_true(task.asked > 1)
      assert.is_true(task.version > task.asked)
      assert.equal("table", type(task:raw()))
    end
  end)

  it("that fails tells why", function()
    box:fault { fault = "fail", gateway = "kling", reason = "Image pixel is invalid" }
    local task = support.finish(new "kling")
    local message, err = task:error()
    assert.same({ "failed", "failed", "Image pixel is invalid" },
      { task.state, err.kind, message })
    assert.equal("Image pixel is invalid", task.reason)
    assert.equal(task.id, err.task_id)
    assert.is_nil(task:result())
  end)

  it("goes on through trouble that passes, and shows it", function()
    local task = new("kling", false, { retry_base = 0.2 })
    box:fault { fault = "reset", gateway = "kling", on = "status", times = 2 }
    box:fault { fault = "error", status = 503, gateway = "kling", on = "status", times = 2 }
    box:fault { fault = "garbage", kind = "html", gateway = "kling", on = "status", times = 2 }
    task:watch {}
    local seen
    repeat -- trouble is no news: nothing wakes a wait for it
      engine:block(0.002)
      seen = seen or task:trouble()
      assert.is_nil(task:error())
    until not task.watched
    assert.equal("succeeded", task.state)
    assert.is_truthy(seen)
    assert.is_nil(task:trouble())
  end)

  it("whose polls keep failing is let go, whole", function()
    local task = new("kling", false, { retry_for = 0.5 })
    box:fault { fault = "error", status = 503, gateway = "kling", on = "status" }
    support.finish(task)
    assert.is_false(task.done)
    assert.equal("server", support.kind(task))
    box:clear()
    assert.equal("succeeded", support.finish(task).state)
    assert.is_nil(support.kind(task))
  end)

  it("is let go at once when asking again won't help", function()
    local task = new "kling"
    box:fault { fault = "error", code = 1103, gateway = "kling", on = "status" }
    local polls = box:stats("kling").polls
    support.finish(task)
    assert.equal("permission", support.kind(task))
    assert.equal(polls + 1, box:stats("kling").polls)
  end)

  it("may be unknown to its own service for a moment", function()
    local task = new("anyfast")
    box:fault { fault = "error", family = "new_api_task", status = 400, code = "task_not_exist",
      gateway = "anyfast", on = "status", times = 2 }
    assert.equal("succeeded", support.finish(task).state)
  end)

  it("keeps waiting through words nobody knows, and shows them", function()
    box:fault { fault = "word", word = "reticulating", gateway = "kling", on = "status", times = 3 }
    local task, seen = new "kling", false
    task:watch {}
    support.wait(function()
      seen = seen or task.raw_status == "reticulating"
      return task.done
    end)
    assert.is_true(seen)
    assert.equal("succeeded", task.state)
  end)

  it("is polled at the interval asked for", function()
    box:fault { fault = "stuck", gateway = "kling" }
    local task = new "kling"
    local asked, started = task.asked, core.clock()
    task:watch { interval = 0.2 }
    support.wait(function() return task.asked == asked + 4 end)
    local seconds = core.clock() - started
    assert.is_true(seconds > 0.5 and seconds < 5 * support.slow, seconds)
    task:cancel()
  end)

  it("is left alone after unwatch and cancel", function()
    box:fault { fault = "stuck", gateway = "kling" }
    for _, stop in ipairs { "unwatch", "cancel" } do
      local task = new("kling", true)
      task[stop](task)
      engine:block(0.05)
      local polls = box:stats("kling").polls
      engine:block(0.4)
      assert.equal(polls, box:stats("kling").polls)
      assert.equal(0, engine:counts().tasks)
      assert.is_false(task.done)
    end
  end)

  it("can't be made to hurry by watching it again and again", function()
    box:fault { fault = "stuck", gateway = "kling" }
    local task = new("kling", false, { polling = { first = 0.3, growth = 1, interval_max = 0.3 } })
    local deadline = core.clock() + 1
    while core.clock() < deadline do
      task:watch {}
      engine:block(0.01)
      task:unwatch()
    end
    assert.is_true(box:stats("kling").polls <= 5)
  end)
end)

describe("a question", function()
  it("is asked once and answered", function()
    local task = new "kling"
    local polls = box:stats("kling").polls
    ask(task)
    assert.equal(polls + 1, box:stats("kling").polls)
    assert.is_nil(support.kind(task))
  end)

  it("is tried three times", function()
    local task = new "kling"
    box:fault { fault = "error", status = 503, gateway = "kling", on = "status" }
    local polls = box:stats("kling").polls
    ask(task)
    assert.equal("server", support.kind(task))
    assert.equal(polls + 3, box:stats("kling").polls)
  end)

  it("is not repeated when the account's budget of repetitions is used up", function()
    local account = core.account { api_key = support.KEY }
    local task = new("kling", false, { account = account })
    box:fault { fault = "error", status = 503, gateway = "kling", on = "status" }
    for _ = 1, 4 do ask(task) end
    local polls = box:stats("kling").polls
    ask(task)
    assert.equal(polls + 1, box:stats("kling").polls)
    assert.equal("server", support.kind(task))
  end)
end)
