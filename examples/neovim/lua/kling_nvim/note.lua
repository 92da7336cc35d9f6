--- Messages to the user.
-- Owns: their looks; where one goes that does not fit on the command line.
-- Stands on: vim.notify; what the user has put in its place gets everything.
-- Never: makes the editor ask for ENTER while the user writes; shows a stack trace for what is not
-- a bug.
local note = {}

local WIDTH, SECONDS = 60, 10

--- True for Neovim's own vim.notify, which echoes.
local function is_plain()
  return debug.getinfo(vim.notify, "S").source:find("^@?vim[/.]") ~= nil
end

local function fits(text)
  return not text:find("\n", 1, true) and vim.fn.strdisplaywidth(text) < vim.v.echospace
end

--- Words in lines of the window's width.
local function wrapped(text)
  local lines = {}
  for paragraph in (text .. "\n"):gmatch("([^\n]*)\n") do
    local line = ""
    for word in paragraph:gmatch("%S+") do
      if line ~= "" and #line + 1 + #word > WIDTH then
        lines[#lines + 1], line = line, ""
      end
      line = line == "" and word or line .. " " .. word
    end
    lines[#lines + 1] = line
  end
  return lines
end

--- A window at the upper right that goes by itself.
local function float(text)
  local lines = wrapped(text)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].bufhidden = "wipe"
  local window = vim.api.nvim_open_win(buffer, false, { relative = "editor", anchor = "NE", row = 0,
    col = vim.o.columns, width = math.min(WIDTH, vim.o.columns - 2), height = #lines,
    focusable = false, style = "minimal", border = "single" })
  vim.defer_fn(function()
    if vim.api.nvim_win_is_valid(window) then vim.api.nvim_win_close(window, true) end
  end, SECONDS * 1000)
end

local function say(text, level)
  text = "Kling: " .. text
  if not is_plain() or fits(text) then
    vim.notify(text, level, { title = "Kling" })
  else
    float(text)
  end
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
