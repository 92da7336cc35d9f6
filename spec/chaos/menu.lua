--- What may go wrong in a round of chaos, as data.
-- Owns: the faults that strike creates, one row each, and those that strike other requests.
-- Stands on: the kinds of fault of kling/sandbox/faults.lua.
-- Never: draws; plan.lua does. `weight` is how often a row is drawn beside the others (1).

local merged = require "spec.support.merged"

local menu = {}

--- Says nothing about the create: strikes before the task is made, and after.
local SILENT = {
  { fault = "reset", weight = 6 }, { fault = "reset", how = "fin", weight = 3 },
  { fault = "hang", seconds = 2.5, weight = 2 }, { fault = "delay", seconds = 0.3, weight = 3 },
  { fault = "redirect", to = "same", status = 303 },
}
local FAMILIES = {
  { family = "kling", code = 5000 }, { family = "kling", code = 5002 },
  { family = "nested", code = 5000 },
  { family = "new_api_task", code = "do_request_failed" }, { family = "new_api" },
  { family = "new_api_panic" }, { family = "content" }, { family = "one_hub" },
  { family = "one_hub_task" }, { family = "nginx" }, { family = "cloudflare" },
}
local STATUSES = { 500, 502, 503, 504 }
--- The reply is spoiled, the task is made.
local SPOILED = {
  { fault = "truncate", keep = 0 }, { fault = "truncate", keep = 30, weight = 3 },
  { fault = "drip", bytes_per_second = 20, weight = 2 },
  { fault = "drip", bytes_per_second = 400, weight = 2 },
  { fault = "garbage", kind = "text" }, { fault = "garbage", kind = "html" },
  { fault = "garbage", kind = "nan" }, { fault = "garbage", kind = "deep" },
  { fault = "garbage", kind = "content_type" }, { fault = "gzip" }, { fault = "headers" },
  { fault = "close", weight = 3 },
}
--- Refused, and no task is made.
local REFUSED = {
  { fault = "busy", code = 1303, weight = 3 }, { fault = "busy", code = 1302, weight = 3 },
  { fault = "busy", code = 1302, retry_after = 1, weight = 2 },
  { fault = "error", family = "empty", status = 429, weight = 2 },
  { fault = "error", family = "saturated", weight = 2 },
  { fault = "error", family = "kling", code = 1301 },
  { fault = "error", family = "kling", code = 1102 },
  { fault = "error", family = "kling", code = 5001 },
  { fault = "error", family = "new_api", status = 401 },
  { fault = "redirect", to = "same", status = 307 },
  { fault = "redirect", to = "other", status = 308 },
  { fault = "reset", when = "head" },
}
--- The create goes well, the task does not.
local TWISTED = {
  { fault = "fail", weight = 6 }, { fault = "stuck", weight = 3 }, { fault = "no_url" },
  { fault = "word", weight = 2 }, { fault = "bare_id" }, { fault = "speed", seconds = 1.5 },
}

local function each(list, into, more)
  for _, row in ipairs(list) do into[#into + 1] = merged(row, more) end
end

local function rows()
  local out = {}
  for _, when in ipairs { "before", "after" } do
    each(SILENT, out, { when = when })
    for _, status in ipairs(STATUSES) do
      each(FAMILIES, out, { fault = "error", status = status, when = when, weight = 0.25 })
    end
  end
  for _, list in ipairs { SPOILED, REFUSED, TWISTED } do each(list, out) end
  out[#out + 1] = { fault = "late", seconds = 0.5, weight = 6 }
  out[#out + 1] = { fault = "late", seconds = 1.5, weight = 4 }
  return out
end

--- Faults of creates.
menu.creates = rows()

--- Faults of everything else, each by chance: these are drawn by the sandbox as requests come in.
menu.others = {
  { on = "status", fault = "reset", chance = 0.02 },
  { on = "status", fault = "error", family = "nginx", status = 502, chance = 0.02 },
  { on = "status", fault = "error", family = "kling", code = 5000, chance = 0.01 },
  { on = "status", fault = "busy", code = 1302, chance = 0.01 },
  { on = "status", fault = "garbage", kind = "html", chance = 0.01 },
  { on = "status", fault = "truncate", chance = 0.01 },
  { on = "status", fault = "hang", seconds = 2.5, chance = 0.002 },
  { on = "list", fault = "error", family = "nginx", status = 503, chance = 0.1 },
  { on = "list", fault = "reset", chance = 0.1 },
  { on = "file", fault = "reset", chance = 0.03 },
  { on = "file", fault = "cut", keep = 1000, chance = 0.05 },
  { on = "file", fault = "expired", chance = 0.02 },
  { on = "file", fault = "no_range", chance = 0.05 },
  { on = "file", fault = "file_type", chance = 0.02 },
}

return menu
