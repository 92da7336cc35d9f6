-- What the user's own choices change about an endpoint: rules turned off, models added.
--
-- Owns: which rules may be turned off, and what another model name changes.
-- Stands on: gateway/merge.lua, gateway/rules.lua.
-- Never: changes data that is not the caller's; gateway.lua hands over a copy.

local merge = require "kling.gateway.merge"
local rules = require "kling.gateway.rules"
local unknown = require "kling.gateway.unknown"

local choices = {}

--- Whether kling.new{allow=} may turn a rule off.
function choices.is_overridable(rule)
  return (rule.overridable or rule.capability) and true or false
end

--- Name -> what it allows, of all rules that may be turned off.
---@param object table a merged endpoint
---@return table
function choices.overridable(object)
  local found = {}
  rules.each_object(object, function(o)
    for _, rule in ipairs(o.rules or {}) do
      if choices.is_overridable(rule) then found[rule.name] = found[rule.name] or rule.doc end
    end
  end)
  return found
end

--- Raises unless the options are what they should be.
---@param options table allow, models
---@param names string[]|nil the rules that may be turned off; needed when some shall be
function choices.check(options, names)
  local allow, models = options.allow or {}, options.models or {}
  if type(allow) ~= "table" then error("kling: allow: a list of rule names is expected", 0) end
  if models ~= "any" and type(models) ~= "table" then
    error("kling: models: a list of names or \"any\" is expected", 0)
  end
  for _, name in ipairs(allow) do
    if not merge.set(names)[name] then unknown("rule to turn off named", name, names) end
  end
end

local function add_words(words, seen, value)
  for _, word in ipairs(type(value) == "table" and value or { value }) do
    if type(word) == "string" and word ~= "*" and not seen[word] then
      seen[word] = true
      words[#words + 1] = word
    end
  end
end

--- Adds to the values of an enum the words the rules know, so that they hold for these as well.
local function learn_words(object, field)
  local seen = merge.set(field.values)
  for _, rule in ipairs(object.rules) do
    for _, condition in ipairs { rule.when or {}, rule.unless or {} } do
      add_words(field.values, seen, condition[field.name])
    end
    local action = rule.refuse or rule.limit
    if action and action.field == field.name then add_words(field.values, seen, action.values) end
  end
end

--- A model that no compound knows stands for itself, with the other parts as they are by default.
local function add_row(object, compound, model)
  local row = { model }
  for i = 2, #compound.parts do row[i] = merge.field(object.fields, compound.parts[i]).default end
  compound.names[model] = compound.names[model] or row
end

local function widen(object, models)
  for _, field in ipairs(object.fields) do
    if field.open and models == "any" then
      field.any = true
      learn_words(object, field)
    elseif field.open then
      for _, model in ipairs(models) do
        local row = field.compound and field.compound.names[model]
        if not row and not merge.set(field.values)[model] then
          field.values[#field.values + 1] = model
          if field.compound then add_row(object, field.compound, model) end
        end
      end
    end
  end
end

--- Puts the options over an endpoint.
---@param object table a merged endpoint, changed
---@param options table allow, models
function choices.apply(object, options)
  merge.drop_rules(object, merge.set(options.allow))
  widen(object, options.models or {})
end

return choices
