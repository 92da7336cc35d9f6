-- What each of Kling's models can do, as rules that hold where capability rules are on.
--
-- Owns: Kling's published map of models and abilities, as far as it is not about pictures.
-- Stands on: nothing. Pure data; words: kling/vocabulary.lua.
-- Never: speaks of a model it does not name, so a model that is newer than this file passes. A rule
-- that is wrong or outdated is turned off by kling.new{allow={name}} or capability_rules = false.

local SOURCE = "Kling's docs"
local SHORT = { "kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-master", "kling-v2-1",
  "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6" }
local MASTERS = { "kling-v2-master", "kling-v2-1-master" }
local V2 = { "kling-v2-master", "kling-v2-1", "kling-v2-1-master", "kling-v2-5-turbo",
  "kling-v2-6" }

return {
  models = { short = SHORT, masters = MASTERS },

  both = {
    { name = "model_durations", capability = true, source = SOURCE,
      doc = "5 or 10 seconds with models before kling-v3",
      when = { model_name = SHORT }, limit = { field = "duration", values = { 5, 10 } } },
    { name = "model_modes", capability = true, source = SOURCE,
      doc = "no mode with kling-v2-master and kling-v2-1-master: they have one only",
      when = { model_name = MASTERS }, forbid = { "mode" } },
    { name = "mode_4k_models", capability = true, source = SOURCE,
      doc = "mode \"4k\" only with kling-v3",
      when = { model_name = SHORT }, refuse = { field = "mode", values = { "4k" } } },
    { name = "sound_modes", capability = true, source = SOURCE,
      doc = "sound \"on\" with kling-v2-6 only in mode \"pro\"",
      when = { model_name = "kling-v2-6", sound = "on" },
      limit = { field = "mode", values = { "pro" } } },
    { name = "multi_shot_models", capability = true, source = SOURCE,
      doc = "multi_shot only with kling-v3",
      when = { multi_shot = true }, refuse = { field = "model_name", values = SHORT } },
    { name = "cfg_scale_models", capability = true, source = "seed 000; Kling's docs",
      doc = "no cfg_scale with kling-v2 models",
      when = { model_name = V2 }, forbid = { "cfg_scale" } },
  },

  text2video = {
    { name = "camera_models", capability = true, source = SOURCE,
      doc = "camera_control only with kling-v1",
      when = { model_name = { "kling-v1-6", "kling-v2-master", "kling-v2-1-master",
        "kling-v2-5-turbo", "kling-v2-6", "kling-v3" } },
      forbid = { "camera_control" } },
    { name = "camera_modes", capability = true, source = SOURCE,
      doc = "camera_control with kling-v1 only in mode \"std\"",
      when = { model_name = "kling-v1", camera_control = "*" },
      limit = { field = "mode", values = { "std" } } },
    { name = "camera_durations", capability = true, source = SOURCE,
      doc = "camera_control with kling-v1 only for 5 seconds",
      when = { model_name = "kling-v1", camera_control = "*" },
      limit = { field = "duration", values = { 5 } } },
  },
}
