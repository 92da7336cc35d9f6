-- What a gateway tells of itself.

local gateway = require "kling.gateway"
local merge = require "kling.gateway.merge"

describe("gateway.capabilities", function()
  it("tells models, modes, durations, fields, rules and guarantees", function()
    local kkiai = gateway.capabilities(gateway.find "kkiai")
    assert.equal("kkiai", kkiai.gateway)
    assert.is_true(kkiai.guarantees.lookup)
    assert.is_false(kkiai.capability_rules)
    local t = kkiai.endpoints.text2video
    assert.same({ "std", "pro" }, t.modes)
    assert.same({ min = 1 }, t.durations)
    assert.same({ "16:9", "9:16", "1:1" }, t.aspect_ratios)
    assert.equal(6, #t.models)
    assert.is_false(t.any_model)
    assert.equal("model_name", t.fields[1].name)
    local overridable = merge.set(kkiai.overridable)
    assert.is_true(overridable.camera_range)
    assert.is_nil(overridable.prompt_required)
    local found = {}
    for _, rule in ipairs(t.rules) do found[rule.name] = rule.overridable end
    assert.is_true(found.camera_range)
    assert.is_false(found.prompt_required)
  end)

  it("knows the names uniall makes, and who loses what", function()
    local uniall = gateway.capabilities(gateway.find "uniall").endpoints.text2video
    assert.same({ "kling-v3", "kling-v3-pro-audio", "kling-v3-pro-silent", "kling-v3-std-audio",
      "kling-v3-std-silent" }, uniall.models)
    local loses = {}
    for _, loss in ipairs(gateway.capabilities(gateway.find "anyfast").guarantees.loses) do
      loses[loss.field] = loss.reason
    end
    assert.is_string(loses.multi_prompt)
  end)

  it("follows the options", function()
    local spec = gateway.find "anyfast"
    assert.is_true(gateway.capabilities(spec, { models = "any" }).endpoints.text2video.any_model)
    assert.is_true(gateway.capabilities(spec, { capability_rules = true }).capability_rules)
  end)
end)
