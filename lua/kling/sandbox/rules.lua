--- Checks one decoded request body against a gateway's rules.
-- Owns: the kinds of field (text, choice, digits, ...) and the walk that finds every problem.
-- Stands on: json (types), text, image, crossrules. The rules themselves are data in gateways/.
-- Never: looks at the client's tables; these rules were written from the gateways' own documents.

local crossrules = require "kling.sandbox.crossrules"
local image = require "kling.sandbox.image"
local json = require "kling.sandbox.json"
local text = require "kling.sandbox.text"

local rules = {}

local function add(problems, path, complaint, kind)
  problems[#problems + 1] = { path = path, complaint = complaint, kind = kind or "value" }
end

local function has(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

local function range_problem(n, rule)
  if rule.min and n < rule.min then return "must be at least " .. rule.min end
  if rule.max and n > rule.max then return "must be at most " .. rule.max end
end

local kinds = {}
local check_fields

--- A string of at most `max` code points; `filled` refuses a blank one.
kinds.text = { json = "string", check = function(value, rule)
  if rule.max and text.length(value) > rule.max then
    return ("is longer than %d characters"):format(rule.max)
  end
  if rule.filled and not value:find("%S") then return "must not be blank" end
end }

kinds.choice = { json = "string", check = function(value, rule)
  if not has(rule, value) then return "must be one of " .. table.concat(rule, ", ") end
end }

--- An integer written as a JSON string, the way /kling paths want durations.
kinds.digits = { json = "string", check = function(value, rule)
  if not value:find("^[1-9]%d*$") then return "must be an integer written as a string" end
  return range_problem(tonumber(value), rule)
end }

kinds.number = { json = "number", check = range_problem }

kinds.integer = { json = "number", check = function(value, rule)
  if value % 1 ~= 0 then return "must be an integer" end
  return range_problem(value, rule)
end }

kinds.flag = { json = "boolean", check = function() end }

kinds.picture = { json = "string", check = image.problem }

kinds.url = { json = "string", check = function(value, rule)
  if value == "" and rule.empty then return nil end
  if not image.is_url(value) then return "must be an http(s) URL" end
end }

kinds.list = { json = "array", check = function(value, rule, path, problems)
  for i, item in ipairs(value) do
    rules.check_value(item, rule.of, ("%s[%d]"):format(path, i), problems)
  end
  if rule.min and #value < rule.min then return ("needs at least %d items"):format(rule.min) end
  if rule.max and #value > rule.max then return ("has more than %d items"):format(rule.max) end
end }

kinds.object = { json = "object", check = function(value, rule, path, problems)
  check_fields(value, rule.fields, path .. ".", problems)
end }

--- Check one value; problems are appended.
---@param value any decoded JSON
---@param rule table kind and limits
---@param path string where it stands in the body
---@param problems table list of {path, complaint, kind}
function rules.check_value(value, rule, path, problems)
  local kind = kinds[rule.kind] or error("no such kind of field: " .. tostring(rule.kind))
  if json.type(value) ~= kind.json then
    return add(problems, path, ("must be a JSON %s, got a %s"):format(kind.json, json.type(value)),
      "type")
  end
  local complaint = kind.check(value, rule, path, problems)
  if complaint then add(problems, path, complaint) end
end

function check_fields(body, fields, prefix, problems)
  for name, rule in pairs(fields) do
    if body[name] ~= nil then
      rules.check_value(body[name], rule, prefix .. name, problems)
    elseif rule.required then
      add(problems, prefix .. name, "is required", rule.missing)
    end
  end
  for name in pairs(body) do
    if not fields[name] then add(problems, prefix .. name, "is not a known field", "unknown") end
  end
end

-- Options may let unknown fields and further models pass.
local function excused(problem, body, options)
  if problem.kind == "unknown" then return options.allow_unknown end
  local names_model = problem.path == "model_name" or problem.path == "model"
  return names_model and has(options.models or {}, body[problem.path])
end

local function kept(problems, body, options)
  local out = {}
  for _, problem in ipairs(problems) do
    if not excused(problem, body, options) then out[#out + 1] = problem end
  end
  table.sort(out, function(a, b) return a.path < b.path end)
  return out
end

local function check_cross(body, rule, problems)
  for _, entry in ipairs(rule.cross) do
    local check = crossrules[entry[1]] or error("no such cross rule: " .. tostring(entry[1]))
    check(body, entry, function(path, complaint) add(problems, path, complaint) end)
  end
end

--- Find every problem of a body.
---@param body table decoded JSON object
---@param rule table fields and cross rules of one endpoint of one gateway
---@param options table allow_unknown: let unknown fields pass; models: further models to accept
---@return table problems sorted list of {path, complaint, kind}; empty when the body is good
function rules.check(body, rule, options)
  local problems = {}
  check_fields(body, rule.fields, "", problems)
  local found = kept(problems, body, options)
  if #found > 0 then return found end
  check_cross(body, rule, problems)
  return kept(problems, body, options)
end

--- One sentence for a list of problems.
---@param problems table
---@return string
function rules.sentence(problems)
  local parts = {}
  for i, problem in ipairs(problems) do parts[i] = problem.path .. " " .. problem.complaint end
  return table.concat(parts, "; ")
end

return rules
