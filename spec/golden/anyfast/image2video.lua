-- What anyfast's image2video gets (seed 004).

local picture = require "spec.support.picture"

local PATH = "/kling/v1/videos/image2video"
local PNG = picture.png(640, 360)

return {
  {
    name = "a first frame",
    path = PATH,
    request = { prompt = "It wakes up", image = "https://example.com/cat.png" },
    body = [[{"model_name":"kling-v2-master","prompt":"It wakes up",]]
      .. [["image":"https://example.com/cat.png"}]],
  },
  {
    name = "first and last frame as Base64, prefix and line breaks removed",
    path = PATH,
    request = { prompt = "It wakes up", image = "data:image/png;base64," .. PNG,
      last_image = PNG:sub(1, 20) .. "\n" .. PNG:sub(21) .. "\n" },
    body = [[{"model_name":"kling-v2-master","prompt":"It wakes up","image":"]] .. PNG
      .. [[","image_tail":"]] .. PNG .. [["}]],
  },
  {
    name = "a file",
    path = PATH,
    files = { image = picture.png_bytes(640, 360) },
    request = { prompt = "It wakes up" },
    body = [[{"model_name":"kling-v2-master","prompt":"It wakes up","image":"]] .. PNG .. [["}]],
  },
  {
    name = "every field, in the order of the wire",
    path = PATH,
    request = {
      external_task_id = "order-18", callback_url = "https://example.com/", sound = "off",
      watermark_info = { enabled = false }, camera_control = { type = "forward_up" },
      multi_prompt = { { index = 1, prompt = "it sits", duration = 5 } },
      shot_type = "customize", multi_shot = true, cfg_scale = 1, duration = 5.0, mode = "std",
      dynamic_masks = { { trajectories = { { y = 2, x = 1 }, { x = 3.5, y = 4 } },
        mask = "https://example.com/m.png" } },
      static_mask = "https://example.com/s.png",
      element_list = { { element_id = "829836802793406551" } },
      image_tail = "https://example.com/b.png", image = "https://example.com/a.png",
      negative_prompt = "blur", prompt = "It sits", model = "kling-v2-master",
    },
    body = [[{"model_name":"kling-v2-master","prompt":"It sits","negative_prompt":"blur",]]
      .. [["image":"https://example.com/a.png","image_tail":"https://example.com/b.png",]]
      .. [["element_list":[{"element_id":829836802793406551}],]]
      .. [["static_mask":"https://example.com/s.png",]]
      .. [["dynamic_masks":[{"mask":"https://example.com/m.png",]]
      .. [["trajectories":[{"x":1,"y":2},{"x":3.5,"y":4}]}],"mode":"std","duration":"5",]]
      .. [["cfg_scale":1,"multi_shot":true,"shot_type":"customize",]]
      .. [["multi_prompt":[{"index":1,"prompt":"it sits","duration":"5"}],"sound":"off",]]
      .. [["camera_control":{"type":"forward_up"},"watermark_info":{"enabled":false},]]
      .. [["callback_url":"https://example.com/","external_task_id":"order-18"}]],
  },
}
