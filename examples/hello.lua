-- A sentence becomes a video: the shortest whole program.
--
-- Owns: nothing.
-- Stands on: kling. KLING_API_KEY holds the key; KLING_GATEWAY and KLING_BASE_URL name another
-- gateway than anyfast, as in the offline one that `make sandbox` runs.
-- Never: used as a library.
--
--   lua5.4 examples/hello.lua [file]

local kling = require "kling"

local client = kling.new {
  gateway = os.getenv "KLING_GATEWAY" or "anyfast",
  base_url = os.getenv "KLING_BASE_URL",
}
local path = arg[1] or "cat.mp4"

local task = assert(client:text2video {
  prompt = "A cat walking through a field of sunflowers at golden hour",
  duration = 5,
})
assert(task:wait { on_progress = print })
assert(task:download(path))
print("saved " .. path)
