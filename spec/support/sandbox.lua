--- One sandbox for a whole spec run.
-- Owns: the child processes started by specs, one for each set of start options, shared by all
-- spec files (busted forgets modules between files, the registry it leaves alone).
-- Stands on: kling.sandbox.
-- Never: hands out a sandbox that remembers the last user: start resets it.

local json = require "kling.sandbox.json"
local kling_sandbox = require "kling.sandbox"

local support = {}

local SLOT = "kling.spec.sandboxes"

local function pool()
  local registry = debug.getregistry()
  registry[SLOT] = registry[SLOT] or {}
  return registry[SLOT]
end

local function is_alive(handle) return pcall(handle.reset, handle) end

--- A running sandbox, fresh.
---@param options table|nil see kling.sandbox; the same options give the same process
---@return table handle see kling.sandbox.start
function support.start(options)
  local key, shared = json.encode(options or {}), pool()
  if not (shared[key] and is_alive(shared[key])) then
    shared[key] = kling_sandbox.start(options)
  end
  return shared[key]
end

return support
