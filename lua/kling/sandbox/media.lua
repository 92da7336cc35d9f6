--- The video files: a real MP4, signed links, ranges.
-- Owns: the clip's bytes (padded on request), links that expire and are renewed, RFC 9110 ranges
-- with If-Range, ETag and Last-Modified.
-- Stands on: luaossl's HMAC for the signature.
-- Never: asks for a token; a result link carries its own right, and a token sent here is a leak.

local hmac = require "openssl.hmac"

local text = require "kling.sandbox.text"

local media = {}

--- Seconds the clip plays, as replies write it.
media.SECONDS = "5.0"

local MODIFIED = "Fri, 20 Nov 2026 08:00:00 GMT"
local SECRET = "a sandbox has no secrets"
local MONTH = 30 * 86400

local cache = {}

local function read_clip()
  local here = debug.getinfo(1, "S").source:match("^@(.*)media%.lua$")
  local file = assert(io.open(here .. "clip.mp4", "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

local function box_size(n)
  local out = {}
  for i = 4, 1, -1 do
    out[i] = string.char(n % 256)
    n = math.floor(n / 256)
  end
  return table.concat(out)
end

-- A `free` box at the end is skipped by players, so the padded clip plays too.
local function padded(bytes, size)
  local gap = size - #bytes
  if gap < 8 then return bytes end
  return bytes .. box_size(gap) .. "free" .. ("\0"):rep(gap - 8)
end

--- The clip, padded to a size.
---@param size number|nil bytes
---@return string
function media.clip(size)
  cache.clip = cache.clip or read_clip()
  if not size then return cache.clip end
  if cache.size ~= size then cache.size, cache.padded = size, padded(cache.clip, size) end
  return cache.padded
end

local function signature(name, version, expires)
  local message = ("%s.%d.%.0f"):format(name, version, expires)
  return text.hex(hmac.new(SECRET, "sha256"):final(message)):sub(1, 32)
end

--- The path of a task's link, fresh again when the old one has expired or was taken back.
---@param task table its `link` holds version and expires
---@param options table link_seconds
---@param now number Unix seconds
---@return string path with query
function media.link(task, options, now)
  local link = task.link
  if link.expires <= now then
    link.version, link.expires = link.version + 1, math.ceil(now + (options.link_seconds or MONTH))
  end
  return ("/files/%s.mp4?v=%d&expires=%.0f&sig=%s"):format(
    task.upstream, link.version, link.expires, signature(task.upstream, link.version, link.expires))
end

--- Take a task's link back: it stops working, the next question yields another.
function media.revoke(task) task.link.expires = 0 end

--- Does a link still work?
---@param task table
---@param query table v, expires, sig
---@param now number Unix seconds
---@return boolean
function media.link_works(task, query, now)
  local version, expires = tonumber(query.v), tonumber(query.expires)
  local link = task.link
  return version == link.version and expires == link.expires
    and expires > now and query.sig == signature(task.upstream, version, expires)
end

local function etag(bytes, task)
  return ('"%s-%d"'):format(task.upstream, #bytes)
end

-- First and last byte asked for; nil when there is no (single, well-formed) range, false when it
-- cannot be satisfied.
local function parse_range(header, size)
  local first, last = (header or ""):match("^bytes=(%d*)%-(%d*)$")
  if not first or first == "" and last == "" then return nil end
  if first == "" then
    local length = math.min(tonumber(last), size)
    if length == 0 then return false end
    return size - length, size - 1
  end
  first, last = tonumber(first), math.min(tonumber(last) or size - 1, size - 1)
  if first >= size then return false end
  if last < first then return nil end
  return first, last
end

local function still_the_same(if_range, tag)
  return if_range == nil or if_range == tag or if_range == MODIFIED
end

local function reply(status, body, headers, tag)
  headers.etag, headers["last-modified"], headers["accept-ranges"] = tag, MODIFIED, "bytes"
  return { status = status, type = "video/mp4", body = body, headers = headers }
end

--- Answer a GET or HEAD of a file.
---@param task table
---@param headers table the request's headers
---@param options table file_bytes, no_range, blind (to If-Range), shift (bytes too late)
---@return table reply
function media.serve(task, headers, options)
  local bytes = media.clip(options.file_bytes)
  local tag, size = etag(bytes, task), #bytes
  local first, last
  if not options.no_range and (options.blind or still_the_same(headers["if-range"], tag)) then
    first, last = parse_range(headers.range, size)
  end
  if first then first = math.min(first + (options.shift or 0), last) end
  if first == nil then return reply(200, bytes, {}, tag) end
  if first == false then
    return reply(416, "", { ["content-range"] = "bytes */" .. size }, tag)
  end
  local range = ("bytes %d-%d/%d"):format(first, last, size)
  return reply(206, bytes:sub(first + 1, last + 1), { ["content-range"] = range }, tag)
end

return media
