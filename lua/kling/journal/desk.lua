--- What a client notes about its tasks: when each was accepted, how it ended, where it was saved.
-- Owns: tasks that are being created or take up slots; changes that are not written yet.
-- Stands on: book.lua or memory.lua, outcome.lua; tracker.lua, which tells of every step and end.
-- Never: loses a change because the journal could not be written: it tries again until it can.
local core = require "kling.core"
local outcome = require "kling.journal.outcome"
local text = require "kling.journal.text"
local tracker = require "kling.tracker"

local Desk = {}
Desk.__index = Desk

local AGAIN = 1 -- seconds before writing is tried again
local SHARE = 3 -- times as long as a try took that failed: a host must not stand still mostly
local WATCH = 5 -- seconds before a holder of a slot is watched again

--- Every desk that may have something to write.
local desks = setmetatable({}, { __mode = "k" })

local function is_known(row, to)
  return row.state == to.state and row.task_id == to.task_id
end

-- Writing -------------------------------------------------------------------------------------

local function merge(into, more)
  for name, value in pairs(more or {}) do
    into[name] = type(value) == "number" and (into[name] or 0) + value or value
  end
  return into
end

--- Notes a change to an intent; `flush` writes it.
---@param row table
---@param to table columns
---@param spend table|nil what to add to its budgets
---@param learn string|nil "grow", "lower"
function Desk:put(row, to, spend, learn)
  local entry = self.changes[row]
  if not entry then
    entry = { row = row, to = {} }
    self.changes[row] = entry
    self.order[#self.order + 1] = entry
  end
  merge(entry.to, to)
  if spend then entry.spend = merge(entry.spend or {}, spend) end
  entry.learn = learn or entry.learn
  desks[self] = true
end

local function apply(self, entry)
  local row, frees = entry.row, entry.row.slot == "1" and entry.to.slot == "0"
  for name, value in pairs(entry.to) do row[name] = value or nil end
  self.changes[row] = nil
  if frees then
    self.freed = self.freed + 1
    for task, held in pairs(self.holders) do
      if held == row then self.holders[task] = nil end
    end
  end
end

--- Writes what was noted; what can't be written now is kept for later.
---@return true|nil done
---@return string|nil message
---@return kling.Error|nil err
function Desk:flush()
  local is_due = self.order[1] or self.book:is_due()
  if not is_due or core.clock() < self.not_before then return true end
  local entries, began = self.order, core.clock()
  local done, message, err = self.book:write(entries)
  if not done then
    local now = core.clock()
    self.not_before = now + math.max(AGAIN, SHARE * (now - began))
    return nil, message, err
  end
  self.order = {}
  for _, entry in ipairs(entries) do apply(self, entry) end
  return true
end

-- Watching ------------------------------------------------------------------------------------

--- In a forked child: the parent goes on with the creates that are under way, and notes what comes
-- of them; here they look as if they had been given up.
function Desk:leave_to_parent()
  if self.pid == core.pid() or not self.journal then return end
  self.pid = core.pid()
  for task, row in pairs(self.creating) do
    self.rows[task], self.holders[task], self.book.tasks[row.id] = nil, nil, nil
  end
  self.creating, self.changes, self.order = {}, {}, {}
end

--- Takes care of a task from now on.
function Desk:track(task, row)
  self.rows[task], self.book.tasks[row.id] = row, task
  if task.busy then self.creating[task] = row end
  if row.slot == "1" then self.holders[task] = row end
  desks[self] = true
end

--- The intent of a task that came another way than by a create here: client:task, client:resume,
-- a list. Nothing tells that a create failed, so only a task that exists is looked for.
local function find(self, task)
  if not self.journal or not task.created or self.strangers[task] then return nil end
  local row = self.book:find(self.place, task.id, text.keep(task.external_task_id))
  if row == nil then
    self.unread[task], desks[self] = true, true
    self.not_before = core.clock() + AGAIN
  end
  self.rows[task], self.strangers[task] = row or nil, row == false or nil
  return row
end

--- Notes how a task stands, when that is news.
function Desk:notice(task)
  self:leave_to_parent()
  local row = self.rows[task] or find(self, task)
  if not row then return end
  local to, spend = outcome.of(task, row, self.book:now())
  local entry = self.changes[row]
  if not to or is_known(row, to) or entry and is_known(entry.to, to) then return end
  local learn = self.limit == "auto"
    and (to.state == "accepted" and "grow" or to.kind == "concurrency" and "lower") or nil
  self:put(row, to, spend, learn)
end

local function look_at(self, task, row)
  if not task.busy then
    self.creating[task] = nil
    self:notice(task)
  elseif self.limit == "auto" and core.clock() >= self.lower_at then
    local _, err = task:trouble()
    if not err or err.kind ~= "concurrency" then return end
    self.lower_at = core.clock() + AGAIN
    self:put(row, {}, nil, "lower")
  end
end

--- Looks at tasks that are being created, and writes.
function Desk:step()
  self:leave_to_parent()
  for task, row in pairs(self.creating) do look_at(self, task, row) end
  if core.clock() >= self.not_before then
    local again = self.unread
    self.unread = {}
    for task in pairs(again) do self:notice(task) end
  end
  self:flush()
end

--- While somebody waits for a slot, those who have one must be asked whether they are done.
function Desk:watch_holders()
  local now, times = core.clock(), self.watch_at
  for task in pairs(self.holders) do
    local idle = not task.watched and not task.busy and not task.done
    if idle and now >= (times[task] or 0) then
      times[task] = now + WATCH
      task:watch {}
    end
  end
end

--- A question about the task was answered.
function Desk:asked(task)
  self:notice(task)
  self:flush()
end

--- A video of the task was saved.
function Desk:saved(task, path)
  local row = self.rows[task] or find(self, task)
  if row then self:put(row, { path = text.keep(path) }) end
  self:flush()
end

tracker.listen {
  ended = function(task)
    local desk = task.client and task.client.desk
    if desk then desk:notice(task) end
  end,
  stepped = function()
    for desk in pairs(desks) do desk:step() end
  end,
}

--- A client's desk.
---@param client kling.Client
---@param book table see book.lua
---@param given table limit, prices, budget, journal
return function(client, book, given)
  local self = { client = client, book = book, pid = core.pid(), changes = {}, order = {},
    rows = setmetatable({}, { __mode = "k" }), creating = {}, holders = {}, freed = 0,
    place = client.gateway .. " " .. client.base_url, unread = {},
    strangers = setmetatable({}, { __mode = "k" }), not_before = 0, lower_at = 0,
    watch_at = setmetatable({}, { __mode = "k" }) }
  for name, value in pairs(given) do self[name] = value end
  return setmetatable(self, Desk)
end
