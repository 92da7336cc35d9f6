-- What Kling's own text2video gets (Kling's docs).

local PATH = "/v1/videos/text2video"

return {
  {
    name = "the shortest request",
    path = PATH,
    request = { prompt = "A cat" },
    body = [[{"model_name":"kling-v3","prompt":"A cat"}]],
  },
  {
    name = "kling-v3 in 4k with sound",
    path = PATH,
    request = { prompt = "A cat", mode = "4k", sound = "on", duration = 12, cfg_scale = 0 },
    body = [[{"model_name":"kling-v3","prompt":"A cat","mode":"4k","duration":"12",]]
      .. [["cfg_scale":0,"sound":"on"}]],
  },
  {
    name = "kling-v1 with a camera move",
    path = PATH,
    request = { model_name = "kling-v1", prompt = "A cat",
      camera_control = { type = "simple", config = { pan = 10 } } },
    body = [[{"model_name":"kling-v1","prompt":"A cat",]]
      .. [["camera_control":{"type":"simple","config":{"pan":10}}}]],
  },
}
