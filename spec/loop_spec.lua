-- Waiting itself: interrupted by Ctrl-C, done by a function of the user's own.
--
-- Owns: kling/loop/.
-- Stands on: busted, the sandbox, a POSIX shell.
-- Never: takes a shorter time than asked for as a proof of anything but order.

local core = require "kling.core"
local face = require "spec.support.face"
local kling = require "kling"

local CAT = { prompt = "A cat" }
local LUA = os.getenv "KLING_LUA" or "lua5.4"
local SLOW = tonumber(os.getenv "KLING_SLOW") or 1

describe("Ctrl-C", function()
  --- Runs a script that is interrupted once, a moment after it has called ready().
  local function run(body, more)
    local path = os.tmpname()
    local box = face.box { speed = 1 + SLOW }
    face.write(path, ([[
      local function ready() io.open(%q, "w"):close() end
      local kling = require "kling"
      local client = kling.new { gateway = "kling", base_url = %q, api_key = "sandbox-key",
        polling = { first = 0.1, interval_max = 0.2 } }
    ]]):format(path .. ".ready", box:base_url "kling") .. body)
    if more then box:fault(more) end
    local pipe = io.popen(([[{ %s %s & until [ -e %s.ready ] || ! kill -0 $!; do sleep 0.02; done
      sleep %g; kill -INT $!; wait $!; } 2>&1]]):format(LUA, path, path, 0.3 * SLOW))
    local said = pipe:read "*a"
    pipe:close()
    os.remove(path)
    os.remove(path .. ".ready")
    return said
  end

  it("ends a wait within a moment, and the task can be waited for again", function()
    local said = run [[
      local task = assert(client:text2video { prompt = "x" })
      ready()
      local ok, message = pcall(task.wait, task)
      print(ok, message:match "interrupted!", client:pending()[1] == task)
      print(task:wait().videos[1] ~= nil)
    ]]
    assert.matches("^false%s+interrupted!%s+true%s+true%s+$", said)
  end)

  it("ends the wait for a create, which is not lost", function()
    local said = run([[
      ready()
      local ok, message = pcall(client.text2video, client, { prompt = "x" })
      local task = client:pending()[1]
      print(ok, message:match "interrupted!", task.created)
      print(task:wait().videos[1] ~= nil)
    ]], { fault = "delay", on = "create", seconds = 0.5 + SLOW })
    assert.matches("^false%s+interrupted!%s+false%s+true%s+$", said)
  end)

  it("ends spawned waits", function()
    local said = run [[
      local task = assert(client:text2video { prompt = "x" })
      ready()
      local ok, message = pcall(kling.join, kling.spawn(function() return task:wait() end))
      print(ok, message:match "interrupted!")
    ]]
    assert.matches("^false%s+interrupted!%s+$", said)
  end)
end)

describe("kling.set_wait", function()
  after_each(function() kling.set_wait(nil) end)

  it("waits by a function of the user's own", function()
    local client = face.client(face.box())
    local calls, limits = 0, {}
    kling.set_wait(function(done, seconds, engine)
      calls = calls + 1
      limits[#limits + 1] = seconds or "none"
      local deadline = seconds and core.clock() + seconds or math.huge
      while not done() and core.clock() < deadline do engine:block(0.02) end
    end)
    local task = assert(client:text2video(CAT))
    assert.is_truthy(task:wait { timeout = 7 })
    assert.equal(2, calls)
    assert.equal("none", limits[1])
    assert.is_true(limits[2] > 6 and limits[2] <= 7)
    local late = assert(client:text2video(CAT))
    local _, _, err = late:wait { timeout = 0.05 }
    assert.equal("timeout", err.kind)
  end)

  it("can be chosen for one client", function()
    local calls = 0
    local client = face.client(face.box(), "kling", { loop = function(done, _, engine)
      calls = calls + 1
      while not done() do engine:block(0.02) end
    end })
    assert(client:text2video(CAT))
    assert.equal(1, calls)
    assert(face.client(face.box(), "kling", { loop = "block" }):text2video(CAT))
    assert.equal(1, calls)
  end)

  it("takes functions only", function()
    assert.matches("kling.set_wait: a function", face.raised(kling.set_wait, 5))
  end)
end)
