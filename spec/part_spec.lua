-- Unfinished files: what is a video, what may be continued.
--
-- Owns: kling/part.lua, container.lua.
-- Stands on: busted.
-- Never: leaves a file behind.

local container = require "kling.container"
local face = require "spec.support.face"
local new_part = require "kling.part"

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
    it("is no video: " .. (bytes:gsub("%c", "?")), function()
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

  local DATE = "Fri, 20 Nov 2026 08:00:00 GMT"

  local function said(status, etag, date, total)
    return { status = status, received = 5, etag = etag, last_modified = date, expected = total }
  end

  local function begun(id) return new_part(path, id or "a"):begun() end

  local function noted(etag, date)
    face.write(path .. ".part", "12345")
    new_part(path, "a"):note(said(200, etag, date))
    return begun().offset
  end

  it("is continued when the server can prove it unchanged", function()
    assert.equal(5, noted("\"strong\""))
    assert.equal(5, noted("W/\"weak\"", DATE))
    assert.equal(0, noted("W/\"weak\""))
  end)

  it("is not continued without a note, or with one about another video", function()
    face.write(path .. ".part", "12345")
    assert.equal(0, begun().offset)
    new_part(path, "a"):note(said(200, "\"x\""))
    assert.equal(0, begun("b").offset)
    assert.equal(5, begun().offset)
  end)

  it("is what was said of it, by more replies than one", function()
    face.write(path .. ".part", "12345")
    new_part(path, "a"):note(said(200, "\"x\"", DATE, 10))
    new_part(path, "a"):note(said(206))
    assert.same({ offset = 5, etag = "\"x\"", last_modified = DATE, total = 10 }, begun())
    new_part(path, "a"):note(said(200, "\"y\""))
    assert.same({ offset = 5, etag = "\"y\"" }, begun())
  end)

  it("is taken away when it can't be gone on with", function()
    for etag, kept in pairs { ["\"strong\""] = "12345", ["W/\"weak\""] = false } do
      noted(etag)
      new_part(path, "a"):tidy()
      assert.equal(kept or nil, face.read(path .. ".part"))
      assert.equal(kept ~= false, face.read(path .. ".part.json") ~= nil)
    end
  end)

  it("remembers nothing beside the note", function()
    local part = new_part(path, "a")
    face.write(path .. ".part", "12345")
    part:note(said(200, "\"x\""))
    os.remove(path .. ".part.json")
    assert.same({ offset = 0 }, part:begun())
  end)

  it("notes nothing of an error's reply, nor of one whose bytes were not taken", function()
    face.write(path .. ".part", "12345")
    new_part(path, "a"):note(said(404, "\"x\""))
    local refused = said(206, "\"x\"")
    refused.received = 0
    new_part(path, "a"):note(refused)
    assert.is_nil(face.read(path .. ".part.json"))
  end)

  it("is not continued by a note that was tampered with", function()
    local part = new_part(path, "a")
    face.write(path .. ".part", "12345")
    for _, value in ipairs { "5", "{}", "\"a\\r\\nb\"", "\"\\u0000\"", "null" } do
      face.write(path .. ".part.json", ("{\"version\":1,\"video\":\"%s\",\"etag\":%s,"
        .. "\"last_modified\":%s,\"total\":-1}"):format(part.video, value, value))
      assert.same({ offset = 0 }, part:begun())
    end
  end)
end)
