-- anyfast (www.anyfast.ai): text2video and image2video with one model each.
--
-- Owns: how this gateway differs from kling/endpoints/*.lua.
-- Stands on: seeds 000 and 004; anyfast's page on querying Kling tasks.
-- Never: holds a function. Words: kling/vocabulary.lua.

local SHOTS_LOST = "anyfast answers like new-api, whose stock Kling relay drops it: a billed video "
  .. "of one shot may come back"

return {
  name = "anyfast",
  doc = "www.anyfast.ai: Kling's text2video and image2video under /kling.",
  source = "seeds 000, 004",
  base_url = "https://www.anyfast.ai",
  auth = { "bearer" },
  endpoints = {
    text2video = {
      path = "/kling/v1/videos/text2video",
      query = "/kling/v1/videos/text2video/{id}",
      fields = {
        model_name = { values = { "kling-v3" }, source = "seed 000" },
        -- Marked as required even where it is ignored; new-api refuses a blank one.
        prompt = { fill = { "multi_prompt", "prompt" } },
        voice_list = false,
        mode = { values = { "std", "pro" } },
      },
    },
    image2video = {
      path = "/kling/v1/videos/image2video",
      query = "/kling/v1/videos/image2video/{id}",
      fields = {
        model_name = { values = { "kling-v2-master" }, default = "kling-v2-master",
          source = "seed 004" },
        prompt = { fill = { "multi_prompt", "prompt" } },
        voice_list = false,
        mode = { values = { "std", "pro" } },
        -- The picture decides.
        aspect_ratio = false,
      },
      -- Seed 004 offers cfg_scale with its kling-v2 model.
      without = { "cfg_scale_models" },
    },
  },
  -- The gateway asks Kling every 15 s, so nothing is gained by asking it more often than that for
  -- long; a run takes half a minute to five minutes, twenty minutes are plenty.
  polling = { first = 5, growth = 1.25, jitter = 0.2, interval_max = 15, deadline = 1200 },
  guarantees = {
    lookup = false, list = false, callbacks = true, unique_external_id = false,
    loses = {
      { field = "multi_shot", reason = SHOTS_LOST },
      { field = "shot_type", reason = SHOTS_LOST },
      { field = "multi_prompt", reason = SHOTS_LOST },
      { field = "element_list", reason = "new-api's stock Kling relay drops it" },
      { field = "cfg_scale", reason = "new-api drops an explicit 0: Kling's default is used" },
    },
  },
  capability_rules = false,
}
