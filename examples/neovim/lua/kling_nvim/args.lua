--- Words behind :Kling text2video, turned into a request.
-- Owns: quotes, key=value, the types of values.
-- Stands on: the fields of the endpoint, from the gateway's data.
-- Never: guesses that a mistyped parameter was meant as part of the prompt: it would be paid for.
local args = {}

--- Splits at blanks; '...' and "..." keep them, a backslash before a quote keeps the quote.
---@return string[] words
function args.split(text)
  local words, i = {}, 1
  while true do
    i = text:find("%S", i)
    if not i then return words end
    local word = ""
    while i <= #text and not text:find("^%s", i) do
      local quoted, stop = text:match("^(%b'')()", i)
      if not quoted or text:sub(i - 1, i - 1):find("%w") then
        quoted, stop = text:match('^(%b"")()', i)
      end
      if quoted then
        word, i = word .. quoted:sub(2, -2), stop
      else
        word, i = word .. text:sub(i, i), i + 1
      end
    end
    words[#words + 1] = word
  end
end

local function as_number(text) return tonumber(text) or text end
local function as_boolean(text)
  if text == "true" then return true end
  if text == "false" then return false end
  return text
end

--- Lists and tables are given as JSON.
local function as_json(text)
  local ok, value = pcall(vim.json.decode, text)
  return ok and value or as_boolean(text)
end

local AS = { integer = as_number, number = as_number, boolean = as_boolean, object = as_json,
  array = as_json, group = as_json }

local function typed(fields, name, text)
  for _, field in ipairs(fields) do
    local known = field.name == name
    for _, other in ipairs(field.also or {}) do known = known or other == name end
    if known then return (AS[field.type] or tostring)(text) end
  end
  return text
end

--- Splits words into parameters and the rest.
---@param text string
---@param fields table[] of the endpoint
---@return table parameters
---@return string[] words
function args.read(text, fields)
  local parameters, words = {}, {}
  for _, word in ipairs(args.split(text)) do
    local name, value = word:match("^([%a_][%w_]*)=(.*)$")
    if name then
      parameters[name] = typed(fields, name, value)
    else
      words[#words + 1] = word
    end
  end
  return parameters, words
end

return args
