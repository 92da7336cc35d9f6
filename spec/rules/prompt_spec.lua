-- Prompts: when one is needed, how long it may be, what counts as text.

local support = require "spec.support.rules"
local rule, none = support.rule, support.none

local SHOTS = { { prompt = "one", duration = 2 }, { prompt = "two", duration = 3 } }
local SHOT_PROMPTS = { { prompt = "one" }, { prompt = "two" } }
local UNIALL = { "uniall text2video", "uniall image2video" }
local HAN = "\232\161\140" -- one code point of three bytes

describe("prompt", function()
  rule("prompt_required unless multi_shot with customize (seeds 000, 002, 004)", {
    on = support.kling_bodies,
    rule = "prompt_required",
    accept = { {}, { prompt = none, multi_shot = true, shot_type = "customize",
      multi_prompt = SHOTS } },
    refuse = {
      { { prompt = none }, paths = { "prompt" } },
      { { prompt = "" }, paths = { "prompt" } },
      { { prompt = " \n\t " }, paths = { "prompt" } },
      { { prompt = none, multi_shot = false }, paths = { "prompt" } },
    },
  })

  rule("prompt_required with intelligence (seed 002)", {
    on = { "anyfast text2video", "anyfast image2video", "powertokens text2video",
      "kling text2video", "kling image2video" },
    rule = "prompt_required",
    accept = { { multi_shot = true, shot_type = "intelligence" } },
    refuse = { { { prompt = none, multi_shot = true, shot_type = "intelligence" },
      paths = { "prompt" } } },
  })

  rule("prompt of at most 2500 characters (seeds 000, 001, 004; Kling's docs)", {
    on = support.kling_bodies,
    accept = { { prompt = ("x"):rep(2500) }, { prompt = HAN:rep(2500) } },
    refuse = {
      { { prompt = ("x"):rep(2501) }, paths = { "prompt" } },
      { { prompt = HAN:rep(2501) }, paths = { "prompt" } },
    },
  })

  rule("negative_prompt of at most 2500 characters (seeds 000, 001, 002, 004)", {
    on = support.kling_bodies,
    accept = { { negative_prompt = HAN:rep(2500) }, { negative_prompt = "" } },
    refuse = { { { negative_prompt = HAN:rep(2501) }, paths = { "negative_prompt" } } },
  })

  rule("prompt limits are capabilities where seed 003 is silent: off", {
    on = UNIALL,
    accept = { { prompt = ("x"):rep(2501) }, { negative_prompt = ("x"):rep(2501) },
      { prompt = none, multi_prompt = { { prompt = ("x"):rep(513) } } } },
    refuse = { { { prompt = 5 }, paths = { "prompt" } } },
  })

  rule("prompt limits are capabilities where seed 003 is silent: on", {
    on = UNIALL,
    options = { capability_rules = true },
    accept = { { prompt = HAN:rep(2500), negative_prompt = HAN:rep(2500) },
      { prompt = none, multi_prompt = { { prompt = HAN:rep(512) } } } },
    refuse = {
      { { prompt = HAN:rep(2501) }, paths = { "prompt" } },
      { { negative_prompt = HAN:rep(2501) }, paths = { "negative_prompt" } },
      { { prompt = none, multi_prompt = { { prompt = HAN:rep(513) } } },
        paths = { "multi_prompt[1].prompt" } },
    },
  })

  rule("prompt_or_shots_required (seed 003)", {
    on = UNIALL,
    rule = "prompt_or_shots_required",
    accept = { {}, { prompt = none, multi_prompt = SHOT_PROMPTS } },
    refuse = {
      { { prompt = none }, paths = { "prompt" } },
      { { prompt = "", multi_prompt = {} }, paths = { "prompt" } },
    },
  })

  rule("prompt_or_shots, not both (seed 003)", {
    on = UNIALL,
    rule = "prompt_or_shots",
    accept = { { multi_prompt = {} }, { prompt = "", multi_prompt = SHOT_PROMPTS } },
    refuse = { { { multi_prompt = SHOT_PROMPTS }, paths = { "multi_prompt" } } },
  })

  rule("prompt_or_shots can be turned off", {
    on = UNIALL,
    options = { allow = { "prompt_or_shots" } },
    accept = { { multi_prompt = SHOT_PROMPTS } },
    refuse = { { { prompt = none }, paths = { "prompt" } } },
  })

  rule("texts are valid UTF-8 without NUL", {
    on = support.everywhere,
    accept = { { prompt = "a\ncat, \"purring\" \240\159\144\136" } },
    refuse = {
      { { prompt = "\255cat" }, paths = { "prompt" } },
      { { prompt = "cat\237\160\128" }, paths = { "prompt" } }, -- a lone surrogate
      { { prompt = "\192\175cat" }, paths = { "prompt" } }, -- an overlong form
      { { prompt = "a\0cat" }, paths = { "prompt" } },
      { { prompt = "c", negative_prompt = "\128" }, paths = { "negative_prompt" } },
    },
  })

  it("anyfast gets the first shot where the prompt is ignored (seed 000)", function()
    for _, place in ipairs { "anyfast text2video", "anyfast image2video" } do
      local plan, endpoint = support.plan(place)
      local body = support.accepts(plan, support.request(endpoint, { prompt = none,
        multi_shot = true, shot_type = "customize", multi_prompt = SHOTS }))
      assert.equal("one", body:match("^{\"model_name\":\"[^\"]+\",\"prompt\":\"(%w*)\""), body)
    end
  end)

  it("a prompt of one's own is sent beside the shots", function()
    local plan, endpoint = support.plan "anyfast text2video"
    local body = support.accepts(plan, support.request(endpoint, { multi_shot = true,
      shot_type = "customize", multi_prompt = SHOTS }))
    assert.truthy(body:find("\"prompt\":\"A cat\",", 1, true), body)
  end)

  it("no other gateway is sent a prompt that was not given", function()
    for _, place in ipairs { "kkiai text2video", "powertokens text2video", "kling image2video" } do
      local plan, endpoint = support.plan(place)
      local body = support.accepts(plan, support.request(endpoint, { prompt = none,
        multi_shot = true, shot_type = "customize", multi_prompt = SHOTS }))
      assert.is_nil(body:match("^{\"model_name\":\"[^\"]+\",\"prompt\""), body)
    end
  end)
end)
