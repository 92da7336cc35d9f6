--- What a client without a journal keeps of budgets and slots: as long as it lives.
-- Owns: the same methods as book.lua, as far as they make sense without a disk.
-- Stands on: budget.lua, slots.lua.
-- Never: fails.
local budget = require "kling.journal.budget"
local cjson = require "cjson".new()
local core = require "kling.core"
local slots = require "kling.journal.slots"

local Memory = {}
Memory.__index = Memory

local function spent(self, name)
  return self.totals[name] or budget.NONE
end

local function is_full(self, limit)
  if not limit then return false end
  if limit == "auto" then limit = slots.allowed(self.figure) end
  return self.held >= limit
end

--- See Book:admit.
function Memory:admit(row, budgets, want, limit)
  if is_full(self, limit) then return { word = "full" } end
  for _, one in ipairs(budgets) do
    local message = budget.exceeded(one, spent(self, one.name), want)
    if message then return { word = "budget", message = message } end
  end
  for _, one in ipairs(budgets) do
    self.totals[one.name] = budget.add(spent(self, one.name), want)
  end
  if row.slot == "1" then self.held = self.held + 1 end
  return { word = "new" }
end

local LEARN = {
  grow = function(self) return slots.grown(self.figure, self.held) end,
  lower = function(self) return slots.lowered(self.figure, core.now()) end,
}

--- See Book:write.
function Memory:write(entries)
  for _, entry in ipairs(entries) do
    if entry.learn then self.figure = LEARN[entry.learn](self) end
    if entry.row.slot == "1" and entry.to.slot == "0" then self.held = self.held - 1 end
    for _, name in ipairs(entry.spend and cjson.decode(entry.row.budgets) or {}) do
      self.totals[name] = budget.add(spent(self, name), entry.spend)
    end
  end
  return true
end

--- See Book:now.
function Memory.now()
  return core.now() * 1000
end

--- See Book:is_due.
function Memory.is_due()
  return false
end

return function()
  return setmetatable({ totals = {}, held = 0, figure = slots.unknown(),
    tasks = setmetatable({}, { __mode = "v" }) }, Memory)
end
