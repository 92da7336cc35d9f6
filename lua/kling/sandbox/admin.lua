--- The sandbox's own door: faults, options, counters, reset.
-- Owns: the routes under /_sandbox/, reached over HTTP and over the pipe of `start`.
-- Stands on: world, json.
-- Never: asks for a key; the sandbox listens on loopback only.

local json = require "kling.sandbox.json"

local admin = {}

local routes = {}

routes["GET /_sandbox/stats"] = function(world, query)
  local report = world:report()
  if query.gateway then return report.gateways[query.gateway] end
  return report
end

local function task_row(world, task)
  return {
    id = task.id, upstream = task.upstream, gateway = task.gateway, endpoint = task.endpoint,
    external_task_id = task.external, model = task.model, phase = world.tasks:phase(task),
    polls = task.polls, lookups = task.lookups, prompt = task.prompt,
  }
end

routes["GET /_sandbox/tasks"] = function(world, query)
  local rows = json.array()
  for _, task in ipairs(world.tasks.order) do
    if not query.gateway or query.gateway == task.gateway then
      rows[#rows + 1] = task_row(world, task)
    end
  end
  return rows
end

routes["POST /_sandbox/faults"] = function(world, _, body)
  world.faults:add(body)
  return { armed = #world.faults.armed }
end

routes["GET /_sandbox/faults"] = function(world) return json.array(world.faults.armed) end

routes["DELETE /_sandbox/faults"] = function(world)
  world.faults:clear()
  return { armed = 0 }
end

routes["POST /_sandbox/options"] = function(world, _, body)
  world:set_options(body)
  return { ok = true }
end

routes["POST /_sandbox/finish"] = function(world)
  world.tasks:finish()
  return { ok = true }
end

routes["POST /_sandbox/reset"] = function(world)
  world:reset()
  return { ok = true }
end

local function parse(body)
  if body == "" then return {} end
  local value, complaint = json.decode(body)
  if json.type(value) ~= "object" then error(complaint or "not a JSON object", 0) end
  return value
end

--- Do one admin command.
---@param world table
---@param method string
---@param path string
---@param query table
---@param body string JSON or empty
---@return number status
---@return table value
function admin.run(world, method, path, query, body)
  local route = routes[method .. " " .. path]
  if not route then return 404, { error = "no such admin route: " .. method .. " " .. path } end
  local ok, value = pcall(function() return route(world, query, parse(body)) end)
  if not ok then return 400, { error = tostring(value) } end
  return 200, value or {}
end

--- The same as an HTTP reply.
---@return table reply
function admin.reply(world, method, path, query, body)
  local status, value = admin.run(world, method, path, query, body)
  return { status = status, type = "application/json", body = json.encode(value) }
end

return admin
