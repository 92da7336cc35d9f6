--- Several tables in one, for the faults and options of specs.
-- Owns: nothing.
-- Stands on: nothing.
-- Never: changes a table it is given.

---@param ... table|nil of two that have a name, the later one's value counts
---@return table merged
return function(...)
  local out = {}
  for i = 1, select("#", ...) do
    for name, value in pairs((select(i, ...)) or {}) do out[name] = value end
  end
  return out
end
