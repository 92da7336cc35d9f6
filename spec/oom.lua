-- What `make oom` runs: allocations fail, each in its turn.
--
-- Owns: the scenarios. Each must either succeed or say that memory ran out, must work when it is
-- tried again, and must not lose a task that was paid for, nor pay twice.
-- Stands on: spec/support/failmalloc.lua, the sandbox; tools/memory.sh counts and looks for leaks.
-- Never: runs a scenario in this process, but to load what it needs.

local failmalloc = require "spec.support.failmalloc"
local http = require "spec.support.http"
local core = require "kling.core"
local kling = require "kling"
local sandbox = require "kling.sandbox"

-- Lua 5.4 makes what its buffers need with the first long one, and makes it once: when that fails,
-- all later ones fail, too.
local LONG = ("x"):rep(3000)

local REQUEST = {
  prompt = "A cat", duration = 6, multi_shot = true, shot_type = "customize",
  multi_prompt = { { prompt = "It sits.", duration = 2 }, { prompt = "It runs.", duration = 4 } },
  camera_control = { type = "simple", config = { zoom = 3 } }, extra = { new = { 1, 2 } },
}

local REPLY = [[{"code":0,"message":"SUCCEED","request_id":"r","data":{
"task_id":"860260753860210752","task_status":"succeed","task_info":{"external_task_id":"mine"},
"task_result":{"videos":[{"id":"v","url":"https://example.com/v.mp4","duration":"5.1"}]},
"created_at":1766374262370}}]]

local function plan()
  local gateway = require "kling.gateway"
  return core.plan(gateway.endpoint(gateway.find "anyfast", "text2video", {}))
end

local function preview()
  return kling.new { gateway = "kling", access_key = "ak", secret_key = "sk" }:preview(
    "text2video", { prompt = "A cat" })
end

-- Name, function, what it gets (made before allocations fail).
local SCENARIOS = {
  { "compiling a plan", plan, function() plan() end },
  { "writing a request", function(made) return assert(made:body(REQUEST, "kling-0")) end, plan },
  { "telling problems", function(made)
    return assert(made:validate { prompt = LONG, durtion = 5 })
  end, plan },
  { "reading a reply", function()
    local replies = core.replies(require "kling.replies")
    assert(replies:decode("status", 200, REPLY, "application/json"))
    return assert(replies:result(REPLY))
  end, function() require "kling.replies" end },
  { "a client's preview", preview, function() preview() end },
}

--- Runs a scenario in a child for each allocation that it asks for.
local function try(name, work, prepare)
  prepare = prepare or function() end
  prepare() -- what it loads is loaded now
  io.write(name, ": ")
  if not failmalloc.rounds() then return end
  local done, value = failmalloc.with(work, prepare())
  if not done then value = work(prepare()) end
  assert(value, "a scenario gave nothing")
  os.exit(true, true)
end

core.sha256 "" -- OpenSSL crashes, for good, when memory runs out while it starts
for _, scenario in ipairs(SCENARIOS) do try(scenario[1], scenario[2], scenario[3]) end

-- A whole path through the sandbox -------------------------------------------------------------

--- From a request to a file. Returns the task, or what text2video says.
---@param kept table `task` in it is set as soon as there is one, without any memory
local function make_video(client, external_id, path, kept)
  local task, message, err = client:text2video { prompt = "A cat", external_task_id = external_id }
  if not task then return nil, message, err end
  kept.task = task
  task:wait { timeout = 20 }
  task:download(path)
  return task
end

--- The task under way: what a program finds when text2video raised.
local function left_behind(client, external_id)
  for _, task in ipairs(client:pending()) do
    if task.external_task_id == external_id then return task end
  end
end

--- Whatever is on its way comes to its end.
local function settle()
  local engine, deadline = core.engine(), core.clock() + 5
  while engine:counts().tasks > 0 and core.clock() < deadline do
    engine:block(0.02)
    engine:settled()
  end
end

--- What was made is known, what is known can be waited for.
local function assert_kept(box, client, external_id, task, err)
  task = task or left_behind(client, external_id)
  local result = task and task:wait { timeout = 20 }
  settle()
  local stats = http.get(box.url .. "/_sandbox/stats?gateway=kling").json
  local made = stats.by_external[external_id] or 0
  assert(made <= 1, "paid twice")
  if made == 0 then return assert(not result, "a result out of nothing") end
  assert(result or err and err.kind == "ambiguous", "a paid task is lost")
end

--- Makes a video in a child for each allocation that this takes.
---@param prepare function called in the child, gives a client
---@param stay boolean|nil leave Lua open, so that the libraries of what leaks can be named
local function try_video(box, name, prepare, stay)
  io.write(name, ": ")
  if not failmalloc.rounds() then return end
  local id, path, kept = core.random_id "oom-", os.tmpname(), { task = false }
  local client = prepare(path)
  local _, _, _, err = failmalloc.with(make_video, client, id, path, kept)
  assert_kept(box, client, id, kept.task, err)
  local task, message = make_video(client, id .. "-again", path, kept)
  assert(task, message)
  assert(task:download(path))
  client:close()
  os.execute(("rm -f %s*"):format(path))
  os.exit(true, not stay)
end

local box = sandbox.start { speed = 0.02 }

local function new_client(journal)
  return kling.new { gateway = "kling", base_url = box:base_url "kling", api_key = "sandbox-key",
    polling = { first = 0.01, growth = 1, jitter = 0, interval_max = 0.02 }, journal = journal }
end

local ready = new_client()
ready:validate("text2video", { prompt = "A cat" }) -- compiles the plan

try_video(box, "a video", function() return ready end)
try_video(box, "a video, by the thread", function()
  assert(core.engine():fd())
  return ready
end)
if failmalloc.scope == "core" then -- a SQLite without memory may stay within a transaction
  try_video(box, "a video, with a journal", function(path) return new_client(path .. ".db") end,
    true)
end
