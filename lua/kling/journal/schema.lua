--- The tables of a journal.
-- Owns: their names, columns and version; whether a database is a journal.
-- Stands on: store.lua.
-- Never: has a column that isn't text; changes a database that is something else.

local schema = {}

local VERSION = "1"

--- Columns of an intent beside its id: what each holds.
-- state            open (may have been sent), ambiguous, accepted, succeeded, failed, refused
-- owner            the process that takes care of it, see owner.lua
-- place            gateway, base URL: what shares slots and external ids
-- key_claim, external_claim   as the two before, until it is refused: unique
-- minted           "1": the external id was made up here
-- digest           SHA-256 of place, endpoint and body without a minted id
-- request          JSON; files by their paths
-- slot             "1" while it takes up one of the account's slots
-- budgets          JSON list of names; seconds and cost as reserved or told
-- lost_at          Unix milliseconds: the create left before that, and has not been answered
-- created_at, updated_at      Unix milliseconds
schema.COLUMNS = { "state", "owner", "place", "gateway", "base_url", "endpoint", "idempotency_key",
  "external_task_id", "key_claim", "external_claim", "minted", "digest", "request", "task_id",
  "kind", "reason", "result", "path", "slot", "budgets", "seconds", "cost", "lost_at",
  "created_at", "updated_at" }

local TABLES = {
  "CREATE TABLE kling_journal (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
  "CREATE TABLE kling_owners (id TEXT PRIMARY KEY, host TEXT NOT NULL, pid TEXT NOT NULL,"
    .. " started TEXT NOT NULL, beat TEXT NOT NULL)",
  "CREATE TABLE kling_intents (id TEXT PRIMARY KEY, " .. table.concat(schema.COLUMNS, " TEXT, ")
    .. " TEXT, UNIQUE (key_claim), UNIQUE (place, external_claim))",
  "CREATE INDEX kling_intents_state ON kling_intents (state)",
  "CREATE INDEX kling_intents_task ON kling_intents (place, task_id)",
  "CREATE INDEX kling_intents_slot ON kling_intents (place, slot)",
  "CREATE TABLE kling_budgets (name TEXT PRIMARY KEY, tasks TEXT NOT NULL, seconds TEXT NOT NULL,"
    .. " cost TEXT NOT NULL)",
  "CREATE TABLE kling_limits (place TEXT PRIMARY KEY, value TEXT NOT NULL, lowered TEXT NOT NULL)",
}

local function refuse(message)
  error({ store = true, kind = "invalid", message = message, more = {} }, 0)
end

local function has(names, name)
  for _, row in ipairs(names) do
    if row.name == name then return true end
  end
  return false
end

local function make(store)
  for _, sql in ipairs(TABLES) do store:run(sql) end
  store:run("INSERT INTO kling_journal (name, value) VALUES (?, ?)", "version", VERSION)
end

--- Makes the tables in an empty database; raises in one that is something else.
function schema.ensure(store)
  for _, sql in ipairs(store.driver.begin_write) do store:rows(sql) end
  local names = store:rows(store.driver.tables)
  if has(names, "kling_journal") then
    local row = store:row("SELECT value FROM kling_journal WHERE name = ?", "version")
    if not row then refuse "its version is missing" end
    if row.value ~= VERSION then
      refuse(("another kling made it (version %s)"):format(row.value))
    end
  elseif #names == 0 or store.driver.shared then
    make(store)
  else
    refuse(("this database belongs to something else: it has a table %s"):format(names[1].name))
  end
  store:run "COMMIT"
end

return schema
