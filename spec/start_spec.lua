-- What a program pays for before its first call: only what that call needs is loaded.
--
-- Owns: what a fresh process has loaded after each step.
-- Stands on: spec/support/child.lua; /proc, where there is one.
-- Never: measures time; bench/ does.

local child = require "spec.support.child"

local NEW = [[
local kling = require "kling"
local client = kling.new { gateway = "kling", api_key = "sk-start" }
]]
local VALIDATE = NEW .. [[
assert(client:validate("text2video", { prompt = "A cat" }))
]]
local REPORT = [[
local names = {}
for name in pairs(package.loaded) do names[#names + 1] = name end
table.sort(names)
print(table.concat(names, " "))
local maps = io.open "/proc/self/maps"
print(maps and maps:read "*a" or "")
]]

--- Name -> true for the modules that a program has loaded, and the process's map of memory.
local function loaded(program)
  local status, output = child.run(program .. REPORT)
  assert.equal(0, status, output)
  local names, maps = output:match "^([^\n]*)\n(.*)$"
  local set = {}
  for name in names:gmatch "%S+" do set[name] = true end
  return set, maps
end

local function lacks(set, names)
  for _, name in ipairs(names) do assert.is_nil(set[name], name .. " is loaded") end
end

describe("a fresh process", function()
  it("has no part of a later call after require", function()
    local set = loaded "require 'kling'\n"
    assert.is_true(set["kling.client"])
    lacks(set, { "cjson", "kling.batch", "kling.callback", "kling.download", "kling.journal",
      "kling.map", "kling.notice", "kling.retry", "kling.saved" })
  end)

  it("has not wakened what libcurl could use besides HTTP", function()
    local _, maps = loaded "require 'kling'\n"
    assert.is_nil(maps:find("/sasl2/", 1, true))
  end)

  it("has compiled no endpoint after kling.new", function()
    lacks(loaded(NEW), { "kling.endpoints.image2video", "kling.endpoints.text2video",
      "kling.gateway.check", "kling.gateway.choices", "kling.vocabulary" })
  end)

  it("has read the one endpoint that was called", function()
    local set = loaded(VALIDATE)
    assert.is_true(set["kling.endpoints.text2video"])
    lacks(set, { "cjson", "kling.endpoints.image2video", "kling.endpoints.image_capabilities",
      "kling.vocabulary" })
  end)
end)
