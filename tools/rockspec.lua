-- rockspec.lua - holds the rockspec's list of modules against the tree.
--
-- Owns: the part of the rockspec between its two marks.
-- Stands on: plain Lua and `find`. A rockspec is data and can't look at folders itself.
-- Never: touches another part. `--write` brings the part up to date, else a difference is a fault.

local PATH = "rockspec/kling-scm-1.rockspec"
local FIRST, LAST = "    -- modules: made by tools/rockspec.lua\n", "    -- end of modules\n"

local function find(folder, name)
  local list = {}
  local command = "find " .. folder .. " -type f -name '" .. name .. "' | LC_ALL=C sort"
  local pipe = assert(io.popen(command))
  for path in pipe:lines() do list[#list + 1] = path end
  pipe:close()
  return list
end

local function module_name(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

local function modules()
  local lines = { '    ["kling.core"] = {\n      sources = {\n' }
  for _, path in ipairs(find("csrc", "*.c")) do
    lines[#lines + 1] = string.format("        %q,\n", path)
  end
  lines[#lines + 1] = '      },\n      libraries = { "curl", "crypto", "pthread" },\n'
    .. '      libdirs = { "$(CURL_LIBDIR)", "$(CRYPTO_LIBDIR)" },\n    },\n'
  for _, path in ipairs(find("lua", "*.lua")) do
    lines[#lines + 1] = string.format("    [%q] = %q,\n", module_name(path), path)
  end
  return table.concat(lines)
end

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

local function between(text)
  local _, from = text:find(FIRST, 1, true)
  local to = text:find(LAST, 1, true)
  return assert(from, PATH .. " has lost its marks"), to
end

local text, wanted = read(PATH), modules()
local from, to = between(text)
if text:sub(from + 1, to - 1) == wanted then return end
if arg[1] ~= "--write" then
  print(PATH .. " does not list the files of the tree: make rockspec ARGS=--write")
  os.exit(1)
end
local file = assert(io.open(PATH, "w"))
file:write(text:sub(1, from), wanted, text:sub(to))
file:close()
