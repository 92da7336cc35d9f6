-- Replies: what task replies of every known shape are read as, and how careful that reading is.
--
-- Owns: the checks; the shapes stand in spec/golden/replies.
-- Stands on: the debugging door of kling.core's replies.
-- Never: asks what errors mean; spec/errors_spec.lua does.

local core = require "kling.core"
local data = require "kling.replies"

local replies = core.replies(data)
local SHAPES = { "official", "newapi", "openai", "others" }

local function golden(name) return require("spec.golden.replies." .. name) end

local function decode(case)
  return replies:decode(case.purpose, case.http or 200, case.text,
    case.content_type or "application/json")
end

--- A copy of the default data with some words replaced.
local function changed(words)
  local copy = {}
  for word, value in pairs(data) do copy[word] = value end
  for word, value in pairs(words) do copy[word] = value end
  return copy
end

local function refused(words, part)
  local ok, message = pcall(core.replies, changed(words))
  assert.is_false(ok)
  assert.is_truthy(message:find(part, 1, true), message)
end

for _, shape in ipairs(SHAPES) do
  describe("the " .. shape .. " shape", function()
    for _, case in ipairs(golden(shape)) do
      it(case.purpose .. ": " .. case.name, function()
        assert.same(case.outcome, decode(case))
        if case.purpose == "list" then
          assert.same(case.list, replies:list(case.text))
        else
          assert.same(case.result, replies:result(case.text))
        end
      end)
    end
  end)
end

