-- The seeds' own bodies go through in their own spelling; what they rule out does not.
--
-- Owns: the samples of seeds 001 and 003, read as any user would decode them, and the cases a
-- client must refuse. Bodies of seeds 000 and 004 are filled by a machine and refused as well.
-- Stands on: spec/support/rules.lua, lua-cjson.

local cjson = require "cjson"
local support = require "spec.support.rules"

local ACCEPTED = {
  { "seed 001's sample", "kkiai text2video", [[{
    "model_name": "kling-v1",
    "prompt": "Generate a video of a person dancing by the seaside.",
    "negative_prompt": "",
    "cfg_scale": 0.5,
    "mode": "std",
    "sound": "off",
    "camera_control": {
        "type": "simple",
        "config": {
            "horizontal": 1.0,
            "vertical": 0,
            "pan": 0,
            "tilt": 0,
            "roll": 0,
            "zoom": 0
        }
    },
    "aspect_ratio": "16:9",
    "duration": "5",
    "callback_url": "",
    "external_task_id": ""
  }]], [[{"model_name":"kling-v1",]]
    .. [["prompt":"Generate a video of a person dancing by the seaside.","mode":"std",]]
    .. [["duration":"5","aspect_ratio":"16:9","cfg_scale":0.5,"multi_shot":false,"sound":"off",]]
    .. [["camera_control":{"type":"simple","config":{"horizontal":1,"vertical":0,"pan":0,]]
    .. [["tilt":0,"roll":0,"zoom":0}}}]] },

  { "seed 003's text-to-video", "uniall text2video", [[{
    "model": "kling-v3-std-silent",
    "prompt": " camera, Yes, camera, action. ",
    "aspect_ratio": "16:9",
    "duration": 5,
    "extra_body": {
    "cfg_scale": 0.5,
    "shot_type": "customize",
    "negative_prompt": "blur, "
    }
  }]], [[{"model":"kling-v3-std-silent","prompt":" camera, Yes, camera, action. ",]]
    .. [["aspect_ratio":"16:9","duration":5,"extra_body":{"cfg_scale":0.5,]]
    .. [["shot_type":"customize","negative_prompt":"blur, "}}]] },

  { "seed 003's image-to-video", "uniall image2video", [[{
    "model": "kling-v3-pro-audio",
    "prompt": ", action, and. ",
    "image": "https://example.com/start-frame.png",
    "aspect_ratio": "16:9",
    "duration": 6,
    "extra_body": {
    "cfg_scale": 0.6,
    "shot_type": "intelligent",
    "negative_prompt": "artifacts, "
    }
  }]], [[{"model":"kling-v3-pro-audio","prompt":", action, and. ",]]
    .. [["image":"https://example.com/start-frame.png","aspect_ratio":"16:9","duration":6,]]
    .. [["extra_body":{"cfg_scale":0.6,"shot_type":"intelligent",]]
    .. [["negative_prompt":"artifacts, "}}]] },

  { "seed 003's first and last frame", "uniall image2video", [[{
    "model": "kling-v3-pro-silent",
    "prompt": " camera, keep identity stable, natural motion. ",
    "image": "https://example.com/first-frame.png",
    "last_image": "https://example.com/last-frame.png",
    "duration": 8,
    "extra_body": {
    "cfg_scale": 0.5,
    "shot_type": "customize"
    }
  }]], [[{"model":"kling-v3-pro-silent",]]
    .. [["prompt":" camera, keep identity stable, natural motion. ",]]
    .. [["image":"https://example.com/first-frame.png",]]
    .. [["last_image":"https://example.com/last-frame.png","duration":8,]]
    .. [["extra_body":{"cfg_scale":0.5,"shot_type":"customize"}}]] },

  { "seed 003's shots", "uniall image2video", [[{
    "model": "kling-v3-std-audio",
    "image": "https://example.com/source-image.png",
    "duration": 10,
    "extra_body": {
    "multi_prompt": [
    {
    "prompt": "camera. "
    },
    {
    "prompt": " camera. "
    }
    ],
    "shot_type": "customize"
    }
  }]], [[{"model":"kling-v3-std-audio","image":"https://example.com/source-image.png",]]
    .. [["duration":10,"extra_body":{"shot_type":"customize",]]
    .. [["multi_prompt":[{"prompt":"camera. "},{"prompt":" camera. "}]}}]] },
}

local function shots(n, seconds)
  local list = {}
  for i = 1, n do list[i] = { prompt = "shot " .. i, duration = seconds } end
  return list
end

local function storyboard(list, duration)
  return { prompt = support.none, multi_shot = true, shot_type = "customize", multi_prompt = list,
    duration = duration }
end

