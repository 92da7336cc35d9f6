-- fields.lua - what the data says of fields and rules, in words.
--
-- Owns: one row a field ("multi_prompt[].duration"), in cells that can be compared: a gateway's
-- cells against those of the endpoint without any gateway.
-- Stands on: kling.gateway; words: kling/vocabulary.lua.
-- Never: knows a field or a gateway by name.

local gateway = require "kling.gateway"
local text = require "docs.text"

local fields = {}

fields.ENDPOINTS = { "text2video", "image2video" }

local CALL = { path = "/x", query = "/x/{id}" }
local BASE = { name = "base", base_url = "https://example.invalid",
  endpoints = { text2video = CALL, image2video = CALL } }

local MEBI = 1024 * 1024

local TYPES = {
  string = "text", enum = "one of", boolean = "true or false", integer = "whole number",
  number = "number", id = "id, as text", url = "URL", media = "picture", object = "table",
  array = "list", group = "table on the wire",
}

local function range(low, high)
  if low and high then return text.number(low) .. " to " .. text.number(high) end
  if low then return text.number(low) .. " and more" end
  return high and "at most " .. text.number(high)
end

local function with(words, pattern)
  return words and pattern:format(words)
end

--- How a value's limits read, by the words of the data.
local LIMITS = {
  function(f) return with(range(f.min, f.max), f.type == "array" and "%s items" or "%s") end,
  function(f) return with(range(f.min_length, f.max_length), "%s characters") end,
  function(f) return f.max_bytes and ("at most %s MiB"):format(text.number(f.max_bytes / MEBI)) end,
  function(f) return f.min_side and ("sides of %s pixels and more"):format(f.min_side) end,
  function(f) return f.max_ratio and ("sides 1 : %s at most"):format(text.number(f.max_ratio)) end,
  function(f) return f.accept and "given as " .. table.concat(f.accept, " or ") end,
}

