-- Functions that wait side by side.
--
-- Owns: kling/fibers.lua; spawn and join of batch.lua.
-- Stands on: busted, the sandbox.
-- Never: depends on which of two tasks of equal length ends first.

local face = require "spec.support.face"
local fibers = require "kling.fibers"
local kling = require "kling"

describe("spawned functions", function()
  local client
  before_each(function() client = face.client(face.box { speed = 0.3 }) end)

  local function make(prompt)
    local task = assert(client:text2video { prompt = prompt })
    assert(task:wait())
    return task, prompt
  end

  it("wait side by side", function()
    local box, made = face.box { speed = 600 }, 0
    local function one()
      local task = assert(client:text2video { prompt = "a" })
      made = made + 1
      if made == 3 then box:finish() end -- no task ends before all are made
      assert(task:wait())
      return task
    end
    local a, b, c = kling.spawn(one), kling.spawn(one), kling.spawn(one)
    local first, second, third = kling.join(a, b, c)
    assert.equal("succeeded", first.state)
    assert.is_true(first ~= second and second ~= third)
  end)

  it("give all their values to a join of one", function()
    local task, prompt = kling.join(kling.spawn(make, "a"))
    assert.equal("succeeded", task.state)
    assert.equal("a", prompt)
  end)

  it("are all joined when none is named", function()
    local done = 0
    for _ = 1, 3 do kling.spawn(function() make "x" done = done + 1 end) end
    kling.join()
    assert.equal(3, done)
    assert.same({}, fibers.alive())
  end)

  it("go on while the main program waits for something else", function()
    local fiber = kling.spawn(make, "a")
    local task = assert(client:text2video { prompt = "b" })
    assert(task:wait())
    kling.join(fiber)
    assert.is_true(fiber.ok)
  end)

  it("may join others, and yield for reasons of their own", function()
    local inner = kling.spawn(make, "a")
    local outer = kling.spawn(function()
      coroutine.yield()
      return (kling.join(inner)).state
    end)
    assert.equal("succeeded", kling.join(outer))
  end)

  it("raise in the join, after all have ended", function()
    local other = kling.spawn(make, "a")
    local bad = kling.spawn(function() error("a bug", 0) end)
    assert.equal("a bug", face.raised(kling.join, bad, other))
    assert.is_true(other.done)
    assert.equal("kling.fiber failed", tostring(bad))
    assert.equal("kling.fiber done", tostring(other))
  end)

  it("download side by side", function()
    local paths = { os.tmpname(), os.tmpname() }
    kling.join(kling.spawn(function() assert(make "a":download(paths[1])) end),
      kling.spawn(function() assert(make "b":download(paths[2])) end))
    for _, path in ipairs(paths) do
      assert.equal("ftyp", face.read(path):sub(5, 8))
      os.remove(path)
    end
  end)

  it("are functions", function()
    assert.matches("fibers_spec.lua:%d+: kling.spawn: a function",
      face.raised(function() kling.spawn(5) end))
    assert.matches("kling.join: item 1", face.raised(kling.join, 5))
  end)
end)
