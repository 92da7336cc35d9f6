-- A gateway of one's own: what it says replaces what it extends, the rest stays.

local gateway = require "kling.gateway"
local merge = require "kling.gateway.merge"

local function field(object, name)
  return assert(merge.field(object.fields, name), name)
end

local function rule_names(object)
  local names = {}
  for _, rule in ipairs(object.rules) do names[rule.name] = rule end
  return names
end

local function own(changes)
  local data = { name = "mine", extends = "anyfast" }
  for key, value in pairs(changes or {}) do data[key] = value end
  return data
end

--- A gateway with these words at one field of text2video.
local function with_field(name, words)
  return own { endpoints = { text2video = { fields = { [name] = words } } } }
end

describe("a gateway of one's own", function()
  it("extends another: what it says replaces, the rest stays", function()
    local spec = gateway.find(own {
      base_url = "https://gate.example", polling = { first = 1 }, guarantees = { lookup = true },
      endpoints = { image2video = false, text2video = { path = "/t", lookup = "/t/{id}" } },
    })
    assert.equal("mine", spec.name)
    assert.equal("https://gate.example", spec.base_url)
    assert.same({ first = 1, growth = 1.25, jitter = 0.2, interval_max = 15, deadline = 1200 },
      spec.polling)
    assert.is_true(spec.guarantees.lookup)
    assert.is_false(spec.guarantees.list)
    assert.same({ "text2video" }, gateway.endpoints(spec))
    assert.equal("/t", spec.endpoints.text2video.path)
    assert.equal("/kling/v1/videos/text2video/{id}", spec.endpoints.text2video.query)
    assert.equal("/t/{id}", spec.endpoints.text2video.lookup)
  end)

  it("takes what it removes away: host, calls", function()
    local spec = gateway.find { extends = "kkiai", base_url = false,
      endpoints = { text2video = { lookup = false, list = false } } }
    assert.is_nil(spec.base_url)
    assert.is_nil(spec.endpoints.text2video.lookup)
    assert.is_nil(spec.endpoints.text2video.list)
    assert.equal("kkiai", spec.name)
  end)

  it("may stand alone on an endpoint", function()
    local spec = gateway.find { endpoints = { movie = { endpoint = "text2video", path = "/m",
      query = "/m/{id}", fields = { mode = false, voice_list = false } } } }
    assert.equal("own", spec.name)
    assert.same({ "bearer" }, spec.auth)
    assert.equal(1200, spec.polling.deadline)
    local object = gateway.endpoint(spec, "movie")
    assert.is_nil(merge.field(object.fields, "mode"))
    assert.is_nil(rule_names(object).voices_need_sound)
    assert.truthy(rule_names(object).sound_models)
  end)

  it("changes, adds and removes fields, and words of fields", function()
    local spec = gateway.find(with_field("duration", { max = 30, as = "number", sum_of = false }))
    local duration = field(gateway.endpoint(spec, "text2video"), "duration")
    assert.same({ 3, 30, "number" }, { duration.min, duration.max, duration.as })
    assert.is_nil(duration.sum_of)
    spec = gateway.find(with_field("style", { type = "enum", values = { "film", "draft" } }))
    local object = gateway.endpoint(spec, "text2video")
    assert.equal("style", object.fields[#object.fields].name)
    spec = gateway.find(with_field("sound", false))
    object = gateway.endpoint(spec, "text2video")
    assert.is_nil(merge.field(object.fields, "sound"))
    assert.is_nil(rule_names(object).sound_models)
  end)

  it("changes fields within fields", function()
    local spec = gateway.find(own { endpoints = { text2video = { fields = {
      multi_prompt = { max = 12, item = { fields = { index = false, prompt = { max_length = 99 },
        mood = { type = "string" } } } },
      camera_control = { fields = { config = { fields = { zoom = false } } } },
    } } } })
    local object = gateway.endpoint(spec, "text2video")
    local item = field(object, "multi_prompt").item
    assert.equal(12, field(object, "multi_prompt").max)
    assert.is_nil(merge.field(item.fields, "index"))
    assert.equal(99, merge.field(item.fields, "prompt").max_length)
    assert.is_true(merge.field(item.fields, "prompt").required)
    assert.equal("string", merge.field(item.fields, "mood").type)
    assert.is_nil(rule_names(object).shots_sequence)
    assert.truthy(rule_names(object).shots_total)
    local camera = field(object, "camera_control")
    assert.same({ "horizontal", "vertical", "pan", "tilt", "roll" },
      rule_names(camera).camera_one_axis.one_nonzero.fields)
    assert.equal(5, #field(camera, "config").rules)
  end)

  it("puts fields into an order of its own", function()
    local spec = gateway.find(own { endpoints = { text2video = { order = { "mode", "prompt" } } } })
    local fields = gateway.endpoint(spec, "text2video").fields
    assert.same({ "mode", "prompt", "model_name", "negative_prompt" },
      { fields[1].name, fields[2].name, fields[3].name, fields[4].name })
  end)

  it("adds rules and drops those it extends, at any depth", function()
    local mine = { name = "mine_only", doc = "no 16:9",
      refuse = { field = "aspect_ratio", values = { "16:9" } } }
    local spec = gateway.find(own { endpoints = { text2video = { rules = { mine },
      without = { "sound_models", "camera_range" } } } })
    local object = gateway.endpoint(spec, "text2video")
    assert.same(mine, rule_names(object).mine_only)
    assert.is_nil(rule_names(object).sound_models)
    assert.same({}, field(field(object, "camera_control"), "config").rules)
    assert.truthy(rule_names(field(object, "camera_control")).camera_one_axis)
  end)
end)
