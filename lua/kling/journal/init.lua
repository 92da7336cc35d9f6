--- kling.journal: what was asked of the services, on the disk before it is asked.
-- Owns: journals as users see them.
-- Stands on: store.lua, book.lua, owner.lua; LuaDBI once a journal is opened.
-- Never: holds a key or a password. Its database blocks while it syncs: a millisecond on a good
-- disk, up to ten seconds when another process keeps it. A host with an event loop (Neovim, nginx)
-- stands still that long.
local Book = require "kling.journal.book"
local core = require "kling.core"
local new_owner = require "kling.journal.owner"
local new_store = require "kling.journal.store"
local raise = require "kling.raise"
local schema = require "kling.journal.schema"
local text = require "kling.journal.text"

local journal = {}

--- A journal. `tasks` lists what it holds, `close` gives up what this process takes care of.
---@class kling.Journal
local Journal = {}
Journal.__index = Journal

function Journal:__tostring()
  return "kling.journal " .. self.name
end

--- One create that was meant, and what became of it.
---@class kling.Intent
---@field state string open (it may have been sent), ambiguous, accepted, succeeded, failed, refused
---@field gateway string
---@field base_url string
---@field endpoint string
---@field external_task_id string|nil
---@field task_id string|nil
---@field idempotency_key string|nil
---@field request table
---@field kind string|nil of the error
---@field reason string|nil why it was refused or failed
---@field result kling.Result|nil
---@field path string|nil where the video was saved
---@field seconds number of video
---@field cost number as reserved, or as the service told it
---@field created_at number Unix seconds
---@field updated_at number Unix seconds

local SAME = { "id", "state", "gateway", "base_url", "endpoint", "task_id", "kind" }

local function intent_of(row)
  local intent = { request = text.unpack(row.request), reason = text.kept(row.reason),
    result = row.result and text.unpack(row.result), path = text.kept(row.path),
    external_task_id = text.kept(row.external_task_id),
    idempotency_key = text.kept(row.idempotency_key),
    seconds = tonumber(row.seconds), cost = tonumber(row.cost),
    created_at = tonumber(row.created_at) / 1000, updated_at = tonumber(row.updated_at) / 1000 }
  for _, name in ipairs(SAME) do intent[name] = row[name] end
  return intent
end

--- What each state means in the table.
local STATES = { settled = "state IN ('succeeded', 'failed', 'refused')",
  downloaded = "path IS NOT NULL" }
for _, word in ipairs { "open", "ambiguous", "accepted", "succeeded", "failed", "refused" } do
  STATES[word] = ("state = '%s'"):format(word)
end

--- What is in the journal, oldest first.
---@param given table|nil state: only those in that state; also "settled", "downloaded"
---@return kling.Intent[]|nil intents
---@return string|nil message
---@return kling.Error|nil err
function Journal:tasks(given)
  local state = given and given.state
  local condition = state ~= nil and STATES[state] or nil
  if state ~= nil and not condition then
    raise("journal:tasks: there is no state %s; there are: open, ambiguous, accepted, succeeded, "
      .. "failed, refused, settled (the last three), downloaded", tostring(state))
  end
  local rows, message, err = self.book:list(condition)
  if not rows then return nil, message, err end
  for i, row in ipairs(rows) do rows[i] = intent_of(row) end
  return rows
end

--- Lets the database go. What is not settled may be taken up by another process from now on.
function Journal:close()
  local owner = self.book.owner
  if owner.last > 0 and owner.pid == ("%.0f"):format(core.pid()) then
    self.store:within(function(store)
      owner:leave(store)
      return true
    end)
  end
  owner.last = 0
  self.store:close()
end

Journal.__close = Journal.close

local function driver_of(spec)
  if type(spec) == "string" and spec ~= "" and not spec:find("\0", 1, true) then
    return require "kling.journal.sqlite", { path = spec }
  elseif type(spec) == "table" and spec.driver == "PostgreSQL" then
    local driver = require "kling.journal.postgres"
    local problem = driver.problem(spec)
    if problem then raise("journal: %s", problem) end
    return driver, spec
  end
  raise("journal: the path of a file or {driver = \"PostgreSQL\", database = ...} is expected")
end

--- A forked child is another process.
local function renew(self)
  if self.book.owner.pid ~= ("%.0f"):format(core.pid()) then self.book.owner = new_owner() end
end

--- A journal that is connected to when it is first needed.
---@private
function journal.at(spec)
  local driver, place = driver_of(spec)
  local self = setmetatable({}, Journal)
  self.store = new_store(driver, place, function(store)
    schema.ensure(store)
    renew(self)
  end)
  self.name, self.book = self.store.name, Book.new(self.store, new_owner())
  return self
end

--- Opens a journal; a file that does not exist is made.
---@param spec string|table path of an SQLite file, or {driver = "PostgreSQL", database =, user =,
--- password =, host =, port =}
---@return kling.Journal|nil journal
---@return string|nil message
---@return kling.Error|nil err code "journal"
function journal.open(spec)
  local self = journal.at(spec)
  local good, message, err = self.store:reading(function() return true end)
  if not good then return nil, message, err end
  return self
end

--- True for what journal.open returns.
---@private
function journal.is(value)
  return getmetatable(value) == Journal
end

return journal
