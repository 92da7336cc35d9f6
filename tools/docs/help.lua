-- help.lua - writes doc/kling.txt, the help of Neovim.
--
-- Owns: its layout and tags.
-- Stands on: api.lua, fields.lua, kinds.lua, pages.lua; the plugin's own tables of commands and
-- settings (examples/neovim).
-- Never: writes a bar or a star that Vim would take for a link or a tag.

local api = require "docs.api"
local commands = require "kling_nvim.commands"
local fields = require "docs.fields"
local gateway = require "kling.gateway"
local kinds = require "docs.kinds"
local options = require "kling.options"
local pages = require "docs.pages"
local settings = require "kling_nvim.settings"
local text = require "docs.text"

local WIDTH = 78

--- Words without what has a meaning in help files.
local function plain(words)
  return (words:gsub("`", ""):gsub("%*", "x"):gsub("(%S)|(%S)", "%1 or %2"):gsub("|", "or"))
end

local function right(left, tags)
  local room = WIDTH - #left - #tags
  return left .. (room > 0 and (" "):rep(room) or "\n" .. (" "):rep(WIDTH - #tags)) .. tags
end

local function heading(title, tag)
  return ("="):rep(WIDTH) .. "\n" .. right(title:upper(), "*" .. tag .. "*")
end

local function entry(title, tag, lines)
  local parts = { right(title, "*" .. tag .. "*") }
  for _, line in ipairs(lines) do
    if line ~= "" then parts[#parts + 1] = text.wrap(plain(line), WIDTH, "    ") end
  end
  return table.concat(parts, "\n")
end

local function item(name, words)
  return text.wrap(plain(words), WIDTH, "        ", "    " .. name .. "  ")
end

local function function_entry(prefix, doc)
  local lines = { right(prefix .. doc.name .. (doc.args or ""),
    "*" .. prefix .. doc.name .. (doc.args and "()" or "") .. "*"),
    text.wrap(plain(doc.text), WIDTH, "    ") }
  for _, param in ipairs(doc.params) do
    lines[#lines + 1] = item("{" .. param.name .. "}", ("(%s) %s"):format(param.type, param.text))
  end
  for _, value in ipairs(doc.returns) do
    lines[#lines + 1] = item("Returns",
      ("%s (%s) %s"):format(value.name or "", value.type, value.text))
  end
  return table.concat(lines, "\n")
end

local INTRO = [[
kling makes videos with Kling AI from Lua: you give a table, you get a
finished video. In Neovim nothing blocks: inside a coroutine every call
waits without stopping the editor. >

    local kling = require "kling"
    coroutine.wrap(function()
      local client = kling.new { gateway = "anyfast" }
      local task, message = client:text2video { prompt = "A cat" }
      if not task then return vim.notify(message) end
      local result = task:wait()
      if result then task:download "cat.mp4" end
    end)()
<
The plugin in examples/neovim does this by a command: |:Kling|.]]

local function contents()
  local lines = {}
  for _, row in ipairs { { "The plugin", ":Kling" }, { "Functions", "kling-functions" },
    { "Options", "kling-options" }, { "Requests", "kling-requests" },
    { "Gateways", "kling-gateways" }, { "Errors", "kling-errors" } } do
    local link = "|" .. row[2] .. "|"
    lines[#lines + 1] = "    " .. row[1] .. (" "):rep(WIDTH - 4 - #row[1] - #link) .. link
  end
  return table.concat(lines, "\n")
end

local function plugin()
  local parts = { heading("The plugin", "kling-plugin"), entry(":Kling {command} ...", ":Kling",
    { commands.doc }) }
  for _, name in ipairs(commands.names) do
    local row = commands[name]
    parts[#parts + 1] = entry((":Kling %s %s"):format(name, row.usage):gsub("%s+$", ""),
      ":Kling-" .. name, { row.doc })
  end
  parts[#parts + 1] = entry("require(\"kling_nvim\").setup{...}", "kling-setup", { settings.doc })
  for _, name in ipairs(text.keys(settings.rows)) do
    local row = settings.rows[name]
    local plain_value = row.default ~= nil and type(row.default) ~= "table"
    local default = plain_value and (" Default: %s."):format(text.value(row.default)) or ""
    parts[#parts + 1] = entry(name, "kling-setup-" .. name, { row.doc .. default })
  end
  return parts
end

local function functions(public)
  local parts = { heading("Functions", "kling-functions") }
  for _, doc in ipairs(public.names) do
    if not doc.module then parts[#parts + 1] = function_entry("kling.", doc) end
  end
  for _, name in ipairs(text.keys(public.modules)) do
    for _, doc in ipairs(public.modules[name]) do
      parts[#parts + 1] = function_entry("kling." .. name .. ".", doc)
    end
  end
  for _, class in ipairs(public.classes) do
    parts[#parts + 1] = entry(class.name, class.name, { class.text })
    for _, field in ipairs(class.fields) do
      parts[#parts + 1] = item(field.name, ("(%s) %s"):format(field.type, field.text))
    end
    for _, doc in ipairs(class.methods) do
      parts[#parts + 1] = function_entry(class.name .. ":", doc)
    end
  end
  return parts
end

local function option_part()
  local parts = { heading("Options", "kling-options") }
  for _, section in ipairs(pages.sections()) do
    parts[#parts + 1] = right(section, "*" .. api.options_class(section) .. "*")
    for _, name in ipairs(text.keys(options[section])) do
      local kind, default = pages.option(options[section][name])
      if default ~= "" then kind = kind .. "; " .. default end
      parts[#parts + 1] = item(name, ("(%s) %s"):format(kind, options[section][name].doc))
    end
  end
  return parts
end

local function requests()
  local parts = { heading("Requests", "kling-requests") }
  for _, name in ipairs(fields.ENDPOINTS) do
    local base = fields.endpoint(nil, name)
    parts[#parts + 1] = entry(name, "kling-" .. name, { base.doc })
    for _, row in ipairs(base.rows) do
      local more = row.limits ~= "" and "; " .. row.limits or ""
      local absent = row.absent ~= "" and "; when absent " .. row.absent or ""
      parts[#parts + 1] = entry(row.path, ("kling-%s-%s"):format(name, row.path),
        { ("%s (%s%s%s)"):format(row.doc, row.kind, more, absent) })
    end
  end
  return parts
end

local function gateways()
  local parts = { heading("Gateways", "kling-gateways") }
  for _, name in ipairs(gateway.names()) do
    local spec = gateway.find(name)
    local lines = { spec.doc, "base_url: " .. (spec.base_url or "none, give one to kling.new()"),
      "endpoints: " .. table.concat(gateway.endpoints(spec), ", ") }
    for _, loss in ipairs(spec.guarantees.loses) do
      lines[#lines + 1] = ("may lose %s: %s"):format(loss.field, loss.reason)
    end
    parts[#parts + 1] = entry(name, "kling-gateway-" .. name, lines)
  end
  return parts
end

local function errors()
  local parts = { heading("Errors", "kling-errors"),
    "Failures are nil, a sentence and a table; its field kind is one of these." }
  for _, row in ipairs(kinds) do
    parts[#parts + 1] = entry(row[1], "kling-error-" .. row[1], { row[2], row[3] })
  end
  return parts
end

---@param public table of api.load
---@return string
return function(public)
  return text.page { "*kling.txt*  Kling AI videos from Lua\n" .. right("", "*kling*"), INTRO,
    contents(), plugin(), functions(public), option_part(), requests(), gateways(), errors(),
    "vim:tw=78:ts=8:noet:ft=help:norl:" }
end
