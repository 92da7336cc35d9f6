--- Pictures that are just long enough to be judged.
-- Owns: the head of a PNG and of a JPEG with given sides, and Base64 to wrap them in.
-- Stands on: nothing.
-- Never: makes a picture anything can show.

local function integer(n) -- big-endian, four bytes
  return string.char(math.floor(n / 16777216), math.floor(n / 65536) % 256,
    math.floor(n / 256) % 256, n % 256)
end

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(bytes)
  local out = bytes:gsub("..?.?", function(group)
    local a, b, c = group:byte(1, 3)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    local quad = ""
    for shift = 3, 0, -1 do
      local at = math.floor(n / 64 ^ shift) % 64 + 1
      quad = quad .. ALPHABET:sub(at, at)
    end
    return quad:sub(1, #group + 1) .. ("="):rep(3 - #group)
  end)
  return out
end

local function png(width, height)
  return base64("\137PNG\r\n\26\n" .. integer(13) .. "IHDR" .. integer(width) .. integer(height))
end

local function jpeg(width, height)
  local exif = "\255\225" .. integer(802):sub(3) .. ("x"):rep(800)
  local frame = "\255\192" .. integer(17):sub(3) .. "\8" .. integer(height):sub(3)
    .. integer(width):sub(3)
  return base64("\255\216" .. exif .. frame)
end

return { base64 = base64, png = png, jpeg = jpeg }
