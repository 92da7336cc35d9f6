--- Where a client and its desk meet.
-- Owns: which clients have a desk, the options of a create that only a desk can heed.
-- Stands on: admission.lua, recover.lua, desk.lua; all loaded only when a client needs them.
-- Never: touches a client that has neither journal nor budget nor limit.
local budget = require "kling.journal.budget"
local create = require "kling.journal.admission"
local journal = require "kling.journal"
local measure = require "kling.journal.measure"
local new_desk = require "kling.journal.desk"
local new_memory = require "kling.journal.memory"
local options = require "kling.options"
local raise = require "kling.raise"
local recover = require "kling.journal.recover"

local front = {}

local function check_limit(limit)
  if limit == nil or limit == "auto" then return limit end
  if type(limit) ~= "number" or limit < 1 or limit % 1 ~= 0 then
    raise("kling.new: option concurrency: a whole number from 1 up or \"auto\" is expected, not %s",
      tostring(limit))
  end
  return limit
end

local function find_journal(which)
  if which == nil or journal.is(which) then return which end
  return journal.at(which)
end

--- A client's desk.
---@param given table options of kling.new: journal, budget, concurrency, prices
function front.open(client, given)
  local kept = find_journal(given.journal)
  return new_desk(client, kept and kept.book or new_memory(), {
    journal = kept, is_own = kept ~= nil and kept ~= given.journal,
    limit = check_limit(given.concurrency), prices = measure.prices(given.prices),
    budget = budget.new("kling.new: budget", given.budget, "default"),
  })
end

--- Brings the journal up to date and lets it go, unless the user opened it.
function front.close(desk)
  desk:step()
  if desk.is_own then desk.journal:close() end
end

local function without_key(request)
  local copy = {}
  for name, value in pairs(request) do
    if name ~= "idempotency_key" then copy[name] = value end
  end
  return copy
end

--- The request as the service is to see it, and what is meant for the desk.
---@return table request
---@return string|nil key
function front.split(request)
  local key = request.idempotency_key
  if key == nil then return request end
  return without_key(request), key
end

local function desk_of(client)
  client.desk = client.desk or front.open(client, {})
  return client.desk
end

--- See Link:create.
---@param given table|nil idempotency_key, budget, recreate
function front.create(link, request, watch, given)
  given = options.check("submit", "submit", given)
  local desk, key = desk_of(link.client), given.idempotency_key
  request, key = (function(plain, inside) return plain, key or inside end)(front.split(request))
  if key and not desk.journal then
    raise("idempotency_key: only a client with a journal knows what was asked before")
  end
  local good, message, err = link:validate(request)
  if not good then return nil, message, err end
  local own = budget.new("budget", given.budget)
  return create(desk, link, request, watch, { idempotency_key = key, recreate = given.recreate,
    budgets = budget.together(desk.budget, own) })
end

--- See Client:recover.
function front.recover(client, given)
  given = options.check("client:recover", "recover", given)
  if not client.desk or not client.desk.journal then
    raise("client:recover: only a client with a journal has something to recover")
  end
  local ready, message, err = client.key:ready()
  if not ready then return nil, message, err end
  return recover.all(client.desk, given)
end

return front
