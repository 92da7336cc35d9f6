-- Fetches: downloads to a file, resuming, lists; what is sent with them and what is not.
--
-- Owns: engine:get and the fields of a fetch.
-- Stands on: spec/support/engine.lua; the sandbox serves a real clip with ranges and ETags.
-- Never: judges a video; download_spec.lua does.

local support = require "spec.support.engine"

local core, engine = support.core, support.engine
local box, account

local function finish(fetch)
  support.wait(function() return fetch.done end)
  return fetch
end

local function get(url, options) return finish(engine:get(account, url, options or {})) end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read "*a"
  file:close()
  return bytes
end

local function write(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

local function clip()
  local task = support.finish(support.create(support.route "kling", "kling"))
  return task:result().videos[1].url
end

local path

before_each(function()
  box = support.box()
  account = core.account { api_key = support.KEY }
  path = os.tmpname()
end)

after_each(function() os.remove(path) end)

describe("a fetch", function()
  it("into memory has text, type and size", function()
    local fetch = get(clip())
    assert.is_nil(fetch:error())
    assert.equal(200, fetch.status)
    assert.equal(#fetch:text(), fetch.received)
    assert.equal(fetch.expected, fetch.received)
    assert.is_truthy(fetch.content_type:find("video/mp4", 1, true))
    assert.is_truthy(fetch.etag)
    assert.is_nil(fetch.no_such_field)
  end)

  it("into a file writes the same bytes, readable as the umask allows", function()
    local url = clip()
    local whole = get(url):text()
    os.remove(path)
    local fetch = get(url, { path = path })
    assert.is_nil(fetch:error())
    assert.equal("", fetch:text())
    assert.equal(whole, read(path))
    assert.equal(#whole, fetch.received)
  end)

  it("sends no key unless it is told to", function()
    get(clip())
    get(clip(), { path = path })
    assert.equal(0, box:stats("kling").leaked_keys)
    local list = box:base_url "kling" .. "/v1/videos/text2video?pageNum=1&pageSize=10"
    assert.equal(401, get(list).status)
    assert.equal(200, get(list, { auth = true }).status)
  end)

  it("resumes where the file is the same", function()
    local url = clip()
    local first = get(url)
    write(path, first:text():sub(1, 1000))
    local fetch = get(url, { path = path, offset = 1000, etag = first.etag })
    assert.equal(206, fetch.status)
    assert.equal(first:text(), read(path))
    assert.same({ first.received, first.received }, { fetch.received, fetch.expected })
  end)

  it("starts over where it is another one", function()
    local url = clip()
    local first = get(url)
    write(path, ("x"):rep(1000))
    local fetch = get(url, { path = path, offset = 1000, etag = '"another"' })
    assert.equal(200, fetch.status)
    assert.equal(first:text(), read(path))
  end)

  it("does not go on with another file, or from another place", function()
    local url = clip()
    local first = get(url)
    write(path, first:text():sub(1, 1000))
    local function go_on(with)
      with.path, with.offset, with.note = path, 1000, path .. ".note"
      write(with.note, "kept")
      local _, err = get(url, with):error()
      assert.same({ "protocol", "range", true }, { err.kind, err.fault, err.retryable })
      assert.equal(first:text():sub(1, 1000), read(path))
      assert.equal("kept", read(with.note))
      os.remove(with.note)
    end
    box:fault { fault = "shifted", on = "file", times = 1 }
    go_on { etag = first.etag }
    box:fault { fault = "changed", on = "file", bytes = 90000, blind = true }
    go_on { etag = first.etag }
    go_on { last_modified = first.last_modified, total = first.received }
  end)

  it("removes the note about bytes that it overwrites, and no other", function()
    local url, note = clip(), path .. ".note"
    local first = get(url)
    write(path, first:text():sub(1, 1000))
    write(note, "kept")
    get(url, { path = path, note = note, offset = 1000, etag = first.etag })
    assert.equal("kept", read(note))
    get(url, { path = path, note = note, offset = 1000, etag = '"another"' })
    assert.is_nil(io.open(note))
    assert.equal(first:text(), read(path))
  end)

  it("starts over where the server ignores ranges", function()
    local url = clip()
    local first = get(url)
    box:fault { fault = "no_range", on = "file" }
    write(path, ("x"):rep(1000))
    get(url, { path = path, offset = 1000, etag = first.etag })
    assert.equal(first:text(), read(path))
  end)

  it("leaves the file alone when the answer is an error", function()
    local url = clip()
    write(path, "precious")
    box:fault { fault = "expired", on = "file" }
    local fetch = get(url, { path = path, offset = 8 })
    assert.equal(403, fetch.status)
    assert.is_nil(fetch:error())
    assert.equal("precious", read(path))
    assert.is_truthy(fetch:text():find "expired")
  end)

  it("says what broke", function()
    local url = clip()
    box:fault { fault = "truncate", on = "file", keep = 500 }
    local message, err = get(url, { path = path }):error()
    assert.same({ "network", "truncated", true }, { err.kind, err.fault, err.retryable })
    assert.equal("string", type(message))
    assert.equal(500, #read(path))
  end)

  it("that can't start is done at once and says why", function()
    local function fault_of(url, options)
      local fetch = engine:get(account, url, options or {})
      assert.is_true(fetch.done)
      local message, err = fetch:error()
      assert.equal("invalid", err.kind)
      return err.fault, message
    end
    assert.equal("url", (fault_of "http://example.com/"))
    assert.equal("url", (fault_of "file:///etc/passwd"))
    assert.equal("url", (fault_of "http://127.0.0.1/\0"))
    local fault, message = fault_of("http://127.0.0.1:1/", { path = "/no/such/folder/x" })
    assert.equal("sink", fault)
    assert.is_truthy(message:find("No such file", 1, true))
  end)

  it("does not follow a symbolic link to write through it", function()
    local target = os.tmpname()
    write(target, "precious")
    os.remove(path)
    os.execute(("ln -s '%s' '%s'"):format(target, path))
    local _, err = get(clip(), { path = path }):error()
    assert.equal("sink", err.fault)
    assert.equal("precious", read(target))
    os.remove(target)
  end)

  it("shows how far it is, and can be cancelled", function()
    local url = clip()
    box:fault { fault = "drip", on = "file", bytes_per_second = 5000 }
    local fetch = engine:get(account, url, { path = path })
    support.wait(function() return fetch.received > 0 end)
    assert.is_false(fetch.done)
    assert.is_true(fetch.received < fetch.expected)
    assert.equal(200, fetch.status)
    assert.is_truthy(fetch.etag)
    fetch:cancel()
    assert.is_true(fetch.done)
    local _, err = fetch:error()
    assert.equal("cancelled", err.kind)
    assert.is_nil(fetch:text())
    assert.equal(0, engine:counts().transfers)
    fetch:cancel()
  end)

  it("keeps to its limits", function()
    local url = clip()
    local _, err = get(url, { max_reply = 100 }):error()
    assert.equal("too_large", err.fault)
    box:fault { fault = "hang", on = "file", seconds = 5 }
    _, err = get(url, { timeout = 0.2 }):error()
    assert.equal("timeout", err.kind)
  end)

  it("tells what an error reply means", function()
    local replies = core.replies(require "kling.replies")
    local list = box:base_url "kling" .. "/v1/videos/text2video?pageNum=1&pageSize=10"
    assert.is_nil(get(list, { auth = true }):classify(account, replies))
    local _, err = get(list):classify(account, replies)
    assert.equal("auth", err.kind)
    assert.has_error(function() get(list):classify(account, {}) end)
  end)

  it("that is dropped is stopped", function()
    local url = clip()
    box:fault { fault = "hang", on = "file", seconds = 5 }
    engine:get(account, url, {})
    engine:block(0.05)
    collectgarbage()
    collectgarbage()
    assert.equal(0, engine:counts().transfers)
  end)
end)
