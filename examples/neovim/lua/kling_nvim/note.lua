--- Messages to the user.
-- Owns: their looks.
-- Stands on: vim.notify.
-- Never: shows a stack trace for what is not a bug.
local note = {}

local function say(text, level)
  vim.notify("Kling: " .. text, level, { title = "Kling" })
end

--- A mistake of the user's has a place in a Lua file in front, which helps nobody here.
local function without_place(message)
  return (tostring(message):gsub("^[^\n]-%.lua:%d+: ", ""))
end

function note.told(text)
  say(text, vim.log.levels.INFO)
end

---@param message string
---@param err table|nil kling.Error
function note.failed(message, err)
  local text = without_place(message)
  if err and err.hint then text = text .. "\n" .. err.hint end
  say(text, vim.log.levels.ERROR)
end

return note
