-- What powertokens' text2video gets (seed 002).

local PATH = "/kling/v1/videos/text2video"

return {
  {
    name = "the shortest request",
    path = PATH,
    request = { prompt = "A cat" },
    body = [[{"model_name":"kling-v3","prompt":"A cat"}]],
  },
  {
    name = "voices, sound and 4k",
    path = PATH,
    request = { prompt = "A man<<<voice_1>>> says: \"Hello\"", sound = "on", mode = "4k",
      voice_list = { { voice_id = "829" } }, duration = 3 },
    body = [[{"model_name":"kling-v3","prompt":"A man<<<voice_1>>> says: \"Hello\"",]]
      .. [["voice_list":[{"voice_id":"829"}],"mode":"4k","duration":"3","sound":"on"}]],
  },
  {
    name = "a storyboard: no prompt is made up",
    path = PATH,
    request = { multi_shot = true, shot_type = "customize", aspect_ratio = "1:1",
      multi_prompt = { { prompt = "one", duration = 1 }, { prompt = "two", duration = 2 } } },
    body = [[{"model_name":"kling-v3","duration":"3","aspect_ratio":"1:1","multi_shot":true,]]
      .. [["shot_type":"customize","multi_prompt":[{"index":1,"prompt":"one","duration":"1"},]]
      .. [[{"index":2,"prompt":"two","duration":"2"}]}]],
  },
}
