--- What the loopback server answers: Kling's own reply shapes, and how much it was asked.
--
-- Owns: the counters that prove a contestant did the work it claims.
-- Stands on: ngx_lua.
-- Never: looks into a request's body; it only reads it to the end.

-- luacheck: std ngx_lua

local upstream = {}

local WAITING = '{"code":0,"message":"SUCCEED","request_id":"f3a1c5b2-9f60-4d3e-8a57-0c1d2e3f4a5b",'
  .. '"data":{"task_id":"%s","task_status":"%s","task_status_msg":"","task_info":{},'
  .. '"created_at":1766374262370,"updated_at":1766374262370}}\n'
local DONE = '{"code":0,"message":"SUCCEED","request_id":"f3a1c5b2-9f60-4d3e-8a57-0c1d2e3f4a5b",'
  .. '"data":{"task_id":"%s","task_status":"succeed","task_status_msg":"","task_info":{},'
  .. '"task_result":{"videos":[{"id":"829836802793406551","url":"@/files/clip.mp4",'
  .. '"duration":"5.041"}]},'
  .. '"final_unit_deduction":"1","created_at":1766374262370,"updated_at":1766374320915}}\n'
local POLLS_TO_SUCCESS = 3

local asked, created, count

local function reset()
  count = { creates = 0, polls = 0, body_bytes = 0, largest_body = 0 }
end

local function answer(text)
  ngx.header["Content-Length"] = #text
  ngx.print(text)
end

--- Is called once, before the first request.
---@param url string the server's own address, for the links in its replies
function upstream.start(url)
  asked, created = {}, 0
  DONE = DONE:gsub("@", url)
  reset()
end

function upstream.create()
  ngx.req.read_body()
  local length = tonumber(ngx.var.http_content_length) or #(ngx.req.get_body_data() or "")
  created = created + 1
  count.creates = count.creates + 1
  count.body_bytes = count.body_bytes + length
  count.largest_body = math.max(count.largest_body, length)
  answer(WAITING:format(("8602607538%08d"):format(created), "submitted"))
end

function upstream.status()
  local id, when = ngx.var.id, ngx.var.when
  count.polls = count.polls + 1
  if when == "/forever" then return answer(WAITING:format(id, "processing")) end
  local polls = (asked[id] or 0) + 1
  if when == "/done" or polls >= POLLS_TO_SUCCESS then
    asked[id] = nil
    return answer(DONE:format(id))
  end
  asked[id] = polls
  answer(WAITING:format(id, "processing"))
end

--- What was asked since the last look.
function upstream.stats()
  answer(('{"creates":%d,"polls":%d,"body_bytes":%d,"largest_body":%d}\n'):format(
    count.creates, count.polls, count.body_bytes, count.largest_body))
  reset()
end

return upstream
