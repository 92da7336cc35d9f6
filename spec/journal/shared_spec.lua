-- A journal in several hands: two clients of one process, forked children, callers that ask again.
--
-- Owns: kling/journal/{sqlite,book,desk,recover}.lua where one intent could become two or none.
-- Stands on: spec/support/journal.lua, the sandbox, which counts; LuaJIT's ffi for fork.
-- Never: believes the client about how many tasks were made.

local face = require "spec.support.face"
local kling = require "kling"
local picture = require "spec.support.picture"
local support = require "spec.support.journal"

local CAT = { prompt = "A cat" }
local QUICK = { lookup_timeout = 1, absent_after = 1 }

--- A child: path of a journal. Says how many intents it sees.
local READER = [[
  local journal = assert(require "kling".journal.open((...)))
  print(#assert(journal:tasks()))
  journal:close()
]]

--- A child: url, journal, picture. Its create is never answered.
local SENDER = [[
  local url, path, image = ...
  local kling = require "kling"
  kling.new { gateway = "kling", base_url = url, api_key = "sandbox-key", journal = path }
    :image2video { prompt = "A cat", image = kling.file(image) }
]]

describe("a journal in several hands", function()
  local box, path, client
  local function open(gateway)
    local more = { journal = path }
    for name, value in pairs(QUICK) do more[name] = value end
    return face.client(box, gateway or "kling", more)
  end
  local function states()
    local words = {}
    for i, intent in ipairs(assert(client.desk.journal:tasks())) do words[i] = intent.state end
    return words
  end
  before_each(function()
    box = face.box()
    path = support.path()
    client = open()
  end)
  after_each(function()
    client:close()
    support.remove(path)
  end)

  it("stays one file for two clients of a process while another process comes and goes", function()
    assert(client:text2video(CAT))
    local second = open()
    assert(second:text2video(CAT))
    assert.equal("2\n", support.start(READER, path):wait())
    assert(client:text2video(CAT))
    assert(second:text2video(CAT))
    assert.equal("4\n", support.start(READER, path):wait())
    second:close()
  end)

  it("forgets what was not sent before the same is asked for again", function()
    assert(client:text2video(CAT))
    local statements = client.desk.journal.store.statements
    local commit = statements.COMMIT
    statements.COMMIT = { close = function() end, execute = function()
      commit:execute()
      return false, "server closed the connection"
    end }
    local key = { idempotency_key = "k" }
    local none, message = client:text2video(CAT, key)
    assert.is_nil(none)
    assert.matches("nothing was sent", message)
    local task = assert(client:text2video(CAT, key))
    assert(task:wait())
    assert.equal(task.id, client:text2video(CAT, key).id)
    assert.equal(2, box:stats("kling").created)
    assert.equal(2, #states())
  end)

  it("finds a task whose picture is gone", function()
    local image = path .. ".png"
    face.write(image, picture.png_bytes(400, 400) .. ("\0"):rep(400))
    box:options { strict = false }
    box:fault { gateway = "kling", on = "create", fault = "hang", when = "after", seconds = 30 }
    local child = support.start(SENDER, box:base_url "kling", path, image)
    support.until_true(function() return box:stats("kling").created == 1 end)
    child:signal "KILL"
    child:wait()
    os.remove(image)
    local items = assert(client:recover())
    assert.is_nil(items[1].message)
    assert.same({ "accepted" }, states())
    assert.equal(1, box:stats("kling").created)
  end)

  it("stays in doubt when creating again was refused", function()
    client = open "anyfast"
    box:fault { gateway = "anyfast", on = "create", fault = "reset", when = "after", times = 1 }
    local key = { idempotency_key = "k" }
    assert.equal("ambiguous", select(3, client:text2video(CAT, key)).kind)
    box:fault { gateway = "anyfast", on = "create", fault = "error", family = "kling", code = 1301,
      times = 1 }
    key.recreate = true
    local task, _, err = client:text2video(CAT, key)
    assert.same({ nil, "policy" }, { task, err.kind })
    assert.same({ "ambiguous" }, states())
    key.recreate = nil
    assert.equal("ambiguous", select(3, client:text2video(CAT, key)).kind)
    assert.equal(1, box:stats("anyfast").created)
  end)

  it("gives keys and ids of any bytes back", function()
    local key = "k\0\255base64:"
    assert(client:text2video(CAT, { idempotency_key = key }))
    assert.equal(key, client.desk.journal:tasks()[1].idempotency_key)
  end)

  local jit = rawget(_G, "jit")
  ;(jit and it or pending)("belongs to the parent where a process forked in a create", function()
    local ffi = require "ffi"
    pcall(ffi.cdef, "int fork(void); int waitpid(int, int *, int); void _exit(int);")
    box:fault { gateway = "kling", on = "create", fault = "delay", seconds = 1 }
    local fiber = kling.spawn(client.text2video, client, CAT, { idempotency_key = "k" })
    local child = ffi.C.fork()
    if child == 0 then
      pcall(client.text2video, client, { prompt = "Another cat" })
      ffi.C._exit(0)
    end
    ffi.C.waitpid(child, nil, 0)
    assert.same({ "open", "accepted" }, states())
    support.until_true(function()
      require "kling.loop".sleep(0.02)
      return fiber.done
    end)
    assert.same({ "accepted", "accepted" }, states())
    assert.equal(2, box:stats("kling").created)
  end)
end)
