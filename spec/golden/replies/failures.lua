-- What failures mean and how they behave: written from Kling's and new-api's tables, not from
-- lua/kling/errors.lua.

-- How a failure behaves: may a create be sent again, a question be repeated, may a task exist.
local how = {}
how.final = { create = false, ask = false, lost = false }
how.passes = { create = true, ask = true, lost = false }
how.closed = { create = false, ask = true, lost = false }
how.lost = { create = false, ask = true, lost = true }
how.doubt = { create = false, ask = false, lost = true }

-- Kling's codes: {code, HTTP status, kind, behaviour}; `behind`: said behind a gateway, the hint
-- names the gateway's operator
local kling = {
  { 1000, 401, "auth", how.final, behind = true }, { 1001, 401, "auth", how.final, behind = true },
  { 1002, 401, "auth", how.final, behind = true },
  { 1003, 401, "auth", how.final, behind = true, resign = true },
  { 1004, 401, "auth", how.final, behind = true, resign = true },
  { 1100, 429, "quota", how.final, behind = true },
  { 1101, 429, "quota", how.final, behind = true },
  { 1102, 429, "quota", how.final, behind = true },
  { 1103, 403, "permission", how.final, behind = true },
  { 1200, 400, "invalid", how.final },
  { 1201, 400, "invalid", how.final },
  { 1202, 404, "invalid", how.final },
  { 1203, 404, "not_found", how.final },
  { 1300, 400, "policy", how.final },
  { 1301, 400, "policy", how.final },
  { 1302, 429, "rate", how.passes }, { 1303, 429, "concurrency", how.passes },
  { 1304, 429, "permission", how.final, behind = true },
  { 5000, 500, "server", how.lost },
  { 5001, 503, "server", how.closed },
  { 5002, 504, "server", how.lost },
}

-- The gateways' own words.
local words = {
  { "invalid_request", 400, "invalid", how.final },
  { "build_request_failed", 500, "invalid", how.final },
  { "quota_not_enough", 403, "quota", how.final },
  { "insufficient_user_quota", 403, "quota", how.final },
  { "pre_consume_token_quota_failed", 403, "quota", how.final },
  { "access_denied", 403, "permission", how.final }, { "task_failed", 400, "invalid", how.final },
  { "task_not_exist", 400, "not_found", how.final, absent = true },
  { "task_not_exist", 404, "not_found", how.final, absent = true },
  { "model_price_error", 400, "server", how.final },
  { "model_mapping_failed", 400, "server", how.final },
  { "invalid_api_platform", 400, "server", how.final },
  { "do_request_failed", 500, "server", how.lost },
  { "read_response_body_failed", 500, "server", how.lost },
  { "unmarshal_response_failed", 500, "server", how.lost },
  { "get_task_failed", 500, "server", how.lost },
  { "convert_to_openai_video_failed", 500, "server", how.lost },
  { "model_not_found", 503, "not_found", how.final },
  { "not_implemented", 501, "server", how.final },
  { "invalid_api_key", 401, "auth", how.final },
}

local types = {
  { "authentication_error", 401, "auth", how.final },
  { "permission_error", 403, "permission", how.final },
  { "insufficient_quota", 429, "quota", how.final },
  { "rate_limit_error", 429, "rate", how.passes },
  { "invalid_request_error", 400, "invalid", how.final },
  { "new_api_panic", 500, "server", how.lost },
}

local statuses = {
  { 400, "invalid", how.final }, { 405, "invalid", how.final }, { 411, "invalid", how.final },
  { 413, "invalid", how.final }, { 414, "invalid", how.final }, { 415, "invalid", how.final },
  { 422, "invalid", how.final }, { 401, "auth", how.final }, { 402, "quota", how.final },
  { 403, "permission", how.final },
  { 404, "not_found", how.final },
  { 410, "not_found", how.final },
  { 408, "server", how.lost }, { 429, "rate", how.passes }, { 500, "server", how.lost },
  { 501, "server", how.final },
  { 502, "server", how.lost },
  { 503, "server", how.lost },
  { 504, "server", how.lost },
  { 520, "server", how.lost },
  { 522, "server", how.lost },
  { 524, "server", how.lost },
  { 526, "server", how.lost },
  { 599, "server", how.lost }, { 301, "protocol", how.final }, { 302, "protocol", how.final },
  { 303, "protocol", how.doubt },
  { 307, "protocol", how.final }, { 308, "protocol", how.final }, { 304, "protocol", how.final },
  { 101, "protocol", how.doubt }, { 600, "protocol", how.doubt }, { 999, "protocol", how.doubt },
}

return { how = how, kling = kling, words = words, types = types, statuses = statuses }
