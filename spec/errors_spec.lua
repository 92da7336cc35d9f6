-- What errors mean: every code, word, type and HTTP status in every wrapper, for every purpose.
--
-- Owns: the matrix. What is expected stands in spec/golden/replies/failures.lua.
-- Stands on: spec/support/wrappers.lua, the debugging door of kling.core's replies.
-- Never: reads lua/kling/errors.lua for what to expect.

local cjson = require "cjson"
local core = require "kling.core"

local failures = require "spec.golden.replies.failures"
local how = failures.how
local wrappers = require "spec.support.wrappers"
local official, family = wrappers.official, wrappers.family
local nested, behind = wrappers.nested, wrappers.behind
local replies = core.replies(require "kling.replies")
local PURPOSES = { "create", "status", "lookup", "list" }
local SATURATED = "当前分组上游负载已饱和，请稍后再试"

local function check(text, status, want, label)
  for _, purpose in ipairs(PURPOSES) do
    local outcome = replies:decode(purpose, status, text, "application/json")
    local create, behaves = purpose == "create", want.how
    local retryable = behaves.ask
    if create then retryable = behaves.create end
    local seen = purpose .. " " .. label .. ": " .. text
    assert.is_table(outcome.error, seen)
    assert.equal(want.kind, outcome.error.kind, seen)
    assert.equal(retryable, outcome.error.retryable, seen)
    assert.equal(create and behaves.lost, outcome.maybe_created, seen)
    assert.equal(create and not behaves.lost, outcome.refused, seen)
    assert.equal((purpose == "status" or purpose == "lookup") and want.absent or false,
      outcome.absent, seen)
    assert.equal(want.resign or false, outcome.resign, seen)
    assert.equal(create and want.duplicate or false, outcome.duplicate, seen)
    assert.equal(status, outcome.error.status, seen)
    if want.code then assert.equal(want.code, outcome.error.code, seen) end
    assert.equal(want.behind or false,
      (outcome.error.hint or ""):find("operator's account", 1, true) ~= nil, seen)
    assert.is_true(#outcome.message > 10 and #outcome.message < 512, seen)
  end
end

describe("Kling's code", function()
  for _, row in ipairs(failures.kling) do
    local code, http = row[1], row[2]
    it(code .. " in every wrapper", function()
      local want = { kind = row[3], how = row[4], resign = row.resign, code = tostring(code) }
      for label, wrap in pairs(wrappers.own) do
        local body, status = wrap(code)
        check(cjson.encode(body), status or http, want, label)
      end
    end)

    it(code .. " nested in every wrapper", function()
      local want = { kind = row[3], how = row[4], behind = row.behind, code = tostring(code) }
      for label, wrap in pairs(wrappers.nestings) do
        local body, status = wrap(code)
        check(cjson.encode(body), status or http, want, label)
      end
    end)
  end

  it("is found in an error body that was cut", function()
    check([[{"code":1303,"message":"parallel ta]], 429,
      { kind = "concurrency", how = how.passes, code = "1303" }, "cut")
    check([[{"code":1003,"mess]], 401, { kind = "auth", how = how.final, resign = true }, "cut")
  end)

  it("is found under its own key only", function()
    check(cjson.encode(behind([[{"barcode":1303,"codes":1303,"x":"code","code":77,code:1303}]])),
      400, { kind = "invalid", how = how.final, code = "fail_to_fetch_task" }, "")
  end)

  it("does not outrank the task it came with when nobody knows it", function()
    local text = [[{"code":7777,"data":{"task_id":"1","task_status":"processing"}}]]
    assert.equal("running", replies:decode("status", 200, text).state)
    check([[{"code":1303,"data":{"task_id":"1","task_status":"processing"}}]], 200,
      { kind = "concurrency", how = how.passes }, "with a task")
  end)
end)

describe("a gateway's word", function()
  for _, row in ipairs(failures.words) do
    local word, http = row[1], row[2]
    local want = { kind = row[3], how = row[4], absent = row.absent, code = word }
    it(word .. " with HTTP " .. http .. " in every wrapper", function()
      for _, status in ipairs { http, 200 } do
        for label, body in pairs {
          ["new-api task"] = { code = word, message = "no", data = cjson.null },
          ["one-hub task"] = { code = word, message = "" },
          ["capitals"] = { code = word:upper(), message = "no" },
          ["error object"] = family(word, "no (request id: 2026)", "new_api_error"),
        } do
          want.code = label ~= "capitals" and word or nil
          check(cjson.encode(body), status, want, label)
        end
      end
    end)
  end

  it("fail_to_fetch_task without a code inside goes by HTTP status", function()
    local function upstream(message, status, want)
      check(cjson.encode(behind(message)), status, want, "")
    end
    upstream(SATURATED, 429, { kind = "rate", how = how.passes })
    upstream("slow down", 429, { kind = "rate", how = how.passes })
    upstream("no", 401, { kind = "auth", how = how.final, behind = true })
    upstream("no", 400, { kind = "invalid", how = how.final })
    upstream("no", 403, { kind = "permission", how = how.final })
    upstream("<html>", 502, { kind = "server", how = how.lost })
    upstream("no", 200, { kind = "server", how = how.lost })
    upstream(SATURATED, 200, { kind = "rate", how = how.passes })
  end)
end)

describe("an error type", function()
  for _, row in ipairs(failures.types) do
    it(row[1], function()
      local want = { kind = row[3], how = row[4], code = row[1] }
      check(cjson.encode(family("", "no", row[1])), row[2], want, "")
      check(cjson.encode(family(cjson.null, "no", row[1])), 200, want, "HTTP 200")
      want.code = "odd_code"
      check(cjson.encode(family("odd_code", "no", row[1])), row[2], want, "odd code")
    end)
  end

  it("that says nothing leaves it to the HTTP status", function()
    for _, type in ipairs { "new_api_error", "one_hub_error", "upstream_error" } do
      for _, row in ipairs(failures.statuses) do
        if row[1] >= 400 and row[1] < 600 then
          check(cjson.encode(family("", "no", type)), row[1], { kind = row[2], how = row[3] }, type)
        end
      end
    end
  end)
end)

describe("HTTP status", function()
  local BODIES = { "", "  ", "{}", "[]", "null", "no", "<html><body>502</body></html>",
    [[{"message":"no"}]], [[{"error":"no"}]], [[{"id":"1","status":"queued"}]], '{"mess' }
  for _, row in ipairs(failures.statuses) do
    it(row[1] .. " with any body that does not say more", function()
      for _, body in ipairs(BODIES) do
        check(body, row[1], { kind = row[2], how = row[3] }, "")
      end
    end)
  end

  it("may stand in the reply as its code", function()
    check([[{"code":429}]], 200, { kind = "rate", how = how.passes, code = "429" }, "")
    check([[{"code":401,"message":"no"}]], 200, { kind = "auth", how = how.final }, "")
    check([[{"code":"503","message":"no"}]], 200, { kind = "server", how = how.lost }, "")
    check([[{"code":"429abc","message":"no"}]], 200, { kind = "server", how = how.lost }, "")
    check([[{"code":4290,"message":"no"}]], 200, { kind = "server", how = how.lost }, "")
  end)
end)

describe("a message", function()
  it("decides where codes do not", function()
    local task_not_found = "Task not found by id/external id: x-1"
    check(cjson.encode(official(1201, task_not_found)), 400,
      { kind = "not_found", how = how.final, absent = true, code = "1201" }, "")
    check(cjson.encode(behind(nested(1201, task_not_found))), 400,
      { kind = "not_found", how = how.final, absent = true, code = "1201" }, "")
    check(cjson.encode(official(1201, "external_task_id already exists")), 400,
      { kind = "invalid", how = how.final, duplicate = true, code = "1201" }, "")
    check([[{"code":"task_failed","message":"parallel task over resource pack limit"}]], 400,
      { kind = "concurrency", how = how.passes, code = "task_failed" }, "")
    check([[{"code":"task_failed","message":"Account balance not enough"}]], 400,
      { kind = "quota", how = how.final }, "")
    check(cjson.encode(family("", SATURATED, "new_api_error")), 503,
      { kind = "rate", how = how.passes }, "")
  end)

  it("does not outrank a code that is clear", function()
    check(cjson.encode(official(1102, "task not found, already exists")), 429,
      { kind = "quota", how = how.final, code = "1102" }, "")
  end)
end)

describe("an error", function()
  local function decode(body, status, ...)
    return replies:decode("create", status, body, "application/json", ...)
  end

  it("is told in one sentence, with the service's own words", function()
    assert.equal("the account has nothing left to spend: Account balance not enough (HTTP 429, "
      .. "code 1102)", decode(nested(1102, "Account balance not enough"), 429).message)
    assert.equal("too many tasks at once: wait (HTTP 500, code 1303)",
      decode(cjson.encode(behind(nested(1303, "wait"))), 500).message)
    assert.equal("too many requests (HTTP 429)", decode("", 429).message)
    local long = decode(nested(1200, ("界"):rep(500)), 400).message
    assert.is_truthy(long:find("^the service refused the request: 界.*界%.%.%. %(HTTP 400"))
    assert.is_true(#long > 500 and #long < 512)
  end)

  it("shows no key", function()
    local text = nested(1002, "bad sk-AbC_9.x, BEARER: \\n ab.de-1\\neyJh.eyJi task-9 bearer.")
    local message = decode(text, 401).message
    local shown = "bad sk-***, BEARER *** eyJ*** task-9 bearer. ("
    assert.is_truthy(message:find(shown, 1, true), message)
  end)

  it("carries the request's id: the body's, the message's, the header's", function()
    assert.equal("req-1", decode(nested(1200, "no"), 400, "head").error.request_id)
    local body = cjson.encode(family("", "no (request id: 20261121-x)", "new_api_error"))
    assert.equal("20261121-x", decode(body, 400, "head").error.request_id)
    assert.equal("head", decode("", 502, "head").error.request_id)
    assert.equal(7, decode("", 429, nil, 7).error.retry_after)
  end)
end)
