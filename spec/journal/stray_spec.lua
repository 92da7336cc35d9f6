-- Tasks of a journal that come another way than by a create: by their id, from a text, from a list.
--
-- Owns: what kling/journal/desk.lua notes of them.
-- Stands on: spec/support/journal.lua, the sandbox.
-- Never: has a create noted as refused because a task was not found.

local face = require "spec.support.face"
local loop = require "kling.loop"
local support = require "spec.support.journal"

local CAT = { prompt = "A cat", external_task_id = "scene-1" }

describe("a task that was asked about by itself", function()
  local box, path, client
  local function open(more)
    local options = { journal = path, lookup_timeout = 0.5, absent_after = 60 }
    for name, value in pairs(more or {}) do options[name] = value end
    return face.client(box, "kling", options)
  end
  local function intent()
    local list = assert(client.desk.journal:tasks())
    assert.equal(1, #list)
    return list[1]
  end
  --- Another process has created it and is gone; this one begins with what that one left.
  local function left_behind(options)
    local first = open(options)
    local task = assert(first:text2video(CAT))
    local text = assert(task:serialize())
    first:close()
    client = open(options)
    assert.equal("accepted", intent().state)
    return task.id, text
  end
  --- The create was lost, and looking for it failed.
  local function in_doubt()
    box:fault { fault = "reset", on = "create", when = "after", times = 1 }
    box:fault { fault = "error", status = 503, on = "status" }
    client = open()
    local _, _, err = client:text2video(CAT)
    assert.equal("ambiguous", err.kind)
    assert.equal("ambiguous", intent().state)
    box:clear()
  end
  before_each(function()
    box = face.box()
    path = support.path()
  end)
  after_each(function()
    client:close()
    support.remove(path)
  end)

  it("settles its intent, when it was resumed and waited for", function()
    local _, text = left_behind()
    assert(client:resume(text):wait())
    assert.equal("succeeded", intent().state)
    assert.equal(1, #intent().result.videos)
  end)

  it("settles its intent, when it was asked about by its id", function()
    local id = left_behind()
    local task = client:task(id, "text2video")
    support.until_true(function() return task:status() == "succeeded" end)
    assert.equal("succeeded", intent().state)
  end)

  it("settles its intent, when it came from a list", function()
    left_behind()
    assert(client:list("text2video")[1]:wait())
    assert.equal("succeeded", intent().state)
  end)

  it("gives the slot back, and settles the cost", function()
    local id = left_behind { concurrency = 1, budget = { cost = 6 },
      prices = { { per_second = 1 } } }
    assert(client:task(id, "text2video"):wait())
    assert.equal(3, intent().cost)
    assert(client:text2video { prompt = "Another cat", duration = 3 })
  end)

  it("notes where its video was saved", function()
    local _, text = left_behind()
    local file = path:gsub("journal", "video")
    local task = assert(client:resume(text))
    assert(task:wait())
    assert(task:download(file))
    assert.equal(file, intent().path)
  end)

  it("ends the doubt about its create, when it was found by its external_task_id", function()
    in_doubt()
    assert(client:task({ external_task_id = "scene-1" }, "text2video"):wait())
    assert.equal("succeeded", intent().state)
    assert.equal(box:tasks("kling")[1].id, intent().task_id)
  end)

  it("leaves the doubt, when it was not found", function()
    box:fault { fault = "late", on = "create", seconds = 60, times = 1 }
    client = open()
    client:text2video(CAT)
    local _, _, err = client:task({ external_task_id = "scene-1" }, "text2video"):status()
    assert.equal("not_found", err.kind)
    assert.equal("ambiguous", intent().state)
  end)

  it("is noted later, when the journal can't be read at first", function()
    local id = left_behind()
    local book, list = client.desk.book, client.desk.book.list
    book.list = function() return nil, "away", {} end
    assert(client:task(id, "text2video"):wait())
    book.list = list
    assert.equal("accepted", intent().state)
    support.until_true(function()
      loop.sleep(0.1)
      return intent().state == "succeeded"
    end)
  end)

  it("of which the journal knows nothing changes nothing", function()
    left_behind()
    local other = face.client(box, "kling")
    local id = assert(other:text2video { prompt = "Another cat" }).id
    assert(client:task(id, "text2video"):wait())
    assert.equal("accepted", intent().state)
    other:close()
  end)
end)
