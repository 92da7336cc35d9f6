--- What a journal's columns hold: text that SQLite, PostgreSQL and lua-dbi give back as it was.
-- Owns: requests as JSON and back, numbers as text, bytes that are no text as Base64.
-- Stands on: lua-cjson, core.file, core.base64.
-- Never: hands a number to lua-dbi, whose integers have 32 bits, or a NUL, where it cuts strings.
local cjson = require "cjson".new()
local core = require "kling.core"

cjson.decode_invalid_numbers(false)

local text = {}

local FILE, DIGITS, RAW = "kling.file", "kling.digits", "base64:"
local EXACT, DEEPEST = 2 ^ 53, 32
local math_type = rawget(math, "type") -- Lua 5.3 and later

--- A number of the journal, a whole one or with up to six digits after the point.
function text.number(value)
  return (("%.6f"):format(value):gsub("%.?0+$", ""))
end

--- A number without what stands after its point.
function text.whole(value)
  return ("%.0f"):format(value)
end

--- Milliseconds of now, by this machine's clock.
function text.now()
  return text.whole(core.now() * 1000)
end

--- What UTF-8 consists of beside ASCII (RFC 3629).
local SEQUENCES = { "[\194-\223][\128-\191]", "\224[\160-\191][\128-\191]",
  "\237[\128-\159][\128-\191]", "[\225-\239][\128-\191][\128-\191]",
  "\240[\144-\191][\128-\191][\128-\191]", "\244[\128-\143][\128-\191][\128-\191]",
  "[\241-\243][\128-\191][\128-\191][\128-\191]" }

local function is_utf8(value)
  if not value:find("[\128-\255]") then return true end
  if value:find("\237[\160-\191]") then return false end
  for _, sequence in ipairs(SEQUENCES) do value = value:gsub(sequence, " ") end
  return not value:find("[\128-\255]")
end

--- A text of unknown origin as a column takes it.
function text.keep(value)
  if value == nil then return nil end
  if not value:find("%z") and is_utf8(value) and value:sub(1, #RAW) ~= RAW then return value end
  return RAW .. core.base64(value)
end

--- What text.keep kept.
function text.kept(value)
  if value and value:sub(1, #RAW) == RAW then return core.unbase64(value:sub(#RAW + 1)) end
  return value
end

local write

local function write_list(value, depth)
  local parts = {}
  for i, item in ipairs(value) do parts[i] = write(item, depth) end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function write_object(value, depth)
  local names = {}
  for name in pairs(value) do names[#names + 1] = tostring(name) end
  table.sort(names)
  for i, name in ipairs(names) do
    local item = value[name]
    if item == nil then item = value[tonumber(name)] end
    names[i] = cjson.encode(name) .. ":" .. write(item, depth)
  end
  return "{" .. table.concat(names, ",") .. "}"
end

local WRITERS = {
  string = function(value) return cjson.encode(text.keep(value)) end,
  boolean = tostring,
  number = function(value)
    if math_type and math_type(value) == "integer" then
      if value >= EXACT or value <= -EXACT then return ("{\"%s\":\"%d\"}"):format(DIGITS, value) end
      return ("%d"):format(value)
    end
    return ("%.17g"):format(value)
  end,
  table = function(value, depth)
    if getmetatable(value) == getmetatable(core.file "x") then
      return ("{\"%s\":%s}"):format(FILE, cjson.encode(text.keep(value.path)))
    end
    return (#value > 0 and write_list or write_object)(value, depth + 1)
  end,
  userdata = function() return "null" end,
}

function write(value, depth)
  if depth > DEEPEST then error "nested too deep" end
  local writer = WRITERS[type(value)] or error("a " .. type(value) .. " can't be kept")
  return writer(value, depth)
end

--- A request as JSON; files stand in it by their paths.
---@return string|nil json
---@return string|nil message
function text.pack(value)
  local ok, json = pcall(write, value, 0)
  if ok then return json end
  return nil, "the request can't be kept: " .. tostring(json)
end

local function integer(digits)
  if math_type then return tonumber(digits) end
  return digits
end

local function read(value)
  if type(value) == "string" then return text.kept(value) end
  if type(value) ~= "table" then return value end
  if value[FILE] then return core.file(text.kept(value[FILE])) end
  if value[DIGITS] then return integer(value[DIGITS]) end
  for name, item in pairs(value) do value[name] = read(item) end
  return value
end

--- What text.pack made of a table.
---@return table|nil value
function text.unpack(json)
  local ok, value = pcall(cjson.decode, json)
  if ok and type(value) == "table" then return read(value) end
end

return text
