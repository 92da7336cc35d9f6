-- The switch of spec/c/failmalloc.c, for programs run by `make oom`.
--
-- Owns: nothing.
-- Stands on: package.loadlib, which finds the library that LD_PRELOAD brought.
-- Never: fails anything outside `with`; the chosen allocation is told by the environment.

local failmalloc = { scope = os.getenv("KLING_FAIL_SCOPE") }

local function switch(name)
  local path = assert(os.getenv("KLING_FAILMALLOC"), "run this by `make oom`")
  return assert(package.loadlib(path, name))
end

local arm, disarm = switch("failmalloc_arm"), switch("failmalloc_disarm")

--- Calls a function while allocations are counted and one of them fails. That memory ran out
--- is an error to be expected; any other is raised again.
---@param work function
---@return boolean done false when memory ran out
---@return any ... what `work` returned, or the error
function failmalloc.with(work, ...)
  local function finish(ok, ...)
    disarm()
    if not ok and not tostring((...)):find("memory", 1, true) then error((...), 0) end
    return ok, ...
  end
  arm()
  return finish(pcall(work, ...))
end

return failmalloc
