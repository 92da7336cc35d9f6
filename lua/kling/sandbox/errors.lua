--- Error replies in every family a client may meet.
-- Owns: the body of a refusal as each kind of gateway or proxy writes it (facts: new-api's and
-- one-hub's sources, Kling's error table, nginx and Cloudflare pages).
-- Stands on: json. A reply is {status=, type=, body=, headers=}.
-- Never: decides that something is an error.

local json = require "kling.sandbox.json"

local errors = {}

--- HTTP status of every code of Kling's error table.
errors.KLING_STATUS = {
  [1000] = 401, [1001] = 401, [1002] = 401, [1003] = 401, [1004] = 401,
  [1100] = 429, [1101] = 429, [1102] = 429, [1103] = 403,
  [1200] = 400, [1201] = 400, [1202] = 404, [1203] = 404, [1300] = 400, [1301] = 400,
  [1302] = 429, [1303] = 429, [1304] = 429, [5000] = 500, [5001] = 503, [5002] = 504,
}

local KLING_TEXT = {
  [1000] = "Authentication failed", [1001] = "Authorization is empty",
  [1002] = "Authorization is invalid", [1003] = "Authorization is not yet valid",
  [1004] = "Authorization has expired", [1100] = "Account exception",
  [1101] = "Account in arrears", [1102] = "Account balance not enough",
  [1103] = "No permission for this resource", [1200] = "Invalid request parameters",
  [1201] = "Invalid parameter value", [1202] = "The requested method is invalid",
  [1203] = "The requested resource does not exist", [1300] = "Triggered the platform's policy",
  [1301] = "Content security check failed", [1302] = "Too many requests",
  [1303] = "parallel task over resource pack limit", [1304] = "IP not on the allow list",
  [5000] = "Internal server error", [5001] = "Server under maintenance",
  [5002] = "Server internal timeout",
}

--- What new-api tells instead of an upstream 429.
errors.SATURATED = "当前分组上游负载已饱和，请稍后再试"

local function reply(status, value)
  return { status = status, type = "application/json; charset=utf-8", body = json.encode(value) }
end

local function kling_body(e)
  return {
    code = e.code,
    message = e.message or KLING_TEXT[e.code] or "Error",
    request_id = e.request_id,
  }
end

local function tagged(e)
  return (e.message or "error") .. " (request id: " .. e.request_id .. ")"
end

local function page(status, title, server)
  return {
    status = status,
    type = "text/html",
    body = ("<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>"
      .. "\r\n<hr><center>%s</center>\r\n</body>\r\n</html>\r\n"):format(title, title, server),
    headers = { server = server },
  }
end

local TITLES = {
  [413] = "Request Entity Too Large", [429] = "Too Many Requests", [500] = "Internal Server Error",
  [502] = "Bad Gateway", [503] = "Service Temporarily Unavailable", [504] = "Gateway Time-out",
  [520] = "Web server is returning an unknown error", [522] = "Connection timed out",
  [524] = "A timeout occurred",
}

local families = {}

--- Kling's own envelope: numeric code, no data.
function families.kling(e)
  return reply(e.status or errors.KLING_STATUS[e.code] or 400, kling_body(e))
end

--- new-api's task error: a code in words.
function families.new_api_task(e)
  return reply(e.status or 400,
    { code = e.code or "invalid_request", message = e.message or "", data = json.null })
end

--- new-api's authentication and routing errors.
function families.new_api(e)
  return reply(e.status or 401,
    { error = { message = tagged(e), type = "new_api_error", code = e.code or "" } })
end

--- new-api after a panic.
function families.new_api_panic(e)
  return reply(e.status or 500, { error = {
    message = "Panic detected, error: " .. (e.message or "nil pointer"), type = "new_api_panic",
  } })
end

--- new-api's content proxy: no code at all.
function families.content(e)
  return reply(e.status or 400, { error = { message = e.message, type = "invalid_request_error" } })
end

--- A Kling refusal as new-api passes it on: the whole upstream body as text in `message`.
function families.nested(e)
  return reply(e.status or errors.KLING_STATUS[e.code] or 400, {
    code = "fail_to_fetch_task", message = json.encode(kling_body(e)), data = json.null,
  })
end

--- new-api's answer to any upstream 429.
function families.saturated(e)
  return reply(e.status or 429,
    { code = "fail_to_fetch_task", message = errors.SATURATED, data = json.null })
end

--- one-hub's authentication errors.
function families.one_hub(e)
  return reply(e.status or 401,
    { error = { message = tagged(e), type = "one_hub_error", code = e.code } })
end

--- one-hub's task errors: like new-api's, without data.
function families.one_hub_task(e)
  return reply(e.status or 400, { code = e.code or "", message = e.message or "" })
end

--- anyfast's documented error object.
function families.object(e)
  return reply(e.status or 401, { error = {
    message = e.message or "Invalid API key provided.",
    type = e.type or "authentication_error", code = e.code or "invalid_api_key",
  } })
end

--- An unknown route under /v1 of a new-api gateway.
function families.invalid_url(e)
  return reply(e.status or 404, { error = {
    message = e.message, type = "invalid_request_error", param = "", code = "",
  } })
end

--- nginx's page.
function families.nginx(e)
  local status = e.status or 502
  return page(status, status .. " " .. (TITLES[status] or "Error"), "nginx/1.22.1")
end

--- Cloudflare's page.
function families.cloudflare(e)
  local status = e.status or 524
  return page(status, "sandbox | " .. status .. ": " .. (TITLES[status] or "Error"), "cloudflare")
end

--- No body at all (new-api's limiter per IP).
function families.empty(e)
  return { status = e.status or 429, body = "" }
end

errors.families = families

--- Make the reply of a family.
---@param family string a key of `errors.families`
---@param e table status, code, message, request_id as far as the family uses them
---@return table reply
function errors.reply(family, e)
  local make = families[family] or error("no such error family: " .. tostring(family), 0)
  return make(e)
end

return errors
