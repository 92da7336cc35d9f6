-- text.lua - small tools for writing pages.
--
-- Owns: wrapping, tables of Markdown, words for values; the same on every Lua.
-- Stands on: plain Lua.
-- Never: knows what a page is about.

local text = {}

--- Splits into lines of a width, each after an indent.
---@param line string
---@param width integer
---@param indent string|nil
---@param first string|nil the indent of the first line, when that differs
---@return string
function text.wrap(line, width, indent, first)
  indent = indent or ""
  local lines, current = {}, first or indent
  local empty = true
  for word in line:gmatch("%S+") do
    if not empty and #current + 1 + #word > width then
      lines[#lines + 1], current, empty = current, indent, true
    end
    current, empty = current .. (empty and "" or " ") .. word, false
  end
  lines[#lines + 1] = current
  return table.concat(lines, "\n")
end

--- A number as people write it, whichever Lua counts.
function text.number(value)
  if value % 1 == 0 then return ("%.0f"):format(value) end
  return ("%.14g"):format(value)
end

--- A value as it stands in Lua.
function text.value(value)
  if type(value) == "number" then return text.number(value) end
  if type(value) == "string" then return '"' .. value .. '"' end
  return tostring(value)
end

function text.code(value)
  return "`" .. value .. "`"
end

--- Words in a row, each as code.
function text.codes(list, between)
  local out = {}
  for i, word in ipairs(list) do out[i] = text.code(word) end
  return table.concat(out, between or ", ")
end

local function cell(value)
  return (tostring(value):gsub("|", "\\|"):gsub("\n", " "))
end

--- A Markdown table.
---@param head string[]
---@param rows string[][]
---@return string
function text.table(head, rows)
  local lines = { "| " .. table.concat(head, " | ") .. " |", "|" .. ("---|"):rep(#head) }
  for _, row in ipairs(rows) do
    local cells = {}
    for i = 1, #head do cells[i] = cell(row[i] or "") end
    lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
  end
  return table.concat(lines, "\n") .. "\n"
end

--- The keys of a table in alphabetical order.
function text.keys(map)
  local list = {}
  for key in pairs(map or {}) do list[#list + 1] = key end
  table.sort(list)
  return list
end

--- A page out of parts: strings, or nested lists of them; one empty line between two parts.
function text.page(parts)
  local out = {}
  local function add(part)
    if type(part) == "table" then
      for _, one in ipairs(part) do add(one) end
    elseif part and part ~= "" then
      out[#out + 1] = (part:gsub("%s+$", ""))
    end
  end
  add(parts)
  return table.concat(out, "\n\n") .. "\n"
end

--- A sentence without its full stop, or with one.
function text.unstopped(sentence)
  return (sentence:gsub("%.$", ""))
end

function text.stopped(sentence)
  return sentence:find("[.:!?]$") and sentence or sentence .. "."
end

return text
