-- kling: the official API, with an API key or with access and secret key.
--
-- Owns: paths, and the few fields of kling/endpoints/*.lua the official pages do not list.
-- Stands on: Kling's docs, the standard with model_name in the body.
-- Never: holds a function. Words: kling/vocabulary.lua.

return {
  name = "kling",
  doc = "Kling's own API; https://api-beijing.klingai.com serves accounts in China.",
  source = "Kling's docs",
  base_url = "https://api-singapore.klingai.com",
  auth = { "bearer", "jwt" },
  endpoints = {
    text2video = {
      path = "/v1/videos/text2video",
      query = "/v1/videos/text2video/{id}",
      lookup = "/v1/videos/text2video/{id}",
      list = "/v1/videos/text2video",
      fields = { voice_list = false },
    },
    image2video = {
      path = "/v1/videos/image2video",
      query = "/v1/videos/image2video/{id}",
      lookup = "/v1/videos/image2video/{id}",
      list = "/v1/videos/image2video",
      fields = {
        aspect_ratio = false, -- The picture decides.
        camera_control = { rules = {
          { name = "camera_simple_only", capability = true, source = "Kling's docs",
            doc = "only type \"simple\" where the video starts from a picture",
            limit = { field = "type", values = { "simple" } } },
        } },
      },
    },
  },
  -- Questions cost nothing and no limit on them is published; a run takes half a minute to five
  -- minutes, so 10 s between two of them lose little.
  polling = { first = 5, growth = 1.25, jitter = 0.2, interval_max = 10, deadline = 1200 },
  -- That a second external_task_id is refused was seen, not promised: docs only say "unique". So a
  -- lost create is looked for half a minute before it is sent again under the same id.
  guarantees = { lookup = true, list = true, callbacks = true, unique_external_id = true,
    absent_after = 30, loses = {} },
  capability_rules = true,
}
