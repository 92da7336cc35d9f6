--- Tasks that somebody is responsible for until they end.
-- Owns: the list of what is under way, and the hand-over of what ended to who waits for it.
-- Stands on: nothing; things are tasks of the engine or fibers.
-- Never: asks about a task; keeps one that has been handed to the user.
local tracker = {}

--- thing -> the batch that collects it, or true
local owners = {}
tracker.owners = owners
local listeners = {}

local Both = {}
Both.__index = Both

function Both:ended(thing)
  self[1]:ended(thing)
  self[2]:ended(thing)
end

--- Keeps a thing alive and known as under way.
---@param thing kling.Task|kling.Fiber
---@param owner table|nil told by owner:ended(thing) when it ends, as are those before it
function tracker.keep(thing, owner)
  local before = owners[thing]
  if type(before) ~= "table" then
    owners[thing] = owner or true
  elseif owner and owner ~= before then
    owners[thing] = setmetatable({ before, owner }, Both)
  end
end

--- Forgets a thing, whoever keeps it.
function tracker.drop(thing)
  owners[thing] = nil
end

--- Forgets a thing unless a batch collects it.
---@return boolean released
function tracker.release(thing)
  if type(owners[thing]) == "table" then return false end
  owners[thing] = nil
  return true
end

--- Forgets a thing, and tells the batch that collects it, if there is one.
function tracker.ended(thing)
  local owner = owners[thing]
  if type(owner) ~= "table" then return end
  owners[thing] = nil
  owner:ended(thing)
end

--- Adds somebody who is told of every task that ended, and of every step.
---@param listener table functions ended(task), stepped()
function tracker.listen(listener)
  listeners[#listeners + 1] = listener
end

--- Tells the listeners that a task has ended, or may have.
function tracker.notice(task)
  for i = 1, #listeners do listeners[i].ended(task) end
end

--- Hands over everything the engine reports as ended. Every host calls it after every step.
function tracker.dispatch(engine)
  local task = engine:settled()
  while task do
    tracker.notice(task)
    tracker.ended(task)
    task = engine:settled()
  end
  for i = 1, #listeners do listeners[i].stepped() end
end

--- Tasks of a client that are under way.
---@return kling.Task[]
function tracker.pending(client)
  local list = {}
  for thing in pairs(owners) do
    if type(thing) == "userdata" and thing.client == client then list[#list + 1] = thing end
  end
  return list
end

return tracker
