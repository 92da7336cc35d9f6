--- Rules that tie several fields of a body together.
-- Owns: storyboards, needed prompts, frames, camera moves, voices, which old model lacks sound.
-- Stands on: capabilities (Kling's table). Called only once every field is good by itself.
-- Never: knows which gateway asks; the gateway's data names the rules it wants.
-- A rule is check(body, entry, complain); sources: seeds 000 to 004, Kling's reference.

local capabilities = require "kling.sandbox.capabilities"

local cross = {}

-- Models before V2.6 (seeds 000, 001, 004: sound needs V2.6 or later).
local SILENT = {}
for name in ("kling-v1 kling-v1-5 kling-v1-6 kling-v2-master kling-v2-1 kling-v2-1-master "
  .. "kling-v2-5-turbo"):gmatch("%S+") do SILENT[name] = true end

local function blank(value) return value == nil or not value:find("%S") end

local function check_shot_durations(body, complain)
  local total, sum = tonumber(body.duration or "5"), 0
  for i, shot in ipairs(body.multi_prompt) do
    sum = sum + tonumber(shot.duration)
    if shot.index ~= i then
      complain(("multi_prompt[%d].index"):format(i), "must count the shots from 1")
    end
  end
  if sum ~= total then
    complain("multi_prompt", ("durations add up to %d, duration is %d"):format(sum, total))
  end
end

--- A storyboard: type needed, shots needed for `customize`, their sum is the total.
function cross.storyboard(body, _, complain)
  if not body.multi_shot then return end
  if not body.shot_type then return complain("shot_type", "is required when multi_shot is true") end
  if body.shot_type ~= "customize" then return end
  if not body.multi_prompt then
    return complain("multi_prompt", "is required when shot_type is customize")
  end
  check_shot_durations(body, complain)
end

--- The prompt must say something unless shots do (seed 002, Kling).
function cross.prompt_unless_shots(body, _, complain)
  local shots_speak = body.multi_shot and body.shot_type == "customize"
  if not shots_speak and blank(body.prompt) then complain("prompt", "must not be empty") end
end

--- The prompt is needed when multi_shot is false (seed 004).
function cross.prompt_unless_multi_shot(body, _, complain)
  if not body.multi_shot and blank(body.prompt) then complain("prompt", "is required") end
end

--- At least one of two frames (seed 004).
function cross.a_frame(body, _, complain)
  if not body.image and not body.image_tail then
    complain("image", "or image_tail is required")
  end
end

--- One field makes sense only beside another.
function cross.needs(body, entry, complain)
  if body[entry.field] ~= nil and body[entry.other] == nil then
    complain(entry.field, "needs " .. entry.other)
  end
end

--- `sound` on needs model V2.6 or later.
function cross.sound_model(body, _, complain)
  if body.sound == "on" and SILENT[body.model_name] then
    complain("sound", "is not supported by " .. body.model_name)
  end
end

local function moving_axes(config)
  local count = 0
  for _, value in pairs(config) do
    if value ~= 0 then count = count + 1 end
  end
  return count
end

--- `simple` needs a config with one moving axis; the presets must not have one, unless the
-- gateway's document asks for a config always (seed 001).
function cross.camera(body, entry, complain)
  local camera = body.camera_control
  if not camera then return end
  if camera.type == "simple" then
    if not camera.config then return complain("camera_control.config", "is required for simple") end
    if moving_axes(camera.config) ~= 1 then
      complain("camera_control.config", "must move exactly one axis")
    end
  elseif camera.config and not entry.config_always then
    complain("camera_control.config", "is only for type simple")
  end
end

--- Voices: each one named in the prompt is in the list, and sound is on (seed 002).
function cross.voices(body, _, complain)
  local count = body.voice_list and #body.voice_list or 0
  local named = 0
  for n in (body.prompt or ""):gmatch("<<<voice_(%d+)>>>") do
    named = math.max(named, tonumber(n))
  end
  if named > count then complain("prompt", ("names voice %d of %d"):format(named, count)) end
  if (count > 0 or named > 0) and body.sound ~= "on" then
    complain("sound", "must be on when voices are given")
  end
end

--- At most one of the groups named may be present.
function cross.one_of(body, entry, complain)
  local found
  for _, group in ipairs(entry.groups) do
    for field in group:gmatch("%S+") do
      if body[field] ~= nil and found and found ~= group then
        return complain(field, "cannot be combined with " .. found)
      end
      if body[field] ~= nil then found = group end
    end
  end
end

--- uniall: the prompt or the shots, never both, never neither (seed 003).
function cross.prompt_or_shots(body, _, complain)
  local shots = body.extra_body and body.extra_body.multi_prompt
  if shots and not blank(body.prompt) then
    complain("prompt", "cannot be combined with extra_body.multi_prompt")
  elseif not shots and blank(body.prompt) then
    complain("prompt", "is required")
  end
end

--- What the model can do, by Kling's own table.
function cross.capability(body, entry, complain)
  capabilities.check(body, entry.endpoint, complain)
end

return cross
