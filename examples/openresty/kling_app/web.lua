-- HTTP as this app speaks it: JSON out, errors included, one access token in.
--
-- Owns: replies, refusals, the check of method and token, the reading of bodies.
-- Stands on: ngx_lua, lua-cjson, statuses.lua.
-- Never: compares a token in a time that tells how much of it was right; logs one.

local cjson = require "cjson".new()
local config = require "kling_app.config"
local statuses = require "kling_app.statuses"

cjson.decode_invalid_numbers(false)
cjson.decode_max_depth(20)

local web = {}

-- The fields of kling.Error that are told when the failure is the caller's, and when it is not.
local TOLD = { "code", "hint", "problems", "request_id", "external_task_id", "retry_after" }
local TOLD_ALWAYS = { "external_task_id", "retry_after" }

function web.reply(status, value)
  ngx.status = status
  ngx.header.content_type = "application/json"
  ngx.header.cache_control = "no-store"
  ngx.print(cjson.encode(value), "\n")
end

--- What the caller is told of a failure, and its HTTP status.
function web.failure(message, err)
  local row = statuses[err.kind] or statuses.server
  local told = { kind = err.kind, message = row.text or message, retryable = err.retryable }
  for _, name in ipairs(row.text and TOLD_ALWAYS or TOLD) do told[name] = err[name] end
  if row.text then ngx.log(ngx.WARN, "kling: ", err.kind, ": ", message) end
  return told, row.status
end

--- Replies with a failure.
---@param status number|nil in place of the kind's own
function web.refuse(message, err, status)
  local told, usual = web.failure(message, err)
  if err.retry_after then ngx.header.retry_after = math.ceil(err.retry_after) end
  web.reply(status or usual, { error = told })
end

--- A refusal of the app's own.
function web.deny(status, kind, message)
  web.reply(status, { error = { kind = kind, message = message, retryable = false } })
end

-- Codes made with a random key are compared instead of tokens: how long that takes tells nothing.
local salt

local function code_of(text)
  if not salt then
    local random = assert(io.open("/dev/urandom", "rb"))
    salt = random:read(32)
    random:close()
  end
  return ngx.hmac_sha1(salt, text)
end

local function has_token()
  local given = (ngx.var.http_authorization or ""):match("^[Bb]earer +(%S+)$")
  local code, good = code_of(given or ""), false
  for _, token in ipairs(config.settings.tokens) do
    if code_of(token) == code then good = true end
  end
  return good
end

--- Runs a handler for requests of one method.
function web.serve(method, handler)
  if ngx.req.get_method() ~= method then
    ngx.header.allow = method
    return web.deny(405, "invalid", "this address takes " .. method)
  end
  return handler()
end

--- The same, for those with an access token.
function web.guarded(method, handler)
  if has_token() then return web.serve(method, handler) end
  ngx.header.www_authenticate = "Bearer"
  web.deny(401, "auth", "an access token is needed: Authorization: Bearer ...")
end

--- The request's body; nginx.conf keeps it in memory, and small.
function web.body()
  ngx.req.read_body()
  return ngx.req.get_body_data() or ""
end

function web.decode(text)
  local ok, value = pcall(cjson.decode, text)
  return ok and type(value) == "table" and value or nil
end

web.encode = cjson.encode

--- What nginx itself refuses.
function web.error_page()
  local status = ngx.status
  local TEXTS = { [404] = "there is nothing at this address", [413] = "the body is too large" }
  local kinds = { [404] = "not_found" }
  web.deny(status, kinds[status] or status < 500 and "invalid" or "server",
    TEXTS[status] or "the request could not be served")
end

return web
