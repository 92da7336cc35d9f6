-- Pictures made up of a header only, as Base64: enough to be recognised and measured.
--
-- Owns: `png(width, height, size)` and the encoder beneath it.
-- Stands on: nothing, so that what is tested is not used to test it.
-- Never: makes a picture that can be shown.

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function digit(n)
  return DIGITS:sub(n + 1, n + 1)
end

local function encode_three(a, b, c)
  local n = a * 65536 + (b or 0) * 256 + (c or 0)
  return digit(math.floor(n / 262144)) .. digit(math.floor(n / 4096) % 64)
    .. (b and digit(math.floor(n / 64) % 64) or "=") .. (c and digit(n % 64) or "=")
end

local picture = {}

--- Base64 of any bytes.
function picture.base64(bytes)
  local parts = {}
  for i = 1, #bytes, 3 do parts[#parts + 1] = encode_three(bytes:byte(i, i + 2)) end
  return table.concat(parts)
end

local function be32(n)
  return string.char(math.floor(n / 16777216) % 256, math.floor(n / 65536) % 256,
    math.floor(n / 256) % 256, n % 256)
end

--- The bytes of a PNG that ends behind its header.
function picture.png_bytes(width, height)
  return "\137PNG\r\n\26\n" .. be32(13) .. "IHDR" .. be32(width) .. be32(height)
    .. "\8\0\0\0\0\0\0\0\0"
end

--- The same as Base64, filled with zero bytes up to `size` bytes (33, the header alone, if absent).
function picture.png(width, height, size)
  local fill = (size or 33) - 33 -- 33 is a multiple of 3, so that the pieces can be put together
  return picture.base64(picture.png_bytes(width, height)) .. ("AAAA"):rep(math.floor(fill / 3))
    .. picture.base64(("\0"):rep(fill % 3))
end

return picture
