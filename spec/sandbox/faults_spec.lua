-- The sandbox misbehaves exactly as told.

local cqueues_socket = require "cqueues.socket"
local errno = require "cqueues.errno"
local socket = require "socket"

local http = require "spec.support.http"
local json = require "kling.sandbox.json"
local support = require "spec.support.sandbox"

local PATH = "/kkiai/kling/v1/videos/text2video"
local BODY = json.encode {
  model_name = "kling-v3", prompt = "x", multi_shot = false, mode = "std", duration = "5",
}

local function wire_of(body)
  return table.concat({
    "POST " .. PATH .. " HTTP/1.1", "Host: 127.0.0.1", "Authorization: Bearer sandbox-key",
    "Content-Type: application/json", "Content-Length: " .. #body, "", body,
  }, "\r\n")
end

describe("faults", function()
  local sandbox

  before_each(function() sandbox = support.start { speed = 0 } end)

  local function create() return http.request("POST", sandbox.url .. PATH, http.headers(), BODY) end
  local function created() return sandbox:stats("kkiai").created end

  -- What a raw client sees: everything received, then "end" or the name of the error.
  local function raw(requests, body)
    local link = cqueues_socket.connect("127.0.0.1", sandbox.port)
    link:onerror(function(_, _, code) return code end)
    link:setmode("b", "bn")
    local got = {}
    for i = 1, requests or 1 do
      link:xwrite(wire_of(body or BODY), "n", 2)
      if i < (requests or 1) then socket.sleep(0.1) end
    end
    while true do
      local part, why, code = link:xread(-4096, 2)
      if not part then
        link:close()
        code = code or why
        return table.concat(got), code and code ~= 0 and errno[code] or "end"
      end
      got[#got + 1] = part
    end
  end

  local ABORTS = {
    { { when = "head" }, "ECONNRESET", 0 },
    { {}, "ECONNRESET", 0 },
    { { when = "after" }, "ECONNRESET", 1 },
    { { how = "fin" }, "end", 0 },
    { { how = "fin", when = "after" }, "end", 1 },
  }
  for i, case in ipairs(ABORTS) do
    it(("reset %d: %s with %d tasks made"):format(i, case[2], case[3]), function()
      local fault = { fault = "reset", on = "create" }
      for name, value in pairs(case[1]) do fault[name] = value end
      sandbox:fault(fault)
      local bytes, ending = raw()
      assert.equal("", bytes)
      assert.equal(case[2], ending)
      assert.equal(case[3], created())
      assert.equal(1, sandbox:stats("kkiai").creates)
    end)
  end

  it("closes a kept-alive connection right after the reply", function()
    sandbox:fault { fault = "close", on = "create" }
    local bytes, ending = raw()
    assert.truthy(bytes:find("^HTTP/1.1 200"))
    assert.is_nil(bytes:lower():find("connection: close", 1, true))
    assert.equal("end", ending)
  end)

  it("drops the second request of a connection", function()
    sandbox:fault { fault = "reset", on = "create", nth = 2 }
    local bytes, ending = raw(2)
    local _, replies = bytes:gsub("HTTP/1.1 200", "")
    assert.is_true(replies <= 1)
    assert.is_true(ending == "ECONNRESET" or ending == "end", ending) -- what the kernel tells first
    assert.equal(1, created())
  end)

  it("cuts a reply short of its Content-Length", function()
    sandbox:fault { fault = "truncate", on = "create", keep = 10 }
    local bytes, ending = raw()
    local length = tonumber(bytes:match("content%-length: (%d+)"))
    local body = bytes:match("\r\n\r\n(.*)$")
    assert.equal("end", ending)
    assert.equal(10, #body)
    assert.is_true(length > 10)
    assert.equal(1, created())
  end)

  it("drips", function()
    sandbox:fault { fault = "drip", on = "create", bytes_per_second = 500 }
    local start = socket.gettime()
    assert.is_table(create().json)
    assert.is_true(socket.gettime() - start > 0.25)
  end)

  it("delays before and after creating", function()
    for _, when in ipairs { "before", "after" } do
      sandbox:fault { fault = "delay", on = "create", seconds = 0.2, when = when, times = 1 }
      local start = socket.gettime()
      assert.equal(200, create().status)
      assert.is_true(socket.gettime() - start >= 0.2)
    end
  end)

  it("hangs and then hangs up", function()
    sandbox:fault { fault = "hang", on = "create", seconds = 0.1 }
    assert.is_nil(create())
    assert.equal(0, created())
  end)

  it("redirects to itself or to another host, where a key is counted", function()
    sandbox:fault { fault = "redirect", on = "create", times = 1 }
    local reply = create()
    assert.equal(302, reply.status)
    assert.equal(sandbox.url .. PATH, reply.headers.location)
    sandbox:fault { fault = "redirect", on = "create", to = "other", status = 307, times = 1 }
    local elsewhere = create().headers.location
    assert.truthy(elsewhere:find("//localhost:", 1, true))
    http.request("POST", elsewhere, http.headers(), BODY)
    assert.equal(1, sandbox:stats("kkiai").foreign_keys)
  end)

  it("holds tasks until they are told to finish", function()
    sandbox:options { speed = 600 }
    local ids = {}
    for i, fault in ipairs { "no_url", "stuck", "fail" } do
      sandbox:fault { fault = fault, on = "create", times = 1 }
      ids[i] = create().json.data.task_id
    end
    local function states()
      local list = {}
      for i, id in ipairs(ids) do
        list[i] = http.get(sandbox.url .. PATH .. "/" .. id).json.data.task_status
      end
      return list
    end
    assert.same({ "submitted", "submitted", "submitted" }, states())
    sandbox:finish()
    assert.same({ "succeed", "succeed", "failed" }, states())
  end)

  it("makes tasks that stick, fail, have no link or cannot be found", function()
    local function outcome(fault)
      sandbox:fault { fault = fault, on = "create", times = 1, reason = "too dark" }
      local id = create().json.data.task_id
      return http.get(sandbox.url .. PATH .. "/" .. id)
    end
    assert.equal("processing", outcome("stuck").json.data.task_status)
    local failed = outcome("fail").json
    assert.equal("failed", failed.data.task_status)
    assert.equal("too dark", failed.data.task_status_msg)
    local bare = outcome("no_url").json.data
    assert.equal("succeed", bare.task_status)
    assert.is_nil(bare.task_result.videos)
    assert.equal(400, outcome("lost").status)
    assert.equal(4, created())
  end)

  it("makes a task that is seen some time later only", function()
    sandbox:fault { fault = "late", on = "create", seconds = 0.3, times = 1 }
    local body = json.decode(BODY)
    body.external_task_id = "scene-1"
    local bytes, ending = raw(1, json.encode(body))
    assert.same({ "", "ECONNRESET", 1 }, { bytes, ending, created() })
    local function found() return http.get(sandbox.url .. PATH .. "/scene-1").status == 200 end
    local function listed() return #http.get(sandbox.url .. PATH .. "?pageNum=1").json.data end
    assert.is_false(found())
    assert.equal(0, listed())
    socket.sleep(0.35)
    assert.is_true(found())
    assert.equal(1, listed())
    local row = sandbox:tasks("kkiai")[1]
    assert.same({ "x", 1 }, { row.prompt, row.lookups })
    assert.equal(400, http.request("POST", sandbox.url .. PATH, http.headers(),
      json.encode(body)).status)
    sandbox:options { unique = false }
    http.request("POST", sandbox.url .. PATH, http.headers(), json.encode(body))
    assert.equal(2, sandbox:stats("kkiai").by_external["scene-1"])
  end)

  it("strikes the nth, so many times, by chance, by gateway and by external id", function()
    sandbox:fault { fault = "error", nth = 2, family = "nginx" }
    assert.equal(200, create().status)
    assert.equal(502, create().status)
    assert.equal(200, create().status)
    sandbox:reset()
    sandbox:fault { fault = "error", gateway = "anyfast", family = "nginx" }
    sandbox:fault { fault = "error", external_task_id = "other", family = "nginx" }
    sandbox:fault { fault = "error", prompt = "y", family = "nginx" }
    sandbox:fault { fault = "error", on = "list", family = "nginx" }
    assert.equal(200, create().status)
    assert.equal(502, http.get(sandbox.url .. PATH).status)
    sandbox:fault { fault = "error", prompt = "x", times = 1, family = "nginx" }
    assert.equal(502, create().status)
    assert.equal(200, create().status)
    sandbox:clear()
    sandbox:fault { fault = "error", chance = 0.5, family = "nginx" }
    local struck = 0
    for _ = 1, 40 do struck = struck + (create().status == 502 and 1 or 0) end
    assert.is_true(struck > 8 and struck < 32)
    assert.equal(struck, sandbox:stats().faults.error)
  end)

  it("refuses a fault it does not know", function()
    assert.has_error(function() sandbox:fault { fault = "earthquake" } end,
      "no such fault: earthquake")
  end)

  it("is told over HTTP too", function()
    local door = sandbox.url .. "/_sandbox/"
    local spec = json.encode { fault = "busy", on = "create" }
    assert.equal(200, http.request("POST", door .. "faults", nil, spec).status)
    assert.equal(429, create().status)
    assert.equal(200, http.request("DELETE", door .. "faults").status)
    assert.equal(200, create().status)
    assert.equal(1, http.request("GET", door .. "stats").json.gateways.kkiai.created)
    assert.equal(1, #http.request("GET", door .. "tasks").json)
    assert.equal(400, http.request("POST", door .. "faults", nil, "{").status)
    assert.equal(404, http.request("GET", door .. "nothing").status)
    assert.equal(200, http.request("POST", door .. "reset").status)
    assert.equal(0, sandbox:stats().tasks)
  end)

  it("has made no mistake of its own", function()
    create()
    assert.equal(0, sandbox:stats().errors)
  end)
end)
