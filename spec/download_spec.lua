-- Downloads: whole files only, renewed where their link has expired.
--
-- Owns: kling/download.lua.
-- Stands on: busted, the sandbox.
-- Never: leaves a file behind.

local download = require "kling.download"
local face = require "spec.support.face"

describe("a download", function()
  local box, client, path, clip
  before_each(function()
    box = face.box { speed = 0.05 }
    client = face.client(box)
    path = os.tmpname()
    os.remove(path)
  end)
  after_each(function()
    for _, ending in ipairs { "", ".part", ".part.json" } do os.remove(path .. ending) end
  end)

  local function ready()
    local task = assert(client:text2video { prompt = "A cat" })
    assert(task:wait())
    return task
  end

  local function files() return box:stats().gateways.kling.files end

  local function assert_whole(bytes)
    local got = face.read(path)
    assert.equal(bytes, #got)
    assert.equal("ftyp", got:sub(5, 8))
    if clip and #clip == bytes then assert.is_true(clip == got) end
    assert.is_nil(face.read(path .. ".part"))
    assert.is_nil(face.read(path .. ".part.json"))
  end

  it("gives the path and the bytes", function()
    local got, bytes = assert(ready():download(path))
    assert.equal(path, got)
    assert_whole(bytes)
    clip = face.read(path)
    assert.equal(0, box:stats().gateways.kling.leaked_keys)
  end)

  it("tells how far it is", function()
    local said = {}
    local _, bytes = assert(ready():download(path, { on_progress = function(received, total)
      said[#said + 1] = { received, total }
    end }))
    assert.same({ bytes, bytes }, said[#said])
  end)

  it("asks a task that has not been waited for, once", function()
    local task = client:task(ready().id, "text2video")
    assert.is_truthy(task:download(path))
    box:options { speed = 5 }
    local running = assert(client:text2video { prompt = "x" })
    local polls = box:stats().gateways.kling.polls
    local got, message, err = running:download(path)
    assert.is_nil(got)
    assert.equal("invalid", err.kind)
    assert.equal("not_finished", err.code)
    assert.is_true(err.retryable)
    assert.matches("no video yet", message)
    assert.equal(polls + 1, box:stats().gateways.kling.polls)
  end)

  it("of a failed task is that failure", function()
    box:fault { fault = "fail", on = "create", reason = "odd" }
    local task = assert(client:text2video { prompt = "x" })
    task:wait()
    local got, message, err = task:download(path)
    assert.is_nil(got)
    assert.equal("odd", message)
    assert.equal("failed", err.kind)
  end)

  it("overwrites a file, unless told not to: then nothing is fetched", function()
    local task = ready()
    face.write(path, "old")
    local before = files()
    local got, message, err = task:download(path, { overwrite = false })
    assert.is_nil(got)
    assert.equal("exists", err.code)
    assert.matches("exists already", message)
    assert.equal("old", face.read(path))
    assert.equal(before, files())
    assert.is_truthy(task:download(path))
    assert.not_equal("old", face.read(path))
  end)

  it("asks the task again when the link has expired", function()
    local task = ready()
    local url = task:result().videos[1].url
    box:fault { fault = "expired", on = "file", times = 1 }
    local _, bytes = assert(task:download(path))
    assert_whole(bytes)
    assert.not_equal(url, task:result().videos[1].url)
  end)

  it("does so once only", function()
    box:fault { fault = "expired", on = "file" }
    local got, message, err = ready():download(path)
    assert.is_nil(got)
    assert.equal("expired", err.kind)
    assert.equal(403, err.status)
    assert.matches("not valid any more", message)
    assert.equal(2, files())
  end)

  it("tries again while the server is busy", function()
    local task = ready()
    box:fault { fault = "error", on = "file", status = 503, code = 1, times = 1 }
    assert.is_truthy(task:download(path))
  end)

  it("refuses what is not a video", function()
    local task = ready()
    box:fault { fault = "file_type", on = "file", type = "text/html", body = "<html>\nno" }
    local got, message, err = task:download(path)
    assert.is_nil(got)
    assert.equal("protocol", err.kind)
    assert.is_truthy(message:find("it begins with \"<html>?no\"", 1, true), message)
    assert.is_nil(face.read(path))
    assert.is_nil(face.read(path .. ".part"))
  end)

  it("that fails before the first byte leaves nothing", function()
    local FAULTS = {
      { fault = "expired", status = 403 }, { fault = "error", status = 418, code = 1 },
      { fault = "redirect" },
    }
    for _, fault in ipairs(FAULTS) do
      local task = ready()
      fault.on = "file"
      box:fault(fault)
      assert.is_nil(task:download(path))
      assert.is_nil(face.read(path .. ".part"), fault.fault)
      assert.is_nil(face.read(path .. ".part.json"), fault.fault)
      box:clear()
    end
  end)

  it("shows nobody the user name in a link", function()
    local link = ready():result().videos[1].url
    local task = { id = "1", gateway = "kling", client = client }
    function task.result()
      return { videos = { { url = (link:gsub("://", "://me:s%%3acret@")) } } }
    end
    function task.ask() end
    function task.error() end
    assert.is_truthy(download(task, path))
    assert.is_nil(box:stats().gateways.kling.last.file.headers.authorization)
    box:fault { fault = "expired", on = "file", status = 401 }
    local _, message, err = download(task, path)
    assert.equal("expired", err.kind)
    assert.equal("the link holds a user name, which kling does not send", err.hint)
    assert.is_nil(message:find("cret", 1, true))
  end)

  it("can't go where there is no place for it", function()
    local got, message, err = ready():download "/no/such/folder/cat.mp4"
    assert.is_nil(got)
    assert.equal("invalid", err.kind)
    assert.is_string(message)
  end)

  it("has videos to choose from, and versions", function()
    local task = ready()
    local _, message, err = task:download(path, { index = 2 })
    assert.equal("invalid", err.kind)
    assert.matches("there is no video 2, the task has made 1", message)
    assert.matches("no version with a watermark", select(2,
      task:download(path, { watermark = true })))
  end)

  it("keeps its time while the task is asked", function()
    local task = client:task(ready().id, "text2video")
    box:fault { fault = "hang", on = "status", seconds = 600 }
    local got, message, err = task:download(path, { timeout = 0.2 })
    task:cancel() -- the question, which nobody waits for
    assert.is_nil(got)
    assert.matches("did not answer in time", message)
    assert.same({ "timeout", true }, { err.kind, err.retryable })
    assert.equal(0, files())
  end)

  it("raises misuse", function()
    local task = ready()
    assert.matches("download_spec.lua:%d+: task:download: the path of a file",
      face.raised(function() task:download() end))
    assert.matches("the path of a file", face.raised(task.download, task, ""))
    assert.matches("the path of a file", face.raised(task.download, task, "a\0b"))
    assert.matches("meant: overwrite?", face.raised(task.download, task, path, { overwite = 1 }))
  end)
end)
