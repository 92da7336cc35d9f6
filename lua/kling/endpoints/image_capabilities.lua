-- What each model can do with pictures, as rules that hold where capability rules are on.
--
-- Owns: Kling's published map of models and abilities, as far as only image2video needs it.
-- Stands on: endpoints/capabilities.lua. Pure data; words: kling/vocabulary.lua.
-- Never: speaks of a model it does not name, as there.

local models = require "kling.endpoints.capabilities".models

local SOURCE = "Kling's docs"
local SHORT, MASTERS = models.short, models.masters
local WITH_BRUSH = { "kling-v1", "kling-v1-5" }
local WITHOUT_BRUSH = { "kling-v1-6", "kling-v2-master", "kling-v2-1", "kling-v2-1-master",
  "kling-v2-5-turbo", "kling-v2-6", "kling-v3" }
local TAIL_IN_PRO = { "kling-v1-5", "kling-v1-6", "kling-v2-1", "kling-v2-5-turbo", "kling-v2-6" }

return {
  { name = "one_control", capability = true, source = SOURCE,
    doc = "only one of: image_tail; static_mask and dynamic_masks; camera_control",
    exclusive = { { "image_tail" }, { "static_mask", "dynamic_masks" }, { "camera_control" } } },
  { name = "elements_or_voices", capability = true, source = SOURCE,
    doc = "element_list or voice_list, not both",
    exclusive = { { "element_list" }, { "voice_list" } } },
  { name = "element_models", capability = true, source = SOURCE,
    doc = "element_list only with kling-v3",
    when = { model_name = SHORT }, forbid = { "element_list" } },
  { name = "voice_models", capability = true, source = SOURCE,
    doc = "voice_list only with kling-v2-6",
    when = { voice_list = "*" }, refuse = { field = "model_name", values = { "kling-v1",
      "kling-v1-5", "kling-v1-6", "kling-v2-master", "kling-v2-1", "kling-v2-1-master",
      "kling-v2-5-turbo", "kling-v3" } } },
  { name = "camera_models", capability = true, source = SOURCE,
    doc = "camera_control only with kling-v1-5",
    when = { model_name = { "kling-v1", "kling-v1-6", "kling-v2-master", "kling-v2-1",
      "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6", "kling-v3" } },
    forbid = { "camera_control" } },
  { name = "camera_modes", capability = true, source = SOURCE,
    doc = "camera_control with kling-v1-5 only in mode \"pro\"",
    when = { model_name = "kling-v1-5", camera_control = "*" },
    limit = { field = "mode", values = { "pro" } } },
  { name = "camera_durations", capability = true, source = SOURCE,
    doc = "camera_control with kling-v1-5 only for 5 seconds",
    when = { model_name = "kling-v1-5", camera_control = "*" },
    limit = { field = "duration", values = { 5 } } },
  { name = "brush_models", capability = true, source = "Kling's docs; a live refusal",
    doc = "masks only with kling-v1 and kling-v1-5",
    when = { model_name = WITHOUT_BRUSH }, forbid = { "static_mask", "dynamic_masks" } },
  { name = "brush_modes", capability = true, source = SOURCE,
    doc = "masks with kling-v1-5 only in mode \"pro\"",
    when = { model_name = "kling-v1-5", static_mask = "*" },
    limit = { field = "mode", values = { "pro" } } },
  { name = "brush_modes", capability = true, source = SOURCE,
    doc = "masks with kling-v1-5 only in mode \"pro\"",
    when = { model_name = "kling-v1-5", dynamic_masks = "*" }, unless = { static_mask = "*" },
    limit = { field = "mode", values = { "pro" } } },
  { name = "brush_durations", capability = true, source = SOURCE,
    doc = "masks with kling-v1 and kling-v1-5 only for 5 seconds",
    when = { model_name = WITH_BRUSH, static_mask = "*" },
    limit = { field = "duration", values = { 5 } } },
  { name = "brush_durations", capability = true, source = SOURCE,
    doc = "masks with kling-v1 and kling-v1-5 only for 5 seconds",
    when = { model_name = WITH_BRUSH, dynamic_masks = "*" }, unless = { static_mask = "*" },
    limit = { field = "duration", values = { 5 } } },
  { name = "end_frame_models", capability = true, source = SOURCE,
    doc = "no image_tail with kling-v2-master and kling-v2-1-master",
    when = { model_name = MASTERS }, forbid = { "image_tail" } },
  { name = "end_frame_modes", capability = true, source = SOURCE,
    doc = "image_tail before kling-v3 only in mode \"pro\" (kling-v1: either)",
    when = { model_name = TAIL_IN_PRO, image_tail = "*" },
    limit = { field = "mode", values = { "pro" } } },
  { name = "end_frame_durations", capability = true, source = SOURCE,
    doc = "image_tail with kling-v1 only for 5 seconds",
    when = { model_name = "kling-v1", image_tail = "*" },
    limit = { field = "duration", values = { 5 } } },
  { name = "end_frame_silent", capability = true, source = SOURCE,
    doc = "image_tail with kling-v2-6 only without sound",
    when = { model_name = "kling-v2-6", image_tail = "*" },
    limit = { field = "sound", values = { "off" } } },
  { name = "end_frame_alone", capability = true, source = SOURCE,
    doc = "image_tail without image only with kling-v1-5 and kling-v1-6",
    when = { image_tail = "*", model_name = { "kling-v1", "kling-v2-master", "kling-v2-1",
      "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6", "kling-v3" } },
    require = { "image" } },
}
