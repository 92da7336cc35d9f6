--- anyfast as seeds 000 and 004 document it, over new-api's habits.
-- Owns: routes, accepted bodies, default shapes and error families of this gateway.
-- Stands on: fields. Data only.
-- Never: shared with the client's own gateway data.

local fields = require "kling.sandbox.fields"

local text2video = {
  fields = {
    prompt = { kind = "text", max = 2500, filled = true, required = true },
    model_name = { kind = "choice", "kling-v3", required = true, missing = "model" },
    negative_prompt = fields.prompt,
    mode = fields.std_pro,
    duration = fields.seconds,
    aspect_ratio = fields.ratio,
    cfg_scale = fields.cfg_scale,
    multi_shot = fields.flag,
    shot_type = fields.both_shot_types,
    multi_prompt = fields.shots,
    sound = fields.on_off,
    camera_control = fields.camera,
    watermark_info = fields.watermark,
    callback_url = fields.callback,
    external_task_id = fields.text,
  },
  cross = { { "storyboard" }, { "camera" } },
}

local image2video = {
  fields = {
    model_name = { kind = "choice", "kling-v2-master", required = true, missing = "model" },
    image = fields.picture,
    image_tail = fields.picture,
    prompt = fields.prompt,
    negative_prompt = fields.prompt,
    mode = fields.std_pro,
    duration = fields.seconds,
    cfg_scale = fields.cfg_scale,
    multi_shot = fields.flag,
    shot_type = fields.both_shot_types,
    multi_prompt = fields.shots,
    element_list = fields.elements,
    sound = fields.on_off,
    camera_control = fields.camera,
    static_mask = fields.mask,
    dynamic_masks = fields.brushes(),
    watermark_info = fields.watermark,
    callback_url = fields.callback,
    external_task_id = fields.text,
  },
  cross = {
    { "a_frame" }, { "prompt_unless_multi_shot" }, { "storyboard" }, { "camera" },
    { "sound_model" },
  },
}

return {
  family = "new_api",
  auth_family = "object",
  type_error_is_500 = true,
  words = { new_api = "anyfast" },
  create = "flat",
  status = "task",
  rules = { text2video = text2video, image2video = image2video },
  routes = {
    { "POST", "/kling/v1/videos/text2video", "create", "text2video" },
    { "POST", "/kling/v1/videos/image2video", "create", "image2video" },
    { "GET", "/kling/v1/videos/text2video/{id}", "status", "text2video" },
    { "GET", "/kling/v1/videos/image2video/{id}", "status", "image2video" },
    { "GET", "/v1/videos/{id}/content", "content" },
  },
}
