-- Two films of several shots each, made side by side.
--
-- Owns: nothing.
-- Stands on: kling.map, which keeps so many tasks under way and gives each its own error.
-- Environment: as hello.lua. Some gateways lose shots: see client:capabilities().guarantees.loses.
-- Never: stops because one of the films failed.
--
--   lua5.4 examples/storyboard.lua [folder]

local kling = require "kling"

local client = kling.new {
  gateway = os.getenv "KLING_GATEWAY" or "kling",
  base_url = os.getenv "KLING_BASE_URL",
}
local folder = arg[1] or "."

-- The shots' durations add up to the film's, so that one need not be told.
local films = {
  harbour = {
    { prompt = "Dawn over a small harbour, wide shot, gulls", duration = 3 },
    { prompt = "A fisher coils a rope, close-up on the hands", duration = 2 },
    { prompt = "The boat leaves the harbour, seen from a drone", duration = 5 },
  },
  kitchen = {
    { prompt = "Steam over a pot, backlit", duration = 4 },
    { prompt = "A child tastes the soup and laughs", duration = 3 },
  },
}

local names, requests = {}, {}
for name, shots in pairs(films) do
  names[#names + 1] = name
  requests[#requests + 1] = {
    multi_shot = true, shot_type = "customize", multi_prompt = shots,
    mode = "pro", aspect_ratio = "16:9",
  }
end

local failed = 0
kling.map(requests, "text2video", {
  client = client,
  concurrency = 2,
  on_done = function(item, index)
    local message = item.message
    if item.ok then
      local path = ("%s/%s.mp4"):format(folder, names[index])
      local saved
      saved, message = item.task:download(path)
      if saved then return print("saved " .. path) end
    end
    failed = failed + 1
    print(names[index] .. ": " .. message)
  end,
})
os.exit(failed == 0 and 0 or 1)
