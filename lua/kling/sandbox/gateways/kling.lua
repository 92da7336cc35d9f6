--- The official API in its legacy standard (model in the body, /v1/videos/...).
-- Owns: routes, accepted bodies, shapes and error family of Kling itself.
-- Stands on: fields; capabilities through the cross rule of that name. Data only.
-- Never: shared with the client's own gateway data.

local fields = require "kling.sandbox.fields"

local picture = { kind = "picture", ratio = true }

local text2video = {
  fields = {
    model_name = {
      kind = "choice",
      "kling-v1", "kling-v1-6", "kling-v2-master", "kling-v2-1-master", "kling-v2-5-turbo",
      "kling-v2-6", "kling-v3",
    },
    multi_shot = fields.flag,
    shot_type = fields.both_shot_types,
    prompt = fields.prompt,
    multi_prompt = fields.shots,
    negative_prompt = fields.prompt,
    voice_list = fields.voices,
    sound = fields.on_off,
    cfg_scale = fields.cfg_scale,
    mode = { kind = "choice", "std", "pro", "4k" },
    camera_control = fields.camera,
    aspect_ratio = fields.ratio,
    duration = fields.seconds,
    watermark_info = fields.watermark,
    callback_url = fields.callback,
    external_task_id = fields.text,
  },
  cross = {
    { "prompt_unless_shots" }, { "storyboard" }, { "camera" }, { "voices" },
    { "capability", endpoint = "text2video" },
  },
}

local image2video = {
  fields = {
    model_name = {
      kind = "choice",
      "kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-master", "kling-v2-1",
      "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6", "kling-v3",
    },
    image = picture,
    image_tail = picture,
    multi_shot = fields.flag,
    shot_type = fields.both_shot_types,
    prompt = fields.prompt,
    multi_prompt = fields.shots,
    negative_prompt = fields.prompt,
    element_list = fields.elements,
    voice_list = fields.voices,
    sound = fields.on_off,
    cfg_scale = fields.cfg_scale,
    mode = { kind = "choice", "std", "pro", "4k" },
    static_mask = fields.mask,
    dynamic_masks = fields.brushes(2, 77),
    camera_control = fields.camera,
    duration = fields.seconds,
    watermark_info = fields.watermark,
    callback_url = fields.callback,
    external_task_id = fields.text,
  },
  cross = {
    { "a_frame" }, { "prompt_unless_shots" }, { "storyboard" }, { "camera" }, { "voices" },
    { "one_of", groups = { "image_tail", "static_mask dynamic_masks", "camera_control" } },
    { "one_of", groups = { "element_list", "voice_list" } },
    { "capability", endpoint = "image2video" },
  },
}

return {
  family = "kling",
  auth_family = "kling",
  jwt = true,
  create = "official",
  status = "official",
  finds_external = true,
  rules = { text2video = text2video, image2video = image2video },
  routes = {
    { "POST", "/v1/videos/text2video", "create", "text2video" },
    { "POST", "/v1/videos/image2video", "create", "image2video" },
    { "GET", "/v1/videos/text2video", "list", "text2video" },
    { "GET", "/v1/videos/image2video", "list", "image2video" },
    { "GET", "/v1/videos/text2video/{id}", "status", "text2video" },
    { "GET", "/v1/videos/image2video/{id}", "status", "image2video" },
  },
}
