--- What can be done with a task: wait, ask, download, keep.
-- Owns: the Lua methods of kling.task; csrc/job.c and csrc/engine_api.c have the others.
-- Stands on: core.methods("task"), loop, tracker.lua, download.lua, saved.lua.
-- Never: cancels a task at the service: no gateway offers that. Never yields through pcall.
local core = require "kling.core"
local fail = require "kling.fail"
local loop = require "kling.loop"
local options = require "kling.options"
local raise = require "kling.raise"
local tracker = require "kling.tracker"

--- A video that was asked for. A userdata; the fields can be read only.
---@class kling.Task
---@field id string|nil the service's id; nil until it has told one
---@field external_task_id string|nil the caller's own id, or one that kling made up
---@field state string|nil "queued", "running", "succeeded", "failed"; nil: not known
---@field raw_status string|nil the service's own word for the state
---@field progress number|nil 0 to 1, where the service tells it
---@field created_at integer|nil Unix seconds
---@field updated_at integer|nil Unix seconds
---@field born integer|nil Unix seconds by this machine's clock; nil unless kling created it
---@field reason string|nil why it failed
---@field gateway string
---@field endpoint string
---@field client kling.Client
---@field created boolean it has an id
---@field done boolean it succeeded, failed, or was never created
---@field busy boolean a create or a question is under way
---@field watched boolean it is polled
---@field version integer grows whenever something changed
---@field asked integer questions that were answered
---@field due number|nil seconds until its next question
---@field error fun(self: kling.Task): string|nil, kling.Error|nil why it was not created, why it
--- failed, or why the last question had no answer
---@field trouble fun(self: kling.Task): string|nil, kling.Error|nil why the polls are failing now
---@field raw fun(self: kling.Task): table|nil the last reply as lua-cjson gives it
---@field result fun(self: kling.Task): kling.Result|nil once it has succeeded
---@field watch fun(self: kling.Task, options: table|nil) polls from now on, while something waits
---@field unwatch fun(self: kling.Task) stops polling
---@field ask fun(self: kling.Task) one question, sent when something waits
---@field cancel fun(self: kling.Task) stops everything here; the task goes on at the service
local methods = core.methods("task")

--- What a task that succeeded has made.
---@class kling.Result
---@field videos kling.Video[]
---@field task_id string
---@field external_task_id string|nil
---@field created_at integer|nil Unix seconds
---@field updated_at integer|nil Unix seconds
---@field cost string|nil in the service's units, where it tells them

--- One of the videos that a task has made.
---@class kling.Video
---@field id string|nil
---@field url string valid for a limited time (Kling: 30 days)
---@field duration number|nil seconds
---@field watermark_url string|nil

local forgotten = setmetatable({}, { __mode = "k" }) -- task -> times it was forgotten

--- Calls back with the task whenever what it shows differs from the last time.
local function reporter(task, callback)
  local state, status, progress = task.state, task.raw_status, task.progress
  return function()
    if task.state == state and task.raw_status == status and task.progress == progress then
      return
    end
    state, status, progress = task.state, task.raw_status, task.progress
    callback(task)
  end
end

local function nothing() end

local function timed_out(task, seconds)
  local message, err = task:trouble()
  local text = ("%s: not finished after %g s of waiting"):format(tostring(task), seconds)
  if message then text = ("%s; the last question failed: %s"):format(text, message) end
  return fail("timeout", text, { retryable = true, cause = err and err.kind,
    hint = "the task goes on: wait again, or keep task:serialize() for later" }, task)
end

local function stopped(task)
  return fail("cancelled", ("%s: nobody waits for it any longer"):format(tostring(task)),
    { retryable = true }, task)
end

--- Polls until the task is done. Returns true, or what ended the waiting before. Whoever keeps the
-- task last stops the polling; another wait for the same task then starts it again.
local function follow(task, given, seconds, host)
  local deadline, times = core.clock() + seconds, forgotten[task]
  local on_progress = given.on_progress
  local report = on_progress and reporter(task, on_progress) or nothing
  while not task.done do
    if not task.watched then
      tracker.keep(task)
      task:watch { interval = given.interval }
    end
    local version = task.version
    local in_time = loop.wait(function()
      return task.done or not task.watched or (on_progress and task.version ~= version)
    end, deadline, host, task)
    report()
    if forgotten[task] ~= times or task.client.closed then return stopped(task) end
    local message, err = task:error()
    if not task.done and not task.watched and message then return nil, message, err end
    if not task.done and not in_time then return timed_out(task, seconds) end
  end
  return true
end

