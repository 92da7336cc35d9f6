-- What `make oom` runs once for every allocation: that one fails, the next ones work.
--
-- Owns: the scenarios. Each must either succeed or say that memory ran out, and must work when it
-- is tried again afterwards.
-- Stands on: spec/support/failmalloc.lua; tools/memory.sh counts and looks for crashes and leaks.
-- Never: uses the network.

local failmalloc = require "spec.support.failmalloc"

local function load() return require "kling" end

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
  local core = require "kling.core"
  return core.plan(gateway.endpoint(gateway.find "anyfast", "text2video", {}))
end

-- Name, function that gets the module.
local SCENARIOS = {
  { "compiling a plan", function() return plan() end },
  { "writing a request", function() return assert(plan():body(REQUEST, "kling-0")) end },
  { "telling problems", function()
    return assert(plan():validate { prompt = ("x"):rep(3000), durtion = 5 })
  end },
  { "reading a reply", function()
    local replies = require "kling.core".replies(require "kling.replies")
    assert(replies:decode("status", 200, REPLY, "application/json"))
    return assert(replies:result(REPLY))
  end },
  { "a client's preview", function(kling)
    return kling.new { gateway = "kling", access_key = "ak", secret_key = "sk" }:preview(
      "text2video", { prompt = "A cat" })
  end },
}

--- Runs a scenario in a child for each allocation that it asks for.
local function try(name, scenario, ...)
  io.write(name, ": ")
  if not failmalloc.rounds() then return end
  local done, value = failmalloc.with(scenario, ...)
  if not done then value = scenario(...) end
  assert(value, "a scenario gave nothing")
  os.exit(true, true)
end

local kling = load()
for _, scenario in ipairs(SCENARIOS) do scenario[2](kling) end -- what they load is loaded now
for _, scenario in ipairs(SCENARIOS) do try(scenario[1], scenario[2], kling) end
