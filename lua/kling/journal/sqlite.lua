--- SQLite 3 for journals: one file, several processes of one machine.
-- Owns: how the file is made (0600) and judged before it is opened, its settings, its complaints.
-- Stands on: LuaDBI's driver for SQLite3, core.own_file.
-- Never: touches a file that holds something else; writes without syncing.
local core = require "kling.core"

local sqlite = {
  database = "SQLite", package = "lua-dbi-sqlite3", rock = "luadbi-sqlite3",
  begin_write = { "BEGIN IMMEDIATE" }, begin_read = { "BEGIN" },
  tables = "SELECT name FROM sqlite_master WHERE type = 'table'",
}

local BUSY = 10000 -- milliseconds it waits for another process that writes

--- Its messages by what they begin with or hold: kind, sentence, whether it may pass.
local COMPLAINTS = {
  { "not a database", "invalid", "this file is no SQLite database" },
  { "malformed", "invalid", "this file is damaged" },
  { "disk is full", "invalid", "the disk is full", true },
  { "disk I/O error", "invalid", "the disk can't be written or read", true },
  { "readonly", "invalid", "this file, or its folder, can only be read", true },
  { "unable to open", "invalid", "this file can't be opened", true },
  { "locked", "timeout", "other processes have kept it locked", true },
  { "busy", "timeout", "other processes have kept it locked", true },
}

function sqlite.can_load()
  return pcall(require, "dbd.sqlite3")
end

function sqlite.name(spec)
  return spec.path
end

function sqlite.explain(_, message)
  for _, row in ipairs(COMPLAINTS) do
    if message:find(row[1], 1, true) then
      return row[2], ("%s (%s)"):format(row[3], message), { retryable = row[4] }
    end
  end
  return "invalid", message
end

local function refuse(message, retryable)
  error({ store = true, kind = "invalid", message = message, more = { retryable = retryable } }, 0)
end

--- Makes the file where there is none. Nothing of ours may open one that is there: closing it again
-- would end the locks that another connection of this process has on it (fcntl's manual), and
-- another process would then take away the log into which that one writes.
local function prepare_file(path)
  local made, why = core.own_file(path)
  if made == nil then refuse("the file can't be made: " .. why, true) end
end

function sqlite.connect(self, dbi)
  prepare_file(self.spec.path)
  return dbi.Connect("SQLite3", self.spec.path)
end

--- Two processes that make the same file at once get in each other's way here, and only here SQLite
-- does not wait by itself; beginning to write does.
local function set_wal(self, tries)
  local ok, failure = pcall(self.rows, self, "PRAGMA journal_mode = WAL")
  if ok then return end
  if tries == 0 or failure.kind ~= "timeout" then error(failure, 0) end
  pcall(self.run, self, "BEGIN IMMEDIATE")
  pcall(self.run, self, "ROLLBACK")
  return set_wal(self, tries - 1)
end

--- Another program's database is not ours to change; schema.lua refuses it.
local function is_free(self)
  local names = self:rows(sqlite.tables)
  for _, row in ipairs(names) do
    if row.name == "kling_journal" then return true end
  end
  return #names == 0
end

function sqlite.prepare(self)
  self:rows(("PRAGMA busy_timeout = %d"):format(BUSY))
  if is_free(self) then set_wal(self, 20) end
  self:rows "PRAGMA synchronous = FULL"
end

return sqlite
