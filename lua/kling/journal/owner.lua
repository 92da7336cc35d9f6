--- Who takes care of an intent: this process, another one that lives, or one that has died.
-- Owns: how a process is told from another, and when it counts as dead.
-- Stands on: /proc where there is one; else only on how long ago a process gave a sign of life.
-- Never: takes a process of this machine that lives for dead, however long it has been silent,
-- unless that is a quarter of an hour: then the Lua state that wrote may have been closed.
local core = require "kling.core"
local text = require "kling.journal.text"

local Owner = {}
Owner.__index = Owner

--- Milliseconds without a sign of life: of another machine's process; of one that lives here; of
-- one whose slots are to be used by others.
local LEASE, SILENCE, SLOT_LEASE = 180000, 900000, 180000
local BEAT, FORGET = 30000, 86400000

local function first_line(path)
  local file = io.open(path, "r")
  if not file then return nil end
  local line = file:read "*l"
  file:close()
  return line
end

local function machine()
  local boot = first_line "/proc/sys/kernel/random/boot_id"
  local name = first_line "/proc/sys/kernel/hostname"
  return boot and name and boot .. "/" .. name or ""
end

--- When a process began, in the kernel's ticks; nil when it has ended.
local function started(pid)
  local line = first_line(("/proc/%s/stat"):format(pid))
  local state, rest = (line or ""):match "^.*%) (%a) (.*)$"
  if not state or state == "Z" or state == "X" then return nil end
  local count = 0
  for field in rest:gmatch "%S+" do
    count = count + 1
    if count == 19 then return field end
  end
end

--- The rows of all owners by id. Inside a transaction.
local function all(store)
  local rows = {}
  for _, row in ipairs(store:rows "SELECT id, host, pid, started, beat FROM kling_owners") do
    rows[row.id] = row
  end
  return rows
end

local function is_alive(self, row, silence, now)
  local age = now - (tonumber(row.beat) or 0)
  if row.host == "" or row.host ~= self.host then return age < LEASE end
  return started(row.pid) == row.started and age < silence
end

--- Owners by id, with `alive` (its intents are left to it) and `holds` (its slots, too). Inside a
-- transaction.
function Owner:census(store)
  store:set_clock()
  local rows, now = all(store), store:now()
  for _, row in pairs(rows) do
    row.alive = is_alive(self, row, SILENCE, now)
    row.holds = row.alive and is_alive(self, row, SLOT_LEASE, now)
  end
  return rows
end

--- A clock that was put back makes the last sign of life one of the future.
local function is_old(self)
  return math.abs(core.now() * 1000 - self.last) >= BEAT
end

--- Writes a sign of life when the last one is old. Inside a transaction that writes.
function Owner:beat(store)
  if not is_old(self) then return end
  store:set_clock()
  local now = text.whole(store:now())
  if store:run("UPDATE kling_owners SET beat = ? WHERE id = ?", now, self.id) == 0 then
    store:run("INSERT INTO kling_owners (id, host, pid, started, beat) VALUES (?, ?, ?, ?, ?)",
      self.id, self.host, self.pid, self.started, now)
    store:run("DELETE FROM kling_owners WHERE beat < ?", text.whole(store:now() - FORGET))
  end
  self.fresh = core.now() * 1000
end

--- The transaction with the sign of life was committed.
function Owner:beaten()
  self.last = self.fresh or self.last
end

--- True when it is time for a sign of life, and there has been one before.
function Owner:is_due()
  return self.last > 0 and is_old(self)
end

--- Gives everything up. Inside a transaction.
function Owner:leave(store)
  store:run("DELETE FROM kling_owners WHERE id = ?", self.id)
end

--- This process.
return function()
  local pid = ("%.0f"):format(core.pid())
  return setmetatable({ id = core.random_id "", host = machine(), pid = pid,
    started = started(pid) or "", last = 0 }, Owner)
end
