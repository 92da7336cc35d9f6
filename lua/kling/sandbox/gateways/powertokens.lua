--- PowerTokens as seed 002 documents it, answering like its documented sibling.
-- Owns: routes, accepted bodies, default shapes and error families of this gateway.
-- Stands on: fields. Data only.
-- Never: shared with the client's own gateway data.
-- The seed's field names are recovered from its order and wording; it names no query path.

local fields = require "kling.sandbox.fields"

local text2video = {
  fields = {
    model_name = { kind = "choice", "kling-v3", required = true, missing = "model" },
    multi_shot = fields.flag,
    shot_type = fields.both_shot_types,
    prompt = fields.prompt,
    multi_prompt = fields.shots,
    negative_prompt = fields.prompt,
    sound = fields.on_off,
    cfg_scale = fields.cfg_scale,
    mode = { kind = "choice", "std", "pro", "4k" },
    camera_control = fields.camera,
    aspect_ratio = fields.ratio,
    duration = fields.seconds,
    watermark_info = fields.watermark,
    callback_url = fields.callback,
    external_task_id = fields.text,
    voice_list = fields.voices,
  },
  cross = { { "prompt_unless_shots" }, { "storyboard" }, { "camera" }, { "voices" } },
}

return {
  family = "new_api",
  auth_family = "new_api",
  type_error_is_500 = true,
  create = "xmsmartlink",
  status = "xmsmartlink",
  rules = { text2video = text2video },
  routes = {
    { "POST", "/kling/v1/videos/text2video", "create", "text2video" },
    { "GET", "/kling/v1/videos/text2video/{id}", "status", "text2video" },
  },
}
