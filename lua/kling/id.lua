--- Ids of tasks as callers give them.
-- Owns: what may be an id, and the sentence that refuses what may not.
-- Stands on: core.longest_id.
-- Never: changes an id; raises, its callers do.
local core = require "kling.core"

local id = {}

--- Bytes. C reads no longer ones out of replies; a caller's own only have to fit into a URL.
local LONGEST = { id = core.longest_id, external_task_id = 1024 }

local math_type = rawget(math, "type") -- Lua 5.3 and later

--- A whole number that Lua still has exactly; ids are longer than a double is exact.
local function digits(value)
  if type(value) ~= "number" then return nil end
  if value % 1 == 0 and math.abs(value) < 2 ^ 53 then return ("%.0f"):format(value) end
  return math_type and math_type(value) == "integer" and tostring(value) or nil
end

local function got(value)
  if type(value) ~= "string" then return tostring(value) end
  if value:find("\0", 1, true) then return "one with a zero byte" end
  return ("one of %d bytes"):format(#value)
end

--- The text of an id, or what is wrong with it.
---@param name string "id" or "external_task_id"
---@param value any
---@return string|nil text
---@return string|nil problem
function id.text(name, value)
  local text = digits(value) or value
  local good = type(text) == "string" and #text >= 1 and #text <= LONGEST[name]
    and not text:find("\0", 1, true)
  if good then return text end
  return nil, ("%s: an id as a string of 1 to %d bytes is expected, not %s"):format(name,
    LONGEST[name], got(value))
end

return id
