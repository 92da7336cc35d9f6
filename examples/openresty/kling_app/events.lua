-- GET /videos/{id}/events: server-sent events until the video is there.
--
-- Owns: the stream: "progress" at every change, "end" once, "trouble" when asking has failed for
-- too long; a comment now and then as a sign of life.
-- Stands on: videos.lua, task:wait, ngx.thread, ngx.on_abort.
-- Never: goes on asking for a browser that has gone; keeps an old worker alive after a reload: the
-- stream is closed, and a browser opens it anew by itself.

local config = require "kling_app.config"
local videos = require "kling_app.videos"
local web = require "kling_app.web"

local events = {}

local RETRY = 1000 -- milliseconds until a browser opens a stream anew
local LOOK = 0.5 -- seconds between looks whether this worker is to end

local function write(text)
  return ngx.print(text) and ngx.flush()
end

local function send(name, value)
  return write(("event: %s\ndata: %s\n\n"):format(name, web.encode(value)))
end

local function open()
  ngx.header.content_type = "text/event-stream"
  ngx.header.cache_control = "no-store"
  ngx.header.x_accel_buffering = "no" -- another nginx in front must not collect events
  write(("retry: %d\n\n"):format(RETRY))
end

--- Signs of life. Ends the waiting when nobody reads them, or the worker is to end.
local function watch_over(task)
  local next_beat = ngx.now() + config.settings.heartbeat
  while not ngx.worker.exiting() do
    ngx.sleep(math.min(LOOK, config.settings.heartbeat))
    if ngx.now() >= next_beat then
      if not write(": still here\n\n") then break end
      next_beat = ngx.now() + config.settings.heartbeat
    end
  end
  task:forget()
end

local function follow(task)
  local function report()
    if not task.done then send("progress", videos.describe(task)) end
  end
  local guard = ngx.thread.spawn(watch_over, task)
  local _, message, err = task:wait { timeout = config.settings.stream, on_progress = report }
  ngx.thread.kill(guard)
  if task.done then return send("end", videos.describe(task)) end
  if err.kind ~= "cancelled" then send("trouble", { error = (web.failure(message, err)) }) end
end

function events.stream()
  local task = videos.ask()
  if not task then return end
  assert(ngx.on_abort(function() task:forget() end))
  open()
  if task.done then return send("end", videos.describe(task)) end
  send("progress", videos.describe(task))
  follow(task)
end

return events
