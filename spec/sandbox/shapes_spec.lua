-- Every shape of reply can be chosen, and says what the real one says.

local http = require "spec.support.http"
local json = require "kling.sandbox.json"
local support = require "spec.support.sandbox"

local CREATE = {
  official = function(r) return r.code == 0 and r.data.task_status == "submitted" end,
  flat = function(r) return r.id == r.task_id and r.object == "video" and r.status == "queued" end,
  public = function(r) return r.id:find("^task_") end,
  bare = function(r) return r.task_id and not r.id end,
  reserialised = function(r)
    return r.task_id == r.data.task_id and r.data.task_result.videos == json.null
  end,
  xmsmartlink = function(r) return r.code == 0 and r.task_id:find("^task_") end,
  enveloped = function(r) return r.code == "success" and r.data.task_id end,
  empty = function(r) return next(r) == nil end,
}

-- shape -> what a finished task shows as its link
local DONE = {
  official = function(r) return r.data.task_result.videos[1].url end,
  task = function(r)
    assert.equal("SUCCESS", r.data.status)
    assert.equal("100%", r.data.progress)
    return r.data.fail_reason == r.data.data.data.task_result.videos[1].url and r.data.fail_reason
  end,
  task_new = function(r) return r.data.fail_reason == "" and r.data.result_url end,
  task_nested = function(r) return r.data.data.data.data.data.task_result.videos[1].url end,
  openai = function(r) return r.status == "completed" and r.metadata.url end,
  openai_old = function(r) return r.metadata.url end,
  octopusx = function(r) return r.metadata == nil and r.video_url end,
  simple = function(r) return r.data.status == "succeeded" and r.data.url end,
  docs = function(r) return r.status == "completed" and r.url end,
  xmsmartlink = function(r) return r.data.task_result.videos[1].url end,
  one_hub = function(r) return r.data.task_result.videos[1].url end,
  rc30 = function(r) return r.status == "SUCCESS" and json.encode(r):find("http") == nil end,
}

-- shape -> where a failed task tells its reason
local REASON = {
  official = function(r)
    assert.equal(0, r.code)
    assert.equal("SUCCEED", r.message)
    return r.data.task_status_msg
  end,
  task = function(r) return r.data.fail_reason end,
  task_new = function(r) return r.data.fail_reason end,
  task_nested = function(r) return r.data.fail_reason end,
  openai = function(r) return r.error.code == "" and r.error.message end,
  octopusx = function(r) return r.error.message end,
  simple = function(r) return r.data.error.message end,
  docs = function(r) return r.error.message end,
  xmsmartlink = function(r) return r.data.task_status_msg end,
  one_hub = function(r) return r.data.task_status_msg end,
  rc30 = function(r) return r.fail_reason end,
}

describe("shapes", function()
  local sandbox

  before_each(function() sandbox = support.start { speed = 0 } end)

  local PATH = "/kling/v1/videos/text2video"
  local function create()
    return http.post(sandbox:base_url "anyfast" .. PATH, { prompt = "x", model_name = "kling-v3" })
  end
  local function ask()
    local tasks = sandbox:tasks()
    return http.get(sandbox:base_url "anyfast" .. PATH .. "/" .. tasks[#tasks].id).json
  end

  for name, check in pairs(CREATE) do
    it("create: " .. name, function()
      sandbox:options { gateway = "anyfast", create = name }
      local reply = create()
      assert.equal(200, reply.status)
      assert.truthy(check(reply.json))
      assert.equal(1, sandbox:stats("anyfast").created)
    end)
  end

  for name, check in pairs(DONE) do
    it("finished: " .. name, function()
      sandbox:options { gateway = "anyfast", status = name, words = nil }
      create()
      local found = check(ask())
      assert.truthy(found == true or type(found) == "string" and found:find("^http://"))
    end)
  end

  for name, check in pairs(REASON) do
    it("failed: " .. name, function()
      sandbox:options { gateway = "anyfast", status = name }
      sandbox:fault { fault = "fail", on = "create", reason = "too dark" }
      create()
      assert.equal("too dark", check(ask()))
    end)
  end

  it("failed forms: SUCCEED as fail_reason, the reason in result_url, none at all", function()
    local function failed(form, shape)
      sandbox:reset()
      sandbox:options { gateway = "anyfast", status = shape }
      sandbox:fault { fault = "fail", on = "create", reason = "too dark", form = form }
      create()
      return ask()
    end
    local record = failed("succeed_word", "task").data
    assert.equal("SUCCEED", record.fail_reason)
    assert.equal("too dark", record.data.data.task_status_msg)
    assert.equal("too dark", failed("result_url", "task_new").data.result_url)
    assert.is_nil(failed("none", "openai").error)
    assert.is_nil(failed("plain", "openai_old").error)
  end)

  it("one_hub has no data and new-api the raw create before the first poll", function()
    sandbox:options { speed = 100, gateway = "anyfast", status = "one_hub" }
    create()
    assert.is_nil(ask().data)
    sandbox:options { gateway = "anyfast", status = "task_new", words = "new_api" }
    local record = ask().data
    assert.equal("NOT_START", record.status)
    assert.equal("submitted", record.data.data.task_status)
    assert.is_nil(record.data.data.task_result)
  end)

  it("can be chosen for a single request", function()
    sandbox:fault { fault = "shape", on = "status", nth = 2, shape = "simple" }
    create()
    assert.is_nil(ask().data.url)
    assert.is_string(ask().data.url)
    assert.is_nil(ask().data.url)
    local headers = http.headers()
    headers["x-sandbox-shape"] = "docs"
    local id = sandbox:tasks()[1].id
    local url = sandbox:base_url "anyfast" .. PATH .. "/" .. id
    assert.equal("completed", http.request("GET", url, headers).json.status)
  end)

  it("speaks unknown words and writes bare integers when told to", function()
    sandbox:options { speed = 100 }
    sandbox:fault { fault = "word", on = "status", word = "simmering", times = 1 }
    sandbox:fault { fault = "bare_id", on = "create" }
    assert.truthy(create().body:find('"id":%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d[,}]'))
    assert.equal("simmering", ask().data.status)
    assert.equal("SUBMITTED", ask().data.status)
  end)
end)
