--- What a request will take of a budget: its seconds, and its cost by the user's prices.
-- Owns: the values a request has in effect (defaults, other spellings, compound names), the lookup
-- of a price.
-- Stands on: an endpoint's merged data as gateway.endpoint gives it.
-- Never: knows a price of its own; guesses one.
local raise = require "kling.raise"

local measure = {}

--- A value by a field's name or its other names.
local function given(field, request)
  local value = request[field.name]
  for _, name in ipairs(field.also or {}) do
    if value == nil then value = request[name] end
  end
  return value
end

local function from_shots(field, request)
  local list = field.sum_of and request[field.sum_of[1]]
  if type(list) ~= "table" then return nil end
  local total = 0
  for _, item in ipairs(list) do total = total + (tonumber(item[field.sum_of[2]]) or 0) end
  return total > 0 and total or nil
end

--- A name made of several values stands for all of them.
local function spread(field, value, values)
  local parts = field.compound and field.compound.names[value]
  if not parts then return end
  for i, name in ipairs(field.compound.parts) do values[name] = parts[i] end
end

--- The values a request has in effect, by canonical field names.
---@param fields table[] of the endpoint
---@param request table one that is valid
---@return table values
function measure.values(fields, request)
  local values = {}
  for _, field in ipairs(fields) do
    local value = given(field, request)
    if value == nil then value = from_shots(field, request) end
    if value == nil then value = field.default end
    if field.aliases and field.aliases[value] then value = field.aliases[value] end
    if values[field.name] == nil then values[field.name] = value end
  end
  for _, field in ipairs(fields) do spread(field, given(field, request), values) end
  return values
end

local function fits(row, about)
  for name, value in pairs(row) do
    if name ~= "per_second" and name ~= "per_task" and about[name] ~= value then return false end
  end
  return true
end

--- What a task costs by a table of prices: the first row all of whose words hold.
---@param prices table list of rows
---@param about table gateway, endpoint, and the values in effect
---@return number|nil cost
function measure.cost(prices, about)
  for _, row in ipairs(prices) do
    if fits(row, about) then
      return (row.per_task or 0) + (row.per_second or 0) * (tonumber(about.duration) or 0)
    end
  end
end

local function check(prices, what)
  if type(prices) ~= "table" then raise("%s: a list of prices is expected", what) end
  for i, row in ipairs(prices) do
    local price = type(row) == "table" and (row.per_second or row.per_task)
    if type(price) ~= "number" then
      raise("%s: row %d has neither per_second nor per_task", what, i)
    end
  end
  return prices
end

--- A file that returns a table; it sees no function that could do anything.
local function load_file(path)
  local file, message = io.open(path, "r")
  if not file then raise("kling.new: prices: %s", message) end
  local source = file:read "*a"
  file:close()
  local chunk
  if setfenv then -- luacheck: ignore
    chunk, message = loadstring(source, "@" .. path) -- luacheck: ignore
    if chunk then setfenv(chunk, {}) end -- luacheck: ignore
  else
    chunk, message = load(source, "@" .. path, "t", {})
  end
  if not chunk then raise("kling.new: prices: %s", message) end
  return chunk()
end

--- The user's prices: a table, or the path of a Lua file that returns one.
---@param source table|string|nil
---@return table|nil prices
function measure.prices(source)
  if source == nil then return nil end
  return check(type(source) == "string" and load_file(source) or source, "kling.new: prices")
end

return measure
