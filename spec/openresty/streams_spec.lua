-- The app's streams of events and its worker: many at once, browsers that go, reloads.
local app = require "spec.openresty.app"
local face = require "spec.support.face"
local socket = require "socket"

describe("examples/openresty under way", function()
  local box, site
  setup(function()
    box = face.box {}
    site = app.start(box)
  end)
  teardown(function() site:stop() end)
  before_each(function() box:reset() end)

  local function polls() return box:stats().gateways.kling.polls end

  --- A video that takes so long.
  local function video(seconds)
    box:options { speed = seconds }
    return assert(site:post { prompt = "a cat" }.json.id)
  end

  it("answers others while creates hang and streams are open", function()
    local id, slow, streams = video(600), {}, {}
    for i = 1, 10 do
      streams[i] = site:begin("/videos/" .. id .. "/events", app.auth())
    end
    box:fault { fault = "delay", on = "create", seconds = 5 }
    for i = 1, 20 do
      slow[i] = site:begin("/videos", app.auth() .. " " .. app.json { prompt = "cat " .. i })
    end
    assert.truthy(app.await(function() return box:stats().gateways.kling.creates == 21 end))
    for _ = 1, 20 do
      local connection = assert(socket.connect("127.0.0.1", site.port))
      connection:send "GET /health HTTP/1.0\r\n\r\n"
      assert.matches("200 OK", (connection:receive "*l"))
      connection:close()
    end
    assert.equal(1, box:stats().gateways.kling.created) -- the creates still hang
    box:finish()
    for _, pipe in ipairs(slow) do assert.equal(202, app.read(pipe).status) end
    for _, pipe in ipairs(streams) do
      local events = app.events(app.read(pipe).body)
      assert.equal("end", events[#events].event)
    end
    assert.equal(21, box:stats().gateways.kling.created)
  end)

  it("shows signs of life while nothing happens", function()
    local pipe = site:begin("/videos/" .. video(600) .. "/events", app.auth())
    local beats = 0
    for line in pipe:lines() do
      beats = beats + (line == ": still here" and 1 or 0)
      if beats == 2 then break end
    end
    box:finish() -- ends the stream
    app.read(pipe)
    assert.equal(2, beats)
  end)

  it("stops asking when the browser goes", function()
    local id = video(600)
    local begun = polls()
    site:curl("/videos/" .. id .. "/events", app.auth() .. " --max-time 2")
    assert.is_true(polls() > begun + 1, "the stream asked nothing")
    assert.truthy(app.await(function()
      local before = polls()
      socket.sleep(1)
      return polls() == before
    end), "it asks on and on")
  end)

  it("tells of trouble when the service can't be asked", function()
    local id = video(600)
    local stream = site:begin("/videos/" .. id .. "/events", app.auth())
    app.await(function() return polls() >= 2 end)
    box:fault { fault = "error", on = "status", code = 1000, family = "kling" }
    local events = app.events(app.read(stream).body)
    assert.equal("trouble", events[#events].event)
    assert.equal("auth", events[#events].data.error.kind)
    assert.matches("can't be used at the moment", events[#events].data.error.message)
  end)

  it("closes its streams at a reload, so that browsers open them anew", function()
    local id, pid = video(600), site:pid()
    local workers = app.shell("pgrep -P " .. pid)
    local stream = site:begin("/videos/" .. id .. "/events", app.auth())
    app.await(function() return polls() >= 2 end)
    os.execute("kill -HUP " .. pid)
    local events = app.events(app.read(stream).body)
    assert.equal("progress", events[#events].event)
    box:finish()
    local again = app.events(site:get("/videos/" .. id .. "/events").body)
    assert.equal("end", again[#again].event)
    assert.truthy(app.await(function()
      local now = app.shell("pgrep -P " .. pid)
      return now ~= workers and now:find "^%d+\n$"
    end), "the old worker stays")
    assert.is_nil(site:log():find("exited on signal", 1, true))
    assert.is_nil(site:log():find("[alert]", 1, true))
  end)
end)
