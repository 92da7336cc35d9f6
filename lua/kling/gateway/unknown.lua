-- The sentence about a name that nobody knows.
--
-- Owns: that sentence.
-- Stands on: nearest.lua.
-- Never: returns.

---@param what string what it was taken for
---@param name any
---@param names string[] what there is
return function(what, name, names)
  local like = require "kling.nearest"(tostring(name), names)
  error(("kling: there is no %s %q%s; there are: %s"):format(what, tostring(name),
    like and (", meant: " .. like .. "?") or "", table.concat(names, ", ")), 0)
end
