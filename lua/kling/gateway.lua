-- Gateways as data: find one, put it over an endpoint, tell what it can do.
--
-- Owns: the list of gateways, `extends`.
-- Stands on: kling/gateways/, kling/endpoints/, gateway/{merge,rules}.lua, and what is loaded only
-- for those who need it: gateway/{own,choices,capabilities,unknown}.lua.
-- Never: opens a file at run time other than by require; never lets anybody change its own data.

local merge = require "kling.gateway.merge"
local rules = require "kling.gateway.rules"

local gateway = {}

local NAMES = { "anyfast", "kkiai", "kling", "powertokens", "uniall" }
local ENDPOINTS = { "image2video", "text2video" }
local KNOWN = merge.set(ENDPOINTS)
-- For a gateway of the user's own that says nothing: Kling's tasks run half a minute to five.
local POLLING = { first = 5, growth = 1.25, jitter = 0.2, interval_max = 15, deadline = 1200 }
local CALLS = { "endpoint", "path", "query", "lookup", "list" }

--- The project's gateways.
---@return string[] names in alphabetical order
function gateway.names()
  return merge.copy(NAMES)
end

--- Whether kling knows an endpoint of this name, whichever gateways have it.
---@param name string
---@return boolean
function gateway.knows(name)
  return KNOWN[name] ~= nil
end

local function put_endpoint(spec, name, words)
  if words == false then
    spec.endpoints[name] = nil
    return
  end
  local entry = spec.endpoints[name] or { endpoint = name, layers = {} }
  for _, call in ipairs(CALLS) do
    if words[call] ~= nil then entry[call] = words[call] or nil end
  end
  entry.layers[#entry.layers + 1] = words
  spec.endpoints[name] = entry
end

local function put_keys(spec, word, values)
  for key, value in pairs(values or {}) do spec[word][key] = merge.copy(value) end
end

--- Puts a gateway's data over what it extends.
---@param data table of the vocabulary's section `gateway`
---@return table spec as of gateway.find
function gateway.build(data)
  local spec = data.extends and gateway.find(data.extends)
    or { endpoints = {}, polling = merge.copy(POLLING), guarantees = {}, replies = {},
      auth = { "bearer" }, capability_rules = false }
  for _, word in ipairs { "name", "doc", "source", "base_url", "capability_rules", "auth" } do
    if data[word] ~= nil then spec[word] = merge.copy(data[word]) end
  end
  for name, words in pairs(data.endpoints or {}) do put_endpoint(spec, name, words) end
  for _, word in ipairs { "polling", "guarantees", "replies" } do
    put_keys(spec, word, data[word])
  end
  spec.base_url = spec.base_url or nil
  spec.name = spec.name or "own"
  return spec
end

--- Copies the endpoint's rules, which stand in lists of lists, into one list.
local function flatten(list, into)
  for _, entry in ipairs(list) do
    if entry.name then into[#into + 1] = merge.copy(entry) else flatten(entry, into) end
  end
  return into
end

local function unknown(...)
  return require "kling.gateway.unknown"(...)
end

--- Fields and rules as the gateway has them, before the user's options.
---@param spec table from gateway.find
---@param name string an endpoint of the gateway
---@return table endpoint fresh
function gateway.raw(spec, name)
  local entry = spec.endpoints[name]
  if not entry then unknown("endpoint", name, gateway.endpoints(spec)) end
  if not gateway.knows(entry.endpoint) then unknown("endpoint", entry.endpoint, ENDPOINTS) end
  local base = require("kling.endpoints." .. entry.endpoint)
  local object = { name = name, doc = base.doc, fields = merge.copy(base.fields),
    rules = flatten(base.rules, {}) }
  for _, layer in ipairs(entry.layers) do merge.layer(object, layer) end
  rules.fit(object)
  return object
end

--- Everything known of a gateway; raises on an unknown name and on data outside the vocabulary.
---@param which string|table name of a gateway, or the data of one's own
---@return table spec name, base_url, auth, endpoints (path, query, lookup, list), polling, ...
function gateway.find(which)
  if type(which) == "table" then return require "kling.gateway.own"(gateway, which) end
  if not merge.set(NAMES)[which] then unknown("gateway", which, NAMES) end
  return gateway.build(require("kling.gateways." .. which))
end

--- The endpoints of a gateway.
---@param spec table from gateway.find
---@return string[] names in alphabetical order
function gateway.endpoints(spec)
  local names = {}
  for name in pairs(spec.endpoints) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The rules that kling.new{allow=} may turn off, at any endpoint of the gateway.
---@param spec table from gateway.find
---@return string[] names in alphabetical order
function gateway.overridable(spec)
  local names, found = {}, {}
  for name in pairs(spec.endpoints) do
    for rule in pairs(require "kling.gateway.choices".overridable(gateway.raw(spec, name))) do
      if not found[rule] then names[#names + 1] = rule end
      found[rule] = true
    end
  end
  table.sort(names)
  return names
end

--- Raises unless the options fit the gateway.
---@param spec table from gateway.find
---@param options table as for gateway.endpoint
function gateway.check_options(spec, options)
  if options.allow == nil and options.models == nil then return end
  require "kling.gateway.choices".check(options, options.allow and gateway.overridable(spec))
end

--- What core.plan compiles: an endpoint with the gateway's words and the user's choices in it.
---@param spec table from gateway.find
---@param name string an endpoint of the gateway
---@param options table|nil capability_rules (boolean), allow (rule names), models (list or "any")
---@return table endpoint name, doc, fields (in wire order), rules; fresh
function gateway.endpoint(spec, name, options)
  options = options or {}
  local on = options.capability_rules
  if on == nil then on = spec.capability_rules end
  local object = gateway.raw(spec, name)
  if options.allow ~= nil or options.models ~= nil then
    gateway.check_options(spec, options)
    require "kling.gateway.choices".apply(object, options)
  end
  rules.apply_capabilities(object, on)
  return object
end

--- The gateways of this project whose endpoint takes a field of that name.
---@param field string as users write it
---@param endpoint string
---@return string[] names
function gateway.other_accepts(field, endpoint)
  local found = {}
  for _, name in ipairs(NAMES) do
    local spec = gateway.find(name)
    for _, known in ipairs(spec.endpoints[endpoint] and gateway.raw(spec, endpoint).fields or {}) do
      if known.name == field or merge.set(known.also)[field] then found[#found + 1] = name end
    end
  end
  return found
end

--- What client:capabilities() shows: see kling/gateway/capabilities.lua.
---@param spec table from gateway.find
---@param options table|nil as for gateway.endpoint
---@return table
function gateway.capabilities(spec, options)
  return require("kling.gateway.capabilities")(gateway, spec, options)
end

return gateway
