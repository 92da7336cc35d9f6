--- The unfinished file of a download, and the note beside it that lets a later call go on.
-- Owns: `<path>.part` and `<path>.part.json`.
-- Stands on: lua-cjson, core.sha256.
-- Never: trusts a part of another video, or one that the server could not prove unchanged; notes a
-- URL, which is as good as a key while it lasts.
local cjson = require "cjson".new()
local core = require "kling.core"

cjson.decode_max_depth(2)

local Part = {}
Part.__index = Part

local VERSION = 1

local function read_all(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "*a"
  file:close()
  return text
end

--- What was noted about this very video, an empty table when nothing was.
local function read_note(self)
  local ok, note = pcall(cjson.decode, read_all(self.note_path) or "")
  local good = ok and type(note) == "table" and note.version == VERSION
    and note.video == self.video
  return good and note or {}
end

local function is_strong(etag)
  return type(etag) == "string" and etag:sub(1, 1) == "\""
end

--- Bytes on the disk.
---@return integer
function Part:size()
  local file = io.open(self.path, "rb")
  if not file then return 0 end
  local size = file:seek "end"
  file:close()
  return size or 0
end

--- From where to go on: 0 unless the server can tell that its file is still the same (RFC 9110,
-- 13.1.5: weak ETags can't).
---@return integer offset
function Part:offset()
  if not is_strong(self.etag) and not self.last_modified then return 0 end
  return self:size()
end

--- Notes what a reply says about its file, as soon as it has said it.
---@param fetch table status, etag, last_modified
function Part:note(fetch)
  local etag, date = fetch.etag, fetch.last_modified
  if fetch.status ~= 200 and fetch.status ~= 206 then return end
  if (etag == nil and date == nil) or (etag == self.etag and date == self.last_modified) then
    return
  end
  self.etag, self.last_modified = etag, date
  local file = io.open(self.note_path, "wb")
  if not file then return end
  file:write(cjson.encode { version = VERSION, video = self.video, etag = etag,
    last_modified = date }, "\n")
  file:close()
end

--- Takes both files away.
function Part:remove()
  os.remove(self.path)
  os.remove(self.note_path)
  self.etag, self.last_modified = nil, nil
end

--- Gives the finished file its name.
---@return boolean|nil good
---@return string|nil message
function Part:finish(path)
  local good, message = os.rename(self.path, path)
  if good then os.remove(self.note_path) end
  return good, message
end

--- The part that belongs to a path and a video.
---@param path string where the finished video is to stand
---@param ... string what tells the video from others
return function(path, ...)
  local self = setmetatable({ path = path .. ".part", note_path = path .. ".part.json" }, Part)
  self.video = core.sha256(table.concat({ ... }, "\n"))
  local note = read_note(self)
  self.etag, self.last_modified = note.etag, note.last_modified
  return self
end
