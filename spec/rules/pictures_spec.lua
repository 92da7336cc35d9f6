-- Pictures, masks, elements, voices: how they are given, how many, how large.

local picture = require "spec.support.picture"
local support = require "spec.support.rules"
local rule, none = support.rule, support.none

local OWN_BODY = { "anyfast image2video", "kling image2video" }
local FREE = { capability_rules = false }
local URL = "https://example.com/a.png"
local PNG = picture.png(300, 300)
local JPEG = picture.base64("\255\216\255\192\0\17\8\1\44\1\44\3\1\34\0\2\17\1\3\17\1\255\217")

local function points(n)
  local list = {}
  for i = 1, n do list[i] = { x = i, y = 2 * i } end
  return list
end

local function masks(n)
  local list = {}
  for i = 1, n do list[i] = { mask = URL, trajectories = points(2) } end
  return list
end

local function elements(n)
  local list = {}
  for i = 1, n do list[i] = { element_id = i } end
  return list
end

local function voices(n)
  local list = {}
  for i = 1, n do list[i] = { voice_id = "v" .. i } end
  return list
end

describe("frames", function()
  rule("frame_required: image, image_tail or both (seed 004)", {
    on = OWN_BODY, options = FREE, rule = "frame_required",
    accept = { {}, { image_tail = URL }, { image = none, image_tail = URL },
      { image = none, last_image = URL } },
    refuse = { { { image = none }, paths = { "image" } }, { { image = "" }, paths = { "image" } } },
  })

  rule("image is needed, with last_image too (seed 003)", {
    on = { "uniall image2video" },
    accept = { {}, { last_image = URL } },
    refuse = { { { image = none }, paths = { "image" } },
      { { image = none, last_image = URL }, paths = { "image" } } },
  })

  rule("URL, Base64 with or without data: prefix, PNG or JPEG (seed 004)", {
    on = OWN_BODY,
    accept = { { image = URL }, { image = PNG }, { image = JPEG },
      { image = "data:image/png;base64," .. PNG }, { image = "data:image/jpg;base64," .. JPEG },
      { image = "data:image/jpeg;base64," .. JPEG }, { image_tail = PNG } },
    refuse = {
      { { image = "data:image/gif;base64," .. picture.base64("GIF89a123456") },
        paths = { "image" } },
      { { image = "ftp://example.com/a.png" }, paths = { "image" } },
      { { image = picture.base64(("no picture "):rep(9)) }, paths = { "image" } },
      { { image = 5 }, paths = { "image" } },
      { { image_tail = picture.base64("GIF89a123456") }, paths = { "image_tail" } },
    },
  })

  it("the prefix and white space of Base64 are not sent (Kling's docs)", function()
    for _, place in ipairs(OWN_BODY) do
      local plan, endpoint = support.plan(place)
      for _, given in ipairs { PNG, "data:image/png;base64," .. PNG,
        PNG:sub(1, 10) .. "\r\n " .. PNG:sub(11) .. "\n" } do
        local body = support.accepts(plan, support.request(endpoint, { image = given }))
        assert.truthy(body:find("\"image\":\"" .. PNG .. "\"", 1, true), body)
      end
    end
  end)

  rule("image_urls_only (seed 003)", {
    on = { "uniall image2video" },
    rule = "image_urls_only",
    accept = { { image = URL, last_image = URL } },
    refuse = { { { image = PNG }, paths = { "image" } },
      { { last_image = PNG }, paths = { "image_tail" } } },
  })

  rule("image_urls_only can be turned off", {
    on = { "uniall image2video" },
    options = { allow = { "image_urls_only" } },
    accept = { { image = PNG, last_image = "data:image/png;base64," .. PNG } },
    refuse = {
      { { image = "no picture" }, paths = { "image" } },
      { { image = picture.png(299, 300) }, paths = { "image" } },
      { { image_tail = picture.png(300, 299) }, paths = { "image_tail" } },
      { { image = picture.png(300, 300, 10485761) }, paths = { "image" } },
      { { image_tail = picture.png(300, 300, 10485761) }, paths = { "image_tail" } },
    },
  })

  rule("sides of 300 pixels and more (seed 004)", {
    on = OWN_BODY, options = FREE,
    accept = { { image = picture.png(300, 4000) }, { image_tail = picture.png(301, 300) } },
    refuse = {
      { { image = picture.png(299, 4000) }, paths = { "image" } },
      { { image = picture.png(4000, 299) }, paths = { "image" } },
      { { image_tail = picture.png(299, 300) }, paths = { "image_tail" } },
    },
  })

  rule("10 MB, decoded (seed 004)", {
    on = OWN_BODY, options = FREE,
    accept = { { image = picture.png(300, 300, 10485760) } },
    refuse = {
      { { image = picture.png(300, 300, 10485761) }, paths = { "image" } },
      { { image_tail = picture.png(300, 300, 10485761) }, paths = { "image_tail" } },
      { { static_mask = picture.png(1, 1, 10485761) }, paths = { "static_mask" } },
      { { dynamic_masks = { { mask = picture.png(1, 1, 10485761), trajectories = points(2) } } },
        paths = { "dynamic_masks[1].mask" } },
    },
  })

  rule("sides of at most 2.5 to 1 with capability rules (Kling's docs)", {
    on = { "kling image2video" },
    accept = { { image = picture.png(750, 300) }, { image = picture.png(300, 750) },
      { image_tail = picture.png(300, 4000) } },
    refuse = { { { image = picture.png(751, 300) }, paths = { "image" } },
      { { image = picture.png(300, 751) }, paths = { "image" } } },
  })
end)

