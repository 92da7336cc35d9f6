--- Journals for specs, and processes that share them.
-- Owns: paths that nobody else uses, a PostgreSQL server of the specs' own, programs in the
-- background.
-- Stands on: kling.journal, spec/support/face.lua, a POSIX shell, Debian's PostgreSQL.
-- Never: leaves a server running after the specs; uses one that was there before.

local core = require "kling.core"
local face = require "spec.support.face"
local free_port = require "spec.support.port"

local support = {}

local SLOT = "kling.spec.postgres"
local SLOW = tonumber(os.getenv "KLING_SLOW") or 1

--- What a shell command printed, and whether it was successful.
function support.shell(command)
  local pipe = assert(io.popen("{ " .. command .. "\n} 2>&1; echo \"status $?\""))
  local output, status = pipe:read("*a"):match "^(.*)status (%d+)\n$"
  pipe:close()
  return output, status == "0"
end

local function run(command)
  local output, good = support.shell(command)
  assert(good, output)
  return (output:gsub("%s+$", ""))
end

--- A folder of this spec's own.
---@return string path
function support.folder()
  return run "mktemp -d /tmp/kling-spec.XXXXXX"
end

--- A path where no journal stands yet, in a folder of its own.
function support.path()
  return support.folder() .. "/journal.db"
end

function support.remove(path)
  run("rm -rf '" .. path:gsub("/journal%.db$", "") .. "'")
end

-- PostgreSQL ----------------------------------------------------------------------------------

--- For what outlives the shell that starts it: descriptors of ours that it kept open would keep
-- other children of ours (the sandbox) from seeing our end. bash: dash can't close those above 9.
local ALONE = "bash -c 'for n in $(seq 3 255); do eval \"exec $n>&-\"; done; exec \"$@\"' - "

local PASSWORD = "spec-password-" .. core.random_id ""

--- PostgreSQL refuses to run as root; a sanitizer that is preloaded here is not meant for it.
local function as_postgres(command)
  command = "unset LD_PRELOAD; " .. command
  if run "id -u" ~= "0" then return run(command) end
  return run(("cd / && runuser -u postgres -- sh -c %s"):format("'" .. command:gsub("'", "'\\''")
    .. "'"))
end

local Server = {}
Server.__index = Server

function Server:control(word)
  local ran = as_postgres(ALONE .. ("%s/pg_ctl -D %s/data -w -l %s/log -o '-p %d -k %s -c "
    .. "listen_addresses=127.0.0.1' %s"):format(self.bin, self.folder, self.folder, self.port,
    self.folder, word))
  return ran
end

function Server:start() self:control "start" end

--- As a power cut would.
function Server:kill() self:control "-m immediate stop" end

--- What a client connects to.
function Server:spec()
  return { driver = "PostgreSQL", database = self.database, user = "kling", password = PASSWORD,
    host = "127.0.0.1", port = self.port }
end

--- An empty database.
function Server:fresh()
  self.count = self.count + 1
  self.database = ("spec%d"):format(self.count)
  as_postgres(("PGPASSWORD=%s %s/createdb -h 127.0.0.1 -p %d -U kling %s"):format(PASSWORD,
    self.bin, self.port, self.database))
  return self:spec()
end

local function bin()
  local found = run("ls -d /usr/lib/postgresql/*/bin /usr/local/opt/postgresql*/bin 2>/dev/null "
    .. "| tail -1 || true")
  return found ~= "" and found or run "dirname \"$(command -v initdb)\""
end

--- Ends the server when this process is gone, however it went; signals of the terminal are not
-- meant for who waits for that.
local function end_with_us(server)
  local stop = ("%s/pg_ctl -D %s/data -m immediate stop"):format(server.bin, server.folder)
  os.execute(ALONE .. ("sh -c 'trap \"\" INT TERM HUP; unset LD_PRELOAD; "
    .. "while kill -0 %.0f; do sleep 1; done; runuser -u postgres -- %s || %s; rm -rf %s' "
    .. ">/dev/null 2>&1 </dev/null &"):format(core.pid(), stop, stop, server.folder))
end

--- The server of this run of specs; it ends with the process at the latest.
function support.postgres()
  local registry = debug.getregistry()
  local server = registry[SLOT]
  if server then return server end
  server = setmetatable({ bin = bin(), port = free_port(), count = 0 }, Server)
  server.folder = as_postgres "mktemp -d /tmp/kling-postgres.XXXXXX"
  end_with_us(server)
  as_postgres(("printf %%s %s >%s/password && %s/initdb -D %s/data -U kling -A scram-sha-256 "
    .. "--pwfile %s/password --no-sync >/dev/null"):format(PASSWORD, server.folder, server.bin,
    server.folder, server.folder))
  server:start()
  registry[SLOT] = server
  return server
end

-- Processes -----------------------------------------------------------------------------------

local function interpreter()
  local at = 0
  while arg and arg[at - 1] do at = at - 1 end
  return os.getenv "KLING_LUA" or arg and arg[at] or "lua"
end

local Process = {}
Process.__index = Process

--- Starts a Lua program in the background; `...` in it are the arguments given here.
function support.start(program, ...)
  local folder = support.folder()
  local self = setmetatable({ folder = folder, output_path = folder .. "/output" }, Process)
  face.write(folder .. "/program.lua", "package.path = './?.lua;' .. package.path\n" .. program)
  local words = {}
  for i = 1, select("#", ...) do words[i] = "'" .. tostring((select(i, ...))) .. "'" end
  self.pid = run(("%s %s/program.lua %s >%s 2>&1 </dev/null & echo $!"):format(interpreter(),
    folder, table.concat(words, " "), self.output_path))
  return self
end

function Process:is_running()
  local _, good = support.shell(("kill -0 %s 2>/dev/null && ! grep -q '^State:.Z' /proc/%s/status")
    :format(self.pid, self.pid))
  return good
end

function Process:signal(word) support.shell(("kill -%s %s"):format(word, self.pid)) end

function Process:output() return face.read(self.output_path) or "" end

--- Waits until it has ended; what it printed.
function Process:wait(seconds)
  local deadline = core.clock() + (seconds or 60) * SLOW
  while self:is_running() do
    assert(core.clock() < deadline, "a child takes too long: " .. self:output())
    support.shell "sleep 0.05"
  end
  local output = self:output()
  support.remove(self.folder)
  return output
end

--- Waits until something holds.
function support.until_true(ready, seconds, what)
  local deadline = core.clock() + (seconds or 20) * SLOW
  while not ready() do
    assert(core.clock() < deadline, (what or "it") .. " takes too long")
    support.shell "sleep 0.02"
  end
end

return support
