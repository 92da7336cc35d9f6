--- A task as text, to be kept in a file or a database and taken up again by client:resume.
-- Owns: the text: one JSON object, its version, its check sum.
-- Stands on: lua-cjson, core.sha256, id.lua.
-- Never: holds a key, a link to a result, or what was asked for; trusts a text that was changed.
local cjson = require "cjson".new()
local core = require "kling.core"
local fail = require "kling.fail"
local ids = require "kling.id"

cjson.decode_invalid_numbers(false)
cjson.decode_max_depth(2)

local saved = {}

local VERSION, LONGEST = 1, 4096
--- In the order they are written in.
local FIELDS = {
  { "gateway", "string" }, { "endpoint", "string" }, { "id", "string" },
  { "external_task_id", "string" }, { "state", "string" }, { "raw_status", "string" },
  { "created_at", "number" }, { "born", "number" },
}
local KNOWN = { kling_task = true, check = true }
for _, field in ipairs(FIELDS) do KNOWN[field[1]] = true end
local STATES = { queued = true, running = true, succeeded = true, failed = true }

local WRITERS = {
  string = cjson.encode,
  number = function(value) return ("%.0f"):format(value) end,
}

local function members(values)
  local parts = { ("\"kling_task\":%d"):format(VERSION) }
  for _, field in ipairs(FIELDS) do
    local value = values[field[1]]
    if value ~= nil then
      parts[#parts + 1] = ("\"%s\":%s"):format(field[1], WRITERS[field[2]](value))
    end
  end
  return table.concat(parts, ",")
end

local function check_sum(text)
  return core.sha256(text):sub(1, 16)
end

--- The text of a task. One whose create is still on the way is kept by its external_task_id.
---@param task kling.Task
---@return string|nil text
---@return string|nil message
---@return kling.Error|nil err
function saved.write(task)
  local message, err = task:error()
  if message and not task.created and err.kind ~= "ambiguous" then return nil, message, err end
  if not task.id and not task.external_task_id then
    return fail("ambiguous", "the task has no id that could be asked for later",
      { gateway = task.gateway })
  end
  local text = members(task)
  return ("{%s,\"check\":\"%s\"}"):format(text, check_sum(text))
end

--- C would read a text up to its first zero byte.
local function is_text(value)
  return value ~= "" and not value:find("\0", 1, true)
end

local function is_good(values)
  for name in pairs(values) do
    if not KNOWN[name] then return false end
  end
  for _, field in ipairs(FIELDS) do
    local value = values[field[1]]
    if value ~= nil and type(value) ~= field[2] then return false end
    if field[2] == "string" and value and not is_text(value) then return false end
  end
  if values.id and not ids.text("id", values.id) then return false end
  return values.gateway and values.endpoint and (values.id or values.external_task_id)
    and (values.state == nil or STATES[values.state])
    and values.check == check_sum(members(values))
end

local function refuse(why)
  return fail("invalid", "this text is not a saved task: " .. why)
end

--- Reads what saved.write wrote.
---@param text string
---@return table|nil values gateway, endpoint, id, external_task_id, state, raw_status, created_at,
--- born (when kling created it, by the clock of that machine)
---@return string|nil message
---@return kling.Error|nil err
function saved.read(text)
  if type(text) ~= "string" then return refuse("a string is expected, not a " .. type(text)) end
  if #text > LONGEST then return refuse("it is too long") end
  local ok, values = pcall(cjson.decode, text)
  if not ok or type(values) ~= "table" then return refuse("it can't be read") end
  local version = values.kling_task
  if version == nil then return refuse("something else wrote it") end
  if type(version) == "number" and version > VERSION then
    return refuse("a newer kling wrote it")
  end
  if version ~= VERSION or not is_good(values) then return refuse("it is damaged") end
  return values
end

return saved
