-- What text2video and image2video have in common, by Kling's own names.
--
-- Owns: fields and rules that both endpoints list; each is said once, here.
-- Stands on: nothing. Pure data; words: kling/vocabulary.lua.
-- Never: knows a gateway. Where one differs, kling/gateways/<name>.lua says so.

local SILENT_MODELS = { "kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-master", "kling-v2-1",
  "kling-v2-1-master", "kling-v2-5-turbo" }
local PRESETS = { "down_back", "forward_up", "right_turn_forward", "left_turn_forward" }
local AXES = { "horizontal", "vertical", "pan", "tilt", "roll", "zoom" }
local RANGE = "a number from -10 to 10"
local TURN = "Turn about an axis; Kling's editions disagree about which."

local config = {
  name = "config", type = "object", source = "seed 000",
  doc = "How far the camera moves along each axis, -10 to 10, exactly one of them not zero.",
  fields = {
    { name = "horizontal", type = "number", source = "seed 000", doc = "To the left or right." },
    { name = "vertical", type = "number", source = "seed 000", doc = "Up or down." },
    { name = "pan", type = "number", source = "seed 000", doc = TURN },
    { name = "tilt", type = "number", source = "seed 000", doc = TURN },
    { name = "roll", type = "number", source = "seed 000", doc = "About the line of sight." },
    { name = "zoom", type = "number", source = "seed 000", doc = "Change of focal length." },
  },
  rules = {
    { name = "camera_range", doc = RANGE, source = "Kling's docs", overridable = true,
      limit = { field = "horizontal", min = -10, max = 10 } },
    { name = "camera_range", doc = RANGE, source = "Kling's docs", overridable = true,
      limit = { field = "vertical", min = -10, max = 10 } },
    { name = "camera_range", doc = RANGE, source = "Kling's docs", overridable = true,
      limit = { field = "pan", min = -10, max = 10 } },
    { name = "camera_range", doc = RANGE, source = "Kling's docs", overridable = true,
      limit = { field = "tilt", min = -10, max = 10 } },
    { name = "camera_range", doc = RANGE, source = "Kling's docs", overridable = true,
      limit = { field = "roll", min = -10, max = 10 } },
    { name = "camera_range", doc = RANGE, source = "Kling's docs", overridable = true,
      limit = { field = "zoom", min = -10, max = 10 } },
  },
}

local camera = {
  name = "camera_control", type = "object", source = "seeds 000, 001; Kling's docs",
  doc = "How the camera moves.",
  fields = {
    { name = "type", type = "enum", source = "Kling's docs",
      values = { "simple", PRESETS[1], PRESETS[2], PRESETS[3], PRESETS[4] },
      doc = "simple (told by config) or one of four fixed moves." },
    config,
  },
  rules = {
    { name = "camera_simple_config", source = "Kling's docs",
      doc = "type \"simple\" comes with a config",
      when = { type = "simple" }, require = { "config" } },
    { name = "camera_preset_config", source = "Kling's docs",
      doc = "a config only with type \"simple\"",
      when = { type = PRESETS }, forbid = { "config" } },
    { name = "camera_one_axis", source = "Kling's docs", overridable = true,
      doc = "exactly one of horizontal, vertical, pan, tilt, roll, zoom that is not zero",
      when = { type = "simple" }, one_nonzero = { object = "config", fields = AXES } },
  },
}

