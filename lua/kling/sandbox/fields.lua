--- Field rules that several gateways' documents share.
-- Owns: the pieces of a body (shots, camera, masks, ...) with the limits the seeds and Kling state.
-- Stands on: nothing; plain data for rules.lua.
-- Never: says which gateway has which field; the files in gateways/ do, one by one.

local fields = {}

fields.seconds = { kind = "digits", min = 3, max = 15 }
fields.prompt = { kind = "text", max = 2500 }
fields.std_pro = { kind = "choice", "std", "pro" }
fields.ratio = { kind = "choice", "16:9", "9:16", "1:1" }
fields.cfg_scale = { kind = "number", min = 0, max = 1 }
fields.flag = { kind = "flag" }
fields.on_off = { kind = "choice", "on", "off" }
fields.both_shot_types = { kind = "choice", "customize", "intelligence" }
fields.text = { kind = "text" }
fields.callback = { kind = "url", empty = true }

fields.watermark = {
  kind = "object", fields = { enabled = { kind = "flag", required = true } },
}

-- 512 characters: seeds 001 and 002; the same service stands behind the others.
fields.shots = { kind = "list", min = 1, max = 6, of = { kind = "object", fields = {
  index = { kind = "integer", required = true },
  prompt = { kind = "text", max = 512, filled = true, required = true },
  duration = { kind = "digits", min = 1, max = 15, required = true },
} } }

local axis = { kind = "number", min = -10, max = 10 }

fields.camera_config = { kind = "object", fields = {
  horizontal = axis, vertical = axis, pan = axis, tilt = axis, roll = axis, zoom = axis,
} }

fields.camera_type = {
  kind = "choice", required = true,
  "simple", "down_back", "forward_up", "right_turn_forward", "left_turn_forward",
}

fields.camera = { kind = "object", fields = {
  type = fields.camera_type, config = fields.camera_config,
} }

fields.picture = { kind = "picture" }
fields.mask = { kind = "picture", any_size = true }

fields.elements = { kind = "list", min = 1, max = 3, of = { kind = "object", fields = {
  element_id = { kind = "integer", min = 1, required = true },
} } }

fields.voices = { kind = "list", max = 2, of = { kind = "object", fields = {
  voice_id = { kind = "text", filled = true, required = true },
} } }

local point = { kind = "object", fields = {
  x = { kind = "integer", required = true }, y = { kind = "integer", required = true },
} }

--- Motion brushes; Kling's reference wants 2 to 77 points a path, seed 004 names no count.
---@param min number|nil fewest points
---@param max number|nil most points
---@return table rule
function fields.brushes(min, max)
  return { kind = "list", min = 1, max = 6, of = { kind = "object", fields = {
    mask = { kind = "picture", any_size = true, required = true },
    trajectories = { kind = "list", required = true, min = min, max = max, of = point },
  } } }
end

return fields
