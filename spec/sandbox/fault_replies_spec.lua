-- Error families and garbage, as chosen by faults.

local http = require "spec.support.http"
local json = require "kling.sandbox.json"
local support = require "spec.support.sandbox"

local PATH = "/kkiai/kling/v1/videos/text2video"
local BODY = json.encode {
  model_name = "kling-v3", prompt = "x", multi_shot = false, mode = "std", duration = "5",
}

describe("a fault's reply", function()
  local sandbox

  before_each(function() sandbox = support.start { speed = 0 } end)

  local function create() return http.request("POST", sandbox.url .. PATH, http.headers(), BODY) end
  local function created() return sandbox:stats("kkiai").created end

  local FAMILIES = {
    { { status = 400, code = 1301 }, 400, function(r) return r.json.code == 1301 end },
    { { code = 1102 }, 429, function(r) return r.json.message == "Account balance not enough" end },
    { { code = 5000 }, 500, function(r) return r.json.request_id and r.json.data == nil end },
    { { family = "new_api_task", status = 403, code = "quota_not_enough" }, 403,
      function(r) return r.json.code == "quota_not_enough" and r.json.data == json.null end },
    { { family = "new_api", status = 401, message = "no" }, 401,
      function(r) return r.json.error.message:find("request id: ", 1, true) end },
    { { family = "new_api_panic" }, 500, function(r) return r.json.error.type:find("panic") end },
    { { family = "content", message = "Task not found", status = 404 }, 404,
      function(r) return r.json.error.code == nil end },
    { { family = "nested", code = 1303 }, 429,
      function(r) return json.decode(r.json.message).code == 1303 end },
    { { family = "saturated" }, 429, function(r) return r.json.code == "fail_to_fetch_task" end },
    { { family = "one_hub", message = "no" }, 401,
      function(r) return r.json.error.type == "one_hub_error" end },
    { { family = "one_hub_task", status = 404, code = "task_not_exist" }, 404,
      function(r) return r.json.data == nil and r.json.message == "" end },
    { { family = "object" }, 401, function(r) return r.json.error.code == "invalid_api_key" end },
    { { family = "nginx", status = 504 }, 504, function(r) return r.body:find("nginx") end },
    { { family = "cloudflare", status = 524 }, 524, function(r) return r.body:find("524") end },
    { { family = "empty", retry_after = 7 }, 429,
      function(r) return r.body == "" and r.headers["retry-after"] == "7" end },
    { { status = 200, code = 1303 }, 200, function(r) return r.json.code == 1303 end },
  }
  for _, case in ipairs(FAMILIES) do
    local spec = case[1]
    it(("answers %s %s as %d"):format(spec.family or "kling", spec.code or "", case[2]), function()
      spec.fault, spec.on = "error", "create"
      sandbox:fault(spec)
      local reply = create()
      assert.equal(case[2], reply.status)
      assert.truthy(case[3](reply))
      assert.equal(0, created())
    end)
  end

  it("can fail after creating", function()
    sandbox:fault { fault = "error", on = "create", when = "after", family = "nginx", status = 502 }
    assert.equal(502, create().status)
    assert.equal(1, created())
  end)

  it("is busy so many times in the gateway's words", function()
    sandbox:fault { fault = "busy", code = 1302, times = 2, retry_after = 1 }
    assert.equal(1302, create().json.code)
    assert.equal("1", create().headers["retry-after"])
    assert.equal(200, create().status)
  end)

  local GARBAGE = {
    text = 17, nan = 53, deep = 20000, content_type = false, html = false, empty = 0, half = false,
    binary = 1024, bad_gzip = false, scalar = 4, foreign = 32,
  }
  for kind, size in pairs(GARBAGE) do
    it("sends garbage: " .. kind, function()
      sandbox:fault { fault = "garbage", kind = kind, on = "create" }
      local reply = create()
      assert.equal(200, reply.status)
      if size then assert.equal(size, #reply.body) end
      local readable = reply.json ~= nil and reply.json.data ~= nil
      assert.equal(kind == "content_type" or kind == "bad_gzip", readable)
    end)
  end

  it("sends 64 MiB of spaces and a gzip bomb", function()
    sandbox:fault { fault = "garbage", kind = "gzip_bomb", on = "create", times = 1 }
    local bomb = create()
    assert.equal("gzip", bomb.headers["content-encoding"])
    assert.equal("\31\139", bomb.body:sub(1, 2))
    assert.is_true(#bomb.body < 2e6)
    sandbox:fault { fault = "garbage", kind = "spaces", on = "create", bytes = 1000000 }
    assert.is_true(#create().body > 1000000)
  end)

  it("sends honest gzip", function()
    sandbox:fault { fault = "gzip", on = "create" }
    local reply = create()
    assert.equal("gzip", reply.headers["content-encoding"])
    assert.truthy(reply.body:find('"task_status":"submitted"', 1, true))
  end)
end)
