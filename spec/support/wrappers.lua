-- Wrappers: the bodies in which gateways hand on an error of Kling's.
--
-- Owns: one function a wrapper: code -> body (a table for cjson.encode)[, HTTP status].
-- Stands on: cjson.
-- Never: knows what an error means.

local cjson = require "cjson"

local function official(code, message)
  return { code = code, message = message, request_id = "req-1" }
end

local function family(code, message, type)
  return { error = { message = message, type = type, param = "", code = code } }
end

local function nested(code, message)
  return ('{"code":%d,"message":"%s","request_id":"req-1"}'):format(code, message)
end

local function behind(message)
  return { code = "fail_to_fetch_task", message = message, data = cjson.null }
end

-- How one of Kling's codes can come: name -> function(code, HTTP status) -> body[, HTTP status]
local own = {
  ["Kling's own"] = function(code) return official(code, "no") end,
  ["Kling's own in digits"] = function(code) return official(tostring(code), "no") end,
  ["Kling's own with HTTP 200"] = function(code) return official(code, "no"), 200 end,
  ["Kling's own with empty data"] = function(code)
    return { code = code, message = "no", data = cjson.null }, 200
  end,
  ["one-hub's"] = function(code) return { code = tostring(code), message = "no" } end,
  ["an error object"] = function(code) return family(code, "no", "new_api_error") end,
  ["an error object in digits"] = function(code)
    return family(tostring(code), "no (request id: 2026)", "upstream_error")
  end,
  ["an error object with HTTP 200"] = function(code) return family(code, "no", "x"), 200 end,
  ["an error object with a type that says otherwise"] = function(code)
    return family(code, "no", "invalid_request_error")
  end,
}

-- The same, said by the service behind the gateway.
local nestings = {
  ["fail_to_fetch_task"] = function(code) return behind(nested(code, "no")) end,
  ["fail_to_fetch_task with HTTP 200"] = function(code) return behind(nested(code, "no")), 200 end,
  ["fail_to_fetch_task, cut"] = function(code)
    return behind((nested(code, "no"):gsub('"message".*', '"mess')))
  end,
  ["fail_to_fetch_task, cut behind the code"] = function(code)
    return behind(('{"code": %d'):format(code))
  end,
  ["fail_to_fetch_task behind another"] = function(code)
    return behind(cjson.encode(behind(nested(code, "no"))))
  end,
  ["fail_to_fetch_task three deep"] = function(code)
    return behind(cjson.encode(behind(cjson.encode(behind(nested(code, "no"))))))
  end,
  ["task_failed"] = function(code)
    return { code = "task_failed", message = nested(code, "no"), data = cjson.null }, 400
  end,
  ["an error object's message"] = function(code)
    return family("", "bad response: " .. nested(code, "no") .. " (request id: 1)", "new_api_error")
  end,
  ["a message with quotes escaped twice"] = function(code)
    local text = ([[{\\"code\\":\\"%d\\"]]):format(code)
    return { code = "bad_response_status_code", message = text }
  end,
  ["one-hub's message"] = function(code) return { code = "", message = nested(code, "no") } end,
}

return { official = official, family = family, nested = nested, behind = behind, own = own,
  nestings = nestings }
