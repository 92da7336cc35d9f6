-- The journal: what stands in it before a create leaves, and after each step of a task.
--
-- Owns: kling/journal/{init,book,desk,admission,store,text}.lua on SQLite and PostgreSQL.
-- Stands on: spec/support/journal.lua, the sandbox.
-- Never: looks into the journal through the client alone: a second handle reads it.

local face = require "spec.support.face"
local kling = require "kling"
local support = require "spec.support.journal"

local CAT = { prompt = "A cat" }

local PLACES = {
  SQLite = { new = support.path, remove = support.remove },
  PostgreSQL = { new = function() return support.postgres():fresh() end, remove = function() end },
}

local function only(journal, state)
  local intents = assert(journal:tasks { state = state })
  assert.equal(1, #intents)
  return intents[1]
end

for name, place in pairs(PLACES) do
  describe("a journal on " .. name, function()
    local box, path, client, journal
    before_each(function()
      box = face.box()
      path = place.new()
      client = face.client(box, "kling", { journal = path })
      journal = assert(kling.journal.open(path))
    end)
    after_each(function()
      client:close()
      journal:close()
      place.remove(path)
    end)

    it("has the intent before anything is sent", function()
      local task = assert(client:open "text2video":create(CAT, false))
      local intent = only(journal, "open")
      assert.same("A cat", intent.request.prompt)
      assert.equal(box:base_url "kling", intent.base_url)
      assert.same({ "kling", "text2video" }, { intent.gateway, intent.endpoint })
      assert.matches("^kling%-%w+$", intent.external_task_id)
      assert.is_nil(intent.task_id)
      assert.equal(0, box:stats("kling").creates)
      task:wait {}
      assert.equal(intent.external_task_id, task.external_task_id)
      assert.equal(1, box:stats("kling").by_external[intent.external_task_id])
    end)

    it("has what became of it", function()
      local task = assert(client:text2video(CAT))
      local intent = only(journal, "accepted")
      assert.equal(task.id, intent.task_id)
      local result = assert(task:wait())
      intent = only(journal, "succeeded")
      assert.equal(result.videos[1].url, intent.result.videos[1].url)
      assert.equal(5, intent.seconds)
      assert.equal(tonumber(result.cost), intent.cost)
      local video = os.tmpname()
      assert(task:download(video))
      assert.equal(video, only(journal, "downloaded").path)
      assert.equal(task.id, only(journal, "settled").task_id)
      assert.matches("no state done", face.raised(journal.tasks, journal, { state = "done" }))
      os.remove(video)
    end)

    it("knows a task that was only asked about", function()
      box:options { speed = 0 }
      local task = assert(client:text2video(CAT))
      support.until_true(function() return task:status() == "succeeded" end)
      only(journal, "succeeded")
    end)

    it("has why a task was refused or failed", function()
      box:fault { gateway = "kling", on = "create", fault = "error", family = "kling", code = 1301,
        times = 1 }
      local _, message = client:text2video(CAT)
      local intent = only(journal, "refused")
      assert.same({ message, "policy" }, { intent.reason, intent.kind })
      box:fault { gateway = "kling", on = "status", fault = "fail" }
      local task = assert(client:text2video(CAT))
      _, message = task:wait()
      assert.equal("failed", only(journal, "failed").kind)
      assert.is_truthy(message)
    end)

    it("keeps requests as they were given", function()
      local picture = os.tmpname()
      face.write(picture, "no picture")
      local given = { prompt = "Sch\195\182n\0\255", cfg_scale = 0.1, duration = 5.0,
        image = kling.file(picture), extra = { big = "829836802793406551", list = { 1, 2, 3 },
          flag = false, nothing = kling.null, near = "base64:x" } }
      local text = require "kling.journal.text"
      local back = text.unpack(assert(text.pack(given)))
      assert.equal(picture, back.image.path)
      assert.equal(tostring(given.image), tostring(back.image))
      given.image, back.image = nil, nil
      assert.same(given, back)
      os.remove(picture)
    end)

    it("gives the same task for the same key", function()
      local first = assert(client:text2video(CAT, { idempotency_key = "scene-12" }))
      local again = assert(client:text2video { prompt = "A cat", idempotency_key = "scene-12" })
      assert.equal(first, again)
      assert(first:wait())
      local other = face.client(box, "kling", { journal = path })
      again = assert(other:text2video(CAT, { idempotency_key = "scene-12" }))
      assert.equal(first.id, again.id)
      assert.equal("succeeded", again.state)
      assert.is_truthy(assert(again:wait()).videos[1].url)
      other:close()
      assert.equal(1, box:stats("kling").creates)
    end)

    it("refuses a key with another request", function()
      local first = assert(client:text2video(CAT, { idempotency_key = "scene-12" }))
      local task, message, err = client:text2video({ prompt = "A dog" },
        { idempotency_key = "scene-12" })
      assert.is_nil(task)
      assert.matches("scene%-12", message)
      assert.same({ "invalid", first.id }, { err.kind, err.task_id })
      assert.equal(1, box:stats("kling").creates)
    end)

    it("lets a key be used again after a refusal", function()
      box:fault { gateway = "kling", on = "create", fault = "error", family = "kling", code = 1301,
        times = 1 }
      assert.is_nil(client:text2video(CAT, { idempotency_key = "scene-12" }))
      assert(client:text2video(CAT, { idempotency_key = "scene-12" }))
      assert.equal(1, box:stats("kling").created)
    end)

    it("refuses an external_task_id that it knows", function()
      local request = { prompt = "A cat", external_task_id = "mine" }
      local first = assert(client:text2video(request))
      local _, message, err = client:text2video(request)
      assert.matches("mine", message)
      assert.same({ "invalid", first.id, "mine" }, { err.kind, err.task_id, err.external_task_id })
      assert.equal(1, box:stats("kling").creates)
    end)

    it("holds what map makes, and what was made in other ways is left alone", function()
      local items = kling.map({ CAT, CAT, CAT }, "text2video", { client = client })
      for _, item in ipairs(items) do assert.is_true(item.ok) end
      assert.equal(3, #journal:tasks { state = "succeeded" })
      client:validate("text2video", CAT)
      client:preview("text2video", CAT)
      assert.equal(3, #journal:tasks())
    end)
  end)
end

describe("a client without a journal", function()
  it("can't take a key", function()
    local client = face.client(face.box())
    assert.matches("journal", face.raised(client.text2video, client, CAT,
      { idempotency_key = "scene-12" }))
    assert.matches("journal", face.raised(client.recover, client))
  end)

  it("says which package is missing", function()
    local load = package.loaded
    local path = support.path()
    local before, cpath = { load.DBI, load["dbd.sqlite3"] }, package.cpath
    load.DBI, load["dbd.sqlite3"], package.cpath = nil, nil, ""
    local client = face.client(face.box(), "kling", { journal = path })
    local ok, task, message, err = pcall(client.text2video, client, CAT)
    load.DBI, load["dbd.sqlite3"], package.cpath = before[1], before[2], cpath
    assert.is_true(ok, task)
    assert.matches("lua%-dbi%-sqlite3", message)
    assert.matches("luadbi%-sqlite3", message)
    assert.same({ "invalid", "journal" }, { err.kind, err.code })
    support.remove(path)
  end)
end)
