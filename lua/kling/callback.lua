--- Callbacks: what the service posts to callback_url, checked and read.
-- Owns: the signature of webhooks (the Standard Webhooks scheme, as Kling's docs describe it).
-- Stands on: kling.core, replies.lua.
-- Never: settles a task. An event says which task to ask about: questions cost nothing, and so a
-- forged, repeated, late or disordered callback changes nothing. client:on_callback asks.
local core = require "kling.core"
local fail = require "kling.fail"
local raise = require "kling.raise"

local callback = {}

local TOLERANCE = 300 -- seconds; Kling's docs
local LARGEST = 1024 * 1024 -- bytes of a body; Kling's own are a few hundred
local PREFIX = "whsec_"
local MOST_SIGNATURES = 8 -- old and new secret sign side by side for a week

--- What a callback says.
---@class kling.Event
---@field verified boolean a signature was there, and it is right
---@field task_id string|nil behind a gateway with ids of its own it may be the id at Kling
---@field external_task_id string|nil
---@field state string queued, running, succeeded or failed
---@field raw_status string the service's word
---@field reason string|nil why it failed
---@field created_at number|nil Unix seconds
---@field updated_at number|nil Unix seconds
---@field result table|nil as of task:wait, when it succeeded
---@field webhook_id string|nil the same for every delivery of one message

--- The headers by lower-case names; the first of several values counts.
local function lower_names(headers)
  local lower = {}
  for name, value in pairs(headers) do
    if type(value) == "table" then value = value[1] end
    if type(name) == "string" and type(value) == "string" then lower[name:lower()] = value end
  end
  return lower
end

local function key_of(secret)
  local key = type(secret) == "string" and core.unbase64((secret:gsub("^" .. PREFIX, "")))
  if not key or key == "" then
    raise("kling.callback.parse: secret must be Base64 as the service shows it, \"%s...\"", PREFIX)
  end
  return key
end

--- The signature that one secret gives a message.
local function sign(secret, id, timestamp, body)
  local text = id .. "." .. timestamp .. "." .. body
  return core.base64(core.hmac_sha256(key_of(secret), text))
end

--- Whether one of the header's signatures fits one of the secrets. All are compared to the end.
local function any_fits(header, secrets, id, timestamp, body)
  local fits, count = false, 0
  for signature in header:gmatch("v1,(%S+)") do
    count = count + 1
    if count > MOST_SIGNATURES then break end
    for _, secret in ipairs(secrets) do
      local own = sign(secret, id, timestamp, body)
      if #own == #signature and core.equal(own, signature) then fits = true end
    end
  end
  return fits
end

local function forged(message)
  return fail("auth", "this callback is not believed: " .. message)
end

--- True or false when it is good and signed or not; nil, message, err when it must not be believed.
local function verify(headers, body, options)
  local id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
  local signature = headers["webhook-signature"]
  if not (id or timestamp or signature) then
    if options.signed then return forged("it has no signature") end
    return false
  elseif not options.secret then
    return false
  elseif not (id and timestamp and signature) then
    return forged("its signature headers are not complete")
  end
  local seconds = timestamp:match("^%d+$") and #timestamp < 12 and tonumber(timestamp)
  if not seconds then return forged("its timestamp is no number of seconds") end
  if math.abs((options.now or core.now()) - seconds) > (options.tolerance or TOLERANCE) then
    return forged("its timestamp is too far from now")
  end
  local secrets = type(options.secret) == "table" and options.secret or { options.secret }
  if not any_fits(signature, secrets, id, timestamp, body) then
    return forged("its signature is wrong")
  end
  return true
end

local replies

--- The reader of replies knows the callback's flat body, too.
local function reader()
  replies = replies or core.replies(require "kling.replies")
  return replies
end

local function read(body)
  local outcome = reader():decode("status", 200, body, "application/json")
  local err = outcome.error
  if err then
    return fail("protocol", "this callback can't be read: " .. tostring(err.message or err.kind))
  elseif not (outcome.id or outcome.external_task_id) then
    return fail("protocol", "this callback names no task")
  end
  return {
    task_id = outcome.id, external_task_id = outcome.external_task_id, state = outcome.state,
    raw_status = outcome.raw_status, reason = outcome.reason, created_at = outcome.created_at,
    updated_at = outcome.updated_at,
    result = outcome.state == "succeeded" and reader():result(body) or nil,
  }
end

--- Checks and reads a callback.
---@param headers table<string, string|string[]> of the HTTP request, in any case
---@param body string as it came, byte for byte
---@param options table|nil secret (string or list of strings, "whsec_..."), signed (true: refuse
--- callbacks without a signature), tolerance (300 seconds), max_bytes (1 MiB), now (Unix seconds)
---@return kling.Event|nil event verified is false when there was no signature, or no secret for it
---@return string|nil message
---@return kling.Error|nil err kind "auth": forged, altered or too old; "protocol": not readable
function callback.parse(headers, body, options)
  if type(headers) ~= "table" then raise("kling.callback.parse: headers must be a table") end
  if type(body) ~= "string" then raise("kling.callback.parse: body must be a string") end
  options = options or {}
  local most = options.max_bytes or LARGEST
  if #body > most then
    return fail("protocol", ("this callback has %d bytes; at most %d are read"):format(#body, most))
  end
  local lower = lower_names(headers)
  local verified, message, err = verify(lower, body, options)
  if verified == nil then return nil, message, err end
  local event
  event, message, err = read(body)
  if not event then return nil, message, err end
  event.verified, event.webhook_id = verified, lower["webhook-id"]
  return event
end

return callback
