--- One client process of a round: makes the tasks of its slot, until it has or is killed.
-- Owns: how a program that uses kling goes on after a crash: recover, then what is left to do.
-- Stands on: kling as its users have it; plan.lua. Arguments: the round as JSON (run.lua), slot,
-- start.
-- Never: decides what went wrong: it says what it is doing, audit.lua counts elsewhere.

package.path = "./?.lua;" .. package.path

local cjson = require "cjson"
local core = require "kling.core"
local kling = require "kling"
local loop = require "kling.loop"
local plan = require "spec.chaos.plan"

local FIBERS, TRIES, PAUSE = 12, 25, 0.2
local slot, start = select(2, ...)
local round = cjson.decode((...))

local slow = tonumber(os.getenv "KLING_SLOW") or 1
local POLLING = { first = 0.1, growth = 1.3, jitter = 0.2, interval_max = 0.4, deadline = 20 }
--- A late task shows itself after 1.5 s at the latest (menu.lua), before it is believed missing.
local PATIENCE = { timeout = 2 * slow, create_timeout = 20 * slow, lookup_timeout = 3,
  absent_after = 3.5, retry_for = 10 * slow, stall_timeout = 2 * slow }

local function say(...)
  io.stdout:write(table.concat({ ... }, " "), "\n")
  io.stdout:flush()
end

local function wanted_of(tasks, gateway)
  local n = 0
  for _, task in ipairs(tasks) do n = n + (task.gateway == gateway and 1 or 0) end
  return n
end

--- One client a gateway. A budget of as many tasks as are wanted: it does not suffice when
-- something is counted twice, or not given back.
local function clients_of(journal, tasks)
  local clients = {}
  for _, gateway in ipairs(plan.GATEWAYS) do
    local options = { gateway = gateway, base_url = round.url .. "/" .. gateway, journal = journal,
      api_key = "sandbox-key", ca_file = round.ca_file, polling = POLLING,
      concurrency = plan.LIMITS[gateway],
      budget = { name = gateway, tasks = wanted_of(tasks, gateway) } }
    for name, value in pairs(PATIENCE) do options[name] = value end
    clients[gateway] = kling.new(options)
  end
  return clients
end

--- What the journal says of each task that was meant and not refused.
local function known_of(journal)
  local known = {}
  for _, intent in ipairs(assert(journal:tasks())) do
    if intent.idempotency_key and intent.state ~= "refused" then
      known[intent.idempotency_key] = intent
    end
  end
  return known
end

local function is_stuck(task)
  for _, fault in ipairs(task.faults) do
    if fault.fault == "stuck" or fault.fault == "no_url" then return true end
  end
  return false
end

--- Nothing is left to do for it.
local function is_through(task, intent)
  if not intent then return false end
  local state = intent.state
  return state == "failed" or state == "succeeded" and (not task.save or intent.path ~= nil)
    or state == "accepted" and is_stuck(task)
    or state == "ambiguous" and not plan.CAN_ASK[task.gateway]
end

--- What this process is to do, in the order of the plan.
local function jobs_of(tasks, known)
  local jobs, mine = {}, tonumber(slot)
  for _, task in ipairs(tasks) do
    local is_ours = task.slot == mine or task.rival == mine
    if is_ours and not is_through(task, known[task.name]) then jobs[#jobs + 1] = task end
  end
  return jobs
end

local function save(job, task)
  local path = ("%s/%d.mp4"):format(round.folder, job.index)
  local done, message
  for _ = 1, TRIES do
    say("save", job.index)
    done, message = task:download(path)
    if done then return end
    loop.sleep(PAUSE)
  end
  say("unsaved", job.index, message)
end

local function finish(job, task)
  for _ = 1, 3 do
    local result, _, err = task:wait { timeout = is_stuck(job) and 1.5 or 10 * slow }
    if result then return job.save and job.slot == tonumber(slot) and save(job, task) end
    if err.kind == "failed" or is_stuck(job) then return end
    loop.sleep(PAUSE)
  end
end

--- A refusal proves that there is no task, so asking again is safe; where it is not known whether
-- there is one, the client asks the service, or nobody can.
local function make(job, client)
  local message
  for try = 1, TRIES do
    say("begin", job.index)
    local task, err
    task, message, err = client:submit(job.endpoint, job.request, { idempotency_key = job.name })
    if task then return finish(job, task) end
    if err.kind == "ambiguous" and not plan.CAN_ASK[job.gateway] then return end
    loop.sleep(PAUSE * math.min(try, 5))
  end
  say("unmade", job.index, message)
end

local function recover(client)
  local items, message
  for _ = 1, TRIES do
    items, message = client:recover()
    if items then return say("recovered", client.gateway, #items) end
    loop.sleep(PAUSE)
  end
  error("nothing can be recovered: " .. message)
end

local function work(clients, jobs)
  local next_job = 0
  for _, client in pairs(clients) do kling.spawn(recover, client) end
  for _ = 1, FIBERS do
    kling.spawn(function()
      while next_job < #jobs do
        next_job = next_job + 1
        local job = jobs[next_job]
        make(job, clients[job.gateway])
      end
    end)
  end
  kling.join()
end

local tasks = plan.new(round.seed, round.count).tasks
say("pid", ("%.0f"):format(core.pid()))
say("start", slot, start)
local journal = assert(kling.journal.open(round.journal))
local clients = clients_of(journal, tasks)
work(clients, jobs_of(tasks, known_of(journal)))
for _, client in pairs(clients) do client:close() end
journal:close()