--- One question, and its answer. The task gives up asking by itself, but as late as the client's
-- timeout and retry_for allow; a deadline may come before.
local function ask(task, deadline)
  local client = task.client
  local ready, message, err = client.key:ready()
  if not ready then return nil, message, err end
  task:ask()
  local in_time = loop.wait(function() return not task.busy end, deadline, client.host, task)
  if client.desk then client.desk:asked(task) end
  if not in_time then
    return fail("timeout", ("%s: the service did not answer in time"):format(tostring(task)),
      { retryable = true, hint = "call it again" }, task)
  end
  message, err = task:error()
  if message and task.state ~= "failed" then return nil, message, err end
  return true
end

--- What a task that is done has come to. One that was taken up again, or was seen in a list, has to
-- be asked for it.
local function outcome(task, deadline)
  local result, message, err = task:result(), task:error()
  if not result and not message then
    local answered
    answered, message, err = ask(task, deadline)
    if not answered then return nil, message, err end
    result, message, err = task:result(), task:error()
  end
  if result then return result end
  return nil, message, err
end

--- Waits until the task has succeeded or failed, or the time is up. Can be called again at any
-- time; a task that had ended before is not asked about again.
---@param given table|nil timeout (seconds; the gateway's deadline), interval (seconds), on_progress
---@return kling.Result|nil result
---@return string|nil message
---@return kling.Error|nil err kind "failed": the service gave up; "timeout": the task goes on
function methods.wait(task, given)
  given = options.check("task:wait", "wait", given)
  local client = task.client
  local ready, message, err = client.key:ready()
  if not ready and not task.done then return nil, message, err end
  local seconds = given.timeout or client.pace.deadline
  local deadline, good = core.clock() + seconds
  good, message, err = follow(task, given, seconds, client.host)
  if tracker.release(task) then task:unwatch() end
  if not good then return nil, message, err end
  return outcome(task, deadline)
end

local function check_callback(what, fn)
  if type(fn) ~= "function" then
    raise("%s: a function is expected, not a %s", what, type(fn))
  end
end

--- Calls back when the task has ended, or waiting for it has. In hosts with a loop the program just
-- goes on; in a plain script the callback runs while something else waits.
---@param fn function called with the task, and with what task:wait returns: result, message, err
---@param given table|nil as for task:wait
---@return kling.Task task
function methods.on_done(task, fn, given)
  check_callback("task:on_done", fn)
  options.check("task:on_done", "wait", given)
  loop.spawn(function() fn(task, task:wait(given)) end, task.client.host)
  return task
end

--- Calls back whenever the task's state or progress has changed, until it ends.
---@param fn function called with the task
---@return kling.Task task
function methods.on_progress(task, fn)
  check_callback("task:on_progress", fn)
  loop.spawn(function() task:wait { on_progress = fn } end, task.client.host)
  return task
end

--- Asks once. A failure that may pass is tried again, three times in all, unless the service wants
-- more time than the client's retry_for.
---@return string|nil state "queued", "running", "succeeded", "failed", or "unknown"
---@return table|string details raw_status, progress, reason, created_at, updated_at, task_id,
--- external_task_id; without an answer: the message
---@return kling.Error|nil err
function methods.status(task)
  local answered, message, err = ask(task)
  if not answered then return nil, message, err end
  return task.state or "unknown", {
    raw_status = task.raw_status, progress = task.progress, reason = task.reason,
    created_at = task.created_at, updated_at = task.updated_at, task_id = task.id,
    external_task_id = task.external_task_id,
  }
end

--- Saves a video that the task has made. It is written to `<path>.part` first; a download that
-- broke off is continued by the next call. Processes that save at the same time need a path each.
---@param path string
---@param given table|nil index (1), watermark (false), overwrite (true), timeout (seconds),
--- on_progress (called with received and total bytes; total is nil where the server does not say)
---@return string|nil path
---@return integer|string bytes or message
---@return kling.Error|nil err
function methods.download(task, path, given)
  local saved_as, bytes, err = require "kling.download"(task, path, given)
  local desk = task.client.desk
  if saved_as and desk then desk:saved(task, saved_as) end
  return saved_as, bytes, err
end

--- The task as a line of text without secrets; client:resume(text) takes it up again.
---@return string|nil text
---@return string|nil message
---@return kling.Error|nil err
function methods.serialize(task)
  return require "kling.saved".write(task)
end

--- Stops waiting for the task, wherever that is done; the task itself goes on at the service.
function methods.forget(task)
  forgotten[task] = (forgotten[task] or 0) + 1
  task:unwatch()
  tracker.ended(task)
  tracker.drop(task)
end

return { ask = ask, outcome = outcome, timed_out = timed_out, stopped = stopped }
