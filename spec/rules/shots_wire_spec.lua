-- Several shots on the wire: what is written, what is dropped, what is never sent.

local support = require "spec.support.rules"
local none = support.none

local UNIALL = { "uniall text2video", "uniall image2video" }

local function storyboard(changes)
  local request = { prompt = none, multi_shot = true, shot_type = "customize",
    multi_prompt = { { prompt = "one", duration = 2 }, { prompt = "two", duration = 3 } } }
  for key, value in pairs(changes) do request[key] = value end
  return request
end

describe("shots on the wire", function()
  it("a lone shot_type is dropped (seeds 001, 002)", function()
    for _, place in ipairs(support.kling_bodies) do
      local plan, endpoint = support.plan(place)
      local request = support.request(endpoint, { shot_type = "customize" })
      assert.is_nil(support.accepts(plan, request):find("shot_type", 1, true), place)
      request.multi_shot = false
      assert.is_nil(support.accepts(plan, request):find("shot_type", 1, true), place)
    end
  end)

  it("multi_shot is written when true; seed 001's gateway gets it always", function()
    for _, place in ipairs(support.kling_bodies) do
      local plan, endpoint = support.plan(place)
      local body = support.accepts(plan, support.request(endpoint, { multi_shot = false }))
      local expected = place == "kkiai text2video" and "\"multi_shot\":false" or nil
      assert.equal(expected, body:match("\"multi_shot\":%a+"))
      body = support.accepts(plan, support.request(endpoint, storyboard {}))
      assert.equal("\"multi_shot\":true", body:match("\"multi_shot\":%a+"))
    end
  end)

  it("shots are numbered, their lengths are texts (seeds 000, 001, 002, 004)", function()
    for _, place in ipairs(support.kling_bodies) do
      local plan, endpoint = support.plan(place)
      local body = support.accepts(plan, support.request(endpoint, storyboard {}))
      assert.truthy(body:find([["multi_prompt":[{"index":1,"prompt":"one","duration":"2"},]]
        .. [=[{"index":2,"prompt":"two","duration":"3"}]]=], 1, true), body)
    end
  end)

  it("seed 003's gateway never gets multi_shot, mode, sound or indexes", function()
    for _, place in ipairs(UNIALL) do
      local plan, endpoint = support.plan(place)
      local body = support.accepts(plan, support.request(endpoint, { prompt = none, mode = "pro",
        sound = "on", multi_shot = true, shot_type = "customize",
        multi_prompt = { { index = 1, prompt = "a" } } }))
      for _, word in ipairs { "multi_shot", "\"mode\"", "\"sound\"", "index" } do
        assert.is_nil(body:find(word, 1, true), body)
      end
      assert.truthy(body:find("\"model\":\"kling-v3-pro-audio\"", 1, true), body)
    end
  end)

  it("an end frame with several shots is no error (Kling's docs allow it since 2026)", function()
    for _, place in ipairs { "anyfast image2video", "kling image2video" } do
      local plan, endpoint = support.plan(place)
      support.accepts(plan, support.request(endpoint,
        storyboard { image_tail = "https://example.com/end.png" }))
    end
  end)
end)
