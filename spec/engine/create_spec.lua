-- Creates: each lost or refused reply, with the tasks counted where they are made.
--
-- Owns: the promise that nothing is paid for twice, and that what was paid for is found.
-- Stands on: spec/support/engine.lua, the sandbox's faults.
-- Never: trusts the client's own count.

local support = require "spec.support.engine"

local box

local function made(name) return box:stats(name).created end
local function sent(name) return box:stats(name).creates end

--- Ways to lose the reply to a create that was acted upon, or to get one that says nothing.
local LOST = {
  { name = "reset after creating", fault = "reset", when = "after", cause = "network" },
  { name = "closed after creating", fault = "reset", how = "fin", when = "after",
    cause = "network" },
  { name = "cut in the middle", fault = "truncate", cause = "network" },
  { name = "too slow", fault = "hang", seconds = 5, when = "after", cause = "timeout" },
  { name = "HTML instead of a task", fault = "garbage", kind = "html" },
  { name = "Kling's own trouble", fault = "error", family = "kling", code = 5000, when = "after",
    cause = "server" },
  { name = "a gateway's lost request", fault = "error", family = "new_api_task", status = 500,
    code = "do_request_failed", when = "after", cause = "server" },
  { name = "a proxy's 502", fault = "error", family = "nginx", status = 502, when = "after",
    cause = "server" },
  { name = "a proxy's 504", fault = "error", family = "nginx", status = 504, when = "after" },
}

local function arm(case, name)
  local fault = { gateway = name, on = "create", times = 1 }
  for word, value in pairs(case) do fault[word] = value end
  fault.name, fault.cause = nil, nil
  box:fault(fault)
end

local function route(name, over)
  local options = { account = support.core.account { api_key = support.KEY, timeout = 0.5 } }
  for word, value in pairs(over or {}) do options[word] = value end
  return support.route(name, options)
end

before_each(function() box = support.box() end)

