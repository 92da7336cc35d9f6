--- One endpoint of one client: the compiled plan, the route, and what can be done with them.
-- Owns: how a client's options become core.plan, core.replies and core.route.
-- Stands on: kling.core, gateway.lua, key.lua, loop.
-- Never: waits; client.lua and task.lua do.
local core = require "kling.core"
local fail = require "kling.fail"
local gateway = require "kling.gateway"
local loop = require "kling.loop"
local tracker = require "kling.tracker"

local Link = {}
Link.__index = Link

local MINTED = "kling-" -- csrc/route.h has the same beginning for ids nobody chose

--- One gateway's words over the ones most gateways share.
local function replies_of(client)
  if client.replies then return client.replies end
  local words = {}
  for word, value in pairs(require "kling.replies") do words[word] = value end
  for word, value in pairs(client.spec.replies or {}) do words[word] = value end
  client.replies = core.replies(words)
  return client.replies
end

local function url(client, path)
  return path and client.base_url .. path or nil
end

local function new_route(self)
  local client, entry = self.client, self.entry
  return core.route {
    account = client.account, plan = self.plan, replies = self.replies, client = client,
    gateway = client.gateway, endpoint = self.endpoint, polling = client.pace,
    create_url = url(client, entry.path), status_url = url(client, entry.query),
    lookup_url = url(client, entry.lookup),
    list_url = entry.list and url(client, entry.list .. "?pageNum=1&pageSize=100"),
    create_timeout = client.create_timeout, retry_for = client.retry_for,
    lookup_timeout = client.lookup_timeout, absent_after = client.absent_after,
  }
end

--- Says which gateways have a field that this one lacks.
local function add_hints(self, problems)
  local hint
  for _, problem in ipairs(problems) do
    local names = problem.field and problem.path == problem.field
      and gateway.other_accepts(problem.field, self.endpoint) or {}
    if #names > 0 then
      problem.hint = ("%s is taken by: %s"):format(problem.field, table.concat(names, ", "))
      hint = hint or problem.hint
    end
  end
  return hint
end

local function invalid(self, problems)
  local message = problems[1].message
  if #problems > 1 then message = ("%s (and %d more)"):format(message, #problems - 1) end
  return fail("invalid", message, { problems = problems, gateway = self.client.gateway,
    hint = add_hints(self, problems) })
end

function Link:validate(request)
  local problems = self.plan:validate(request)
  if problems then return invalid(self, problems) end
  return true
end

--- A task whose create leaves with the next step of the engine; for callers that know that they
-- can wait.
---@param watch boolean|number poll it to the end afterwards, every so many seconds
---@param given table|nil idempotency_key, budget, recreate
function Link:start(request, watch, given)
  local client = self.client
  local ready, message, err = client.key:ready()
  if not ready then return nil, message, err end
  if client.desk or given or request.idempotency_key ~= nil then
    return require "kling.journal.front".create(self, request, watch, given)
  end
  local task, problems
  self.engine = self.engine or core.engine()
  task, problems, message, err = self.engine:create(self.route, request, watch, nil, nil,
    tracker.owners) -- kept from now on: whoever waits for it releases it
  if task then return task end
  if problems then return invalid(self, problems) end
  return nil, message, err
end

--- The same, unless nothing can wait here.
function Link:create(request, watch, given)
  loop.check(self.client.host)
  return self:start(request, watch, given)
end

local function headers_of(client)
  local headers = {}
  for _, pair in ipairs(client.account:headers("json")) do headers[pair[1]] = pair[2] end
  return headers
end

function Link:preview(request)
  local good, message, err = self:validate(request)
  if not good then return nil, message, err end
  self.client.key:ready() -- without a key the header shows none
  local body, why = self.plan:body(request, core.random_id(MINTED))
  if not body then return fail("invalid", why, { gateway = self.client.gateway }) end
  return { method = "POST", url = url(self.client, self.entry.path),
    headers = headers_of(self.client), body = body }
end

--- A task that exists already.
---@param about table id, external_task_id, state, raw_status, created_at; born where we created it
function Link:adopt(about)
  return core.engine():adopt(self.route, about.id, about.external_task_id, about.state,
    about.raw_status, about.created_at, about.born)
end

--- A task of which only the caller's own id is known.
function Link:look_up(external_id)
  if not self.entry.lookup then
    return fail("ambiguous", ("gateway %s does not find tasks by external_task_id"):format(
      self.client.gateway), { external_task_id = external_id, gateway = self.client.gateway,
      hint = "look for it in the account before you create it again" })
  end
  return self:adopt { external_task_id = external_id }
end

---@param get function retry.get
function Link:list(page_num, page_size, get)
  local client = self.client
  if not self.entry.list then
    return fail("invalid", ("gateway %s has no list of tasks"):format(client.gateway))
  end
  local ready, message, err = client.key:ready()
  if not ready then return nil, message, err end
  local text
  text, message, err = get(client, ("%s?pageNum=%.0f&pageSize=%.0f"):format(
    url(client, self.entry.list), page_num, page_size), self.replies)
  if not text then return nil, message, err end
  local tasks = {}
  for i, about in ipairs(self.replies:list(text) or {}) do tasks[i] = self:adopt(about) end
  return tasks
end

---@param client kling.Client
---@param endpoint string one that the gateway has
return function(client, endpoint)
  local self = setmetatable({ client = client, endpoint = endpoint }, Link)
  self.entry = client.spec.endpoints[endpoint]
  local data = gateway.endpoint(client.spec, endpoint, client.choices)
  self.fields, self.plan = data.fields, core.plan(data)
  self.replies = replies_of(client)
  self.route = new_route(self)
  return self
end
