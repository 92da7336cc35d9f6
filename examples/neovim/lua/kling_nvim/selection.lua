--- The text of a range, or the part of it that is selected.
-- Owns: nothing.
-- Stands on: the marks '< and '>.
-- Never: changes a register.

--- True when the range is what was selected last, by characters.
local function is_selection(line1, line2)
  return vim.fn.visualmode() == "v" and vim.fn.line("'<") == line1 and vim.fn.line("'>") == line2
end

---@param line1 integer
---@param line2 integer
---@return string one line
return function(line1, line2)
  local lines = vim.api.nvim_buf_get_lines(0, line1 - 1, line2, false)
  if #lines > 0 and is_selection(line1, line2) then
    local first, last = vim.fn.col("'<"), vim.fn.col("'>")
    local tail = vim.fn.matchstr(lines[#lines]:sub(last), "^.") -- all bytes of the last character
    lines[#lines] = lines[#lines]:sub(1, last - 1) .. tail
    lines[1] = lines[1]:sub(first)
  end
  return vim.trim(table.concat(lines, " "))
end
