-- What a gateway can do, told from its data: models, modes, durations, fields, rules, guarantees.
--
-- Owns: the shape of what client:capabilities() returns.
-- Stands on: gateway.lua's merged endpoints.
-- Never: asks the service; a model that is listed may still be refused there.

local choices = require "kling.gateway.choices"
local merge = require "kling.gateway.merge"

--- The words of an enum field, the compound ones behind them; nil without such a field.
local function words(fields, name)
  local field = merge.field(fields, name)
  if not field then return nil end
  local list, more = merge.copy(field.values), {}
  local known = merge.set(list)
  for word in pairs(field.compound and field.compound.names or {}) do
    if not known[word] then more[#more + 1] = word end
  end
  table.sort(more)
  for _, word in ipairs(more) do list[#list + 1] = word end
  return list
end

local function durations(fields)
  local field = merge.field(fields, "duration")
  return field and { min = field.min, max = field.max }
end

local function describe_rules(object, list)
  for _, rule in ipairs(object.rules or {}) do
    list[#list + 1] = { name = rule.name, doc = rule.doc, source = rule.source,
      overridable = choices.is_overridable(rule) }
  end
  for _, field in ipairs(object.fields or {}) do describe_rules(field, list) end
  if object.item then describe_rules(object.item, list) end
  return list
end

local function describe(entry, object)
  local model = merge.field(object.fields, "model_name")
  return {
    doc = object.doc, path = entry.path, query = entry.query, lookup = entry.lookup,
    list = entry.list,
    models = words(object.fields, "model_name"),
    any_model = model ~= nil and model.any == true,
    modes = words(object.fields, "mode"),
    durations = durations(object.fields),
    aspect_ratios = words(object.fields, "aspect_ratio"),
    fields = object.fields,
    rules = describe_rules(object, {}),
  }
end

---@param gateway table the module kling.gateway
---@param spec table from gateway.find
---@param options table|nil as for gateway.endpoint
---@return table capabilities fresh
return function(gateway, spec, options)
  local endpoints = {}
  for name, entry in pairs(spec.endpoints) do
    endpoints[name] = describe(entry, gateway.endpoint(spec, name, options))
  end
  local on = options and options.capability_rules
  if on == nil then on = spec.capability_rules end
  return {
    gateway = spec.name, doc = spec.doc, source = spec.source, base_url = spec.base_url,
    auth = merge.copy(spec.auth), endpoints = endpoints, polling = merge.copy(spec.polling),
    guarantees = merge.copy(spec.guarantees), capability_rules = on,
    overridable = gateway.overridable(spec),
  }
end
