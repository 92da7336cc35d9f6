-- Downloads that broke: they go on where they are, unless the file is another one now.
--
-- Owns: kling/download.lua together with part.lua.
-- Stands on: busted, the sandbox.
-- Never: leaves a file behind.

local face = require "spec.support.face"

local LUA = os.getenv "KLING_LUA" or "lua5.4"

describe("a broken download", function()
  local box, client, path
  local clip = face.read "lua/kling/sandbox/clip.mp4"
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

  local function big_endian(four)
    local n = 0
    for byte in four:gmatch "." do n = n * 256 + byte:byte() end
    return n
  end

  local function assert_whole(bytes)
    local got = face.read(path)
    assert.equal(bytes, #got)
    assert.is_true(got:sub(1, #clip) == clip, "not the sandbox's video")
    assert.equal(bytes - #clip, big_endian(got:sub(#clip + 1, #clip + 4)), "two files in one")
    assert.is_true(got:sub(#clip + 9) == ("\0"):rep(bytes - #clip - 8), "not its padding")
    assert.is_nil(face.read(path .. ".part"))
    assert.is_nil(face.read(path .. ".part.json"))
  end

  it("goes on where the connection broke", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 20000, times = 1 }
    local last
    local _, bytes = assert(task:download(path, { on_progress = function(n) last = n end }))
    assert.equal(400000, bytes)
    assert.equal(400000, last)
    assert_whole(400000)
    assert.equal(2, files())
    assert.equal("bytes=20000-", range())
  end)

  it("that broke off for good is continued by a later call", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 20000, times = 1 }
    box:fault { fault = "error", on = "file", status = 418, code = 1 }
    local got, _, err = task:download(path)
    assert.is_nil(got)
    assert.equal("protocol", err.kind)
    assert.equal(20000, #face.read(path .. ".part"))
    assert.is_nil(face.read(path))
    box:clear()
    assert.is_truthy(client:task(task.id, "text2video"):download(path))
    assert_whole(400000)
  end)

  it("starts over where the server ignores ranges", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 20000, times = 1 }
    box:fault { fault = "no_range", on = "file" }
    assert.is_truthy(task:download(path))
    assert_whole(400000)
  end)

  it("starts over when the file has changed", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 20000, times = 1 }
    box:fault { fault = "changed", on = "file", bytes = 300000 }
    assert.is_truthy(task:download(path))
    assert_whole(300000)
  end)

  --- A task of which the first bytes are here, and nothing was heard since.
  local function begun()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 100000, times = 1 }
    box:fault { fault = "error", on = "file", status = 418, code = 1, times = 1 }
    assert.is_nil(task:download(path))
    assert.equal(100000, #face.read(path .. ".part"))
    box:clear()
    return task
  end

  it("never goes on with another file, whatever the server thinks of If-Range", function()
    local task = begun()
    box:fault { fault = "changed", on = "file", bytes = 300000, blind = true }
    assert.is_truthy(task:download(path))
    assert_whole(300000)
    assert.is_nil(range())
  end)

  it("starts over when the server sends another range", function()
    local task = begun()
    box:fault { fault = "shifted", on = "file", times = 1 }
    assert.is_truthy(task:download(path))
    assert_whole(400000)
    assert.is_nil(range())
  end)

  it("starts over once only, and leaves a clean place", function()
    local task = begun()
    box:fault { fault = "cut", on = "file", keep = 100000, nth = 2 }
    box:fault { fault = "shifted", on = "file" }
    local got, message, err = task:download(path)
    assert.is_nil(got)
    assert.same({ "protocol", "range", true }, { err.kind, err.code, err.retryable })
    assert.matches("other bytes than the ones asked for", message)
    assert.is_nil(face.read(path .. ".part"))
    assert.is_nil(face.read(path .. ".part.json"))
    box:clear()
    assert.is_truthy(task:download(path))
    assert_whole(400000)
  end)

  it("does not trust a part that belongs to something else", function()
    box:options { file_bytes = 400000 }
    face.write(path .. ".part", ("x"):rep(20000))
    assert.is_truthy(ready():download(path))
    assert_whole(400000)
    face.write(path .. ".part", ("x"):rep(20000))
    face.write(path .. ".part.json", "{\"version\":1,\"video\":\"another\",\"etag\":\"\\\"1\\\"\"}")
    assert.is_truthy(ready():download(path))
    assert_whole(400000)
  end)

  it("starts over when there is more than the server has", function()
    box:options { file_bytes = 400000 }
    local task = ready()
    box:fault { fault = "cut", on = "file", keep = 20000, times = 1 }
    box:fault { fault = "error", on = "file", status = 418, code = 1 }
    task:download(path)
    box:clear()
    face.write(path .. ".part", ("x"):rep(400000))
    assert.is_truthy(task:download(path))
    assert_whole(400000)
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
    os.execute(([[%s %s >/dev/null 2>&1 & part=%s.part n=0
      until [ -s $part ] && [ -s $part.json ] || [ $n = 1000 ]; do sleep 0.02; n=$((n + 1)); done
      kill -9 $!]]):format(LUA, script, path))
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
    box:fault { fault = "cut", on = "file", keep = 20000, times = 1 }
    box:fault { fault = "error", on = "file", status = 418, code = 1 }
    task:download(path)
    local note = face.read(path .. ".part.json")
    assert.is_nil(note:find("http", 1, true))
    assert.is_nil(note:find("sig", 1, true))
  end)
end)
