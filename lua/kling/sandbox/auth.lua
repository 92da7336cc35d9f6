--- Who may ask: accepted keys, and Kling's JWT really verified.
-- Owns: reading Authorization, HS256, nbf and exp against the sandbox's clock.
-- Stands on: luaossl's HMAC (comes with lua-http), json, text.
-- Never: writes a reply; it says which account asks or what is wrong.

local hmac = require "openssl.hmac"

local json = require "kling.sandbox.json"
local text = require "kling.sandbox.text"

local auth = {}

local function decode_part(part)
  local plain = text.from_base64url(part)
  local value = plain and json.decode(plain)
  return json.type(value) == "object" and value or nil
end

-- Compares whole digests, never a prefix; timing is of no concern in a sandbox.
local function signed_by(secret, message, signature)
  return hmac.new(secret, "sha256"):final(message) == signature
end

local function check_times(claims, now)
  if type(claims.exp) ~= "number" or type(claims.nbf or 0) ~= "number" then return 1002 end
  if (claims.nbf or 0) > now then return 1003 end
  if claims.exp <= now then return 1004 end
end

--- Check a JWT the way Kling does.
---@param token string three Base64url parts
---@param keys table access, secret
---@param now number Unix seconds of the sandbox's clock
---@return number|nil code Kling's code of the refusal, nil when the token is good
function auth.check_jwt(token, keys, now)
  local head, body, tail = token:match("^([^.]+)%.([^.]+)%.([^.]+)$")
  local header, claims = head and decode_part(head), body and decode_part(body)
  if not header or not claims or header.alg ~= "HS256" then return 1002 end
  if claims.iss ~= keys.access then return 1002 end
  if not signed_by(keys.secret, head .. "." .. body, text.from_base64url(tail)) then return 1000 end
  return check_times(claims, now)
end

--- Which account asks?
---@param header string|nil the Authorization header
---@param options table keys (list), access_key, secret_key
---@param jwt boolean does this gateway take JWTs?
---@param now number Unix seconds
---@return string|nil account
---@return number|nil code Kling's code: 1001 empty, 1002 invalid, 1000, 1003, 1004
function auth.account(header, options, jwt, now)
  if not header or header == "" then return nil, 1001 end
  local token = header:match("^Bearer (%S+)$")
  if not token then return nil, 1002 end
  for _, key in ipairs(options.keys) do
    if token == key then return key end
  end
  if not (jwt and token:find(".", 1, true)) then return nil, 1002 end
  local keys = { access = options.access_key, secret = options.secret_key }
  local code = auth.check_jwt(token, keys, now)
  if code then return nil, code end
  return options.keys[1]
end

return auth
