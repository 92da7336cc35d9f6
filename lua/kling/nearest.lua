-- The word that a mistyped one was most likely meant to be.
--
-- Owns: the measure of how far two words are apart, for messages from Lua.
-- Stands on: nothing. Request fields are compared in C (csrc/text.c).
-- Never: runs unless something was refused.

--- How many letters must be changed, added or removed to turn one word into the other.
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local corner = row[0]
    row[0] = i
    for j = 1, #b do
      local changed = corner + (a:byte(i) == b:byte(j) and 0 or 1)
      corner = row[j]
      row[j] = math.min(changed, row[j] + 1, row[j - 1] + 1)
    end
  end
  return row[#b]
end

--- The one of `words` that is most like `word`.
---@param word string what was written; only its first 40 bytes count
---@param words string[] what it could have been
---@return string|nil nearest nil when none is like it
return function(word, words)
  word = word:sub(1, 40)
  local best, least = nil, math.max(3, math.ceil(#word / 2))
  for _, known in ipairs(words) do
    local d = distance(word, known)
    if d < least then best, least = known, d end
  end
  return best
end
