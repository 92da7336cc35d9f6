-- The sandbox as a child: it starts from this Lua, tells the truth about itself, leaves no orphan.

local http = require "spec.support.http"
local sandbox = require "kling.sandbox"
local socket = require "socket"

local function succeeded(command)
  local status = os.execute(command)
  return status == true or status == 0
end

-- A zombie is gone: nobody but its parent can take it away.
local function is_running(pid)
  return succeeded(("ps -o stat= -p %d 2>/dev/null | grep -q '^[^Z]'"):format(pid))
end

local function read_command(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

local function interpreter()
  local i = -1
  while arg[i - 1] do i = i - 1 end
  return arg[i]
end

local function wait_until_gone(pid)
  for _ = 1, 100 do
    if not is_running(pid) then return true end
    socket.sleep(0.02)
  end
  return false
end

local function orphan_of(ending)
  local code = ([[local s = require "kling.sandbox".start(); print(s.pid); io.stdout:flush(); %s]])
    :format(ending)
  local text = read_command(("%s -e '%s' 2>/dev/null"):format(interpreter(), code))
  return tonumber(text:match("^%d+"))
end

describe("kling.sandbox.start", function()
  it("starts, answers and stops", function()
    local s = sandbox.start()
    assert.truthy(s.url:find("^http://127%.0%.0%.1:%d+$"))
    assert.is_true(is_running(s.pid))
    assert.equal(404, http.request("GET", s.url .. "/").status)
    s:stop()
    s:stop()
    assert.is_false(is_running(s.pid))
    assert.is_nil(http.request("GET", s.url .. "/"))
    assert.has_error(function() s:stats() end, "this sandbox has been stopped")
  end)

  it("serves several at once, each with a port of its own", function()
    local a, b = sandbox.start(), sandbox.start()
    assert.not_equal(a.port, b.port)
    a:fault { fault = "busy" }
    assert.equal(0, #b:admin("GET", "faults"))
    a:stop()
    assert.equal(0, b:stats().tasks)
    b:stop()
  end)

  for name, ending in pairs {
    ["returns"] = "", ["exits"] = "os.exit(0)", ["raises"] = "error(1)",
    ["is killed"] = "os.execute(\"kill -9 $PPID\")",
  } do
    it("leaves no orphan when the parent " .. name, function()
      assert.is_true(wait_until_gone(assert(orphan_of(ending))))
    end)
  end

  it("survives Ctrl-C, and a dead child is an error, not a signal", function()
    local s = sandbox.start()
    succeeded(("kill -INT %d"):format(s.pid))
    assert.equal(0, s:stats().tasks)
    succeeded(("kill -9 %d"):format(s.pid))
    assert.has_error(function() s:stats() end, "the sandbox has died")
    s:stop()
  end)

  it("takes faults and options of single gateways from the start", function()
    local s = sandbox.start {
      speed = 0, faults = { { fault = "busy", on = "create", times = 1 } },
      gateways = { anyfast = { create = "bare" } },
    }
    local url = s:base_url "anyfast" .. "/kling/v1/videos/text2video"
    local body = { prompt = "x", model_name = "kling-v3" }
    assert.equal(429, http.post(url, body).status)
    local reply = http.post(url, body).json
    assert.is_nil(reply.id)
    assert.is_string(reply.task_id)
    s:reset()
    assert.equal(429, http.post(url, body).status)
    s:stop()
  end)

  it("says clearly what is missing", function()
    assert.has_error(function() sandbox.start { lua = "no-such-lua" } end,
      "kling.sandbox needs lua-http, and no-such-lua cannot load it. On Debian: apt install "
        .. "lua-http luajit; elsewhere: luarocks install http")
  end)
end)

describe("kling.sandbox.run", function()
  it("greets with a base_url for every gateway, from any Lua, and ends with it", function()
    local code = 'require"kling.sandbox".run{port=0}'
    local text = read_command(("timeout 1 %s -e '%s' 2>&1"):format(interpreter(), code))
    for _, name in ipairs { "anyfast", "kkiai", "powertokens", "uniall", "kling" } do
      assert.truthy(text:find('base_url = "http://127%.0%.0%.1:%d+/' .. name .. '"'), text)
    end
    assert.truthy(text:find('api_key = "sandbox-key"', 1, true))
    socket.sleep(0.1)
    assert.is_nil(socket.connect("127.0.0.1", tonumber(text:match(":(%d+)/"))))
  end)
end)
