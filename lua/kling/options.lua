--- Options of kling.new and of every call that takes a table of them, as data.
-- Owns: which options there are, their types and ranges, and the sentence that refuses one.
-- Stands on: nearest.lua, raise.lua.
-- Never: reads the environment; decides what an option does.
local raise = require "kling.raise"

local function seconds(doc, default)
  return { type = "number", above = 0, doc = doc, default = default }
end

--- Rows: type (a word or a list of them), above/min/max and whole for numbers, of (type of the
-- items of a list), needed, default, doc.
local options = {
  new = {
    gateway = { type = { "string", "table" }, needed = true,
      doc = "name of a gateway, or the data of one's own" },
    base_url = { type = "string", doc = "https://host[/path] in place of the gateway's own" },
    api_key = { type = { "string", "function" }, doc = "key, or a function that returns it" },
    access_key = { type = { "string", "function" }, doc = "with secret_key: signed tokens" },
    secret_key = { type = { "string", "function" }, doc = "the other half of access_key" },
    timeout = seconds("for one request to the service", 120),
    create_timeout = seconds("for all tries of one create", 60),
    connect_timeout = seconds("for one connection", 30),
    stall_timeout = seconds("without a byte before a transfer is given up", 60),
    retry_for = seconds("of failing polls in a row before a wait gives up", 120),
    proxy = { type = "string", doc = "URL of a proxy, as libcurl takes it" },
    ca_file = { type = "string", doc = "file of certificates to trust" },
    ca_path = { type = "string", doc = "directory of certificates to trust" },
    user_agent = { type = "string", doc = "what the client calls itself" },
    allow_http = { type = "boolean", doc = "plain http to other machines, too" },
    models = { type = { "table", "string" }, of = "string",
      doc = "further model names to accept, or \"any\"" },
    allow = { type = "table", of = "string", doc = "names of rules to turn off" },
    capability_rules = { type = "boolean",
      doc = "hold requests against what Kling's docs say a model can do" },
    polling = { type = "table", doc = "first, growth, jitter, interval_max, deadline (seconds)" },
    loop = { type = { "string", "function" }, doc = "\"block\", or as kling.set_wait" },
    lookup_timeout = seconds("a create whose answer was lost is looked for", 30),
    absent_after = { type = "number", min = 0, doc = "seconds after a create was lost before"
      .. " \"no such task\" is believed, and it is created again; the gateway's if absent" },
    journal = { type = { "string", "table" },
      doc = "path of an SQLite file, {driver = \"PostgreSQL\", ...}, or an open journal" },
    budget = { type = "table", doc = "tasks, seconds, cost: what may be spent; name" },
    prices = { type = { "table", "string" }, doc = "list of prices, or a file that returns it" },
    concurrency = { type = { "number", "string" },
      doc = "tasks the account may run at once, or \"auto\" to learn it" },
  },
  polling = {
    first = seconds("before the first poll"),
    growth = { type = "number", min = 1, doc = "factor from one interval to the next" },
    jitter = { type = "number", min = 0, max = 0.9, doc = "part by which intervals vary" },
    interval_max = seconds("between two polls at most"),
    deadline = seconds("a wait lasts when it is told no timeout"),
  },
  submit = {
    idempotency_key = { type = "string", doc = "the same key, the same task; needs a journal" },
    budget = { type = "table", doc = "as in kling.new; of this call alone unless it has a name" },
    recreate = { type = "boolean", doc = "create again what may exist already" },
  },
  budget = {
    tasks = { type = "number", min = 0, doc = "how many may be created" },
    seconds = { type = "number", min = 0, doc = "of video; what failed has none" },
    cost = { type = "number", min = 0, doc = "in the units of the prices, or as the service tells;"
      .. " what failed costs nothing unless it says so" },
    name = { type = "string", doc = "budgets of the same name in one journal are one" },
  },
  recover = {
    recreate = { type = "boolean", doc = "create again what can't be looked for" },
  },
  wait = {
    timeout = { type = "number", min = 0, doc = "seconds; the gateway's deadline if absent" },
    interval = seconds("between two polls, in place of the growing interval"),
    on_progress = { type = "function", doc = "called with the task whenever it has changed" },
  },
  download = {
    index = { type = "number", min = 1, whole = true, default = 1, doc = "which video" },
    watermark = { type = "boolean", doc = "the version with a watermark" },
    overwrite = { type = "boolean", default = true, doc = "false: refuse an existing file" },
    timeout = seconds("for all of it"),
    on_progress = { type = "function", doc = "called with received and total bytes" },
  },
  list = {
    page_num = { type = "number", min = 1, max = 1000, whole = true, default = 1,
      doc = "which page" },
    page_size = { type = "number", min = 1, max = 500, whole = true, default = 30,
      doc = "tasks a page" },
  },
  map = {
    client = { type = "table", doc = "who creates the tasks, when an endpoint is named" },
    concurrency = { type = "number", min = 1, whole = true, default = 5,
      doc = "items under way at once" },
    timeout = { type = "number", min = 0, doc = "seconds for one task; the gateway's deadline" },
    budget = { type = "table", doc = "tasks, seconds, cost: what all of it may take" },
    interval = seconds("between two polls of a task"),
    on_done = { type = "function", doc = "called with item and index as each one ends" },
  },
  all = {
    timeout = { type = "number", min = 0, doc = "seconds for all of it" },
  },
}

