--- Random numbers that are the same on every Lua.
-- Owns: the generator (Lehmer's), and what is drawn with it: shares, ranges, rows by weight.
-- Stands on: doubles that are exact up to 2^53.
-- Never: math.random, which differs from Lua to Lua and belongs to the whole process.

local Dice = {}
Dice.__index = Dice

--- A number from 0 up to 1.
function Dice:share()
  self.state = self.state * 48271 % 2147483647
  return self.state / 2147483647
end

--- True so often.
function Dice:chance(share) return self:share() < share end

--- A number between two others.
function Dice:between(low, high) return low + (high - low) * self:share() end

--- A whole number from 1 to `most`.
function Dice:whole(most) return math.floor(self:share() * most) + 1 end

--- An entry of a list.
function Dice:one(list) return list[self:whole(#list)] end

--- An entry of a list, the more often the greater its `weight` (1 if it has none).
function Dice:weighed(list)
  local sum = 0
  for _, entry in ipairs(list) do sum = sum + (entry.weight or 1) end
  local left = self:share() * sum
  for _, entry in ipairs(list) do
    left = left - (entry.weight or 1)
    if left < 0 then return entry end
  end
  return list[#list]
end

---@param seed integer
return function(seed)
  local self = setmetatable({ state = seed % 2147483646 + 1 }, Dice)
  for _ = 1, 8 do self:share() end -- neighbouring seeds begin alike
  return self
end
