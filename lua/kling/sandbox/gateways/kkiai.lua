--- kkiai as seed 001 documents it.
-- Owns: routes, accepted bodies, default shapes and error families of this gateway.
-- Stands on: fields. Data only.
-- Never: shared with the client's own gateway data.
-- The seed's table requires multi_shot though its own example leaves it out; the table holds here.

local fields = require "kling.sandbox.fields"

local text2video = {
  fields = {
    model_name = {
      kind = "choice", required = true,
      "kling-v1", "kling-v1-6", "kling-v2-master", "kling-v2-1-master", "kling-v2-5-turbo",
      "kling-v3",
    },
    prompt = fields.prompt,
    multi_shot = { kind = "flag", required = true },
    shot_type = { kind = "choice", "customize" },
    multi_prompt = fields.shots,
    negative_prompt = fields.prompt,
    cfg_scale = fields.cfg_scale,
    mode = { kind = "choice", "std", "pro", required = true },
    sound = fields.on_off,
    camera_control = { kind = "object", fields = {
      type = fields.camera_type,
      config = { kind = "object", required = true, fields = fields.camera_config.fields },
    } },
    aspect_ratio = fields.ratio,
    duration = { kind = "digits", min = 1, required = true },
    watermark_info = fields.watermark,
    callback_url = fields.callback,
    external_task_id = fields.text,
  },
  cross = {
    { "prompt_unless_shots" }, { "storyboard" }, { "camera", config_always = true },
    { "sound_model" },
  },
}

return {
  family = "kling",
  auth_family = "kling",
  create = "official",
  status = "official",
  finds_external = true,
  rules = { text2video = text2video },
  routes = {
    { "POST", "/kling/v1/videos/text2video", "create", "text2video" },
    { "GET", "/kling/v1/videos/text2video", "list", "text2video" },
    { "GET", "/kling/v1/videos/text2video/{id}", "status", "text2video" },
  },
}
