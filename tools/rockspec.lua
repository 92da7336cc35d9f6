-- rockspec.lua - holds the rockspec's lists of modules and other files against the tree.
--
-- Owns: the parts of the rockspec between two marks.
-- Stands on: plain Lua and `find`. A rockspec is data and can't look at folders itself.
-- Never: touches another part. `--write` brings its own up to date, else a difference is a fault.

local PATH = "rockspec/kling-scm-1.rockspec"

local function find(folder, test)
  local list = {}
  local pipe = assert(io.popen("find " .. folder .. " -type f " .. test .. " | LC_ALL=C sort"))
  for path in pipe:lines() do list[#list + 1] = path end
  pipe:close()
  return list
end

local function module_name(path)
  return (path:gsub("^lua/", ""):gsub("%.%w+$", ""):gsub("/init$", ""):gsub("/", "."))
end

local function modules()
  local lines = { '    ["kling.core"] = {\n      sources = {\n' }
  for _, path in ipairs(find("csrc", "-name '*.c'")) do
    lines[#lines + 1] = string.format("        %q,\n", path)
  end
  lines[#lines + 1] = '      },\n      libraries = { "curl", "crypto", "pthread" },\n'
    .. '      libdirs = { "$(CURL_LIBDIR)", "$(CRYPTO_LIBDIR)" },\n    },\n'
  for _, path in ipairs(find("lua", "-name '*.lua'")) do
    lines[#lines + 1] = string.format("    [%q] = %q,\n", module_name(path), path)
  end
  return table.concat(lines)
end

-- LuaRocks puts a file into the folder of the module that it would be.
local function files()
  local lines = {}
  for _, path in ipairs(find("lua", "! -name '*.lua'")) do
    lines[#lines + 1] = string.format("      [%q] = %q,\n", module_name(path), path)
  end
  return table.concat(lines)
end

local PARTS = { modules = modules, files = files }

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

local function bring_up_to_date(text, name, wanted)
  local _, from = text:find("-- " .. name .. ": made by tools/rockspec.lua\n", 1, true)
  local to = text:find(" *%-%- end of " .. name .. "\n")
  assert(from and to, PATH .. " has lost its marks around " .. name)
  return text:sub(1, from) .. wanted .. text:sub(to)
end

local before = read(PATH)
local after = before
for name, list in pairs(PARTS) do after = bring_up_to_date(after, name, list()) end
if after == before then return end
if arg[1] ~= "--write" then
  print(PATH .. " does not list the files of the tree: make rockspec ARGS=--write")
  os.exit(1)
end
local file = assert(io.open(PATH, "w"))
file:write(after)
file:close()
