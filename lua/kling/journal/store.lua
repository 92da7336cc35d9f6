--- A database as a journal needs it: transactions, rows of text, failures told in sentences.
-- Owns: the connection, its prepared statements, what a lost connection means.
-- Stands on: LuaDBI, which is loaded when a journal is first opened; sqlite.lua, postgres.lua.
-- Never: yields inside a transaction; waits longer than the database's own time limits; uses a
-- connection in a forked child.
local core = require "kling.core"
local fail = require "kling.fail"

local Store = {}
Store.__index = Store

--- Connections of the parent process: closing one here would disturb it there.
local inherited = {}

--- The connection of each statement: a statement of lua-dbi that is collected sends a last word by
-- its connection, and crashes when that was collected before.
local kept = setmetatable({}, { __mode = "k" })

local function fault(self, message)
  local kind, text, more = self.driver.explain(self, tostring(message))
  return { store = true, kind = kind, message = text, more = more or {} }
end

local function load_dbi(self)
  local ok, dbi = pcall(require, "DBI")
  if ok and self.driver.can_load() then return dbi end
  error({ store = true, kind = "invalid", more = { hint = "install it, or go without a journal" },
    message = ("a journal needs LuaDBI's driver for %s: Debian's package %s, or the rocks luadbi "
      .. "and %s"):format(self.driver.database, self.driver.package, self.driver.rock) }, 0)
end

local function statement_of(self, sql)
  local statement = self.statements[sql]
  if statement then return statement end
  local message
  statement, message = self.connection:prepare(sql)
  if not statement then error(fault(self, message), 0) end
  self.statements[sql], kept[statement] = statement, self.connection
  return statement
end

--- A statement that failed stays failed in lua-dbi.
local function forget(self, sql)
  local statement = self.statements[sql]
  self.statements[sql] = nil
  if statement then pcall(statement.close, statement) end
end

local function execute(self, sql, ...)
  local statement = statement_of(self, sql)
  local good, message = statement:execute(...)
  if good then return statement end
  forget(self, sql)
  error(fault(self, message), 0)
end

--- Runs a statement; for use inside `within` only.
---@return integer affected rows
function Store:run(sql, ...)
  return execute(self, sql, ...):affected()
end

local function fetch(statement)
  local list = {}
  for row in statement:rows(true) do list[#list + 1] = row end
  return list
end

--- Rows of a query, each a table by column names; for use inside `within` only.
---@return table[] rows
function Store:rows(sql, ...)
  local ok, list = pcall(fetch, execute(self, sql, ...))
  if ok then return list end
  local message = tostring(list):match "Fetch failed (.*)" -- lua-dbi raises this one
  if not message then error(list, 0) end
  forget(self, sql)
  error(fault(self, message), 0)
end

--- The first row, or nil.
function Store:row(sql, ...)
  return self:rows(sql, ...)[1]
end

local function drop_connection(self, is_ours)
  if self.connection and not is_ours then
    inherited[#inherited + 1] = { self.connection, self.statements }
  elseif self.connection then
    for sql in pairs(self.statements) do forget(self, sql) end
    pcall(self.connection.close, self.connection)
  end
  self.connection, self.statements = nil, {}
end

local function connect(self)
  if self.pid ~= core.pid() then drop_connection(self, false) end
  if self.connection then return false end
  local dbi = load_dbi(self)
  self.pid = core.pid()
  local message
  self.connection, message = self.driver.connect(self, dbi)
  if not self.connection then error(fault(self, message), 0) end
  self.connection:autocommit(true)
  self.driver.prepare(self)
  self:set_clock()
  if self.on_connect then self.on_connect(self) end
  return true
end

--- Milliseconds since 1970 by the one clock of all who share the journal: theirs may differ.
function Store:now()
  return core.now() * 1000 + self.offset
end

--- Asks a database that has a clock of its own; for use inside a transaction only.
function Store:set_clock()
  if not self.driver.clock then return end
  self.offset = tonumber(self:row(self.driver.clock).now) - core.now() * 1000
end

--- A connection that can't even do that (SQLite without memory) is of no more use.
local function roll_back(self)
  if not self.connection then return end
  local ok, failure = pcall(execute, self, "ROLLBACK")
  if ok or tostring(failure.message):find("no transaction is active", 1, true) then return end
  drop_connection(self, true)
end

local function is_lost(self)
  return self.connection ~= nil and not self.connection:ping()
end

local function attempt(self, begin, fn)
  local fresh = connect(self)
  local stage, value = "begin", nil
  local ok, failure = pcall(function()
    for _, sql in ipairs(begin) do execute(self, sql) end
    stage = "work"
    value = fn(self)
    stage = "commit"
    execute(self, "COMMIT")
  end)
  if ok then return true, value end
  roll_back(self)
  local lost = is_lost(self)
  if lost then drop_connection(self, true) end
  return false, failure, lost and not fresh and stage ~= "commit", stage == "commit"
end

local function tell(self, failure, unsure)
  if type(failure) ~= "table" or not failure.store then error(failure, 0) end
  local more = { code = "journal", unsure = unsure or nil }
  for name, value in pairs(failure.more) do more[name] = value end
  return fail(failure.kind, ("the journal %s: %s"):format(self.name, failure.message), more)
end

local function transact(self, begin, fn)
  local reached, ok, value, again, unsure = pcall(attempt, self, begin, fn)
  if reached and not ok and again then return transact(self, begin, fn) end
  if not reached then
    drop_connection(self, true)
    return tell(self, ok)
  elseif not ok then
    return tell(self, value, unsure)
  end
  return value
end

--- Runs fn(store) in a transaction that no other writer interleaves. What it raises undoes it. A
-- connection that was lost while nobody used it is opened again, so fn may run twice.
---@param fn function returns one value, not nil
---@return any|nil value
---@return string|nil message
---@return kling.Error|nil err err.unsure: the end of the transaction was not answered
function Store:within(fn)
  return transact(self, self.driver.begin_write, fn)
end

--- The same for fn that only reads.
function Store:reading(fn)
  return transact(self, self.driver.begin_read, fn)
end

--- Lets the database go; the next use would open it again.
function Store:close()
  drop_connection(self, self.pid == core.pid())
end

---@param driver table sqlite.lua or postgres.lua
---@param spec table what the driver connects to
---@param on_connect function called with the store after each connect; may raise
return function(driver, spec, on_connect)
  return setmetatable({ driver = driver, spec = spec, name = driver.name(spec), statements = {},
    on_connect = on_connect, pid = core.pid(), offset = 0 }, Store)
end
