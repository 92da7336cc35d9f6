-- The operator's settings, and this worker's client.
--
-- Owns: what is wrong with settings, told when nginx starts or reloads, not at the first request.
-- Stands on: settings.lua, kling.
-- Never: shares a client between processes: the master's is closed again, a worker makes its own.

local kling = require "kling"

local config = { settings = false }

local SHORTEST_TOKEN = 16 -- characters

local function check_tokens(tokens)
  assert(type(tokens) == "table" and #tokens > 0,
    "settings: no tokens: set KLING_APP_TOKENS, or anybody could spend your money")
  for _, token in ipairs(tokens) do
    assert(#token >= SHORTEST_TOKEN, "settings: a token has fewer than 16 characters")
  end
end

--- Raises what kling.new or the gateway would refuse.
local function check_client(settings)
  local client = kling.new(settings.client)
  for _, endpoint in ipairs(settings.endpoints) do client:validate(endpoint, {}) end
  client:close()
end

--- Reads the settings; for init_by_lua.
function config.load(path)
  local settings = dofile(path)
  check_tokens(settings.tokens)
  check_client(settings)
  config.settings = settings
end

local client

--- This worker's client, made when it is first needed.
function config.client()
  client = client or kling.new(config.settings.client)
  return client
end

return config
