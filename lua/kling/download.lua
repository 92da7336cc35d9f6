--- Videos from the service to the disk.
-- Owns: what is done when a download breaks, when its link has expired, when what came is no video.
-- Stands on: engine:get, task.lua, part.lua, container.lua, retry.lua, loop.
-- Never: sends the key along with a result's URL; or the user name in one; leaves a file
-- under the final name that is not whole; asks for a new link more than once.
local container = require "kling.container"
local core = require "kling.core"
local fail = require "kling.fail"
local loop = require "kling.loop"
local new_part = require "kling.part"
local options = require "kling.options"
local raise = require "kling.raise"
local retry = require "kling.retry"
local task_face = require "kling.task"

local FUTILE_TRIES, SLICE = 5, 0.2

--- part path -> the fetch that writes it: two at once would spoil the file
local writing = setmetatable({}, { __mode = "v" })

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

--- A task that has succeeded, asked once if need be; or why there is nothing to download.
local function result_of(task, deadline)
  local result = task:result()
  if result then return result end
  local answered, message, err = task_face.ask(task, deadline)
  if not answered then return nil, message, err end
  result = task:result()
  if result then return result end
  if task.state == "failed" then return nil, task:error() end
  return fail("invalid", ("%s: there is no video yet"):format(tostring(task)),
    { retryable = true, code = "not_finished", hint = "call task:wait first" }, task)
end

