-- docs.lua - writes the reference, the editor types and Neovim's help, or says which are stale.
--
-- Owns: the list of generated files.
-- Stands on: tools/docs/*.lua; the library's data and comments. Run from the top of the tree.
-- Never: writes anything that depends on the machine, the Lua or the day.
--
--   docs.lua           writes what differs
--   docs.lua --check   writes nothing; fails when something differs or a public name has no comment

package.path = "tools/?.lua;lua/?.lua;lua/?/init.lua;examples/neovim/lua/?.lua;" .. package.path

local api = require "docs.api"
local endpoints = require "docs.endpoints"
local fields = require "docs.fields"
local gateway = require "kling.gateway"
local gateways = require "docs.gateways"
local help = require "docs.help"
local meta = require "docs.meta"
local pages = require "docs.pages"
local text = require "docs.text"

local PLACE = "doc/reference/"

--- Path -> text of every generated file.
local function everything(public)
  local files = { ["doc/kling.txt"] = help(public), ["lua/kling/meta.lua"] = meta(public),
    [PLACE .. "README.md"] = pages.index(fields.ENDPOINTS), [PLACE .. "api.md"] = pages.api(public),
    [PLACE .. "options.md"] = pages.options(), [PLACE .. "errors.md"] = pages.errors(public),
    [PLACE .. "own-gateway.md"] = gateways.own() }
  for _, name in ipairs(fields.ENDPOINTS) do
    files[PLACE .. name .. ".md"] = endpoints.page(name)
  end
  for _, name in ipairs(gateway.names()) do files[PLACE .. name .. ".md"] = gateways.page(name) end
  return files
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local content = file:read("*a")
  file:close()
  return content
end

local function write(path, content)
  os.execute("mkdir -p " .. path:match("^(.*)/"))
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
  print("wrote " .. path)
end

local faults = 0
local function fault(...)
  faults = faults + 1
  print(string.format(...))
end

local function check_comments(prefix, list)
  for _, doc in ipairs(list) do
    for _, gap in ipairs(api.gaps(doc)) do fault("%s%s: %s", prefix, doc.name, gap) end
  end
end

local function check_public(public)
  check_comments("kling.", public.names)
  for name, list in pairs(public.modules) do check_comments("kling." .. name .. ".", list) end
  check_comments("", public.classes)
  for _, class in ipairs(public.classes) do check_comments(class.name .. ":", class.methods) end
end

local checking = arg[1] == "--check"
local public = api.load()
local files = everything(public)
check_public(public)
for _, path in ipairs(text.keys(files)) do
  if read(path) ~= files[path] then
    if checking then
      fault("%s is stale: make docs", path)
    else
      write(path, files[path])
    end
  end
end
os.exit(faults == 0 and 0 or 1)