local function limits(f)
  local list = {}
  for _, limit in ipairs(LIMITS) do list[#list + 1] = limit(f) or nil end
  return table.concat(list, "; ")
end

local function aliases(f)
  local list = {}
  for _, word in ipairs(text.keys(f.aliases)) do
    list[#list + 1] = ("`%s` means `%s`"):format(word, f.aliases[word])
  end
  return list
end

local function kind(f)
  if f.type ~= "enum" then return TYPES[f.type] end
  local list = aliases(f)
  for _, word in ipairs(text.keys(f.compound and f.compound.names)) do
    local parts = f.compound.names[word]
    if word ~= parts[1] then
      list[#list + 1] = ("`%s` means %s"):format(word, text.codes(parts))
    end
  end
  local more = list[1] and " (" .. table.concat(list, "; ") .. ")" or ""
  return text.codes(f.values) .. (f.any and " and others" or "") .. more
end

local SEND = { always = "always sent", ["true"] = "sent when true", never = "not sent by itself" }

local function condition(map)
  local list = {}
  for _, name in ipairs(text.keys(map)) do
    local value = map[name]
    local words = type(value) == "table" and table.concat(value, " or ") or text.value(value)
    list[#list + 1] = value == "*" and name .. " is given" or name .. " is " .. words
  end
  return table.concat(list, " and ")
end

local function spelled(f)
  local list = {}
  for _, word in ipairs(text.keys(f.spelling)) do
    list[#list + 1] = ("`%s` as `%s`"):format(word, f.spelling[word])
  end
  return list[1] and table.concat(list, ", ")
end

local function on_the_wire(f)
  local list = {
    f.wire and "named `" .. f.wire .. "`" or false,
    f.inside and "inside `" .. f.inside .. "`" or false,
    f.as and "as " .. f.as or false,
    spelled(f) or false,
    f.send_when and "sent when " .. condition(f.send_when) or false,
    SEND[f.send] or false,
    f.compound and "one word for " .. text.codes(f.compound.parts) or false,
  }
  local out = {}
  for i = 1, 7 do if list[i] then out[#out + 1] = list[i] end end
  return table.concat(out, "; ")
end

local function absent(f)
  local list = { f.required and "must be given" or nil }
  if f.default ~= nil then list[#list + 1] = text.code(text.value(f.default)) end
  if f.sum_of then list[#list + 1] = ("the sum of `%s[].%s`"):format(f.sum_of[1], f.sum_of[2]) end
  if f.fill then list[#list + 1] = ("the first `%s[].%s`"):format(f.fill[1], f.fill[2]) end
  return table.concat(list, "; ")
end

local CELLS = { kind = kind, limits = limits, absent = absent, wire = on_the_wire,
  also = function(f) return f.also and text.codes(f.also) or "" end,
  source = function(f) return f.source or "" end, doc = function(f) return f.doc end }
fields.CELLS = { "kind", "limits", "absent", "wire", "also", "doc" }

--- A cell; where capability rules change it, both.
local function cell(name, off, on)
  local loose, strict = CELLS[name](off), on and CELLS[name](on) or ""
  if not on or loose == strict then return loose end
  if strict:sub(1, #loose) == loose then strict = strict:sub(#loose + 1):gsub("^; ", "") end
  return (loose == "" and "" or loose .. "; ") .. "with capability rules " .. strict
end

local function find(list, name)
  for _, field in ipairs(list or {}) do if field.name == name then return field end end
end

--- One row a field, nested ones after what they stand in.
local function rows(list, strict, prefix, out)
  for _, field in ipairs(list or {}) do
    local other = find(strict, field.name)
    local row = { path = prefix .. field.name, field = field, top = prefix == "" }
    for name in pairs(CELLS) do row[name] = cell(name, field, other) end
    out[#out + 1] = row
    rows(field.fields, other and other.fields, row.path .. ".", out)
    if field.item then
      rows(field.item.fields, other and other.item.fields, row.path .. "[].", out)
    end
  end
  return out
end

--- All rules of an endpoint, those of nested objects too.
local function rule_list(object, out)
  for _, rule in ipairs(object.rules or {}) do out[#out + 1] = rule end
  for _, field in ipairs(object.fields or {}) do rule_list(field, out) end
  if object.item then rule_list(object.item, out) end
  return out
end

--- An endpoint as a gateway has it.
---@param which string|nil gateway; nil: as Kling's data has it before any gateway
---@param name string endpoint
---@return table|nil endpoint name, doc, rows, rules; nil where the gateway has no such endpoint
function fields.endpoint(which, name)
  local spec = gateway.find(which or BASE)
  if not spec.endpoints[name] then return nil end
  local off = gateway.endpoint(spec, name, { capability_rules = false })
  local on = gateway.endpoint(spec, name, { capability_rules = true })
  local source = require("kling.endpoints." .. name).source
  return { name = name, doc = off.doc, spec = spec, source = source, fields = on.fields,
    rows = rows(off.fields, on.fields, "", {}), rules = rule_list(on, {}) }
end

local function by_path(list)
  local map = {}
  for _, row in ipairs(list) do map[row.path] = row end
  return map
end

--- Which cells of a row differ, in words.
local function changes(base, row)
  local list = {}
  for _, name in ipairs(fields.CELLS) do
    if base[name] ~= row[name] then
      list[#list + 1] = { cell = name, now = row[name], before = base[name] }
    end
  end
  return list
end

--- How a gateway's endpoint differs from the data it is built on.
---@return table difference missing (paths), added (rows), changed ({row, changes})
function fields.difference(base, here)
  local mine, theirs = by_path(base.rows), by_path(here.rows)
  local out = { missing = {}, added = {}, changed = {} }
  for _, row in ipairs(base.rows) do
    local parent = row.path:match("^(.-)[%[.][%].]*[%w_]+$")
    if not theirs[row.path] and (row.top or theirs[parent]) then
      out.missing[#out.missing + 1] = row.path
    end
  end
  for _, row in ipairs(here.rows) do
    if not mine[row.path] then
      out.added[#out.added + 1] = row
    else
      local list = changes(mine[row.path], row)
      if list[1] then out.changed[#out.changed + 1] = { row = row, changes = list } end
    end
  end
  return out
end

--- Rules of one name and sentence, each once: name, doc, source, overridable, capability.
function fields.rules(list)
  local seen, out = {}, {}
  for _, rule in ipairs(list) do
    local key = rule.name .. "\n" .. rule.doc
    if not seen[key] then
      seen[key] = true
      out[#out + 1] = { key = key, name = rule.name, doc = rule.doc, source = rule.source,
        capability = rule.capability or false,
        overridable = rule.overridable or rule.capability or false }
    end
  end
  return out
end

return fields
