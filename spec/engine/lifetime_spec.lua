-- Lifetimes: what keeps a task alive, collection in any order, ends of the process, forks, memory.
--
-- Owns: the promise that nothing crashes, leaks or stays behind, whatever is dropped and when.
-- Stands on: spec/support/engine.lua, spec/support/child.lua.
-- Never: relies on the order in which Lua collects.

local child = require "spec.support.child"
local support = require "spec.support.engine"

local engine = support.engine
local box

local jit = rawget(_G, "jit")

local function collect()
  if jit then jit.flush() end -- compiled code keeps what it has seen alive
  for _ = 1, 3 do collectgarbage() end
end

before_each(function()
  box = support.box()
  support.drain()
  collect()
end)

describe("a task", function()
  it("that wants something is kept alive", function()
    local seen = setmetatable({}, { __mode = "v" })
    local function create()
      seen[1] = engine:create(support.route "kling", support.request "kling", true)
    end
    create()
    collect()
    assert.is_truthy(seen[1])
    support.wait(function() return seen[1].done end)
    collect()
    assert.is_truthy(seen[1]) -- in the list of settled tasks
    assert.equal("succeeded", engine:settled().state)
    collect()
    assert.is_nil(seen[1])
  end)

  it("that wants nothing is not", function()
    local seen = setmetatable({}, { __mode = "v" })
    local r = support.route "kling"
    local function use()
      for i = 1, 20 do seen[i] = engine:adopt(r, "860260753860210752") end
      for i = 1, 10 do seen[i]:watch {} end
      for i = 1, 10 do seen[i]:unwatch() end
    end
    use()
    collect()
    assert.is_nil(next(seen))
    assert.equal(0, engine:counts().tasks)
  end)

  it("keeps its client, which does not outlive it", function()
    local seen = setmetatable({}, { __mode = "v" })
    local function use()
      local function create()
        seen[1] = {}
        return support.create(support.route("kling", { client = seen[1] }), "kling")
      end
      local task = create()
      collect()
      assert.is_truthy(seen[1])
      assert.equal(seen[1], task.client)
    end
    use()
    collect()
    assert.is_nil(seen[1])
  end)

  it("may be dropped and collected at any moment of its life", function()
    local r = support.route "kling"
    box:fault { fault = "reset", on = "create", when = "after", chance = 0.3 }
    local moment, out = 0, 0
    repeat
      for _ = 1, 3 do
        local task = engine:create(r, support.request "kling", true)
        out = out + 1
        if moment % 2 == 0 then task:unwatch() end
        if moment % 7 == 0 then task:cancel() end
      end
      engine:block(0.002 * (moment % 5))
      collect()
      for _ in function() return engine:settled() end do out = out end
      moment = moment + 1
    until moment == 40
    box:clear()
    support.wait(function()
      support.drain()
      return engine:counts().tasks == 0
    end)
    assert.equal(0, engine:counts().transfers)
    assert.is_true(box:stats("kling").created <= out)
  end)
end)

--- Everything in flight: a create, a poll, a question, a download, a lookup.
local BUSY = [[
local support = require "spec.support.engine"
support.sandbox = { base_url = function(_, name) return %q .. "/" .. name end }
local engine, core = support.engine, support.core
local r = support.route("kling", { polling = { first = 0.01, interval_max = 0.01 } })
local known = support.create(r, "kling")
known:watch {}
local asked = engine:adopt(r, known.id)
local waiting = engine:adopt(r, known.id)
waiting:watch { interval = 60 }
local account = core.account { api_key = support.KEY }
local fetch = engine:get(account, %q .. "/kling/v1/videos/text2video", { auth = true })
local creating = engine:create(r, support.request "kling", true)
engine:step()
asked:ask()
engine:step()
]]

local function program(ending)
  local url = support.sandbox.url
  return BUSY:format(url, url) .. ending
end

