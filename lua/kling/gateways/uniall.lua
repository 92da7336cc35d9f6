-- uniall: both endpoints through one path; model, mode and sound are one word on the wire.
--
-- Owns: how this gateway differs from kling/endpoints/*.lua.
-- Stands on: seed 003, which names no host; UniAll's page on Kling.
-- Never: holds a function. Words: kling/vocabulary.lua.

local MODEL = {
  wire = "model", values = { "kling-v3" }, default = "kling-v3", source = "seed 003",
  doc = "Which model makes the video: kling-v3 with mode and sound, or a name made of all three.",
  compound = {
    parts = { "model_name", "mode", "sound" },
    names = {
      ["kling-v3-std-silent"] = { "kling-v3", "std", "off" },
      ["kling-v3-std-audio"] = { "kling-v3", "std", "on" },
      ["kling-v3-pro-silent"] = { "kling-v3", "pro", "off" },
      ["kling-v3-pro-audio"] = { "kling-v3", "pro", "on" },
    },
  },
}
-- Kling's limits, which the seed does not state.
local TEXT = { max_length = false, capability = { max_length = 2500 } }
local NEGATIVE = { inside = "extra_body", max_length = false, capability = { max_length = 2500 } }
local SHOTS = {
  inside = "extra_body", max = false, capability = { max = 6 }, source = "seed 003",
  item = { fields = {
    index = { send = "never" },
    prompt = { max_length = false, capability = { max_length = 512 } },
    duration = { required = false },
  } },
}
local EXTRA = { type = "group", send = "always", source = "seed 003",
  doc = "What the gateway wants apart: cfg_scale, shot_type, negative_prompt, multi_prompt." }
local SHOT_TYPE = { inside = "extra_body", send_when = false, source = "seed 003",
  spelling = { intelligence = "intelligent" } }
local ORDER = { "model_name", "prompt", "image", "image_tail", "aspect_ratio", "duration",
  "extra_body", "cfg_scale", "shot_type", "negative_prompt", "multi_prompt" }
local RULES = {
  { name = "prompt_or_shots_required", source = "seed 003",
    doc = "a prompt or multi_prompt", require_any = { "prompt", "multi_prompt" } },
  { name = "prompt_or_shots", source = "seed 003, a garbled note; its samples never have both",
    overridable = true, doc = "a prompt or multi_prompt, not both",
    exclusive = { { "prompt" }, { "multi_prompt" } } },
  { name = "shots_need_multi_shot", source = "seed 003",
    doc = "no shots where multi_shot is false", when = { multi_shot = false },
    forbid = { "multi_prompt" } },
  { name = "prompt_only_shots", source = "seed 003", overridable = true,
    doc = "shots with a prompt only: what the gateway makes of durations is not documented",
    items_forbid = { array = "multi_prompt", fields = { "duration" } } },
}
local WITHOUT = { "prompt_required", "shot_type_required", "shots_need_multi_shot" }

return {
  name = "uniall",
  doc = "UniAll: kling-v3 from text and pictures under /v1/video/generations.",
  source = "seed 003",
  auth = { "bearer" },
  endpoints = {
    text2video = {
      path = "/v1/video/generations",
      query = "/v1/videos/{id}",
      order = ORDER,
      fields = {
        model_name = MODEL,
        prompt = TEXT,
        negative_prompt = NEGATIVE,
        voice_list = false,
        mode = { values = { "std", "pro" }, send = "never" },
        duration = { as = "number", send = "always", source = "seed 003" },
        cfg_scale = { inside = "extra_body" },
        multi_shot = { send = "never" },
        shot_type = SHOT_TYPE,
        multi_prompt = SHOTS,
        sound = { send = "never" },
        camera_control = false,
        watermark_info = false,
        callback_url = false,
        external_task_id = false,
        extra_body = EXTRA,
      },
      rules = RULES,
      without = WITHOUT,
    },
    image2video = {
      path = "/v1/video/generations",
      query = "/v1/videos/{id}",
      order = ORDER,
      fields = {
        model_name = MODEL,
        prompt = TEXT,
        negative_prompt = NEGATIVE,
        image = { required = true, source = "seed 003" },
        image_tail = { wire = "last_image", source = "seed 003" },
        element_list = false,
        voice_list = false,
        static_mask = false,
        dynamic_masks = false,
        mode = { values = { "std", "pro" }, send = "never" },
        duration = { as = "number", send = "always", source = "seed 003" },
        cfg_scale = { inside = "extra_body" },
        multi_shot = { send = "never" },
        shot_type = SHOT_TYPE,
        multi_prompt = SHOTS,
        sound = { send = "never" },
        camera_control = false,
        watermark_info = false,
        callback_url = false,
        external_task_id = false,
        extra_body = EXTRA,
      },
      rules = {
        RULES[1], RULES[2], RULES[3], RULES[4],
        { name = "image_urls_only", source = "seed 003", overridable = true,
          doc = "pictures as URLs",
          transport = { fields = { "image", "image_tail" }, accept = { "url" } } },
      },
      -- image itself is required: last_image alone would make nothing.
      without = { "frame_required", WITHOUT[1], WITHOUT[2], WITHOUT[3] },
    },
  },
  -- Of the new-api family, which asks Kling every 15 s: more questions than that tell nothing new.
  polling = { first = 5, growth = 1.25, jitter = 0.2, interval_max = 15, deadline = 1200 },
  guarantees = { lookup = false, list = false, callbacks = false, unique_external_id = false,
    loses = {} },
  capability_rules = false,
}
