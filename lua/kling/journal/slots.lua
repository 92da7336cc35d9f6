--- How many tasks an account may run at once, when nobody knows: learnt from the answer 1303.
-- Owns: the arithmetic: additive increase, multiplicative decrease.
-- Stands on: nothing.
-- Never: keeps a figure; a journal or memory.lua does.

local slots = {}

local START, LEAST, FACTOR = 2, 1, 0.7
local PAUSE = 1 -- seconds: refusals that come together tell the same thing

--- The figure of a place of which nothing is known yet.
function slots.unknown()
  return { value = START, lowered = 0 }
end

--- How many slots a figure allows.
function slots.allowed(figure)
  return math.max(LEAST, math.floor(figure.value))
end

--- A task was taken while `held` slots were in use: by one each time until the first refusal, then
-- by one for each round of as many.
function slots.grown(figure, held)
  if held < slots.allowed(figure) then return figure end
  local step = figure.lowered == 0 and 1 or 1 / figure.value
  return { value = figure.value + step, lowered = figure.lowered }
end

--- The service answered that its slots are full.
---@param now number seconds
function slots.lowered(figure, now)
  if now - figure.lowered < PAUSE then return figure end
  return { value = math.max(LEAST, figure.value * FACTOR), lowered = now }
end

return slots
