-- The project's gateways, found by name and put over their endpoints.

local check = require "kling.gateway.check"
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

--- The sentence with which a call is refused.
local function refusal(...)
  local ok, message = pcall(...)
  assert.is_false(ok, "it was not refused")
  assert.is_string(message)
  return message
end

describe("the project's gateways", function()
  it("are five, by name", function()
    assert.same({ "anyfast", "kkiai", "kling", "powertokens", "uniall" }, gateway.names())
  end)

  it("are written in the words of the vocabulary", function()
    for _, name in ipairs(gateway.names()) do check.gateway(require("kling.gateways." .. name)) end
  end)

  it("build on endpoints written in it too", function()
    for _, name in ipairs(gateway.names()) do
      local spec = gateway.find(name)
      for _, endpoint in ipairs(gateway.endpoints(spec)) do
        check.endpoint(gateway.endpoint(spec, endpoint, { capability_rules = true }))
      end
    end
  end)

  it("say of every field and rule what it is and where that is from", function()
    for _, name in ipairs(gateway.names()) do
      local spec = gateway.find(name)
      for _, endpoint in ipairs(gateway.endpoints(spec)) do
        local object = gateway.endpoint(spec, endpoint, { capability_rules = true })
        for _, each in ipairs(object.fields) do
          assert.truthy(each.doc and each.source, name .. "." .. endpoint .. "." .. each.name)
        end
        for _, rule in ipairs(object.rules) do
          assert.truthy(rule.doc and rule.source, rule.name)
        end
      end
    end
  end)

  it("have the hosts, paths and keys of their seeds", function()
    local expected = {
      anyfast = { "https://www.anyfast.ai", "/kling/v1/videos/text2video",
        "/kling/v1/videos/text2video/{id}" },
      kkiai = { "https://www.kkiai.com", "/kling/v1/videos/text2video",
        "/kling/v1/videos/text2video/{id}", "/kling/v1/videos/text2video/{id}",
        "/kling/v1/videos/text2video" },
      powertokens = { nil, "/kling/v1/videos/text2video", "/kling/v1/videos/text2video/{id}" },
      uniall = { nil, "/v1/video/generations", "/v1/videos/{id}" },
      kling = { "https://api-singapore.klingai.com", "/v1/videos/text2video",
        "/v1/videos/text2video/{id}", "/v1/videos/text2video/{id}", "/v1/videos/text2video" },
    }
    for name, e in pairs(expected) do
      local spec = gateway.find(name)
      local t = spec.endpoints.text2video
      assert.equal(e[1], spec.base_url)
      assert.same({ e[2], e[3] }, { t.path, t.query })
      assert.equal(e[4], t.lookup)
      assert.equal(e[5], t.list)
      assert.equal("bearer", spec.auth[1])
      assert.equal(name == "kling" and "jwt" or nil, spec.auth[2])
      assert.equal(name == "kling", spec.capability_rules)
      assert.equal(t.lookup ~= nil, spec.guarantees.lookup)
    end
  end)

  it("are asked first after 5 s and never given up before 20 minutes", function()
    for _, name in ipairs(gateway.names()) do
      local polling = gateway.find(name).polling
      assert.equal(5, polling.first)
      assert.truthy(polling.growth > 1 and polling.jitter > 0 and polling.jitter < 1)
      assert.truthy(polling.interval_max >= 10 and polling.interval_max <= 15)
      assert.equal(1200, polling.deadline)
    end
  end)
end)

