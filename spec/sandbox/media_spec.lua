-- The result file: ranges, expiry, and keys that must not come here.

local http = require "spec.support.http"
local support = require "spec.support.sandbox"

describe("result files", function()
  local sandbox, url

  local function ask()
    local task = sandbox:tasks()[1]
    local base = sandbox:base_url "kling" .. "/v1/videos/text2video/"
    return http.get(base .. task.id).json.data.task_result.videos[1].url
  end

  before_each(function()
    sandbox = support.start { speed = 0 }
    http.post(sandbox:base_url "kling" .. "/v1/videos/text2video",
      { prompt = "x", model_name = "kling-v3" })
    url = ask()
  end)

  local function get(headers) return assert(http.request("GET", url, headers)) end

  it("are whole without Range", function()
    local file = get()
    assert.equal(200, file.status)
    assert.equal(tostring(#file.body), file.headers["content-length"])
    assert.equal("video/mp4", file.headers["content-type"])
    assert.equal("bytes", file.headers["accept-ranges"])
    assert.truthy(file.headers.etag)
    assert.truthy(file.headers["last-modified"])
  end)

  it("come in parts", function()
    local whole = get().body
    local size = #whole
    local parts = {
      ["bytes=0-9"] = { 1, 10 }, ["bytes=100-"] = { 101, size }, ["bytes=-7"] = { size - 6, size },
      ["bytes=5-999999999"] = { 6, size },
    }
    for range, bounds in pairs(parts) do
      local part = get { range = range }
      assert.equal(206, part.status)
      assert.equal(("bytes %d-%d/%d"):format(bounds[1] - 1, bounds[2] - 1, size),
        part.headers["content-range"])
      assert.is_true(part.body == whole:sub(bounds[1], bounds[2]))
    end
  end)

  it("answer 416 beyond the end and ignore what is no range", function()
    local beyond = get { range = "bytes=99999999-" }
    assert.equal(416, beyond.status)
    assert.truthy(beyond.headers["content-range"]:find("^bytes %*/%d+$"))
    for _, range in ipairs { "bytes=9-3", "lines=1-2", "bytes=0-1,5-6", "bytes=-" } do
      assert.equal(200, get({ range = range }).status)
    end
  end)

  it("honour If-Range", function()
    local whole = get()
    local same = { range = "bytes=0-0", ["if-range"] = whole.headers.etag }
    assert.equal(206, get(same).status)
    same["if-range"] = whole.headers["last-modified"]
    assert.equal(206, get(same).status)
    same["if-range"] = '"another"'
    assert.equal(200, get(same).status)
  end)

  it("can break the rules of ranges", function()
    local whole = get()
    local part = { range = "bytes=10-19", ["if-range"] = whole.headers.etag }
    sandbox:fault { fault = "shifted", on = "file", bytes = 3, times = 1 }
    local shifted = get(part)
    assert.equal(206, shifted.status)
    assert.truthy(shifted.headers["content-range"]:find "^bytes 13%-19/")
    assert.equal(whole.body:sub(14, 20), shifted.body)
    sandbox:fault { fault = "changed", on = "file", bytes = 90000, blind = true }
    local other = get(part)
    assert.equal(206, other.status)
    assert.equal("bytes 10-19/90000", other.headers["content-range"])
    assert.not_equal(whole.headers.etag, other.headers.etag)
  end)

  it("refuse and count a key", function()
    assert.equal(403, get({ authorization = "Bearer sandbox-key" }).status)
    assert.equal(1, sandbox:stats("kling").leaked_keys)
  end)

  it("refuse a link that was changed", function()
    url = url:gsub("sig=.", "sig=z")
    assert.equal(403, get().status)
  end)

  it("renew a link that has expired", function()
    sandbox:fault { fault = "expired", on = "file", times = 1 }
    assert.equal(403, get().status)
    assert.equal(403, get().status)
    local old = url
    url = ask()
    assert.not_equal(old, url)
    assert.equal(200, get().status)
  end)

  it("expire by the clock", function()
    sandbox:options { link_seconds = 100 }
    sandbox:fault { fault = "expired", on = "file", times = 1, status = 404 }
    assert.equal(404, get().status)
    url = ask()
    assert.equal(200, get().status)
    sandbox:options { skew = 101 }
    assert.equal(403, get().status)
    url = ask()
    assert.equal(200, get().status)
  end)

  it("can be padded to any size and change under a client's hands", function()
    sandbox:options { file_bytes = 300000 }
    local before = get()
    assert.equal(300000, #before.body)
    sandbox:fault { fault = "changed", on = "file", bytes = 200000 }
    local after = get { range = "bytes=5-", ["if-range"] = before.headers.etag }
    assert.equal(200, after.status)
    assert.equal(200000, #after.body)
  end)

  it("can ignore Range, be cut, be something else", function()
    sandbox:fault { fault = "no_range", on = "file", times = 1 }
    assert.equal(200, get({ range = "bytes=5-" }).status)
    sandbox:fault { fault = "cut", on = "file", times = 1, keep = 1000 }
    local cut = http.request("GET", url)
    assert.is_true(cut == nil or #cut.body == 1000)
    sandbox:fault { fault = "file_type", on = "file", times = 1 }
    assert.equal("<html></html>", get().body)
    assert.equal("ftyp", get().body:sub(5, 8))
  end)

  it("come through new-api's content route with a key and without ranges", function()
    http.post(sandbox:base_url "uniall" .. "/v1/video/generations",
      { model = "kling-v3-std-silent", prompt = "x", duration = 5, extra_body = {} })
    local id = sandbox:tasks("uniall")[1].id
    local headers = http.headers()
    headers.range = "bytes=0-9"
    local content = sandbox:base_url "uniall" .. "/v1/videos/"
    assert.equal(200, http.request("GET", content .. id .. "/content", headers).status)
    assert.equal(404, http.request("GET", content .. "task_no/content", headers).status)
  end)
end)
