-- Fits the rules of an endpoint to the fields a gateway has and to what the user chose.
--
-- Owns: which rules hold, and the words that hold with capability rules only.
-- Stands on: gateway/merge.lua.
-- Never: checks a request; that is compiled (csrc/rules.c).

local merge = require "kling.gateway.merge"

local rules = {}

--- Calls `visit` with the object and every object and item within it.
function rules.each_object(object, visit)
  visit(object)
  for _, field in ipairs(object.fields or {}) do rules.each_object(field, visit) end
  if object.item then rules.each_object(object.item, visit) end
end

--- Applies or forgets what is known of single models only.
---@param object table changed
---@param on boolean
function rules.apply_capabilities(object, on)
  rules.each_object(object, function(o)
    local kept = {}
    for _, rule in ipairs(o.rules or {}) do
      if on or not rule.capability then kept[#kept + 1] = rule end
    end
    o.rules = o.rules and kept
    local words = o.capability
    o.capability = nil
    if words and on then merge.words(o, words) end
  end)
end

local function known(names, fields)
  local list = {}
  for _, name in ipairs(names) do
    if merge.field(fields, name) then list[#list + 1] = name end
  end
  return list
end

local function all_known(condition, fields)
  for name in pairs(condition or {}) do
    if not merge.field(fields, name) then return false end
  end
  return true
end

--- Each returns the action without the fields that do not exist, nil when nothing is left of it.
local fit = {}

local function some(names, fields)
  local list = known(names, fields)
  return list[1] and list
end

fit.require_any, fit.forbid = some, some

function fit.require(names, fields)
  return #known(names, fields) == #names and names or nil
end

function fit.exclusive(groups, fields)
  local kept = {}
  for _, group in ipairs(groups) do kept[#kept + 1] = some(group, fields) or nil end
  return kept[2] and kept
end

local function one(action, fields)
  return merge.field(fields, action.field) and action
end

fit.refuse, fit.limit = one, one

local function items(action, fields)
  local array = merge.field(fields, action.array)
  if not array or (action.equals and not merge.field(fields, action.equals)) then return nil end
  action.fields = action.fields and known(action.fields, array.item.fields)
  if action.fields then return action.fields[1] and action end
  return merge.field(array.item.fields, action.field) and action
end

fit.total, fit.sequence, fit.items_forbid = items, items, items

function fit.one_nonzero(action, fields)
  local object = merge.field(fields, action.object)
  action.fields = object and some(action.fields, object.fields)
  return action.fields and action
end

function fit.transport(action, fields)
  action.fields = some(action.fields, fields)
  return action.fields and action
end

function fit.voices(action, fields)
  if not merge.field(fields, action.list) or not all_known(action.needs, fields) then return nil end
  action.texts = some(action.texts, fields)
  return action.texts and action
end

--- False when the rule speaks of fields that do not exist.
local function fits(rule, fields)
  if not all_known(rule.when, fields) then return false end
  if not all_known(rule.unless, fields) then rule.unless = nil end
  for word, action in pairs(rule) do
    if fit[word] then
      rule[word] = fit[word](action, fields) or nil
      return rule[word] ~= nil
    end
  end
end

--- Drops the rules about fields that do not exist, and their names from the lists of others.
---@param object table changed
function rules.fit(object)
  rules.each_object(object, function(o)
    local kept = {}
    for _, rule in ipairs(o.rules or {}) do
      if fits(rule, o.fields) then kept[#kept + 1] = rule end
    end
    o.rules = o.rules and kept
  end)
end

return rules
