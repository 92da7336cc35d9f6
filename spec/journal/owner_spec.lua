-- Which process counts as dead.
--
-- Owns: kling/journal/owner.lua.
-- Stands on: spec/support/journal.lua, /proc.
-- Never: waits for a lease to run out: it writes old signs of life.

local core = require "kling.core"
local face = require "spec.support.face"
local journal = require "kling.journal"
local support = require "spec.support.journal"

describe("a process in the journal", function()
  local path, book
  before_each(function()
    path = support.path()
    book = assert(journal.open(path)).book
  end)
  after_each(function()
    book.store:close()
    support.remove(path)
  end)

  --- Is a process alive that wrote this about itself, so many seconds ago?
  local function census(host, pid, started, seconds)
    return book.store:within(function(store)
      store:run("INSERT INTO kling_owners (id, host, pid, started, beat) VALUES (?, ?, ?, ?, ?)",
        "other", host, pid, started, ("%.0f"):format((core.now() - seconds) * 1000))
      local found = book.owner:census(store).other
      store:run("DELETE FROM kling_owners WHERE id = ?", "other")
      return { found.alive, found.holds }
    end)
  end

  it("is alive while it runs, however silent, up to a quarter of an hour", function()
    local me = book.owner
    assert.same({ true, true }, census(me.host, me.pid, me.started, 0))
    assert.same({ true, false }, census(me.host, me.pid, me.started, 600))
    assert.same({ false, false }, census(me.host, me.pid, me.started, 1000))
  end)

  it("is dead at once when it has ended, or another one has its number", function()
    local me = book.owner
    assert.same({ false, false }, census(me.host, "4194999", "1", 0))
    assert.same({ false, false }, census(me.host, me.pid, "1", 0))
  end)

  it("is dead on another machine when it has been silent for three minutes", function()
    assert.same({ true, true }, census("elsewhere", "1", "1", 170))
    assert.same({ false, false }, census("elsewhere", "1", "1", 190))
  end)

  it("gives a sign of life while it waits", function()
    local client = face.client(face.box(), "kling", { journal = path })
    local task = assert(client:text2video { prompt = "A cat" })
    local owner = client.desk.book.owner
    owner.last = owner.last - 60000
    local before = owner.last
    assert(task:wait())
    assert.is_true(owner.last > before + 50000)
    client:close()
  end)
end)

describe("machines that share a journal", function()
  it("go by its clock, not by their own", function()
    local spec = support.postgres():fresh()
    local client = face.client(face.box(), "kkiai", { journal = spec })
    assert(client:open "text2video":create({ model_name = "kling-v1", prompt = "A cat",
      mode = "std", duration = 5 }, false))
    local real = core.now
    core.now = function() return real() + 3600 end -- luacheck: ignore
    local other = journal.open(spec)
    local row = other and other.book:list()[1]
    local claimed = row and other.book:claim(row)
    core.now = real -- luacheck: ignore
    assert.is_false(claimed)
    other:close()
    client:close()
  end)
end)
