--- Finds the library beside the plugin or where it is installed.
-- Owns: where `require "kling"` looks besides the usual places: the tree this plugin stands in,
-- after `make LUA=luajit`.
-- Stands on: package.path and package.cpath.
-- Never: looks there before the usual places.
local HERE = debug.getinfo(1, "S").source:match("^@(.*)/examples/neovim/")

local function add(name, pattern)
  if not package[name]:find(pattern, 1, true) then
    package[name] = package[name] .. ";" .. pattern
  end
end

if HERE then
  add("path", HERE .. "/lua/?.lua")
  add("path", HERE .. "/lua/?/init.lua")
  add("cpath", HERE .. "/build/luajit/?.so")
end

--- The library; raises why there is none.
---@return kling
return function()
  local found, kling = pcall(require, "kling")
  if found then return kling end
  local reason = tostring(kling):match("^[^\n]*")
  error("the library can't be loaded: " .. reason .. "\n:checkhealth kling says more", 0)
end
