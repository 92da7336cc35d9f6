-- What each gateway of the sandbox accepts and refuses, by its seed.

local bodies = require "spec.sandbox.bodies"
local json = require "kling.sandbox.json"
local rules = require "kling.sandbox.rules"

local function with(base, changes)
  local body = {}
  for name, value in pairs(base) do body[name] = value end
  for name, value in pairs(changes) do body[name] = value ~= bodies.nothing and value or nil end
  return body
end

local function gateway_rules(place)
  local gateway, endpoint = place:match("^(%S+) (%S+)$")
  return require("kling.sandbox.gateways." .. gateway).rules[endpoint]
end

local function problems_of(place, changes)
  local body = json.encode(with(bodies.good[place], changes))
  return rules.check(assert(json.decode(body)), gateway_rules(place), {})
end

local function has_path(problems, path)
  for _, problem in ipairs(problems) do
    if problem.path == path then return true end
  end
  return false
end

local function contains(list, wanted)
  for _, item in ipairs(list or {}) do
    if item == wanted then return true end
  end
  return false
end

describe("bodies", function()
  for i, case in ipairs(bodies.list) do
    local places, changes, path, except = case[1], case[2], case[3], case[4]
    for _, place in ipairs(places) do
      if not contains(except, place) then
        it(("case %d at %s: %s"):format(i, place, path or "good"), function()
          local problems = problems_of(place, changes)
          local said = rules.sentence(problems)
          if path then
            assert.is_true(has_path(problems, path), "expected a complaint about " .. path
              .. ", got: " .. said)
          else
            assert.equal("", said)
          end
        end)
      end
    end
  end

  it("lets unknown fields and further models pass when told to", function()
    local rule = gateway_rules "anyfast text2video"
    local body = json.decode '{"model_name":"kling-v9","prompt":"x","new_knob":1}'
    assert.equal(2, #rules.check(body, rule, {}))
    assert.same({}, rules.check(body, rule, { allow_unknown = true, models = { "kling-v9" } }))
  end)
end)
