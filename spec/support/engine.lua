--- Routes, tasks and waiting for specs that drive kling.core itself, without the Lua client on top.
-- Owns: how a gateway's data becomes a route, requests each gateway takes, waiting with a limit.
-- Stands on: kling.core, kling.gateway, spec/support/sandbox.lua.
-- Never: waits longer than a spec may take.

local core = require "kling.core"
local gateway = require "kling.gateway"
local sandbox = require "spec.support.sandbox"

--- slow: what allowed times are multiplied by, above 1 under valgrind and sanitizers
local support = { core = core, engine = core.engine(), KEY = "sandbox-key",
  slow = tonumber(os.getenv "KLING_SLOW") or 1 }

local LIMIT = 20 * support.slow -- seconds

--- Fast enough for tests; the ratios are those of real gateways.
local PACE = { first = 0.05, growth = 1.2, jitter = 0.2, interval_max = 0.2 }
local QUICK = { create_timeout = 5, lookup_timeout = 1.2, absent_after = 1,
  retry_for = 2 * support.slow, retry_base = 0.05, retry_max = 0.2, not_found_grace = 2 }

local REQUESTS = {
  kkiai = { model_name = "kling-v1", prompt = "a cat", mode = "std", duration = 5,
    multi_shot = false },
  uniall = { model_name = "kling-v3", prompt = "a cat", duration = 5 },
}
local REQUEST = { model_name = "kling-v3", prompt = "a cat", mode = "std", duration = 5 }

--- A sandbox, fresh.
function support.box(options)
  support.sandbox = sandbox.start(options or { speed = 0.2 })
  return support.sandbox
end

--- A small request that the gateway takes.
function support.request(name, more)
  local request = {}
  for field, value in pairs(REQUESTS[name] or REQUEST) do request[field] = value end
  for field, value in pairs(more or {}) do request[field] = value end
  return request
end

local function addresses(entry, base)
  local function url(path) return path and base .. path or nil end
  return { create_url = url(entry.path), status_url = url(entry.query),
    lookup_url = url(entry.lookup), list_url = entry.list and url(entry.list .. "?pageNum=1") }
end

--- A route to the sandbox.
---@param name string gateway
---@param over table|nil options of core.route that replace the usual ones; `key` names another key
function support.route(name, over)
  over = over or {}
  local spec = gateway.find(name)
  local entry = spec.endpoints.text2video
  local options = { gateway = name, endpoint = "text2video", polling = PACE,
    plan = core.plan(gateway.endpoint(spec, "text2video", {})),
    replies = core.replies(require "kling.replies") }
  options.account = core.account { api_key = over.key or support.KEY, timeout = 3 }
  for _, more in ipairs { QUICK, addresses(entry, support.sandbox:base_url(name)), over } do
    for word, value in pairs(more) do options[word] = value end
  end
  options.key = nil
  return core.route(options)
end

--- Blocks until ready() is true; fails the spec when that takes too long.
function support.wait(ready, seconds)
  local deadline = core.clock() + (seconds or LIMIT)
  while not ready() do
    assert(core.clock() < deadline, "it took too long")
    support.engine:block(0.2)
  end
end

--- Creates a task and waits until it has an id or has failed.
function support.create(route, name, request, watch)
  local task, problems = support.engine:create(route, support.request(name, request), watch)
  assert(task, problems and problems[1] and problems[1].message)
  support.wait(function() return not task.busy end)
  return task
end

--- Watches a task to its end.
function support.finish(task, seconds)
  task:watch {}
  support.wait(function() return not task.watched end, seconds)
  return task
end

--- The kind of a task's error, nil when it has none.
function support.kind(task)
  local _, err = task:error()
  return err and err.kind
end

--- Takes everything out of the list of settled tasks.
function support.drain()
  local tasks = {}
  for task in function() return support.engine:settled() end do tasks[#tasks + 1] = task end
  return tasks
end

return support
