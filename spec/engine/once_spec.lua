-- Every way to spoil the answer to a create, on every gateway: nothing is made twice or lost.
--
-- Owns: the table of spoiled answers, and the three laws that hold for each of its rows.
-- Stands on: spec/support/engine.lua, the sandbox's faults; the sandbox counts what was made.
-- Never: names the error to expect; spec/engine/create_spec.lua and spec/errors_spec.lua do.

local merged = require "spec.support.merged"
local support = require "spec.support.engine"

local box

--- The sandbox breaks connections by itself when a hundred come at once.
local AT_ONCE = 45

local STATUSES = { 500, 502, 503, 504 }
local FAMILIES = {
  { family = "kling", code = 5000 }, { family = "kling", code = 5002 },
  { family = "nested", code = 5000 },
  { family = "new_api_task", code = "do_request_failed" },
  { family = "new_api_task", code = "unheard_of" },
  { family = "new_api" }, { family = "new_api_panic" }, { family = "content" },
  { family = "one_hub" }, { family = "one_hub_task" }, { family = "nginx" },
  { family = "cloudflare" },
}
--- What says nothing about the create, so that it may strike before or after the task is made.
local SILENT = {
  { fault = "reset" }, { fault = "reset", how = "fin" }, { fault = "hang", seconds = 5 },
  { fault = "redirect", to = "same", status = 303 },
}
--- What spoils an honest answer.
local SPOILED = {
  { fault = "truncate", keep = 0 }, { fault = "truncate", keep = 1 },
  { fault = "truncate", keep = 40 },
  { fault = "drip", bytes_per_second = 5 }, { fault = "close" },
  { fault = "garbage", kind = "text" }, { fault = "garbage", kind = "html" },
  { fault = "garbage", kind = "nan" }, { fault = "garbage", kind = "deep" },
}
--- What proves that nothing was made; what won't pass soon is told at once.
local REFUSED = {
  { fault = "busy", code = 1302 }, { fault = "busy", code = 1303 },
  { fault = "busy", code = 1302, retry_after = 1 }, { fault = "error", family = "saturated" },
  { fault = "error", family = "kling", code = 5001, told = true },
  { fault = "redirect", to = "same", status = 301, told = true },
  { fault = "redirect", to = "same", status = 302, told = true },
  { fault = "redirect", to = "same", status = 307, told = true },
  { fault = "redirect", to = "other", status = 308, told = true },
}

local function rows_of_table()
  local rows = {}
  local function add(row, more) rows[#rows + 1] = merged(row, more) end
  for _, when in ipairs { "before", "after" } do
    for _, family in ipairs(FAMILIES) do
      for _, status in ipairs(STATUSES) do
        add(family, { fault = "error", status = status, when = when })
      end
    end
    for _, row in ipairs(SILENT) do add(row, { when = when }) end
  end
  for _, row in ipairs(SPOILED) do add(row, {}) end
  for _, row in ipairs(REFUSED) do add(row, {}) end
  return rows
end

local function label(row)
  local words = {}
  for _, name in ipairs { "fault", "family", "kind", "how", "to", "code", "status", "keep", "when",
    "retry_after" } do
    if row[name] ~= nil then words[#words + 1] = tostring(row[name]) end
  end
  return table.concat(words, " ")
end

local function begin(route, name, row, id)
  local own = name ~= "uniall" and id or nil
  box:fault(merged(row, { gateway = name, on = "create", times = 1, external_task_id = own }))
  local request = support.request(name, { external_task_id = own })
  local task = assert(support.engine:create(route, request))
  if not own then support.wait(function() return not task.busy end) end
  return task
end

local function settle(tasks)
  for _, task in ipairs(tasks) do
    support.wait(function() return not task.busy end, 60 * support.slow)
  end
end

--- The tasks that were made, by the external id their creates had.
local function made_by_id(name)
  local counts = box:stats(name).by_external
  return function(id) return counts[id] or 0 end
end

describe("a create that was answered badly", function()
  for _, name in ipairs { "kling", "kkiai", "anyfast", "powertokens" } do
    it("makes one task or none, and says so: " .. name, function()
      box = support.box { speed = 0.1 }
      local route = support.route(name, { lookup_timeout = 2 * support.slow,
        account = support.core.account { api_key = support.KEY, timeout = 1.5 * support.slow } })
      local rows, tasks = rows_of_table(), {}
      for i, row in ipairs(rows) do
        tasks[i] = begin(route, name, row, "row-" .. i)
        if i % AT_ONCE == 0 or i == #rows then settle(tasks) end
      end
      local made = made_by_id(name)
      for i, row in ipairs(rows) do
        local n, kind, seen = made("row-" .. i), support.kind(tasks[i]), name .. ": " .. label(row)
        assert.is_true(n <= 1, seen .. ": made twice")
        assert(kind == nil or kind == "ambiguous" or n == 0, seen .. ": lost as " .. tostring(kind))
        assert(kind ~= nil or n == 1, seen .. ": said to be made")
        local can_ask = name == "kling" or name == "kkiai"
        assert(not can_ask or not kind or row.told, seen .. ": not found out: " .. tostring(kind))
      end
    end)
  end

  it("makes one task or none, and says so: uniall, which has no external ids", function()
    box = support.box { speed = 0.1 }
    local route = support.route("uniall", {
      account = support.core.account { api_key = support.KEY, timeout = 0.5 * support.slow } })
    for _, row in ipairs(rows_of_table()) do
      local before = box:stats("uniall").created
      local kind = support.kind(begin(route, "uniall", row))
      local n, seen = box:stats("uniall").created - before, label(row)
      assert.is_true(n <= 1, seen .. ": made twice")
      assert(kind == nil or kind == "ambiguous" or n == 0, seen .. ": lost as " .. tostring(kind))
      assert(kind ~= nil or n == 1, seen .. ": said to be made")
    end
  end)
end)
