--- The unfinished file of a download, and the note beside it that lets a later call go on.
-- Owns: `<path>.part` and `<path>.part.json`.
-- Stands on: lua-cjson, core.sha256.
-- Never: trusts a part of another video, or one that the server could not prove unchanged;
-- remembers what the note does not say; notes a URL, which is as good as a key while it lasts.
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

--- A header's value as it came, not as somebody else may have written it into the note.
local function text_of(value)
  return type(value) == "string" and value:match "^[\32-\126]+$" or nil
end

local function bytes_of(value)
  return type(value) == "number" and value >= 0 and value < 2 ^ 53 and value or nil
end

--- What was noted about this very video, an empty table when nothing was.
local function read_note(self)
  local ok, note = pcall(cjson.decode, read_all(self.note_path) or "")
  if not ok or type(note) ~= "table" or note.version ~= VERSION or note.video ~= self.video then
    return {}
  end
  return { etag = text_of(note.etag), last_modified = text_of(note.last_modified),
    total = bytes_of(note.total) }
end

local function is_strong(etag)
  return etag ~= nil and etag:sub(1, 1) == "\""
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

--- From where to go on, and with which file. Offset 0 unless the server can tell that its file is
-- still the same (RFC 9110, 13.1.5: weak ETags can't).
---@return table begun offset (bytes); etag, last_modified, total: what was said of the file
function Part:begun()
  local note = read_note(self)
  if not is_strong(note.etag) and not note.last_modified then return { offset = 0 } end
  note.offset = self:size()
  return note
end

--- Notes what a reply says about its file, as soon as its bytes arrive. A 206 that goes on may
-- leave out what the reply before it said.
---@param fetch table status, received, etag, last_modified, expected
function Part:note(fetch)
  local status = fetch.status
  if self.noted == fetch or (status ~= 200 and status ~= 206) then return end
  if (fetch.received or 0) == 0 then return end
  self.noted = fetch
  local before = status == 206 and read_note(self) or {}
  local etag, date = fetch.etag or before.etag, fetch.last_modified or before.last_modified
  local file = (etag or date) and io.open(self.note_path, "wb")
  if not file then return end
  file:write(cjson.encode { version = VERSION, video = self.video, etag = etag,
    last_modified = date, total = fetch.expected or before.total }, "\n")
  file:close()
end

--- Takes both files away.
function Part:remove()
  os.remove(self.path)
  os.remove(self.note_path)
end

--- Takes both away when a later download could not go on with them.
function Part:tidy()
  if self:begun().offset == 0 then self:remove() end
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
  return self
end
