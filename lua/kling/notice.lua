--- Finds the task a callback is about, and asks the gateway how it stands.
-- Owns: the order in which a client's endpoints are asked.
-- Stands on: client.lua's methods, tracker.lua.
-- Never: believes the callback; behind a gateway with ids of its own, task_id may be the id at
-- Kling, so the caller's external_task_id comes first.
local fail = require "kling.fail"
local gateway = require "kling.gateway"
local raise = require "kling.raise"
local tracker = require "kling.tracker"

local function is_about(task, event)
  if event.external_task_id and task.external_task_id == event.external_task_id then return true end
  return event.task_id ~= nil and task.id == event.task_id
end

--- One this client waits for or creates already.
local function known(client, event)
  for _, task in ipairs(tracker.pending(client)) do
    if is_about(task, event) then return task end
  end
end

--- The task as one endpoint's path leads to it.
local function adopt(client, event, endpoint)
  local entry = client.spec.endpoints[endpoint]
  if entry and entry.lookup and event.external_task_id then
    return client:task({ external_task_id = event.external_task_id }, endpoint)
  elseif event.task_id then
    return client:task(event.task_id, endpoint)
  end
  return fail("not_found", "this callback names no task that the gateway can be asked about",
    { external_task_id = event.external_task_id, gateway = client.gateway })
end

local function ask(task)
  local state, message, err = task:status()
  if not state then return nil, message, err end
  return task
end

---@param client kling.Client
---@param event kling.Event
---@param endpoint string|nil
return function(client, event, endpoint)
  if type(event) ~= "table" then
    raise("client:on_callback: an event of kling.callback.parse is expected")
  end
  local task = known(client, event)
  if task then return ask(task) end
  local message, err
  for _, name in ipairs(endpoint and { endpoint } or gateway.endpoints(client.spec)) do
    task, message, err = adopt(client, event, name)
    if task then task, message, err = ask(task) end
    if task or not err or err.kind ~= "not_found" then return task, message, err end
  end
  return nil, message, err
end
