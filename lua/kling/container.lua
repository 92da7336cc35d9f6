--- Whether a file is a video: MP4, MOV or WebM, told by its first bytes.
-- Owns: the magic numbers.
-- Stands on: nothing.
-- Never: looks into the pictures.
local container = {}

local READ = 12
--- The first box of an MP4 or MOV file: a length, then one of these (ISO 14496-12, QuickTime).
local BOXES = { ftyp = true, moov = true, mdat = true, wide = true, free = true, skip = true }

local function name_of(bytes)
  if bytes:sub(1, 4) == "\26\69\223\163" then return "webm" end
  if not BOXES[bytes:sub(5, 8)] then return nil end
  return bytes:sub(5, 12) == "ftypqt  " and "mov" or "mp4"
end

--- What the beginning of a file looks like, in a form fit for a message.
local function show(bytes)
  if bytes == "" then return "it is empty" end
  return ("it begins with \"%s\""):format((bytes:gsub("[^%w%p ]", "?")))
end

--- Tells the kind of video that a file holds.
---@param path string
---@return string|nil kind "mp4", "mov" or "webm"
---@return string|nil why it is none
function container.kind(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local bytes = file:read(READ) or ""
  file:close()
  local kind = name_of(bytes)
  if kind then return kind end
  return nil, show(bytes)
end

return container