describe("a reply that is no answer", function()
  for _, case in ipairs(golden "unreadable") do
    it(case.name, function()
      for _, purpose in ipairs { "create", "status", "lookup" } do
        case.purpose = purpose
        local outcome = decode(case)
        assert.equal("protocol", outcome.error and outcome.error.kind)
        assert.equal(purpose == "create", outcome.maybe_created)
        assert.is_false(outcome.refused)
        assert.is_false(outcome.absent)
        assert.is_truthy(outcome.message:find(case.says, 1, true), outcome.message)
      end
      assert.is_nil(replies:result(case.text))
    end)
  end

  it("no list either", function()
    local texts = { "", "<html>", "[]", "{}", [[{"data":"x"}]], [[{"code":0,"data":{"a":1}}]] }
    for _, text in ipairs(texts) do
      assert.equal("protocol", replies:decode("list", 200, text).error.kind, text)
    end
  end)

  it("a redirect is none, and made nothing", function()
    local outcome = replies:decode("create", 302, "", "text/html")
    assert.same({ "protocol", true, false },
      { outcome.error.kind, outcome.refused, outcome.maybe_created })
  end)

  it("shows no more than a few characters, whole ones", function()
    local outcome = replies:decode("status", 200, ("界"):rep(1000))
    assert.is_true(#outcome.message < 200)
    assert.is_truthy(outcome.message:find("界 %(HTTP 200%)$") or outcome.message:find("%.%.%."))
    assert.is_falsy(outcome.message:find("?", 1, true))
  end)
end)

describe("a task reply", function()
  local function status(text) return replies:decode("status", 200, text) end

  it("takes no status word for a task when there is neither id nor record", function()
    for _, word in ipairs { "failed", "success", "error", "processing" } do
      local outcome = status(([[{"status":"%s","message":"no"}]]):format(word))
      assert.equal("protocol", outcome.error.kind)
    end
    assert.equal("running", status [[{"code":0,"data":{"task_status":"processing"}}]].state)
  end)

  it("finds progress in any spelling and never above 1", function()
    local cases = { ["30"] = 0.3, ['"30%"'] = 0.3, ['"30"'] = 0.3, ["0"] = 0, ['"100%"'] = 1,
      ["1000"] = 1, ['"12.5%"'] = 0.125 }
    for given, want in pairs(cases) do
      local outcome = status(([[{"id":"1","status":"queued","progress":%s}]]):format(given))
      assert.equal(want, outcome.progress, given)
    end
    for _, given in ipairs { "null", '""', '"soon"', "-5", "true", "{}", '"30%%"' } do
      local outcome = status(([[{"id":"1","status":"queued","progress":%s}]]):format(given))
      assert.is_nil(outcome.progress, given)
    end
  end)

  it("tells seconds from milliseconds by size, and 0 is no time", function()
    local cases = { ["1773130665"] = 1773130665, ["1773130665123"] = 1773130665,
      ['"1773130665"'] = 1773130665, ["99999999999"] = 99999999999, ["100000000000"] = 100000000 }
    for given, want in pairs(cases) do
      local outcome = status(([[{"id":"1","status":"queued","created_at":%s}]]):format(given))
      assert.equal(want, outcome.created_at, given)
    end
    for _, given in ipairs { "0", "-1", "null", '"yesterday"', "1e300", "{}" } do
      local outcome = status(([[{"id":"1","status":"queued","created_at":%s}]]):format(given))
      assert.is_nil(outcome.created_at, given)
    end
  end)

  it("takes only http and https URLs, and looks on", function()
    local form = [[{"id":"1","status":"completed","url":"%s","metadata":{"url":"%s"}}]]
    for _, bad in ipairs { "", "ftp://x/y", "file:///etc/passwd", "javascript:1", "https://",
      "http://a b", "https://a\\nb", "https://a\\u0000b", "//x/y", "task failed" } do
      assert.equal("running", status(form:format(bad, bad)).state, bad)
      local text = form:format(bad, "HTTPS://good.example/v")
      assert.equal("succeeded", status(text).state, bad)
      assert.equal("HTTPS://good.example/v", replies:result(text).videos[1].url)
    end
  end)

  it("keeps every usable video of a list", function()
    local result = replies:result [[{"code":0,"data":{"task_id":"1","task_status":"succeed",
      "task_result":{"videos":[{"url":""},null,{"url":"https://a/1"},{"id":"x"},
      {"url":"https://a/2","duration":"long","watermark_url":"no"},
      {"url":"https://a/3","duration":1e999}]}}}]]
    assert.same({ { url = "https://a/1" }, { url = "https://a/2" }, { url = "https://a/3" } },
      result.videos)
  end)

  it("keeps ids that are strings as they are, whatever they look like", function()
    for _, id in ipairs { "007", "8.6e17", "task_Az-09.~:@", "a%2Fb", ("x"):rep(190) } do
      assert.equal(id, replies:decode("create", 200, ([[{"id":"%s"}]]):format(id)).id)
    end
  end)

  it("tells neighbouring long integers apart, in nested records too", function()
    local form = [[{"data":{"note":"829836802793406000","task_id":%s,"data":{"task_id":%s}}}]]
    for _, id in ipairs { "9007199254740992", "9007199254740993", "829836802793406551",
      "829836802793406552", "18446744073709551615" } do
      local text = form:format(id, "829836802793406553")
      assert.equal(id, replies:decode("create", 200, text).id)
    end
  end)

  it("drops external ids that cannot be theirs, without harm", function()
    local form = [[{"id":"1","status":"queued","external_task_id":%s}]]
    assert.equal("größe 7", status(form:format '"größe 7"').external_task_id)
    assert.equal("829836802793406551", status(form:format "829836802793406551").external_task_id)
    for _, given in ipairs { '""', "null", '"a\\nb"', '"' .. ("x"):rep(200) .. '"', "{}" } do
      local outcome = status(form:format(given))
      assert.same({ "1", nil }, { outcome.id, outcome.external_task_id })
    end
  end)

  it("cleans reasons and status words", function()
    local outcome = status [[{"id":"1","status":"failed","fail_reason":
      "bad\u0000\n\tkey sk-abc123 and Bearer eyJhbGciOi.J9.x, eyJhbGciOi"}]]
    assert.equal("bad key sk-*** and Bearer ***, eyJ***", outcome.reason)
    outcome = status('{"id":"1","status":"\255weird\\n' .. ("w"):rep(100) .. '"}')
    assert.equal("?weird " .. ("w"):rep(37) .. "...", outcome.raw_status)
    outcome = status('{"id":"1","status":"failed","fail_reason":"' .. ("界"):rep(400) .. '"}')
    assert.equal(("界"):rep(169) .. "...", outcome.reason)
  end)

  it("shows the inner message when a reason is an error reply itself", function()
    local outcome = status [[{"code":"success","data":{"task_id":"1","status":"FAILURE",
      "fail_reason":"{\"code\":1301,\"message\":\"blocked\",\"request_id\":\"r\"}"}}]]
    assert.equal("blocked", outcome.reason)
  end)
end)

describe("the data", function()
  it("can be replaced word by word", function()
    local own = core.replies(changed { nest = "result", id = { "result.job.no" },
      status = { "result.job.phase" },
      states = { queued = { "waiting" }, running = { "cooking" } } })
    local outcome = own:decode("status", 200, [[{"result":{"job":{"no":7,"phase":"Cooking"}}}]])
    assert.same({ id = "7", state = "running", raw_status = "Cooking" }, outcome)
  end)

  it("is refused with its path when something is wrong", function()
    refused({ ids = { "x" } }, "unknown word 'ids'")
    refused({ id = "task_id" }, "id: a word of the wrong type")
    refused({ id = { 5 } }, "id: a place that is no string")
    refused({ id = { "a..b" } }, "id: a place with no or too many keys")
    refused({ id = { "a.b.c.d" } }, "id: a place with no or too many keys")
    refused({ url = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m" } },
      "url: too many places")
    refused({ codes = { ["1"] = "no such" } }, "codes: no such class")
    refused({ classes = { x = { kind = "odd", text = "x" } } }, "x: an unknown kind or retry")
    refused({ classes = { x = { kind = "auth" } } }, "x: text is missing")
    refused({ classes = { x = { kind = "auth", text = "x", colour = "red" } } },
      "x: unknown word 'colour'")
    refused({ statuses = {} }, "statuses: page")
    refused({ states = { queued = { false } } }, "states: a word that is no string")
    refused({ phrases = { { 1, "auth" } } }, "phrases: a phrase that is no string")
    assert.is_false(pcall(core.replies, nil))
    assert.is_false(pcall(replies.decode, {}, "status", 200, ""))
    assert.is_false(pcall(replies.decode, replies, "delete", 200, ""))
  end)
end)
