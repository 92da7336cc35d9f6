-- api.lua - which names are public, and what their comments say.
--
-- Owns: the way from `require "kling"` to the functions behind its names; classes and methods.
-- Stands on: read.lua. A class is public when its name starts with "kling".
-- Never: runs the library; says anything of its own.

local read = require "docs.read"
local text = require "docs.text"

local api = {}

local function module_name(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

--- The functions of a file by their last name.
local function by_name(file)
  local found = {}
  for _, doc in ipairs(file.docs) do
    if doc.args then found[doc.name:match("[%w_]+$")] = doc end
  end
  return found
end

--- What `name` of a module stands for; one module may hand on another's function.
local function resolve(files, module, name)
  local file = files[module]
  local doc = file and by_name(file)[name]
  if doc or not file then return doc end
  local from, there = file.source:match("%." .. name .. " = ([%w_]+)%.([%w_]+)")
  local behind = from and file.source:match("local " .. from .. ' = require "([%w_.]+)"')
  return behind and resolve(files, behind, there)
end

local function copy(doc, more)
  local out = {}
  for key, value in pairs(doc) do out[key] = value end
  for key, value in pairs(more) do out[key] = value end
  return out
end

--- A name whose comment stands in init.lua itself: kling.file, kling.null.
local function described_here(init, name)
  for _, doc in ipairs(init.docs) do
    if doc.name == name then
      local args = doc.type and doc.type:match("^fun(%b())")
      local arg, kind = (args or ""):match("^%(([%w_]+): ([%w_.|]+)%)")
      return copy(doc, { args = args and "(" .. (arg or "") .. ")",
        params = arg and { { name = arg, type = kind, text = "" } } or {},
        returns = args and { { type = doc.type:match("%): (%S+)$"), text = "" } } or {} })
    end
  end
end

local function entry(files, init, name, value)
  local here = described_here(init, name)
  if here then return here end
  local from, there = value:match("^([%w_]+)%.([%w_]+)$")
  local module = init.source:match("local " .. (from or value) .. ' = require "([%w_.]+)"')
  return module and resolve(files, module, there or value)
end

--- A name that init.lua loads when it is asked for: MODULES are modules, tables or functions;
-- any other set (BATCH) has functions of the module of its name (kling.batch).
local function later(files, set, name)
  local module = "kling." .. (set == "MODULES" and name or set:lower())
  local doc = resolve(files, module, name)
  if doc or set ~= "MODULES" then
    return copy(doc or { text = "", params = {}, returns = {} }, { name = name, missing = not doc })
  end
  return { name = name, module = true, params = {}, returns = {},
    text = files[module].source:match("^%-%-%- ([^\n]+)") }
end

--- The names of the table that init.lua returns.
local function module_names(files)
  local init = files.kling
  local list = {}
  for line in init.source:match("local kling = (%b{})"):gmatch("[^\n]+") do
    local name, value = line:match("^  ([%w_]+) = (.-),?$")
    local doc = name and entry(files, init, name, value)
    list[#list + 1] = name and copy(doc or { text = "", params = {}, returns = {} },
      { name = name, missing = doc == nil }) or nil
  end
  for set, members in init.source:gmatch("\nlocal (%u+) = (%b{})") do
    for name in members:gmatch("([%w_]+) = true") do
      list[#list + 1] = later(files, set, name)
    end
  end
  return list
end

--- The functions of a file that are called through one variable.
---@param private boolean|nil true: those marked as private, and no others
local function members(file, variable, list, private)
  for _, doc in ipairs(file.docs) do
    local owner, sign, name = (doc.args and doc.name or ""):match("^([%w_]+)([.:])([%w_]+)$")
    if owner == variable and (doc.private or nil) == private and name:sub(1, 1) ~= "_" then
      list[#list + 1] = copy(doc, { name = name, method = sign == ":" })
    end
  end
  return list
end

--- Methods written as methods.name(task, ...) take the task by colon all the same.
local function as_methods(list)
  for i, doc in ipairs(list) do
    if not doc.method then
      list[i] = copy(doc, { method = true, args = "(" .. doc.args:gsub("^%([%w_]+,?%s*", "") })
    end
  end
  return list
end

local function classes(list)
  local found, order = {}, {}
  for _, file in ipairs(list) do
    for _, doc in ipairs(file.docs) do
      if doc.class and doc.class:find("^kling%.") then
        found[doc.class] = copy(doc, { name = doc.class,
          methods = doc.name and members(file, doc.name, {}) or {} })
        order[#order + 1] = doc.class
      end
    end
  end
  for _, file in ipairs(list) do
    local variable = file.source:match('local ([%w_]+) = core%.methods%("task"%)')
    local task = found["kling.Task"]
    if variable and not file.source:find("@class kling.Task", 1, true) then
      members(file, variable, task.methods)
    end
  end
  as_methods(found["kling.Task"].methods)
  table.sort(order)
  for i, name in ipairs(order) do order[i] = found[name] end
  return order
end

--- Calls that check a table of options: "task:wait" -> { argument = "given", section = "wait" }.
local function option_arguments(list)
  local found = {}
  for _, file in ipairs(list) do
    for call, section, argument in
      file.source:gmatch('options%.check%("([%w_.:]+)", "([%w_]+)", ([%w_]+)%)') do
      found[call] = { argument = argument, section = section }
    end
  end
  local ours = found["kling.as_completed"] -- the two that stand on it
  found["kling.all"], found["kling.any"] = ours, ours
  return found
end

--- The class of a table of options.
function api.options_class(section)
  return "kling." .. (section == "new" and "" or section:gsub("^%l", string.upper)) .. "Options"
end

local function type_options(doc, call, found)
  local known = found[call]
  for i, param in ipairs(known and doc.params or {}) do
    if param.name == known.argument and param.type:find("^table") then
      doc.params[i] = { name = param.name, text = param.text, section = known.section,
        type = param.type:gsub("^table", api.options_class(known.section)) }
    end
  end
end

--- Everything public.
---@return table api names (of the module), modules (name -> functions), private (likewise), classes
function api.load()
  local list = read.folder("lua/kling")
  local files = {}
  for _, file in ipairs(list) do files[module_name(file.path)] = file end
  local out = { names = module_names(files), classes = classes(list), modules = {},
    private = {} }
  local found = option_arguments(list)
  for _, doc in ipairs(out.names) do
    type_options(doc, "kling." .. doc.name, found)
    if doc.module then
      local file = files["kling." .. doc.name]
      out.modules[doc.name] = members(file, doc.name, {})
      out.private[doc.name] = members(file, doc.name, {}, true)
    end
  end
  for _, class in ipairs(out.classes) do
    local short = class.name:match("[%w_]+$"):lower()
    for _, doc in ipairs(class.methods) do type_options(doc, short .. ":" .. doc.name, found) end
  end
  table.sort(out.names, function(a, b) return a.name < b.name end)
  return out
end

--- Parameters by name, without `self`.
function api.arguments(doc)
  local list = {}
  for name in (doc.args or ""):gmatch("[%w_.]+") do list[#list + 1] = name end
  return list
end

--- What a doc comment lacks: a list of sentences, empty when nothing.
---@param doc table
---@return string[]
function api.gaps(doc)
  local gaps, told = {}, {}
  if doc.missing or doc.text == "" then gaps[#gaps + 1] = "no sentence says what it is" end
  for _, param in ipairs(doc.params) do told[param.name] = true end
  for _, name in ipairs(api.arguments(doc)) do
    if not told[name] then gaps[#gaps + 1] = "parameter " .. name .. " is not described" end
    told[name] = nil
  end
  for _, name in ipairs(text.keys(told)) do
    gaps[#gaps + 1] = "there is no parameter " .. name
  end
  return gaps
end

return api
