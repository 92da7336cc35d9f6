-- Waiting in cqueues and copas; callbacks in a plain script.
--
-- Owns: kling/loop/cqueues.lua, copas.lua; task:on_done, task:on_progress.
-- Stands on: busted, the sandbox; cqueues and copas where this Lua has them.
-- Never: runs a foreign loop in busted's own process.

local child = require "spec.support.child"
local face = require "spec.support.face"
local kling = require "kling"

local CAT = { prompt = "A cat" }
local COUNT = 30

local START = [[
local kling = require "kling"
local core = require "kling.core"
local CAT, COUNT, BASE = { prompt = "A cat" }, %d, %q
local function client(more)
  local options = { gateway = "kling", api_key = "sandbox-key", base_url = BASE,
    polling = { first = 0.05, growth = 1.2, jitter = 0, interval_max = 0.1, deadline = 60 } }
  for name, value in pairs(more or {}) do options[name] = value end
  return kling.new(options)
end
-- Ends all tasks.
local function finish()
  assert(os.execute("curl -s -X POST " .. BASE:gsub("/kling$", "/_sandbox/finish")))
end
]]

local function has(name)
  return child.run(("require %q"):format(name)) == 0
end

local function run(box, program)
  local status, said = child.run(START:format(COUNT, box:base_url "kling") .. program)
  assert.equal(0, status, said)
  return said
end

local function test_of(name) return has(name) and it or pending end

describe("cqueues", function()
  local test = test_of "cqueues"
  local box
  before_each(function() box = face.box() end)

  test("coroutines wait side by side, and others run meanwhile", function()
    box:options { speed = 600 }
    run(box, [[
      local cqueues = require "cqueues"
      local loop, c, made, done, ticks = cqueues.new(), client(), 0, 0, 0
      loop:wrap(function()
        while made < COUNT or ticks < 15 do
          cqueues.sleep(0.01)
          if made == COUNT then ticks = ticks + 1 end
        end
        finish()
      end)
      for _ = 1, COUNT do
        loop:wrap(function()
          local task = assert(c:text2video(CAT))
          made = made + 1
          assert(#assert(task:wait()).videos == 1)
          done = done + 1
        end)
      end
      assert(loop:loop(60))
      assert(done == COUNT, done)
    ]])
  end)

  test("one that steps does not take what another one waits for", function()
    run(box, [[
      local cqueues = require "cqueues"
      local loop, c, done = cqueues.new(), client(), 0
      for i = 1, 20 do
        loop:wrap(function()
          for _ = 1, 5 do
            cqueues.sleep(i * 0.003)
            assert(assert(c:text2video(CAT)):status())
          end
          done = done + 1
        end)
      end
      assert(loop:loop(60))
      assert(done == 20, done)
    ]])
  end)

  test("downloads, calls back, spawns and joins, ends in time", function()
    run(box, [[
      local cqueues = require "cqueues"
      local loop, c, called, over = cqueues.new(), client(), nil, false
      loop:wrap(function()
        local task = assert(c:text2video(CAT))
        task:on_done(function(same, result) called = same == task and #result.videos end)
        local function one() return #assert(assert(c:text2video(CAT)):wait()).videos end
        local a, b = kling.join(kling.spawn(one), kling.spawn(one))
        assert(a == 1 and b == 1)
        assert(task:wait())
        local path = os.tmpname()
        assert(task:download(path) == path)
        os.remove(path)
        local _, _, err = assert(c:text2video(CAT)):wait { timeout = 0.1 }
        assert(err.kind == "timeout", err.kind)
        over = true
      end)
      assert(loop:loop(60))
      assert(over and called == 1)
    ]])
  end)
end)

describe("copas", function()
  local test = test_of "copas"
  local box
  before_each(function() box = face.box() end)

  test("threads of a client made for it wait side by side", function()
    box:options { speed = 600 }
    run(box, [[
      local copas = require "copas"
      local c, made, done = client { loop = "copas" }, 0, 0
      local ends = core.clock() + 60
      for _ = 1, COUNT do
        copas.addthread(function()
          local task = assert(c:text2video(CAT))
          made = made + 1
          if made == COUNT then finish() end -- no task ends before all are made
          assert(#assert(task:wait()).videos == 1)
          done = done + 1
        end)
      end
      while done < COUNT and core.clock() < ends do copas.step(1) end
      assert(done == COUNT, done)
    ]])
  end)

  test("a server of copas answers meanwhile", function()
    run(box, [[
      local copas, socket = require "copas", require "socket"
      local c, over, answered = client { loop = "copas" }, false, 0
      local server = assert(socket.bind("127.0.0.1", 0))
      local _, port = server:getsockname()
      copas.addserver(server, function(peer)
        peer = copas.wrap(peer)
        peer:send(peer:receive() .. "\n")
        answered = answered + 1
      end)
      copas.addthread(function()
        local task = assert(c:text2video(CAT))
        for _ = 1, 3 do
          local peer = assert(socket.connect("127.0.0.1", port))
          peer:settimeout(0)
          peer = copas.wrap(peer)
          peer:send "hello\n"
          assert(peer:receive() == "hello")
        end
        assert(task:wait())
        local path = os.tmpname()
        assert(task:download(path) == path)
        os.remove(path)
        local _, _, err = assert(c:text2video(CAT)):wait { timeout = 0.1 }
        assert(err.kind == "timeout", err.kind)
        over = true
      end)
      local ends = core.clock() + 60
      while not over and core.clock() < ends do copas.step(1) end
      assert(over and answered == 3)
    ]])
  end)
end)

describe("in a plain script", function()
  local box, client
  before_each(function()
    box = face.box()
    client = face.client(box)
  end)

  it("callbacks run while something else waits", function()
    local task, seen = assert(client:text2video(CAT)), {}
    task:on_progress(function(same) seen[#seen + 1] = same.state end)
    task:on_done(function(same, result, message)
      assert(same == task and not message)
      seen.videos = #result.videos
    end)
    assert.is_nil(seen.videos)
    assert(assert(client:text2video(CAT)):wait())
    assert(task:wait())
    assert.equal(1, seen.videos)
    assert.equal("succeeded", seen[#seen])
  end)

  it("a callback is told why there is no result", function()
    local task, got = assert(client:text2video { prompt = "x" }), nil
    task:on_done(function(_, result, message, err) got = { result, message, err.kind } end,
      { timeout = 0.05 })
    kling.join()
    task:wait { timeout = 0.3 }
    assert.is_nil(got[1])
    assert.equal("timeout", got[3])
  end)

  it("what a callback raises reaches who waits", function()
    local task = assert(client:text2video(CAT))
    task:on_done(function() error "from a callback" end)
    local ok, message = pcall(function()
      for _ = 1, 20 do assert(client:text2video(CAT)):wait() end
    end)
    assert.is_false(ok)
    assert.matches("from a callback", message)
  end)

  it("callbacks must be functions", function()
    local task = assert(client:text2video(CAT))
    assert.matches("task:on_done: a function is expected, not a string",
      face.raised(task.on_done, task, "x"))
    assert.matches("task:on_progress: a function", face.raised(task.on_progress, task))
    assert.matches("no such option", face.raised(task.on_done, task, print, { every = 1 }))
  end)

  it("kling.set_wait takes the name of a loop, too", function()
    kling.set_wait "block"
    local result = assert(client:text2video(CAT)):wait()
    kling.set_wait(nil)
    assert.equal(1, #result.videos)
    assert.matches("there is no loop \"libuv\"", face.raised(kling.set_wait, "libuv"))
  end)
end)
