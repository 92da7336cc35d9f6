--- `ours.lua WORKLOAD URL COUNT ...`: ours, as its users call it.
--
-- Owns: the calls that each workload comes to.
-- Stands on: kling's public names; for `encode` the compiled plan, as submit itself does.
-- Never: sets an option that a user could not set.

local workload, url, count, first, second = arg[1], arg[2], tonumber(arg[3]), arg[4], arg[5]
local kling = require "kling"

local AT_ONCE, SOON = 32, 1e-6
local KEY = "sk-0123456789abcdef0123456789abcdef"

local function open(gateway, base)
  return kling.new { gateway = gateway, api_key = KEY, base_url = base }
end

local workloads = {}

function workloads.tasks()
  local request, list = require("requests").task.request, {}
  for i = 1, count do list[i] = request end
  local items = kling.map(list, "text2video", { client = open("kling", url), concurrency = AT_ONCE,
    interval = SOON })
  for _, item in ipairs(items) do assert(item.result.videos[1].url, item.message) end
  return #items
end

--- Tasks that exist already, one after the other over the first interval as everybody's are.
function workloads.inflight()
  local client, clock = open("kling", url), require("kling.core").clock
  local sleep = require("kling.loop").sleep
  local interval, seconds, tasks = tonumber(first), tonumber(second), {}
  local begin = clock()
  for i = 1, count do
    tasks[i] = client:task(("8602607538%08d"):format(i - 1), "text2video")
    tasks[i]:watch { interval = interval }
    local ahead = begin + interval * i / count - clock()
    if ahead > 0 then sleep(ahead) end
  end
  sleep(begin + seconds - clock())
  for i = 1, count do tasks[i]:unwatch() end
  sleep(0.5) -- the last answers
  local polls = 0
  for i = 1, count do polls = polls + tasks[i].asked end
  return polls
end

function workloads.upload()
  local client, request = open("kling", url), require("requests").upload.request
  request.image = kling.file(first)
  for _ = 1, count do assert(client:image2video(request)) end
  return count
end

function workloads.download()
  local task = open("kling", url .. "/done"):task("860260753800000001", "text2video")
  assert(task:wait())
  for _ = 1, count do assert(task:download(first)) end
  return count
end

function workloads.start()
  assert(open("kling", url):text2video { model_name = "kling-v1", prompt = "A cat", duration = 5 })
  return 1
end

--- What submit does with a request before it is sent: one walk judges and writes it.
function workloads.encode()
  local class = require("requests")[first]
  local plan, request = open("anyfast", "http://127.0.0.1"):open(class.endpoint).plan, class.request
  local bytes = #assert(plan:body(request))
  local start = os.clock()
  for _ = 1, count do bytes = #plan:body(request) end
  local seconds = os.clock() - start
  request.duration = 99
  assert(not plan:body(request), "a wrong request was accepted")
  return count, (',"cpu":%.6f,"bytes":%d'):format(seconds, bytes)
end

local done, more = workloads[workload]()
print(('{"done":%d%s}'):format(done, more or ""))