local fields = {
  prompt = {
    name = "prompt", type = "string", max_length = 2500, source = "seeds 000, 001, 004",
    doc = "What the video shows; not used when multi_shot is true with shot_type customize.",
  },
  negative_prompt = {
    name = "negative_prompt", type = "string", max_length = 2500, source = "seeds 000, 001, 002",
    doc = "What the video should not show.",
  },
  voice_list = {
    name = "voice_list", type = "array", max = 2, source = "seed 002; Kling's docs",
    doc = "Voices that the prompt names as <<<voice_1>>> and <<<voice_2>>>; needs sound on.",
    item = { type = "object", doc = "One voice.", fields = {
      { name = "voice_id", type = "string", required = true, source = "Kling's docs",
        doc = "Id of a preset or custom voice." },
    } },
  },
  mode = {
    name = "mode", type = "enum", values = { "std", "pro", "4k" }, default = "std",
    source = "seeds 000, 002", doc = "Quality: std 720p, pro 1080p, 4k.",
  },
  duration = {
    name = "duration", type = "integer", as = "string", min = 3, max = 15, default = 5,
    sum_of = { "multi_prompt", "duration" }, source = "seed 000",
    doc = "Length in seconds; the sum of the shots when it is absent and shots are given.",
  },
  aspect_ratio = {
    name = "aspect_ratio", type = "enum", values = { "16:9", "9:16", "1:1" }, default = "16:9",
    source = "seed 000", doc = "Width to height.",
  },
  cfg_scale = {
    name = "cfg_scale", type = "number", min = 0, max = 1, default = 0.5, source = "seed 000",
    doc = "How closely the video keeps to the prompt, 0 to 1.",
  },
  multi_shot = {
    name = "multi_shot", type = "boolean", send = "true", source = "seed 000",
    doc = "Several shots in one video; false when absent.",
  },
  shot_type = {
    name = "shot_type", type = "enum", values = { "customize", "intelligence" },
    aliases = { intelligent = "intelligence" }, send_when = { multi_shot = true },
    source = "seed 000", doc = "Who plans the shots: you (customize) or the model (intelligence).",
  },
  multi_prompt = {
    name = "multi_prompt", type = "array", min = 1, max = 6, source = "seeds 000, 001, 002",
    doc = "The shots, one to six.",
    item = { type = "object", doc = "One shot.", fields = {
      { name = "index", type = "integer", send = "always", source = "seed 001; Kling's docs",
        doc = "Its place, from 1; filled in when absent." },
      { name = "prompt", type = "string", required = true, max_length = 512,
        source = "seeds 001, 002", doc = "What the shot shows." },
      { name = "duration", type = "integer", as = "string", required = true, min = 1,
        source = "seeds 001, 002", doc = "Its length in seconds." },
    } },
  },
  sound = {
    name = "sound", type = "enum", values = { "on", "off" }, default = "off",
    source = "seed 000", doc = "Whether the video gets sound; models from V2.6 on.",
  },
  camera_control = camera,
  watermark_info = {
    name = "watermark_info", type = "object", shorthand = "enabled", source = "seed 001",
    doc = "Whether a copy with a watermark is made too; true or false will do.",
    fields = {
      { name = "enabled", type = "boolean", required = true, source = "seed 001",
        doc = "true makes the copy." },
    },
  },
  callback_url = {
    name = "callback_url", type = "url", source = "seed 002",
    doc = "Where the service posts every change of the task's state.",
  },
  external_task_id = {
    name = "external_task_id", type = "string", source = "seed 000",
    doc = "Your own id of the task, unique in your account.",
  },
}

local rules = {
  { name = "prompt_required", source = "seeds 000, 002, 004; Kling's docs",
    doc = "a prompt that is not empty, unless multi_shot is true and shot_type \"customize\"",
    unless = { multi_shot = true, shot_type = "customize" }, require = { "prompt" } },
  { name = "shot_type_required", source = "seeds 000, 001, 002",
    doc = "a shot_type when multi_shot is true",
    when = { multi_shot = true }, require = { "shot_type" } },
  { name = "shots_required", source = "seeds 000, 002",
    doc = "1 to 6 shots when multi_shot is true and shot_type \"customize\"",
    when = { multi_shot = true, shot_type = "customize" }, require = { "multi_prompt" } },
  { name = "shots_need_multi_shot", source = "seeds 001, 002",
    doc = "shots only with multi_shot = true; without it another video would be made and billed",
    unless = { multi_shot = true }, forbid = { "multi_prompt" } },
  { name = "shots_without_intelligence", source = "Kling's docs, inferred",
    doc = "no shots with shot_type \"intelligence\": there the model plans them from the prompt",
    when = { shot_type = "intelligence" }, forbid = { "multi_prompt" } },
  { name = "shots_total", source = "seeds 001, 002; Kling's docs",
    doc = "shots that add up to duration, none longer than it",
    total = { array = "multi_prompt", field = "duration", equals = "duration" } },
  { name = "shots_sequence", source = "Kling's docs",
    doc = "indexes 1, 2, 3 in the order of the list, or none",
    sequence = { array = "multi_prompt", field = "index" } },
  { name = "sound_models", source = "seeds 000, 001, 004",
    doc = "sound \"on\" only with models from V2.6 on",
    when = { model_name = SILENT_MODELS }, limit = { field = "sound", values = { "off" } } },
  { name = "voices_need_sound", source = "seed 002",
    doc = "voices only with sound \"on\"",
    when = { voice_list = "*" }, limit = { field = "sound", values = { "on" } } },
  { name = "voices_listed", source = "seed 002",
    doc = "<<<voice_n>>> only where voice_list has an n-th voice and sound is \"on\"",
    voices = { texts = { "prompt" }, list = "voice_list", needs = { sound = "on" } } },
}

return { fields = fields, rules = rules }
