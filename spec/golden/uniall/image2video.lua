-- What uniall gets for image2video (seed 003).

local picture = require "spec.support.picture"

local PATH = "/v1/video/generations"
local PNG = picture.png(640, 360)

return {
  {
    name = "a first frame",
    path = PATH,
    request = { image = "https://example.com/a.png", prompt = "It wakes up" },
    body = [[{"model":"kling-v3-std-silent","prompt":"It wakes up",]]
      .. [["image":"https://example.com/a.png","duration":5,"extra_body":{}}]],
  },
  {
    name = "first and last frame under Kling's names",
    path = PATH,
    request = { image = "https://example.com/a.png", image_tail = "https://example.com/b.png",
      prompt = "It wakes up", mode = "pro", duration = 8, aspect_ratio = "16:9" },
    body = [[{"model":"kling-v3-pro-silent","prompt":"It wakes up",]]
      .. [["image":"https://example.com/a.png","last_image":"https://example.com/b.png",]]
      .. [["aspect_ratio":"16:9","duration":8,"extra_body":{}}]],
  },
  {
    name = "Base64 where one insists",
    path = PATH,
    options = { allow = { "image_urls_only" } },
    request = { image = PNG, prompt = "It wakes up" },
    body = [[{"model":"kling-v3-std-silent","prompt":"It wakes up","image":"]] .. PNG
      .. [[","duration":5,"extra_body":{}}]],
  },
}
