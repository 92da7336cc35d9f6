-- What each of Kling's models can do: on for the official gateway, off elsewhere unless asked for.

local support = require "spec.support.rules"
local rule, none = support.rule, support.none

local URL = "https://example.com/a.png"
local T2V, I2V = "kling text2video", "kling image2video"
local CAMERA = { type = "simple", config = { zoom = 5 } }
local SHORT = { "kling-v1", "kling-v1-6", "kling-v2-master", "kling-v2-1-master",
  "kling-v2-5-turbo", "kling-v2-6" }
local POINTS = { { x = 1, y = 1 }, { x = 2, y = 2 } }
local MASKS = { { mask = URL, trajectories = POINTS } }

--- A case for each model, with the changes and what is expected of it.
local function with(models, changes, expected)
  local cases = {}
  for _, model in ipairs(models) do
    local request = { model_name = model }
    for key, value in pairs(changes) do request[key] = value end
    local case = { request }
    for key, value in pairs(expected or {}) do case[key] = value end
    cases[#cases + 1] = expected and case or request
  end
  return cases
end

local function joined(...)
  local all = {}
  for _, list in ipairs { ... } do
    for _, case in ipairs(list) do all[#all + 1] = case end
  end
  return all
end

describe("capability rules", function()
  rule("model_durations: 5 or 10 before kling-v3", {
    on = { T2V, I2V }, rule = "model_durations",
    accept = joined(with(SHORT, { duration = 5 }), with(SHORT, { duration = "10" }),
      with({ "kling-v3" }, { duration = 7 })),
    refuse = with(SHORT, { duration = 7 }, { paths = { "duration" } }),
  })

  rule("model_durations with seed 001's models", {
    on = { "kkiai text2video" }, options = { capability_rules = true }, rule = "model_durations",
    accept = { { duration = 3 }, { duration = 15 }, { model_name = "kling-v1", duration = 10 } },
    refuse = { { { duration = 2 }, paths = { "duration" } },
      { { duration = 16 }, paths = { "duration" } },
      { { model_name = "kling-v1", duration = 15 }, paths = { "duration" } } },
  })

  rule("model_modes: the masters have none", {
    on = { T2V, I2V }, rule = "model_modes",
    accept = { { model_name = "kling-v2-master" }, { model_name = "kling-v2-6", mode = "std" } },
    refuse = with({ "kling-v2-master", "kling-v2-1-master" }, { mode = "std" },
      { paths = { "mode" } }),
  })

  rule("mode_4k_models: kling-v3 only", {
    on = { T2V, I2V }, rule = "mode_4k_models",
    accept = { { mode = "4k" } },
    refuse = with({ "kling-v1", "kling-v1-6", "kling-v2-5-turbo", "kling-v2-6" }, { mode = "4k" },
      { paths = { "mode" } }),
  })

  rule("sound_modes: kling-v2-6 in pro only", {
    on = { T2V, I2V }, rule = "sound_modes",
    accept = { { model_name = "kling-v2-6", sound = "on", mode = "pro" }, { sound = "on" },
      { model_name = "kling-v2-6", sound = "off" } },
    refuse = { { { model_name = "kling-v2-6", sound = "on" }, paths = { "mode" } } },
  })

  rule("multi_shot_models: kling-v3 only", {
    on = { T2V, I2V }, rule = "multi_shot_models",
    accept = { { multi_shot = true, shot_type = "intelligence" },
      { model_name = "kling-v2-6", multi_shot = false } },
    refuse = with(SHORT, { multi_shot = true, shot_type = "intelligence" },
      { paths = { "model_name" } }),
  })

  rule("cfg_scale_models: not with kling-v2", {
    on = { T2V, I2V }, rule = "cfg_scale_models",
    accept = { { cfg_scale = 0.5 }, { model_name = "kling-v1", cfg_scale = 0.5 } },
    refuse = with({ "kling-v2-master", "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6" },
      { cfg_scale = 0.5 }, { paths = { "cfg_scale" } }),
  })

  rule("cfg_scale_models with seed 001's models", {
    on = { "kkiai text2video" }, options = { capability_rules = true }, rule = "cfg_scale_models",
    accept = { { model_name = "kling-v1", cfg_scale = 0.5 } },
    refuse = { { { model_name = "kling-v2-master", cfg_scale = 0.5 }, paths = { "cfg_scale" } } },
  })

  rule("camera_models, camera_modes, camera_durations: kling-v1 from text, std, 5 s", {
    on = { T2V },
    accept = { { model_name = "kling-v1", camera_control = CAMERA },
      { model_name = "kling-v1", camera_control = { type = "down_back" }, duration = 5 } },
    refuse = joined(
      with({ "kling-v1-6", "kling-v2-master", "kling-v2-1-master", "kling-v2-5-turbo",
        "kling-v2-6", "kling-v3" }, { camera_control = CAMERA },
        { paths = { "camera_control" }, rule = "camera_models" }),
      with({ "kling-v1" }, { camera_control = CAMERA, mode = "pro" },
        { paths = { "mode" }, rule = "camera_modes" }),
      with({ "kling-v1" }, { camera_control = CAMERA, duration = 10 },
        { paths = { "duration" }, rule = "camera_durations" })),
  })

  rule("camera_models, camera_modes, camera_durations: kling-v1-5 from a picture, pro, 5 s", {
    on = { I2V },
    accept = { { model_name = "kling-v1-5", mode = "pro", camera_control = CAMERA } },
    refuse = joined(
      with({ "kling-v1", "kling-v1-6", "kling-v2-master", "kling-v2-1", "kling-v2-1-master",
        "kling-v2-5-turbo", "kling-v2-6", "kling-v3" }, { camera_control = CAMERA },
        { paths = { "camera_control" }, rule = "camera_models" }),
      with({ "kling-v1-5" }, { camera_control = CAMERA },
        { paths = { "mode" }, rule = "camera_modes" }),
      with({ "kling-v1-5" }, { camera_control = CAMERA, mode = "pro", duration = 10 },
        { paths = { "duration" }, rule = "camera_durations" }),
      with({ "kling-v1-5" }, { camera_control = { type = "down_back" }, mode = "pro" },
        { paths = { "camera_control.type" }, rule = "camera_simple_only" })),
  })

  rule("brush_models, brush_modes, brush_durations: kling-v1, and kling-v1-5 in pro, 5 s", {
    on = { I2V },
    accept = { { model_name = "kling-v1", static_mask = URL, dynamic_masks = MASKS },
      { model_name = "kling-v1-5", mode = "pro", dynamic_masks = MASKS } },
    refuse = joined(
      with({ "kling-v1-6", "kling-v2-master", "kling-v2-1", "kling-v2-1-master",
        "kling-v2-5-turbo", "kling-v2-6", "kling-v3" }, { static_mask = URL },
        { paths = { "static_mask" }, rule = "brush_models" }),
      with({ "kling-v3" }, { dynamic_masks = MASKS },
        { paths = { "dynamic_masks" }, rule = "brush_models" }),
      with({ "kling-v1-5" }, { static_mask = URL }, { paths = { "mode" }, rule = "brush_modes" }),
      with({ "kling-v1-5" }, { dynamic_masks = MASKS },
        { paths = { "mode" }, rule = "brush_modes" }),
      with({ "kling-v1-5" }, { dynamic_masks = MASKS, static_mask = URL },
        { paths = { "mode" }, rule = "brush_modes" }),
      with({ "kling-v1" }, { static_mask = URL, duration = 10 },
        { paths = { "duration" }, rule = "brush_durations" }),
      with({ "kling-v1" }, { dynamic_masks = MASKS, duration = 10 },
        { paths = { "duration" }, rule = "brush_durations" })),
  })

  rule("end_frame_models, end_frame_modes, end_frame_durations, end_frame_silent", {
    on = { I2V },
    accept = joined(
      with({ "kling-v1", "kling-v3" }, { image_tail = URL }),
      with({ "kling-v1-5", "kling-v1-6", "kling-v2-1", "kling-v2-5-turbo", "kling-v2-6" },
        { image_tail = URL, mode = "pro", duration = 10 })),
    refuse = joined(
      with({ "kling-v2-master", "kling-v2-1-master" }, { image_tail = URL },
        { paths = { "image_tail" }, rule = "end_frame_models" }),
      with({ "kling-v1-5", "kling-v1-6", "kling-v2-1", "kling-v2-5-turbo", "kling-v2-6" },
        { image_tail = URL }, { paths = { "mode" }, rule = "end_frame_modes" }),
      with({ "kling-v1" }, { image_tail = URL, duration = 10 },
        { paths = { "duration" }, rule = "end_frame_durations" }),
      with({ "kling-v2-6" }, { image_tail = URL, mode = "pro", sound = "on" },
        { paths = { "sound" }, rule = "end_frame_silent" })),
  })

  rule("end_frame_alone: kling-v1-5 and kling-v1-6 only", {
    on = { I2V }, rule = "end_frame_alone",
    accept = with({ "kling-v1-5", "kling-v1-6" },
      { image = none, image_tail = URL, mode = "pro" }),
    refuse = with({ "kling-v1", "kling-v2-1", "kling-v2-5-turbo", "kling-v2-6", "kling-v3" },
      { image = none, image_tail = URL, mode = "pro" }, { paths = { "image" } }),
  })

  rule("one_control: end frame, masks or camera", {
    on = { I2V }, rule = "one_control",
    accept = { { model_name = "kling-v1", static_mask = URL, dynamic_masks = MASKS } },
    refuse = {
      { { model_name = "kling-v1", static_mask = URL, image_tail = URL },
        paths = { "static_mask" } },
      { { model_name = "kling-v1-5", mode = "pro", dynamic_masks = MASKS, camera_control = CAMERA },
        paths = { "camera_control" } },
    },
  })

  rule("element_models, voice_models, elements_or_voices", {
    on = { I2V },
    accept = { { element_list = { { element_id = 1 } } },
      { model_name = "kling-v2-6", mode = "pro", sound = "on",
        voice_list = { { voice_id = "v" } } } },
    refuse = joined(
      with({ "kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-1", "kling-v2-6" },
        { element_list = { { element_id = 1 } } },
        { paths = { "element_list" }, rule = "element_models" }),
      with({ "kling-v3" }, { sound = "on", voice_list = { { voice_id = "v" } } },
        { paths = { "model_name" }, rule = "voice_models" }),
      { { { sound = "on", voice_list = { { voice_id = "v" } },
        element_list = { { element_id = 1 } } },
        paths = { "model_name", "voice_list" }, rule = "voice_models" } }),
  })

  it("are off elsewhere, and can be turned off", function()
    local loose = { model_name = "kling-v1", duration = 7, mode = "pro", cfg_scale = 0.1,
      camera_control = CAMERA, prompt = "A cat", multi_shot = true, shot_type = "customize",
      multi_prompt = { { prompt = "a", duration = 7 } } }
    support.accepts(support.plan "kkiai text2video", loose)
    support.accepts(support.plan(T2V, { capability_rules = false }), loose)
    assert.is_table(support.plan(T2V):validate(loose))
    assert.is_table(support.plan("kkiai text2video", { capability_rules = true }):validate(loose))
  end)

  it("each can be turned off by its name", function()
    local request = { model_name = "kling-v3", prompt = "A cat", camera_control = CAMERA }
    support.refuses(support.plan(T2V), request, { "camera_control" }, "camera_models")
    support.accepts(support.plan(T2V, { allow = { "camera_models" } }), request)
  end)

  it("say nothing about models they do not know", function()
    local plan = support.plan(I2V, { models = "any" })
    support.accepts(plan, { model_name = "kling-v9", prompt = "A cat", image_tail = URL,
      mode = "4k", sound = "on", duration = 7, cfg_scale = 0 })
  end)
end)
