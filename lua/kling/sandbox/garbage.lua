--- Replies no client should trust.
-- Owns: every kind of nonsense a gateway or a proxy has been seen to send instead of JSON.
-- Stands on: gzip, json.
-- Never: creates a task; a function gets the honest reply (or nil) and returns the nonsense.

local gzip = require "kling.sandbox.gzip"

local garbage = {}

local PAGE = "<!doctype html><html lang=\"en\"><head><title>Console</title></head>"
  .. "<body><div id=\"root\"></div></body></html>"
local DEEP, SPACES = 10000, 64 * 1024 * 1024

local function json_reply(body) return { status = 200, type = "application/json", body = body } end

local function honest_body(reply)
  return reply and reply.body or '{"code":0,"message":"SUCCEED","data":{"task_id":"1"}}'
end

--- Text that is not JSON.
function garbage.text() return json_reply("upstream said: ok") end

--- NaN and Infinity where numbers belong.
function garbage.nan()
  return json_reply('{"code":NaN,"message":"","data":{"task_id":Infinity}}')
end

--- 10,000 arrays in one another.
function garbage.deep() return json_reply(("["):rep(DEEP) .. ("]"):rep(DEEP)) end

--- 64 MiB of spaces before a JSON text.
function garbage.spaces(fault, reply)
  return json_reply((" "):rep(fault.bytes or SPACES) .. honest_body(reply))
end

--- The honest body under a content type that is not JSON.
function garbage.content_type(fault, reply)
  return { status = 200, type = fault.type or "text/html", body = honest_body(reply) }
end

--- An HTML page with status 200 (new-api's console for an unknown route).
function garbage.html() return { status = 200, type = "text/html; charset=utf-8", body = PAGE } end

--- Nothing, with status 200.
function garbage.empty() return { status = 200, type = "application/json", body = "" } end

--- The honest body cut in half, with a Content-Length that fits the half.
function garbage.half(_, reply)
  local body = honest_body(reply)
  return json_reply(body:sub(1, math.floor(#body / 2)))
end

--- Bytes of every value.
function garbage.binary()
  local bytes = {}
  for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
  return json_reply(table.concat(bytes):rep(4))
end

--- 256 MiB of spaces in 1.7 MB of gzip.
function garbage.gzip_bomb()
  local reply = json_reply(gzip.bomb())
  reply.headers = { ["content-encoding"] = "gzip" }
  return reply
end

--- Says gzip and is not.
function garbage.bad_gzip(_, reply)
  local out = json_reply(honest_body(reply))
  out.headers = { ["content-encoding"] = "gzip" }
  return out
end

--- A JSON value that is no object.
function garbage.scalar() return json_reply('"ok"') end

--- Well-formed JSON of a foreign service.
function garbage.foreign() return json_reply('{"status":"ok","result":[1,2,3]}') end

return garbage
