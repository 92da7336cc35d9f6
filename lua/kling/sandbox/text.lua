--- Text helpers of the sandbox: UTF-8 and Base64.
-- Owns: counting code points, refusing broken UTF-8, encoding one, reading Base64, hex digits.
-- Stands on: nothing but Lua's string library (it must run on 5.1 and LuaJIT alike).
-- Never: knows JSON, HTTP or a gateway.

local text = {}

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local VALUE = {}
for i = 1, 64 do VALUE[ALPHABET:byte(i)] = i - 1 end

-- First byte -> length of the sequence and the bounds of its second byte (Unicode, table 3-7).
local function lead(byte)
  if byte < 0x80 then return 1 end
  if byte >= 0xC2 and byte <= 0xDF then return 2, 0x80, 0xBF end
  if byte >= 0xE0 and byte <= 0xEF then
    return 3, byte == 0xE0 and 0xA0 or 0x80, byte == 0xED and 0x9F or 0xBF
  end
  if byte >= 0xF0 and byte <= 0xF4 then
    return 4, byte == 0xF0 and 0x90 or 0x80, byte == 0xF4 and 0x8F or 0xBF
  end
end

local function sequence_length(s, at)
  local size, low, high = lead(s:byte(at))
  if not size or size == 1 then return size end
  local second = s:byte(at + 1)
  if not second or second < low or second > high then return nil end
  for k = 2, size - 1 do
    local byte = s:byte(at + k)
    if not byte or byte < 0x80 or byte > 0xBF then return nil end
  end
  return size
end

--- Is the text well-formed UTF-8?
---@param s string bytes
---@return boolean
function text.is_utf8(s)
  local at = s:find("[\128-\255]")
  while at do
    local size = sequence_length(s, at)
    if not size then return false end
    at = s:find("[\128-\255]", at + size)
  end
  return true
end

--- Count Unicode code points (of well-formed UTF-8).
---@param s string UTF-8
---@return number count
function text.length(s)
  local _, continuations = s:gsub("[\128-\191]", "")
  return #s - continuations
end

--- Encode a code point as UTF-8.
---@param code number code point
---@return string bytes
function text.utf8(code)
  if code < 0x80 then return string.char(code) end
  local tail, limit, mark = {}, 0x20, 0xC0
  while true do
    table.insert(tail, 1, string.char(0x80 + code % 64))
    code = math.floor(code / 64)
    if code < limit then return string.char(mark + code) .. table.concat(tail) end
    limit, mark = limit / 2, mark + limit
  end
end

--- Why a string is not clean Base64, or nil when it is.
---@param s string
---@return string|nil complaint
function text.base64_problem(s)
  if s:find("^data:") then return "must not start with a data: prefix" end
  if s:find("[^%w+/=]") then return "is not in a valid base64 format" end
  if #s % 4 ~= 0 or not s:find("^[^=]*=?=?$") then return "has wrong base64 padding" end
end

--- Decode clean Base64.
---@param s string clean Base64 (its length a multiple of four)
---@return string bytes
function text.from_base64(s)
  local out = {}
  for i = 1, #s, 4 do
    local a, b, c, d = s:byte(i, i + 3)
    local n = VALUE[a] * 262144 + VALUE[b] * 4096 + (VALUE[c] or 0) * 64 + (VALUE[d] or 0)
    local size = VALUE[d] and 3 or VALUE[c] and 2 or 1
    out[#out + 1] = string.char(math.floor(n / 65536), math.floor(n / 256) % 256, n % 256)
      :sub(1, size)
  end
  return table.concat(out)
end

--- Decode Base64url without padding, or nil when it is not that.
---@param s string
---@return string|nil bytes
function text.from_base64url(s)
  if s:find("[^%w_-]") or #s % 4 == 1 then return nil end
  local plain = s:gsub("-", "+"):gsub("_", "/")
  return text.from_base64(plain .. ("="):rep(-#s % 4))
end

--- Lower-case hexadecimal digits of some bytes.
---@param bytes string
---@return string
function text.hex(bytes)
  return (bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

return text
