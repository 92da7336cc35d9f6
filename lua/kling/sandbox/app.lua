--- From a request to a reply, without a socket.
-- Owns: finding the gateway and the route, authentication, the counters, the order in which faults
-- strike.
-- Stands on: world, actions, auth, errors, faults, admin.
-- Never: reads or writes the wire; server.lua hands in a request and sends the reply.

local actions = require "kling.sandbox.actions"
local admin = require "kling.sandbox.admin"
local auth = require "kling.sandbox.auth"
local errors = require "kling.sandbox.errors"
local faults = require "kling.sandbox.faults"

local app = {}

local BODY_SHOWN = 65536
local COUNTER = {
  create = "creates", status = "polls", list = "lists", file = "files", content = "content",
}

local CONSOLE = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Console"
  .. "</title></head><body><div id=\"root\"></div></body></html>"

local function unescape(s)
  return (s:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function parse_query(s)
  local query = {}
  for name, value in (s or ""):gmatch("([^&=]+)=([^&]*)") do
    query[unescape(name)] = unescape(value)
  end
  return query
end

local function find_route(gateway, method, path)
  local other_method = false
  for _, route in ipairs(gateway.routes) do
    local id = path:match(route.pattern)
    if id and route.method == method then return route, id end
    other_method = other_method or id ~= nil
  end
  return nil, other_method
end

-- new-api serves its web console for every path it does not know outside /v1, /api, /assets.
local function unknown_route(ctx, other_method)
  if ctx.gateway.family == "kling" then
    local e = { code = other_method and 1202 or 1203, request_id = ctx.request_id }
    return errors.reply("kling", e)
  end
  if ctx.path:find("^/v1/") or ctx.path:find("^/api/") or ctx.path:find("^/assets/") then
    return errors.reply("invalid_url",
      { message = ("Invalid URL (%s %s)"):format(ctx.method, ctx.path) })
  end
  return { status = 200, type = "text/html; charset=utf-8", body = CONSOLE }
end

local function remember(ctx)
  local body = ctx.body or ""
  local stats = ctx.world.stats[ctx.gateway.name]
  local entry = {
    method = ctx.method, target = ctx.target, path = ctx.path, query = ctx.query,
    headers = ctx.headers, body = body:sub(1, BODY_SHOWN), body_bytes = #body,
    http_version = ctx.http_version, action = ctx.action,
  }
  stats.last[ctx.action], stats.last_request = entry, entry
end

local function unauthorized(ctx, code)
  ctx.world:count(ctx.gateway.name, "unauthorized")
  local message
  if ctx.gateway.auth_family == "new_api" then message = "Invalid token" end
  local numeric = ctx.gateway.auth_family == "kling" and code or nil
  return errors.reply(ctx.gateway.auth_family,
    { status = 401, code = numeric, message = message, request_id = ctx.request_id })
end

-- What the gateway does when no fault strikes.
local function act(ctx)
  if ctx.action == "file" then return actions.file(ctx) end
  if not ctx.action or ctx.action == "unknown" then return unknown_route(ctx, ctx.other_method) end
  local account, code = auth.account(ctx.headers.authorization, ctx.options, ctx.gateway.jwt,
    ctx.world.clock.wall())
  if not account then return unauthorized(ctx, code) end
  ctx.account = account
  return actions[ctx.action](ctx)
end

local function strike(fault, ctx)
  if fault.delay then ctx.sleep(fault.delay) end
  local kind = faults.kinds[fault.fault]
  if fault.when == "after" then
    local reply = act(ctx)
    return kind(fault, ctx, reply) or reply
  end
  return kind(fault, ctx) or act(ctx)
end

local function take(ctx, head)
  return ctx.world.faults:take {
    gateway = ctx.gateway.name, on = ctx.action, head = head, external = ctx.external,
    prompt = ctx.prompt,
  }
end

local function serve(ctx)
  ctx.world:count(ctx.gateway.name, "requests")
  if COUNTER[ctx.action] then ctx.world:count(ctx.gateway.name, COUNTER[ctx.action]) end
  if ctx.foreign and ctx.headers.authorization then
    ctx.world:count(ctx.gateway.name, "foreign_keys")
  end
  local fault = take(ctx, true)
  if not fault then
    ctx.body = ctx.read_body()
    if not ctx.body then return { wire = { abort = "fin" } } end
    if ctx.action == "create" then
      ctx.external, ctx.prompt = actions.named_in(ctx.body, "external_task_id", "prompt")
    end
    fault = take(ctx, false)
  end
  remember(ctx)
  local reply = fault and strike(fault, ctx) or not fault and act(ctx)
  if ctx.gateway.family == "new_api" and ctx.action ~= "file" then
    reply.headers = reply.headers or {}
    reply.headers["x-oneapi-request-id"] = ctx.request_id
  end
  return reply
end

local function gateway_context(world, ctx, name, rest)
  local gateway = world.gateways[name]
  local route, found = find_route(gateway, ctx.method, rest)
  ctx.gateway, ctx.path, ctx.options = gateway, rest, world:options_of(name)
  ctx.action = route and route.action or "unknown"
  if route then
    ctx.endpoint, ctx.shape, ctx.id = route.endpoint, route.shape, unescape(found)
  else
    ctx.other_method = found
  end
  return serve(ctx)
end

local function file_context(world, ctx, upstream)
  local task = world.tasks.by_upstream[upstream]
  if not task then return { status = 404, type = "text/plain", body = "no such file\n" } end
  ctx.task, ctx.action, ctx.gateway = task, "file", world.gateways[task.gateway]
  ctx.path, ctx.options = "/files/" .. upstream, world:options_of(task.gateway)
  return serve(ctx)
end

local function split_target(target)
  local path, query = target:match("^([^?]*)%??(.*)$")
  return path, parse_query(query)
end

--- Answer one request.
---@param world table
---@param request table method, target, headers, origin, other_origin, foreign, http_version,
--- read_body (function), sleep (function of seconds)
---@return table reply status, type, body, headers, wire
function app.handle(world, request)
  local ctx = request
  ctx.world, ctx.twist, ctx.request_id = world, {}, world:uuid()
  local path
  path, ctx.query = split_target(ctx.target)
  if path:find("^/_sandbox/") then
    return admin.reply(world, ctx.method, path, ctx.query, ctx.read_body() or "")
  end
  local upstream = path:match("^/files/(%d+)%.mp4$")
  local method = ctx.method
  if upstream and (method == "GET" or method == "HEAD") then
    return file_context(world, ctx, upstream)
  end
  local name, rest = path:match("^/(%w+)(/.*)$")
  if name and world.gateways[name] then return gateway_context(world, ctx, name, rest) end
  return {
    status = 404, type = "text/plain",
    body = "kling.sandbox serves " .. table.concat(world.names, ", ") .. "\n",
  }
end

return app
