-- The word that a mistyped one was meant to be.

local nearest = require "kling.nearest"

describe("nearest", function()
  it("finds the word that was meant, or none", function()
    assert.equal("prompt", nearest("promt", { "prompt", "mode" }))
    assert.equal("mode", nearest("mdoe", { "prompt", "mode" }))
    assert.is_nil(nearest("zebra", { "prompt", "mode" }))
    assert.is_nil(nearest(("x"):rep(100000), { "prompt" }))
  end)
end)
