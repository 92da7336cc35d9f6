-- read.lua - reads the doc comments of a Lua file.
--
-- Owns: the style of comments the project writes: `--- text`, `---@param name type text`, ...
-- Stands on: plain Lua; the file is read as text, never run.
-- Never: knows what is public.

local read = {}

local CLOSING = { ["("] = ")", ["<"] = ">", ["{"] = "}" }

--- Splits "type rest"; a type may have brackets with blanks in them, and a `fun` its returns.
local function type_and_rest(line)
  local depth, stop = 0, #line + 1
  for i = 1, #line do
    local c = line:sub(i, i)
    if CLOSING[c] then depth = depth + 1 elseif c:find("[)>}]") then depth = depth - 1 end
    if c == " " and depth == 0 and not line:sub(1, i - 1):find("[:,]$") then
      stop = i
      break
    end
  end
  return line:sub(1, stop - 1), (line:sub(stop + 1):gsub("^%s+", ""))
end

local function named_type(line)
  local name, rest = line:match("^(%S+)%s*(.*)$")
  local kind, words = type_and_rest(rest)
  return { name = name, type = kind, text = words }
end

local function returned(line)
  local kind, rest = type_and_rest(line)
  local name, words = rest:match("^(%S+)%s*(.*)$")
  return { type = kind, name = name, text = words or "" }
end

--- Tag -> what it adds to a comment; what it returns may be continued on the next line.
local TAGS = {}

local function add(list, entry)
  list[#list + 1] = entry
  return entry
end

function TAGS.param(doc, line) return add(doc.params, named_type(line)) end
function TAGS.field(doc, line) return add(doc.fields, named_type(line)) end
TAGS["return"] = function(doc, line) return add(doc.returns, returned(line)) end
function TAGS.class(doc, line) doc.class = line end
function TAGS.type(doc, line) doc.type = line end
function TAGS.private(doc) doc.private = true end

local function new_doc()
  return { text = "", params = {}, returns = {}, fields = {} }
end

local function join(before, after)
  return before == "" and after or before .. " " .. after
end

--- One line of a comment.
local function take(doc, line)
  local tag, rest = line:match("^@(%w+)%s*(.*)$")
  if tag then
    if not TAGS[tag] then error("unknown tag @" .. tag) end
    doc.open = TAGS[tag](doc, rest)
  elseif line ~= "" then
    local holder = doc.open or doc
    holder.text = join(holder.text, line)
  end
end

--- What the code under a comment declares: name, list of parameters.
local function declared(line)
  local name, args = line:match("function%s+([%w_.:]+)%s*(%b())")
  if name then return name, args end
  return line:match("^%s*([%w_.]+)%s*=") or line:match("^%s*local%s+([%w_]+)")
end

--- What a file says of itself.
---@param path string
---@return table file text, docs (list: name, args, text, params, returns, fields, class, type)
function read.file(path)
  local handle = assert(io.open(path, "rb"))
  local source = handle:read("*a")
  handle:close()
  local file, doc = { path = path, source = source, docs = {} }, nil
  for line in source:gmatch("([^\n]*)\n") do
    local begun, more = line:match("^%s*%-%-%- ?(.*)$"), line:match("^%s*%-%- ?(.*)$")
    if begun and not begun:find("^%-") then
      doc = doc or new_doc()
      take(doc, begun)
    elseif doc and more then
      take(doc, more)
    elseif doc then
      doc.name, doc.args = declared(line)
      file.docs[#file.docs + 1] = doc
      doc = nil
    end
  end
  return file
end

--- All Lua files of a folder, in alphabetical order; the types are generated and say nothing new.
function read.folder(folder)
  local pipe = assert(io.popen("find " .. folder
    .. " -name '*.lua' ! -path lua/kling/meta.lua | LC_ALL=C sort"))
  local files = {}
  for path in pipe:lines() do files[#files + 1] = read.file(path) end
  pipe:close()
  return files
end

return read
