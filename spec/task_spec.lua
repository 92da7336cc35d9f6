-- Tasks: waiting, asking, being told of progress, giving up.
--
-- Owns: kling/task.lua, tracker.lua.
-- Stands on: busted, the sandbox.
-- Never: takes a shorter time than asked for as a proof of anything but order.

local face = require "spec.support.face"
local kling = require "kling"

local CAT = { prompt = "A cat" }

describe("task:wait", function()
  local box, client
  before_each(function()
    box = face.box()
    client = face.client(box)
  end)

  it("returns the result", function()
    local task = assert(client:text2video { prompt = "A cat", external_task_id = "mine" })
    local result = assert(task:wait())
    assert.matches("^http://127.0.0.1:%d+/files/", result.videos[1].url)
    assert.equal(task.id, result.task_id)
    assert.equal("mine", result.external_task_id)
    assert.equal("succeeded", task.state)
    assert.is_true(task.done)
    assert.same(result, task:result())
  end)

  it("returns at once, and without a question, when the task has ended", function()
    local task = assert(client:text2video(CAT))
    local result = assert(task:wait())
    local polls = box:stats().gateways.kling.polls
    assert.same(result, task:wait { timeout = 0 })
    assert.equal(polls, box:stats().gateways.kling.polls)
  end)

  it("calls back when something has changed, and only then", function()
    local said = {}
    local task = assert(client:text2video(CAT))
    assert(task:wait { on_progress = function(t) said[#said + 1] = tostring(t) end })
    assert.is_true(#said >= 2)
    assert.matches("succeeded$", said[#said])
    for i = 2, #said do assert.not_equal(said[i - 1], said[i]) end
  end)

  it("lets an error of a callback through, and the task goes on", function()
    local task = assert(client:text2video(CAT))
    local message = face.raised(task.wait, task, {
      on_progress = function() error("no more", 0) end })
    assert.equal("no more", message)
    assert.same({ task }, client:pending())
    assert.is_truthy(task:wait())
    assert.same({}, client:pending())
  end)

  it("gives up when the time is up, and can be called again", function()
    box:options { speed = 0.8 }
    local task = assert(client:text2video(CAT))
    local result, message, err = task:wait { timeout = 0.1 }
    assert.is_nil(result)
    assert.equal("timeout", err.kind)
    assert.is_true(err.retryable)
    assert.equal(task.id, err.task_id)
    assert.equal(task.external_task_id, err.external_task_id)
    assert.equal("kling", err.gateway)
    assert.is_nil(err.cause)
    assert.is_truthy(message:find(task.id, 1, true))
    assert.is_false(task.watched)
    assert.is_truthy(task:wait())
  end)

  it("says what went wrong when the polls failed until then", function()
    local task = assert(client:text2video(CAT))
    box:fault { fault = "error", on = "status", status = 503, code = 5001 }
    local _, message, err = task:wait { timeout = 0.5, interval = 0.05 }
    assert.equal("timeout", err.kind)
    assert.equal("server", err.cause)
    assert.matches("the last question failed", message)
  end)

  it("waits on through failures that pass", function()
    local task = assert(client:text2video(CAT))
    box:fault { fault = "error", on = "status", status = 502, code = 5000, times = 2 }
    box:fault { fault = "reset", on = "status", times = 1 }
    assert.is_truthy(task:wait { interval = 0.05 })
  end)

  it("ends with an error that will not pass", function()
    local task = assert(client:text2video(CAT))
    box:options { keys = { "another-key" } }
    local result, _, err = task:wait()
    assert.is_nil(result)
    assert.equal("auth", err.kind)
    assert.is_false(task.done)
    box:options { keys = { "sandbox-key" } }
    assert.is_truthy(task:wait())
  end)

  it("tells why a task failed", function()
    box:fault { fault = "fail", on = "create", reason = "Image pixel is invalid" }
    local task = assert(client:text2video(CAT))
    for _ = 1, 2 do
      local result, message, err = task:wait()
      assert.is_nil(result)
      assert.equal("failed", err.kind)
      assert.equal("Image pixel is invalid", message)
      assert.equal(task.id, err.task_id)
    end
    assert.equal("failed", task.state)
    assert.equal("Image pixel is invalid", task.reason)
  end)

  it("keeps waiting at words nobody knows", function()
    box:fault { fault = "word", on = "status", word = "reticulating", times = 1 }
    local task = assert(client:text2video(CAT))
    local seen = {}
    assert(task:wait { on_progress = function(t) seen[t.raw_status] = true end })
    assert.is_true(seen.reticulating)
  end)

  it("asks for a key that a function gives", function()
    local good = true
    local other = face.client(box, "kling", {
      api_key = function() if good then return "sandbox-key" end return nil, "shut" end })
    local task = assert(other:text2video(CAT))
    good = false
    local _, message, err = task:wait()
    assert.equal("auth", err.kind)
    assert.matches("shut", message)
  end)

  it("raises misuse", function()
    local task = assert(client:text2video(CAT))
    assert.matches("task_spec.lua:%d+: task:wait: option timeot: .*meant: timeout?",
      face.raised(function() task:wait { timeot = 5 } end))
    assert.matches("option interval", face.raised(task.wait, task, { interval = 0 }))
    assert.matches("option on_progress: a function",
      face.raised(task.wait, task, { on_progress = true }))
  end)
end)

describe("task:status", function()
  local box, client
  before_each(function()
    box = face.box { speed = 5 }
    client = face.client(box)
  end)

  it("asks once", function()
    local task = assert(client:text2video { prompt = "x", external_task_id = "mine" })
    local state, details = task:status()
    assert.equal(task.state, state)
    assert.equal(task.id, details.task_id)
    assert.equal("mine", details.external_task_id)
    assert.equal(task.raw_status, details.raw_status)
    assert.is_number(details.created_at)
    assert.equal(1, box:stats().gateways.kling.polls)
  end)

  it("tells why a task failed", function()
    box:options { speed = 0 }
    box:fault { fault = "fail", on = "create", reason = "too odd" }
    local task = assert(client:text2video(CAT))
    local state, details = task:status()
    assert.equal("failed", state)
    assert.equal("too odd", details.reason)
  end)

  it("calls a word that nobody knows unknown", function()
    box:fault { fault = "word", on = "status", word = "reticulating" }
    local made = assert(client:text2video(CAT))
    local task = client:task(made.id, "text2video")
    local state, details = task:status()
    assert.equal("unknown", state)
    assert.equal("reticulating", details.raw_status)
  end)

  it("fails with the service's error", function()
    local task = assert(client:text2video(CAT))
    box:fault { fault = "error", on = "status", code = 1103 }
    local state, message, err = task:status()
    assert.is_nil(state)
    assert.is_string(message)
    assert.equal("permission", err.kind)
    assert.equal(task.id, err.task_id)
  end)

  it("does not wait longer than retry_for because the service says so", function()
    for retry_for, seconds in pairs { [120] = 86400, [3] = 4 } do
      local task = assert(face.client(box, "kling", { retry_for = retry_for }):text2video(CAT))
      local polls = box:stats().gateways.kling.polls
      box:fault { fault = "busy", on = "status", code = 1302, retry_after = seconds }
      local state, _, err = task:status()
      assert.is_nil(state)
      assert.same({ "rate", seconds, true }, { err.kind, err.retry_after, err.retryable })
      assert.equal(polls + 1, box:stats().gateways.kling.polls)
      box:clear()
      assert.is_string(task:status())
    end
  end)
end)

describe("a task's fields", function()
  it("can't be set", function()
    local task = kling.new { gateway = "kling" }:task("1", "text2video")
    assert.matches("task_spec.lua:%d+: id of a task can't be set: all its fields are read only",
      face.raised(function() task.id = "x" end))
    assert.matches("number of a task can't be set", face.raised(function() task[1] = "x" end))
    assert.equal("1", task.id)
  end)
end)

describe("task:raw", function()
  it("is the last reply", function()
    local client = face.client(face.box())
    local task = assert(client:text2video(CAT))
    assert(task:wait())
    assert.equal("succeed", task:raw().data.task_status)
  end)
end)

describe("task:forget", function()
  it("ends the waiting for a task, not the task", function()
    local client = face.client(face.box())
    local task = assert(client:text2video(CAT))
    local fiber = kling.spawn(function() return task:wait() end)
    task:forget()
    kling.join(fiber)
    assert.equal("cancelled", fiber.values[3].kind)
    assert.is_false(task.watched)
    assert.is_truthy(task:wait())
  end)
end)

describe("two waits for one task", function()
  it("do not disturb one another", function()
    local client = face.client(face.box())
    local task = assert(client:text2video(CAT))
    local long = kling.spawn(function() return task:wait() end)
    local short = kling.spawn(function() return task:wait { timeout = 0.1 } end)
    kling.join(long, short)
    assert.is_truthy(long.values[1])
    assert.equal("timeout", short.values[3].kind)
    assert.is_false(task.watched)
    assert.same({}, client:pending())
  end)
end)
