-- A task's life on each of the five gateways, seen from outside.

local http = require "spec.support.http"
local json = require "kling.sandbox.json"
local support = require "spec.support.sandbox"
local socket = require "socket"

local T2V = "/kling/v1/videos/text2video"

local BODIES = {
  anyfast = { model_name = "kling-v3", prompt = "a cat", external_task_id = "e1" },
  kkiai = {
    model_name = "kling-v1", prompt = "a cat", multi_shot = false, mode = "std", duration = "5",
    external_task_id = "e1",
  },
  powertokens = { model_name = "kling-v3", prompt = "a cat", external_task_id = "e1" },
  uniall = {
    model = "kling-v3-std-silent", prompt = "a cat", duration = 5, extra_body = {},
  },
  kling = { model_name = "kling-v3", prompt = "a cat", external_task_id = "e1" },
}

local CREATE = {
  anyfast = T2V, kkiai = T2V, powertokens = T2V, uniall = "/v1/video/generations",
  kling = "/v1/videos/text2video",
}
local QUERY = {
  anyfast = T2V, kkiai = T2V, powertokens = T2V, uniall = "/v1/videos",
  kling = "/v1/videos/text2video",
}

local function word_of(reply) return reply.status or reply.data.task_status or reply.data.status end

local function url_of(reply)
  local text = json.encode(reply)
  return text:match('"url":"(http[^"]+)"')
end

