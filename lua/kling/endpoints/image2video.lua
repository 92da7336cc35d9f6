-- Image to video: every parameter and rule, by Kling's own names.
--
-- Owns: the frames, masks and elements a video may start from, and the order on the wire.
-- Stands on: endpoints/{shared,capabilities,image_capabilities}.lua. Words: kling/vocabulary.lua.
-- Never: knows a gateway. What one leaves out or spells otherwise is in kling/gateways/.

local shared = require "kling.endpoints.shared"
local capabilities = require "kling.endpoints.capabilities"
local of_pictures = require "kling.endpoints.image_capabilities"
local f = shared.fields

-- 10 MB is taken as 10 x 1024 x 1024 bytes of the decoded file: the laxer reading of seed 004.
local MAX_BYTES = 10485760

return {
  name = "image2video",
  doc = "A video that starts from a picture, ends with one, or both.",
  source = "seeds 003, 004; Kling's docs",
  fields = {
    { name = "model_name", type = "enum", also = { "model" }, open = true, send = "always",
      default = "kling-v3", source = "Kling's docs",
      values = { "kling-v3", "kling-v2-6", "kling-v2-5-turbo", "kling-v2-1-master", "kling-v2-1",
        "kling-v2-master", "kling-v1-6", "kling-v1-5", "kling-v1" },
      doc = "Which model makes the video." },
    f.prompt, f.negative_prompt,
    { name = "image", type = "media", max_bytes = MAX_BYTES, min_side = 300,
      capability = { max_ratio = 2.5 }, source = "seed 004; Kling's docs",
      doc = "First frame: URL, Base64 or kling.file; JPEG or PNG, 10 MB, sides of 300 and more." },
    { name = "image_tail", type = "media", also = { "last_image" }, max_bytes = MAX_BYTES,
      min_side = 300, source = "seed 004", doc = "Last frame, given like image." },
    { name = "element_list", type = "array", max = 3, source = "seed 004",
      doc = "Elements of your library that the video should show, three at most.",
      item = { type = "object", doc = "One element.", fields = {
        { name = "element_id", type = "id", required = true, source = "seed 004",
          doc = "Id of the element; a digit string keeps its 18 digits in every Lua." },
      } } },
    f.voice_list,
    { name = "static_mask", type = "media", max_bytes = MAX_BYTES, source = "seed 004",
      doc = "Where nothing moves: a picture, given like image." },
    { name = "dynamic_masks", type = "array", max = 6, source = "seed 004",
      doc = "What moves along which path, six at most.",
      item = { type = "object", doc = "One area and its path.", fields = {
        { name = "mask", type = "media", max_bytes = MAX_BYTES, required = true,
          source = "seed 004", doc = "The area: a picture, given like image." },
        { name = "trajectories", type = "array", required = true, source = "seed 004",
          capability = { min = 2, max = 77 },
          doc = "The path, from the first point to the last.",
          item = { type = "object", doc = "One point, counted from the lower left.", fields = {
            { name = "x", type = "number", required = true, source = "seed 004",
              doc = "Pixels to the right." },
            { name = "y", type = "number", required = true, source = "seed 004",
              doc = "Pixels up." },
          } } },
      } } },
    f.mode, f.duration, f.aspect_ratio, f.cfg_scale, f.multi_shot, f.shot_type, f.multi_prompt,
    f.sound, f.camera_control, f.watermark_info, f.callback_url, f.external_task_id,
  },
  rules = {
    { name = "frame_required", source = "seed 004", doc = "image, image_tail or both",
      require_any = { "image", "image_tail" } },
    shared.rules, capabilities.both, of_pictures,
  },
}
