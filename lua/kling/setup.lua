--- The options of kling.new, turned into the parts of a client.
-- Owns: what is wrong with options beside their types: gateways, addresses, models, rules.
-- Stands on: options.lua, gateway.lua, address.lua, key.lua, core.account.
-- Never: reads the environment, asks or connects to anything.
local address = require "kling.address"
local core = require "kling.core"
local gateway = require "kling.gateway"
local loop = require "kling.loop"
local new_key = require "kling.key"
local options = require "kling.options"
local raise = require "kling.raise"

local NET = { "proxy", "ca_file", "ca_path", "user_agent", "connect_timeout", "timeout",
  "stall_timeout", "allow_http" }

local function find_gateway(which)
  local ok, spec = pcall(gateway.find, which)
  if not ok then raise("kling.new: %s", (tostring(spec):gsub("^kling: ", ""))) end
  return spec
end

local function find_address(given, spec)
  local text = given.base_url or spec.base_url
  if not text then
    raise("kling.new: option base_url is missing: gateway %s names no host of its own", spec.name)
  end
  local url, problem = address.check(text, given.allow_http)
  if not url then raise("kling.new: base_url %q: %s", address.shown(text), problem) end
  return url
end

--- What is allowed is held against the gateway's data now, not at the first request.
local function find_choices(given, spec)
  local choices = { capability_rules = given.capability_rules, allow = given.allow,
    models = given.models }
  local ok, message = pcall(gateway.check_options, spec, choices)
  if not ok then raise("kling.new: %s", (tostring(message):gsub("^kling: ", ""))) end
  return choices
end

local function find_pace(given, spec)
  local pace = {}
  for name, value in pairs(spec.polling) do pace[name] = value end
  local own = options.check("kling.new: polling", "polling", given.polling)
  for name, value in pairs(own) do pace[name] = value end
  return pace
end

local function new_account(given, spec)
  local account = { gateway = spec.name, user_agent = "kling/" .. core.version }
  for _, name in ipairs(NET) do
    if given[name] ~= nil then account[name] = given[name] end
  end
  return core.account(account)
end

--- The parts of a client. Raises what is wrong with the options.
---@param given kling.Options
---@return table parts
return function(given)
  options.check("kling.new", "new", given)
  local spec = find_gateway(given.gateway)
  local parts = {
    gateway = spec.name, spec = spec, base_url = find_address(given, spec),
    choices = find_choices(given, spec), pace = find_pace(given, spec),
    host = given.loop and loop.host(given.loop) or false, timeout = given.timeout,
    create_timeout = given.create_timeout, retry_for = options.value("new", given, "retry_for"),
    lookup_timeout = given.lookup_timeout,
    absent_after = given.absent_after or (spec.guarantees or {}).absent_after, desk = false,
    closed = false,
    account = new_account(given, spec), links = {},
  }
  parts.key = new_key(spec, given, parts.account)
  return parts
end
