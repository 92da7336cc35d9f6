--- JSON as a strict gateway reads it and as a gateway writes it.
-- Owns: a reader that tells [] from {} and refuses what RFC 8259 refuses (and duplicate keys), a
-- writer with sorted keys that can put a bare 18-digit integer on the wire.
-- Stands on: text. Not on lua-cjson, which cannot tell [] from {}, takes NaN, rounds long integers
-- and is what the client under test reads with.
-- Never: guesses. A body with one wrong byte is no JSON.

local text = require "kling.sandbox.text"

local json = {}
local MAX_DEPTH = 100

--- Stands for JSON null.
json.null = setmetatable({}, { __tostring = function() return "null" end })

local object_mt, array_mt, raw_mt = {}, {}, {}

--- Mark a table as an array, so that it is written as [] even when empty.
---@param list table|nil
---@return table
function json.array(list) return setmetatable(list or {}, array_mt) end

--- Text that is written as it is (a number too long for Lua, or deliberate nonsense).
---@param literal string
---@return table
function json.raw(literal) return setmetatable({ literal = literal }, raw_mt) end

--- The JSON type of a decoded value.
---@param value any
---@return string type one of object, array, string, number, boolean, null
function json.type(value)
  if value == json.null then return "null" end
  if type(value) ~= "table" then return type(value) end
  return getmetatable(value) == array_mt and "array" or "object"
end

-- Reading --------------------------------------------------------------------------------------

local ESCAPES = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/",
  b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

local read_value

local function fail(at, what)
  error({ json = ("%s at byte %d"):format(what, at) }, 0)
end

local function skip(s, at) return s:find("[^ \t\r\n]", at) or #s + 1 end

local function hex4(s, at)
  local digits = s:match("^%x%x%x%x", at)
  return digits and tonumber(digits, 16) or fail(at, "bad \\u escape")
end

local function read_unicode(s, at)
  local code = hex4(s, at)
  if code < 0xD800 or code > 0xDFFF then return text.utf8(code), at + 4 end
  if code >= 0xDC00 or s:sub(at + 4, at + 5) ~= "\\u" then fail(at, "lone surrogate") end
  local low = hex4(s, at + 6)
  if low < 0xDC00 or low > 0xDFFF then fail(at, "lone surrogate") end
  return text.utf8(0x10000 + (code - 0xD800) * 0x400 + low - 0xDC00), at + 10
end

local function read_string(s, at)
  local parts, from = {}, at + 1
  while true do
    local stop = s:find('["\\%c]', from) or fail(at, "unfinished string")
    parts[#parts + 1] = s:sub(from, stop - 1)
    local char = s:sub(stop, stop)
    if char == '"' then return table.concat(parts), stop + 1 end
    if char ~= "\\" then
      if char ~= "\127" then fail(stop, "control character in a string") end
      parts[#parts + 1], from = char, stop + 1
    elseif s:sub(stop + 1, stop + 1) == "u" then
      parts[#parts + 1], from = read_unicode(s, stop + 2)
    else
      local escape = s:sub(stop + 1, stop + 1)
      parts[#parts + 1] = ESCAPES[escape] or fail(stop, "unknown escape")
      from = stop + 2
    end
  end
end

local function read_number(s, at)
  local whole = s:match("^-?0", at) or s:match("^-?[1-9]%d*", at) or fail(at, "unexpected text")
  local stop = at + #whole
  stop = stop + #(s:match("^%.%d+", stop) or "")
  stop = stop + #(s:match("^[eE][+-]?%d+", stop) or "")
  if s:find("^[%w.+-]", stop) then fail(at, "malformed number") end
  return tonumber(s:sub(at, stop - 1)), stop
end

local function read_array(s, at, depth)
  local list = json.array()
  at = skip(s, at + 1)
  if s:sub(at, at) == "]" then return list, at + 1 end
  while true do
    list[#list + 1], at = read_value(s, at, depth)
    at = skip(s, at)
    local char = s:sub(at, at)
    if char == "]" then return list, at + 1 end
    if char ~= "," then fail(at, "expected , or ]") end
    at = skip(s, at + 1)
  end
end

local function read_object(s, at, depth)
  local object = setmetatable({}, object_mt)
  at = skip(s, at + 1)
  if s:sub(at, at) == "}" then return object, at + 1 end
  while true do
    if s:sub(at, at) ~= '"' then fail(at, "expected a key") end
    local start, key = at
    key, at = read_string(s, at)
    if object[key] ~= nil then fail(start, "duplicate key " .. key) end
    at = skip(s, at)
    if s:sub(at, at) ~= ":" then fail(at, "expected :") end
    object[key], at = read_value(s, skip(s, at + 1), depth)
    at = skip(s, at)
    local char = s:sub(at, at)
    if char == "}" then return object, at + 1 end
    if char ~= "," then fail(at, "expected , or }") end
    at = skip(s, at + 1)
  end
end

local LITERALS = { t = { "true", true }, f = { "false", false }, n = { "null", json.null } }

local function read_literal(s, at, literal)
  local word = literal[1]
  if s:sub(at, at + #word - 1) ~= word then fail(at, "unexpected text") end
  return literal[2], at + #word
end

function read_value(s, at, depth)
  if depth > MAX_DEPTH then fail(at, "nested too deeply") end
  local char = s:sub(at, at)
  if char == '"' then return read_string(s, at) end
  if char == "{" then return read_object(s, at, depth + 1) end
  if char == "[" then return read_array(s, at, depth + 1) end
  if LITERALS[char] then return read_literal(s, at, LITERALS[char]) end
  return read_number(s, at)
end

--- Read one JSON text.
---@param s string UTF-8
---@return any|nil value `json.null` for null
---@return string|nil complaint
function json.decode(s)
  if not text.is_utf8(s) then return nil, "body is not valid UTF-8" end
  local ok, value, at = pcall(read_value, s, skip(s, 1), 1)
  if not ok then
    if type(value) ~= "table" then error(value, 0) end
    return nil, value.json
  end
  if skip(s, at) <= #s then return nil, "text after the JSON value at byte " .. at end
  return value
end

-- Writing --------------------------------------------------------------------------------------

local SHORT = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape(char) return SHORT[char] or ("\\u%04x"):format(char:byte()) end

local function quote(s) return '"' .. s:gsub('[%c"\\]', escape) .. '"' end

local function number(n)
  return n % 1 == 0 and n > -1e15 and n < 1e15 and ("%.0f"):format(n) or ("%.14g"):format(n)
end

local write

local function write_array(list)
  local parts = {}
  for i, value in ipairs(list) do parts[i] = write(value) end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function write_object(object)
  local keys, parts = {}, {}
  for key in pairs(object) do keys[#keys + 1] = key end
  table.sort(keys)
  for i, key in ipairs(keys) do parts[i] = quote(key) .. ":" .. write(object[key]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function write_table(value)
  if value == json.null then return "null" end
  local mt = getmetatable(value)
  if mt == raw_mt then return value.literal end
  if mt == array_mt or value[1] ~= nil then return write_array(value) end
  return write_object(value)
end

local WRITERS = { table = write_table, string = quote, number = number, boolean = tostring }

function write(value)
  local writer = WRITERS[type(value)] or error("cannot write a " .. type(value) .. " as JSON")
  return writer(value)
end

--- Write a value: a table with element 1 is an array, any other table an object.
---@param value any
---@return string
function json.encode(value) return write(value) end

return json
