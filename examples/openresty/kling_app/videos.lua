-- POST /videos and GET /videos/{id}.
--
-- Owns: the id that browsers see, "<endpoint>.<the service's id>", so that nothing need be stored.
-- Stands on: config.lua, web.lua, kling's client.
-- Never: lets a browser set what is the operator's: where callbacks go, parameters kling does not
-- know, keys under which creates are remembered.

local config = require "kling_app.config"
local web = require "kling_app.web"

local videos = {}

local NOT_FOR_CALLERS = { "callback_url", "extra", "idempotency_key" }
local LONGEST_ID = 190 -- characters, printable ones: no service has other ids

local function endpoint_of(request)
  local wanted = request.endpoint
  request.endpoint = nil
  for i, name in ipairs(config.settings.endpoints) do
    if wanted == name or (wanted == nil and i == 1) then return name end
  end
end

--- What stands in the body and must not, as a sentence.
local function forbidden(request)
  for _, name in ipairs(NOT_FOR_CALLERS) do
    if request[name] ~= nil then return ("%s can't be set here"):format(name) end
  end
end

--- The request without what is not kling's; or nil and a sentence.
local function read_request()
  local request = web.decode(web.body())
  if not request then return nil, "the body must be a JSON object" end
  local endpoint = endpoint_of(request)
  if not endpoint then
    return nil, "endpoint must be one of: " .. table.concat(config.settings.endpoints, ", ")
  end
  local problem = forbidden(request)
  if problem then return nil, problem end
  if config.settings.public_url then
    request.callback_url = config.settings.public_url .. "/callbacks"
  end
  return request, endpoint
end

--- A task as browsers see it.
function videos.describe(task)
  local result, message, err = task:result(), task:error()
  return {
    id = task.endpoint .. "." .. task.id, state = task.state or "unknown",
    raw_status = task.raw_status, progress = task.progress, reason = task.reason,
    created_at = task.created_at, updated_at = task.updated_at,
    external_task_id = task.external_task_id,
    result = result and { videos = result.videos },
    error = task.done and message and (web.failure(message, err)) or nil,
  }
end

function videos.create()
  local request, endpoint = read_request()
  if not request then return web.deny(400, "invalid", endpoint) end
  local task, message, err = config.client():submit(endpoint, request)
  if not task then return web.refuse(message, err) end
  local shown = videos.describe(task)
  ngx.header.location = "/videos/" .. ngx.escape_uri(shown.id)
  web.reply(202, shown)
end

--- The task of an id that browsers see; nil: there can't be one.
local function find(id)
  local endpoint, own = id:match("^(%w+)%.([!-.0-~]+)$")
  if not endpoint or #own > LONGEST_ID then return nil end
  for _, name in ipairs(config.settings.endpoints) do
    if name == endpoint then return config.client():task(own, endpoint) end
  end
end

--- The task that the address names, asked about just now; or nil when the refusal is sent already.
function videos.ask()
  local task = find(ngx.var.video)
  if not task then
    web.deny(404, "not_found", "there is no such video")
    return nil
  end
  local state, message, err = task:status()
  if state then return task end
  web.refuse(message, err)
end

function videos.show()
  local task = videos.ask()
  if task then web.reply(200, videos.describe(task)) end
end

return videos
