-- The reference is complete: every public name has its comment, every field its sentence.
--
-- Owns: tools/docs/api.lua, fields.lua and kinds.lua; the comments they read.
-- Stands on: busted, the library itself, which says what is public.
-- Never: writes into the tree.

package.path = "tools/?.lua;examples/neovim/lua/?.lua;" .. package.path

local api = require "docs.api"
local core = require "kling.core"
local face = require "spec.support.face"
local fields = require "docs.fields"
local gateway = require "kling.gateway"
local kinds = require "docs.kinds"
local kling = require "kling"
local options = require "kling.options"

local function names(list)
  local set = {}
  for _, entry in ipairs(list) do set[entry.name] = entry end
  return set
end

local public = api.load()
local classes = names(public.classes)

local function assert_described(where, doc)
  assert(doc, where .. " is public and not documented")
  assert.same({}, api.gaps(doc), where)
end

--- What the module has, and what its __index loads later: sets of names it has as upvalues.
local function names_of_module()
  local list, find, i = {}, getmetatable(kling).__index, 0
  for name in pairs(kling) do list[#list + 1] = name end
  repeat
    i = i + 1
    local name, value = debug.getupvalue(find, i)
    for member in pairs(type(value) == "table" and name:find("^%u+$") and value or {}) do
      list[#list + 1] = member
    end
  until not name
  assert(#list > 10)
  return list
end

--- The methods are in a table that the metatable's __index has as an upvalue.
local function methods_of(client)
  local find, i = debug.getmetatable(client).__index, 0
  repeat
    i = i + 1
    local name, value = debug.getupvalue(find, i)
    if name == "Client" then return value end
  until not name
  error("a client's methods are not where they were")
end

describe("every public name is documented:", function()
  it("those of the module", function()
    local known = names(public.names)
    for _, name in ipairs(names_of_module()) do
      assert_described("kling." .. name, known[name])
      assert(kling[name] ~= nil, name)
    end
    for name, functions in pairs(public.modules) do
      local told, inner = names(functions), names(public.private[name])
      for member in pairs(kling[name]) do
        if not inner[member] then
          assert_described(("kling.%s.%s"):format(name, member), told[member])
        end
      end
    end
  end)

  it("methods of a client", function()
    local client = kling.new { gateway = "kling", api_key = "k" }
    local known = names(classes["kling.Client"].methods)
    for name in pairs(methods_of(client)) do
      if name ~= "open" then assert_described("client:" .. name, known[name]) end
    end
  end)

  it("methods and fields of a task", function()
    local task = classes["kling.Task"]
    local known, told = names(task.methods), names(task.fields)
    for name in pairs(core.methods "task") do
      if name ~= "trouble" then
        assert(known[name] or told[name], "task:" .. name .. " is public and not documented")
      end
    end
    for name in face.read("csrc/job.c"):gmatch("\n    X%(([%w_]+), push") do
      assert(told[name], "task." .. name .. " is public and not documented")
    end
  end)

  it("classes, their fields and all methods, failures included", function()
    for _, class in ipairs(public.classes) do
      assert_described(class.name, class)
      for _, doc in ipairs(class.methods) do
        local where = class.name .. ":" .. doc.name
        assert_described(where, doc)
        for i, value in ipairs(doc.returns) do
          if value.name == "message" then
            assert.equal("kling.Error|nil", (doc.returns[i + 1] or {}).type, where)
          end
        end
      end
    end
  end)

  it("options", function()
    for section, rows in pairs(options) do
      for name, row in pairs(type(rows) == "table" and rows or {}) do
        assert(type(row.doc) == "string" and row.doc ~= "", section .. "." .. name)
      end
    end
  end)

  it("kinds of errors, in the order of csrc/error.h", function()
    local words, told = {}, {}
    for word in face.read("csrc/error.h"):gmatch('X%([%u_]+, "([%w_]+)"%)') do
      words[#words + 1] = word
    end
    for i, row in ipairs(kinds) do told[i] = row[1] end
    assert.equal("none", table.remove(words, 1))
    assert.same(words, told)
  end)
end)

describe("the data has for every field", function()
  local function complete(which)
    return function()
      for _, name in ipairs(fields.ENDPOINTS) do
        local found = fields.endpoint(which, name)
        for _, row in ipairs(found and found.rows or {}) do
          assert(row.doc and row.doc:find("%S"), row.path .. " has no sentence")
          assert(row.source ~= "", row.path .. " has no source")
        end
      end
    end
  end

  it("a sentence and a source", complete(nil))
  for _, which in ipairs(gateway.names()) do
    it("a sentence and a source, as changed by " .. which, complete(which))
  end

  it("a place in the reference: each path, and what each gateway lacks", function()
    for _, name in ipairs(fields.ENDPOINTS) do
      local page, base = face.read("doc/reference/" .. name .. ".md"), fields.endpoint(nil, name)
      for _, row in ipairs(base.rows) do
        assert(page:find("| `" .. row.path .. "` |", 1, true), row.path)
      end
      for _, which in ipairs(gateway.names()) do
        local here = fields.endpoint(which, name)
        for _, path in ipairs(here and fields.difference(base, here).missing or {}) do
          local part = page:match("### %[" .. which .. "%](.-)\n###") or page:match(
            "### %[" .. which .. "%](.*)")
          assert(part:match("Not taken: [^\n]*`" .. path:gsub("%p", "%%%0") .. "`"), path)
        end
      end
    end
  end)
end)
