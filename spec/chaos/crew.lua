--- The client processes of a round: started, killed when the plan says so, started again.
-- Owns: who is running, what each of them said last, how each one ended.
-- Stands on: bash, worker.lua; KLING_LUA, which the Makefile sets.
-- Never: leaves a process behind, not even when this one is killed: a shell beside each worker
-- waits for that.

local core = require "kling.core"

local Crew = {}
Crew.__index = Crew

local AGAIN = 0.05 -- seconds before a killed worker is started again
local KILLED = 128 + 9 -- how a shell tells it
local MOST_CRASHES = 20

--- Descriptors of ours, such as the sandbox's pipes, must not stay open in the worker; bash, since
-- dash can't close those above 9. How the worker ends stands in its own log.
local SCRIPT = [[
for n in $(seq 3 255); do eval "exec $n>&-"; done
boss=$1; log=$2; shift 2
"$@" >>"$log" 2>&1 </dev/null &
worker=$!
while kill -0 $worker; do kill -0 $boss || kill -9 $worker; sleep 1; done >/dev/null 2>&1 &
wait $worker 2>/dev/null
echo "exit $?" >>"$log"
]]

local function quote(text) return "'" .. tostring(text):gsub("'", "'\\''") .. "'" end

--- Starts the next worker of a slot.
local function launch(self, member)
  member.starts = member.starts + 1
  local words = { "bash", "-c", SCRIPT, "-", ("%.0f"):format(core.pid()), member.log_path,
    os.getenv "KLING_LUA" or "lua", "spec/chaos/worker.lua", self.round, member.slot,
    member.starts }
  for i, word in ipairs(words) do words[i] = quote(word) end
  os.execute(table.concat(words, " ") .. " >/dev/null 2>&1 </dev/null &")
  member.running, member.pid = true, nil
end

--- Adds a worker to the crew, and starts it.
function Crew:hire(slot)
  local path = ("%s/worker-%d.log"):format(self.folder, slot)
  assert(io.open(path, "w")):close()
  local member = { slot = slot, starts = 0, log_path = path, log = assert(io.open(path, "r")) }
  self.members[#self.members + 1] = member
  launch(self, member)
end

local function kill(self, member)
  if not member.running or not member.pid then return end
  os.execute("kill -9 " .. member.pid .. " 2>/dev/null")
  member.killed = true
  self.kills = self.kills + 1
end

local hears = {}

function hears.pid(_, member, pid) member.pid = pid end

function hears.exit(self, member, status)
  member.running = false
  local was_killed = member.killed and tonumber(status) == KILLED
  member.killed = false
  if status == "0" then
    member.through = true
    return
  elseif not was_killed then
    self.crashes[#self.crashes + 1] = ("worker %d, start %d: exit status %s"):format(member.slot,
      member.starts, status)
  end
  self.due[#self.due + 1] = { at = core.clock() + AGAIN, act = launch, member = member }
end

--- What a worker says may be the sign to kill it, a little later; each sign counts once.
local function obey(self, member, line)
  local delay = self.plan.kills[line]
  if not delay or self.used[line] then return end
  self.used[line] = true
  local pid = member.pid
  self.due[#self.due + 1] = { at = core.clock() + delay, member = member, act = function()
    if member.pid == pid then kill(self, member) end
  end }
end

local QUIET = { begin = true, save = true, start = true, recovered = true }

local function listen(self, member)
  member.log:seek("cur", 0)
  for line in member.log:lines() do
    local word, rest = line:match "^(%a+) ?(.*)$"
    if hears[word] then
      hears[word](self, member, rest)
    elseif QUIET[word] then
      obey(self, member, line)
    else
      self.remarks[#self.remarks + 1] = ("worker %d: %s"):format(member.slot, line)
    end
  end
end

local function act(self)
  local now, later, due = core.clock(), {}, self.due
  self.due = later
  for _, entry in ipairs(due) do
    if entry.at <= now then entry.act(self, entry.member) else later[#later + 1] = entry end
  end
end

local function all_through(self)
  for _, member in ipairs(self.members) do
    if not member.through then return false end
  end
  return true
end

--- Ends those who are still running.
function Crew:dismiss()
  for _, member in ipairs(self.members) do kill(self, member) end
end

--- Lets them work until all are through, or the time is up.
---@param seconds number
function Crew:run(seconds)
  local deadline = core.clock() + seconds
  while not all_through(self) do
    for _, member in ipairs(self.members) do listen(self, member) end
    act(self)
    if core.clock() > deadline or #self.crashes > MOST_CRASHES then
      self.crashes[#self.crashes + 1] = "the round was given up: it took too long, or broke down"
      return self:dismiss()
    end
    core.engine():block(0.005)
  end
end

--- A crew.
---@param plan table see plan.lua
---@param folder string where the logs are
---@param round string what every worker is told
return function(plan, folder, round)
  return setmetatable({ plan = plan, folder = folder, round = round, members = {}, due = {},
    used = {}, kills = 0, crashes = {}, remarks = {} }, Crew)
end
