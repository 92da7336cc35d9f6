--- `lua_socket.lua WORKLOAD URL COUNT ...`: LuaSocket's http with lua-cjson, one task at a time.
--
-- Owns: nothing that stays; LuaSocket opens a connection for every request.
-- Stands on: LuaSocket, lua-cjson. Debian's copas has no HTTP, so there is no "32 at a time".
-- Never: speaks HTTP by itself.

local cjson = require "cjson"
local http = require "socket.http"
local ltn12 = require "ltn12"
local requests = require "requests"

local KEY = "Bearer sk-0123456789abcdef0123456789abcdef"
local workload, url, count, first = arg[1], arg[2], tonumber(arg[3]), arg[4]
local done = 0

local function json(method, path, body)
  local parts = {}
  local _, status = assert(http.request {
    url = url .. path, method = method, sink = ltn12.sink.table(parts),
    source = body and ltn12.source.string(body),
    headers = {
      authorization = KEY, ["content-type"] = body and "application/json",
      ["content-length"] = body and #body,
    },
  })
  assert(status == 200, status)
  return cjson.decode(table.concat(parts)).data
end

local workloads = {}

function workloads.tasks()
  for _ = 1, count do
    local body = cjson.encode(requests.task.request)
    local id = json("POST", "/v1/videos/text2video", body).task_id
    local data
    repeat data = json("GET", "/v1/videos/text2video/" .. id) until data.task_status == "succeed"
    done = done + 1
  end
end

function workloads.upload()
  for _ = 1, count do
    local file = assert(io.open(first, "rb"))
    local request = { image = (require("mime").b64(file:read("*a"))) }
    file:close()
    for k, v in pairs(requests.upload.request) do request[k] = v end
    json("POST", "/v1/videos/image2video", cjson.encode(request))
    done = done + 1
  end
end

function workloads.download()
  for _ = 1, count do
    local file = assert(io.open(first, "wb"))
    local _, status = http.request {
      url = url .. "/files/clip.mp4", sink = ltn12.sink.file(file),
    }
    assert(status == 200, status)
    done = done + 1
  end
end

function workloads.start()
  local body = cjson.encode(requests.task.request)
  assert(json("POST", "/v1/videos/text2video", body).task_id)
  done = 1
end

workloads[workload]()
print(('{"done":%d}'):format(done))
