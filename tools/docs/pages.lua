-- pages.lua - the pages about errors, options and functions, and the one that lists all pages.
--
-- Owns: their layout.
-- Stands on: api.lua, kinds.lua, text.lua; kling.errors, kling.options.
-- Never: says what a comment or the data can say.

local errors = require "kling.errors"
local gateway = require "kling.gateway"
local kinds = require "docs.kinds"
local options = require "kling.options"
local text = require "docs.text"

local pages = {}

-- errors ------------------------------------------------------------------------------------

local SHAPE = [[
Misuse by the programmer (a wrong type, an unknown option) raises. Everything else comes as three
values: `nil`, a plain sentence, and a table.

```lua
local result, message, err = task:wait()
if not result then print(message, err.kind, err.hint) end
```]]

local function words_of(map, class)
  local list = {}
  for _, code in ipairs(text.keys(map)) do
    if map[code] == class then list[#list + 1] = text.code(code) end
  end
  return table.concat(list, " ")
end

local RETRY = { always = "yes, creates too", asking = "questions only" }

local function class_rows()
  local rows = {}
  for _, name in ipairs(text.keys(errors.classes)) do
    local class = errors.classes[name]
    if class.kind then
      local said = {}
      for _, part in ipairs { words_of(errors.codes, name), words_of(errors.types, name) } do
        if part ~= "" then said[#said + 1] = part end
      end
      rows[#rows + 1] = { class.kind, class.text, table.concat(said, " "),
        words_of(errors.statuses, name), RETRY[class.retry] or "no", class.hint or "" }
    end
  end
  table.sort(rows, function(a, b) return a[1] .. a[2] < b[1] .. b[2] end)
  return rows
end

local function nested_rows()
  local rows = {}
  for _, code in ipairs(text.keys(errors.nested_codes)) do
    local class = errors.classes[errors.nested_codes[code]]
    rows[#rows + 1] = { text.code(code), class.kind, class.text }
  end
  return rows
end

local function kind_rows()
  local rows = {}
  for i, row in ipairs(kinds) do rows[i] = { text.code(row[1]), row[2], row[3] } end
  return rows
end

local function field_rows(class)
  local rows = {}
  for i, field in ipairs(class.fields) do
    rows[i] = { text.code(field.name), field.type, field.text }
  end
  return rows
end

local function class_named(public, name)
  for _, class in ipairs(public.classes) do if class.name == name then return class end end
end

function pages.errors(public)
  return text.page { "# Errors", SHAPE, "## Kinds",
    text.table({ "`err.kind`", "what happened", "what to do" }, kind_rows()), "## Fields of err",
    text.table({ "field", "type", "meaning" }, field_rows(class_named(public, "kling.Error"))),
    "## Problems of a request", "`err.problems` is a list of these:",
    text.table({ "field", "type", "meaning" }, field_rows(class_named(public, "kling.Problem"))),
    "## What leads to which kind",
    "Codes of Kling (numbers) and of gateways (words), then HTTP statuses where no code is known. "
      .. "Only what is marked is tried again.",
    text.table({ "kind", "message begins", "codes", "HTTP", "tried again", "hint" }, class_rows()),
    "## Codes of the service behind the gateway",
    "When a gateway hands on such a code, its own account is meant, not yours:",
    text.table({ "code", "kind", "message begins" }, nested_rows()) }
end

-- options -----------------------------------------------------------------------------------

local FIRST = { "new", "polling", "wait", "download", "list" }

--- The sections of options, those everybody needs first.
function pages.sections()
  local list, seen = {}, {}
  for i, name in ipairs(FIRST) do list[i], seen[name] = name, true end
  for _, name in ipairs(text.keys(options)) do
    if type(options[name]) == "table" and not seen[name] then list[#list + 1] = name end
  end
  return list
end

--- How a row of options reads: type, limits, default.
function pages.option(row)
  local wanted = type(row.type) == "table" and table.concat(row.type, " or ") or row.type
  local limits = row.above and "above " .. text.number(row.above)
    or row.max and text.number(row.min) .. " to " .. text.number(row.max)
    or row.min and "from " .. text.number(row.min) .. " up"
  local default = row.needed and "needed" or row.default ~= nil and text.value(row.default) or ""
  return (row.whole and "whole " or "") .. wanted .. (limits and ", " .. limits or ""), default
end

local CALLS = { new = "kling.new", polling = "kling.new{polling = ...}", wait = "task:wait",
  download = "task:download", list = "client:list", map = "kling.map",
  all = "kling.all, kling.any, kling.as_completed" }

local function option_part(section)
  local rows = {}
  for _, name in ipairs(text.keys(options[section])) do
    local kind, default = pages.option(options[section][name])
    rows[#rows + 1] = { text.code(name), kind, default, options[section][name].doc }
  end
  return { "## " .. (CALLS[section] or section),
    text.table({ "option", "type", "default", "meaning" }, rows) }
end

function pages.options()
  local parts = { "# Options", "Times are seconds everywhere. Unknown options raise." }
  for _, section in ipairs(pages.sections()) do parts[#parts + 1] = option_part(section) end
  return text.page(parts)
end

-- functions ---------------------------------------------------------------------------------

local function argument_lines(doc)
  local lines = {}
  for _, param in ipairs(doc.params) do
    lines[#lines + 1] = ("- `%s` (%s) %s"):format(param.name, param.type, param.text)
  end
  for _, value in ipairs(doc.returns) do
    lines[#lines + 1] = ("- returns %s (%s) %s"):format(value.name and text.code(value.name) or "",
      value.type, value.text):gsub("  +", " ")
  end
  for i, line in ipairs(lines) do lines[i] = line:gsub("%s+$", "") end
  return table.concat(lines, "\n")
end

local function function_part(prefix, doc)
  return { ("### %s%s"):format(prefix .. doc.name, doc.args or ""), text.stopped(doc.text),
    argument_lines(doc) }
end

local function class_part(class)
  local short = class.name:match("[%w_]+$"):lower()
  local parts = { "## " .. class.name, class.text ~= "" and text.stopped(class.text) or "" }
  if class.fields[1] then
    parts[#parts + 1] = text.table({ "field", "type", "meaning" }, field_rows(class))
  end
  for _, doc in ipairs(class.methods) do parts[#parts + 1] = function_part(short .. ":", doc) end
  return parts
end

local CREATE = "Every endpoint of every gateway is a method of the client, too: "
  .. "`client:text2video(request)` is `client:submit(\"text2video\", request)`."

function pages.api(public)
  local parts = { "# Functions", "`local kling = require \"kling\"`", "## kling" }
  for _, doc in ipairs(public.names) do
    if not doc.module then parts[#parts + 1] = function_part("kling.", doc) end
  end
  for _, name in ipairs(text.keys(public.modules)) do
    parts[#parts + 1] = "## kling." .. name
    for _, doc in ipairs(public.modules[name]) do
      parts[#parts + 1] = function_part("kling." .. name .. ".", doc)
    end
  end
  parts[#parts + 1] = CREATE
  for _, class in ipairs(public.classes) do parts[#parts + 1] = class_part(class) end
  return text.page(parts)
end

-- the list of pages -------------------------------------------------------------------------

function pages.index(endpoints)
  local lines = { "- [Functions](api.md)", "- [Options](options.md)", "- [Errors](errors.md)" }
  for _, name in ipairs(endpoints) do
    lines[#lines + 1] = ("- [%s](%s.md): fields and rules"):format(name, name)
  end
  for _, name in ipairs(gateway.names()) do
    lines[#lines + 1] = ("- [%s](%s.md): %s"):format(name, name, gateway.find(name).doc)
  end
  lines[#lines + 1] = "- [A gateway of one's own](own-gateway.md)"
  return text.page { "# Reference", "These pages are written by `make docs` from the data and "
    .. "comments of the library; change those.", table.concat(lines, "\n") }
end

return pages
