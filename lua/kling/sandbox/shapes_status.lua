--- What a status question is answered with, in every shape a client may meet.
-- Owns: one function a shape and the family of status words it speaks by default.
-- Stands on: json, shapes_create (the raw create reply new-api keeps until its first poll).
-- Never: decides about the task; the view says phase, word, url and reason.
-- Failure forms (view.form): plain, succeed_word, result_url, none; see each shape.

local json = require "kling.sandbox.json"
local create = require "kling.sandbox.shapes_create"

local shapes = {}

local function videos(view)
  if not view.url then return nil end
  return json.array { {
    id = view.task.upstream, url = view.url, duration = view.seconds,
    watermark_url = view.task.watermark and view.url or nil,
  } }
end

local function shown_reason(view)
  if view.phase == "failed" and view.form ~= "none" then return view.reason end
end

--- Kling's envelope. A failed task is code 0 and SUCCEED all the same.
local function official(view)
  return { code = 0, message = "SUCCEED", request_id = view.request_id, data = {
    task_id = view.id, task_status = view.word, task_status_msg = shown_reason(view) or "",
    task_info = { external_task_id = view.task.external },
    task_result = { videos = videos(view) },
    watermark_info = { enabled = view.task.watermark },
    final_unit_deduction = view.phase == "done" and view.task.cost
      or view.phase == "failed" and view.took or nil,
    created_at = view.created_ms, updated_at = view.updated_ms,
  } }
end

shapes.official = { words = "kling", make = official }

--- What new-api keeps of its upstream: the raw create reply, later the raw status reply.
local function stored(view)
  local own = { id = view.task.upstream, word = view.kling_word }
  local inner = setmetatable(own, { __index = view })
  if view.phase == "fresh" then return create.official.make(inner) end
  return official(inner)
end

local function fail_reason(view)
  if view.phase ~= "failed" then return "" end
  if view.form == "succeed_word" then return "SUCCEED" end
  return shown_reason(view) or ""
end

local function action(view)
  return view.task.endpoint == "image2video" and "generate" or "textGenerate"
end

local function task_record(view)
  return {
    task_id = view.id, action = action(view), status = view.word,
    fail_reason = fail_reason(view), progress = view.progress .. "%",
    submit_time = view.created_s,
    start_time = view.phase == "fresh" and 0 or view.created_s,
    finish_time = view.finished and view.updated_s or 0,
    data = stored(view),
  }
end

local function envelope(record) return { code = "success", message = "", data = record } end

--- new-api before February 2026 and anyfast: on success fail_reason holds the link.
shapes.task = { words = "new_api", make = function(view)
  local record = task_record(view)
  if view.url then record.fail_reason = view.url end
  return envelope(record)
end }

--- new-api since February 2026: result_url, which on a failure may hold the reason.
shapes.task_new = { words = "new_api", make = function(view)
  local record = task_record(view)
  record.id, record.platform, record.user_id, record.group = 4711, "kling", 1, "default"
  record.channel_id, record.quota = 3, 350000
  record.properties = { input = "", upstream_model_name = view.task.model }
  record.created_at, record.updated_at = view.created_s, view.updated_s
  record.result_url = view.url or (view.form == "result_url" and shown_reason(view)) or ""
  return envelope(record)
end }

--- new-api behind new-api: one more envelope inside.
shapes.task_nested = { words = "new_api", make = function(view)
  local outer = task_record(view)
  outer.data = envelope(task_record(view))
  return envelope(outer)
end }

local function error_of(view, code)
  local reason = shown_reason(view)
  return reason and { message = reason, code = code } or nil
end

--- GET /v1/videos/{id}: Kling's milliseconds, an empty model, completed_at from the start.
local function openai(view)
  return {
    id = view.id, object = "video", model = "", status = view.word, progress = view.progress,
    created_at = view.created_ms, completed_at = view.updated_ms, seconds = view.seconds,
    metadata = view.url and { url = view.url } or nil, error = error_of(view, ""),
  }
end

shapes.openai = { words = "openai", make = openai }

--- The same before March 2026: a failed task gives no reason at all.
shapes.openai_old = { words = "openai", make = function(view)
  local object = openai(view)
  object.error = nil
  return object
end }

--- octopusx: the link on top level too.
shapes.octopusx = { words = "openai", make = function(view)
  local object = openai(view)
  object.metadata, object.video_url = nil, view.url
  return object
end }

--- crazyrouter's simple envelope; unfinished has an empty url.
shapes.simple = { words = "simple", make = function(view)
  return { code = "success", data = {
    task_id = view.id, status = view.word, url = view.url or "", format = "mp4",
    metadata = json.null, error = error_of(view) or json.null,
  } }
end }

--- newapi.pro's published page.
shapes.docs = { words = "openai", make = function(view)
  return {
    task_id = view.id, status = view.word, url = view.url or "", format = "mp4",
    metadata = { duration = tonumber(view.seconds) }, error = error_of(view, 0) or json.null,
  }
end }

--- xmsmartlink: official-looking, seconds, empty strings.
shapes.xmsmartlink = { words = "kling", make = function(view)
  local list = view.url and json.array { {
    id = "", url = view.url, watermark_url = "", duration = view.seconds,
  } } or json.null
  return { code = 0, message = "", task_id = view.id, request_id = view.request_id, data = {
    task_id = view.id, task_status = view.word, task_status_msg = shown_reason(view) or "",
    watermark_info = { enabled = view.task.watermark },
    task_result = { videos = list, images = json.null },
    created_at = view.created_s, updated_at = view.updated_s,
  } }
end }

--- one-hub: nothing stored before its first poll, so no data.
shapes.one_hub = { words = "kling", make = function(view)
  if view.phase == "fresh" then return { code = 0, message = "", request_id = "" } end
  return official(view)
end }

--- v1.0.0-rc.30: no link anywhere in the reply.
shapes.rc30 = { words = "new_api", make = function(view)
  return {
    task_id = view.id, status = view.word, progress = view.progress .. "%", platform = "kling",
    created_at = view.created_s, finished_at = view.finished and view.updated_s or 0,
    fail_reason = fail_reason(view),
  }
end }

return shapes