describe("a process with everything in flight", function()
  local ENDS = {
    ["returns"] = { 0, "" },
    ["calls os.exit"] = { 7, "os.exit(7)" },
    ["calls os.exit and closes the state"] = { 7, "os.exit(7, true)" },
    ["raises"] = { 1, "error 'on purpose'" },
    ["raises in a coroutine"] = { 1, "coroutine.wrap(function() error 'on purpose' end)()" },
    ["dropped all but the engine"] = { 0,
      "known, asked, waiting, fetch, creating, r, account = nil collectgarbage() engine:step()" },
    ["uses dead things while it closes"] = { 0, [[
      local proxy = newproxy and newproxy(true) or setmetatable({}, { __gc = true })
      getmetatable(proxy).__gc = function()
        for _, thing in ipairs { known, asked, waiting, fetch, creating } do
          pcall(tostring, thing)
          pcall(function() return thing.state, thing.done, thing:error() end)
          pcall(function() thing:watch {} end)
          pcall(function() thing:cancel() end)
        end
        pcall(engine.step, engine)
        pcall(engine.create, engine, r, support.request "kling")
        pcall(engine.get, engine, account, "http://127.0.0.1:1", {})
      end
      setmetatable({}, getmetatable(proxy))
      keep = proxy]], "KLING_MAY_LEAK=yes" }, -- Lua never finalizes what is made while it closes
  }
  for name, how in pairs(ENDS) do
    it("ends well when it " .. name, function()
      box:fault { fault = "delay", seconds = 0.5 }
      box:clear()
      local status, output = child.run(program(how[2]), how[3])
      assert.equal(how[1], status, output)
    end)
  end
end)

local ffi = jit and require "ffi"

describe("a fork", function()
  local test = ffi and it or pending
  test("leaves the parent's creates to the parent, and asks its own questions", function()
    box:fault { fault = "delay", on = "create", nth = 2, seconds = 0.3 }
    local status, output = child.run(program [[
      local ffi = require "ffi"
      ffi.cdef "int fork(void); int waitpid(int, int *, int); void _exit(int);"
      local pid = ffi.C.fork()
      if pid == 0 then
        local ok, why = pcall(function()
          assert(creating.done == false)
          engine:step()
          local _, err = creating:error()
          assert(creating.done and (err.kind == "ambiguous" or err.kind == "cancelled"), err.kind)
          asked:ask()
          support.wait(function() return not asked.busy end)
          assert(asked.state)
          assert(engine:counts().transfers < 10)
        end)
        print("in the child:", ok, why)
        io.stdout:flush()
        ffi.C._exit(ok and 5 or 6)
      end
      support.wait(function() return creating.created end)
      local status = ffi.new("int[1]")
      ffi.C.waitpid(pid, status, 0)
      print("child", math.floor(status[0] / 256))
      print("id", creating.external_task_id)
    ]])
    assert.equal(0, status, output)
    assert.is_truthy(output:find("child%s+5"), output)
    assert.equal(1, box:stats("kling").by_external[output:match "id%s+(%S+)"])
  end)
end)

describe("a waiting task", function()
  local statm = io.open "/proc/self/statm"
  local test = statm and support.slow == 1 and it or pending
  if statm then statm:close() end

  test("takes at most 1.5 KB, its last reply included", function()
    local status, output = child.run(program [[
      local N = 5000
      local function rss()
        collectgarbage() collectgarbage()
        local file = io.open "/proc/self/statm"
        local pages = file:read("*a"):match "^%d+ (%d+)"
        file:close()
        return pages * 4096
      end
      known:cancel() waiting:cancel() asked:cancel()
      local tasks, before = {}, nil
      local slow = support.route("kling", { polling = { first = 60, interval_max = 60 } })
      local function add(from, to)
        for i = from, to do
          tasks[i] = engine:adopt(slow, known.id, "a-caller-chosen-id-" .. i)
          tasks[i]:watch {}
        end
        support.wait(function()
          for i = from, to do if tasks[i].asked == 0 then return false end end
          return true
        end)
      end
      add(1, 500)
      before = rss()
      add(501, N)
      print(("bytes %.0f"):format((rss() - before) / (N - 500)))
    ]])
    assert.equal(0, status, output)
    local bytes = tonumber(output:match "bytes (%d+)")
    assert.is_true(bytes < 1536, output)
  end)
end)
