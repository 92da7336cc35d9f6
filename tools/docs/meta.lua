-- meta.lua - writes lua/kling/meta.lua: annotations for lua-language-server and its like.
--
-- Owns: how the data's types read as types of an editor.
-- Stands on: api.lua, fields.lua, kling.options, kling.vocabulary.
-- Never: says what a comment or the data can say.

local api = require "docs.api"
local fields = require "docs.fields"
local gateway = require "kling.gateway"
local options = require "kling.options"
local text = require "docs.text"
local vocabulary = require "kling.vocabulary"

local HEAD = [[
---@meta kling
-- Types of kling for editors. Written by `make docs` from the library's data and comments.
--
-- Owns: nothing; change the data or the comment instead.
-- Stands on: lua-language-server's annotations.
-- Never: runs. `require "kling"` is lua/kling/init.lua.
-- luacheck: ignore 211 212 241 631]]

--- What the plain word of an option's type leaves open.
local EXACT = {
  ["new.gateway"] = "kling.GatewayName|kling.data.gateway",
  ["new.api_key"] = "string|fun(): string|nil, string|nil",
  ["new.access_key"] = "string|fun(): string|nil, string|nil",
  ["new.secret_key"] = "string|fun(): string|nil, string|nil",
  ["new.models"] = "string[]|\"any\"",
  ["new.polling"] = "kling.PollingOptions",
  ["wait.on_progress"] = "fun(task: kling.Task)",
  ["download.on_progress"] = "fun(received: integer, total: integer|nil)",
  ["map.client"] = "kling.Client",
  ["map.on_done"] = "fun(item: kling.Item, index: integer)",
}

local function literals(list)
  local out = {}
  for i, word in ipairs(list) do out[i] = '"' .. word .. '"' end
  return table.concat(out, "|")
end

local function class(name, doc, rows)
  local lines = { "--- " .. doc, "---@class " .. name }
  for _, row in ipairs(rows) do
    lines[#lines + 1] = ("---@field %s%s %s %s"):format(row.name, row.needed and "" or "?",
      row.type, row.doc)
  end
  return table.concat(lines, "\n")
end

-- options -----------------------------------------------------------------------------------

local function option_type(row)
  if row.of then
    local list = row.of .. "[]"
    return type(row.type) == "table" and list .. "|string" or list
  end
  return type(row.type) == "table" and table.concat(row.type, "|") or row.type
end

local function option_class(section)
  local rows = {}
  for _, name in ipairs(text.keys(options[section])) do
    local row = options[section][name]
    local default = row.default ~= nil and (" (default %s)"):format(text.value(row.default)) or ""
    rows[#rows + 1] = { name = name, needed = row.needed, doc = row.doc .. default,
      type = EXACT[section .. "." .. name] or option_type(row) }
  end
  return class(api.options_class(section), "Options, all by name; times in seconds.", rows)
end

-- requests ----------------------------------------------------------------------------------

local PLAIN = { string = "string", boolean = "boolean", integer = "integer|string",
  number = "number", id = "string|integer", url = "string", media = "string|kling.File",
  group = "table" }

local function enum(field)
  return literals(field.values) .. (field.open and "|string" or "")
end

