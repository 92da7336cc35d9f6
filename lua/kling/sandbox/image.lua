--- Judges a picture in a request body: a URL or clean Base64 of a PNG or JPEG.
-- Owns: the picture rules of seed 004 (formats, 10 MB, 300 px) and Kling's (no data: prefix, sides
-- between 1:2.5 and 2.5:1).
-- Stands on: text. Reads only as much of a picture as its sides need.
-- Never: fetches a URL, decodes pixels.

local text = require "kling.sandbox.text"

local image = {}

local MAX_BYTES = 10 * 1024 * 1024
local MIN_SIDE = 300
local MAX_RATIO = 2.5
local HEAD = 262144 -- Base64 characters to look at; a JPEG's size may stand behind a fat header

local function big_endian(bytes, at, size)
  local n = 0
  for i = at, at + size - 1 do n = n * 256 + (bytes:byte(i) or 0) end
  return n
end

local function png_sides(bytes)
  if bytes:sub(1, 8) ~= "\137PNG\r\n\26\n" then return nil end
  return big_endian(bytes, 17, 4), big_endian(bytes, 21, 4)
end

-- A start-of-frame marker is C0..CF but for C4 (tables), C8 (reserved) and CC (arithmetic).
local function is_frame(marker)
  return marker >= 0xC0 and marker <= 0xCF
    and marker ~= 0xC4 and marker ~= 0xC8 and marker ~= 0xCC
end

local function jpeg_sides(bytes)
  if bytes:sub(1, 3) ~= "\255\216\255" then return nil end
  local at = 3
  while bytes:byte(at) == 0xFF do
    local marker = bytes:byte(at + 1) or 0
    if is_frame(marker) then return big_endian(bytes, at + 7, 2), big_endian(bytes, at + 5, 2) end
    at = at + 2 + big_endian(bytes, at + 2, 2)
  end
  return 0, 0
end

local function sides(bytes)
  local width, height = png_sides(bytes)
  if not width then width, height = jpeg_sides(bytes) end
  return width, height
end

local function decoded_size(base64)
  return #base64 / 4 * 3 - #base64:match("=*$")
end

local function ratio_problem(width, height)
  if width > height * MAX_RATIO or height > width * MAX_RATIO then
    return ("is %dx%d, its sides must be between 1:2.5 and 2.5:1"):format(width, height)
  end
end

local function sides_problem(base64, limits)
  local width, height = sides(text.from_base64(base64:sub(1, HEAD)))
  if not width then return "is neither PNG nor JPEG" end
  if limits.any_size then return nil end
  if width < MIN_SIDE or height < MIN_SIDE then
    return ("is %dx%d, both sides must be at least %d px"):format(width, height, MIN_SIDE)
  end
  return limits.ratio and ratio_problem(width, height) or nil
end

--- Is this an http(s) URL?
---@param s string
---@return boolean
function image.is_url(s) return s:find("^https?://[^%s/]") ~= nil and not s:find("%s") end

--- What is wrong with a picture field, or nil.
---@param value string URL or Base64
---@param limits table any_size: masks, no size rule; ratio: check the sides' ratio
---@return string|nil complaint continues a sentence that starts with the field's name
function image.problem(value, limits)
  if value == "" then return "must not be empty" end
  if value:find("^https?:") then
    return not image.is_url(value) and "is not a usable URL" or nil
  end
  local complaint = text.base64_problem(value)
  if complaint then return complaint end
  if decoded_size(value) > MAX_BYTES then return "is larger than 10 MB" end
  return sides_problem(value, limits)
end

return image
