-- What uniall gets for text2video (seed 003).

local PATH = "/v1/video/generations"

return {
  {
    name = "the shortest request: model, duration and extra_body are always there",
    path = PATH,
    request = { prompt = "A cat" },
    body = [[{"model":"kling-v3-std-silent","prompt":"A cat","duration":5,"extra_body":{}}]],
  },
  {
    name = "Kling's own names",
    path = PATH,
    request = { model_name = "kling-v3", mode = "pro", sound = "on", prompt = "A cat",
      negative_prompt = "blur", cfg_scale = 0.6, shot_type = "intelligence", duration = "10",
      aspect_ratio = "9:16" },
    body = [[{"model":"kling-v3-pro-audio","prompt":"A cat","aspect_ratio":"9:16","duration":10,]]
      .. [["extra_body":{"cfg_scale":0.6,"shot_type":"intelligent","negative_prompt":"blur"}}]],
  },
  {
    name = "a storyboard: prompts only",
    path = PATH,
    request = { multi_shot = true, shot_type = "customize", duration = 10,
      multi_prompt = { { index = 1, prompt = "one" }, { index = 2, prompt = "two" } } },
    body = [[{"model":"kling-v3-std-silent","duration":10,"extra_body":]]
      .. [[{"shot_type":"customize","multi_prompt":[{"prompt":"one"},{"prompt":"two"}]}}]],
  },
  {
    name = "shot durations where one insists",
    path = PATH,
    options = { allow = { "prompt_only_shots" } },
    request = { multi_prompt = { { prompt = "one", duration = 3 },
      { prompt = "two", duration = 4 } } },
    body = [[{"model":"kling-v3-std-silent","duration":7,"extra_body":]]
      .. [[{"multi_prompt":[{"prompt":"one","duration":"3"},{"prompt":"two","duration":"4"}]}}]],
  },
}
