-- What `make oom` runs once for every allocation: that one fails, the next ones work.
--
-- Owns: the scenarios. Each must either succeed or say that memory ran out, and must work when it
-- is tried again afterwards.
-- Stands on: spec/support/failmalloc.lua; tools/memory.sh counts and looks for crashes and leaks.
-- Never: uses the network.

local failmalloc = require "spec.support.failmalloc"

local function load() return require "kling" end

-- Functions that get the module.
local SCENARIOS = {}

local function try(scenario, ...)
  local done, value = failmalloc.with(scenario, ...)
  if not done then value = scenario(...) end
  return assert(value, "a scenario gave nothing")
end

-- Looking for files and loading a library fail in words of their own when memory is short, so only
-- core.so's part of loading is tried.
local kling = failmalloc.scope == "core" and try(load) or load()
for _, scenario in ipairs(SCENARIOS) do try(scenario, kling) end
