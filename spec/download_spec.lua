-- Downloads: whole files only, resumed where they broke, renewed where their link has expired.
--
-- Owns: kling/download.lua, part.lua, container.lua.
-- Stands on: busted, the sandbox.
-- Never: leaves a file behind.

local container = require "kling.container"
local face = require "spec.support.face"
local new_part = require "kling.part"

local LUA = os.getenv "KLING_LUA" or "lua5.4"

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

  --- The range that was asked for last.
  local function range() return box:stats().gateways.kling.last.file.headers.range end

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

  it("goes on where the connection broke", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 150000, times = 1 }
    local last
    local _, bytes = assert(task:download(path, { on_progress = function(n) last = n end }))
    assert.equal(400000, bytes)
    assert.equal(400000, last)
    assert_whole(400000)
    assert.equal(2, files())
    assert.equal("bytes=150000-", range())
  end)

  it("that broke off for good is continued by a later call", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 150000, times = 1 }
    box:fault { fault = "error", on = "file", status = 418, code = 1 }
    local got, _, err = task:download(path)
    assert.is_nil(got)
    assert.equal("protocol", err.kind)
    assert.equal(150000, #face.read(path .. ".part"))
    assert.is_nil(face.read(path))
    box:clear()
    assert.is_truthy(client:task(task.id, "text2video"):download(path))
    assert_whole(400000)
  end)

  it("starts over where the server ignores ranges", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 150000, times = 1 }
    box:fault { fault = "no_range", on = "file" }
    assert.is_truthy(task:download(path))
    assert_whole(400000)
  end)

  it("starts over when the file has changed", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 150000, times = 1 }
    box:fault { fault = "changed", on = "file", bytes = 300000 }
    assert.is_truthy(task:download(path))
    assert_whole(300000)
  end)

  it("does not trust a part that belongs to something else", function()
    box:options { file_bytes = 400000 }
    face.write(path .. ".part", ("x"):rep(150000))
    assert.is_truthy(ready():download(path))
    assert_whole(400000)
    face.write(path .. ".part", ("x"):rep(150000))
    face.write(path .. ".part.json", "{\"version\":1,\"video\":\"another\",\"etag\":\"\\\"1\\\"\"}")
    assert.is_truthy(ready():download(path))
    assert_whole(400000)
  end)

  it("starts over when there is more than the server has", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 150000, times = 1 }
    box:fault { fault = "error", on = "file", status = 418, code = 1 }
    task:download(path)
    box:clear()
    face.write(path .. ".part", ("x"):rep(400000))
    assert.is_truthy(task:download(path))
    assert_whole(400000)
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

  it("ends with the time, and keeps what is there", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "drip", on = "file", bytes_per_second = 100000 }
    local got, _, err = task:download(path, { timeout = 0.6 })
    assert.is_nil(got)
    assert.equal("timeout", err.kind)
    assert.is_true(err.retryable)
    assert.is_true(#face.read(path .. ".part") > 0)
    box:clear()
    assert.is_truthy(task:download(path))
    assert_whole(400000)
    assert.matches("^bytes=%d+%-$", range())
  end)

  it("goes on after its process was killed", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "drip", on = "file", bytes_per_second = 100000 }
    local script = os.tmpname()
    face.write(script, ([[
      local client = require "kling".new { gateway = "kling", base_url = %q,
        api_key = "sandbox-key" }
      client:task(%q, "text2video"):download(%q)
    ]]):format(box:base_url "kling", task.id, path))
    os.execute(("timeout -s KILL 1.5 %s %s >/dev/null 2>&1"):format(LUA, script))
    os.remove(script)
    assert.is_true(#face.read(path .. ".part") > 0)
    box:clear()
    assert.is_truthy(task:download(path))
    assert_whole(400000)
    assert.matches("^bytes=%d+%-$", range())
  end)

  it("notes no link", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 150000, times = 1 }
    box:fault { fault = "error", on = "file", status = 418, code = 1 }
    task:download(path)
    local note = face.read(path .. ".part.json")
    assert.is_nil(note:find("http", 1, true))
    assert.is_nil(note:find("sig", 1, true))
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

  it("raises misuse", function()
    local task = ready()
    assert.matches("download_spec.lua:%d+: task:download: the path of a file",
      face.raised(function() task:download() end))
    assert.matches("the path of a file", face.raised(task.download, task, ""))
    assert.matches("the path of a file", face.raised(task.download, task, "a\0b"))
    assert.matches("meant: overwrite?", face.raised(task.download, task, path, { overwite = 1 }))
  end)
end)

describe("a file", function()
  local path
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  local KINDS = {
    { "mp4", "\0\0\0\32ftypisom" }, { "mov", "\0\0\0\20ftypqt  " },
    { "mov or mp4", "\0\0\0\8wide\0\0\0\0", "mp4" }, { "webm", "\26\69\223\163\1\2\3\4" },
  }
  for _, row in ipairs(KINDS) do
    it("is known as " .. row[1], function()
      face.write(path, row[2])
      assert.equal(row[3] or row[1], container.kind(path))
    end)
  end

  for _, bytes in ipairs { "", "ftyp", "<!DOCTYPE html>", "{\"code\":0}", "\0\0\0\32FTYPisom" } do
    it("is no video: " .. bytes:gsub("%z", "0"), function()
      face.write(path, bytes)
      local kind, why = container.kind(path)
      assert.is_nil(kind)
      assert.is_string(why)
    end)
  end
end)

describe("a part", function()
  local path
  before_each(function() path = os.tmpname() end)
  after_each(function()
    for _, ending in ipairs { "", ".part", ".part.json" } do os.remove(path .. ending) end
  end)

  local function noted(etag, date)
    face.write(path .. ".part", "12345")
    new_part(path, "a"):note { status = 206, etag = etag, last_modified = date }
    return new_part(path, "a"):offset()
  end

  it("is continued when the server can prove it unchanged", function()
    assert.equal(5, noted("\"strong\""))
    assert.equal(5, noted("W/\"weak\"", "Fri, 20 Nov 2026 08:00:00 GMT"))
    assert.equal(0, noted("W/\"weak\""))
  end)

  it("is not continued without a note, or with one about another video", function()
    face.write(path .. ".part", "12345")
    assert.equal(0, new_part(path, "a"):offset())
    new_part(path, "a"):note { status = 200, etag = "\"x\"" }
    assert.equal(0, new_part(path, "b"):offset())
    assert.equal(5, new_part(path, "a"):offset())
  end)

  it("notes nothing of an error's reply", function()
    face.write(path .. ".part", "12345")
    new_part(path, "a"):note { status = 404, etag = "\"x\"" }
    assert.equal(0, new_part(path, "a"):offset())
  end)
end)