local function names(rows)
  local list = {}
  for name in pairs(rows) do list[#list + 1] = name end
  table.sort(list)
  return list
end

local function a_type(value, row)
  local wanted = type(row.type) == "table" and row.type or { row.type }
  for _, name in ipairs(wanted) do
    if type(value) == name then return nil end
  end
  return ("a %s is expected, not a %s"):format(table.concat(wanted, " or a "), type(value))
end

local function in_range(value, row)
  if type(value) ~= "number" then return nil end
  local good = value == value and value < math.huge and value > -math.huge
    and not (row.min and value < row.min) and not (row.max and value > row.max)
    and not (row.above and value <= row.above) and not (row.whole and value % 1 ~= 0)
  if good then return nil end
  local bounds = row.above and (" above %s"):format(row.above)
    or row.max and (" from %s to %s"):format(row.min, row.max) or (" from %s up"):format(row.min)
  return ("a %snumber%s is expected, not %s"):format(row.whole and "whole " or "", bounds,
    tostring(value))
end

local function items(value, row)
  if not row.of or type(value) ~= "table" then return nil end
  for i, item in ipairs(value) do
    if type(item) ~= row.of then
      return ("item %d: a %s is expected, not a %s"):format(i, row.of, type(item))
    end
  end
end

--- What is wrong with one option, nil when nothing is.
local function problem(rows, name, value)
  local row = rows[name]
  if row then return a_type(value, row) or in_range(value, row) or items(value, row) end
  local like = require "kling.nearest"(tostring(name), names(rows))
  return "there is no such option" .. (like and ("; meant: %s?"):format(like) or "")
end

--- Raises unless the options are good.
---@param what string the call, for the message
---@param section string which rows
---@param given table|nil what the user gave
---@return table options what was given, or an empty table
function options.check(what, section, given)
  local rows = options[section]
  if given == nil then given = {} end
  if type(given) ~= "table" then
    raise("%s: a table of options is expected, not a %s", what, type(given))
  end
  for name, value in pairs(given) do
    local wrong = problem(rows, name, value)
    if wrong then raise("%s: option %s: %s", what, tostring(name), wrong) end
  end
  for name, row in pairs(rows) do
    if row.needed and given[name] == nil then
      raise("%s: option %s is missing: %s", what, name, row.doc)
    end
  end
  return given
end

--- An option's value, or its default.
function options.value(section, given, name)
  if given[name] ~= nil then return given[name] end
  return options[section][name].default
end

return options