describe("gateway.find", function()
  it("names the nearest gateway", function()
    assert.truthy(refusal(gateway.find, "anyfsat"):find("meant: anyfast?", 1, true))
    assert.truthy(refusal(gateway.find, "zzzzzzzzzzzz"):find("there are: anyfast, kkiai", 1, true))
    assert.is_nil(refusal(gateway.find, "zzzzzzzzzzzz"):find("meant", 1, true))
    assert.truthy(refusal(gateway.find, nil):find("no gateway", 1, true))
  end)

  it("gives out copies", function()
    local spec = gateway.find "anyfast"
    spec.base_url, spec.polling.first = "https://evil.example", 0
    gateway.endpoint(spec, "text2video").fields[1].values[1] = "changed"
    assert.equal("https://www.anyfast.ai", gateway.find("anyfast").base_url)
    assert.equal(5, gateway.find("anyfast").polling.first)
    local again = gateway.endpoint(gateway.find "anyfast", "text2video")
    assert.same({ "kling-v3" }, again.fields[1].values)
  end)

  it("does not keep a hold on the table it is given", function()
    local data = { extends = "anyfast" }
    local spec = gateway.find(data)
    data.base_url = "https://evil.example"
    assert.equal("https://www.anyfast.ai", spec.base_url)
  end)
end)

describe("gateway.endpoint", function()
  it("takes only endpoints the gateway has", function()
    local message = refusal(gateway.endpoint, gateway.find "kkiai", "image2video")
    assert.truthy(message:find("no endpoint \"image2video\"", 1, true), message)
  end)

  it("applies capability rules where the gateway or the user wants them", function()
    local function has(name, options)
      return rule_names(gateway.endpoint(gateway.find(name), "text2video", options)).camera_models
    end
    assert.truthy(has "kling")
    assert.is_nil(has "kkiai")
    assert.truthy(has("kkiai", { capability_rules = true }))
    assert.is_nil(has("kling", { capability_rules = false }))
  end)

  it("applies words that are capabilities, and leaves none behind", function()
    local function image(on)
      return field(gateway.endpoint(gateway.find "anyfast", "image2video",
        { capability_rules = on }), "image")
    end
    assert.equal(2.5, image(true).max_ratio)
    assert.is_nil(image(false).max_ratio)
    assert.is_nil(image(true).capability)
    assert.is_nil(image(false).capability)
  end)

  it("turns rules off that may be, and names those when another is asked for", function()
    local spec = gateway.find "uniall"
    local object = gateway.endpoint(spec, "image2video", { allow = { "image_urls_only" } })
    assert.is_nil(rule_names(object).image_urls_only)
    local message = refusal(gateway.endpoint, spec, "text2video", { allow = { "prompt_or_shot" } })
    assert.truthy(message:find("meant: prompt_or_shots?", 1, true), message)
    assert.truthy(message:find("image_urls_only", 1, true), message)
    message = refusal(gateway.endpoint, spec, "text2video", { allow = { "shots_required" } })
    assert.is_nil(message:find("there are:.*shots_required"), message)
    assert.truthy(gateway.endpoint(spec, "text2video", { allow = { "image_urls_only" } }))
  end)

  it("widens open fields by names or to anything", function()
    local spec = gateway.find "powertokens"
    local model = field(gateway.endpoint(spec, "text2video", { models = { "kling-v4" } }),
      "model_name")
    assert.same({ "kling-v3", "kling-v4" }, model.values)
    assert.is_nil(model.any)
    model = field(gateway.endpoint(spec, "text2video", { models = "any" }), "model_name")
    assert.is_true(model.any)
    assert.truthy(merge.set(model.values)["kling-v1"])
    assert.is_nil(merge.set(model.values)["*"])
    assert.is_nil(field(gateway.endpoint(spec, "text2video", { models = "any" }), "mode").any)
  end)

  it("refuses options that are none", function()
    local spec = gateway.find "kling"
    assert.truthy(refusal(gateway.endpoint, spec, "text2video", { models = "kling-v4" })
      :find("models", 1, true))
    assert.truthy(refusal(gateway.endpoint, spec, "text2video", { allow = "camera_range" })
      :find("allow", 1, true))
  end)
end)

describe("gateway.other_accepts", function()
  it("tells who takes a field, by any of its names", function()
    assert.same({ "uniall" }, gateway.other_accepts("aspect_ratio", "image2video"))
    assert.same({ "powertokens" }, gateway.other_accepts("voice_list", "text2video"))
    assert.same({ "anyfast", "kling", "uniall" },
      gateway.other_accepts("last_image", "image2video"))
    assert.same({}, gateway.other_accepts("aspect_ration", "text2video"))
  end)
end)
