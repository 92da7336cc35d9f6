-- The background thread under an engine: blocking on its descriptor, leaving, forking.
--
-- Owns: engine:fd, engine:alarm, engine:path; csrc/crank.c with a port.
-- Stands on: busted, the sandbox, processes of their own.
-- Never: passes because the thread did not run: each program asks for the descriptor first.

local child = require "spec.support.child"
local face = require "spec.support.face"
local nginx = require "spec.support.nginx"

local EXITS = tonumber(os.getenv "KLING_EXITS") or 8 -- of each kind; before a release: 50

local START = [[
local kling = require "kling"
local core = require "kling.core"
local engine = core.engine()
local function client(url, more)
  local options = { gateway = "kling", api_key = "sandbox-key", base_url = url,
    polling = { first = 0.05, growth = 1.2, jitter = 0, interval_max = 0.1, deadline = 60 } }
  for name, value in pairs(more or {}) do options[name] = value end
  return kling.new(options)
end
local CAT = { prompt = "A cat" }
local BASE = %q
]]

local function run(box, program)
  return child.run(START:format(box:base_url "kling") .. program)
end

describe("an engine with a thread", function()
  local box
  before_each(function() box = face.box() end)

  it("does all that one without does", function()
    local status, said = run(box, [[
      local c = client(BASE)
      assert(type(engine:fd()) == "number" and engine:fd() == engine:fd())
      local task = assert(c:text2video(CAT))
      assert(#assert(task:wait()).videos == 1)
      local path = os.tmpname()
      assert(task:download(path) == path)
      os.remove(path)
      local requests = {}
      for i = 1, 40 do requests[i] = { prompt = "cat " .. i } end
      for _, item in ipairs(kling.map(requests, "text2video", { client = c, concurrency = 40 })) do
        assert(item.ok, item.message)
      end
      assert(#assert(c:list "text2video") >= 30)
      assert(engine:counts().transfers == 0)
    ]])
    assert.equal(0, status, said)
  end)

  it("finishes itself what was on its way before", function()
    box:fault { gateway = "kling", on = "create", fault = "delay", seconds = 0.2, times = 2 }
    local status, said = run(box, [[
      local c = client(BASE)
      local task = c:open "text2video":create(CAT, true)
      engine:step()
      assert(engine:counts().transfers == 1)
      assert(engine:fd())
      local other = c:open "text2video":create(CAT, true)
      engine:step()
      assert(engine:counts().transfers == 2 and engine:due() <= 0.01)
      assert(task:wait() and other:wait())
    ]])
    assert.equal(0, status, said)
    assert.equal(2, box:stats("kling").created)
  end)

  it("works while Lua is busy", function()
    box:fault { gateway = "kling", on = "create", fault = "delay", seconds = 0.2 }
    local status, said = run(box, [[
      local c = client(BASE)
      assert(engine:fd())
      local busy = 0.4
      local function made_meanwhile()
        local task = c:open "text2video":create(CAT, false)
        engine:step()
        busy = busy * 2
        local ends = core.clock() + busy
        while core.clock() < ends do local _ = 1 end
        engine:step()
        return task.created
      end
      repeat local made = made_meanwhile() until made or busy > 10
      assert(busy < 10, "the answer is there at once")
    ]])
    assert.equal(0, status, said)
  end)

  local on_linux = nginx.shell "ls /proc/self/status" == "/proc/self/status" and it or pending

  on_linux("takes no signal that is meant for the program", function()
    local status, said = run(box, [[
      assert(engine:fd())
      os.execute(("cat /proc/%.0f/task/*/status"):format(core.pid()))
    ]])
    local program, blocked = said:match "\nTgid:%s*(%d+)", {}
    for thread, mask in said:gmatch "\nPid:%s*(%d+).-\nSigBlk:%s*%x-(%x%x%x%x)\n" do
      if thread ~= program then blocked[#blocked + 1] = mask end
    end
    assert.equal(0, status, said)
    assert.same({ "feff" }, blocked) -- of the first sixteen all but SIGKILL
  end)

  it("rings when it is told to", function()
    local status, said = run(box, [[
      assert(engine:fd())
      engine:alarm(0.05)
      engine:step() -- takes nothing, and must not silence it
      print(engine:path())
    ]])
    assert.equal(0, status, said)
    assert.matches("^/%S+/worker\n$", said)
  end)

  it("ends a wait at Ctrl-C, in coroutines too", function()
    for _, how in ipairs { "wait()", "coroutine.wrap(wait)()" } do
      box:options { speed = 600 }
      local said = child.script(START:format(box:base_url "kling") .. ([[
        assert(engine:fd())
        local task = assert(client(BASE):text2video(CAT))
        local function wait() task:wait { interval = 5 } end
        print "waiting"
        io.stdout:flush()
        %s
      ]]):format(how), [[
        out=$(mktemp)
        $program > $out 2>&1 &
        pid=$!
        for i in $(seq 200); do grep -q waiting $out && break; sleep 0.1; done
        sleep 0.3
        kill -INT $pid
        for i in $(seq 200); do kill -0 $pid 2>/dev/null || break; sleep 0.1; done
        kill -9 $pid 2>/dev/null && echo "it hung"
        wait $pid
        cat $out
        rm -f $out
      ]])
      assert.matches("interrupted!", said)
      assert.is_nil(said:find "it hung")
    end
  end)
end)

describe("leaving while the thread is in the middle of TLS", function()
  local WAYS = { ["at the end"] = { "", 0 }, ["by os.exit"] = { "os.exit(0)", 0 },
    ["by os.exit, closing"] = { "os.exit(0, true)", 0 }, ["by an error"] = { "error 'x'", 1 } }

  local tls, ca
  setup(function()
    local box = require("spec.support.sandbox").start { tls = true }
    tls, ca = box:base_url "kling", box.ca_file
  end)

  -- Half of them load the system's certificates, which keeps the thread busy longer.
  local PROGRAM = START .. [[
    local number = tonumber(os.getenv "NUMBER")
    local c = client(BASE, { ca_file = number %% 2 == 0 and %q or nil })
    assert(engine:fd())
    for _ = 1, 8 do c:open "text2video":create(CAT, true) end
    engine:step()
    local ends = core.clock() + number * 0.007
    while core.clock() < ends do local _ = 1 end
    %s
  ]]

  for name, way in pairs(WAYS) do
    it(name .. " crashes never", function()
      local said = child.script(PROGRAM:format(tls, ca, way[1]), ([[
        for NUMBER in $(seq %d); do
          export NUMBER; $program >/dev/null 2>&1; [ $? = %d ] || echo "number $NUMBER: $?"
        done
      ]]):format(EXITS, way[2]))
      assert.equal("", said)
    end)
  end
end)

describe("a fork of a process with a thread", function()
  local ffi = pcall(require, "ffi")
  local test = ffi and it or pending

  test("starts its own, and both go on", function()
    local box = face.box()
    local status, said = run(box, [[
      local ffi = require "ffi"
      ffi.cdef "int fork(void); int waitpid(int, int *, int); void exit(int);"
      local c = client(BASE)
      assert(engine:fd())
      local before = assert(c:text2video(CAT))
      local busy = c:open "text2video":create(CAT, true)
      engine:step()
      local pid = ffi.C.fork()
      if pid == 0 then
        local ok, why = pcall(function()
          assert(engine:fd())
          assert(assert(c:text2video(CAT)):wait())
          assert(before:wait())
        end)
        if not ok then io.stderr:write(tostring(why), "\n") end
        ffi.C.exit(ok and 5 or 6)
      end
      assert(busy:wait() and before:wait())
      local status = ffi.new "int[1]"
      ffi.C.waitpid(pid, status, 0)
      print("child", math.floor(status[0] / 256))
    ]])
    assert.equal(0, status, said)
    assert.matches("child%s+5", said)
    assert.equal(3, box:stats("kling").created)
  end)
end)
