--- The journal's sentences: an intent before a create leaves, then what became of it.
-- Owns: every statement about intents, budgets and learnt limits.
-- Stands on: store.lua, owner.lua, budget.lua, slots.lua.
-- Never: forgets an intent; changes one whose state is not what the caller thinks.
local budget = require "kling.journal.budget"
local cjson = require "cjson".new()
local core = require "kling.core"
local schema = require "kling.journal.schema"
local slots = require "kling.journal.slots"
local text = require "kling.journal.text"

local unpack = table.unpack or unpack

local Book = {}
Book.__index = Book

local ALL = "SELECT id, " .. table.concat(schema.COLUMNS, ", ") .. " FROM kling_intents"
local INSERT = ("INSERT INTO kling_intents (id, %s) VALUES (?%s)"):format(
  table.concat(schema.COLUMNS, ", "), (", ?"):rep(#schema.COLUMNS))
local UPSERT = {
  budgets = "INSERT INTO kling_budgets (name, tasks, seconds, cost) VALUES (?, ?, ?, ?)"
    .. " ON CONFLICT (name) DO UPDATE SET tasks = excluded.tasks, seconds = excluded.seconds,"
    .. " cost = excluded.cost",
  limits = "INSERT INTO kling_limits (place, value, lowered) VALUES (?, ?, ?)"
    .. " ON CONFLICT (place) DO UPDATE SET value = excluded.value, lowered = excluded.lowered",
}

-- Inside a transaction -------------------------------------------------------------------------

local function known(store, row)
  return row.key_claim and store:row(ALL .. " WHERE key_claim = ?", row.key_claim)
    or row.external_claim and store:row(ALL .. " WHERE place = ? AND external_claim = ?",
      row.place, row.external_claim)
    or nil
end

local function insert(store, row)
  local values = {}
  for i, name in ipairs(schema.COLUMNS) do values[i] = row[name] end
  store:run(INSERT, row.id, unpack(values, 1, #schema.COLUMNS))
end

--- Slots in use; those of processes that died are given back.
local function held(self, store, place)
  local owners, sum = self.owner:census(store), 0
  for _, row in ipairs(store:rows("SELECT owner, cast(count(*) as text) AS n FROM kling_intents"
    .. " WHERE place = ? AND slot = '1' GROUP BY owner", place)) do
    local owner = owners[row.owner]
    if owner and owner.holds or row.owner == self.owner.id then
      sum = sum + tonumber(row.n)
    elseif not (owner and owner.alive) then
      store:run("UPDATE kling_intents SET slot = '0' WHERE owner = ? AND slot = '1'", row.owner)
    end
  end
  return sum
end

local function figure(store, place)
  local row = store:row("SELECT value, lowered FROM kling_limits WHERE place = ?", place)
  if not row then return slots.unknown() end
  return { value = tonumber(row.value), lowered = tonumber(row.lowered) }
end

local function is_full(self, store, row, limit)
  if row.slot ~= "1" then return false end
  if limit == "auto" then limit = slots.allowed(figure(store, row.place)) end
  return held(self, store, row.place) >= limit
end

local function spent(store, name)
  local row = store:row("SELECT tasks, seconds, cost FROM kling_budgets WHERE name = ?", name)
  return budget.add(row or budget.NONE, budget.NONE)
end

local function add(store, name, change)
  local sum = budget.add(spent(store, name), change)
  store:run(UPSERT.budgets, name, text.number(sum.tasks), text.number(sum.seconds),
    text.number(sum.cost))
end

local function over(store, budgets, want)
  for _, one in ipairs(budgets) do
    local message = budget.exceeded(one, spent(store, one.name), want)
    if message then return message end
  end
end

local function learn(self, store, entry)
  local place = entry.row.place
  local before = figure(store, place)
  local after = entry.learn == "grow" and slots.grown(before, held(self, store, place))
    or entry.learn == "lower" and slots.lowered(before, core.now()) or before
  if after == before then return end
  store:run(UPSERT.limits, place, text.number(after.value), text.number(after.lowered))
end

--- Brings one row up to date; nothing happens when somebody else has done so.
local function change(store, entry)
  local sets, values = { "updated_at = ?" }, { text.whole(store:now()) }
  for _, name in ipairs(schema.COLUMNS) do
    local value = entry.to[name]
    if value ~= nil then
      sets[#sets + 1] = name .. " = ?"
      values[#values + 1] = value or nil
      if value == false then sets[#sets] = name .. " = NULL" end
    end
  end
  values[#values + 1], values[#values + 2] = entry.row.id, entry.row.state
  local ours = ""
  if entry.to.state == "refused" then -- it says nothing when somebody took over meanwhile
    values[#values + 1], ours = entry.row.owner, " AND owner = ?"
  end
  local done = store:run(("UPDATE kling_intents SET %s WHERE id = ? AND state = ?%s"):format(
    table.concat(sets, ", "), ours), unpack(values))
  if done == 0 or not entry.spend then return end
  for _, name in ipairs(cjson.decode(entry.row.budgets)) do add(store, name, entry.spend) end
end

--- Takes back what nobody said was written: nothing was sent for it.
local function take_back(self, store)
  for row, want in pairs(self.voids) do
    if store:run("DELETE FROM kling_intents WHERE id = ?", row.id) == 1 then
      for _, name in ipairs(cjson.decode(row.budgets)) do
        add(store, name, budget.negative(want))
      end
    end
  end
end

--- Runs fn(store) in a transaction that writes, after what is to be taken back: a row that nobody
-- sent must not be met by those who look for it.
local function writing(self, fn)
  local value, message, err = self.store:within(function(store)
    take_back(self, store)
    return fn(store)
  end)
  if value ~= nil then self.voids = {} end
  return value, message, err
end

-- For the desk ---------------------------------------------------------------------------------

--- Puts an intent on the disk, unless there is a reason against it.
---@param row table columns of the intent
---@param budgets table[] reserved from
---@param want table what to reserve
---@param limit integer|string|nil slots there are
---@return table|nil verdict word "new", "known" (row), "full", "budget" (message)
---@return string|nil message
---@return kling.Error|nil err
function Book:admit(row, budgets, want, limit)
  local verdict, message, err = writing(self, function(store)
    local before = known(store, row)
    if before then return { word = "known", row = before } end
    if is_full(self, store, row, limit) then return { word = "full" } end
    local refusal = over(store, budgets, want)
    if refusal then return { word = "budget", message = refusal } end
    self.owner:beat(store)
    row.updated_at = text.whole(store:now())
    row.owner = self.owner.id -- known now: a forked child has become another one by connecting
    for _, one in ipairs(budgets) do add(store, one.name, want) end
    insert(store, row)
    return { word = "new" }
  end)
  if verdict then self.owner:beaten() end
  return verdict, message, err
end

--- Writes what became of some intents, all or none of it.
---@param entries table[] row, to (columns; false: empty), spend (added to its budgets), learn
---@return true|nil done
function Book:write(entries)
  local done, message, err = writing(self, function(store)
    self.owner:beat(store)
    for _, entry in ipairs(entries) do
      if next(entry.to) then change(store, entry) end
      if entry.learn then learn(self, store, entry) end
    end
    return true
  end)
  if done then self.owner:beaten() end
  return done, message, err
end

--- Milliseconds since 1970 by the clock of the journal.
function Book:now()
  return self.store:now()
end

--- Whether there is something to write even when nothing happened.
function Book:is_due()
  return next(self.voids) ~= nil or self.owner:is_due()
end

--- Nobody said whether an intent was written: it is taken back before anything else is.
function Book:void(row, want)
  self.voids[row] = want
end

--- Takes an intent over from a process that has died; false when it lives, or somebody was faster.
---@param row table
---@return number|false|nil sent_by Unix milliseconds: when that process gave its last sign of life
function Book:claim(row)
  return writing(self, function(store)
    local owner = self.owner:census(store)[row.owner]
    if owner and owner.alive and owner.id ~= self.owner.id then return false end
    self.owner:beat(store)
    local done = store:run("UPDATE kling_intents SET owner = ? WHERE id = ? AND owner = ? AND"
      .. " state = ?", self.owner.id, row.id, row.owner, row.state)
    return done == 1 and math.max(tonumber(row.updated_at), tonumber(owner and owner.beat) or 0)
  end)
end

--- Intents, oldest first.
---@param where string|nil an SQL condition
function Book:list(where, ...)
  local values = { ... }
  return self.store:reading(function(store)
    return store:rows(("%s%s ORDER BY created_at, id"):format(ALL, where and " WHERE " .. where
      or ""), unpack(values))
  end)
end

--- The intent of a task that somebody else asked about: by its id, or in doubt by its external id.
---@return table|false|nil row false: there is none
function Book:find(place, id, external)
  local rows = self:list("place = ? AND task_id = ?", place, id)
  if rows and not rows[1] and external then
    rows = self:list("place = ? AND external_claim = ? AND state IN ('open', 'ambiguous')", place,
      external)
  end
  return rows and (rows[1] or false)
end

---@param store table see store.lua
---@param owner table see owner.lua
function Book.new(store, owner)
  return setmetatable({ store = store, owner = owner, voids = {},
    tasks = setmetatable({}, { __mode = "v" }) }, Book)
end

return Book
