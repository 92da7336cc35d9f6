-- Models, modes and sound: the lists of each gateway, and how uniall makes one word of them.

local support = require "spec.support.rules"
local rule = support.rule

local UNIALL = { "uniall text2video", "uniall image2video" }
local SILENT = { "kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-master", "kling-v2-1",
  "kling-v2-1-master", "kling-v2-5-turbo" }

local MODELS = {
  ["anyfast text2video"] = { "kling-v3" },
  ["anyfast image2video"] = { "kling-v2-master" },
  ["kkiai text2video"] = { "kling-v1", "kling-v1-6", "kling-v2-master", "kling-v2-1-master",
    "kling-v2-5-turbo", "kling-v3" },
  ["powertokens text2video"] = { "kling-v3" },
  ["uniall text2video"] = { "kling-v3", "kling-v3-std-silent", "kling-v3-std-audio",
    "kling-v3-pro-silent", "kling-v3-pro-audio" },
  ["uniall image2video"] = { "kling-v3", "kling-v3-std-silent", "kling-v3-std-audio",
    "kling-v3-pro-silent", "kling-v3-pro-audio" },
  ["kling text2video"] = { "kling-v1", "kling-v1-6", "kling-v2-master", "kling-v2-1-master",
    "kling-v2-5-turbo", "kling-v2-6", "kling-v3" },
  ["kling image2video"] = { "kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-master",
    "kling-v2-1", "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6", "kling-v3" },
}

local DEFAULTS = {
  ["anyfast text2video"] = "\"model_name\":\"kling-v3\"",
  ["anyfast image2video"] = "\"model_name\":\"kling-v2-master\"",
  ["kkiai text2video"] = "\"model_name\":\"kling-v3\"",
  ["powertokens text2video"] = "\"model_name\":\"kling-v3\"",
  ["uniall text2video"] = "\"model\":\"kling-v3-std-silent\"",
  ["uniall image2video"] = "\"model\":\"kling-v3-std-silent\"",
  ["kling text2video"] = "\"model_name\":\"kling-v3\"",
  ["kling image2video"] = "\"model_name\":\"kling-v3\"",
}

local ALL = { "kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-master", "kling-v2-1",
  "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6", "kling-v3", "kling-v3-0", "kling-v2-5",
  "kling-v3-omni", "kling-v3-std-silent", "kling-v3-4k-silent" }

