-- Gateways that are neither Kling nor new-api, and lists.
return {
  {
    name = "one-hub before its first poll: no data", purpose = "status",
    text = [[{"code":0,"message":"","request_id":""}]],
    outcome = { state = "queued" },
  },
  {
    name = "one-hub, percent in words", purpose = "status",
    text = [[{"code":0,"message":"SUCCEED","request_id":"r","data":{"task_id":"8602","task_status":
      "processing","task_status_msg":"","progress":50}}]],
    outcome = { id = "8602", state = "running", raw_status = "processing", progress = 0.5 },
  },
  {
    name = "xmsmartlink: official looks, times in seconds", purpose = "status",
    text = [[{"code":0,"message":"","task_id":"task_x1","request_id":"r","data":{
      "task_id":"task_x1",
      "task_status":"succeed","task_status_msg":"","watermark_info":{"enabled":false},
      "task_result":{"videos":[{"id":"v","url":"https://cdn.example/x.mp4","watermark_url":"",
      "duration":"5.042"}],"images":null},"created_at":1773130665,"updated_at":1773130800}}]],
    outcome = { id = "task_x1", state = "succeeded", raw_status = "succeed", progress = 1,
      created_at = 1773130665, updated_at = 1773130800 },
    result = { task_id = "task_x1", created_at = 1773130665, updated_at = 1773130800,
      videos = { { id = "v", url = "https://cdn.example/x.mp4", duration = 5.042 } } },
  },
  {
    name = "simple, processing with an empty url", purpose = "status",
    text = [[{"code":"success","message":"","data":{"error":null,"format":"mp4","metadata":null,
      "status":"processing","task_id":"s1","url":""}}]],
    outcome = { id = "s1", state = "running", raw_status = "processing" },
  },
  {
    name = "simple, succeeded", purpose = "status",
    text = [[{"code":"success","message":"","data":{"error":null,"format":"mp4","metadata":null,
      "status":"succeeded","task_id":"s1","url":"https://cdn.example/s.mp4"}}]],
    outcome = { id = "s1", state = "succeeded", raw_status = "succeeded", progress = 1 },
    result = { task_id = "s1", videos = { { url = "https://cdn.example/s.mp4" } } },
  },
  {
    name = "simple, failed", purpose = "status",
    text = [[{"code":"success","message":"","data":{"error":{"message":"bad picture","code":1},
      "format":"","metadata":null,"status":"failed","task_id":"s1","url":""}}]],
    outcome = { id = "s1", state = "failed", raw_status = "failed", reason = "bad picture" },
  },
  {
    name = "newapi.pro's page: flat", purpose = "status",
    text = [[{"task_id":"d1","status":"completed","url":"https://cdn.example/d.mp4","format":"mp4",
      "metadata":{"duration":5,"fps":24,"width":1280,"height":720,"seed":0},
      "error":{"code":0,"message":""}}]],
    outcome = { id = "d1", state = "succeeded", raw_status = "completed", progress = 1 },
    result = { task_id = "d1", videos = { { url = "https://cdn.example/d.mp4" } } },
  },
  {
    name = "a code nobody knows, with a task", purpose = "create",
    text = [[{"code":200,"message":"ok","data":{"task_id":"c1","task_status":"submitted"}}]],
    outcome = { id = "c1", state = "queued", raw_status = "submitted" },
  },
  {
    name = "code in capitals", purpose = "status",
    text = [[{"code":"SUCCESS","data":{"task_id":"c1","status":"Queued"}}]],
    outcome = { id = "c1", state = "queued", raw_status = "Queued" },
  },
  {
    name = "code as digits", purpose = "status",
    text = [[{"code":"0","data":{"task_id":"c1","task_status":"submitted"}}]],
    outcome = { id = "c1", state = "queued", raw_status = "submitted" },
  },
  {
    name = "JSON sent as plain text", purpose = "create", content_type = "text/plain",
    text = [[{"task_id":"p1"}]],
    outcome = { id = "p1", state = "queued" },
  },
  {
    name = "JSON with a byte order mark", purpose = "create",
    text = "\239\187\191{\"task_id\":\"p1\"}",
    outcome = { id = "p1", state = "queued" },
  },
  {
    name = "cancelled elsewhere", purpose = "status",
    text = [[{"task_id":"c1","status":"cancelled"}]],
    outcome = { id = "c1", state = "failed", raw_status = "cancelled" },
  },
  {
    name = "a list", purpose = "list",
    text = [[{"code":0,"message":"SUCCEED","request_id":"r","data":[
      {"task_id":829836802793406551,"task_status":"succeed","task_info":{"external_task_id":"a"},
       "task_result":{"videos":[{"id":"v","url":"https://cdn.example/l.mp4","duration":"5"}]},
       "created_at":1766374262370,"updated_at":1766374263370},
      {"task_id":829836802793406552,"task_status":"processing"},
      {"task_id":"3","task_status":"failed","task_status_msg":"no"}]}]],
    outcome = { state = "unknown" },
    list = {
      { id = "829836802793406551", external_task_id = "a", state = "succeeded", progress = 1,
        raw_status = "succeed", created_at = 1766374262, updated_at = 1766374263 },
      { id = "829836802793406552", state = "running", raw_status = "processing" },
      { id = "3", state = "failed", raw_status = "failed", reason = "no" },
    },
  },
  {
    name = "a list with things that are no tasks", purpose = "list",
    text = [[{"code":0,"data":[{"name":"x"},null,7,[],{"id":5,"status":"queued"}]}]],
    outcome = { state = "unknown" },
    list = { { id = "5", state = "queued", raw_status = "queued" } },
  },
  {
    name = "an empty list", purpose = "list", text = [[{"code":0,"data":[]}]],
    outcome = { state = "unknown" }, list = {},
  },
  {
    name = "an empty list as null", purpose = "list", text = [[{"code":0,"data":null}]],
    outcome = { state = "unknown" }, list = {},
  },
}
