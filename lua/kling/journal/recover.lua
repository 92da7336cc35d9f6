--- Intents that a process left behind, and what can be found out about them.
-- Owns: client:recover, and the same for a single intent that is asked for again.
-- Stands on: desk.lua; csrc/task_create.c, which looks for a create that may have been sent.
-- Never: creates again where the service can't prove that there is no task, unless told to.
local core = require "kling.core"
local fail = require "kling.fail"
local loop = require "kling.loop"
local outcome = require "kling.journal.outcome"
local text = require "kling.journal.text"
local tracker = require "kling.tracker"

local recover = {}

local MINTED = "kling-"
local OPEN = "place = ? AND state IN ('open', 'ambiguous', 'accepted')"
--- Seconds a process may have gone on after its last sign of life that is on the disk.
local SILENT = 60

--- Begins the create of an intent.
---@param age number|nil seconds ago or longer somebody may have sent it: it is looked for first
---@return kling.Task|nil task
function recover.start(self, link, request, row, watch, age)
  local minted = row.minted == "1" and text.kept(row.external_task_id) or nil
  local task, problems, message, err = core.engine():create(link.route, request, watch or false,
    minted, age, tracker.owners, self.journal ~= nil)
  if task then
    self:track(task, row)
    return task
  end
  if problems then
    message = problems[1].message
    err = { kind = "invalid", retryable = false, problems = problems, gateway = row.gateway }
  end
  self:put(row, outcome.refused(row, err.kind, message, self.book:now()))
  self:flush()
  return nil, message, err
end

local function adopt(self, link, row)
  local state = (row.state == "succeeded" or row.state == "failed") and row.state or nil
  local created_at = math.floor(tonumber(row.created_at) / 1000)
  local task = link:adopt { id = row.task_id, external_task_id = text.kept(row.external_task_id),
    state = state, created_at = created_at, born = created_at }
  self:track(task, row)
  return task
end

local function ambiguous(self, row)
  self:put(row, { state = "ambiguous", kind = row.kind or "timeout", slot = "0", owner = "" })
  self:flush()
  local why = row.reason and text.kept(row.reason)
    or "the program that sent it ended before the answer was noted"
  return fail("ambiguous", ("it is not known whether the task exists: %s"):format(why), {
    gateway = row.gateway, cause = row.kind, external_task_id = text.kept(row.external_task_id),
    hint = ("gateway %s can't be asked: look into the account; recreate = true creates it again"):
      format(row.gateway) })
end

--- The service may refuse an id that was made up for a task that may exist.
local function another_id(row)
  local id = core.random_id(MINTED)
  return { external_task_id = id, external_claim = id,
    reason = "created again, before that as " .. row.external_task_id }
end

--- How long ago a create that may have been sent was sent at the latest.
---@param row table
---@param sent_by number when its process gave its last sign of life
---@param now number both by the journal's clock
---@return number seconds
local function age_of(row, sent_by, now)
  local lost_at = row.lost_at and tonumber(row.lost_at) or sent_by + SILENT * 1000
  return math.max(0, now - lost_at) / 1000
end

--- An intent whose task may exist: looked for where that can be done.
local function resume(self, link, row, given, sent_by)
  local can_ask = link.entry.lookup and row.external_task_id
  if not can_ask and not given.recreate then return ambiguous(self, row) end
  local request = text.unpack(row.request)
  if not request then
    return fail("protocol", "the request in the journal can't be read", { gateway = row.gateway })
  end
  local age = age_of(row, sent_by, self.book:now())
  self:put(row, { state = "open", slot = self.limit and "1" or "0", lost_at = false })
  if not can_ask and row.minted == "1" then self:put(row, another_id(row)) end
  row.doubted = not can_ask
  local done, message, err = self:flush()
  if not done then return nil, message, err end
  if self.changes[row] then
    return fail("timeout", "the journal can't be written now", { code = "journal",
      retryable = true, gateway = row.gateway })
  end
  return recover.start(self, link, request, row, false, can_ask and age or nil)
end

--- A task for one intent.
---@param self table the desk
---@return kling.Task|string|nil task "later": a process that lives takes care of it
---@return string|nil message
---@return kling.Error|nil err
function recover.one(self, link, row, given)
  if row.state == "succeeded" or row.state == "failed" then return adopt(self, link, row) end
  local sent_by, message, err = self.book:claim(row)
  if sent_by == nil then return nil, message, err end
  if not sent_by then return "later" end
  row.owner = self.book.owner.id
  return (row.state == "accepted" and adopt or resume)(self, link, row, given, sent_by)
end

--- A task for an intent that was accepted, whoever takes care of it.
function recover.join(self, link, row, given)
  local task, message, err = recover.one(self, link, row, given)
  if task ~= "later" or row.state ~= "accepted" then return task, message, err end
  row.slot = "0" -- the other process gives it back
  return adopt(self, link, row)
end

local function is_taken_care_of(self, row)
  local task = self.book.tasks[row.id]
  return task ~= nil and (task.busy or task.created)
end

local function begin(self, row, given)
  local client = self.client
  if not client.spec.endpoints[row.endpoint] then
    return fail("invalid", ("gateway %s has no endpoint %s"):format(row.gateway, row.endpoint))
  end
  return recover.one(self, client:open(row.endpoint), row, given)
end

local function item_of(task)
  if task.created then return { task = task } end
  local message, err = task:error()
  return { message = message, err = err }
end

--- See client:recover.
function recover.all(self, given)
  local rows, message, err = self.book:list(OPEN, self.place)
  if not rows then return nil, message, err end
  local items, tasks = {}, {}
  for _, row in ipairs(rows) do
    local task, why, details
    if not is_taken_care_of(self, row) then task, why, details = begin(self, row, given) end
    if type(task) == "userdata" then
      tasks[#tasks + 1] = task
    elseif details then
      items[#items + 1] = { message = why, err = details }
    end
  end
  for _, task in ipairs(tasks) do
    loop.wait(function() return not task.busy end, nil, self.client.host, task)
    tracker.release(task)
    items[#items + 1] = item_of(task)
  end
  self:step()
  return items
end

return recover
