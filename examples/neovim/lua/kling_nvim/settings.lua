-- The settings of the plugin, as data: their types, defaults and what they mean.
--
-- Owns: what setup{} takes; the values in force.
-- Stands on: nothing before `set` is called.
-- Never: shows a key.

local settings = {
  doc = "Optional, except for gateway. Later calls replace what they name.",
  values = {},
}

settings.rows = {
  gateway = { type = { "string", "table" }, doc = "Name of a gateway, or the data of one's own." },
  base_url = { type = { "string" }, doc = "In place of the gateway's own address." },
  api_key = { type = { "string", "function" },
    doc = "The key, or a function that returns it. Better: key_command, or the environment "
      .. "variable KLING_API_KEY, which is looked at when nothing else is set." },
  key_command = { type = { "table" }, doc = "A command that prints the key, as a list: "
    .. "{ \"pass\", \"show\", \"kling\" }. It runs beside the editor, once for each setup." },
  client = { type = { "table" }, default = {},
    doc = "Further options of kling.new(), as access_key and secret_key." },
  request = { type = { "table" }, default = {},
    doc = "Parameters of every request, as in { model_name = \"kling-v3\", mode = \"pro\" }." },
  folder = { type = { "string" }, doc = "Where videos are saved. Without it: the folder kling in "
    .. "stdpath(\"data\")." },
  progress = { type = { "string" }, words = { "float", "echo", "none" }, default = "float",
    doc = "How progress is shown: in a small window at the lower right, on the command line, or "
      .. "not at all." },
  open = { type = { "boolean", "table", "function" }, default = true,
    doc = "What is done with a video when it is there: true opens the system's viewer, false "
      .. "nothing, a list is a command that the file is added to, a function gets the file." },
}

local function is_one_of(list, word)
  for _, entry in ipairs(list) do if entry == word then return true end end
  return false
end

local function problem(name, value)
  local row = settings.rows[name]
  if not row then return "there is no such setting" end
  if not is_one_of(row.type, type(value)) then
    return ("a %s is expected, not a %s"):format(table.concat(row.type, " or a "), type(value))
  end
  if row.words and not is_one_of(row.words, value) then
    return ("one of %s is expected, not %q"):format(table.concat(row.words, ", "), value)
  end
end

--- Takes what the user sets; raises what is wrong with it, without the value of a key.
---@param given table
function settings.set(given)
  for name, value in pairs(given) do
    local wrong = problem(name, value)
    if wrong then error(("kling: setup: %s: %s"):format(tostring(name), wrong), 0) end
  end
  for name, value in pairs(given) do settings.values[name] = value end
end

--- A setting in force, or its default.
function settings.get(name)
  local value = settings.values[name]
  if value == nil then return settings.rows[name].default end
  return value
end

return settings
