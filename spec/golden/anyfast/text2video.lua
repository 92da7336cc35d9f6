-- What anyfast's text2video gets (seed 000).

local PATH = "/kling/v1/videos/text2video"

return {
  {
    name = "the shortest request",
    path = PATH,
    request = { prompt = "A cat walking through a field of sunflowers at golden hour",
      duration = 5 },
    body = [[{"model_name":"kling-v3",]]
      .. [["prompt":"A cat walking through a field of sunflowers at golden hour","duration":"5"}]],
  },
  {
    name = "every field, in the order of the wire",
    path = PATH,
    request = { external_task_id = "order-17", callback_url = "https://example.com/done?a=1&b=2",
      watermark_info = true, camera_control = { type = "simple", config = { zoom = -2.5 } },
      sound = "off", cfg_scale = 0.5, aspect_ratio = "9:16", duration = "15", mode = "pro",
      negative_prompt = "blur", prompt = "A \"cat\"", model_name = "kling-v3" },
    body = [[{"model_name":"kling-v3","prompt":"A \"cat\"","negative_prompt":"blur",]]
      .. [["mode":"pro","duration":"15","aspect_ratio":"9:16","cfg_scale":0.5,"sound":"off",]]
      .. [["camera_control":{"type":"simple","config":{"zoom":-2.5}},]]
      .. [["watermark_info":{"enabled":true},]]
      .. [["callback_url":"https://example.com/done?a=1&b=2","external_task_id":"order-17"}]],
  },
  {
    name = "a storyboard without a prompt: the first shot fills it in, the sum is the duration",
    path = PATH,
    request = { multi_shot = true, shot_type = "customize",
      multi_prompt = { { prompt = "a door opens", duration = 4 },
        { prompt = "a cat steps out", duration = "3" } } },
    body = [[{"model_name":"kling-v3","prompt":"a door opens","duration":"7","multi_shot":true,]]
      .. [["shot_type":"customize","multi_prompt":[]]
      .. [[{"index":1,"prompt":"a door opens","duration":"4"},]]
      .. [[{"index":2,"prompt":"a cat steps out","duration":"3"}]}]],
  },
  {
    name = "shots planned by the model, the word in seed 003's spelling",
    path = PATH,
    request = { prompt = "A day", multi_shot = true, shot_type = "intelligent" },
    body = [[{"model_name":"kling-v3","prompt":"A day","multi_shot":true,]]
      .. [["shot_type":"intelligence"}]],
  },
  {
    name = "characters: escaped where JSON must, kept elsewhere",
    path = PATH,
    request = { prompt = "a/b\\c\t\1\127 \228\189\160 \240\159\144\136 \226\128\168" },
    body = "{\"model_name\":\"kling-v3\",\"prompt\":\"a/b\\\\c\\t\\u0001\127 \228\189\160 "
      .. "\240\159\144\136 \226\128\168\"}",
  },
  {
    name = "an id of our own and a parameter newer than the client",
    path = PATH,
    minted = "kl-1",
    request = { prompt = "A cat", extra = { seed = 7 } },
    body = [[{"model_name":"kling-v3","prompt":"A cat","external_task_id":"kl-1","seed":7}]],
  },
  {
    name = "one's own id is not replaced",
    path = PATH,
    minted = "kl-1",
    request = { prompt = "A cat", external_task_id = "mine" },
    body = [[{"model_name":"kling-v3","prompt":"A cat","external_task_id":"mine"}]],
  },
}
