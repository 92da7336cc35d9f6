-- Tests of rules as tables: a rule's name, where it holds, what it accepts, what it refuses.
--
-- Owns: `rule`, which makes one busted test for each side of a rule at each endpoint.
-- Stands on: kling.gateway and kling.core's plans; busted's `it` and assert.
-- Never: sends anything.

local assert = require "luassert"
local busted = require "busted"
local core = require "kling.core"
local gateway = require "kling.gateway"

local support = {}

--- Stands for a field of the base request that is to be left out.
support.none = setmetatable({}, { __name = "none" })

local BASE = {
  text2video = { prompt = "A cat" },
  image2video = { prompt = "A cat", image = "https://example.com/cat.png" },
}

--- Every gateway and endpoint there is.
support.everywhere = {
  "anyfast text2video", "anyfast image2video", "kkiai text2video", "powertokens text2video",
  "uniall text2video", "uniall image2video", "kling text2video", "kling image2video",
}

--- Those whose paths hold Kling's own bodies.
support.kling_bodies = {
  "anyfast text2video", "anyfast image2video", "kkiai text2video", "powertokens text2video",
  "kling text2video", "kling image2video",
}

--- The plan of an endpoint.
---@param place string gateway and endpoint, a space between them
---@param options table|nil as for gateway.endpoint
---@return userdata plan
---@return string endpoint
function support.plan(place, options)
  local name, endpoint = place:match("^(%S+) (%S+)$")
  return core.plan(gateway.endpoint(gateway.find(name), endpoint, options)), endpoint
end

--- The endpoint's shortest good request with changes in it.
function support.request(endpoint, changes)
  local request = {}
  for key, value in pairs(BASE[endpoint]) do request[key] = value end
  for key, value in pairs(changes) do
    if value == support.none then request[key] = nil else request[key] = value end
  end
  return request
end

local function messages(problems)
  local lines = {}
  for i, problem in ipairs(problems or {}) do lines[i] = problem.message end
  return table.concat(lines, "\n")
end

--- Fails unless the request is good; returns its body.
function support.accepts(plan, request)
  local problems = plan:validate(request)
  assert.is_nil(problems, messages(problems))
  return assert(plan:body(request))
end

--- Fails unless the request is refused exactly at these paths, each with what was got and allowed.
---@param paths string[]
---@param rule string|nil the rule that must have spoken at the first path
function support.refuses(plan, request, paths, rule)
  local problems = plan:validate(request)
  assert.is_table(problems, "nothing was refused")
  local found = {}
  for i, problem in ipairs(problems) do
    found[i] = problem.path
    assert.is_true(#problem.got > 0 and #problem.allowed > 0, problem.message)
    if problem.path == paths[1] and rule then assert.equal(rule, problem.rule) end
  end
  table.sort(found)
  local wanted = { (table.unpack or unpack)(paths) }
  table.sort(wanted)
  assert.same(wanted, found, messages(problems))
end

local function check(place, test, case)
  local plan, endpoint = support.plan(place, test.options)
  local request = support.request(endpoint, case[1] or case)
  if not case.paths then return support.accepts(plan, request) end
  support.refuses(plan, request, case.paths, case.rule or test.rule)
end

--- One test a side and place.
---@param name string the rule, and where it is from
---@param test table `on` (places), `accept` (list of changes), `refuse` (list of
---  { changes, paths = }), `rule` (name of the one that refuses), `options` (of gateway.endpoint)
function support.rule(name, test)
  for _, place in ipairs(test.on) do
    for side, word in pairs { accept = "accepts", refuse = "refuses" } do
      busted.it(("%s: %s %s"):format(name, place, word), function()
        for _, case in ipairs(test[side]) do
          assert.equal(side == "refuse", case.paths ~= nil)
          check(place, test, case)
        end
      end)
    end
  end
end

return support
