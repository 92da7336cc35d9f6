--- GETs that are asked again when a failure may pass.
-- Owns: how long such a GET waits between two tries.
-- Stands on: engine:get, loop. Questions about tasks have their own machine in C.
-- Never: repeats anything but a GET.
local core = require "kling.core"
local loop = require "kling.loop"

local retry = {}

local BASE, CEILING, RETRY_AFTER_MAX, TRIES = 0.5, 20, 60, 3

--- A number from 0 to 1. math.random starts alike in every process of older Luas.
local function chance()
  return tonumber(core.sha256(core.random_id("")):sub(1, 8), 16) / 4294967296
end

--- Seconds before the next try: full jitter below a doubling ceiling, or what the service asks for.
---@param failures integer in a row
---@param err kling.Error|nil
function retry.pause(failures, err)
  local wait = math.min(CEILING, BASE * 2 ^ (failures - 1)) * chance()
  return math.max(wait, math.min(err and err.retry_after or 0, RETRY_AFTER_MAX))
end

--- Fetches into memory, with a few tries, none of them later than the client's retry_for from now.
---@param client kling.Client
---@param url string
---@param replies userdata how the gateway's replies are read
---@return string|nil text
---@return string|nil message
---@return kling.Error|nil err
function retry.get(client, url, replies)
  local ends = core.clock() + client.retry_for
  for try = 1, TRIES do
    local fetch = core.engine():get(client.account, url, { auth = true, timeout = client.timeout })
    loop.wait(function() return fetch.done end, nil, client.host, fetch)
    local message, err = fetch:classify(client.account, replies, "list")
    if not message then return fetch:text() end
    err.gateway = client.gateway
    local pause = retry.pause(try, err)
    local late = core.clock() + math.max(pause, err.retry_after or 0) > ends
    if try == TRIES or late or not err.retryable then return nil, message, err end
    loop.sleep(pause, client.host)
  end
end

return retry
