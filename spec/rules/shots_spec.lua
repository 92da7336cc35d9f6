-- Several shots in one video: what belongs together, how long, how many, in which order.

local support = require "spec.support.rules"
local rule, none = support.rule, support.none

local WITH_INTELLIGENCE = { "anyfast text2video", "anyfast image2video", "powertokens text2video",
  "kling text2video", "kling image2video" }
local UNIALL = { "uniall text2video", "uniall image2video" }

--- A storyboard of shots of these lengths.
local function shots(...)
  local list = {}
  for i, seconds in ipairs { ... } do list[i] = { prompt = "shot " .. i, duration = seconds } end
  return list
end

local function storyboard(changes)
  local request = { prompt = none, multi_shot = true, shot_type = "customize",
    multi_prompt = shots(2, 3) }
  for key, value in pairs(changes) do request[key] = value end
  return request
end

local function prompts(n)
  local list = {}
  for i = 1, n do list[i] = { prompt = "shot " .. i } end
  return list
end

describe("shots", function()
  rule("shot_type_required when multi_shot is true (seeds 000, 001, 002)", {
    on = support.kling_bodies,
    rule = "shot_type_required",
    accept = { storyboard {}, { multi_shot = false } },
    refuse = { { { multi_shot = true }, paths = { "shot_type" } } },
  })

  rule("shots_required with customize (seeds 000, 002)", {
    on = support.kling_bodies,
    rule = "shots_required",
    accept = { storyboard {} },
    refuse = {
      { storyboard { multi_prompt = none }, paths = { "multi_prompt" } },
      { storyboard { multi_prompt = {} }, paths = { "multi_prompt" } },
    },
  })

  rule("shots_required where multi_shot is given, though it is not sent", {
    on = UNIALL,
    rule = "shots_required",
    accept = { { prompt = none, multi_shot = true, shot_type = "customize",
      multi_prompt = prompts(2) } },
    refuse = { { { multi_shot = true, shot_type = "customize" }, paths = { "multi_prompt" } } },
  })

  rule("shots_need_multi_shot (seeds 001, 002)", {
    on = support.kling_bodies,
    rule = "shots_need_multi_shot",
    accept = { storyboard {}, { multi_prompt = {} } },
    refuse = {
      { { multi_prompt = shots(5) }, paths = { "multi_prompt" } },
      { { multi_shot = false, multi_prompt = shots(5) }, paths = { "multi_prompt" } },
    },
  })

  rule("shots_need_multi_shot only where it is false in so many words (seed 003 has none)", {
    on = UNIALL,
    rule = "shots_need_multi_shot",
    accept = { { prompt = none, multi_prompt = prompts(2) } },
    refuse = { { { prompt = none, multi_shot = false, multi_prompt = prompts(2) },
      paths = { "multi_prompt" } } },
  })

  rule("shots_without_intelligence (inferred)", {
    on = WITH_INTELLIGENCE,
    rule = "shots_without_intelligence",
    accept = { { multi_shot = true, shot_type = "intelligence" },
      { multi_shot = true, shot_type = "intelligence", multi_prompt = {} } },
    refuse = { { { multi_shot = true, shot_type = "intelligence", multi_prompt = shots(5) },
      paths = { "multi_prompt" } } },
  })

  rule("shots_without_intelligence at seed 003's gateway", {
    on = UNIALL,
    rule = "shots_without_intelligence",
    accept = { { shot_type = "intelligence" } },
    refuse = { { { prompt = none, shot_type = "intelligent", multi_prompt = prompts(2) },
      paths = { "multi_prompt" } } },
  })

  rule("shot_type words: intelligent is another name of intelligence", {
    on = WITH_INTELLIGENCE,
    accept = { { multi_shot = true, shot_type = "intelligent" }, storyboard {} },
    refuse = { { { multi_shot = true, shot_type = "clever" }, paths = { "shot_type" } } },
  })

  rule("shot_type customize only (seed 001)", {
    on = { "kkiai text2video" },
    accept = { storyboard {} },
    refuse = {
      { { multi_shot = true, shot_type = "intelligence" }, paths = { "shot_type" } },
      { { multi_shot = true, shot_type = "intelligent" }, paths = { "shot_type" } },
    },
  })

  rule("one to six shots (seeds 000, 001, 002, 004)", {
    on = support.kling_bodies,
    accept = { storyboard { multi_prompt = shots(5) },
      storyboard { multi_prompt = shots(2, 2, 2, 2, 2, 2) } },
    refuse = { { storyboard { multi_prompt = shots(2, 2, 2, 2, 2, 2, 2) },
      paths = { "multi_prompt" } } },
  })

  rule("six shots at seed 003's gateway are a capability: off", {
    on = UNIALL,
    accept = { { prompt = none, multi_prompt = prompts(7) } },
    refuse = { { { prompt = none, multi_prompt = "two" }, paths = { "multi_prompt" } } },
  })

  rule("six shots at seed 003's gateway are a capability: on", {
    on = UNIALL,
    options = { capability_rules = true },
    accept = { { prompt = none, multi_prompt = prompts(6) } },
    refuse = { { { prompt = none, multi_prompt = prompts(7) }, paths = { "multi_prompt" } } },
  })

  rule("shots_total: they add up to duration (seeds 001, 002)", {
    on = support.kling_bodies,
    rule = "shots_total",
    accept = { storyboard { duration = 5 }, storyboard { duration = "5" }, storyboard {},
      storyboard { multi_prompt = shots("2", 3.0) } },
    refuse = {
      { storyboard { duration = 6 }, paths = { "duration" } },
      { storyboard { duration = "4" }, paths = { "duration" } },
    },
  })

  rule("shots_total: no shot is longer than the whole (seeds 001, 002)", {
    on = support.kling_bodies,
    rule = "shots_total",
    accept = { storyboard { duration = 5, multi_prompt = shots(5) } },
    refuse = { { storyboard { duration = 5, multi_prompt = shots(6) },
      paths = { "multi_prompt[1].duration", "duration" } } },
  })

  rule("the sum of the shots is checked like a duration (seed 000)", {
    on = { "anyfast text2video", "anyfast image2video", "powertokens text2video",
      "kling text2video", "kling image2video" },
    accept = { storyboard { multi_prompt = shots(7, 8) }, storyboard { multi_prompt = shots(3) } },
    refuse = {
      { storyboard { multi_prompt = shots(8, 8) }, paths = { "duration" } },
      { storyboard { multi_prompt = shots(1, 1) }, paths = { "duration" } },
    },
  })

  rule("each shot lasts a whole second or more (seeds 001, 002)", {
    on = support.kling_bodies,
    accept = { storyboard { multi_prompt = shots(1, 4) } },
    refuse = {
      { storyboard { multi_prompt = shots(0, 5) }, paths = { "multi_prompt[1].duration" } },
      { storyboard { multi_prompt = shots(5, -1) }, paths = { "multi_prompt[2].duration" } },
      { storyboard { multi_prompt = shots(2.5, 2.5) },
        paths = { "multi_prompt[1].duration", "multi_prompt[2].duration" } },
      { storyboard { multi_prompt = shots("3s", 2) }, paths = { "multi_prompt[1].duration" } },
    },
  })

  rule("each shot has a prompt and a duration (seed 001)", {
    on = support.kling_bodies,
    accept = { storyboard {} },
    refuse = {
      { storyboard { duration = 5, multi_prompt = { { prompt = "one" } } },
        paths = { "multi_prompt[1].duration" } },
      { storyboard { multi_prompt = { { duration = 5 } } }, paths = { "multi_prompt[1].prompt" } },
      { storyboard { multi_prompt = { { prompt = "", duration = 5 } } },
        paths = { "multi_prompt[1].prompt" } },
    },
  })

  rule("a shot's prompt has 512 characters at most (seeds 001, 002)", {
    on = support.kling_bodies,
    accept = { storyboard { multi_prompt = { { prompt = ("\195\164"):rep(512), duration = 5 } } } },
    refuse = { { storyboard { multi_prompt = { { prompt = ("\195\164"):rep(513), duration = 5 } } },
      paths = { "multi_prompt[1].prompt" } } },
  })

  rule("shots_sequence: indexes are 1, 2, 3 or absent (Kling's docs)", {
    on = support.kling_bodies,
    rule = "shots_sequence",
    accept = {
      storyboard { multi_prompt = { { index = 1, prompt = "a", duration = 2 },
        { index = "2", prompt = "b", duration = 3 } } },
      storyboard { multi_prompt = { { prompt = "a", duration = 2 },
        { index = 2, prompt = "b", duration = 3 } } },
    },
    refuse = {
      { storyboard { multi_prompt = { { index = 0, prompt = "a", duration = 5 } } },
        paths = { "multi_prompt[1].index" } },
      { storyboard { multi_prompt = { { index = 2, prompt = "a", duration = 2 },
        { index = 1, prompt = "b", duration = 3 } } },
        paths = { "multi_prompt[1].index", "multi_prompt[2].index" } },
    },
  })

  rule("shots_sequence at seed 003's gateway, where indexes are not sent", {
    on = UNIALL,
    rule = "shots_sequence",
    accept = { { prompt = none, multi_prompt = { { index = 1, prompt = "a" } } } },
    refuse = { { { prompt = none, multi_prompt = { { index = 3, prompt = "a" } } },
      paths = { "multi_prompt[1].index" } } },
  })

  rule("prompt_only_shots (seed 003)", {
    on = UNIALL,
    rule = "prompt_only_shots",
    accept = { { prompt = none, multi_prompt = prompts(2) } },
    refuse = { { { prompt = none, multi_prompt = shots(2, 3) },
      paths = { "multi_prompt[1].duration", "multi_prompt[2].duration" } } },
  })

  rule("each shot has a prompt at seed 003's gateway too", {
    on = UNIALL,
    accept = { { prompt = none, multi_prompt = prompts(1) } },
    refuse = { { { prompt = none, multi_prompt = { {} } }, paths = { "multi_prompt[1].prompt" } } },
  })

  rule("prompt_only_shots can be turned off; then lengths add up like everywhere", {
    on = UNIALL,
    options = { allow = { "prompt_only_shots" } },
    accept = { { prompt = none, duration = 5, multi_prompt = shots(2, 3) },
      { prompt = none, multi_prompt = shots(8, 7) } },
    refuse = {
      { { prompt = none, duration = 6, multi_prompt = shots(2, 3) }, paths = { "duration" } },
      { { prompt = none, multi_prompt = shots(8, 8) }, paths = { "duration" } },
      { { prompt = none, multi_prompt = shots(0, 5) }, paths = { "multi_prompt[1].duration" } },
    },
  })
end)
