-- Durations: which are allowed, in which spellings they may be given, how they are written.

local support = require "spec.support.rules"
local rule = support.rule

local RANGED = { "anyfast text2video", "anyfast image2video", "powertokens text2video",
  "uniall text2video", "uniall image2video", "kling text2video", "kling image2video" }
local NAN = 0 / 0

describe("duration", function()
  rule("3 to 15 seconds (seeds 000, 002, 003, 004)", {
    on = RANGED,
    accept = { { duration = 3 }, { duration = 9 }, { duration = 15 } },
    refuse = {
      { { duration = 2 }, paths = { "duration" } },
      { { duration = 16 }, paths = { "duration" } },
      { { duration = "2" }, paths = { "duration" } },
    },
  })

  rule("any whole second where seed 001 lists none", {
    on = { "kkiai text2video" },
    accept = { { duration = 1 }, { duration = 60 } },
    refuse = { { { duration = 0 }, paths = { "duration" } },
      { { duration = -5 }, paths = { "duration" } } },
  })

  rule("whole numbers, as number or digits", {
    on = support.everywhere,
    accept = { { duration = 5 }, { duration = "5" }, { duration = 5.0 } },
    refuse = {
      { { duration = 5.5 }, paths = { "duration" } },
      { { duration = "5s" }, paths = { "duration" } },
      { { duration = "5.0" }, paths = { "duration" } },
      { { duration = " 5" }, paths = { "duration" } },
      { { duration = "" }, paths = { "duration" } },
      { { duration = NAN }, paths = { "duration" } },
      { { duration = math.huge }, paths = { "duration" } },
      { { duration = -5 }, paths = { "duration" } },
      { { duration = true }, paths = { "duration" } },
      { { duration = {} }, paths = { "duration" } },
    },
  })

  it("5, \"5\" and 5.0 are one duration: a string under /kling, a number in seed 003", function()
    for _, place in ipairs(support.everywhere) do
      local plan, endpoint = support.plan(place)
      local written = place:find "uniall" and "\"duration\":5," or "\"duration\":\"5\""
      for _, seconds in ipairs { 5, "5", 5.0 } do
        local body = support.accepts(plan, support.request(endpoint, { duration = seconds }))
        assert.truthy(body:find(written, 1, true), body)
      end
    end
  end)

  it("is sent unasked only where the seed requires it (seeds 001, 003)", function()
    for _, place in ipairs(support.everywhere) do
      local plan, endpoint = support.plan(place)
      local body = support.accepts(plan, support.request(endpoint, {}))
      local expected = place:find "kkiai" and "\"5\"" or place:find "uniall" and "5" or nil
      assert.equal(expected, body:match("\"duration\":([^,}]+)"))
    end
  end)

  it("is the sum of the shots when absent", function()
    for _, place in ipairs(support.kling_bodies) do
      local plan, endpoint = support.plan(place)
      local body = support.accepts(plan, support.request(endpoint, { multi_shot = true,
        shot_type = "customize", multi_prompt = { { prompt = "a", duration = "4" },
          { prompt = "b", duration = 3 } } }))
      assert.truthy(body:find("\"duration\":\"7\",", 1, true), body)
    end
  end)
end)
