--- What a create is answered with, in every shape a client may meet.
-- Owns: one function a shape; `public` shapes hand out ids of the gateway's own (task_...).
-- Stands on: json. A shape gets a view (tasks.lua) and returns the value to write.
-- Never: creates anything; times are seconds or milliseconds as the real gateway has them.

local json = require "kling.sandbox.json"

local shapes = {}

local function task_info(task)
  return { external_task_id = task.external }
end

local function official(view)
  return { code = 0, message = "SUCCEED", request_id = view.request_id, data = {
    task_id = view.id, task_status = "submitted", task_info = task_info(view.task),
    created_at = view.created_ms, updated_at = view.created_ms,
  } }
end

local function flat(view)
  return {
    id = view.id, task_id = view.id, object = "video", model = view.task.model,
    status = "queued", progress = 0, created_at = view.created_s,
  }
end

--- Kling's own envelope, milliseconds (Kling, kkiai, one-hub).
shapes.official = { make = official }

--- new-api since October 2025: a flat video object, seconds, the upstream's id (seed 000).
shapes.flat = { make = flat }

--- new-api since February 2026: the same with a public id.
shapes.public = { make = flat, public = true }

--- new-api in June 2025: the id and nothing else.
shapes.bare = { make = function(view) return { task_id = view.id } end }

--- new-api from July to October 2025: Kling's envelope written again, with the id on top.
shapes.reserialised = { make = function(view)
  return {
    code = 0, message = "SUCCEED", task_id = view.id, request_id = view.request_id, data = {
      task_id = view.id, task_status = "submitted", task_status_msg = "",
      task_result = { videos = json.null },
      created_at = view.created_ms, updated_at = view.created_ms,
    },
  }
end }

--- xmsmartlink's: looks official, public id, seconds.
shapes.xmsmartlink = { public = true, make = function(view)
  return {
    code = 0, message = "", task_id = view.id, request_id = view.request_id, data = {
      task_id = view.id, task_status = "submitted", task_status_msg = "",
      watermark_info = { enabled = view.task.watermark }, created_at = view.created_s,
      updated_at = view.created_s,
    },
  }
end }

--- The task envelope around the flat object's facts.
shapes.enveloped = { make = function(view)
  return { code = "success", message = "", data = {
    task_id = view.id, status = "SUBMITTED", progress = "10%", submit_time = view.created_s,
  } }
end }

--- Seed 003's sample: an empty object. The task exists all the same.
shapes.empty = { make = function() return {} end }

return shapes
