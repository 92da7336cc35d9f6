-- A gateway that kling does not know: a table that says in what it differs from one that it does.
--
-- Owns: the words for that gateway. Every word is told in kling/vocabulary.lua.
-- Stands on: kling. KLING_API_KEY holds the key, KLING_BASE_URL the address.
-- Never: holds a function: what can be compared can be checked, printed and documented.
--
--   KLING_BASE_URL=https://video.example.com lua5.4 examples/own_gateway.lua [file]

local kling = require "kling"

local studio = {
  name = "studio",
  doc = "Our own gateway before PowerTokens: the same calls, two models, seconds from 5 to 10.",
  extends = "powertokens",
  endpoints = {
    text2video = {
      fields = {
        model_name = { values = { "kling-v3" } },
        duration = { min = 5, max = 10 },
        callback_url = false, -- not let through
      },
      rules = {
        { name = "studio_4k_is_short", source = "our own rule", overridable = true,
          doc = "at most 5 seconds in 4k",
          when = { mode = "4k" }, limit = { field = "duration", max = 5 } },
      },
    },
  },
  polling = { first = 2, interval_max = 5 },
  guarantees = { callbacks = false },
}

local client = kling.new { gateway = studio, base_url = os.getenv "KLING_BASE_URL" }

-- What is not allowed is known before anything is sent.
local _, message = client:validate("text2video", {
  prompt = "A lighthouse in a storm", mode = "4k", duration = 8,
})
print("refused: " .. message)

local task = assert(client:text2video { prompt = "A lighthouse in a storm", mode = "4k" })
local path = arg[1] or "lighthouse.mp4"
assert(task:wait { on_progress = print })
assert(task:download(path))
print("saved " .. path)
