--- Puts a reply on the wire, honestly or not.
-- Owns: headers and body through lua-http, and the ways to cheat: aborting with RST or FIN, cutting
-- short, dripping, closing a kept-alive connection behind the client's back.
-- Stands on: lua-http's streams, cqueues; lua-socket or LuaJIT's FFI for SO_LINGER.
-- Never: decides what to send; `reply.wire` says abort, keep, bytes_per_second or close.

local cqueues = require "cqueues"
local new_headers = require "http.headers".new
local util = require "http.util"

local wire = {}

local PIECE = 65536
local TIMEOUT = 60 -- seconds a client may take to accept one piece

-- A socket closed with linger 0 sends RST instead of FIN. cqueues has no such option; lua-socket
-- can borrow the descriptor for a moment.
local function linger_by_lua_socket(socket, fd)
  local borrowed = socket.tcp()
  borrowed:setfd(fd)
  borrowed:setoption("linger", { on = true, timeout = 0 })
  borrowed:setfd(-1)
end

local function linger_by_ffi(ffi, fd)
  ffi.cdef "int setsockopt(int, int, int, const void *, unsigned int);"
  local SOL_SOCKET, SO_LINGER = 1, 13
  if ffi.os ~= "Linux" then SOL_SOCKET, SO_LINGER = 0xFFFF, 0x0080 end
  ffi.C.setsockopt(fd, SOL_SOCKET, SO_LINGER, ffi.new("int[2]", 1, 0), 8)
end

local function linger_zero(fd)
  local ok, found = pcall(require, "socket")
  if ok then return linger_by_lua_socket(found, fd) end
  ok, found = pcall(require, "ffi")
  if ok then return linger_by_ffi(found, fd) end
  error("resetting a connection needs lua-socket or LuaJIT", 0)
end

local function abort(stream, how)
  local connection = stream.connection
  local socket = connection.version == 2 and connection.socket or connection:take_socket()
  if not socket then return end
  if how == "rst" then linger_zero(socket:pollfd()) end
  socket:close()
end

local function headers_of(reply, date)
  local headers = new_headers()
  headers:append(":status", tostring(reply.status))
  headers:append("date", util.imf_date(date))
  if reply.type then headers:append("content-type", reply.type) end
  for name, value in pairs(reply.headers or {}) do headers:append(name, value) end
  headers:append("content-length", tostring(#reply.body))
  return headers
end

local function write_pieces(stream, body, size, pause)
  local last = #body
  for at = 1, last, size do
    local done = at + size > last
    local ok = stream:write_chunk(body:sub(at, at + size - 1), done, TIMEOUT)
    if not ok then return end
    if pause and not done then cqueues.sleep(pause) end
  end
end

local function write_body(stream, reply, how)
  if how.keep then
    stream:write_chunk(reply.body:sub(1, how.keep), false, TIMEOUT)
    return abort(stream, "fin")
  end
  local rate = how.bytes_per_second
  if not rate then return write_pieces(stream, reply.body, PIECE) end
  local size = math.max(1, math.floor(rate / 10))
  write_pieces(stream, reply.body, size, size / rate)
end

--- Send a reply.
---@param stream table lua-http's stream
---@param reply table status, type, body, headers, wire
---@param method string the request's method
---@param date number Unix seconds for the Date header
function wire.send(stream, reply, method, date)
  local how = reply.wire or {}
  if how.abort then return abort(stream, how.abort) end
  local empty = method == "HEAD" or reply.body == ""
  local ok = stream:write_headers(headers_of(reply, date), false, TIMEOUT)
  if not ok then return end
  if empty then stream:write_chunk("", true, TIMEOUT) else write_body(stream, reply, how) end
  if how.close then abort(stream, "fin") end
end

return wire
