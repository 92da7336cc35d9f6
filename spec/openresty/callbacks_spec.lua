-- The app's callbacks: who is believed, and what is done then.
local app = require "spec.openresty.app"
local core = require "kling.core"
local face = require "spec.support.face"
local socket = require "socket"

describe("callbacks of examples/openresty", function()
  local box, site
  setup(function()
    box = face.box { speed = 30 }
    site = app.start(box, 15)
  end)
  teardown(function() site:stop() end)
  before_each(function()
    box:reset()
    box:options { speed = 30 }
  end)

  local function sign(body, at, secret)
    local key = core.unbase64((secret or app.SECRET):gsub("^whsec_", ""))
    return core.base64(core.hmac_sha256(key, ("msg-1.%d.%s"):format(at, body)))
  end

  local function send(body, signature, at)
    return site:curl("/callbacks", ("-H 'Webhook-Id: msg-1' -H 'Webhook-Timestamp: %d' "
      .. "-H 'Webhook-Signature: v1,%s' -H 'Content-Type: application/json' --data-binary '%s'")
      :format(at or os.time(), signature, body))
  end

  local function event(id, status)
    return ("{\"id\":\"%s\",\"status\":\"%s\",\"message\":\"\"}"):format(id, status)
  end

  local function polls() return box:stats().gateways.kling.polls end

  --- A video, and the service's id of it.
  local function video()
    local id = site:post { prompt = "a cat" }.json.id
    return id, id:match "%.(.+)$"
  end

  it("are believed with a good signature, but the service's word counts", function()
    local _, own = video()
    local body = event(own, "succeeded")
    local reply = send(body, sign(body, os.time()))
    assert.equal(200, reply.status)
    assert.equal("queued", reply.json.state) -- whatever the callback says
    assert.is_true(polls() >= 1)
  end)

  it("are refused, and nothing is asked, when they are forged, unsigned or old", function()
    local _, own = video()
    local body, now = event(own, "succeeded"), os.time()
    local old = now - 3600
    local replies = {
      send(body, sign(body, now, "whsec_" .. core.base64 "somebody else's secret")),
      send(event(own, "failed"), sign(body, now)),
      send(body, sign(body, old), old),
      site:curl("/callbacks", "--data-binary '" .. body .. "'"),
      site:curl("/callbacks", app.auth() .. " --data-binary '" .. body .. "'"),
    }
    for _, reply in ipairs(replies) do
      assert.equal(401, reply.status)
      assert.equal("auth", reply.json.error.kind)
    end
    assert.equal(0, polls())
  end)

  it("that can't be read, or are too large, are refused", function()
    local now = os.time()
    assert.equal(400, send("{}", sign("{}", now), now).status)
    local large = ("x"):rep(70000)
    local file = os.tmpname()
    face.write(file, large)
    assert.equal(413, site:curl("/callbacks", "--data-binary @" .. file).status)
    os.remove(file)
  end)

  it("of unknown tasks are answered with 404, of a service that is away with 502", function()
    local body, now = event("12345", "succeeded"), os.time()
    assert.equal(404, send(body, sign(body, now), now).status)
    local _, own = video()
    box:fault { fault = "error", on = "status", code = 1000, family = "kling" }
    body = event(own, "succeeded")
    assert.equal(502, send(body, sign(body, now), now).status)
  end)

  it("make an open stream ask at once", function()
    box:options { speed = 0.3 }
    local id, own = video()
    local stream = site:begin("/videos/" .. id .. "/events", app.auth() .. " --max-time 4")
    assert.truthy(app.await(function() return polls() >= 1 end))
    socket.sleep(0.4) -- the video is there, and the stream's next question far away
    assert.equal(1, polls())
    local body = event(own, "succeeded")
    assert.equal("succeeded", send(body, sign(body, os.time())).json.state)
    local events = app.events(app.read(stream).body)
    assert.equal("end", events[#events].event)
  end)
end)