describe("a create", function()
  it("is sent once and brings a task", function()
    for _, name in ipairs { "anyfast", "kkiai", "powertokens", "uniall", "kling" } do
      local task = support.create(route(name), name)
      assert.is_nil(support.kind(task))
      assert.is_true(task.created)
      assert.equal("queued", task.state)
      assert.same({ 1, 1 }, { sent(name), made(name) })
    end
  end)

  it("carries a minted external_task_id, or the caller's own", function()
    local task = support.create(route "kling", "kling")
    assert.is_truthy(task.external_task_id:find "^kling%-%w+$")
    assert.equal(1, box:stats("kling").by_external[task.external_task_id])
    task = support.create(route "kling", "kling", { external_task_id = "scene-12" })
    assert.equal("scene-12", task.external_task_id)
    task = support.create(route("kling", { mint = false }), "kling")
    assert.is_nil(task.external_task_id)
  end)

  it("with a bad request is not sent", function()
    local task, problems = support.engine:create(route "kling", { prompt = 5, duration = "5s" })
    assert.is_nil(task)
    assert.is_true(#problems >= 2)
    support.engine:block(0.05)
    assert.equal(0, sent "kling")
  end)

  it("without a key is not sent", function()
    local account = support.core.account {}
    local task = support.create(support.route("kling", { account = account }), "kling")
    assert.equal("auth", support.kind(task))
    assert.equal(0, box:stats("kling").requests)
  end)
end)

describe("a lost reply, where tasks can't be looked up,", function()
  for _, case in ipairs(LOST) do
    it("is ambiguous: " .. case.name, function()
      arm(case, "anyfast")
      local task = support.create(route "anyfast", "anyfast", { external_task_id = "scene-1" })
      local message, err = task:error()
      assert.equal("ambiguous", err.kind)
      if case.cause then assert.equal(case.cause, err.cause) end
      assert.equal("scene-1", err.external_task_id)
      assert.is_false(err.retryable)
      assert.is_truthy(err.hint and message:find("may or may not", 1, true))
      assert.same({ 1, 1 }, { sent "anyfast", made "anyfast" })
      assert.is_true(task.done)
    end)
  end
end)

describe("a lost reply, where tasks can be looked up,", function()
  for _, case in ipairs(LOST) do
    for _, name in ipairs { "kkiai", "kling" } do
      it(("is found out about on %s: %s"):format(name, case.name), function()
        arm(case, name)
        local task = support.create(route(name), name)
        assert.is_nil(support.kind(task))
        assert.equal("succeeded", support.finish(task).state)
        assert.same({ 1, 1 }, { sent(name), made(name) })
        assert.equal(task.id, box:tasks(name)[1].id)
      end)
    end
  end

  it("and the task was never made: it is created again, once", function()
    arm({ fault = "reset", when = "before" }, "kling")
    local task = support.create(route "kling", "kling")
    assert.is_nil(support.kind(task))
    assert.same({ 2, 1 }, { sent "kling", made "kling" })
    assert.equal(1, box:stats("kling").by_external[task.external_task_id])
    assert.is_true(box:stats("kling").lists >= 1)
  end)

  for _, name in ipairs { "kkiai", "kling" } do
    it("and the task is shown late: it is waited for: " .. name, function()
      arm({ fault = "late", seconds = 1 }, name)
      local r = route(name, { lookup_timeout = 2 * support.slow, absent_after = 2 * support.slow })
      local task = support.create(r, name)
      assert.is_nil(support.kind(task))
      assert.same({ 1, 1 }, { sent(name), made(name) })
    end)
  end

  it("and is absent too soon to be believed: ambiguous, not created again", function()
    arm({ fault = "reset", when = "before" }, "kkiai")
    local task = support.create(route("kkiai", { absent_after = 60 }), "kkiai")
    local _, err = task:error()
    assert.equal("ambiguous", err.kind)
    assert.matches("does not know the task yet", err.hint)
    assert.is_true(err.lost_for >= 1.2)
    assert.same({ 1, 0 }, { sent "kkiai", made "kkiai" })
  end)

  it("and it is never made: ambiguous in the end", function()
    box:fault { fault = "reset", gateway = "kling", on = "create", when = "before" }
    local task = support.create(route "kling", "kling")
    assert.equal("ambiguous", support.kind(task))
    assert.same({ 2, 0 }, { sent "kling", made "kling" })
  end)

  it("and both replies are lost: one task", function()
    box:fault { fault = "reset", gateway = "kling", on = "create", nth = 1, when = "before" }
    box:fault { fault = "reset", gateway = "kling", on = "create", nth = 2, when = "after" }
    local task = support.create(route "kling", "kling")
    assert.is_nil(support.kind(task))
    assert.same({ 2, 1 }, { sent "kling", made "kling" })
  end)

  it("and looking up fails: ambiguous, not created again", function()
    arm({ fault = "reset", when = "before" }, "kling")
    box:fault { fault = "error", status = 503, gateway = "kling", on = "status" }
    local task = support.create(route "kling", "kling")
    assert.equal("ambiguous", support.kind(task))
    assert.equal(1, sent "kling")
  end)

  it("and the list fails: ambiguous, not created again", function()
    arm({ fault = "reset", when = "before" }, "kling")
    box:fault { fault = "error", status = 403, code = 1103, gateway = "kling", on = "list" }
    local task = support.create(route "kling", "kling")
    assert.equal("ambiguous", support.kind(task))
    assert.equal(1, sent "kling")
  end)
end)

describe("a refused create", function()
  for _, code in ipairs { 1302, 1303 } do
    it("goes again when it may pass: " .. code, function()
      box:fault { fault = "busy", code = code, gateway = "kling", on = "create", times = 2 }
      local started = support.core.clock()
      local task = support.create(route "kling", "kling")
      assert.is_nil(support.kind(task))
      assert.same({ 3, 1 }, { sent "kling", made "kling" })
      if code == 1303 then assert.is_true(support.core.clock() - started >= 2) end
    end)
  end

  it("waits as long as Retry-After says", function()
    box:fault { fault = "busy", code = 1302, gateway = "kling", on = "create", times = 1,
      retry_after = 1 }
    local started = support.core.clock()
    support.create(route "kling", "kling")
    assert.is_true(support.core.clock() - started >= 1)
  end)

  it("ends with the refusal when the time is up", function()
    box:fault { fault = "busy", code = 1302, gateway = "kling", on = "create" }
    local task = support.create(route("kling", { create_timeout = 0.5 }), "kling")
    local _, err = task:error()
    assert.equal("rate", err.kind)
    assert.is_true(err.retryable)
    assert.equal(0, made "kling")
  end)

  for code, kind in pairs { [1102] = "quota", [1201] = "invalid", [1301] = "policy",
    [1103] = "permission" } do
    it("is not sent again when that won't help: " .. kind, function()
      box:fault { fault = "error", code = code, gateway = "kling", on = "create" }
      local task = support.create(route "kling", "kling")
      assert.equal(kind, support.kind(task))
      assert.same({ 1, 0 }, { sent "kling", made "kling" })
    end)
  end

  it("by a wrong key is told as such, without the key", function()
    local task = support.create(support.route("kling", { key = "canary-key-123456" }), "kling")
    local message, err = task:error()
    assert.equal("auth", err.kind)
    assert.is_nil((message .. tostring(task)):find "canary")
    assert.equal(1, box:stats("kling").unauthorized)
  end)
end)

describe("a create that never left", function()
  it("is tried four times, then it is a network error", function()
    local task = support.create(support.route("kling", {
      create_url = "http://127.0.0.1:1/v1/videos/text2video" }), "kling")
    local _, err = task:error()
    assert.equal("network", err.kind)
    assert.is_true(err.retryable)
    assert.is_nil(err.cause)
  end)
end)

describe("on a reused connection that the server closes behind our back,", function()
  it("a create makes one task", function()
    local r = route "kling"
    support.create(r, "kling")
    for _ = 1, 5 do
      box:fault { fault = "close", gateway = "kling", on = "status", times = 1 }
      local task = support.create(r, "kling")
      task:ask()
      support.wait(function() return not task.busy end)
    end
    assert.equal(6, made "kling")
  end)
end)
