--- How replies are read: where things stand in them and what their words mean.
-- Owns: the shapes of task replies that Kling and the gateways are known to send. Pure data; a
--   gateway's own `replies` replaces single words of it.
-- Stands on: errors.lua, which holds what failures mean. Compiled by csrc/reply.c.
-- Never: names a gateway. A shape that does not fit gets another place, not a function.
--
-- A place is a key, or keys with dots between. A leading `data.` goes one record down, `*.` stands
-- for every record from the outermost to the innermost one. The first place that holds something
-- usable wins. Sources: seeds 000, 001 and 004, Kling's docs, and new-api's, one-hub's and other
-- gateways' published replies.
local errors = require "kling.errors"

return {
  --- the key under which a reply keeps its record, and a stored reply the one it came from
  nest = "data",

  -- the task
  --- only the outermost ids can be asked for; nested ones are those of the service behind
  id = { "data.task_id", "data.id", "task_id", "id" },
  external_id = {
    "data.task_info.external_task_id", "task_info.external_task_id", "*.external_task_id",
    "data.external_id", "*.task_info.external_task_id",
  },
  status = { "data.task_status", "data.status", "*.task_status", "*.status" },
  --- percent as a number or as text ("30%")
  progress = { "data.progress", "progress" },
  --- seconds or milliseconds, told apart by size; 0 means not yet
  created_at = {
    "data.created_at", "created_at", "data.submit_time", "data.create_time", "create_time",
  },
  updated_at = {
    "data.updated_at", "updated_at", "data.finish_time", "completed_at", "finished_at",
    "data.update_time", "update_time", "data.start_time",
  },
  --- why a task failed. The outer `message` is no place: Kling says SUCCEED there (new-api 2532)
  reason = {
    "*.task_status_msg", "data.message", "data.fail_reason", "fail_reason", "error.message",
    "data.error.message", "*.fail_reason", "*.error", "data.result_url",
  },
  --- texts that stand where a reason should and are none
  no_reason = { "succeed", "success", "ok", "null" },

  -- the result, read when the status says succeeded
  --- lists of videos; the words for what is in one follow
  videos = { "*.task_result.videos", "*.outputs" },
  video_id = { "id" },
  video_url = { "url" },
  video_watermark_url = { "watermark_url" },
  video_duration = { "duration" },
  --- one URL in place of a list. new-api kept it in `fail_reason` until 2026
  url = {
    "data.result_url", "data.url", "metadata.url", "url", "*.video_url", "*.metadata.url",
    "*.url", "*.result_url", "*.fail_reason",
  },
  --- seconds, when there is only a URL
  duration = { "seconds", "data.seconds", "duration", "data.duration" },
  cost = { "*.final_unit_deduction" },

  --- the records of a list reply
  list = { "data" },

  states = {
    queued = { "submitted", "queued", "not_start", "pending", "initializing" },
    running = { "processing", "in_progress", "running" },
    succeeded = { "succeed", "succeeded", "success", "completed" },
    failed = { "failed", "failure", "cancelled", "canceled" },
  },

  -- what a reply says about itself
  code = { "code" },
  --- codes that mean nothing is wrong
  good_codes = { "0", "success", "succeed", "" },
  error = { "error" },
  error_code = { "error.code", "data.error.code" },
  error_type = { "error.type", "data.error.type" },
  message = { "error.message", "message", "error", "data.error.message", "msg" },
  request_id = { "request_id", "error.request_id" },

  classes = errors.classes,
  codes = errors.codes,
  nested_codes = errors.nested_codes,
  types = errors.types,
  phrases = errors.phrases,
  statuses = errors.statuses,
}
