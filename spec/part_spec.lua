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

  local function noted(etag, date)
    face.write(path .. ".part", "12345")
    new_part(path, "a"):note { status = 206, etag = etag, last_modified = date }
    return new_part(path, "a"):offset()
  end

  it("is continued when the server can prove it unchanged", function()
    assert.equal(5, noted("\"strong\""))
    assert.equal(5, noted("W/\"weak\"", "Fri, 20 Nov 2026 08:00:00 GMT"))
    assert.equal(0, noted("W/\"weak\""))
  end)

  it("is not continued without a note, or with one about another video", function()
    face.write(path .. ".part", "12345")
    assert.equal(0, new_part(path, "a"):offset())
    new_part(path, "a"):note { status = 200, etag = "\"x\"" }
    assert.equal(0, new_part(path, "b"):offset())
    assert.equal(5, new_part(path, "a"):offset())
  end)

  it("notes nothing of an error's reply", function()
    face.write(path .. ".part", "12345")
    new_part(path, "a"):note { status = 404, etag = "\"x\"" }
    assert.equal(0, new_part(path, "a"):offset())
  end)
end)
