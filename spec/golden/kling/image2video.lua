-- What Kling's own image2video gets (Kling's docs).

local PATH = "/v1/videos/image2video"

return {
  {
    name = "first and last frame",
    path = PATH,
    request = { prompt = "It wakes up", image = "https://example.com/a.png",
      image_tail = "https://example.com/b.png" },
    body = [[{"model_name":"kling-v3","prompt":"It wakes up",]]
      .. [["image":"https://example.com/a.png","image_tail":"https://example.com/b.png"}]],
  },
  {
    name = "a voice",
    path = PATH,
    request = { model_name = "kling-v2-6", mode = "pro", sound = "on", duration = 10,
      prompt = "She<<<voice_1>>> sings", image = "https://example.com/a.png",
      voice_list = { { voice_id = "v1" } } },
    body = [[{"model_name":"kling-v2-6","prompt":"She<<<voice_1>>> sings",]]
      .. [["image":"https://example.com/a.png","voice_list":[{"voice_id":"v1"}],"mode":"pro",]]
      .. [["duration":"10","sound":"on"}]],
  },
  {
    name = "elements",
    path = PATH,
    request = { prompt = "They meet", image = "https://example.com/a.png",
      element_list = { { element_id = 160 }, { element_id = "829836802793406551" } } },
    body = [[{"model_name":"kling-v3","prompt":"They meet","image":"https://example.com/a.png",]]
      .. [["element_list":[{"element_id":160},{"element_id":829836802793406551}]}]],
  },
}