describe("element_list", function()
  rule("three elements with whole ids (seed 004)", {
    on = OWN_BODY,
    options = FREE,
    accept = { { element_list = elements(3) }, { element_list = {} },
      { element_list = { { element_id = "829836802793406551" } } } },
    refuse = {
      { { element_list = elements(4) }, paths = { "element_list" } },
      { { element_list = { {} } }, paths = { "element_list[1].element_id" } },
      { { element_list = { { element_id = 1.5 } } }, paths = { "element_list[1].element_id" } },
      { { element_list = { { element_id = 2 ^ 60 } } }, paths = { "element_list[1].element_id" } },
      { { element_list = { { element_id = "12a" } } }, paths = { "element_list[1].element_id" } },
    },
  })

  it("18 digits reach the wire as a bare number in every Lua", function()
    local plan = support.plan "anyfast image2video"
    local body = support.accepts(plan, { prompt = "A cat", image = URL,
      element_list = { { element_id = "829836802793406551" }, { element_id = 7 } } })
    assert.truthy(body:find("\"element_list\":[{\"element_id\":829836802793406551},"
      .. "{\"element_id\":7}]", 1, true), body)
  end)

  rule("only image2video has elements and masks (seeds 000, 001, 002)", {
    on = { "anyfast text2video", "kkiai text2video", "powertokens text2video" },
    rule = "unknown_field",
    accept = { {} },
    refuse = { { { element_list = elements(1) }, paths = { "element_list" } },
      { { dynamic_masks = masks(1) }, paths = { "dynamic_masks" } } },
  })
end)

describe("masks", function()
  rule("six dynamic masks with a path each (seed 004)", {
    on = OWN_BODY,
    options = FREE,
    accept = { { dynamic_masks = masks(6) }, { static_mask = URL }, { static_mask = PNG } },
    refuse = {
      { { dynamic_masks = masks(7) }, paths = { "dynamic_masks" } },
      { { dynamic_masks = { { mask = URL } } }, paths = { "dynamic_masks[1].trajectories" } },
      { { dynamic_masks = { { trajectories = points(2) } } }, paths = { "dynamic_masks[1].mask" } },
      { { dynamic_masks = { { mask = URL, trajectories = { { x = 1 } } } } },
        paths = { "dynamic_masks[1].trajectories[1].y" } },
      { { dynamic_masks = { { mask = URL, trajectories = { { y = 1 } } } } },
        paths = { "dynamic_masks[1].trajectories[1].x" } },
      { { dynamic_masks = { { mask = URL, trajectories = { { y = 1, x = "1" } } } } },
        paths = { "dynamic_masks[1].trajectories[1].x" } },
      { { dynamic_masks = { { mask = picture.base64("GIF89a"), trajectories = points(2) } } },
        paths = { "dynamic_masks[1].mask" } },
    },
  })

  rule("2 to 77 points with capability rules (Kling's docs)", {
    on = { "kling image2video" },
    options = { allow = { "brush_models" } },
    accept = { { dynamic_masks = { { mask = URL, trajectories = points(77) } } } },
    refuse = {
      { { dynamic_masks = { { mask = URL, trajectories = points(1) } } },
        paths = { "dynamic_masks[1].trajectories" } },
      { { dynamic_masks = { { mask = URL, trajectories = points(78) } } },
        paths = { "dynamic_masks[1].trajectories" } },
    },
  })
end)

describe("voice_list", function()
  local SPEAKS = { "powertokens text2video", "kling image2video" }

  rule("voices_need_sound (seed 002; Kling's docs)", {
    on = SPEAKS, options = FREE, rule = "voices_need_sound",
    accept = { { voice_list = voices(1), sound = "on" }, { voice_list = {} } },
    refuse = { { { voice_list = voices(1) }, paths = { "sound" } },
      { { voice_list = voices(2), sound = "off" }, paths = { "sound" } } },
  })

  rule("two voices with an id each (seed 002)", {
    on = SPEAKS, options = FREE,
    accept = { { voice_list = voices(2), sound = "on" } },
    refuse = {
      { { voice_list = voices(3), sound = "on" }, paths = { "voice_list" } },
      { { voice_list = { {} }, sound = "on" }, paths = { "voice_list[1].voice_id" } },
      { { voice_list = { "v1" }, sound = "on" }, paths = { "voice_list[1]" } },
    },
  })

  rule("voices_listed: a voice in the prompt is in the list (seed 002)", {
    on = SPEAKS, options = FREE, rule = "voices_listed",
    accept = { { prompt = "A man<<<voice_1>>> says: \"Hello\"", sound = "on",
      voice_list = voices(1) }, { prompt = "<<<element_1>>> meets <<<image_1>>>" } },
    refuse = {
      { { prompt = "A man<<<voice_1>>> speaks", sound = "on" }, paths = { "prompt" } },
      { { prompt = "<<<voice_2>>>, <<<voice_1>>>", sound = "on", voice_list = voices(1) },
        paths = { "prompt" } },
    },
  })

  rule("no voices elsewhere (seeds 000, 001, 003, 004)", {
    on = { "anyfast text2video", "anyfast image2video", "kkiai text2video", "uniall text2video",
      "uniall image2video", "kling text2video" },
    rule = "unknown_field",
    accept = { {} },
    refuse = { { { voice_list = voices(1) }, paths = { "voice_list" } } },
  })
end)
