-- endpoints.lua - the reference page of an endpoint.
--
-- Owns: how fields, rules and the gateways' differences are laid out.
-- Stands on: fields.lua, text.lua.
-- Never: knows a field or a gateway by name.

local fields = require "docs.fields"
local gateway = require "kling.gateway"
local text = require "docs.text"

local endpoints = {}

local function join(parts, between)
  local list = {}
  for _, part in ipairs(parts) do if part ~= "" then list[#list + 1] = part end end
  return table.concat(list, between or "; ")
end

local function field_table(base)
  local rows = {}
  for _, row in ipairs(base.rows) do
    local more = row.also ~= "" and " Also: " .. row.also .. "." or ""
    rows[#rows + 1] = { text.code(row.path), join { row.kind, row.limits }, row.absent,
      row.wire, row.doc .. more, row.source }
  end
  return text.table({ "field", "type and limits", "when absent", "on the wire", "what it is",
    "source" }, rows)
end

local NAMES = { kind = "type", limits = "limits", absent = "when absent", wire = "on the wire",
  also = "also", doc = "meaning" }

--- One changed field as a sentence.
function endpoints.change(entry)
  local list = {}
  for _, change in ipairs(entry.changes) do
    local now = change.now ~= "" and change.now or "nothing (elsewhere: " .. change.before .. ")"
    list[#list + 1] = NAMES[change.cell] .. ": " .. text.unstopped(now)
  end
  return text.code(entry.row.path) .. ": " .. text.stopped(table.concat(list, ". "))
end

--- The list of what is different with a gateway; "" when nothing is.
function endpoints.differences(base, here)
  local difference, lines = fields.difference(base, here), {}
  if difference.missing[1] then
    lines[1] = "Not taken: " .. text.codes(difference.missing) .. "."
  end
  for _, row in ipairs(difference.added) do
    lines[#lines + 1] = "Only here: " .. text.code(row.path) .. ": " .. row.doc
  end
  for _, entry in ipairs(difference.changed) do lines[#lines + 1] = endpoints.change(entry) end
  for i, line in ipairs(lines) do lines[i] = "- " .. line end
  return table.concat(lines, "\n")
end

local function holds(rule)
  if rule.capability then return "with capability rules" end
  return rule.overridable and "unless allowed" or "always"
end

--- Rules of the endpoint and of every gateway, each once, with the gateways that have it.
local function rule_table(base, all)
  local rules, index = fields.rules(base.rules), {}
  for _, rule in ipairs(rules) do rule.at, index[rule.key] = {}, rule end
  for _, here in ipairs(all) do
    for _, rule in ipairs(fields.rules(here.rules)) do
      if not index[rule.key] then
        rule.at = {}
        rules[#rules + 1], index[rule.key] = rule, rule
      end
      local at = index[rule.key].at
      at[#at + 1] = here.spec.name
    end
  end
  local rows = {}
  for _, rule in ipairs(rules) do
    local at = #rule.at == #all and "all" or rule.at[1] and table.concat(rule.at, ", ") or "none"
    rows[#rows + 1] = { text.code(rule.name), rule.doc, holds(rule), at, rule.source }
  end
  return text.table({ "rule", "what is allowed", "holds", "gateways", "source" }, rows)
end

local RULES = [[
Every rule that a request breaks is reported, before anything is sent. A rule that holds `unless
allowed` is turned off by `kling.new{allow = {"its_name"}}`; those `with capability rules` say what
single models can do: they hold where the gateway's page says so, or with
`kling.new{capability_rules = true}`.]]

local function call(name)
  return ("```lua\nlocal task = assert(client:%s { ... })\nlocal result = assert(task:wait())\n```")
    :format(name)
end

--- All gateways that have the endpoint, and it.
local function everywhere(name)
  local all = {}
  for _, which in ipairs(gateway.names()) do all[#all + 1] = fields.endpoint(which, name) end
  return all
end

---@param name string
---@return string page
function endpoints.page(name)
  local base, all = fields.endpoint(nil, name), everywhere(name)
  local parts = { "# " .. name, base.doc, call(name), "## Fields",
    "Fields that the table does not name are refused; `extra = { ... }` passes them on untouched.",
    field_table(base), "## Rules", RULES, rule_table(base, all), "## At each gateway" }
  for _, here in ipairs(all) do
    local list = endpoints.differences(base, here)
    parts[#parts + 1] = { ("### [%s](%s.md)"):format(here.spec.name, here.spec.name),
      ("`POST %s`, asked after at `GET %s`."):format(here.spec.endpoints[name].path,
        here.spec.endpoints[name].query), list ~= "" and list or "As above." }
  end
  parts[#parts + 1] = "Source: " .. base.source .. "."
  return text.page(parts)
end

return endpoints
