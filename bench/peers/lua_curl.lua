--- `lua_curl.lua WORKLOAD URL COUNT ...`: Debian's lua-curl (easy handles only) with lua-cjson.
--
-- Owns: one easy handle, used again; so one task at a time, not 32.
-- Stands on: lua-curl (Lua 5.1), lua-cjson.
-- Never: uses several handles, for this binding has no multi interface.

local cjson = require "cjson"
local curl = require "curl"
local requests = require "requests"

local KEY = "Authorization: Bearer sk-0123456789abcdef0123456789abcdef"
local workload, url, count, first = arg[1], arg[2], tonumber(arg[3]), arg[4]
local easy, done, parts = curl.easy_init(), 0, {}

easy:setopt(curl.OPT_NOSIGNAL, 1)
easy:setopt(curl.OPT_WRITEFUNCTION, function(bytes)
  parts[#parts + 1] = bytes
  return #bytes
end)

local function json(path, body)
  parts = {}
  easy:setopt(curl.OPT_URL, url .. path)
  if body then
    easy:setopt(curl.OPT_POST, 1)
    easy:setopt(curl.OPT_POSTFIELDS, body)
    easy:setopt(curl.OPT_POSTFIELDSIZE, #body)
    easy:setopt(curl.OPT_HTTPHEADER, { KEY, "Content-Type: application/json", "Expect:" })
  else
    easy:setopt(curl.OPT_HTTPGET, 1)
    easy:setopt(curl.OPT_HTTPHEADER, { KEY })
  end
  assert(easy:perform())
  return cjson.decode(table.concat(parts)).data
end

local workloads = {}

function workloads.tasks()
  for _ = 1, count do
    local id = json("/v1/videos/text2video", cjson.encode(requests.task.request)).task_id
    local data
    repeat data = json("/v1/videos/text2video/" .. id) until data.task_status == "succeed"
    done = done + 1
  end
end

function workloads.upload()
  for _ = 1, count do
    local file = assert(io.open(first, "rb"))
    local request = { image = (require("mime").b64(file:read("*a"))) }
    file:close()
    for k, v in pairs(requests.upload.request) do request[k] = v end
    json("/v1/videos/image2video", cjson.encode(request))
    done = done + 1
  end
end

function workloads.download()
  easy:setopt(curl.OPT_URL, url .. "/files/clip.mp4")
  for _ = 1, count do
    local file = assert(io.open(first, "wb"))
    easy:setopt(curl.OPT_WRITEFUNCTION, function(bytes)
      file:write(bytes)
      return #bytes
    end)
    assert(easy:perform())
    file:close()
    done = done + 1
  end
end

function workloads.start()
  assert(json("/v1/videos/text2video", cjson.encode(requests.task.request)).task_id)
  done = 1
end

workloads[workload]()
print(('{"done":%d}'):format(done))
