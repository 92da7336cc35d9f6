-- kkiai (www.kkiai.com): text2video with six models, answered in Kling's own envelope.
--
-- Owns: how this gateway differs from kling/endpoints/text2video.lua.
-- Stands on: seed 001; kkiai's page on querying a task.
-- Never: holds a function. Words: kling/vocabulary.lua.

return {
  name = "kkiai",
  doc = "www.kkiai.com: Kling's text2video under /kling, models from kling-v1 to kling-v3.",
  source = "seed 001",
  base_url = "https://www.kkiai.com",
  auth = { "bearer" },
  endpoints = {
    text2video = {
      path = "/kling/v1/videos/text2video",
      query = "/kling/v1/videos/text2video/{id}",
      lookup = "/kling/v1/videos/text2video/{id}",
      -- Kling's own list call; assumed, kkiai documents none.
      list = "/kling/v1/videos/text2video",
      fields = {
        model_name = { source = "seed 001", values = { "kling-v3", "kling-v2-5-turbo",
          "kling-v2-1-master", "kling-v2-master", "kling-v1-6", "kling-v1" } },
        voice_list = false,
        -- Required by the seed, so always written.
        mode = { values = { "std", "pro" }, send = "always", source = "seed 001" },
        duration = { min = 1, max = false, send = "always", source = "seed 001" },
        multi_shot = { default = false, send = "always", source = "seed 001" },
        shot_type = { values = { "customize" }, aliases = false, source = "seed 001" },
        camera_control = { fields = {
          type = { required = true, source = "seed 001" },
          config = { required = true, source = "seed 001" },
        } },
      },
      rules = {
        { name = "model_durations", capability = true, source = "Kling's docs",
          doc = "3 to 15 seconds with kling-v3",
          when = { model_name = "kling-v3" }, limit = { field = "duration", min = 3, max = 15 } },
      },
      -- type and config are both required here, with the fixed moves too.
      without = { "camera_simple_config", "camera_preset_config" },
    },
  },
  -- Replies are Kling's own; nothing is known of a limit on questions, so they thin out to 15 s.
  polling = { first = 5, growth = 1.25, jitter = 0.2, interval_max = 15, deadline = 1200 },
  -- Nothing refuses a second task with the same id, so a lost create must have come to its end at
  -- every hop before its absence counts: proxies give up on one after 60 to 100 s.
  guarantees = { lookup = true, list = false, callbacks = true, unique_external_id = false,
    absent_after = 120, loses = {} },
  capability_rules = false,
}
