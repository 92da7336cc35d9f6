-- A canary key is looked for wherever a process leaves something behind.
--
-- Owns: the promise that keys and passwords stay in memory.
-- Stands on: strace where it is installed, /proc, the sandbox; a program that does everything once.
-- Never: looks only where the code is known to write: the whole folder and every write(2) are read.

local cjson = require "cjson"
local core = require "kling.core"
local face = require "spec.support.face"
local support = require "spec.support.journal"

--- Does all there is to do, and prints all that can be printed.
local PROGRAM = [[
  local url, path, folder = ...
  local kling = require "kling"
  local client = kling.new { gateway = "kling", base_url = url, api_key = os.getenv "CANARY",
    journal = path, budget = { tasks = 50 }, concurrency = 3,
    polling = { first = 0.05, interval_max = 0.1 }, create_timeout = 1,
    lookup_timeout = 0.5, absent_after = 0.5,
    retry_for = 1 }
  local function show(value, depth)
    print(tostring(value))
    if type(value) ~= "table" or (depth or 0) > 3 then return end
    for name, item in pairs(value) do
      print(tostring(name))
      show(item, (depth or 0) + 1)
    end
  end
  local function try(...) for i = 1, select("#", ...) do show((select(i, ...))) end return ... end
  local CAT = { prompt = "A cat" }
  try(client, client:preview("text2video", CAT))
  try(client:validate("text2video", { prompt = 3 }))
  for _ = 1, 12 do -- the faults that are armed, one after the other
    local one = try(client:text2video(CAT))
    if one then try(one:wait { timeout = 3 }) end
  end
  local task = assert(try(client:text2video(CAT, { idempotency_key = "one" })))
  try(task:wait())
  try(task:download(folder .. "/video.mp4"))
  try(task:serialize())
  try(client:list "text2video")
  try(task:raw())
  try(client:task("no such task", "text2video"):wait { timeout = 1 })
  try(client:recover())
  try(client.desk.journal, client.desk.journal:tasks())
  try(pcall(client.text2video, client, "nonsense"))
  local wrong = kling.new { gateway = "kling", base_url = url, api_key = os.getenv "CANARY" .. "x" }
  try(wrong:text2video(CAT))
  print "the end"
]]

local FAULTS = {
  { on = "create", fault = "redirect", times = 1 },
  { on = "create", fault = "garbage", times = 1 },
  { on = "create", fault = "reset", times = 1 },
  { on = "create", fault = "error", family = "kling", code = 1301, times = 1 },
  { on = "create", fault = "error", family = "nginx", status = 502, times = 1 },
  { on = "status", fault = "error", family = "nginx", status = 503, times = 2 },
  { on = "status", fault = "redirect", times = 1 },
}

--- The key as it is, and as Base64 has it at each of the three offsets.
local function traces(key)
  local list = { key, (key:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) }
  for shift = 0, 2 do
    local text = core.base64(("x"):rep(shift) .. key)
    list[#list + 1] = text:sub(shift > 0 and 5 or 1, -5)
  end
  return list
end

local function clean(what, bytes, key)
  for _, trace in ipairs(traces(key)) do
    assert(not bytes:find(trace, 1, true), what .. " shows the key")
  end
end

--- Everything below a folder, and what ends up in /tmp meanwhile.
local function files(folder)
  return support.shell(("find %s -type f -exec cat {} +"):format(folder))
end

describe("a canary key", function()
  it("never shows: argv, output, errors, journal, files, downloads, redirects", function()
    local key = "canary-" .. core.random_id ""
    local box = face.box { keys = { key } }
    for _, fault in ipairs(FAULTS) do
      fault.gateway = "kling"
      box:fault(fault)
    end
    local path = support.path()
    local folder = path:match "^(.*)/"
    face.write(folder .. "/program.lua", PROGRAM)
    local has_strace = select(2, support.shell "command -v strace")
    local trace = has_strace and ("strace -f -s 4096 -e trace=execve,openat,write,writev,pwrite64,"
      .. "rename,unlink,mkdir,connect -o %s/trace"):format(folder) or ""
    local output = support.shell(("mkdir %s/tmp; TMPDIR=%s/tmp CANARY=%s %s %s %s/program.lua "
      .. "%s %s %s & sleep 0.5; cat /proc/$!/cmdline; wait"):format(folder, folder, key, trace,
      os.getenv "KLING_LUA" or "lua", folder, box:base_url "kling", path, folder))
    assert.matches("the end", output)
    assert.matches("video.mp4", output)
    assert.matches("Bearer ", output) -- the masked header was printed
    clean("what the program prints, or its command line", output, key)
    clean("a file", files(folder), key)
    assert.is_true(#files(folder) > 1000)
    local intents = cjson.encode(box:tasks "kling")
    clean("a task at the service", intents, key)
    support.remove(path)
  end)

  it("never goes to another host: redirects are not followed with it", function()
    local key = "canary-" .. core.random_id ""
    local box = face.box { keys = { key } }
    box:fault { gateway = "kling", on = "create", fault = "redirect", times = 1 }
    local client = face.client(box, "kling", { api_key = key })
    local task, message = client:text2video { prompt = "A cat" }
    assert.is_nil(task)
    clean("the error", message, key)
    assert.equal(1, box:stats("kling").creates)
  end)
end)

describe("a database's password", function()
  it("never shows in a journal, its errors or its name", function()
    local server = support.postgres()
    local path = server:fresh()
    local client = face.client(face.box(), "kling", { journal = path })
    assert(client:text2video { prompt = "A cat" })
    assert.is_nil(tostring(client.desk.journal):find(path.password, 1, true))
    local dump = support.shell(("PGPASSWORD=%s %s/pg_dump -h 127.0.0.1 -p %d -U kling %s"):format(
      path.password, server.bin, server.port, server.database))
    assert.matches("kling_intents", dump)
    clean("a dump", dump, path.password)
    clean("a dump", dump, "sandbox-key")
    client:close()
  end)
end)
