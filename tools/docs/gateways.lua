-- gateways.lua - the reference pages of the gateways, and of the words a gateway is made of.
--
-- Owns: how addresses, models, guarantees and losses are laid out.
-- Stands on: kling.gateway, kling.vocabulary, fields.lua, endpoints.lua.
-- Never: knows a gateway by name.

local endpoints = require "docs.endpoints"
local fields = require "docs.fields"
local gateway = require "kling.gateway"
local text = require "docs.text"
local vocabulary = require "kling.vocabulary"

local gateways = {}

local AUTH = {
  bearer = "an API key (`api_key`, or `KLING_API_KEY`)",
  jwt = "access and secret key (`access_key` and `secret_key`, or `KLING_ACCESS_KEY` and "
    .. "`KLING_SECRET_KEY`)",
}

local function ways(auth)
  local list = {}
  for i, word in ipairs(auth) do list[i] = AUTH[word] end
  return table.concat(list, " or ")
end

local function example(spec)
  local address = spec.base_url and "" or ', base_url = "https://..."'
  return ('```lua\nlocal client = kling.new { gateway = "%s"%s }\n```'):format(spec.name, address)
end

local function about(spec)
  return text.table({ "", "" }, {
    { "base_url", spec.base_url and text.code(spec.base_url)
      or "none of its own: `kling.new` must be given one" },
    { "paid with", ways(spec.auth) },
    { "capability rules", spec.capability_rules and "hold" or "off unless asked for" },
    { "source", spec.source },
  })
end

local function some(list)
  return list and list[1] and text.codes(list) or ""
end

local function seconds(durations)
  if not durations then return "" end
  local low, high = durations.min, durations.max
  return high and text.number(low) .. " to " .. text.number(high)
    or text.number(low) .. " and more"
end

local function endpoint_part(spec, name, base)
  local can = gateway.capabilities(spec).endpoints[name]
  local rows = { { "create", text.code("POST " .. can.path) },
    { "ask", text.code("GET " .. can.query) },
    { "by external_task_id", can.lookup and text.code("GET " .. can.lookup) or "no" },
    { "list", can.list and text.code("GET " .. can.list) or "no" },
    { "models", some(can.models) }, { "modes", some(can.modes) },
    { "seconds", seconds(can.durations) }, { "aspect ratios", some(can.aspect_ratios) } }
  local here = fields.endpoint(spec.name, name)
  local list = endpoints.differences(base, here)
  return { "## " .. name, text.table({ "", "" }, rows),
    ("Fields and rules: [%s](%s.md)."):format(name, name),
    list ~= "" and "Different here:\n\n" .. list or "" }
end

local function guarantee_part(spec)
  local rows = {}
  for _, word in ipairs(text.keys(vocabulary.guarantees)) do
    if vocabulary.guarantees[word].type == "boolean" then
      rows[#rows + 1] = { text.code(word), vocabulary.guarantees[word].doc,
        spec.guarantees[word] and "yes" or "not promised" }
    end
  end
  return { "## What one may rely on", text.table({ "", "", "" }, rows) }
end

local function losses(spec)
  local lines = {}
  for _, loss in ipairs(spec.guarantees.loses or {}) do
    lines[#lines + 1] = ("- `%s`: %s."):format(loss.field, loss.reason)
  end
  local list = lines[1] and table.concat(lines, "\n") or "Nothing is known to be."
  return { "## What may be lost", "Fields it takes that may not reach Kling:", list }
end

local function polling(spec)
  local rows = {}
  for _, word in ipairs(text.keys(vocabulary.polling)) do
    rows[#rows + 1] = { text.code(word), vocabulary.polling[word].doc,
      text.number(spec.polling[word]) }
  end
  return { "## Polling", text.table({ "", "", "" }, rows) }
end

---@param name string
---@return string page
function gateways.page(name)
  local spec = gateway.find(name)
  local parts = { "# " .. name, spec.doc, example(spec), about(spec) }
  for _, endpoint in ipairs(gateway.endpoints(spec)) do
    parts[#parts + 1] = endpoint_part(spec, endpoint, fields.endpoint(nil, endpoint))
  end
  parts[#parts + 1] = { guarantee_part(spec), losses(spec), polling(spec),
    "## Rules that may be turned off", some(gateway.overridable(spec)) }
  return text.page(parts)
end

local OWN = [[
A gateway that kling does not know is told as data: a table in place of the name. What it does not
say holds as in the gateway it `extends`.

```lua
local client = kling.new {
  gateway = { name = "mine", extends = "kling", base_url = "https://videos.example.com",
    endpoints = { text2video = { fields = { watermark_info = false } }, image2video = false } },
}
```

In a gateway `false` removes an inherited word or field. Unknown words are refused. These are all:]]

local function section(name)
  local rows = {}
  for _, word in ipairs(text.keys(vocabulary[name])) do
    local row = vocabulary[name][word]
    local kind = row.of and row.type .. " of " .. row.of or row.type
    local words = row.words and "; " .. text.codes(row.words, " ") or ""
    rows[#rows + 1] = { text.code(word), kind .. words, row.doc }
  end
  return { "## " .. name, text.table({ "word", "type", "meaning" }, rows) }
end

--- The page about gateways of one's own.
function gateways.own()
  local parts = { "# A gateway of one's own", OWN }
  local order = { "gateway", "endpoint", "field" }
  local first = { gateway = true, endpoint = true, field = true }
  for _, name in ipairs(text.keys(vocabulary)) do
    if not first[name] then order[#order + 1] = name end
  end
  for _, name in ipairs(order) do parts[#parts + 1] = section(name) end
  return text.page(parts)
end

return gateways
