-- new-api's create replies of all ages, and its stored tasks ("task envelope"), nested too.
return {
  {
    name = "create of 2025-06: an id and nothing else", purpose = "create",
    text = [[{"task_id":"860260753860210752"}]],
    outcome = { id = "860260753860210752", state = "queued" },
  },
  {
    name = "create of 2025-07: Kling's envelope with a task_id beside it", purpose = "create",
    text = [[{"code":0,"message":"SUCCEED","task_id":"8602","request_id":"r","data":{
      "task_id":"8602","task_status":"submitted","task_status_msg":"","task_result":{"videos":null},
      "created_at":1753000000123,"updated_at":1753000000123}}]],
    outcome = { id = "8602", state = "queued", raw_status = "submitted", created_at = 1753000000,
      updated_at = 1753000000 },
  },
  {
    name = "create of 2025-10: a flat video object (seeds 000, 004)", purpose = "create",
    text = [[{"id":"860260753860210752","task_id":"860260753860210752","object":"video",
      "model":"kling-v3","status":"queued","progress":0,"created_at":1773130665}]],
    outcome = { id = "860260753860210752", state = "queued", raw_status = "queued", progress = 0,
      created_at = 1773130665 },
  },
  {
    name = "create of 2026-02: a public id", purpose = "create",
    text = [[{"id":"task_Zk3vT1aQ9bXc7dEf5gHi2jKl4mNo6pQr","task_id":
      "task_Zk3vT1aQ9bXc7dEf5gHi2jKl4mNo6pQr","object":"video","model":"kling-v3",
      "status":"queued","progress":0,"created_at":1773130665}]],
    outcome = { id = "task_Zk3vT1aQ9bXc7dEf5gHi2jKl4mNo6pQr", state = "queued",
      raw_status = "queued", progress = 0, created_at = 1773130665 },
  },
  {
    name = "not started", purpose = "status",
    text = [[{"code":"success","message":"","data":{"task_id":"8602","action":"textGenerate",
      "status":"NOT_START","fail_reason":"","submit_time":1773130665,"start_time":0,"finish_time":0,
      "progress":"","data":{"code":0,"message":"SUCCEED","request_id":"r","data":{"task_id":"k1",
      "task_status":"submitted","created_at":1773130665123,"updated_at":1773130665123}}}}]],
    outcome = { id = "8602", state = "queued", raw_status = "NOT_START", created_at = 1773130665 },
  },
  {
    name = "in progress, 30%", purpose = "status",
    text = [[{"code":"success","message":"","data":{"task_id":"8602","action":"generate",
      "status":"IN_PROGRESS","fail_reason":"","submit_time":1773130665,"start_time":1773130680,
      "finish_time":0,"progress":"30%","data":{"code":0,"data":{"task_id":"k1",
      "task_status":"processing"}}}}]],
    outcome = { id = "8602", state = "running", raw_status = "IN_PROGRESS", progress = 0.3,
      created_at = 1773130665, updated_at = 1773130680 },
  },
  {
    name = "success before 2026: URLs in the stored reply and in fail_reason", purpose = "status",
    text = [[{"code":"success","message":"","data":{"task_id":"8602","action":"generate",
      "status":"SUCCESS","fail_reason":"https://cdn.example/f.mp4","submit_time":1773130665,
      "start_time":1773130680,"finish_time":1773130800,"progress":"100%","data":{"code":0,
      "message":"SUCCEED","request_id":"r","data":{"task_id":"k1","task_status":"succeed",
      "task_result":{"videos":[{"id":"v1","url":"https://cdn.example/n.mp4","duration":"5.1"}]},
      "final_unit_deduction":"2","created_at":1773130665123}}}}]],
    outcome = { id = "8602", state = "succeeded", raw_status = "SUCCESS", progress = 1,
      created_at = 1773130665, updated_at = 1773130800 },
    result = { task_id = "8602", created_at = 1773130665, updated_at = 1773130800, cost = 2,
      videos = { { id = "v1", url = "https://cdn.example/n.mp4", duration = 5.1 } } },
  },
  {
    name = "success before 2026, the stored reply lost", purpose = "status",
    text = [[{"code":"success","data":{"task_id":"8602","status":"SUCCESS","fail_reason":
      "https://cdn.example/f.mp4","submit_time":1773130665,"progress":"100%","data":null}}]],
    outcome = { id = "8602", state = "succeeded", raw_status = "SUCCESS", progress = 1,
      created_at = 1773130665 },
    result = { task_id = "8602", created_at = 1773130665,
      videos = { { url = "https://cdn.example/f.mp4" } } },
  },
  {
    name = "success of 2026: result_url", purpose = "status",
    text = [[{"code":"success","message":"","data":{"id":4711,"created_at":1773130665,
      "updated_at":1773130811,"task_id":"task_abc","platform":"50","user_id":1,"group":"default",
      "channel_id":2,"quota":350000,"action":"generate","status":"SUCCESS","fail_reason":"",
      "result_url":"https://cdn.example/r.mp4","submit_time":1773130665,"start_time":1773130680,
      "finish_time":1773130800,"progress":"100%","properties":{"input":""},"data":{}}}]],
    outcome = { id = "task_abc", state = "succeeded", raw_status = "SUCCESS", progress = 1,
      created_at = 1773130665, updated_at = 1773130811 },
    result = { task_id = "task_abc", created_at = 1773130665, updated_at = 1773130811,
      videos = { { url = "https://cdn.example/r.mp4" } } },
  },
  {
    name = "success without a URL is not yet one", purpose = "status",
    text = [[{"code":"success","data":{"task_id":"8602","status":"SUCCESS","fail_reason":"",
      "result_url":"","progress":"100%","data":{"code":0,"data":{"task_status":"succeed",
      "task_result":{"videos":[{"id":"v","url":""}]}}}}}]],
    outcome = { id = "8602", state = "running", raw_status = "SUCCESS", progress = 1 },
  },
  {
    name = "failure of 2025: fail_reason says SUCCEED, the stored reply knows", purpose = "status",
    text = [[{"code":"success","message":"","data":{"task_id":"8602","status":"FAILURE",
      "fail_reason":"SUCCEED","submit_time":1773130665,"finish_time":1773130800,
      "progress":"100%","data":{"code":0,"message":"SUCCEED","data":{"task_id":"k1",
      "task_status":"failed","task_status_msg":"Image pixel is invalid","task_result":{}}}}}]],
    outcome = { id = "8602", state = "failed", raw_status = "FAILURE",
      reason = "Image pixel is invalid", created_at = 1773130665, updated_at = 1773130800 },
  },
  {
    name = "failure by time-out, result_url holds the text", purpose = "status",
    text = [[{"code":"success","data":{"task_id":"task_abc","status":"FAILURE","fail_reason":
      "任务超时（1440分钟）","result_url":"任务超时（1440分钟）","progress":"100%","data":{"code":0,
      "data":{"task_status":"submitted","task_status_msg":""}}}}]],
    outcome = { id = "task_abc", state = "failed", raw_status = "FAILURE",
      reason = "任务超时（1440分钟）" },
  },
  {
    name = "failure whose result_url is a URL all the same", purpose = "status",
    text = [[{"code":"success","data":{"task_id":"task_abc","status":"FAILURE","fail_reason":"",
      "result_url":"https://cdn.example/r.mp4","progress":"100%"}}]],
    outcome = { id = "task_abc", state = "failed", raw_status = "FAILURE" },
  },
  {
    name = "a new-api behind a new-api", purpose = "status",
    text = [[{"code":"success","message":"","data":{"task_id":"outer","status":"SUCCESS",
      "fail_reason":"","progress":"100%","data":{"code":"success","message":"","data":{
      "task_id":"inner","status":"SUCCESS","progress":"100%","data":{"code":0,"data":{
      "task_id":"k1","task_status":"succeed","task_result":{"videos":[{"id":"v","url":
      "https://cdn.example/deep.mp4","duration":"10"}]}}}}}}}]],
    outcome = { id = "outer", state = "succeeded", raw_status = "SUCCESS", progress = 1 },
    result = { task_id = "outer",
      videos = { { id = "v", url = "https://cdn.example/deep.mp4", duration = 10 } } },
  },
  {
    name = "a new-api behind a new-api, failed", purpose = "status",
    text = [[{"code":"success","data":{"task_id":"outer","status":"FAILURE","fail_reason":"SUCCEED",
      "data":{"code":"success","data":{"task_id":"inner","status":"FAILURE","fail_reason":"SUCCEED",
      "data":{"code":0,"data":{"task_id":"k1","task_status":"failed","task_status_msg":
      "sensitive content"}}}}}}]],
    outcome = { id = "outer", state = "failed", raw_status = "FAILURE",
      reason = "sensitive content" },
  },
  {
    name = "anyfast's own words", purpose = "status",
    text = [[{"code":"success","data":{"task_id":"8602","status":"PROCESSING","progress":"50%"}}]],
    outcome = { id = "8602", state = "running", raw_status = "PROCESSING", progress = 0.5 },
  },
  {
    name = "anyfast's own word for failure", purpose = "status",
    text = [[{"code":"success","data":{"task_id":"8602","status":"FAILED","fail_reason":"nsfw"}}]],
    outcome = { id = "8602", state = "failed", raw_status = "FAILED", reason = "nsfw" },
  },
  {
    name = "v1.0.0-rc.30: success without any URL", purpose = "status",
    text = [[{"created_at":1773130665,"fail_reason":"","finished_at":1773130800,"platform":"50",
      "progress":"100%","status":"SUCCESS","task_id":"task_abc"}]],
    outcome = { id = "task_abc", state = "running", raw_status = "SUCCESS", progress = 1,
      created_at = 1773130665, updated_at = 1773130800 },
  },
}