describe("the gateways", function()
  local sandbox

  before_each(function() sandbox = support.start { speed = 0.2 } end)

  local function create(name, changes)
    local body = {}
    for key, value in pairs(BODIES[name]) do body[key] = value end
    for key, value in pairs(changes or {}) do body[key] = value end
    return assert(http.post(sandbox:base_url(name) .. CREATE[name], body))
  end

  local function ask(name, id)
    return assert(http.get(sandbox:base_url(name) .. QUERY[name] .. "/" .. id))
  end

  local function id_of(reply)
    return reply.json.id or reply.json.data.task_id
  end

  local LIVES = {
    anyfast = { "SUBMITTED", "SUCCESS" }, kkiai = { "submitted", "succeed" },
    powertokens = { "submitted", "succeed" }, uniall = { "unknown", "completed" },
    kling = { "submitted", "succeed" },
  }

  for name, life in pairs(LIVES) do
    it("takes a task of " .. name .. " from " .. life[1] .. " to a playable file", function()
      sandbox:options { speed = 60 }
      local id = id_of(create(name))
      assert.is_string(id)
      local first = ask(name, id)
      assert.equal(200, first.status)
      local word = word_of(name == "anyfast" and first.json.data or first.json)
      assert.equal(life[1], word)
      assert.is_nil(url_of(first.json))

      sandbox:options { speed = 0 }
      id = id_of(create(name, name ~= "uniall" and { external_task_id = "e2" } or nil))
      local last = ask(name, id)
      assert.equal(life[2], word_of(name == "anyfast" and last.json.data or last.json))
      local url = assert.is_string(url_of(last.json)) and url_of(last.json)
      local file = assert(http.request("GET", url))
      assert.equal(200, file.status)
      assert.equal("ftyp", file.body:sub(5, 8))
    end)
  end

  it("walks through every phase with time", function()
    sandbox:options { speed = 0.5 }
    local id, seen = id_of(create "uniall"), {}
    for _ = 1, 60 do
      local word = ask("uniall", id).json.status
      if seen[#seen] ~= word then seen[#seen + 1] = word end
      if word == "completed" then break end
      socket.sleep(0.015)
    end
    assert.equal("unknown queued in_progress completed", table.concat(seen, " "))
  end)

  it("keeps ids beyond 2^53 as strings and public ids on uniall and powertokens", function()
    assert.truthy(id_of(create "anyfast"):find("^%d+$"))
    assert.equal(18, #id_of(create("kkiai")))
    assert.truthy(id_of(create "powertokens"):find("^task_%w+$"))
    assert.equal(5 + 32, #id_of(create "uniall"))
  end)

  it("answers seconds on new-api and milliseconds on Kling", function()
    assert.is_true(create("anyfast").json.created_at < 1e11)
    assert.is_true(create("kling").json.data.created_at > 1e12)
  end)

  it("finds a task by its external id on kling and kkiai only", function()
    for name, status in pairs { kling = 200, kkiai = 200, anyfast = 400, powertokens = 400 } do
      create(name)
      assert.equal(status, ask(name, "e1").status)
    end
    assert.equal(id_of(create("kling", { external_task_id = "x" })),
      ask("kling", "x").json.data.task_id)
  end)

  it("refuses a second task with the same external id and makes none", function()
    create "kling"
    local again = create "kling"
    assert.equal(400, again.status)
    assert.equal(1201, again.json.code)
    create "anyfast"
    again = create "anyfast"
    assert.equal(400, again.status)
    assert.equal("fail_to_fetch_task", again.json.code)
    assert.equal(1201, json.decode(again.json.message).code)
    assert.equal(1, sandbox:stats("kling").created)
    assert.equal(2, sandbox:stats("kling").creates)
    assert.same({ e1 = 1 }, { e1 = sandbox:stats("kling").by_external.e1 })
  end)

  it("does not know a foreign id", function()
    local official, new_api = ask("kling", "nobody"), ask("anyfast", "nobody")
    assert.equal(400, official.status)
    assert.equal(1201, official.json.code)
    assert.truthy(official.json.message:find("^Task not found by id/external id"))
    assert.equal(400, new_api.status)
    assert.equal("task_not_exist", new_api.json.code)
  end)

  it("lists newest first, by page, on kling and kkiai", function()
    for i = 1, 5 do create("kkiai", { external_task_id = "n" .. i }) end
    local url = sandbox:base_url "kkiai" .. T2V
    local page = http.get(url .. "?pageNum=2&pageSize=2").json.data
    assert.equal(2, #page)
    assert.equal("n3", page[1].task_info.external_task_id)
    assert.equal(5, #http.get(url).json.data)
    assert.equal(1201, http.get(url .. "?pageNum=0").json.code)
    assert.equal(1201, http.get(url .. "?pageSize=501").json.code)
  end)

  it("serves the console as 200 HTML outside /v1 on new-api, 404 elsewhere", function()
    local page = http.get(sandbox:base_url "anyfast" .. T2V)
    assert.equal(200, page.status)
    assert.truthy(page.headers["content-type"]:find("text/html", 1, true))
    local v1 = http.get(sandbox:base_url "uniall" .. "/v1/nothing")
    assert.equal(404, v1.status)
    assert.equal("invalid_request_error", v1.json.error.type)
    assert.equal(1203, http.get(sandbox:base_url "kling" .. "/v1/nothing").json.code)
    assert.equal(1202, http.request("DELETE", sandbox:base_url "kling" .. CREATE.kling).json.code)
  end)

  it("does not look at the action in the path on new-api, does on Kling", function()
    sandbox:options { speed = 0 }
    local id = id_of(create "anyfast")
    assert.equal(200, http.get(sandbox:base_url "anyfast" .. "/kling/v1/videos/image2video/" .. id)
      .status)
    id = id_of(create "kling")
    assert.equal(400, http.get(sandbox:base_url "kling" .. "/v1/videos/image2video/" .. id).status)
  end)

  it("answers a number where a string belongs with new-api's 500", function()
    local reply = create("anyfast", { duration = 5 })
    assert.equal(500, reply.status)
    assert.equal("build_request_failed", reply.json.code)
    assert.equal(1201, create("kkiai", { duration = 5 }).json.code)
    assert.equal("invalid_request", create("uniall", { duration = "5" }).json.code)
  end)

  it("wants JSON under a JSON content type", function()
    for name, code in pairs { kkiai = 1200, anyfast = "" } do
      local url = sandbox:base_url(name) .. CREATE[name]
      local headers = http.headers()
      local broken = http.request("POST", url, headers, "{")
      headers["content-type"] = "text/plain"
      local plain = http.request("POST", url, headers, json.encode(BODIES[name]))
      for _, reply in ipairs { broken, plain } do
        assert.equal(400, reply.status)
        assert.equal(code, reply.json.code or reply.json.error.code)
      end
      assert.equal(2, sandbox:stats(name).refused)
    end
  end)

  it("limits unfinished tasks, in the gateway's own words", function()
    sandbox:options { limit = 1, speed = 0.15 }
    assert.equal(200, create("kling").status)
    local busy = create("kling", { external_task_id = "b" })
    assert.equal(429, busy.status)
    assert.equal(1303, busy.json.code)
    create "anyfast"
    assert.equal("fail_to_fetch_task", create("anyfast", { external_task_id = "b" }).json.code)
    socket.sleep(0.2)
    assert.equal(200, create("kling", { external_task_id = "b" }).status)
  end)

  it("remembers the last request for a test to look at", function()
    create "kling"
    local last = sandbox:stats("kling").last.create
    assert.equal("POST", last.method)
    assert.equal("/v1/videos/text2video", last.path)
    assert.equal("Bearer sandbox-key", last.headers.authorization)
    assert.equal("a cat", json.decode(last.body).prompt)
  end)

  it("shows the skewed clock in Date", function()
    sandbox:options { skew = 86400 * 400 }
    local now = os.date("!%Y")
    assert.is_nil(create("kling").headers.date:find(now, 1, true))
  end)
end)
