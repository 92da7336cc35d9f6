-- Text to video: every parameter and rule, by Kling's own names.
--
-- Owns: the wire order of the fields and which models make videos from text.
-- Stands on: endpoints/shared.lua, endpoints/capabilities.lua. Words: kling/vocabulary.lua.
-- Never: knows a gateway. What one leaves out or spells otherwise is in kling/gateways/.

local shared = require "kling.endpoints.shared"
local capabilities = require "kling.endpoints.capabilities"
local f = shared.fields

return {
  name = "text2video",
  doc = "A video from a description.",
  source = "seeds 000, 001, 002; Kling's docs",
  fields = {
    { name = "model_name", type = "enum", also = { "model" }, open = true, send = "always",
      default = "kling-v3", source = "Kling's docs",
      values = { "kling-v3", "kling-v2-6", "kling-v2-5-turbo", "kling-v2-1-master",
        "kling-v2-master", "kling-v1-6", "kling-v1" },
      doc = "Which model makes the video." },
    f.prompt, f.negative_prompt, f.voice_list, f.mode, f.duration, f.aspect_ratio, f.cfg_scale,
    f.multi_shot, f.shot_type, f.multi_prompt, f.sound, f.camera_control, f.watermark_info,
    f.callback_url, f.external_task_id,
  },
  rules = { shared.rules, capabilities.both, capabilities.text2video },
}
