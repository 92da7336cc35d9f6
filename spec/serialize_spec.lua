-- Tasks as text: what is in it, what is refused, what a resumed task can do.
--
-- Owns: kling/saved.lua, client:resume.
-- Stands on: busted, the sandbox.
-- Never: looks at more of the text than a user may.

local cjson = require "cjson"
local face = require "spec.support.face"
local kling = require "kling"
local saved = require "kling.saved"

local ABOUT = { gateway = "kling", endpoint = "text2video", id = "860260753860210752",
  external_task_id = "mine \"1\" /é", state = "running", raw_status = "processing",
  created_at = 1773130665, error = function() end, created = true }

describe("a saved task", function()
  it("is one line of JSON that is read back", function()
    local text = assert(saved.write(ABOUT))
    assert.is_nil(text:find "\n")
    assert.equal("860260753860210752", cjson.decode(text).id)
    local values = assert(saved.read(text))
    for _, name in ipairs { "gateway", "endpoint", "id", "external_task_id", "state",
      "raw_status", "created_at" } do
      assert.equal(ABOUT[name], values[name])
    end
  end)

  it("may have been written in another order, with other blanks", function()
    local values = cjson.decode((saved.write(ABOUT)))
    assert.is_truthy(saved.read(" " .. cjson.encode(values) .. "\n"))
  end)

  local good = assert(saved.write(ABOUT))
  local values = cjson.decode(good)
  local function changed(name, value)
    local copy = {}
    for key, kept in pairs(values) do copy[key] = kept end
    copy[name] = value
    return cjson.encode(copy)
  end
  local BAD = {
    { "", "it can't be read" }, { "hello", "it can't be read" }, { "null", "it can't be read" },
    { "[]", "something else wrote it" }, { "{}", "something else wrote it" },
    { good:sub(1, -2), "it can't be read" }, { good .. "x", "it can't be read" },
    { ("x"):rep(5000), "it is too long" },
    { good:gsub("860260753860210752", "860260753860210753"), "it is damaged" },
    { changed("kling_task", 2), "a newer kling wrote it" },
    { changed("kling_task", "1"), "it is damaged" },
    { changed("id", 5), "it is damaged" }, { changed("id", nil), "it is damaged" },
    { changed("state", "happy"), "it is damaged" }, { changed("check", nil), "it is damaged" },
    { changed("check", "0"), "it is damaged" }, { changed("api_key", "x"), "it is damaged" },
    { changed("gateway", cjson.null), "it is damaged" },
    { changed("created_at", { 1 }), "it is damaged" },
  }
  for i, row in ipairs(BAD) do
    it("is refused when it is not one: " .. i .. ", " .. row[2], function()
      local read, message, err = saved.read(row[1])
      assert.is_nil(read)
      assert.equal("invalid", err.kind)
      assert.is_truthy(message:find(row[2], 1, true), message)
    end)
  end

  it("is refused when it is no text", function()
    local read, message, err = saved.read(5)
    assert.is_nil(read)
    assert.equal("invalid", err.kind)
    assert.matches("a string is expected, not a number", message)
  end)

  it("is read or refused whatever byte of it changes", function()
    for i = 1, #good do
      local text = good:sub(1, i - 1) .. string.char((good:byte(i) + 1) % 256) .. good:sub(i + 1)
      local read, _, err = saved.read(text)
      assert.is_true(read == nil and err.kind == "invalid", "byte " .. i)
    end
  end)
end)

