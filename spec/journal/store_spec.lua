-- Databases that can't be used, or go away: told before anything is sent, and nothing is lost.
--
-- Owns: kling/journal/{store,sqlite,postgres,schema}.lua where they fail.
-- Stands on: spec/support/journal.lua, its PostgreSQL.
-- Never: writes outside its own folders.

local face = require "spec.support.face"
local kling = require "kling"
local support = require "spec.support.journal"

local CAT = { prompt = "A cat" }

describe("a file that is no journal", function()
  local box, path
  before_each(function()
    box = face.box()
    path = support.path()
  end)
  after_each(function() support.remove(path) end)

  local function refused(pattern)
    local journal, message, err = kling.journal.open(path)
    assert.is_nil(journal)
    assert.matches(pattern, message)
    assert.is_truthy(message:find(path, 1, true))
    assert.same({ "invalid", "journal" }, { err.kind, err.code })
    local client = face.client(box, "kling", { journal = path })
    local task
    task, message, err = client:text2video(CAT)
    assert.is_nil(task)
    assert.matches(pattern, message)
    assert.matches("nothing was sent", message)
    assert.equal("journal", err.code)
    assert.equal(0, box:stats("kling").creates or 0)
  end

  it("is refused when it is a text", function()
    face.write(path, "dear diary, today nothing happened")
    refused "no SQLite database"
    assert.equal("dear diary, today nothing happened", face.read(path))
  end)

  it("is refused when it is another program's database", function()
    local connection = require "DBI".Connect("SQLite3", path)
    connection:autocommit(true)
    connection:prepare "CREATE TABLE bookmarks (url TEXT)":execute()
    connection:close()
    local before = face.read(path)
    refused "bookmarks"
    assert.is_true(before == face.read(path))
  end)

  it("is told when it can't be read, not raised", function()
    assert.is_nil((kling.journal.open "/proc/self/mem"))
    local journal = assert(kling.journal.open(path))
    local fetch = function() error("x:1: Fetch failed disk I/O error", 0) end
    local statement = { execute = function() return true end, close = function() end,
      rows = function() return fetch end }
    journal.store.connection = setmetatable({}, { __index = function(_, name)
      return name == "prepare" and function() return statement end or function() return true end
    end })
    journal.store.statements = {}
    local tasks, message, err = journal:tasks()
    assert.is_nil(tasks)
    assert.matches("disk can't be written or read", message)
    assert.equal("journal", err.code)
  end)

  it("is refused when it is damaged", function()
    local client = face.client(box, "kling", { journal = path })
    assert(client:text2video(CAT))
    client:close()
    local bytes = face.read(path)
    face.write(path, bytes:sub(1, 100) .. ("\255"):rep(#bytes - 100))
    box:reset()
    refused "damaged"
  end)

  it("is refused when a newer kling made it", function()
    local journal = assert(kling.journal.open(path))
    journal.store:within(function(store)
      return store:run("UPDATE kling_journal SET value = ? WHERE name = ?", "99", "version")
    end)
    journal:close()
    refused "version 99"
  end)

  it("is refused when its folder is missing or is a file", function()
    local folder = path:match "^(.*)/"
    path = folder .. "/nowhere/journal.db"
    refused "No such file"
    path = folder .. "/nowhere"
    face.write(path, "x")
    path = path .. "/journal.db"
    refused "Not a directory"
    path = folder .. "/journal.db"
  end)

  it("is made for its owner alone", function()
    local client = face.client(box, "kling", { journal = path })
    assert(client:text2video(CAT))
    assert.equal("600\n600\n600\n", (support.shell("stat -c '%a' " .. path .. "*")))
    client:close()
  end)

  it("is refused when it is not a path or a database", function()
    for _, spec in ipairs { "", { driver = "MySQL" }, { driver = "PostgreSQL" },
      { driver = "PostgreSQL", database = "x", pasword = "y" } } do
      assert.matches("journal", face.raised(kling.new, { gateway = "kling", api_key = "k",
        journal = spec }))
    end
  end)
end)

describe("a store whose connection can't undo a transaction", function()
  it("goes on with another one", function()
    local path = support.path()
    local store = require "kling.journal.store"(require "kling.journal.sqlite", { path = path })
    assert.equal(1, store:within(function() return 1 end))
    local _, message = store:within(function(self)
      self.statements.ROLLBACK = { execute = function() return nil, "out of memory" end }
      self:run "no statement"
      return 1
    end)
    assert.matches("syntax error", message)
    assert.equal(2, store:within(function() return 2 end))
    store:close()
    support.remove(path)
  end)
end)

describe("a store that nobody closes", function()
  it("may be collected before its statements", function()
    local spec = support.postgres():fresh()
    local output = support.start([[
      local database, port, password = ...
      local store = require "kling.journal.store"(require "kling.journal.postgres", {
        driver = "PostgreSQL", database = database, port = tonumber(port), user = "kling",
        password = password, host = "127.0.0.1" })
      assert(store:reading(function(self) return self:row "SELECT 1" end))
      local statement = select(2, next(store.statements))
      store = nil
      local function collect()
        for _ = 1, 3 do collectgarbage() end
        for i = 1, 100000 do local _ = { i .. "x" } end -- where it was is something else now
      end
      collect()
      statement = nil
      collect()
      print "alive"
    ]], spec.database, spec.port, spec.password):wait()
    assert.equal("alive\n", output)
  end)
end)

describe("a PostgreSQL that goes away", function()
  it("is told before anything is sent; what happened meanwhile is noted later", function()
    local server, box = support.postgres(), face.box()
    local path = server:fresh()
    local client = face.client(box, "kling", { journal = path })
    local task = assert(client:text2video(CAT))
    server:kill()
    local other, message, err = client:text2video(CAT)
    assert.is_nil(other)
    assert.matches("PostgreSQL", message)
    assert.matches("nothing was sent", message)
    assert.same({ "network", "journal", true }, { err.kind, err.code, err.retryable })
    assert.is_nil(message:find(path.password, 1, true))
    assert.equal(1, box:stats("kling").creates)
    assert(task:wait())
    server:start()
    client.desk.not_before = 0
    other = assert(client:text2video(CAT))
    local journal = assert(kling.journal.open(path))
    local intents = journal:tasks()
    assert.equal(2, #intents)
    assert.same({ "succeeded", task.id }, { intents[1].state, intents[1].task_id })
    assert.same({ "accepted", other.id }, { intents[2].state, intents[2].task_id })
    journal:close()
    client:close()
  end)

  it("while a create is on the way loses nothing", function()
    local server, box = support.postgres(), face.box()
    local path = server:fresh()
    local client = face.client(box, "kling", { journal = path })
    local pending = assert(client:open "text2video":create(CAT, false))
    server:kill()
    assert(pending:wait())
    server:start()
    client.desk.not_before = 0
    client.desk:flush()
    local journal = assert(kling.journal.open(path))
    local intents = journal:tasks()
    assert.same({ "succeeded", pending.id }, { intents[1].state, intents[1].task_id })
    assert.equal(1, box:stats("kling").creates)
    journal:close()
    client:close()
  end)

  it("says what is wrong with its address or password, without the password", function()
    local path = support.postgres():fresh()
    local secret = { password = "canary-of-a-password" }
    for name, value in pairs(path) do secret[name] = secret[name] or value end
    local _, message, err = kling.journal.open(secret)
    assert.matches("password", err.hint)
    assert.is_nil(message:find("canary", 1, true))
    secret.port = 1
    _, message, err = kling.journal.open(secret)
    assert.equal("network", err.kind)
    assert.is_nil(message:find("canary", 1, true))
  end)
end)
