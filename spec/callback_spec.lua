-- What is believed of a callback, and what an event does to a client.
local core = require "kling.core"
local kling = require "kling"
local sandbox = require "spec.support.sandbox"

-- The vector that Kling's docs publish.
local SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
local BODY = '{"id":"1234567890","status":"succeeded","message":"",'
  .. '"create_time":1781080778802,"update_time":1781080794151}'
local SENT = 1781080794

local function headers(more)
  local h = {
    ["Webhook-Id"] = "9876543210", ["webhook-timestamp"] = tostring(SENT),
    ["WEBHOOK-SIGNATURE"] = "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
  }
  for name, value in pairs(more or {}) do h[name] = value end
  return h
end

local function parse(more, body, options)
  options = options or {}
  options.secret = options.secret or SECRET
  options.now = options.now or SENT + 10
  return kling.callback.parse(headers(more), body or BODY, options)
end

local function signed(body, secret)
  local key = core.unbase64((secret:gsub("^whsec_", "")))
  return core.base64(core.hmac_sha256(key, "9876543210." .. SENT .. "." .. body))
end

describe("the signature of a callback", function()
  it("fits Kling's published example", function()
    local event = assert(parse())
    assert.is_true(event.verified)
    assert.equal("1234567890", event.task_id)
    assert.equal("succeeded", event.raw_status)
    assert.equal(1781080794, event.updated_at)
    assert.equal("9876543210", event.webhook_id)
  end)

  it("fits while a secret is being changed: several signatures, several secrets", function()
    local other = "whsec_" .. core.base64("another secret of some length")
    local both = "v1,AAAA v1," .. signed(BODY, SECRET)
    assert.is_true(parse({ ["WEBHOOK-SIGNATURE"] = both }).verified)
    assert.is_true(parse(nil, nil, { secret = { other, SECRET } }).verified)
    assert.is_nil((parse(nil, nil, { secret = other })))
  end)

  it("does not fit a body that was touched, cut or signed with another key", function()
    for _, body in ipairs { BODY:gsub("succeeded", "failed", 1), BODY:sub(1, -2), BODY .. " " } do
      if type(body) == "string" then
        local event, message, err = parse(nil, body)
        assert.is_nil(event)
        assert.equal("auth", err.kind)
        assert.truthy(message:find("signature is wrong", 1, true))
      end
    end
  end)

  it("is good for five minutes only", function()
    assert.truthy(parse(nil, nil, { now = SENT + 300 }))
    assert.truthy(parse(nil, nil, { now = SENT - 300 }))
    for _, now in ipairs { SENT + 301, SENT - 301 } do
      local event, _, err = parse(nil, nil, { now = now })
      assert.is_nil(event)
      assert.equal("auth", err.kind)
    end
  end)

  it("is refused when its headers are not whole or not what they should be", function()
    for _, broken in ipairs {
      { ["webhook-timestamp"] = "soon" }, { ["webhook-timestamp"] = "-5" },
      { ["WEBHOOK-SIGNATURE"] = "" }, { ["WEBHOOK-SIGNATURE"] = "v2,abc" },
      { ["Webhook-Id"] = "other" },
    } do
      local event, _, err = parse(broken)
      assert.is_nil(event)
      assert.equal("auth", err.kind)
    end
    local h = headers()
    h["Webhook-Id"] = nil
    local event, _, err = kling.callback.parse(h, BODY, { secret = SECRET, now = SENT })
    assert.is_nil(event)
    assert.equal("auth", err.kind)
  end)

  it("may be missing: then the event is a hint, unless signatures are asked for", function()
    local event = assert(kling.callback.parse({}, BODY, { secret = SECRET }))
    assert.is_false(event.verified)
    local none, _, err = kling.callback.parse({}, BODY, { secret = SECRET, signed = true })
    assert.is_nil(none)
    assert.equal("auth", err.kind)
  end)

  it("raises for a secret that is none, and for wrong arguments", function()
    assert.error_matches(function() parse(nil, nil, { secret = "!" }) end, "secret must be Base64")
    assert.error_matches(function() kling.callback.parse(nil, BODY) end, "headers must be")
    assert.error_matches(function() kling.callback.parse({}, nil) end, "body must be")
  end)
end)

describe("the body of a callback", function()
  it("is Kling's flat record", function()
    local event = assert(kling.callback.parse({}, [[{"task_id":"831922345719271433",
      "task_status":"succeed","task_status_msg":"","created_at":1722769557708,
      "updated_at":1722769558708,"final_unit_deduction":"3",
      "task_info":{"external_task_id":"scene-12"},
      "task_result":{"videos":[{"id":"v1","url":"https://example.com/v.mp4","duration":"5"}]}}]]))
    assert.equal("831922345719271433", event.task_id)
    assert.equal("scene-12", event.external_task_id)
    assert.equal("succeeded", event.state)
    assert.equal("https://example.com/v.mp4", event.result.videos[1].url)
    assert.equal(3, event.result.cost)
  end)

  it("is refused when it is huge, cut, empty or about no task", function()
    local bodies = { ("x"):rep(1024 * 1024 + 1), '{"task_id":"1","task_st', "", "[]", "{}",
      "<html></html>", '{"task_status":"succeed"}' }
    for _, body in ipairs(bodies) do
      local event, message, err = kling.callback.parse({}, body)
      assert.is_nil(event)
      assert.equal("protocol", err.kind)
      assert.is_string(message)
    end
  end)
end)

describe("an event", function()
  local box, client
  before_each(function()
    box = sandbox.start { speed = 0.2 }
    client = kling.new {
      gateway = "kling", api_key = "sandbox-key", base_url = box:base_url "kling",
    }
  end)

  local function claim(task, status)
    return assert(kling.callback.parse({}, ([[{"task_id":"%s","task_status":"%s",
      "task_info":{"external_task_id":"%s"}}]]):format(task.id, status, task.external_task_id)))
  end

  it("makes the client ask, whatever it says itself", function()
    local task = assert(client:text2video { prompt = "a cat" })
    local lie = claim(task, "failed")
    local told = assert(client:on_callback(lie))
    assert.equal(task.id, told.id)
    assert.not_equal("failed", told.state)
    assert(task:wait { interval = 0.05, timeout = 10 })
    for _, status in ipairs { "submitted", "processing", "failed" } do
      assert.equal("succeeded", assert(client:on_callback(claim(task, status))).state)
      assert.equal("succeeded", task.state)
    end
  end)

  it("about a task that nobody made is not found", function()
    local event = assert(kling.callback.parse({}, '{"task_id":"1","task_status":"succeed"}'))
    local task, _, err = client:on_callback(event)
    assert.is_nil(task)
    assert.equal("not_found", err.kind)
  end)
end)
