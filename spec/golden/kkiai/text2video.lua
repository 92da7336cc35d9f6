-- What kkiai's text2video gets (seed 001).

local PATH = "/kling/v1/videos/text2video"

return {
  {
    name = "the shortest request: what the seed requires is filled in",
    path = PATH,
    request = { prompt = "A cat" },
    body = [[{"model_name":"kling-v3","prompt":"A cat","mode":"std","duration":"5",]]
      .. [["multi_shot":false}]],
  },
  {
    name = "the seed's own sample: empty texts dropped, multi_shot added",
    path = PATH,
    request = {
      model_name = "kling-v1", prompt = "Generate a video of a person dancing by the seaside.",
      negative_prompt = "", cfg_scale = 0.5, mode = "std", sound = "off",
      camera_control = { type = "simple", config = { horizontal = 1.0, vertical = 0, pan = 0,
        tilt = 0, roll = 0, zoom = 0 } },
      aspect_ratio = "16:9", duration = "5", callback_url = "", external_task_id = "",
    },
    body = [[{"model_name":"kling-v1",]]
      .. [["prompt":"Generate a video of a person dancing by the seaside.",]]
      .. [["mode":"std","duration":"5","aspect_ratio":"16:9","cfg_scale":0.5,"multi_shot":false,]]
      .. [["sound":"off","camera_control":{"type":"simple","config":{"horizontal":1,"vertical":0,]]
      .. [["pan":0,"tilt":0,"roll":0,"zoom":0}}}]],
  },
  {
    name = "a storyboard: the sum of the shots in place of the default duration",
    path = PATH,
    request = { multi_shot = true, shot_type = "customize", mode = "pro", duration = 9,
      multi_prompt = { { index = 1, prompt = "one", duration = 4 },
        { index = 2, prompt = "two", duration = 5 } } },
    body = [[{"model_name":"kling-v3","mode":"pro","duration":"9","multi_shot":true,]]
      .. [["shot_type":"customize","multi_prompt":[{"index":1,"prompt":"one","duration":"4"},]]
      .. [[{"index":2,"prompt":"two","duration":"5"}]}]],
  },
  {
    name = "a fixed camera move, with the config the seed requires",
    path = PATH,
    request = { prompt = "A cat", camera_control = { type = "down_back", config = {} } },
    body = [[{"model_name":"kling-v3","prompt":"A cat","mode":"std","duration":"5",]]
      .. [["multi_shot":false,"camera_control":{"type":"down_back","config":{}}}]],
  },
}
