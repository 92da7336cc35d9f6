-- Ctrl-C while the engine waits, in a process of its own: real SIGINT, real interpreter.
--
-- Owns: the promise that the prompt is back in 0.2 s and the task is whole.
-- Stands on: spec/support/child.lua, spec/support/engine.lua.
-- Never: passes when the wait merely ended by itself; it would have taken ten seconds.

local child = require "spec.support.child"
local support = require "spec.support.engine"

local LIMIT, TRIES = 0.2 * support.slow, 10

--- The program under test says "waiting", then %s; then it tells what became of the task.
local PROGRAM = [[
local support = require "spec.support.engine"
support.sandbox = { base_url = function(_, name) return %q .. "/" .. name end }
local task = support.create(support.route("kling", { polling = { first = 60 } }), "kling")
task:watch {}
local engine, core = support.engine, support.core
local function wait() repeat until engine:block(10) end
local function catch(fn)
  local ok, message = pcall(pcall, fn)
  return ok, message
end
print "waiting"
io.stdout:flush()
%s
local ended = core.clock()
print(("ended %%.6f"):format(ended))
task:watch { interval = 0.1 }
support.wait(function() return task.done end)
print("state " .. task.state)
]]

local SCRIPT = [[
out=$(mktemp)
$program > $out 2>&1 &
pid=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  grep -q waiting $out && break
  sleep 0.1
done
sleep 0.3
%s -e 'print(("sent %%.6f"):format(require "kling.core".clock()))'
kill -INT $pid
wait $pid
echo "status $?"
cat $out
rm -f $out
]]

local interpreter = os.getenv "KLING_LUA" or "lua"

local function run(how)
  return child.script(PROGRAM:format(support.sandbox.url, how), SCRIPT:format(interpreter))
end

--- Seconds from the signal to the end of the wait; the best of a few, since machines are busy.
local function reaction(how)
  local best, output = math.huge, nil
  for _ = 1, TRIES do
    output = run(how)
    local sent, ended = output:match "sent ([%d.]+)", output:match "ended ([%d.]+)"
    assert(sent and ended, output)
    best = math.min(best, tonumber(ended) - tonumber(sent))
    if best < LIMIT then break end
  end
  return best, output
end

describe("Ctrl-C", function()
  before_each(function() support.box { speed = 0.2 } end)

  local WAYS = {
    ["in the main chunk"] = "catch(wait)",
    ["in a coroutine"] = "catch(function() coroutine.wrap(wait)() end)",
    ["in a coroutine inside a coroutine"] =
      "catch(function() coroutine.wrap(function() coroutine.wrap(wait)() end)() end)",
  }
  for name, how in pairs(WAYS) do
    it(name .. " ends the wait and leaves the task whole", function()
      local seconds, output = reaction(how)
      assert.is_true(seconds < LIMIT, seconds)
      assert.is_truthy(output:find("state succeeded", 1, true), output)
    end)
  end

  it("that nobody catches ends the program", function()
    local output = run "wait()"
    assert.is_truthy(output:find("interrupted!", 1, true), output)
    assert.is_truthy(output:find("status 1\n", 1, true), output)
    assert.is_nil(output:find("ended", 1, true))
  end)
end)

describe("a hook that raises in the middle of a step", function()
  --- Steps until the task is created, while the n-th function called raises; says how often it did.
  local function step_with_hook(task, n)
    local calls, raised = 0, 0
    local sethook, engine, step = debug.sethook, support.engine, support.engine.step
    local fail = error
    local function hook()
      calls = calls + 1
      if calls == n then fail("stop", 0) end
    end
    local function hooked()
      sethook(hook, "c")
      step(engine)
      sethook()
    end
    repeat
      calls = 0
      local ok, message = pcall(hooked)
      sethook()
      if not ok then
        assert(message == "stop", message)
        raised = raised + 1
      end
    until task.created or task.done or raised == 100
    return raised
  end

  it("costs no reply", function()
    local box = support.box()
    local route, most = support.route "anyfast", 0
    for n = 1, 8 do
      local task = support.engine:create(route, support.request "anyfast")
      most = math.max(most, step_with_hook(task, n))
      support.wait(function() return not task.busy end)
      assert.is_nil(support.kind(task))
    end
    assert.is_true(most > 0)
    assert.same({ 8, 8 }, { box:stats("anyfast").creates, box:stats("anyfast").created })
  end)
end)
