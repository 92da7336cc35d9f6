--- The task store and its time machine.
-- Owns: every task made, who may find it, and how its phase follows from the clock.
-- Stands on: words, json, shapes' views. Times come from the clock handed in.
-- Never: talks HTTP, checks a body.

local json = require "kling.sandbox.json"
local words = require "kling.sandbox.words"

local tasks = {}
local Store = {}
Store.__index = Store

-- Up to which share of a task's time a phase lasts.
local TIMELINE = { { 0.1, "fresh" }, { 0.3, "submitted" }, { 0.4, "queued" }, { 1, "running" } }

local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

-- Kling's vendor prices in units a second (kling-v3), silent and with sound.
local PRICE = {
  std = { off = 0.6, on = 0.9 }, pro = { off = 0.8, on = 1.2 }, ["4k"] = { off = 3, on = 3 },
}

--- Make an empty store.
---@param clock table `mono()` seconds that never jump, `wall()` Unix seconds with a fraction
---@param random function like math.random
---@return table store
function tasks.new(clock, random)
  return setmetatable({
    clock = clock, random = random, count = 0, order = {}, open = {},
    by_id = {}, by_external = {}, by_upstream = {},
  }, Store)
end

local function public_id(random)
  local letters = {}
  for i = 1, 32 do
    local at = random(#LETTERS)
    letters[i] = LETTERS:sub(at, at)
  end
  return "task_" .. table.concat(letters)
end

-- 18 digits, beyond what a double can hold: the seed's sample id plus a step per task.
local function upstream_id(store)
  return ("860260753%09d"):format(860210752 + store.count * 7 % 139789247)
end

local function cost_of(body)
  local price = PRICE[body.mode or "std"] or PRICE.std
  local seconds = tonumber(body.duration) or 5
  return ("%.14g"):format((body.sound == "on" and price.on or price.off) * seconds)
end

local function account(gateway, key) return gateway .. "\0" .. key end

--- Make a task.
---@param spec table gateway, key, endpoint, body, external, public, speed, bare
---@return table task
function Store:create(spec)
  self.count = self.count + 1
  local body, upstream = spec.body, upstream_id(self)
  local task = {
    id = spec.public and public_id(self.random) or upstream, upstream = upstream,
    gateway = spec.gateway, endpoint = spec.endpoint, account = account(spec.gateway, spec.key),
    external = spec.external, model = body.model_name or body.model or "kling-v1",
    watermark = type(body.watermark_info) == "table" and body.watermark_info.enabled == true,
    cost = cost_of(body), speed = spec.speed, born = self.clock.mono(),
    created = self.clock.wall(), bare = spec.bare, polls = 0,
    prompt = body.prompt, lookups = 0,
    link = { version = 0, expires = 0 },
  }
  self.by_id[task.account .. "\0" .. task.id] = task
  if task.external then self.by_external[task.account .. "\0" .. task.external] = task end
  self.by_upstream[upstream] = task
  self.order[#self.order + 1], self.open[#self.open + 1] = task, task
  return task
end

local function shown(store, task)
  return task and store.clock.mono() >= (task.hidden_until or 0) and task or nil
end

--- Find a task of an account.
---@param gateway string
---@param key string the account's key
---@param id string task id
---@param external boolean may the id be an external_task_id?
---@return table|nil task
function Store:find(gateway, key, id, external)
  local name = account(gateway, key) .. "\0" .. id
  return shown(self, self.by_id[name] or (external and self.by_external[name]))
end

--- Make a task unfindable, as when a gateway fails to store its row.
---@param task table
function Store:forget(task)
  self.by_id[task.account .. "\0" .. task.id] = nil
  if task.external then self.by_external[task.account .. "\0" .. task.external] = nil end
end

--- The task an external id belongs to, or nil.
function Store:external(gateway, key, id)
  return shown(self, self.by_external[account(gateway, key) .. "\0" .. id])
end

--- Where a task stands now.
---@param task table
---@return string phase
function Store:phase(task)
  local share = task.speed > 0 and (self.clock.mono() - task.born) / task.speed or 1
  if task.stuck then share = math.min(share, 0.9) end
  for _, step in ipairs(TIMELINE) do
    if share < step[1] then return step[2] end
  end
  return task.failure and "failed" or "done"
end

local function is_open(store, task)
  local phase = store:phase(task)
  return phase ~= "done" and phase ~= "failed"
end

--- Let every unfinished task, a stuck one too, reach its end now.
function Store:finish()
  for _, task in ipairs(self.open) do
    if is_open(self, task) then
      task.speed, task.stuck = self.clock.mono() - task.born, nil
    end
  end
end

--- How many tasks of an account are unfinished (Kling counts these against its concurrency limit).
function Store:unfinished(gateway, key)
  local name, still, count = account(gateway, key), {}, 0
  for _, task in ipairs(self.open) do
    if is_open(self, task) then
      still[#still + 1] = task
      if task.account == name then count = count + 1 end
    end
  end
  self.open = still
  return count
end

--- The newest tasks of an account and endpoint.
---@param page number from 1
---@param size number tasks a page
---@return table list
function Store:list(gateway, key, endpoint, page, size)
  local name, skip, out = account(gateway, key), (page - 1) * size, {}
  for i = #self.order, 1, -1 do
    local task = self.order[i]
    if task.account == name and task.endpoint == endpoint and shown(self, task) then
      if skip > 0 then skip = skip - 1 else out[#out + 1] = task end
      if #out == size then break end
    end
  end
  return out
end

local function words_of(gateway, shape, options, phase)
  local family = options.words or (gateway.words or {})[shape.words] or shape.words
  return assert(words.vocabulary[family], "no such words")[phase]
end

--- Everything a shape needs to describe a task now.
---@param task table
---@param c table gateway (data), shape, options, request_id, url (or nil), seconds
---@return table view
function Store:view(task, c)
  local phase = self:phase(task)
  local finished = phase == "done" or phase == "failed"
  local updated = finished and task.created + task.speed or self.clock.wall()
  local failure = task.failure or {}
  return {
    task = task, phase = phase, finished = finished, request_id = c.request_id,
    id = task.bare and json.raw(task.id) or task.id,
    url = phase == "done" and not task.no_url and c.url or nil,
    reason = failure.reason, form = failure.form or "plain", took = failure.took,
    seconds = c.seconds,
    word = not finished and task.word or words_of(c.gateway, c.shape, c.options, phase),
    kling_word = words.vocabulary.kling[phase], progress = words.progress[phase],
    created_s = math.floor(task.created), created_ms = math.floor(task.created * 1000),
    updated_s = math.floor(updated), updated_ms = math.floor(updated * 1000),
  }
end

return tasks
