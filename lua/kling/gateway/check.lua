-- Holds a user's gateway against the vocabulary before anything is made of it.
--
-- Owns: the sentences that name the path of a word that is unknown, of the wrong type, or no data.
-- Stands on: kling/vocabulary.lua.
-- Never: runs for the project's own gateways at run time; the specs check those.

local vocabulary = require "kling.vocabulary"
local nearest = require "kling.nearest"

local check = {}
local readers = {}

local function refuse(path, what, ...)
  error(("kling: gateway data: %s: "):format(path) .. what:format(...), 0)
end

local function keys(t)
  local list = {}
  for key in pairs(t) do list[#list + 1] = key end
  table.sort(list)
  return list
end

--- Reads `value` as `word` says. `trail` holds the tables that surround it.
local function read(value, word, path, trail)
  if trail.partial and value == false and word.type ~= "boolean" and word.type ~= "scalar" then
    return
  end
  readers[word.type](value, word, path, trail)
end

local function expect(value, wanted, path)
  if type(value) ~= wanted then
    refuse(path, "a %s is expected, not a %s", wanted, type(value))
  end
end

--- Runs `each` on a table that is not among those around it.
local function enter(t, path, trail, each)
  expect(t, "table", path)
  if trail[t] then refuse(path, "it contains itself") end
  trail[t] = true
  each()
  trail[t] = nil
end

local function expect_listed(value, words, path)
  for _, word in ipairs(words) do
    if word == value then return end
  end
  local like = nearest(tostring(value), words)
  refuse(path, "%q is none of: %s%s", tostring(value), table.concat(words, ", "),
    like and ("; meant: " .. like .. "?") or "")
end

function readers.string(value, _, path) expect(value, "string", path) end
function readers.boolean(value, _, path) expect(value, "boolean", path) end

function readers.number(value, _, path)
  expect(value, "number", path)
  if value ~= value or value == math.huge or value == -math.huge then
    refuse(path, "a finite number is expected")
  end
end

function readers.scalar(value, word, path, trail)
  local reader = readers[type(value)]
  if not reader or type(value) == "table" then
    refuse(path, "a string, number or boolean is expected, not a %s", type(value))
  end
  reader(value, word, path, trail)
end

function readers.word(value, word, path)
  expect(value, "string", path)
  expect_listed(value, word.words, path)
end

local function each_item(list, path, trail, each)
  enter(list, path, trail, function()
    local count = 0
    for _ in pairs(list) do count = count + 1 end
    if count ~= #list then refuse(path, "a list is expected") end
    for i, item in ipairs(list) do each(item, ("%s[%d]"):format(path, i)) end
  end)
end

function readers.strings(value, word, path, trail)
  each_item(value, path, trail, function(item, at)
    expect(item, "string", at)
    if word.words then expect_listed(item, word.words, at) end
  end)
end

local function each_pair(map, path, trail, each)
  enter(map, path, trail, function()
    for key, value in pairs(map) do
      if type(key) ~= "string" then refuse(path, "names are expected as keys") end
      each(key, value, path .. "." .. key)
    end
  end)
end

function readers.condition(value, _, path, trail)
  each_pair(value, path, trail, function(_, wanted, at)
    if type(wanted) == "table" then
      readers.strings(wanted, {}, at, trail)
    elseif type(wanted) ~= "string" and type(wanted) ~= "boolean" then
      refuse(at, "true, false, a word, a list of words or \"*\" is expected")
    end
  end)
end

function readers.data(value, word, path, trail)
  if type(value) ~= "table" then return readers.scalar(value, word, path, trail) end
  enter(value, path, trail, function()
    for key, inner in pairs(value) do
      readers.scalar(key, word, path, trail)
      readers.data(inner, word, path .. "." .. tostring(key), trail)
    end
  end)
end

--- `of` is a section of the vocabulary or a type.
local function read_entry(value, of, path, trail)
  if vocabulary[of] then return readers.record(value, { of = of }, path, trail) end
  readers[of](value, {}, path, trail)
end

function readers.list(value, word, path, trail)
  each_item(value, path, trail, function(item, at) read_entry(item, word.of, at, trail) end)
end

function readers.map(value, word, path, trail)
  each_pair(value, path, trail, function(_, item, at)
    if not (trail.partial and item == false) then read_entry(item, word.of, at, trail) end
  end)
end

function readers.fields(value, _, path, trail)
  local reader = trail.partial and readers.map or readers.list
  reader(value, { of = "field" }, path, trail)
end

--- A rule says its name, what is allowed, and one thing to do.
local function expect_rule(rule, path)
  expect(rule.name, "string", path .. ".name")
  expect(rule.doc, "string", path .. ".doc")
  local actions = 0
  for word in pairs(rule) do
    if vocabulary.rule[word].action then actions = actions + 1 end
  end
  if actions ~= 1 then refuse(path, "a rule does exactly one thing, not %s", tostring(actions)) end
end

function readers.record(value, word, path, trail)
  local section = vocabulary[word.of]
  each_pair(value, path, trail, function(key, inner, at)
    if not section[key] then
      local like = nearest(key, keys(section))
      refuse(at, "no such word%s", like and ("; meant: " .. like .. "?") or "")
    end
    read(inner, section[key], at, trail)
  end)
  if word.of == "rule" then expect_rule(value, path) end
end

--- Raises, naming the path, when a gateway table says what the vocabulary has no word for.
---@param data table as in kling/gateways/<name>.lua
function check.gateway(data)
  readers.record(data, { of = "gateway" }, "gateway", { partial = true })
end

--- The words an enum has inherited must be among the values it has now.
local function expect_words(field, path)
  for alias, word in pairs(field.aliases or {}) do
    expect_listed(word, field.values, path .. ".aliases." .. alias)
  end
  for word in pairs(field.spelling or {}) do
    expect_listed(word, field.values, path .. ".spelling")
  end
  if field.default ~= nil then expect_listed(field.default, field.values, path .. ".default") end
end

--- Raises when what a gateway says and what it inherits do not go together.
---@param object table a merged endpoint, or an object or array within it
---@param path string
function check.merged(object, path)
  if object.type == "enum" then expect_words(object, path) end
  for _, field in ipairs(object.fields or {}) do
    check.merged(field, path .. ".fields." .. field.name)
  end
  if object.item then check.merged(object.item, path .. ".item") end
end

--- Raises when a gateway's own rule fell away because it speaks of fields that do not exist.
---@param object table the merged endpoint
---@param list table[]|nil the gateway's rules
---@param path string
function check.kept(object, list, path)
  local kept = {}
  for _, rule in ipairs(object.rules) do kept[rule.name] = true end
  for i, rule in ipairs(list or {}) do
    if not kept[rule.name] then
      refuse(("%s.rules[%d]"):format(path, i), "it speaks of a field that does not exist")
    end
  end
end

--- Holds the fields and rules of an endpoint against the vocabulary.
---@param data table `fields` as a list and `rules`
function check.endpoint(data)
  local trail = {}
  readers.fields(data.fields, nil, "fields", trail)
  readers.list(data.rules, { of = "rule" }, "rules", trail)
end

return check