describe("model_name", function()
  it("is one of the gateway's list (every seed; Kling's docs)", function()
    for place, listed in pairs(MODELS) do
      local plan, endpoint = support.plan(place)
      local good = {}
      for _, model in ipairs(listed) do good[model] = true end
      for _, model in ipairs(ALL) do
        local request = support.request(endpoint, { model_name = model })
        if good[model] then
          support.accepts(plan, request)
        else
          support.refuses(plan, request, { "model_name" })
        end
      end
    end
  end)

  it("is always sent, a default when absent (every seed)", function()
    for place, written in pairs(DEFAULTS) do
      local plan, endpoint = support.plan(place)
      local body = support.accepts(plan, support.request(endpoint, {}))
      assert.equal("{" .. written .. ",", body:sub(1, #written + 2))
    end
  end)

  it("may be given as model, and is sent under one name (Kling's docs, seed 003)", function()
    for _, place in ipairs(support.everywhere) do
      local plan, endpoint = support.plan(place)
      local model = MODELS[place][1]
      local body = support.accepts(plan, support.request(endpoint, { model = model }))
      assert.equal(1, select(2, body:gsub("\"model[_name]*\":", "")))
      support.refuses(plan, support.request(endpoint, { model = model, model_name = model }),
        { "model_name" })
    end
  end)

  it("models widens the list by names", function()
    for _, place in ipairs(support.everywhere) do
      local plan, endpoint = support.plan(place, { models = { "kling-v9", MODELS[place][1] } })
      local body = support.accepts(plan, support.request(endpoint, { model_name = "kling-v9" }))
      assert.truthy(body:find("\":\"kling-v9\",", 1, true), body)
      support.accepts(plan, support.request(endpoint, { model_name = MODELS[place][1] }))
      support.refuses(plan, support.request(endpoint, { model_name = "kling-v8" }),
        { "model_name" })
    end
  end)

  it("models = \"any\" opens the list; rules about known models hold all the same", function()
    for _, place in ipairs(support.kling_bodies) do
      local plan, endpoint = support.plan(place, { models = "any" })
      local body = support.accepts(plan, support.request(endpoint, { model_name = "kling-v9" }))
      assert.truthy(body:find("\":\"kling-v9\",", 1, true), body)
      for _, model in ipairs(SILENT) do
        support.refuses(plan, support.request(endpoint, { model_name = model, sound = "on" }),
          { "sound" }, "sound_models")
      end
      support.refuses(plan, support.request(endpoint, { model_name = 3 }), { "model_name" })
    end
  end)
end)

describe("mode", function()
  rule("std and pro (seeds 000, 001, 003, 004)", {
    on = { "anyfast text2video", "anyfast image2video", "kkiai text2video", "uniall image2video" },
    accept = { { mode = "std" }, { mode = "pro" }, { mode = "" } },
    refuse = { { { mode = "PRO" }, paths = { "mode" } } },
  })

  rule("4k in seed 002 and in Kling's docs", {
    on = { "powertokens text2video", "kling text2video", "kling image2video" },
    accept = { { mode = "std" }, { mode = "pro" }, { mode = "4k" } },
    refuse = { { { mode = "8k" }, paths = { "mode" } } },
  })

  it("no 4k elsewhere (seeds 000, 001, 003, 004)", function()
    for _, place in ipairs { "anyfast text2video", "anyfast image2video", "kkiai text2video" } do
      local plan, endpoint = support.plan(place)
      support.refuses(plan, support.request(endpoint, { mode = "4k" }), { "mode" })
    end
    for _, place in ipairs(UNIALL) do
      local plan, endpoint = support.plan(place)
      local problems = plan:validate(support.request(endpoint, { mode = "4k" }))
      assert.equal("mode", problems[#problems].path)
    end
  end)

  it("is sent when given; seed 001's gateway gets std when it is not", function()
    for _, place in ipairs(support.kling_bodies) do
      local plan, endpoint = support.plan(place)
      local body = support.accepts(plan, support.request(endpoint, {}))
      assert.equal(place:find "kkiai" and "std" or nil, body:match("\"mode\":\"(%w+)\""))
      body = support.accepts(plan, support.request(endpoint, { mode = "pro" }))
      assert.equal("pro", body:match("\"mode\":\"(%w+)\""))
    end
  end)
end)

describe("uniall's model (seed 003)", function()
  local NAMES = {
    ["kling-v3-std-silent"] = { "std", "off" }, ["kling-v3-std-audio"] = { "std", "on" },
    ["kling-v3-pro-silent"] = { "pro", "off" }, ["kling-v3-pro-audio"] = { "pro", "on" },
  }

  it("is made of model, mode and sound", function()
    for _, place in ipairs(UNIALL) do
      local plan, endpoint = support.plan(place)
      for name, parts in pairs(NAMES) do
        for _, model in ipairs { "kling-v3", name } do
          local body = support.accepts(plan, support.request(endpoint,
            { model_name = model, mode = parts[1], sound = parts[2] }))
          assert.truthy(body:find("{\"model\":\"" .. name .. "\",", 1, true), body)
        end
        local body = support.accepts(plan, support.request(endpoint, { model = name }))
        assert.truthy(body:find("{\"model\":\"" .. name .. "\",", 1, true), body)
      end
    end
  end)

  it("must agree with mode and sound when these are given too", function()
    for _, place in ipairs(UNIALL) do
      local plan, endpoint = support.plan(place)
      local request = support.request(endpoint, { model = "kling-v3-pro-audio", mode = "std" })
      support.refuses(plan, request, { "mode" })
      request.sound = "off"
      support.refuses(plan, request, { "mode", "sound" })
    end
  end)

  it("a name added by models stands for itself", function()
    local plan = support.plan("uniall text2video", { models = { "kling-v4-pro-audio" } })
    local request = { model = "kling-v4-pro-audio", prompt = "A cat" }
    assert.equal("{\"model\":\"kling-v4-pro-audio\",\"prompt\":\"A cat\",\"duration\":5,"
      .. "\"extra_body\":{}}", support.accepts(plan, request))
    request.mode = "pro"
    assert.is_table(plan:validate(request))
  end)
end)

describe("sound", function()
  it("sound_models: on only from V2.6 on (seeds 000, 001, 004)", function()
    for place, listed in pairs(MODELS) do
      local plan, endpoint = support.plan(place, { capability_rules = false })
      local silent = {}
      for _, model in ipairs(SILENT) do silent[model] = true end
      for _, model in ipairs(listed) do
        local request = support.request(endpoint, { model_name = model, sound = "on" })
        if silent[model] then
          support.refuses(plan, request, { "sound" }, "sound_models")
        elseif not model:find "silent" then
          support.accepts(plan, request)
        end
        if not model:find "audio" then
          request.sound = "off"
          support.accepts(plan, request)
        end
      end
    end
  end)

  rule("on or off (seeds 000, 001, 002, 004)", {
    on = { "anyfast text2video", "kkiai text2video", "powertokens text2video", "uniall text2video",
      "kling text2video" },
    accept = { { sound = "on" }, { sound = "off" }, { sound = "" } },
    refuse = { { { sound = true }, paths = { "sound" } },
      { { sound = "yes" }, paths = { "sound" } } },
  })

  it("is sent when given only", function()
    for _, place in ipairs(support.kling_bodies) do
      local plan, endpoint = support.plan(place)
      assert.is_nil(support.accepts(plan, support.request(endpoint, {})):find("sound", 1, true))
      local body = support.accepts(plan, support.request(endpoint, { sound = "off" }))
      assert.truthy(body:find("\"sound\":\"off\"", 1, true))
    end
  end)
end)
