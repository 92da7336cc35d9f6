-- Data outside the vocabulary: refused, with the path of what is wrong.

local gateway = require "kling.gateway"
local vocabulary = require "kling.vocabulary"

--- The sentence with which a call is refused.
local function refusal(...)
  local ok, message = pcall(...)
  assert.is_false(ok, "it was not refused")
  assert.is_string(message)
  return message
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
  it("is refused with the path of what is wrong", function()
    local loop = {}
    loop.self = loop
    local cases = {
      { own { colour = "red" }, "gateway.colour: no such word" },
      { own { endpoints = { text2video = { pathh = "/x" } } },
        "gateway.endpoints.text2video.pathh: no such word; meant: path?" },
      { with_field("mode", { valuez = { "std" } }),
        "fields.mode.valuez: no such word; meant: values?" },
      { with_field("mode", { values = function() end }),
        "fields.mode.values: a table is expected, not a function" },
      { with_field("mode", { type = "enumm" }), "fields.mode.type: \"enumm\" is none of" },
      { with_field("mode", { default = function() end }), "fields.mode.default: a string, number" },
      { with_field("mode", { values = { "std", 5 } }),
        "fields.mode.values[2]: a string is expected" },
      { with_field("mode", { values = { "std", x = "pro" } }), "fields.mode.values: a list" },
      { with_field("duration", { max = 0 / 0 }), "fields.duration.max: a finite number" },
      { with_field("duration", { min = "3" }), "fields.duration.min: a number is expected" },
      { with_field("moood", { max = 5 }), "there is no field \"moood\"" },
      { own { replies = loop }, "gateway.replies.self: it contains itself" },
      { own { replies = { x = io.stdout } }, "gateway.replies.x: a string, number" },
      { with_field("model_name", { values = { "kling-v9" } }),
        "text2video.fields.model_name.default: \"kling-v3\" is none of: kling-v9" },
      { with_field("shot_type", { values = { "customize" } }),
        "fields.shot_type.aliases.intelligent: \"intelligence\" is none of: customize" },
      { with_field("mode", { spelling = { ["8k"] = "4320p" } }),
        "fields.mode.spelling: \"8k\" is none of: std, pro" },
      { with_field("camera_control", { fields = { type = { default = "dolly" } } }),
        "camera_control.fields.type.default: \"dolly\" is none of" },
      { own { auth = { "basic" } }, "gateway.auth[1]: \"basic\" is none of: bearer, jwt" },
      { own { extends = "anyfsat" }, "meant: anyfast?" },
      { own { extends = {} }, "gateway.extends: a string is expected" },
      { {}, "gateway.endpoints: it has none" },
      { { endpoints = { text2video = {} } }, "text2video.path: it is missing" },
      { { endpoints = { text2video = { path = "/x" } } }, "text2video.query: it is missing" },
      { { endpoints = { text2video = { path = "x", query = "/{id}" } } },
        "text2video.path: it starts with a slash" },
      { { endpoints = { text2video = { path = "/x", query = "/x" } } },
        "text2video.query: {id} is missing" },
      { { endpoints = { dance = { path = "/x", query = "/{id}" } } }, "no endpoint \"dance\"" },
      { own { endpoints = { text2video = { rules = { { name = "r", doc = "d" } } } } },
        "rules[1]: a rule does exactly one thing, not 0" },
      { own { endpoints = { text2video = { rules = { { doc = "d", require = { "a" } } } } } },
        "rules[1].name: a string is expected" },
      { own { endpoints = { text2video = { rules = { { name = "r", doc = "d",
        when = { mode = 5 }, require = { "a" } } } } } }, "rules[1].when.mode: true, false" },
      { own { endpoints = { text2video = { rules = { { name = "r", doc = "d",
        require = { "promt" } } } } } }, "text2video.rules[1]: it speaks of a field" },
      { own { [1] = "x" }, "gateway: names are expected as keys" },
    }
    for _, case in ipairs(cases) do
      local message = refusal(function()
        local spec = gateway.find(case[1])
        for _, name in ipairs(gateway.endpoints(spec)) do gateway.endpoint(spec, name) end
      end)
      assert.truthy(message:find(case[2], 1, true), message .. "\nwanted: " .. case[2])
      assert.equal("kling:", message:sub(1, 6))
    end
  end)

  it("may use one table twice, but not within itself", function()
    local words = { values = { "std" } }
    assert.truthy(gateway.find(own { endpoints = { text2video = { fields = { mode = words } },
      image2video = { fields = { mode = words } } } }))
  end)
end)

describe("the vocabulary", function()
  it("gives every word a type that can be checked and a sentence", function()
    for section, words in pairs(vocabulary) do
      for word, entry in pairs(words) do
        local name = section .. "." .. word
        assert.is_string(entry.doc, name)
        assert.is_string(entry.type, name)
        if entry.of and entry.of ~= "string" and entry.of ~= "strings" then
          assert.is_table(vocabulary[entry.of], name)
        end
      end
    end
  end)
end)
