--- What a gateway does with a good route: create, status, list, content, file.
-- Owns: the order of the checks and the refusals in the gateway's words.
-- Stands on: rules, errors, media, the shapes, the world.
-- Never: reads a socket; a request in, a reply out.

local errors = require "kling.sandbox.errors"
local json = require "kling.sandbox.json"
local media = require "kling.sandbox.media"
local rules = require "kling.sandbox.rules"
local create_shapes = require "kling.sandbox.shapes_create"
local status_shapes = require "kling.sandbox.shapes_status"

local actions = {}

local function refuse(ctx, family, e)
  e.request_id = ctx.request_id
  return errors.reply(family, e)
end

local function good(value)
  return { status = 200, type = "application/json; charset=utf-8", body = json.encode(value) }
end

local function bad_body(ctx, message)
  return refuse(ctx, ctx.gateway.task_family,
    { code = ctx.gateway.family == "kling" and 1201 or "invalid_request", message = message })
end

-- new-api decodes into a typed struct; a wrong type there is a 500 that looks transient.
local function refuse_problems(ctx, problems)
  local message = rules.sentence(problems)
  for _, problem in ipairs(problems) do
    if problem.kind == "model" then
      return refuse(ctx, "new_api", { status = 400, message = "model name not specified" })
    elseif problem.kind == "type" and ctx.gateway.type_error_is_500 then
      return refuse(ctx, "new_api_task", { status = 500, code = "build_request_failed",
        message = "unmarshal metadata failed: json: cannot unmarshal: " .. message })
    end
  end
  return bad_body(ctx, message)
end

local function duplicate(ctx, external)
  local family = ctx.gateway.family == "kling" and "kling" or "nested"
  return refuse(ctx, family,
    { code = 1201, message = "external_task_id " .. external .. " already exists" })
end

local function busy(ctx) return refuse(ctx, ctx.gateway.busy_family, { code = 1303 }) end

local function read_body(ctx)
  if not (ctx.headers["content-type"] or ""):find("^application/json") then
    if ctx.gateway.family == "new_api" then
      return nil, refuse(ctx, "new_api", { status = 400, message = "model name not specified" })
    end
    return nil, refuse(ctx, "kling", { code = 1200, message = "Content-Type is not JSON" })
  end
  local body, complaint = json.decode(ctx.body)
  if json.type(body) == "object" then return body end
  if ctx.gateway.family == "new_api" then
    local message = "Invalid request: " .. (complaint or "not a JSON object")
    return nil, refuse(ctx, "new_api", { status = 400, message = message })
  end
  return nil, refuse(ctx, "kling", { code = 1200, message = complaint or "not a JSON object" })
end

local function check_rules(ctx, body)
  if not ctx.options.strict then return nil end
  local problems = rules.check(body, ctx.gateway.rules[ctx.endpoint], ctx.options)
  if #problems > 0 then return refuse_problems(ctx, problems) end
end

local function check_account(ctx, external)
  local store = ctx.world.tasks
  local unique = external and ctx.options.unique ~= false
  if unique and store:external(ctx.gateway.name, ctx.account, external) then
    return duplicate(ctx, external)
  end
  local limit = ctx.options.limit
  if limit and store:unfinished(ctx.gateway.name, ctx.account) >= limit then return busy(ctx) end
end

local function shape_of(ctx, shapes, default)
  local name = ctx.twist.shape or ctx.headers["x-sandbox-shape"] or ctx.options[default]
    or ctx.shape or ctx.gateway[default]
  return shapes[name] or error("no such " .. default .. " shape: " .. name, 0)
end

local function twist_task(ctx, task)
  for _, name in ipairs { "stuck", "failure", "no_url", "word" } do
    task[name] = ctx.twist[name]
  end
end

local function view_of(ctx, task, shape)
  local world = ctx.world
  local phase = world.tasks:phase(task)
  local url = phase == "done"
    and ctx.origin .. media.link(task, ctx.options, world.clock.wall()) or nil
  return world.tasks:view(task, {
    gateway = ctx.gateway, shape = shape, options = ctx.options, request_id = ctx.request_id,
    url = url, seconds = media.SECONDS,
  })
end

local function make_task(ctx, body, shape, external)
  local task = ctx.world.tasks:create {
    gateway = ctx.gateway.name, key = ctx.account, endpoint = ctx.endpoint, body = body,
    external = external, public = shape.public and not ctx.twist.bare, bare = ctx.twist.bare,
    speed = ctx.twist.speed or ctx.options.speed,
  }
  if ctx.twist.lost then ctx.world.tasks:forget(task) end
  twist_task(ctx, task)
  ctx.made = task
  ctx.world:note_created(ctx.gateway.name, external)
  return task