describe("task:serialize", function()
  local box, client
  before_each(function()
    box = face.box()
    client = face.client(box, "kling", { api_key = "sandbox-key" })
  end)

  it("holds no key and no link", function()
    local task = assert(client:text2video { prompt = "a secret prompt" })
    assert(task:wait())
    local text = assert(task:serialize())
    for _, secret in ipairs { "sandbox-key", "http", "secret prompt" } do
      assert.is_nil(text:find(secret, 1, true))
    end
  end)

  it("lets another client wait for the task", function()
    local text = assert(assert(client:text2video { prompt = "x" }):serialize())
    local other = face.client(box)
    local task = assert(other:resume(text))
    assert.equal("queued", task.state)
    assert.is_truthy(assert(task:wait()).videos[1].url)
  end)

  it("keeps how young a task is: its service may not see it yet", function()
    for _, gateway in ipairs { "kling", "anyfast" } do
      local mine = face.client(box, gateway)
      local text = assert(assert(mine:text2video { prompt = "x" }):serialize())
      box:fault { fault = "error", on = "status", family = "new_api_task", code = "task_not_exist",
        times = 2 }
      assert.is_truthy(assert(mine:resume(text)):wait())
      box:clear()
    end
  end)

  it("does not think an old task young, nor one of the future", function()
    for _, age in ipairs { 1000, -1000 } do
      local about = setmetatable({ born = os.time() - age }, { __index = ABOUT })
      local _, _, err = assert(client:resume((saved.write(about)))):wait()
      assert.equal("not_found", err.kind)
    end
  end)

  it("keeps tasks that have ended", function()
    local task = assert(client:text2video { prompt = "x" })
    assert(task:wait())
    local again = assert(face.client(box):resume(assert(task:serialize())))
    assert.equal("succeeded", again.state)
    assert.equal(task.created_at, again.created_at)
    assert.is_truthy(assert(again:wait()).videos[1].url)
  end)

  it("lets a wait for a task that has ended keep its time", function()
    local task = assert(client:text2video { prompt = "x" })
    assert(task:wait())
    local again = assert(client:resume((task:serialize())))
    box:fault { fault = "hang", on = "status", seconds = 600 }
    local result, message, err = again:wait { timeout = 0.2 }
    again:cancel() -- the question, which nobody waits for
    assert.is_nil(result)
    assert.matches("did not answer in time", message)
    assert.same({ "timeout", true }, { err.kind, err.retryable })
  end)

  it("keeps tasks that have failed", function()
    box:fault { fault = "fail", on = "create", reason = "odd" }
    local task = assert(client:text2video { prompt = "x" })
    task:wait()
    local again = assert(face.client(box):resume(assert(task:serialize())))
    local result, message, err = again:wait()
    assert.is_nil(result)
    assert.equal("odd", message)
    assert.equal("failed", err.kind)
  end)

  it("keeps a task whose create is on the way", function()
    box:fault { fault = "delay", on = "create", seconds = 0.3 }
    local fiber = kling.spawn(function() return client:text2video { prompt = "x" } end)
    local pending = client:pending()[1]
    assert.is_nil(pending.id)
    local text = assert(pending:serialize())
    local made = kling.join(fiber)
    local task = assert(face.client(box):resume(text))
    assert.is_nil(task.id)
    assert.is_truthy(task:wait())
    assert.equal(made.id, task.id)
    assert.equal(1, box:stats().gateways.kling.created)
  end)

  it("says so when such a task can't be found again", function()
    box:fault { fault = "reset", on = "create", when = "after", gateway = "anyfast" }
    local anyfast = face.client(box, "anyfast")
    local lost
    local fiber = kling.spawn(function() return anyfast:text2video { prompt = "x" } end)
    lost = anyfast:pending()[1]
    kling.join(fiber)
    assert.equal("ambiguous", fiber.values[3].kind)
    local text = assert(lost:serialize())
    local task, message, err = anyfast:resume(text)
    assert.is_nil(task)
    assert.equal("ambiguous", err.kind)
    assert.equal(lost.external_task_id, err.external_task_id)
    assert.matches("does not find tasks by external_task_id", message)
  end)

  it("has nothing to keep of a create that was refused", function()
    box:fault { fault = "error", on = "create", code = 1301 }
    local fiber = kling.spawn(function() return client:text2video { prompt = "x" } end)
    local refused = client:pending()[1]
    kling.join(fiber)
    local text, _, err = refused:serialize()
    assert.is_nil(text)
    assert.equal("policy", err.kind)
  end)
end)

describe("client:resume", function()
  it("takes tasks of its own gateway only", function()
    local client = kling.new { gateway = "anyfast" }
    local task, message, err = client:resume(saved.write(ABOUT))
    assert.is_nil(task)
    assert.equal("invalid", err.kind)
    assert.matches("belongs to gateway kling, the client to anyfast", message)
  end)

  it("takes endpoints of the gateway only", function()
    local about = setmetatable({ gateway = "kkiai", endpoint = "image2video" },
      { __index = ABOUT })
    local task, message, err = kling.new { gateway = "kkiai" }:resume(saved.write(about))
    assert.is_nil(task)
    assert.equal("invalid", err.kind)
    assert.matches("no endpoint image2video", message)
  end)

  it("refuses ids that none can be, though the check sum is right", function()
    for _, change in ipairs { { id = ("x"):rep(192) }, { id = "" }, { id = "a\0b" },
      { external_task_id = "" }, { external_task_id = "a\0b" } } do
      local about = setmetatable(change, { __index = ABOUT })
      local task, _, err = kling.new { gateway = "kling" }:resume((saved.write(about)))
      assert.is_nil(task)
      assert.equal("invalid", err.kind)
    end
  end)

  it("refuses anything else without raising", function()
    for _, junk in ipairs { "", "{}", 5, {}, true } do
      assert.equal("invalid", select(3, kling.new { gateway = "kling" }:resume(junk)).kind)
    end
    assert.equal("invalid", select(3, kling.new { gateway = "kling" }:resume(nil)).kind)
  end)
end)
