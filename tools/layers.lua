-- layers.lua - checks that the tree is built as its design says: order, lines, lengths, charters.
--
-- Owns: the order of csrc below. A file includes only what stands above it.
-- Stands on: plain Lua and `find`.
-- Never: changes a file. Exit status 1 and one line a fault.

-- An entry is a pair of .h and .c, or one file where the two stand apart. New files go where the
-- highest of what they include is above them.
local ORDER = [[
error  buf  clock  text  scan  tree  media  base64  body  sign  chance
http.h  http_priv.h  http_fault  http_send  http_poll  http_head  http_easy  http_lane
http_reply  http_net
http.c
notify  worker.h  worker_priv.h  worker.c  port  crank
--
compat.h  bridge  interrupt  localfile  own  json
plan.h  plan_build  plan_rules  plan_links  plan.c  gather  problem  value  rules  write
request  request_door
reply.h  reply_build.h  reply_class  reply.c
outcome  reader  take  classify  record  decode  result  reply_door  fault
task.h  task_parts.h  task_create  task.c  heap
account  fetch  route  job  engine.h  digest  engine.c  engine_api  core
]]

-- Words of C code (comments aside), and the pattern of the file names they may stand in.
local ONLY_IN = {
  { word = "curl/%w+%.h", files = "^http" },
  { word = "CURL[%w_]+", files = "^http" },
  { word = "LUA_VERSION_NUM", files = "^compat%.h$" },
  { word = "luaL_ref%f[%W]" },
  { word = "anyfast" },
  { word = "kkiai" },
  { word = "powertokens" },
  { word = "uniall" },
  { word = "text2video" },
  { word = "image2video" },
}

-- Longest files, in lines: the first pattern that fits counts.
local LONGEST = {
  { "^csrc/", 400 },
  { "^spec/golden/", 1000 },
  { "^lua/kling/meta%.lua$", 2000 }, -- generated
  { "%.lua$", 250 },
  { "%.[ch]$", 400 },
}
local WIDEST = 100 -- columns of C; luacheck looks at Lua

local faults = 0

local function fault(path, ...)
  faults = faults + 1
  print(path .. ": " .. string.format(...))
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function exists(path)
  local file = io.open(path)
  return file ~= nil and file:close()
end

local function find(folders, names)
  local list = {}
  local pipe = assert(io.popen("find " .. folders .. " -name node_modules -prune -o -type f \\( "
    .. names .. " \\) -print 2>/dev/null | sort"))
  for path in pipe:lines() do list[#list + 1] = path end
  pipe:close()
  return list
end

local function base(path) return path:match("[^/]+$") end

--- Where each file stands, and where the Lua line is.
local function ranks()
  local rank, line, n = {}, nil, 0
  for word in ORDER:gmatch("%S+") do
    n = n + 1
    if word == "--" then
      line = n
    elseif word:find(".", 1, true) then
      rank[word] = n
    else
      rank[word .. ".h"], rank[word .. ".c"] = n, n + 0.5
    end
  end
  return rank, line
end

local function without_comments(text)
  return (text:gsub("/%*.-%*/", " "):gsub("//[^\n]*", " "))
end

local function check_words(path, code)
  for _, rule in ipairs(ONLY_IN) do
    local found = code:match(rule.word)
    if found and not (rule.files and base(path):find(rule.files)) then
      fault(path, "%s belongs in %s", found, rule.files or "no C file")
    end
  end
end

local function check_includes(path, code, rank, line)
  local mine = rank[base(path)]
  if not mine then return fault(path, "has no place in tools/layers.lua") end
  for name in code:gmatch('#%s*include%s*"([^"]+)"') do
    if not rank[name] then
      fault(path, "includes %s, which has no place in tools/layers.lua", name)
    elseif rank[name] >= mine then
      fault(path, "includes %s, which stands below it", name)
    end
  end
  if mine < line and code:find("#%s*include%s*<l[ua]+[%w]*%.h>") then
    fault(path, "stands above the Lua line and includes Lua")
  end
end

local function check_width(path, text)
  local n = 0
  for line in text:gmatch("([^\n]*)\n") do
    n = n + 1
    local _, columns = line:gsub("[^\128-\191]", "")
    if columns > WIDEST then fault(path .. ":" .. n, "is %d columns wide", columns) end
  end
end

local function check_length(path, text)
  local _, lines = text:gsub("\n", "")
  for _, limit in ipairs(LONGEST) do
    if path:find(limit[1]) then
      if lines > limit[2] then fault(path, "%d lines, %d at most: split it", lines, limit[2]) end
      return
    end
  end
end

--- The first lines say what a file owns, stands on and never does; a C file tells its name. A .c
--- file may point at its header instead, and for a spec any comment will do.
local function check_charter(path, text)
  local head = text:gsub("^#![^\n]*\n", ""):sub(1, 1200)
  if path:find("_spec%.lua$") then
    if not head:find("^%-%-") then fault(path, "does not open with a comment") end
    return
  end
  if path:find("%.[ch]$") then
    local start = "/* " .. base(path) .. " - "
    if head:sub(1, #start) ~= start then fault(path, "does not open with '%s'", start) end
    if head:find("^see %S+%.h", #start + 1) then return end
  end
  for _, word in ipairs { "Owns:", "Stands on:", "Never:" } do
    if not head:find(word, 1, true) then fault(path, "its charter lacks '%s'", word) end
  end
end

local rank, line = ranks()
for _, path in ipairs(find("csrc", "-name '*.[ch]'")) do
  local code = without_comments(read(path))
  check_words(path, code)
  check_includes(path, code, rank, line)
end
for word in ORDER:gmatch("%a%S*") do
  local path = "csrc/" .. word
  if not (exists(path) or exists(path .. ".h") or exists(path .. ".c")) then
    fault(path, "is listed in tools/layers.lua but not there")
  end
end
local everything = "-name '*.[ch]' -o -name '*.lua' -o -name '*.sh'"
for _, path in ipairs(find("csrc lua spec examples tools", everything)) do
  local text = read(path)
  check_length(path, text)
  if path:find("%.[ch]$") then check_width(path, text) end
  if not path:find("^spec/golden/") then check_charter(path, text) end
end
os.exit(faults == 0 and 0 or 1)
