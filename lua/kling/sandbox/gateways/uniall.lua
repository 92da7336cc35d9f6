--- UniAll as seed 003 documents it: one create path for every kind of video.
-- Owns: routes, accepted bodies, default shapes and error families of this gateway.
-- Stands on: fields. Data only.
-- Never: shared with the client's own gateway data.
-- The seed's table calls duration a string, all four examples send a number; the number holds here.

local fields = require "kling.sandbox.fields"

local url = { kind = "url" }

local generations = {
  fields = {
    model = {
      kind = "choice", required = true, missing = "model",
      "kling-v3-std-silent", "kling-v3-std-audio", "kling-v3-pro-silent", "kling-v3-pro-audio",
    },
    prompt = fields.text,
    image = url,
    last_image = url,
    aspect_ratio = fields.ratio,
    duration = { kind = "integer", min = 3, max = 15, required = true },
    extra_body = { kind = "object", required = true, fields = {
      cfg_scale = fields.cfg_scale,
      shot_type = { kind = "choice", "customize", "intelligent" },
      negative_prompt = fields.text,
      multi_prompt = { kind = "list", min = 1, of = { kind = "object", fields = {
        prompt = { kind = "text", filled = true, required = true },
      } } },
    } },
  },
  cross = { { "prompt_or_shots" }, { "needs", field = "last_image", other = "image" } },
}

return {
  family = "new_api",
  auth_family = "new_api",
  create = "public",
  status = "openai",
  rules = { generations = generations },
  routes = {
    { "POST", "/v1/video/generations", "create", "generations" },
    { "GET", "/v1/videos/{id}", "status", "generations" },
    { "GET", "/v1/video/generations/{id}", "status", "generations", shape = "task_new" },
    { "GET", "/v1/videos/{id}/content", "content" },
  },
}
