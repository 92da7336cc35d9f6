--- Raises a programmer's mistake in the line that made it.
-- Owns: how far up the stack the mistake stands: at the first function that isn't kling's own.
-- Stands on: the debug library.
-- Never: used for what goes wrong in the world; that is told by fail.lua.
local HERE = debug.getinfo(1, "S").source:match("^(.*)raise%.lua$")

local function is_ours(info)
  return HERE ~= nil and info.source:sub(1, #HERE) == HERE
end

--- Levels without a place in a file (C functions, tail calls of Lua 5.1) are stepped over.
local function level_of_user()
  local level = 3
  while true do
    local info = debug.getinfo(level, "S")
    if not info then return 3 end
    if info.source ~= "=[C]" and info.source ~= "=(tail call)" and not is_ours(info) then
      return level
    end
    level = level + 1
  end
end

---@param message string what is wrong, with the value that is
---@param ... any arguments of string.format for the message
return function(message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  error(message, level_of_user() - 1)
end