local function request_class(out, name, doc, list, top)
  local rows = {}
  for _, field in ipairs(list) do
    local kind = field.type == "enum" and enum(field) or PLAIN[field.type]
    local nested = name:gsub("%.Request$", "") .. "." .. field.name
    if field.type == "object" then
      kind = nested .. (field.shorthand and "|boolean" or "")
      request_class(out, nested, field.doc, field.fields)
    elseif field.type == "array" then
      kind = nested .. "[]"
      request_class(out, nested, field.item.doc, field.item.fields)
    end
    rows[#rows + 1] = { name = field.name, type = kind, doc = field.doc,
      needed = field.required and not top }
    for _, other in ipairs(field.also or {}) do
      rows[#rows + 1] = { name = other, type = kind, doc = "The same as " .. field.name .. "." }
    end
  end
  if top then
    rows[#rows + 1] = { name = "extra", type = "table<string, any>",
      doc = "Parameters that kling does not know, passed on untouched." }
  end
  out[#out + 1] = class(name, doc, rows)
end

-- gateways of one's own ---------------------------------------------------------------------

local DATA = { string = "string", boolean = "boolean", number = "number", strings = "string[]",
  scalar = "string|number|boolean", data = "table", fields = "table", condition = "table" }

local function data_type(row)
  if row.words then return row.type == "strings" and "string[]" or literals(row.words) end
  if DATA[row.type] then return DATA[row.type] end
  local inner = vocabulary[row.of] and "kling.data." .. row.of or DATA[row.of]
  return row.type == "list" and inner .. "[]"
    or row.type == "map" and ("table<string, %s|false>"):format(inner) or inner
end

local function data_class(section)
  local rows = {}
  for _, name in ipairs(text.keys(vocabulary[section])) do
    local row = vocabulary[section][name]
    rows[#rows + 1] = { name = name, type = data_type(row) .. "|false",
      doc = row.doc }
  end
  return class("kling.data." .. section, "Part of a gateway told as data.", rows)
end

-- functions ---------------------------------------------------------------------------------

local function stub(owner, sign, doc)
  local lines = { "--- " .. doc.text }
  for _, param in ipairs(doc.params) do
    lines[#lines + 1] = ("---@param %s %s %s"):format(param.name, param.type, param.text)
  end
  for _, value in ipairs(doc.returns) do
    lines[#lines + 1] = ("---@return %s %s %s"):format(value.type, value.name or "", value.text)
  end
  for i, line in ipairs(lines) do lines[i] = line:gsub("%s+$", "") end
  lines[#lines + 1] = ("function %s%s%s%s end"):format(owner, sign, doc.name, doc.args)
  return table.concat(lines, "\n")
end

local function fields_of(doc)
  local lines = {}
  for _, field in ipairs(doc.fields) do
    lines[#lines + 1] = ("---@field %s %s %s"):format(field.name, field.type, field.text)
      :gsub("%s+$", "")
  end
  return lines[1] and table.concat(lines, "\n") or nil
end

local function public_class(one)
  local variable = one.name:match("[%w_]+$")
  local head = { "--- " .. one.text, "---@class " .. one.name }
  head[#head + 1] = fields_of(one)
  local parts = { table.concat(head, "\n") .. "\nlocal " .. variable .. " = {}" }
  for _, doc in ipairs(one.methods) do parts[#parts + 1] = stub(variable, ":", doc) end
  return parts
end

--- The methods of a client that are named after endpoints.
local function endpoint_method(public, name)
  for _, one in ipairs(public.classes) do
    for _, doc in ipairs(one.name == "kling.Client" and one.methods or {}) do
      if doc.name == "submit" then
        return stub("Client", ":", { name = name, args = "(request)", returns = doc.returns,
          text = fields.endpoint(nil, name).doc .. " " .. doc.text,
          params = { { name = "request", type = ("kling.%s.Request"):format(name), text = "" } } })
      end
    end
  end
end

local function module_part(public)
  local head, parts = { "--- Kling AI videos from Lua.", "---@class kling" }, {}
  for _, doc in ipairs(public.names) do
    if doc.args then
      parts[#parts + 1] = stub("kling", ".", doc)
    elseif not doc.module then
      head[#head + 1] = ("---@field %s %s %s"):format(doc.name, doc.type or "any", doc.text)
    end
  end
  for _, name in ipairs(text.keys(public.modules)) do
    parts[#parts + 1] = ("kling.%s = {}"):format(name)
    for _, doc in ipairs(public.modules[name]) do
      parts[#parts + 1] = stub("kling." .. name, ".", doc)
    end
  end
  return { table.concat(head, "\n") .. "\nlocal kling = {}", parts, "return kling" }
end

---@param public table of api.load
---@return string
return function(public)
  local parts = { HEAD, "---@alias kling.GatewayName " .. literals(gateway.names()),
    class("kling.File", "What kling.file returns.", { { name = "path", type = "string", doc = "",
      needed = true } }) }
  for _, section in ipairs(text.keys(options)) do
    if type(options[section]) == "table" then parts[#parts + 1] = option_class(section) end
  end
  for _, section in ipairs(text.keys(vocabulary)) do parts[#parts + 1] = data_class(section) end
  for _, name in ipairs(fields.ENDPOINTS) do
    request_class(parts, "kling." .. name .. ".Request", "What " .. name .. " takes.",
      fields.endpoint(nil, name).fields, true)
  end
  for _, one in ipairs(public.classes) do
    parts[#parts + 1] = public_class(one)
    if one.name == "kling.Client" then
      for _, name in ipairs(fields.ENDPOINTS) do
        parts[#parts + 1] = endpoint_method(public, name)
      end
    end
  end
  parts[#parts + 1] = module_part(public)
  return text.page(parts)
end

