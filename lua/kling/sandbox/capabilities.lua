--- What each model of the official API can do.
-- Owns: Kling's capability table (its reference of March 2026 and the updates page) and the check.
-- Stands on: nothing.
-- Never: used for the other gateways; their documents do not tie fields to models.

local capabilities = {}

local T, I = "text2video", "image2video"

local FIVE_TEN = { ["5"] = true, ["10"] = true }
local STD_PRO = { std = true, pro = true }
local STD_PRO_4K = { std = true, pro = true, ["4k"] = true }

-- endpoints; durations (nil: any the field allows); modes (nil: the model has no `mode`); then for
-- each feature: true, or what the other fields must be. A feature not named is not there.
local MODELS = {
  ["kling-v1"] = {
    endpoints = { [T] = true, [I] = true }, durations = FIVE_TEN, modes = STD_PRO,
    cfg_scale = true, image_tail = { duration = "5" },
    static_mask = { duration = "5" }, dynamic_masks = { duration = "5" },
    camera_control = { endpoint = T, mode = "std", duration = "5" },
  },
  ["kling-v1-5"] = {
    endpoints = { [I] = true }, durations = FIVE_TEN, modes = STD_PRO,
    cfg_scale = true, image_tail = { mode = "pro" }, tail_alone = { mode = "pro" },
    static_mask = { mode = "pro", duration = "5" },
    dynamic_masks = { mode = "pro", duration = "5" },
    camera_control = { mode = "pro", duration = "5", camera = "simple" },
  },
  ["kling-v1-6"] = {
    endpoints = { [T] = true, [I] = true }, durations = FIVE_TEN, modes = STD_PRO,
    cfg_scale = true, image_tail = { mode = "pro" }, tail_alone = { mode = "pro" },
  },
  ["kling-v2-master"] = { endpoints = { [T] = true, [I] = true }, durations = FIVE_TEN },
  ["kling-v2-1"] = {
    endpoints = { [I] = true }, durations = FIVE_TEN, modes = STD_PRO,
    image_tail = { mode = "pro" },
  },
  ["kling-v2-1-master"] = { endpoints = { [T] = true, [I] = true }, durations = FIVE_TEN },
  ["kling-v2-5-turbo"] = {
    endpoints = { [T] = true, [I] = true }, durations = FIVE_TEN, modes = STD_PRO,
    image_tail = { mode = "pro" },
  },
  ["kling-v2-6"] = {
    endpoints = { [T] = true, [I] = true }, durations = FIVE_TEN, modes = STD_PRO,
    image_tail = { mode = "pro", sound = "off" }, sound = { mode = "pro" },
    voice_list = { endpoint = I, mode = "pro" },
  },
  ["kling-v3"] = {
    endpoints = { [T] = true, [I] = true }, modes = STD_PRO_4K,
    cfg_scale = true, image_tail = true, sound = true, multi_shot = true, element_list = true,
  },
}

local FEATURES = {
  "cfg_scale", "image_tail", "static_mask", "dynamic_masks", "camera_control", "voice_list",
  "element_list",
}

-- The fields a condition can speak of, defaults filled in.
local function facts_of(body, endpoint)
  return {
    endpoint = endpoint,
    mode = body.mode or "std",
    duration = body.duration or "5",
    sound = body.sound or "off",
    camera = body.camera_control and body.camera_control.type,
  }
end

local function allows(condition, facts)
  if type(condition) ~= "table" then return condition == true end
  for name, wanted in pairs(condition) do
    if facts[name] ~= wanted then return false end
  end
  return true
end

local function used_features(body)
  local used = {}
  for _, name in ipairs(FEATURES) do
    if body[name] ~= nil then used[#used + 1] = { name, name } end
  end
  if body.sound == "on" then used[#used + 1] = { "sound", "sound" } end
  if body.multi_shot then used[#used + 1] = { "multi_shot", "multi_shot" } end
  if body.image_tail and not body.image then used[#used + 1] = { "tail_alone", "image_tail" } end
  return used
end

local function check_mode(body, model, name, complain)
  if body.mode and not (model.modes and model.modes[body.mode]) then
    complain("mode", body.mode .. " is not supported by " .. name)
  end
end

local function check_duration(body, model, name, complain)
  local duration = body.duration or "5"
  if model.durations and not model.durations[duration] then
    complain("duration", duration .. " is not supported by " .. name)
  end
end

--- Complain about what the body's model cannot do; models not in the table can do anything.
---@param body table good field by field
---@param endpoint string text2video or image2video
---@param complain function (path, complaint)
function capabilities.check(body, endpoint, complain)
  local name = body.model_name or "kling-v1"
  local model = MODELS[name]
  if not model then return end
  if not model.endpoints[endpoint] then
    return complain("model_name", name .. " does not serve " .. endpoint)
  end
  check_mode(body, model, name, complain)
  check_duration(body, model, name, complain)
  local facts = facts_of(body, endpoint)
  for _, used in ipairs(used_features(body)) do
    if not allows(model[used[1]], facts) then
      complain(used[2], "is not supported by " .. name .. " with this setting")
    end
  end
end

return capabilities
