--- `lua_http.lua WORKLOAD URL COUNT ...`: lua-http with lua-cjson, connections used again.
--
-- Owns: a pool of 32 connections and one coroutine a task.
-- Stands on: lua-http, cqueues, lua-cjson, LuaSocket's Base64 (`mime`).
-- Never: uses http.request, which opens a connection for every request.

local cjson = require "cjson"
local client = require "http.client"
local condition = require "cqueues.condition"
local cqueues = require "cqueues"
local new_headers = require("http.headers").new
local requests = require "requests"

local AT_ONCE = 32
local KEY = "Bearer sk-0123456789abcdef0123456789abcdef"
local workload, url, count, first, second = arg[1], arg[2], tonumber(arg[3]), arg[4], arg[5]
local host, port, base = url:match("^http://([%d.]+):(%d+)(.*)$")
local loop, done = cqueues.new(), 0

local function connect()
  return assert(client.connect({ host = host, port = tonumber(port), tls = false }, 30))
end

local function head(method, path, length)
  local h = new_headers()
  h:append(":method", method)
  h:append(":scheme", "http")
  h:append(":authority", host .. ":" .. port)
  h:append(":path", base .. path)
  h:append("authorization", KEY)
  if length then
    h:append("content-type", "application/json")
    h:append("content-length", tostring(length))
  end
  return h
end

local function ask(connection, method, path, body)
  local stream = assert(connection:new_stream())
  assert(stream:write_headers(head(method, path, body and #body), not body, 30))
  if body then assert(stream:write_chunk(body, true, 30)) end
  assert(assert(stream:get_headers(30)):get(":status") == "200")
  return stream
end

local function json(connection, method, path, body)
  return cjson.decode(assert(ask(connection, method, path, body):get_body_as_string(30))).data
end

local pool = { idle = {}, free = condition.new() }
local function borrow()
  while not pool.idle[1] do pool.free:wait() end
  return table.remove(pool.idle)
end
local function give_back(connection)
  pool.idle[#pool.idle + 1] = connection
  pool.free:signal(1)
end

local workloads = {}

function workloads.tasks()
  local left = count
  local function worker()
    local connection = connect()
    while left > 0 do
      left = left - 1
      local body = cjson.encode(requests.task.request)
      local id = json(connection, "POST", "/v1/videos/text2video", body).task_id
      local data
      repeat data = json(connection, "GET", "/v1/videos/text2video/" .. id)
      until data.task_status == "succeed"
      assert(data.task_result.videos[1].url)
      done = done + 1
    end
  end
  for _ = 1, AT_ONCE do loop:wrap(worker) end
end

function workloads.inflight()
  local interval, stop = tonumber(first), cqueues.monotime() + tonumber(second)
  for _ = 1, AT_ONCE do loop:wrap(function() give_back(connect()) end) end
  local function watch(i)
    local at = cqueues.monotime() + interval * i / count
    while at < stop do
      cqueues.sleep(at - cqueues.monotime())
      local connection = borrow()
      local path = ("/v1/videos/text2video/8602607538%08d"):format(i)
      assert(json(connection, "GET", path).task_status == "processing")
      give_back(connection)
      done = done + 1
      at = cqueues.monotime() + interval
    end
  end
  for i = 0, count - 1 do loop:wrap(watch, i) end
end

function workloads.upload()
  loop:wrap(function()
    local connection = connect()
    for _ = 1, count do
      local file = assert(io.open(first, "rb"))
      local request = { image = (require("mime").b64(file:read("*a"))) }
      file:close()
      for k, v in pairs(requests.upload.request) do request[k] = v end
      json(connection, "POST", "/v1/videos/image2video", cjson.encode(request))
      done = done + 1
    end
  end)
end

function workloads.download()
  loop:wrap(function()
    local connection = connect()
    for _ = 1, count do
      local file = assert(io.open(first, "wb"))
      for chunk in ask(connection, "GET", "/files/clip.mp4"):each_chunk() do file:write(chunk) end
      file:close()
      done = done + 1
    end
  end)
end

function workloads.start()
  loop:wrap(function()
    local body = cjson.encode(requests.task.request)
    assert(json(connect(), "POST", "/v1/videos/text2video", body).task_id)
    done = 1
  end)
end

workloads[workload]()
assert(loop:loop())
print(('{"done":%d}'):format(done))
