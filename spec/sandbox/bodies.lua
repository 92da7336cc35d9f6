--- Bodies to try at each gateway, and what must be complained about.
-- Owns: a good body for each gateway and endpoint, and changes of one or two fields with their due.
-- Stands on: pictures; json for what Lua cannot tell apart.
-- Never: tests; rules_spec.lua does.

local json = require "kling.sandbox.json"
local pictures = require "spec.sandbox.pictures"

local base64, jpeg, png = pictures.base64, pictures.jpeg, pictures.png

local PNG = png(300, 300)

local function shots(...)
  local list = json.array()
  for i, seconds in ipairs { ... } do
    list[i] = { index = i, prompt = "shot " .. i, duration = seconds }
  end
  return list
end

local function camera(kind, config) return { type = kind, config = config } end

-- A good body of each gateway and endpoint; a case changes one or two of its fields.
local GOOD = {
  ["anyfast text2video"] = { model_name = "kling-v3", prompt = "a cat" },
  ["anyfast image2video"] = { model_name = "kling-v2-master", prompt = "a cat", image = PNG },
  ["kkiai text2video"] = {
    model_name = "kling-v1", prompt = "a cat", multi_shot = false, mode = "std", duration = "5",
  },
  ["powertokens text2video"] = { model_name = "kling-v3", prompt = "a cat" },
  ["uniall generations"] = {
    model = "kling-v3-std-silent", prompt = "a cat", duration = 5, extra_body = {},
  },
  ["kling text2video"] = { model_name = "kling-v3", prompt = "a cat" },
  ["kling image2video"] = { model_name = "kling-v3", prompt = "a cat", image = PNG },
}

local NOTHING = {}

local function story(changes)
  local body = { multi_shot = true, shot_type = "customize" }
  for name, value in pairs(changes) do body[name] = value end
  return body
end

local ALL = {
  "anyfast text2video", "anyfast image2video", "kkiai text2video", "powertokens text2video",
  "kling text2video", "kling image2video",
}
local I2V = { "anyfast image2video", "kling image2video" }

