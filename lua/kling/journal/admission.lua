--- A create that is noted before it leaves, and kept back while there is no slot or no budget.
-- Owns: the way from a request to an intent to a task; what the same request twice comes to.
-- Stands on: desk.lua, budget.lua, recover.lua, core.engine.
-- Never: lets a byte leave before the intent is on the disk; waits inside pcall.
local budget = require "kling.journal.budget"
local cjson = require "cjson".new()
local core = require "kling.core"
local fail = require "kling.fail"
local loop = require "kling.loop"
local raise = require "kling.raise"
local recover = require "kling.journal.recover"
local text = require "kling.journal.text"

local LOOK = 0.05 -- seconds between two looks for a slot that another process may have given back
local PATIENCE = 180 -- seconds another process may take to create the same task

local MINTED = "kling-"

--- What tells this request from others: not the id that was made up for it.
local function digest(link, body)
  local client = link.client
  return core.sha256(table.concat({ client.gateway, client.base_url, link.endpoint, body }, "\n"))
end

local function check_key(key)
  if key == nil then return nil end
  if type(key) ~= "string" or key == "" or #key > 500 then
    raise("idempotency_key: a string of up to 500 bytes is expected, not %s", tostring(key))
  end
  return text.keep(key)
end

local function names_of(budgets)
  local names = {}
  for i, one in ipairs(budgets) do names[i] = cjson.encode(one.name) end
  return "[" .. table.concat(names, ",") .. "]"
end

local function stand(self, link, request, given, want)
  local client = link.client
  return { id = core.random_id "", state = "open", place = self.place, gateway = client.gateway,
    base_url = client.base_url, endpoint = link.endpoint, slot = self.limit and "1" or "0",
    budgets = names_of(given.budgets), seconds = text.number(want.seconds),
    cost = text.number(want.cost), created_at = text.now(), updated_at = text.now(),
    idempotency_key = check_key(given.idempotency_key), request = request }
end

--- The caller's own id of the task.
local function given_id(request)
  local id = request.external_task_id
  return type(id) == "string" and id:find "%S" and id or nil
end

local function takes_id(link)
  for _, field in ipairs(link.fields) do
    if field.name == "external_task_id" then return true end
  end
  return false
end

--- The rest of an intent, which only a journal needs.
local function fill(row, link, request)
  local json, why = text.pack(request)
  if not json then return fail("invalid", why, { gateway = row.gateway }) end
  local body
  body, why = link.plan:body(request)
  if not body then return fail("invalid", why, { gateway = row.gateway }) end
  row.request, row.digest = json, digest(link, body)
  local own = given_id(request)
  if not own and takes_id(link) then own, row.minted = core.random_id(MINTED), "1" end
  row.external_task_id, row.external_claim = text.keep(own), text.keep(own)
  row.key_claim = row.idempotency_key
  return row
end

local function invalid(row, before, message)
  return fail("invalid", message, { gateway = row.gateway, task_id = before.task_id,
    external_task_id = text.kept(before.external_task_id) })
end

--- A request of which the journal knows.
local function meet(self, link, row, before, given)
  if not row.key_claim or before.key_claim ~= row.key_claim then
    return invalid(row, before, ("external_task_id %s is in the journal already (%s)"):format(
      text.kept(before.external_task_id), before.state))
  elseif before.digest ~= row.digest then
    return invalid(row, before, ("idempotency_key %q belongs to another request"):format(
      text.kept(row.key_claim)))
  end
  local task = self.book.tasks[before.id]
  if task and (task.busy or task.created) then return task end
  return recover.join(self, link, before, given)
end

--- Waits until a slot may be free. False: the client was closed.
local function wait_for_slot(self)
  self:watch_holders()
  local freed = self.freed
  loop.wait(function() return self.freed ~= freed end, core.clock() + LOOK, self.client.host)
  return not self.client.closed
end

local function over(row, message)
  return fail("budget", message, { gateway = row.gateway })
end

--- Whether the intent was written is not known: it is taken back as soon as that can be done.
local function not_written(self, row, want, message, err)
  if err.unsure then self.book:void(row, want) end
  return nil, message .. "; nothing was sent", err
end

--- Brings an intent into the book. Waits for a slot.
---@return table|nil verdict
local function enter(self, row, budgets, want)
  while true do
    local verdict, message, err = self.book:admit(row, budgets, want, self.limit)
    if not verdict then return not_written(self, row, want, message, err) end
    if verdict.word == "budget" then return over(row, verdict.message) end
    if verdict.word ~= "full" then return verdict end
    if not wait_for_slot(self) then
      return fail("cancelled", "the client was closed before there was a slot",
        { gateway = row.gateway })
    end
    row.created_at = text.now()
  end
end

--- Another process is creating the same task: waits until it has, or has died.
local function meet_in_the_end(self, link, row, before, given)
  local deadline = core.clock() + PATIENCE
  while true do
    local task, message, err = meet(self, link, row, before, given)
    if task ~= "later" then return task, message, err end
    if core.clock() > deadline then
      return fail("timeout", "another process has not finished creating this task",
        { gateway = row.gateway, retryable = true })
    end
    loop.sleep(LOOK * 2, self.client.host)
    local rows
    rows, message, err = self.book:list("id = ?", before.id)
    if not rows then return nil, message, err end
    if not rows[1] or rows[1].state == "refused" then return "anew" end
    before = rows[1]
  end
end

--- See Link:create, of which this takes the place where a journal, a budget or a limit is kept.
---@param self table the desk
---@param link table
---@param request table one that is valid
---@param watch boolean|number poll it to the end afterwards, every so many seconds
---@param given table idempotency_key, recreate, budgets
local function create(self, link, request, watch, given)
  self:leave_to_parent()
  local want, message, err = budget.want(link, request, given.budgets, self.prices)
  if not want then return nil, message, err end
  local row = stand(self, link, request, given, want)
  if self.journal then
    row, message, err = fill(row, link, request)
    if not row then return nil, message, err end
  end
  while true do
    local verdict
    verdict, message, err = enter(self, row, given.budgets, want)
    if not verdict then return nil, message, err end
    if verdict.word == "new" then return recover.start(self, link, request, row, watch) end
    local task
    task, message, err = meet_in_the_end(self, link, row, verdict.row, given)
    if task ~= "anew" then
      if task and watch and not task.done then
        task:watch { interval = watch ~= true and watch or nil }
      end
      return task, message, err
    end
  end
end

return create
