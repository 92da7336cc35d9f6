-- The app of examples/openresty: videos, refusals, what stays with the operator.
local app = require "spec.openresty.app"
local face = require "spec.support.face"

describe("examples/openresty", function()
  local box, site
  setup(function()
    box = face.box { speed = 0.3 }
    site = app.start(box)
  end)
  teardown(function() site:stop() end)
  before_each(function() box:reset() end)

  it("takes a request, tells how it stands, and streams what happens until the end", function()
    local made = site:post { prompt = "a cat", duration = 5 }
    assert.equal(202, made.status)
    assert.matches("^text2video%.%d+$", made.json.id)
    assert.equal("queued", made.json.state)
    assert.truthy(made.head:find("location: /videos/" .. made.json.id, 1, true))
    local stream = site:get("/videos/" .. made.json.id .. "/events")
    assert.truthy(stream.head:find("content-type: text/event-stream", 1, true))
    local events = app.events(stream.body)
    assert.equal("progress", events[1].event)
    assert.equal("end", events[#events].event)
    assert.equal("succeeded", events[#events].data.state)
    local shown = site:get("/videos/" .. made.json.id)
    assert.equal(200, shown.status)
    assert.equal("succeeded", shown.json.state)
    assert.matches("^http.*%.mp4", shown.json.result.videos[1].url)
    local again = app.events(site:get("/videos/" .. made.json.id .. "/events").body)
    assert.equal(1, #again)
    assert.equal("end", again[1].event)
  end)

  it("tells of a task that failed why", function()
    box:fault { fault = "fail", on = "create", reason = "no cats today" }
    local made = site:post { prompt = "a cat" }
    local events = app.events(site:get("/videos/" .. made.json.id .. "/events").body)
    local last = events[#events].data
    assert.equal("failed", last.state)
    assert.equal("failed", last.error.kind)
    assert.matches("no cats today", last.reason)
  end)

  it("lets nobody in without a token, and takes an older one", function()
    local before = box:stats().gateways.kling.requests
    for _, path in ipairs { "/videos", "/videos/text2video.1", "/videos/text2video.1/events" } do
      for _, head in ipairs { "", app.auth "wrong", app.auth(app.TOKEN .. "x"),
        app.auth(app.TOKEN:sub(1, -2)), "-H 'Authorization: " .. app.TOKEN .. "'" } do
        local reply = site:curl(path, head .. " -d '{\"prompt\":\"a cat\"}'")
        assert.equal(401, reply.status)
        assert.equal("auth", reply.json.error.kind)
        assert.truthy(reply.head:find("www-authenticate: bearer", 1, true))
      end
    end
    assert.equal(before, box:stats().gateways.kling.requests)
    local reply = site:curl("/videos", app.auth "an-older-token-still-good" .. " "
      .. app.json { prompt = "x" })
    assert.equal(202, reply.status)
  end)

  it("tells every problem of a request, and sends none of it", function()
    local reply = site:post { prompt = "a cat", duration = 77, mood = "good", cfg_scale = 9 }
    assert.equal(400, reply.status)
    assert.equal("invalid", reply.json.error.kind)
    local paths = {}
    for _, problem in ipairs(reply.json.error.problems) do paths[problem.path] = problem.message end
    assert.truthy(paths.duration and paths.mood and paths.cfg_scale)
    assert.equal(0, box:stats().gateways.kling.creates)
  end)

  it("refuses what is not for browsers to say", function()
    local bodies = { "nonsense", "[", "\"text\"", "", ("["):rep(30) .. ("]"):rep(30) }
    for _, body in ipairs(bodies) do
      local reply = site:curl("/videos", app.auth() .. " --data-binary '" .. body .. "'")
      assert.equal(400, reply.status)
      assert.matches("JSON object", reply.json.error.message)
    end
    for name, value in pairs { callback_url = "https://evil.example", extra = { a = 1 },
      idempotency_key = "k", endpoint = "lipsync" } do
      local reply = site:post { prompt = "a cat", [name] = value }
      assert.equal(400, reply.status)
      assert.matches(name, reply.json.error.message)
    end
    assert.equal(0, box:stats().gateways.kling.creates)
  end)

  it("answers odd requests with a refusal, never with a fault of its own", function()
    for _, body in ipairs { "[]", "[1,2]", "{\"prompt\":{}}", "{\"prompt\":null}", "{\"1\":2}",
      "{\"prompt\":\"a\",\"duration\":1e400}", "{\"prompt\":\"a\",\"\":1}",
      "{\"prompt\":\"a\\u0000b\"}", "{\"endpoint\":{}}",
      "{\"endpoint\":\"image2video\",\"image\":\"/etc/passwd\"}",
      "{\"endpoint\":\"image2video\",\"image\":{\"path\":\"/etc/passwd\"}}" } do
      local reply = site:curl("/videos", app.auth() .. " --data-binary '" .. body .. "'")
      assert.equal(400, reply.status, body)
      assert.equal("invalid", reply.json.error.kind)
    end
    assert.equal(0, box:stats().gateways.kling.creates)
  end)

  it("refuses a body that is too large, its length told or not", function()
    local file = os.tmpname()
    face.write(file, "{\"prompt\":\"" .. ("x"):rep(100000) .. "\"}")
    for _, more in ipairs { "", " -H 'Transfer-Encoding: chunked'" } do
      local reply = site:curl("/videos", app.auth() .. more .. " --data-binary @" .. file)
      assert.equal(413, reply.status)
      assert.matches("too large", reply.json.error.message)
    end
    os.remove(file)
    assert.equal(0, box:stats().gateways.kling.requests)
  end)

  it("knows nothing of other addresses, methods and videos", function()
    assert.equal(404, site:get("/secrets").status)
    assert.equal("not_found", site:get("/secrets").json.error.kind)
    local wrong = site:get("/videos")
    assert.equal(405, wrong.status)
    assert.truthy(wrong.head:find("allow: post", 1, true))
    for _, id in ipairs { "1", "lipsync.1", "text2video.", "text2video.99", "new.1",
      "text2video.a%20b", "text2video.%ff", "text2video." .. ("1"):rep(300) } do
      assert.equal(404, site:get("/videos/" .. id).status)
      assert.equal(404, site:get("/videos/" .. id .. "/events").status)
    end
  end)

  it("keeps to itself what is wrong with the operator's account", function()
    for code, status in pairs { [1000] = 502, [1102] = 503, [1103] = 502 } do
      box:fault { fault = "error", on = "create", code = code, family = "kling", times = 1 }
      local reply = site:post { prompt = "a cat" }
      assert.equal(status, reply.status)
      assert.equal("the video service can't be used at the moment", reply.json.error.message)
      assert.is_nil(reply.json.error.hint)
      box:clear()
    end
    assert.matches("kling: quota: ", site:log())
    box:fault { fault = "busy", on = "create", code = 1303, retry_after = 7 }
    local reply = site:post { prompt = "a cat" }
    assert.equal(429, reply.status)
    assert.equal("concurrency", reply.json.error.kind)
  end)

  it("tells the operator's key and the tokens to nobody, its log included", function()
    local log = site:log()
    for _, secret in ipairs { "sandbox-key", app.TOKEN, "an-older-token-still-good", app.SECRET } do
      assert.is_nil(log:find(secret, 1, true))
    end
    assert.is_nil(log:find("lua entry thread aborted", 1, true))
  end)
end)