-- where, what changes, the path that must be complained about (nil: the body is good)
local CASES = {
  -- seeds' own limits
  { ALL, {} },
  { ALL, { prompt = ("日"):rep(2500) } },
  { ALL, { prompt = ("日"):rep(2501) }, "prompt" },
  { ALL, { prompt = 5 }, "prompt" },
  { ALL, { negative_prompt = ("x"):rep(2501) }, "negative_prompt" },
  { ALL, { cfg_scale = 0 }, nil, { "kling text2video", "kling image2video" } },
  { ALL, { cfg_scale = -0.01 }, "cfg_scale" },
  { ALL, { cfg_scale = 1.01 }, "cfg_scale" },
  { ALL, { cfg_scale = "0.5" }, "cfg_scale" },
  { ALL, { duration = 5 }, "duration" },
  { ALL, { duration = "5.0" }, "duration" },
  { ALL, { duration = "05" }, "duration" },
  { ALL, { duration = "0" }, "duration" },
  { ALL, { duration = "16" }, "duration", { "kkiai text2video" } },
  { ALL, { duration = "2" }, "duration", { "kkiai text2video" } },
  { ALL, { mode = "fast" }, "mode" },
  { ALL, { sound = true }, "sound" },
  { ALL, { sound = "off" } },
  { ALL, { multi_shot = "true" }, "multi_shot" },
  { ALL, { watermark_info = { enabled = true } } },
  { ALL, { watermark_info = true }, "watermark_info" },
  { ALL, { watermark_info = {} }, "watermark_info.enabled" },
  { ALL, { callback_url = "", external_task_id = "" } },
  { ALL, { callback_url = "nowhere" }, "callback_url" },
  { ALL, { colour = "red" }, "colour" },
  { ALL, { model = "kling-v3" }, "model" },
  { ALL, { model_name = "kling-v9" }, "model_name" },
  { ALL, { prompt = json.null }, "prompt" },
  -- storyboards
  { ALL, { multi_shot = true }, "shot_type" },
  { ALL, { multi_shot = true, shot_type = "customize" }, "multi_prompt" },
  { ALL, { model_name = NOTHING }, "model_name", { "kling text2video", "kling image2video" } },
  { ALL, story { duration = "5", multi_prompt = shots("2", "3") } },
  { ALL, story { duration = "6", multi_prompt = shots("2", "3") }, "multi_prompt" },
  { ALL, story { duration = NOTHING, multi_prompt = shots("3", "3") }, "multi_prompt",
    { "kkiai text2video" } },
  { ALL, story { duration = "7", multi_prompt = shots("1", "1", "1", "1", "1", "1", "1") },
    "multi_prompt" },
  { ALL, story { duration = "5", multi_prompt = shots("5.0") }, "multi_prompt[1].duration" },
  { ALL, story { duration = "5", multi_prompt = shots(5) }, "multi_prompt[1].duration" },
  { ALL, story { duration = "5", multi_prompt = json.array() }, "multi_prompt" },
  { ALL, story { duration = "5", multi_prompt = json.array { {
    index = 2, prompt = "x", duration = "5" } } }, "multi_prompt[1].index" },
  { ALL, story { duration = "5", multi_prompt = json.array { {
    index = 1, prompt = ("é"):rep(512), duration = "5" } } } },
  { ALL, story { duration = "5", multi_prompt = json.array { {
    index = 1, prompt = ("é"):rep(513), duration = "5" } } }, "multi_prompt[1].prompt" },
  { { "kkiai text2video" }, { multi_shot = true, shot_type = "intelligence" }, "shot_type" },
  { { "anyfast text2video", "powertokens text2video", "kling text2video" },
    { multi_shot = true, shot_type = "intelligence" } },
  { { "powertokens text2video", "kling text2video" },
    { multi_shot = true, shot_type = "intelligence", prompt = "" }, "prompt" },
  { { "anyfast text2video" }, story { prompt = NOTHING, multi_prompt = shots("5") }, "prompt" },
  { { "powertokens text2video" }, story { prompt = "", multi_prompt = shots("5") } },
  -- camera
  { { "anyfast text2video" }, { camera_control = camera("simple", { zoom = -10 }) } },
  { { "anyfast text2video" }, { camera_control = camera("simple", { zoom = 11 }) },
    "camera_control.config.zoom" },
  { { "anyfast text2video" }, { camera_control = camera("simple", { zoom = 1, pan = 1 }) },
    "camera_control.config" },
  { { "anyfast text2video" }, { camera_control = camera("simple", { zoom = 0 }) },
    "camera_control.config" },
  { { "anyfast text2video" }, { camera_control = camera "simple" }, "camera_control.config" },
  { { "anyfast text2video" }, { camera_control = camera "down_back" } },
  { { "anyfast text2video" }, { camera_control = camera("down_back", { zoom = 1 }) },
    "camera_control.config" },
  { { "anyfast text2video" }, { camera_control = camera "spin" }, "camera_control.type" },
  { { "kkiai text2video" }, { camera_control = camera "simple" }, "camera_control.config" },
  -- kkiai's required fields and models
  { { "kkiai text2video" }, { multi_shot = NOTHING }, "multi_shot" },
  { { "kkiai text2video" }, { mode = NOTHING }, "mode" },
  { { "kkiai text2video" }, { duration = NOTHING }, "duration" },
  { { "kkiai text2video" }, { sound = "on" }, "sound" },
  { { "kkiai text2video" }, { model_name = "kling-v3", sound = "on" } },
  { { "kkiai text2video" }, { aspect_ratio = "4:3" }, "aspect_ratio" },
  -- 4k
  { { "anyfast text2video", "kkiai text2video" }, { mode = "4k" }, "mode" },
  { { "powertokens text2video", "kling text2video" }, { mode = "4k" } },
  -- voices
  { { "powertokens text2video" },
    { sound = "on", voice_list = { { voice_id = "v" } }, prompt = "<<<voice_1>>> says" } },
  { { "powertokens text2video" }, { sound = "off", voice_list = { { voice_id = "v" } } }, "sound" },
  { { "powertokens text2video" }, { sound = "on", prompt = "<<<voice_1>>> says" }, "prompt" },
  { { "powertokens text2video" }, { sound = "on", voice_list = {
    { voice_id = "a" }, { voice_id = "b" }, { voice_id = "c" } } }, "voice_list" },
  { { "anyfast text2video", "kkiai text2video" }, { voice_list = { { voice_id = "v" } } },
    "voice_list" },
  -- frames and masks
  { I2V, { image = NOTHING }, "image" },
  { { "anyfast image2video" }, { image = NOTHING, image_tail = PNG } },
  { I2V, { image = "https://example.com/a.png" } },
  { I2V, { image = "ftp://example.com/a.png" }, "image" },
  { I2V, { image = jpeg(640, 360) } },
  { I2V, { image = "data:image/png;base64," .. PNG }, "image" },
  { I2V, { image = PNG:sub(1, 20) .. "\n" .. PNG:sub(21) }, "image" },
  { I2V, { image = base64(("GIF89a"):rep(9)) }, "image" },
  { I2V, { image = png(299, 400) }, "image" },
  { I2V, { image = jpeg(400, 299) }, "image" },
  { I2V, { image = PNG .. ("A"):rep(13981000) }, "image" },
  { { "kling image2video" }, { image = png(1000, 300) }, "image" },
  { { "anyfast image2video" }, { image = png(1000, 300) } },
  { I2V, { aspect_ratio = "16:9" }, "aspect_ratio" },
  { I2V, { element_list = { { element_id = "829836802793406551" } } },
    "element_list[1].element_id" },
  { { "anyfast image2video" }, { element_list = {
    { element_id = 1 }, { element_id = 2 }, { element_id = 3 }, { element_id = 4 } } },
    "element_list" },
  { { "anyfast image2video" }, { static_mask = png(10, 10), dynamic_masks = {
    { mask = png(10, 10), trajectories = { { x = 1, y = 2 } } } } } },
  { { "anyfast image2video" }, { dynamic_masks = {
    { mask = png(9, 9), trajectories = { { x = 1.5, y = 2 } } } } },
    "dynamic_masks[1].trajectories[1].x" },
  { { "kling image2video" }, { model_name = "kling-v1", dynamic_masks = {
    { mask = png(9, 9), trajectories = { { x = 1, y = 2 } } } } },
    "dynamic_masks[1].trajectories" },
  { { "anyfast image2video" }, { sound = "on" }, "sound" },
  { { "anyfast image2video" }, { prompt = NOTHING }, "prompt" },
  -- uniall
  { { "uniall generations" }, {} },
  { { "uniall generations" }, { duration = "5" }, "duration" },
  { { "uniall generations" }, { duration = 5.5 }, "duration" },
  { { "uniall generations" }, { duration = 16 }, "duration" },
  { { "uniall generations" }, { extra_body = NOTHING }, "extra_body" },
  { { "uniall generations" }, { extra_body = json.array() }, "extra_body" },
  { { "uniall generations" }, { extra_body = { shot_type = "intelligent" } } },
  { { "uniall generations" }, { extra_body = { shot_type = "intelligence" } },
    "extra_body.shot_type" },
  { { "uniall generations" }, { extra_body = { multi_prompt = { { prompt = "x" } } } }, "prompt" },
  { { "uniall generations" },
    { prompt = NOTHING, extra_body = { multi_prompt = { { prompt = "x" } } } } },
  { { "uniall generations" }, { prompt = NOTHING,
    extra_body = { multi_prompt = { { prompt = "x", duration = "5" } } } },
    "extra_body.multi_prompt[1].duration" },
  { { "uniall generations" }, { prompt = NOTHING }, "prompt" },
  { { "uniall generations" }, { last_image = "https://a.example/b.png" }, "last_image" },
  { { "uniall generations" }, { image = PNG }, "image" },
  { { "uniall generations" }, { sound = "on" }, "sound" },
  { { "uniall generations" }, { model = "kling-v3" }, "model" },
  -- Kling's capabilities
  { { "kling text2video" }, { model_name = "kling-v1-5" }, "model_name" },
  { { "kling text2video" }, { model_name = "kling-v1", duration = "7" }, "duration" },
  { { "kling text2video" }, { model_name = "kling-v2-master", mode = "std" }, "mode" },
  { { "kling text2video" }, { model_name = "kling-v2-6", sound = "on" }, "sound" },
  { { "kling text2video" }, { model_name = "kling-v2-6", sound = "on", mode = "pro" } },
  { { "kling text2video" }, { model_name = "kling-v2-6", cfg_scale = 0.5 }, "cfg_scale" },
  { { "kling text2video" }, { model_name = "kling-v2-6", mode = "4k" }, "mode" },
  { { "kling text2video" }, { model_name = "kling-v1", camera_control = camera "down_back" } },
  { { "kling text2video" }, { camera_control = camera "down_back" }, "camera_control" },
  { { "kling image2video" }, { image_tail = PNG } },
  { { "kling image2video" }, { image = NOTHING, image_tail = PNG }, "image_tail" },
  { { "kling image2video" },
    { model_name = "kling-v1-6", mode = "pro", image = NOTHING, image_tail = PNG } },
  { { "kling image2video" }, { image_tail = PNG, static_mask = PNG }, "static_mask" },
}

return { good = GOOD, nothing = NOTHING, list = CASES }
