--- A client: one gateway, one account, and the calls the gateway has.
-- Owns: kling.new, and the methods of what it returns. Methods named after endpoints come from the
-- gateway's data.
-- Stands on: setup.lua, link.lua, gateway.lua, loop, tracker.lua.
-- Never: connects to anything before a call; sends a create twice (C sees to that).
local fail = require "kling.fail"
local gateway = require "kling.gateway"
local link = require "kling.link"
local loop = require "kling.loop"
local options = require "kling.options"
local raise = require "kling.raise"
local setup = require "kling.setup"
local tracker = require "kling.tracker"
require "kling.task" -- the methods of what is created here

--- One gateway and one account there.
---@class kling.Client
---@field gateway string
---@field base_url string
local Client = {}

--- The gateway's part of an endpoint, made at its first use; for kling's own files. Raises on
-- unknown names.
---@private
function Client:open(endpoint)
  if self.closed then raise("this client of %s is closed", self.gateway) end
  local found = self.links[endpoint]
  if not found then
    if not self.spec.endpoints[endpoint] then
      raise("gateway %s has no endpoint %q; it has: %s", self.gateway, tostring(endpoint),
        table.concat(gateway.endpoints(self.spec), ", "))
    end
    found = link(self, endpoint)
    self.links[endpoint] = found
  end
  return found
end

local function open_request(self, endpoint, request)
  if type(request) ~= "table" then
    raise("%s: a request is a table, not a %s", tostring(endpoint), type(request))
  end
  return self:open(endpoint)
end

--- Creates a task. It returns when the service has taken it, or has not.
---@param endpoint string as in "text2video"
---@param request table Kling's parameters; `extra` holds parameters that kling does not know
---@param given table|nil idempotency_key (may stand in the request, too), budget, recreate
---@return kling.Task|nil task
---@return string|nil message
---@return kling.Error|nil err kind "ambiguous": the task may exist, look before creating another
function Client:submit(endpoint, request, given)
  local found = open_request(self, endpoint, request)
  local task, message, err = found:create(request, false, given)
  if not task then return nil, message, err end
  loop.wait(function() return not task.busy end, nil, self.host, task)
  tracker.drop(task)
  if task.created then return task end
  return nil, task:error()
end

--- Finds out what became of the creates that a process left behind when it ended: looks for them
-- where the service can be asked, and creates those again that it proves to be missing.
---@param given table|nil recreate: create again what the service can't be asked about
---@return kling.Item[]|nil items each with a task, or with message and err
---@return string|nil message
---@return kling.Error|nil err
function Client:recover(given)
  return require "kling.journal.front".recover(self, given)
end

--- Holds a request against the gateway's rules. Nothing is sent.
---@param endpoint string
---@param request table
---@return true|nil good
---@return string|nil message
---@return kling.Error|nil err err.problems: everything that is wrong, {path, got, allowed, message}
function Client:validate(endpoint, request)
  return open_request(self, endpoint, request):validate(request)
end

--- What a create would send.
---@param endpoint string
---@param request table
---@return table|nil preview {method=, url=, headers= {name = value}, body=}; the key is masked
---@return string|nil message
---@return kling.Error|nil err
function Client:preview(endpoint, request)
  return open_request(self, endpoint, request):preview(request)
end

local function the_only_endpoint(self)
  local names = gateway.endpoints(self.spec)
  if #names > 1 then
    raise("client:task: which endpoint? gateway %s has: %s", self.gateway,
      table.concat(names, ", "))
  end
  return names[1]
end

--- A task that exists already. Nothing is asked before task:status or task:wait.
---@param id string|integer|table the service's id, or {external_task_id = "..."} where the gateway
--- finds tasks by it
---@param endpoint string|nil may be left out when the gateway has one only
---@return kling.Task|nil task
---@return string|nil message
---@return kling.Error|nil err
function Client:task(id, endpoint)
  local found = self:open(endpoint or the_only_endpoint(self))
  local name = type(id) == "table" and "external_task_id" or "id"
  if type(id) == "table" then id = id.external_task_id end
  local text, problem = require "kling.id".text(name, id)
  if not text then raise("client:task: %s", problem) end
  if name == "external_task_id" then return found:look_up(text) end
  return found:adopt { id = text }
end

--- A task of task:serialize(), in this or another process.
---@param text string
---@return kling.Task|nil task
---@return string|nil message
---@return kling.Error|nil err
function Client:resume(text)
  local state, message, err = require "kling.saved".read(text)
  if not state then return nil, message, err end
  if state.gateway ~= self.gateway then
    return fail("invalid", ("this task belongs to gateway %s, the client to %s"):format(
      state.gateway, self.gateway))
  elseif not self.spec.endpoints[state.endpoint] then
    return fail("invalid", ("gateway %s has no endpoint %s"):format(self.gateway, state.endpoint))
  end
  local found = self:open(state.endpoint)
  if not state.id then return found:look_up(state.external_task_id) end
  return found:adopt(state)
end

--- What the gateway can do, from its data; nothing is asked.
---@return table capabilities endpoints (models, modes, durations, fields, rules), guarantees
function Client:capabilities()
  return gateway.capabilities(self.spec, self.choices)
end

--- The account's tasks, newest first as the service has them.
---@param endpoint string
---@param page table|nil page_num (1), page_size (30)
---@return kling.Task[]|nil tasks
---@return string|nil message
---@return kling.Error|nil err
function Client:list(endpoint, page)
  page = options.check("client:list", "list", page)
  return self:open(endpoint):list(options.value("list", page, "page_num"),
    options.value("list", page, "page_size"), require "kling.retry".get)
end

--- The task a callback speaks of, asked about just now. Not the callback is taken at its word but
-- the answer, so a forged or an old one does no harm.
---@param event kling.Event of kling.callback.parse
---@param endpoint string|nil may be left out; then each endpoint is asked until one knows the task
---@return kling.Task|nil task task.state is the service's answer
---@return string|nil message
---@return kling.Error|nil err
function Client:on_callback(event, endpoint)
  return require "kling.notice"(self, event, endpoint)
end

--- Tasks of this client that are being created or waited for, those included whose call was ended
-- by Ctrl-C or an error raised in a callback.
---@return kling.Task[]
function Client:pending()
  return tracker.pending(self)
end

--- Stops all waiting. Tasks go on at the service; the client can't be used any more.
function Client:close()
  self.closed = true
  for _, task in ipairs(self:pending()) do task:forget() end
  if self.desk then require "kling.journal.front".close(self.desk) end
end

local METATABLE = {
  __name = "kling.client",
  __tostring = function(self) return "kling.client " .. self.gateway end,
  __close = Client.close,
}

--- An endpoint that this gateway lacks is a method all the same, which says what the gateway has.
function METATABLE.__index(self, name)
  if Client[name] then return Client[name] end
  if not gateway.knows(name) and not rawget(self, "spec").endpoints[name] then return nil end
  return function(client, request, given) return client:submit(name, request, given) end
end

--- Makes a client. Nothing is read, asked or connected to.
---@param given kling.Options
---@return kling.Client
local function new(given)
  local self = setmetatable(setup(given), METATABLE)
  if given.journal or given.budget or given.concurrency or given.prices then
    self.desk = require "kling.journal.front".open(self, given)
  end
  return self
end

return { new = new }
