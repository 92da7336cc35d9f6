-- Puts a gateway's words over an endpoint's.
--
-- Owns: what replaces what: words, nested fields, rules, the order on the wire.
-- Stands on: kling/vocabulary.lua, for the few words that `false` stands at.
-- Never: changes what it is given; every result is a copy.

local merge = {}

--- A copy that shares nothing with `value`.
---@param value any plain data without cycles
---@return any
function merge.copy(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, inner in pairs(value) do
    copy[key] = type(inner) == "table" and merge.copy(inner) or inner
  end
  return copy
end

local function position(fields, name)
  for i, field in ipairs(fields) do
    if field.name == name then return i end
  end
end

--- The field of that name in a list of fields.
---@return table|nil
function merge.field(fields, name)
  return fields[position(fields, name)]
end

--- Whether `false` in place of this word takes the word away.
local function removes(word, value)
  if value ~= false then return false end
  local kind = require "kling.vocabulary".field[word].type
  return kind ~= "boolean" and kind ~= "scalar"
end

local function append(list, more)
  for _, entry in ipairs(more or {}) do list[#list + 1] = merge.copy(entry) end
  return list
end

local special = {}

--- Puts `words` over those of `field`.
---@param field table changed
---@param words table
function merge.words(field, words)
  for word, value in pairs(words) do
    if removes(word, value) then
      field[word] = nil
    elseif special[word] then
      special[word](field, value)
    else
      field[word] = merge.copy(value)
    end
  end
end

function special.fields(field, overrides)
  field.fields = field.fields or {}
  merge.fields(field.fields, overrides)
end

function special.item(field, words)
  field.item = field.item or {}
  merge.words(field.item, words)
end

function special.rules(field, rules)
  field.rules = append(field.rules or {}, rules)
end

local function add_field(fields, name, words)
  if not words.type then
    error(("kling: gateway data: there is no field %q to change; a new one needs a type")
      :format(name), 0)
  end
  local field = merge.copy(words)
  field.name = name
  if field.fields then
    field.fields = {}
    merge.fields(field.fields, words.fields)
  end
  fields[#fields + 1] = field
end

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- Changes, removes (`false`) or adds fields by name; new ones stand last, by the alphabet.
---@param fields table[] changed
---@param overrides table field name -> words, or false
function merge.fields(fields, overrides)
  for _, name in ipairs(sorted_names(overrides)) do
    local words, at = overrides[name], position(fields, name)
    if words == false then
      if at then table.remove(fields, at) end
    elseif at then
      merge.words(fields[at], words)
    else
      add_field(fields, name, words)
    end
  end
end

--- The same fields, those that `order` names first.
local function reorder(fields, order)
  local sorted, rest = {}, merge.copy(fields)
  for _, name in ipairs(order) do
    local at = position(rest, name)
    if at then sorted[#sorted + 1] = table.remove(rest, at) end
  end
  return append(sorted, rest)
end

--- Removes the rules named in `names` from an object and all within it.
---@param object table something with rules, fields, item
---@param names table set of rule names
function merge.drop_rules(object, names)
  local kept = {}
  for _, rule in ipairs(object.rules or {}) do
    if not names[rule.name] then kept[#kept + 1] = rule end
  end
  object.rules = object.rules and kept
  for _, field in ipairs(object.fields or {}) do merge.drop_rules(field, names) end
  if object.item then merge.drop_rules(object.item, names) end
end

--- A set of the words of a list.
---@return table
function merge.set(list)
  local set = {}
  for _, word in ipairs(list or {}) do set[word] = true end
  return set
end

--- Puts one gateway's words for an endpoint over `object`.
---@param object table { fields = list, rules = list }, changed
---@param layer table the words of the vocabulary's section `endpoint`
function merge.layer(object, layer)
  if layer.without then merge.drop_rules(object, merge.set(layer.without)) end
  merge.fields(object.fields, layer.fields or {})
  object.rules = append(object.rules, layer.rules)
  if layer.order then object.fields = reorder(object.fields, layer.order) end
end

return merge
