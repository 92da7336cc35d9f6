-- powertokens: text2video with kling-v3, passed on to Kling's official API.
--
-- Owns: how this gateway differs from kling/endpoints/text2video.lua.
-- Stands on: seed 002, which names neither a host nor a way to ask after a task.
-- Never: holds a function. Words: kling/vocabulary.lua.

return {
  name = "powertokens",
  doc = "PowerTokens: Kling's text2video under /kling, kling-v3 with 4k and voices.",
  source = "seed 002",
  auth = { "bearer" },
  endpoints = {
    text2video = {
      path = "/kling/v1/videos/text2video",
      -- Assumed: what every relative of this gateway serves.
      query = "/kling/v1/videos/text2video/{id}",
      fields = {
        model_name = { values = { "kling-v3" }, source = "seed 002" },
      },
    },
  },
  -- The body goes to Kling and a run takes half a minute to five minutes; ids are the gateway's
  -- own, so each question may cost it one to Kling: 15 s is often enough.
  polling = { first = 5, growth = 1.25, jitter = 0.2, interval_max = 15, deadline = 1200 },
  -- It replaces task ids by its own, so whether a task is found by external_task_id is not known.
  guarantees = { lookup = false, list = false, callbacks = true, unique_external_id = false,
    loses = {} },
  capability_rules = false,
}
