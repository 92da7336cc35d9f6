-- A gateway of the user's own: its data is held against the vocabulary before it is believed.
--
-- Owns: what must be true of a whole gateway: its endpoints, their paths.
-- Stands on: gateway.lua, which hands itself over; gateway/check.lua.
-- Never: runs for the project's gateways; the specs hold these against the same rules.

local check = require "kling.gateway.check"
local merge = require "kling.gateway.merge"

local function bad(name, what)
  error(("kling: gateway data: gateway.endpoints.%s.%s"):format(name, what), 0)
end

local function check_endpoint(name, entry)
  for _, call in ipairs { "path", "query", "lookup", "list" } do
    local path = entry[call]
    if path and path:sub(1, 1) ~= "/" then bad(name, call .. ": it starts with a slash") end
  end
  if not entry.path then bad(name, "path: it is missing") end
  if not entry.query then bad(name, "query: it is missing") end
  for _, call in ipairs { "query", "lookup" } do
    if entry[call] and not entry[call]:find("{id}", 1, true) then
      bad(name, call .. ": {id} is missing")
    end
  end
end

---@param gateway table the module
---@param data table what the user gave
---@return table spec as of gateway.find
return function(gateway, data)
  check.gateway(data)
  local spec = gateway.build(merge.copy(data))
  if next(spec.endpoints) == nil then
    error("kling: gateway data: gateway.endpoints: it has none; extends is one way to some", 0)
  end
  for name, entry in pairs(spec.endpoints) do
    local object, path = gateway.raw(spec, name), "gateway.endpoints." .. name
    check_endpoint(name, entry)
    check.merged(object, path)
    check.kept(object, entry.layers[#entry.layers].rules, path)
  end
  return spec
end
