--- What a seed stands for: the tasks of a round, what strikes each of them, and who is killed when.
-- Owns: every draw of a round. The same seed and count give the same plan, on every Lua.
-- Stands on: dice.lua, menu.lua, spec/support/merged.lua.
-- Never: knows a process or a clock; what strikes requests other than creates is drawn by the
-- sandbox as they come in, in an order that timing decides.

local dice = require "spec.chaos.dice"
local menu = require "spec.chaos.menu"
local merged = require "spec.support.merged"

local plan = {}

plan.GATEWAYS = { "anyfast", "kkiai", "powertokens", "uniall", "kling" }
--- Those that can be asked for a task by its external_task_id.
plan.CAN_ASK = { kkiai = true, kling = true }
--- Those that let an account have so many unfinished tasks: room for what stays stuck for ever.
plan.LIMITS = { kling = 24 }
plan.WORKERS = 4
plan.SECONDS = 0.4 -- a task takes

local STRUCK, TWICE, OWN_ID, SAVED, RIVALS = 0.5, 0.25, 0.5, 0.3, 0.03
local KILLED, KILLED_SAVING, KILLED_STARTING = 0.025, 0.03, 0.2
local PICTURE = "https://pictures.example/cat.png"
local MODELS_WITH_PICTURES = { kling = "kling-v3", anyfast = "kling-v2-master" }

local function request_of(draw, gateway, name)
  local request = { model_name = "kling-v3", prompt = name, duration = 5 }
  local model, endpoint = draw:chance(0.3) and MODELS_WITH_PICTURES[gateway], "text2video"
  if model then
    request.model_name, request.image, endpoint = model, PICTURE, "image2video"
  end
  if gateway ~= "uniall" then request.mode = "std" end
  if gateway == "kkiai" then request.multi_shot = false end
  if gateway ~= "uniall" and draw:chance(OWN_ID) then request.external_task_id = name end
  return request, endpoint
end

local function faults_of(draw, task)
  local faults, count = {}, draw:chance(STRUCK) and (draw:chance(TWICE) and 2 or 1) or 0
  for nth = 1, count do
    faults[nth] = merged(draw:weighed(menu.creates),
      { gateway = task.gateway, on = "create", prompt = task.name, nth = nth })
    faults[nth].weight = nil
  end
  return faults
end

--- How long after it was said that a create begins: mostly while it is on its way.
local function moment(draw)
  return draw:chance(0.7) and draw:between(0, 0.03) or draw:between(0.03, 0.6)
end

local function add_task(draw, out, index)
  local gateway = plan.GATEWAYS[index % #plan.GATEWAYS + 1]
  local task = { index = index, gateway = gateway, slot = draw:whole(plan.WORKERS),
    name = ("clip %d of round %d"):format(index, out.seed) }
  task.request, task.endpoint = request_of(draw, gateway, task.name)
  task.faults = faults_of(draw, task)
  task.save = draw:chance(SAVED)
  if draw:chance(RIVALS) then task.rival = task.slot % plan.WORKERS + 1 end
  if draw:chance(KILLED) then out.kills["begin " .. index] = moment(draw) end
  if task.save and draw:chance(KILLED_SAVING) then
    out.kills["save " .. index] = draw:between(0, 0.02)
  end
  out.tasks[index] = task
end

local function add_starts(draw, out)
  for slot = 1, plan.WORKERS do
    for nth = 2, 100 do
      if draw:chance(KILLED_STARTING) then
        out.kills[("start %d %d"):format(slot, nth)] = draw:between(0.05, 0.8)
      end
    end
  end
end

--- A round.
---@param seed integer
---@param count integer tasks
---@return table plan tasks (name, gateway, endpoint, request, faults, slot, rival, save), kills
--- (seconds after what a worker says), seed
function plan.new(seed, count)
  local draw, out = dice(seed), { seed = seed, tasks = {}, kills = {} }
  for index = 1, count do add_task(draw, out, index) end
  add_starts(draw, out)
  return out
end

--- A plan as one text, to compare two.
function plan.text(of)
  local lines = {}
  local function add(prefix, value)
    if type(value) ~= "table" then
      lines[#lines + 1] = ("%s = %s"):format(prefix,
        type(value) == "number" and ("%.9g"):format(value) or tostring(value))
      return
    end
    for name, inner in pairs(value) do add(prefix .. "." .. tostring(name), inner) end
  end
  add("", of)
  table.sort(lines)
  return table.concat(lines, "\n")
end

return plan
