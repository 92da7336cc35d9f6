-- Every program of examples/ does what it says, against the sandbox.
--
-- Owns: how examples are run: in a folder of their own, in a process of their own.
-- Stands on: busted, the sandbox, a POSIX shell.
-- Never: needs a key or a network.

local face = require "spec.support.face"
local picture = require "spec.support.picture"

local LUA = os.getenv "KLING_LUA" or "lua5.4"

local function shell(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

describe("examples/", function()
  local box, folder, here
  setup(function() here = shell("pwd"):gsub("%s+$", "") end)
  before_each(function()
    box = face.box { speed = 0.2 }
    folder = shell("mktemp -d"):gsub("%s+$", "")
  end)
  after_each(function() os.execute("rm -r '" .. folder .. "'") end)

  --- Runs an example in the folder. Gives what it printed, and its exit code behind.
  local function run(name, gateway, arguments)
    return shell(("cd '%s' && KLING_GATEWAY=%s KLING_BASE_URL=%s KLING_API_KEY=sandbox-key "
      .. "KLING_DEMO_SECONDS=0.3 %s -e 'dofile \"%s/spec/support/quick.lua\"' "
      .. "'%s/examples/%s' %s 2>&1; echo \"exit $?\""):format(folder, gateway,
      box:base_url(gateway), LUA, here, here, name, arguments or ""))
  end

  local function assert_video(name)
    local bytes = face.read(folder .. "/" .. name)
    assert.is_truthy(bytes, name .. " is missing")
    assert.equal("ftyp", bytes:sub(5, 8))
  end

  local function last(gateway)
    return box:stats().gateways[gateway].last.create
  end

  it("hello.lua makes a video", function()
    local said = run("hello.lua", "anyfast")
    assert.matches("kling.task %d+ succeeded\nsaved cat.mp4\nexit 0\n$", said)
    assert_video "cat.mp4"
  end)

  it("hello.lua fails aloud", function()
    box:fault { fault = "fail", on = "create", reason = "no cats today" }
    assert.matches("no cats today", run("hello.lua", "anyfast"))
  end)

  it("first_last_frame.lua sends two pictures", function()
    face.write(folder .. "/a.png", picture.png_bytes(400, 400))
    face.write(folder .. "/b.png", picture.png_bytes(400, 400))
    local said = run("first_last_frame.lua", "anyfast", "a.png b.png")
    assert.matches("saved morph.mp4\nexit 0\n$", said)
    assert_video "morph.mp4"
    assert.matches("\"image\":\"iVBOR", last("anyfast").body)
  end)

  it("first_last_frame.lua tells what is wrong", function()
    assert.matches("usage: .*exit 2", run("first_last_frame.lua", "anyfast"))
    local said = run("first_last_frame.lua", "anyfast", "no.png http://[")
    assert.matches("image", said)
    assert.matches("exit 1\n$", said)
  end)

  it("first_last_frame.lua says where to look for a task that may have been made", function()
    box:fault { fault = "reset", on = "create", when = "after" }
    local said = run("first_last_frame.lua", "anyfast",
      "https://example.com/a.png https://example.com/b.png")
    assert.matches("look for kling%-%w+ in your account", said)
    assert.matches("exit 1\n$", said)
  end)

  it("storyboard.lua makes films of several shots", function()
    local said = run("storyboard.lua", "kling")
    assert.matches("exit 0\n$", said)
    assert_video "harbour.mp4"
    assert_video "kitchen.mp4"
    assert.equal(2, box:stats().gateways.kling.created)
    assert.matches("\"multi_shot\":true", last("kling").body)
  end)

  it("storyboard.lua finishes the other film when one fails", function()
    box:fault { fault = "fail", on = "create", reason = "no more film", times = 1 }
    local said = run("storyboard.lua", "kling")
    assert.matches("no more film", said)
    assert.matches("saved ./%w+.mp4", said)
    assert.matches("exit 1\n$", said)
  end)

  it("own_gateway.lua extends another gateway", function()
    local said = run("own_gateway.lua", "powertokens")
    assert.matches("refused: duration: got 8; at most 5 seconds in 4k", said)
    assert.matches("saved lighthouse.mp4\nexit 0\n$", said)
    assert_video "lighthouse.mp4"
  end)

  it("demo.lua needs nothing but this machine", function()
    local said = run("demo.lua", "kling")
    assert.matches("Play it with:  ffplay kling%-demo.mp4", said)
    assert.matches("saved kling%-demo.mp4: %d+ bytes, 5 seconds of video", said)
    assert.matches("exit 0\n$", said)
    assert_video "kling-demo.mp4"
  end)
end)
