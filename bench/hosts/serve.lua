--- What the nginx of the benchmarks does: a slow service, or calls to it in two ways.
--
-- Owns: the native way: what a program would write with ngx_lua's own sockets for this one call.
-- Stands on: ngx_lua, lua-cjson, kling.
-- Never: checks more than a client must.

-- luacheck: std ngx_lua

local cjson = require "cjson"

local DELAY = 0.3 -- seconds
local REPLY = '{"code":0,"message":"SUCCEED","request_id":"f3a1c5b2","data":'
  .. '{"task_id":"860260753812345678","task_status":"submitted",'
  .. '"created_at":1766374262370,"updated_at":1766374262370}}'
local BODY = '{"model_name":"kling-v1","prompt":"A cat","duration":"5","mode":"std"}'
local HEAD = "POST /v1/videos/text2video HTTP/1.1\r\nHost: 127.0.0.1\r\n"
  .. "Authorization: Bearer bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
local POOL = 300

local serve = {}
local client, host, port
local connections = 0

--- Counts the connection of this request.
local function count()
  if ngx.var.connection_requests == "1" then connections = connections + 1 end
end

function serve.service()
  count()
  ngx.req.read_body()
  ngx.sleep(DELAY)
  ngx.header["Content-Length"] = #REPLY
  ngx.print(REPLY)
end

function serve.trivial() ngx.print "ok" end

--- How many connections have brought something so far, this one included.
function serve.connections()
  count()
  ngx.print(connections)
end

function serve.kling()
  local task, message = client:text2video { prompt = "A cat" }
  if not task then ngx.status = 500 end
  ngx.print(task and task.id or message)
end

function serve.native()
  local socket, length = ngx.socket.tcp(), nil
  assert(socket:connect(host, port, { pool_size = POOL }))
  assert(socket:send { HEAD:format(#BODY), BODY })
  assert(socket:receive():find "200")
  repeat
    local line = assert(socket:receive())
    length = tonumber(line:match "^[Cc]ontent%-[Ll]ength: (%d+)") or length
  until line == ""
  local reply = assert(socket:receive(length))
  socket:setkeepalive(60000, POOL)
  ngx.print(cjson.decode(reply).data.task_id)
end

--- The functions, for a service at this address.
---@param url string "-": this is the service
return function(url)
  if url ~= "-" then
    host, port = url:match "^http://([^:]+):(%d+)$"
    client = require("kling").new { gateway = "kling", api_key = "bench", base_url = url }
  end
  return serve
end
