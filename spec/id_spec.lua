-- Ids that callers give: what may be one, and what is said of the others.
--
-- Owns: kling/id.lua, and its use by client:task.
-- Stands on: busted.
-- Never: asks a service.

local face = require "spec.support.face"
local ids = require "kling.id"
local kling = require "kling"

describe("an id", function()
  it("is text, or a whole number that is exact", function()
    assert.equal("860260753860210752", ids.text("id", "860260753860210752"))
    assert.equal("12", ids.text("id", 12))
    assert.equal(("x"):rep(191), ids.text("id", ("x"):rep(191)))
    assert.equal(("x"):rep(1024), ids.text("external_task_id", ("x"):rep(1024)))
  end)

  local BAD = {
    { "id", ("x"):rep(192), "1 to 191 bytes is expected, not one of 192 bytes" },
    { "external_task_id", ("x"):rep(1025), "1 to 1024 bytes is expected, not one of 1025 bytes" },
    { "id", "a\0b", "not one with a zero byte" }, { "id", "", "not one of 0 bytes" },
    { "id", nil, "not nil" }, { "id", true, "not true" }, { "id", 1.5, "not 1.5" },
    { "id", 2 ^ 60, "not 1.15" }, { "id", 0 / 0, "expected, not" },
  }
  for i, row in ipairs(BAD) do
    it("is not everything: " .. i, function()
      local text, problem = ids.text(row[1], row[2])
      assert.is_nil(text)
      assert.equal(1, (problem:find(row[1] .. ": an id as a string", 1, true)))
      assert.is_truthy(problem:find(row[3], 1, true), problem)
    end)
  end
end)

describe("client:task", function()
  local client = kling.new { gateway = "kling" }

  it("refuses an id at the caller's place, naming it", function()
    local function of(id) return function() client:task(id, "text2video") end end
    assert.matches("^spec/id_spec.lua:%d+: client:task: id: an id .* not one of 300 bytes$",
      face.raised(of(("x"):rep(300))):gsub("^.*/spec/", "spec/"))
    assert.matches("id_spec.lua:%d+: client:task: external_task_id: .* not one of 2000 bytes",
      face.raised(of { external_task_id = ("x"):rep(2000) }))
    assert.matches("client:task: external_task_id: .* not nil", face.raised(of {}))
    assert.matches("client:task: id: .* zero byte", face.raised(of "a\0b"))
  end)

  it("takes a caller's own id that is longer than the service's", function()
    local own = ("x"):rep(300)
    assert.equal(own, client:task({ external_task_id = own }, "text2video").external_task_id)
  end)
end)
