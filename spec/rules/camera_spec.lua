-- Camera control: which type comes with a config, how far the camera may move.

local support = require "spec.support.rules"
local rule = support.rule

-- Kling's own gateway is asked without capability rules: these allow no camera with kling-v3.
local FREE = { capability_rules = false }
local OPTIONAL = { "anyfast text2video", "anyfast image2video", "powertokens text2video",
  "kling text2video", "kling image2video" }
local PRESETS = { "down_back", "forward_up", "right_turn_forward", "left_turn_forward" }
local AXES = { "horizontal", "vertical", "pan", "tilt", "roll", "zoom" }
local STILL = { horizontal = 0, vertical = 0, pan = 0, tilt = 0, roll = 0, zoom = 0 }

local function camera(kind, config)
  return { camera_control = { type = kind, config = config } }
end

local function each(list, make)
  local cases = {}
  for _, entry in ipairs(list) do cases[#cases + 1] = make(entry) end
  return cases
end

describe("camera_control", function()
  rule("camera_simple_config: simple needs a config (Kling's docs)", {
    on = OPTIONAL, options = FREE, rule = "camera_simple_config",
    accept = { camera("simple", { zoom = 5 }) },
    refuse = { { camera("simple"), paths = { "camera_control.config" } } },
  })

  rule("camera_preset_config: the fixed moves have none (Kling's docs)", {
    on = OPTIONAL, options = FREE, rule = "camera_preset_config",
    accept = each(PRESETS, function(kind) return camera(kind) end),
    refuse = each(PRESETS, function(kind)
      return { camera(kind, { zoom = 5 }), paths = { "camera_control.config" } }
    end),
  })

  rule("type and config are both required (seed 001)", {
    on = { "kkiai text2video" },
    accept = { camera("simple", { zoom = 5 }), camera("down_back", STILL) },
    refuse = {
      { camera("simple"), paths = { "camera_control.config" } },
      { camera("down_back"), paths = { "camera_control.config" } },
      { camera(nil, { zoom = 5 }), paths = { "camera_control.type" } },
      { camera(), paths = { "camera_control.type", "camera_control.config" } },
    },
  })

  rule("type is one of five words (Kling's docs)", {
    on = { "anyfast text2video", "kkiai text2video", "powertokens text2video" },
    accept = { camera("simple", { zoom = 1 }) },
    refuse = { { camera("dolly", { zoom = 1 }), paths = { "camera_control.type" } } },
  })

  rule("camera_range: each axis from -10 to 10 (Kling's docs)", {
    on = support.kling_bodies, options = FREE, rule = "camera_range",
    accept = each(AXES, function(axis) return camera("simple", { [axis] = -10 }) end),
    refuse = each(AXES, function(axis)
      return { camera("simple", { [axis] = 10.5 }), paths = { "camera_control.config." .. axis } }
    end),
  })

  rule("camera_range can be turned off", {
    on = { "kkiai text2video", "powertokens text2video" },
    options = { allow = { "camera_range" } },
    accept = { camera("simple", { roll = 123 }) },
    refuse = { { camera("simple", { roll = 1 / 0 }), paths = { "camera_control.config.roll" } } },
  })

  rule("camera_one_axis: exactly one is not zero (Kling's docs)", {
    on = support.kling_bodies, options = FREE, rule = "camera_one_axis",
    accept = { camera("simple", { pan = 1, tilt = 0 }), camera("simple", { vertical = -0.5 }) },
    refuse = {
      { camera("simple", STILL), paths = { "camera_control.config" } },
      { camera("simple", { pan = 1, tilt = 1 }), paths = { "camera_control.config" } },
    },
  })

  rule("camera_one_axis can be turned off", {
    on = { "anyfast text2video" },
    options = { allow = { "camera_one_axis" } },
    accept = { camera("simple", { pan = 1, tilt = 1 }) },
    refuse = { { camera("simple", { pan = 11, tilt = 1 }),
      paths = { "camera_control.config.pan" } } },
  })

  rule("axes are numbers, and there are six", {
    on = { "anyfast text2video", "kkiai text2video" },
    accept = { camera("simple", { horizontal = 1.0, vertical = 0, pan = 0, tilt = 0, roll = 0,
      zoom = 0 }) },
    refuse = {
      { camera("simple", { zoom = 1, depth = 1 }), paths = { "camera_control.config.depth" } },
      { { camera_control = "simple" }, paths = { "camera_control" } },
    },
  })

  it("is written as given", function()
    local plan = support.plan "anyfast text2video"
    assert.equal("{\"model_name\":\"kling-v3\",\"prompt\":\"A cat\","
      .. "\"camera_control\":{\"type\":\"simple\",\"config\":{\"horizontal\":1,\"tilt\":0}}}",
      support.accepts(plan, { prompt = "A cat",
        camera_control = { config = { tilt = 0, horizontal = 1.0 }, type = "simple" } }))
  end)
end)