end

local function external_of(body)
  local external = body.external_task_id
  if type(external) == "string" and external ~= "" then return external end
end

--- Texts of a raw body, for matching faults.
---@param raw string
---@param name string
---@return string|nil text
---@return string|nil ... those of further names
function actions.named_in(raw, name, ...)
  local text = raw:match('"' .. name .. '"%s*:%s*"([^"]+)"')
  if select("#", ...) == 0 then return text end
  return text, actions.named_in(raw, ...)
end

function actions.create(ctx)
  local body, refusal = read_body(ctx)
  if body then
    local external = external_of(body)
    refusal = check_rules(ctx, body) or check_account(ctx, external)
    if not refusal then
      local shape = shape_of(ctx, create_shapes, "create")
      local task = make_task(ctx, body, shape, external)
      return good(shape.make(view_of(ctx, task, { words = "kling" })))
    end
  end
  ctx.world:count(ctx.gateway.name, "refused")
  return refusal
end

local function not_found(ctx)
  if ctx.gateway.family == "kling" then
    return refuse(ctx, "kling",
      { code = 1201, message = "Task not found by id/external id " .. ctx.id })
  end
  return refuse(ctx, "new_api_task", { code = "task_not_exist", message = "task_not_exist" })
end

-- new-api does not look at the action in the path; Kling does.
local function find(ctx)
  local task = ctx.world.tasks:find(ctx.gateway.name, ctx.account, ctx.id,
    ctx.gateway.finds_external)
  if task and ctx.gateway.family == "kling" and task.endpoint ~= ctx.endpoint then return nil end
  return task
end

local function with_twist(task, twist)
  if not (twist.word or twist.no_url or twist.failure) then return task end
  local over = { word = twist.word, no_url = twist.no_url, failure = twist.failure }
  return setmetatable(over, { __index = task })
end

function actions.status(ctx)
  local task = find(ctx)
  if not task then return not_found(ctx) end
  task.polls = task.polls + 1
  if ctx.id ~= task.id then task.lookups = task.lookups + 1 end
  local shape = shape_of(ctx, status_shapes, "status")
  return good(shape.make(view_of(ctx, with_twist(task, ctx.twist), shape)))
end

local function page_number(text, default, most)
  if text == nil then return default end
  local n = text:find("^%d+$") and tonumber(text) or 0
  return n >= 1 and n <= most and n or nil
end

function actions.list(ctx)
  local page = page_number(ctx.query.pageNum, 1, 1000)
  local size = page_number(ctx.query.pageSize, 30, 500)
  if not page or not size then
    return bad_body(ctx, "pageNum must be 1 to 1000 and pageSize 1 to 500")
  end
  local rows = json.array()
  local found = ctx.world.tasks:list(ctx.gateway.name, ctx.account, ctx.endpoint, page, size)
  for i, task in ipairs(found) do
    rows[i] = status_shapes.official.make(view_of(ctx, task, status_shapes.official)).data
  end
  return good { code = 0, message = "SUCCEED", request_id = ctx.request_id, data = rows }
end

--- new-api's content proxy: no Range, an error family of its own.
function actions.content(ctx)
  local task = find(ctx)
  if not task then return refuse(ctx, "content", { status = 404, message = "Task not found" }) end
  if ctx.world.tasks:phase(task) ~= "done" then
    return refuse(ctx, "content",
      { message = "Task is not completed yet, current status: IN_PROGRESS" })
  end
  return media.serve(task, ctx.headers, { file_bytes = ctx.options.file_bytes, no_range = true })
end

local function denied(code)
  return {
    status = 403, type = "application/xml", body = "<Error><Code>" .. code .. "</Code></Error>",
  }
end

--- A result link: no token wanted, none tolerated.
function actions.file(ctx)
  local task, world = ctx.task, ctx.world
  if ctx.headers.authorization then
    world:count(task.gateway, "leaked_keys")
    return denied("AuthorizationNotAllowed")
  end
  if not media.link_works(task, ctx.query, world.clock.wall()) then
    return denied("AccessDenied")
  end
  return media.serve(task, ctx.headers, {
    file_bytes = ctx.twist.file_bytes or ctx.options.file_bytes, no_range = ctx.twist.no_range,
    blind = ctx.twist.blind, shift = ctx.twist.shift,
  })
end

return actions
