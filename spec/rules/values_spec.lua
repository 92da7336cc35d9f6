-- Single values: cfg_scale, aspect_ratio, watermark_info, callback_url, external_task_id, extra.

local support = require "spec.support.rules"
local rule = support.rule

local WITH_RATIO = { "anyfast text2video", "kkiai text2video", "powertokens text2video",
  "uniall text2video", "uniall image2video", "kling text2video" }
local UNIALL = { "uniall text2video", "uniall image2video" }

local function body_of(place, changes)
  local plan, endpoint = support.plan(place)
  return support.accepts(plan, support.request(endpoint, changes))
end

describe("cfg_scale", function()
  rule("0 to 1 (seeds 000, 002, 004; assumed in 001, 003)", {
    on = support.everywhere,
    accept = { { cfg_scale = 0 }, { cfg_scale = 0.5 }, { cfg_scale = 1 } },
    refuse = {
      { { cfg_scale = -0.01 }, paths = { "cfg_scale" } },
      { { cfg_scale = 1.01 }, paths = { "cfg_scale" } },
      { { cfg_scale = 0 / 0 }, paths = { "cfg_scale" } },
      { { cfg_scale = "0.5" }, paths = { "cfg_scale" } },
    },
  })

  it("is sent only when given, an explicit 0 too", function()
    for _, place in ipairs(support.everywhere) do
      assert.is_nil(body_of(place, {}):find("cfg_scale", 1, true))
      assert.truthy(body_of(place, { cfg_scale = 0 }):find("\"cfg_scale\":0[,}]"))
      assert.truthy(body_of(place, { cfg_scale = 0.5 }):find("\"cfg_scale\":0.5", 1, true))
    end
  end)
end)

describe("aspect_ratio", function()
  rule("16:9, 9:16, 1:1 (seeds 000, 002, 003; applied to 001)", {
    on = WITH_RATIO,
    accept = { { aspect_ratio = "16:9" }, { aspect_ratio = "9:16" }, { aspect_ratio = "1:1" } },
    refuse = { { { aspect_ratio = "4:3" }, paths = { "aspect_ratio" } } },
  })

  rule("no such field where the picture decides (seed 004, Kling's docs)", {
    on = { "anyfast image2video", "kling image2video" },
    rule = "unknown_field",
    accept = { {} },
    refuse = { { { aspect_ratio = "16:9" }, paths = { "aspect_ratio" } } },
  })

  it("is never sent unasked", function()
    for _, place in ipairs(support.everywhere) do
      assert.is_nil(body_of(place, {}):find("aspect_ratio", 1, true))
    end
  end)
end)

describe("watermark_info", function()
  rule("a boolean or a table with enabled (seeds 000, 001, 002, 004)", {
    on = support.kling_bodies,
    accept = { { watermark_info = true }, { watermark_info = { enabled = false } } },
    refuse = {
      { { watermark_info = {} }, paths = { "watermark_info.enabled" } },
      { { watermark_info = { enabled = "yes" } }, paths = { "watermark_info.enabled" } },
      { { watermark_info = 1 }, paths = { "watermark_info" } },
      { { watermark_info = { on = true, enabled = true } }, paths = { "watermark_info.on" } },
    },
  })

  it("is always written as an object", function()
    for _, place in ipairs(support.kling_bodies) do
      local written = "\"watermark_info\":{\"enabled\":true}"
      assert.truthy(body_of(place, { watermark_info = true }):find(written, 1, true))
      assert.truthy(body_of(place, { watermark_info = { enabled = true } }):find(written, 1, true))
    end
  end)
end)

describe("callback_url and external_task_id", function()
  rule("callback_url is an http(s) URL (seed 002, inferred)", {
    on = support.kling_bodies,
    accept = { { callback_url = "https://example.com/kling?x=1" }, { callback_url = "" } },
    refuse = {
      { { callback_url = "ftp://example.com/" }, paths = { "callback_url" } },
      { { callback_url = "example.com" }, paths = { "callback_url" } },
      { { callback_url = "https://exa mple.com/" }, paths = { "callback_url" } },
    },
  })

  rule("external_task_id is a text (seeds 000, 001)", {
    on = support.kling_bodies,
    accept = { { external_task_id = "order-17" }, { external_task_id = "" } },
    refuse = { { { external_task_id = 17 }, paths = { "external_task_id" } } },
  })

  it("empty texts are not sent (seed 001)", function()
    for _, place in ipairs(support.kling_bodies) do
      local body = body_of(place, { callback_url = "", external_task_id = "",
        negative_prompt = "" })
      for _, name in ipairs { "callback_url", "external_task_id", "negative_prompt" } do
        assert.is_nil(body:find(name, 1, true))
      end
    end
  end)
end)

describe("fields a gateway lacks", function()
  rule("seed 003 has none of these", {
    on = UNIALL,
    rule = "unknown_field",
    accept = { {} },
    refuse = {
      { { camera_control = { type = "simple" } }, paths = { "camera_control" } },
      { { watermark_info = true }, paths = { "watermark_info" } },
      { { callback_url = "https://example.com/" }, paths = { "callback_url" } },
      { { external_task_id = "a" }, paths = { "external_task_id" } },
      { { static_mask = "https://example.com/a.png" }, paths = { "static_mask" } },
      { { element_list = { { element_id = 1 } } }, paths = { "element_list" } },
    },
  })

  rule("pictures belong to image2video", {
    on = { "anyfast text2video", "kkiai text2video", "powertokens text2video", "uniall text2video",
      "kling text2video" },
    rule = "unknown_field",
    accept = { {} },
    refuse = {
      { { image = "https://example.com/a.png" }, paths = { "image" } },
      { { image_tail = "https://example.com/a.png" }, paths = { "image_tail" } },
    },
  })

  rule("unknown fields are refused, extra passes new ones through", {
    on = support.everywhere,
    rule = "unknown_field",
    accept = { { extra = { brand_new = { 1, 2 } } } },
    refuse = {
      { { brand_new = 1 }, paths = { "brand_new" } },
      { { promt = "a" }, paths = { "promt" } },
      { { metadata = {} }, paths = { "metadata" } },
    },
  })

  it("extra_body is seed 003's alone, and holds exactly four fields", function()
    for _, place in ipairs(UNIALL) do
      local plan, endpoint = support.plan(place)
      local body = support.accepts(plan, support.request(endpoint, { extra_body = {
        cfg_scale = 1, shot_type = "customize", negative_prompt = "blur" } }))
      assert.truthy(body:find("\"extra_body\":{\"cfg_scale\":1,\"shot_type\":\"customize\","
        .. "\"negative_prompt\":\"blur\"}", 1, true), body)
      support.refuses(plan, support.request(endpoint, { extra_body = { duration = 5 } }),
        { "extra_body.duration" })
      support.refuses(plan, support.request(endpoint, { extra_body = { seed = 5 } }),
        { "extra_body.seed" })
    end
    for _, place in ipairs(support.kling_bodies) do
      local plan, endpoint = support.plan(place)
      support.refuses(plan, support.request(endpoint, { extra_body = {} }), { "extra_body" })
    end
  end)

  it("extra_body is an object even when nothing is in it (seed 003)", function()
    for _, place in ipairs(UNIALL) do
      assert.truthy(body_of(place, {}):find("\"extra_body\":{}}", 1, true))
    end
  end)
end)
