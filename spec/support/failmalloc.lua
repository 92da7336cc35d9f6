-- The switches of spec/c/failmalloc.c, for programs run by `make oom`.
--
-- Owns: nothing.
-- Stands on: package.loadlib, which finds the library that LD_PRELOAD brought.
-- Never: fails anything outside `with`; which allocation fails is told by the child's place.

--- scope: what is counted, "core" or "all"
local failmalloc = { scope = os.getenv "KLING_FAIL_SCOPE" }

local function switch(name)
  local path = assert(os.getenv("KLING_FAILMALLOC"), "run this by `make oom`")
  return assert(package.loadlib(path, name))
end

local rounds, arm, disarm = switch "failmalloc_rounds", switch "failmalloc_arm",
  switch "failmalloc_disarm"

--- Forks a child for each allocation that `work` asks for, until none is left to fail.
---@return boolean in_child false in the process that called, when all children have ended
function failmalloc.rounds()
  io.stdout:flush()
  rounds()
  return os.getenv "KLING_FAIL_CHILD" ~= nil
end

--- Of Lua, too, for which `require` then can't open files.
local WORDS = { "memory", "module '[%w_.]+' not found", "error loading module" }

local function says_so(message)
  message = tostring(message):lower()
  for _, words in ipairs(WORDS) do
    if message:find(words) then return true end
  end
  return false
end

--- Calls a function while allocations are counted and some of them fail. That memory ran out is an
--- error to be expected; any other is raised again.
---@param work function
---@return boolean done false when it raised
---@return any ... what `work` returned, or the error
function failmalloc.with(work, ...)
  local function finish(ok, ...)
    disarm()
    if not ok and not says_so((...)) then error((...), 0) end
    return ok, ...
  end
  arm()
  return finish(pcall(work, ...))
end

return failmalloc
