-- What a client knows without sending anything: previews, validation, capabilities.
--
-- Owns: kling/link.lua.
-- Stands on: busted.
-- Never: sends anything.

local cjson = require "cjson"
local face = require "spec.support.face"
local kling = require "kling"

local CAT = { prompt = "A cat" }

describe("preview", function()
  local client = face.client({ base_url = function() return "https://example.com" end }, "kling",
    { api_key = "sk-0123456789abcdef" })

  it("shows what would be sent, the key masked", function()
    local preview = assert(client:preview("text2video", { prompt = "A cat", duration = 5 }))
    assert.equal("POST", preview.method)
    assert.equal("https://example.com/v1/videos/text2video", preview.url)
    assert.equal("application/json", preview.headers["Content-Type"])
    assert.matches("^Bearer .*cdef$", preview.headers.Authorization)
    assert.is_nil(preview.headers.Authorization:find("0123456789", 1, true))
    local body = cjson.decode(preview.body)
    assert.equal("A cat", body.prompt)
    assert.equal("5", body.duration)
    assert.matches("^kling%-%w+$", body.external_task_id)
  end)

  it("is refused like a create", function()
    local preview, _, err = client:preview("text2video", { duration = 99 })
    assert.is_nil(preview)
    assert.equal("invalid", err.kind)
  end)
end)

describe("validate", function()
  local client = kling.new { gateway = "anyfast" }

  it("says yes, or everything that is wrong", function()
    assert.is_true(client:validate("text2video", CAT))
    local good, message, err = client:validate("text2video", { duration = 2, sound = "loud" })
    assert.is_nil(good)
    assert.equal(3, #err.problems)
    assert.matches("and 2 more", message)
  end)

  it("goes by the options of the client", function()
    local request = { prompt = "x", model_name = "kling-v9" }
    assert.is_nil(client:validate("text2video", request))
    local wide = kling.new { gateway = "anyfast", models = { "kling-v9" } }
    assert.is_true(wide:validate("text2video", request))
    assert.is_true(kling.new { gateway = "anyfast", models = "any" }:validate("text2video",
      request))
  end)
end)

describe("capabilities", function()
  it("tell what the gateway can do", function()
    local about = kling.new { gateway = "kkiai" }:capabilities()
    assert.equal("kkiai", about.gateway)
    assert.same({ "std", "pro" }, about.endpoints.text2video.modes)
    assert.is_nil(about.endpoints.image2video)
    assert.is_true(about.guarantees.lookup)
    assert.is_false(kling.new { gateway = "anyfast" }:capabilities().guarantees.lookup)
  end)

  it("are the user's own to change", function()
    local client = kling.new { gateway = "anyfast" }
    client:capabilities().endpoints.text2video.modes[1] = "none"
    assert.equal("std", client:capabilities().endpoints.text2video.modes[1])
  end)
end)