--- The URL of the video that the options name.
local function find_url(self)
  local result, message, err = result_of(self.task, self.deadline)
  if not result then return nil, message, err end
  local video = result.videos[self.index]
  if not video then
    return fail("invalid", ("there is no video %d, the task has made %d"):format(self.index,
      #result.videos), nil, self.task)
  end
  local url = self.watermark and video.watermark_url or not self.watermark and video.url
  if url then return url end
  return fail("invalid", "the task has no version with a watermark", {
    hint = "ask for one with watermark_info when the task is created" }, self.task)
end

--- Calls back while bytes arrive.
local function report(self, fetch)
  local received = fetch.received
  if self.on_progress and received ~= self.reported then
    self.reported = received
    self.on_progress(received, fetch.expected)
  end
end

--- A link without the user name it may hold. None is shown to anybody: it would be the service's
-- word alone that no key of ours is sent to some host that way.
---@return string url
---@return boolean named it held one
local function without_user(link)
  local url, found = link:gsub("^(%a+://)[^/?#@]*@", "%1")
  return url, found > 0
end

--- Runs one GET to its end, or to the deadline.
local function fetch_once(self)
  local part = self.part
  local before = writing[part.path]
  if before then before:cancel() end
  local url, named = without_user(self.url)
  local begun = part:begun()
  local fetch = core.engine():get(self.client.account, url, { auth = false, path = part.path,
    note = part.note_path, offset = begun.offset, etag = begun.etag,
    last_modified = begun.last_modified, total = begun.total })
  writing[part.path], self.fetch, self.named = fetch, fetch, named
  local function done() return fetch.done end
  while not done() and not (self.deadline and core.clock() >= self.deadline) do
    loop.wait(done, math.min(self.deadline or math.huge, core.clock() + SLICE), self.client.host,
      fetch)
    part:note(fetch)
    report(self, fetch)
  end
  self.gained = (fetch.received or 0) > begun.offset
  return fetch
end

local function timed_out(self, fetch)
  fetch:cancel()
  local kept = self.part:begun().offset
  return fail("timeout", ("the download was not finished in %g s"):format(self.timeout),
    { retryable = true, hint = kept == 0 and "call download again" or
      ("%.0f bytes are kept in %s; call download again to go on"):format(kept, self.part.path) },
    self.task)
end

--- Everything has come: is it a video, and whole?
local function finish(self, fetch)
  local size = self.part:size()
  local kind, why = container.kind(self.part.path)
  if fetch.expected and fetch.expected ~= size then
    kind, why = nil, ("it has %.0f bytes instead of %.0f"):format(size, fetch.expected)
  end
  if not kind then
    self.part:remove()
    return fail("protocol", "what came is not a video: " .. why, {
      status = fetch.status, retryable = true }, self.task)
  end
  local good, message = self.part:finish(self.path)
  if not good then return fail("invalid", message, nil, self.task) end
  return self.path, size
end

--- Waits and goes on from where it broke, unless too many tries in a row brought nothing.
local function again(self, message, err)
  self.futile = self.gained and 1 or self.futile + 1
  if self.futile > FUTILE_TRIES then return nil, message, err end
  local pause = retry.pause(self.futile, err)
  if self.deadline and core.clock() + pause > self.deadline then return nil, message, err end
  loop.sleep(pause, self.client.host)
  return "again"
end

--- Links expire; the task can be asked for a new one.
local function renew(self, fetch)
  local status = fetch.status
  if not self.renewed then
    self.renewed = true
    local answered, message, err = task_face.ask(self.task, self.deadline)
    if not answered then return nil, message, err end
    self.url, message, err = find_url(self)
    if not self.url then return nil, message, err end
    return "again"
  end
  return fail("expired", ("the link to the video is not valid any more (HTTP %d)"):format(status),
    { status = status, hint = self.named and "the link holds a user name, which kling does not send"
      or "Kling deletes videos after 30 days" }, self.task)
end

--- What is here is no part of what the server has: once it is fetched anew, from its first byte.
local function start_over(self, message, err)
  self.part:remove()
  if self.started_over then return nil, message, err end
  self.started_over = true
  return "again"
end

--- The server has no bytes behind what is here.
local function beyond(self, fetch)
  local _, message, err = fail("protocol", "the server does not give the file",
    { status = fetch.status }, self.task)
  return start_over(self, message, err)
end

local function busy(self, fetch)
  local message = ("the server of the video answered HTTP %d"):format(fetch.status)
  local _, _, err = fail(fetch.status == 429 and "rate" or "server", message,
    { status = fetch.status, retryable = true }, self.task)
  return again(self, message, err)
end

--- What to do about an HTTP status; 4xx that are not listed are final.
local ANSWERS = {
  [200] = finish, [206] = finish, [416] = beyond,
  [400] = renew, [401] = renew, [403] = renew, [404] = renew, [410] = renew,
  [408] = busy, [425] = busy, [429] = busy,
}

local function answer(self, fetch)
  local known = ANSWERS[fetch.status] or fetch.status >= 500 and busy
  if known then return known(self, fetch) end
  return fail("protocol", ("the server of the video answered HTTP %d"):format(fetch.status),
    { status = fetch.status }, self.task)
end

--- One try. "again", or what the download has come to.
local function try(self)
  local fetch = fetch_once(self)
  if not fetch.done then return timed_out(self, fetch) end
  self.part:note(fetch)
  report(self, fetch)
  local message, err = fetch:error()
  if not message then return answer(self, fetch) end
  message = "the download failed: " .. message
  fail(err.kind, message, err, self.task)
  if err.fault == "range" then return start_over(self, message, err) end
  if not err.retryable then return nil, message, err end
  return again(self, message, err)
end

local function check_path(path)
  if type(path) ~= "string" or path == "" or path:find("\0", 1, true) then
    raise("task:download: the path of a file is expected, not %s", tostring(path))
  end
end

--- See task:download.
return function(task, path, given)
  check_path(path)
  given = options.check("task:download", "download", given)
  if given.overwrite == false and exists(path) then
    return fail("invalid", ("%s exists already"):format(path), { code = "exists" })
  end
  local self = {
    task = task, client = task.client, path = path, futile = 0, reported = 0,
    on_progress = given.on_progress,
    index = options.value("download", given, "index"), watermark = given.watermark,
    timeout = given.timeout, deadline = given.timeout and core.clock() + given.timeout,
  }
  local message, err
  self.url, message, err = find_url(self)
  if not self.url then return nil, message, err end
  self.part = new_part(path, task.gateway, task.id or "", ("%.0f"):format(self.index),
    tostring(given.watermark or false))
  local done, bytes
  repeat
    done, bytes, err = try(self)
  until done ~= "again"
  if not done and writing[self.part.path] == self.fetch then self.part:tidy() end
  return done, bytes, err
end
