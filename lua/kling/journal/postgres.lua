--- PostgreSQL for journals: several machines.
-- Owns: how it is connected to, what keeps writers apart, its complaints.
-- Stands on: LuaDBI's driver for PostgreSQL, which stands on libpq.
-- Never: shows a password; lets the server print notices to standard error.

--- Transactions that write follow one another: they look at what others wrote before they write.
local LOCK = "SELECT cast(pg_advisory_xact_lock(1263291975) as text) AS locked"

local postgres = {
  database = "PostgreSQL", package = "lua-dbi-postgresql", rock = "luadbi-postgresql",
  begin_write = { "BEGIN", LOCK }, begin_read = { "BEGIN" },
  tables = "SELECT cast(tablename as text) AS name FROM pg_tables"
    .. " WHERE schemaname = current_schema()",
  clock = "SELECT cast(extract(epoch from clock_timestamp()) * 1000 as text) AS now",
  shared = true, -- with other tables and other machines
}

local SETTINGS = { "SET client_min_messages TO error", "SET synchronous_commit TO on",
  "SET lock_timeout TO '20s'", "SET statement_timeout TO '30s'" }
local TAKES = { driver = true, database = true, user = true, password = true, host = true,
  port = true }

--- lua-dbi 0.7 keeps to itself why libpq could not connect.
local HINT = "is the server up, and are host, port, database, user and password right?"

--- Its messages by what they hold: kind, whether it may pass, hint.
local COMPLAINTS = {
  { "authentication failed", "auth" }, { "no password supplied", "auth" },
  { "Failed to connect", "network", true, HINT },
  { "permission denied", "permission" },
  { "No space left", "invalid", true }, { "timeout", "timeout", true },
  { "read%-only transaction", "invalid", true },
  { "connect", "network", true }, { "terminat", "network", true },
  { "starting up", "network", true }, { "shutting down", "network", true },
  { "allocating statement", "network", true }, { "SSL", "network", true },
}

function postgres.can_load()
  return pcall(require, "dbd.postgresql")
end

function postgres.name(spec)
  return ("PostgreSQL %s at %s"):format(spec.database, spec.host or "localhost")
end

--- What is wrong with a specification, nil when nothing is.
function postgres.problem(spec)
  for name in pairs(spec) do
    if not TAKES[name] then return ("there is no such entry: %s"):format(tostring(name)) end
  end
  if type(spec.database) ~= "string" then return "entry database is missing" end
end

local function hide(text, secret)
  if not secret or secret == "" then return text end
  local pattern = secret:gsub("%W", "%%%0")
  return (text:gsub(pattern, "***"))
end

function postgres.explain(self, message)
  local text = hide(message, self.spec.password):gsub("%s*\n%s*", " "):gsub("%s+$", "")
  for _, row in ipairs(COMPLAINTS) do
    if text:find(row[1]) then return row[2], text, { retryable = row[3], hint = row[4] } end
  end
  return "invalid", text
end

--- Seconds and milliseconds after which a server that is gone without a word counts as lost: libpq
-- waits for an answer as long as the system does, two hours.
local LIMITS = "connect_timeout=10 keepalives_idle=10 keepalives_interval=5 keepalives_count=3 "
  .. "tcp_user_timeout=25000"

--- libpq takes a name with "=" in it as a list of settings (its manual, PQsetdbLogin).
local function database(spec)
  return ("dbname='%s' %s"):format((spec.database:gsub("[\\']", "\\%0")), LIMITS)
end

function postgres.connect(self, dbi)
  local spec = self.spec
  return dbi.Connect("PostgreSQL", database(spec), spec.user, spec.password, spec.host, spec.port)
end

function postgres.prepare(self)
  for _, setting in ipairs(SETTINGS) do self:run(setting) end
end

return postgres