local function elements(n)
  local list = {}
  for i = 1, n do list[i] = { element_id = i } end
  return list
end

local function masks(n)
  local list = {}
  for i = 1, n do
    list[i] = { mask = "https://example.com/m.png", trajectories = { { x = 1, y = 1 } } }
  end
  return list
end

local ANY, URL = "anyfast text2video", "https://example.com/a.png"
local REFUSED = {
  { "duration 2", ANY, { duration = 2 }, "duration" },
  { "duration 16", ANY, { duration = 16 }, "duration" },
  { "duration 5.5", ANY, { duration = 5.5 }, "duration" },
  { "7 shots", ANY, storyboard(shots(7, 2)), "multi_prompt" },
  { "0 shots with customize", ANY, storyboard({}), "multi_prompt" },
  { "shots that do not add up", ANY, storyboard(shots(2, 2), 5), "duration" },
  { "a shot of 513 characters", ANY, storyboard({ { prompt = ("x"):rep(513), duration = 5 } }),
    "multi_prompt[1].prompt" },
  { "a prompt of 2501 characters", ANY, { prompt = ("x"):rep(2501) }, "prompt" },
  { "cfg_scale -0.01", ANY, { cfg_scale = -0.01 }, "cfg_scale" },
  { "cfg_scale 1.01", ANY, { cfg_scale = 1.01 }, "cfg_scale" },
  { "cfg_scale NaN", ANY, { cfg_scale = 0 / 0 }, "cfg_scale" },
  { "4k outside seed 002", ANY, { mode = "4k" }, "mode" },
  { "4k outside seed 002", "anyfast image2video", { mode = "4k" }, "mode" },
  { "4k outside seed 002", "kkiai text2video", { mode = "4k" }, "mode" },
  { "intelligence in seed 001", "kkiai text2video",
    { multi_shot = true, shot_type = "intelligence" }, "shot_type" },
  { "multi_shot without shot_type", ANY, { multi_shot = true }, "shot_type" },
  { "customize without multi_prompt", ANY, storyboard(nil), "multi_prompt" },
  { "neither frame in seed 004", "anyfast image2video", { image = support.none }, "image" },
  { "4 elements", "anyfast image2video", { element_list = elements(4) }, "element_list" },
  { "7 dynamic masks", "anyfast image2video", { dynamic_masks = masks(7) }, "dynamic_masks" },
  { "sound with kling-v1", "kkiai text2video", { model_name = "kling-v1", sound = "on" }, "sound" },
  { "last_image without image in seed 003", "uniall image2video",
    { image = support.none, last_image = URL }, "image" },
  { "prompt and multi_prompt in seed 003", "uniall text2video",
    { extra_body = { multi_prompt = { { prompt = "a" } } } }, "extra_body.multi_prompt" },
  { "voice_list with sound off in seed 002", "powertokens text2video",
    { voice_list = { { voice_id = "v" } }, sound = "off" }, "sound" },
  { "aspect_ratio 4:3", ANY, { aspect_ratio = "4:3" }, "aspect_ratio" },
}

describe("accepted in the seed's own spelling:", function()
  for _, sample in ipairs(ACCEPTED) do
    local name, place, text, body = sample[1], sample[2], sample[3], sample[4]
    it(name, function()
      assert.equal(body, support.accepts(support.plan(place), cjson.decode(text)))
    end)
  end
end)

describe("refused, with path, got and allowed:", function()
  for _, case in ipairs(REFUSED) do
    local name, place, changes, path = case[1], case[2], case[3], case[4]
    it(("%s (%s)"):format(name, place), function()
      local plan, endpoint = support.plan(place)
      support.refuses(plan, support.request(endpoint, changes), { path })
    end)
  end

  it("seed 000's machine-filled body, every fault at once", function()
    local plan = support.plan(ANY)
    support.refuses(plan, { prompt = "A cat", model_name = "kling-v3", mode = "std",
      negative_prompt = "<string>", duration = "5", aspect_ratio = "16:9", cfg_scale = 0.5,
      multi_shot = false, shot_type = "customize", sound = "off",
      multi_prompt = { { index = 123, prompt = "<string>", duration = "<string>" } },
      camera_control = { type = "simple", config = { horizontal = 123, vertical = 123, pan = 123,
        tilt = 123, roll = 123, zoom = 123 } },
      watermark_info = { enabled = true }, callback_url = "<string>",
      external_task_id = "<string>" }, {
        "multi_prompt", "multi_prompt[1].index", "multi_prompt[1].duration", "callback_url",
        "camera_control.config", "camera_control.config.horizontal",
        "camera_control.config.vertical", "camera_control.config.pan",
        "camera_control.config.tilt", "camera_control.config.roll", "camera_control.config.zoom",
      })
  end)
end)
