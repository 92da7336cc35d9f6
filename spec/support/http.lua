--- A tiny HTTP client for specs that talk to the sandbox without the client under test.
-- Owns: one blocking request on lua-socket, JSON in and out through the sandbox's own reader.
-- Stands on: lua-socket (packaged for every Lua).
-- Never: follows redirects, keeps connections, checks anything.

local ltn12 = require "ltn12"
local socket_http = require "socket.http"

local json = require "kling.sandbox.json"

local http = {}

--- Do one request.
---@param method string
---@param url string
---@param headers table|nil
---@param body string|nil
---@return table|nil reply status, headers, body, json (decoded when it is JSON)
---@return string|nil message
function http.request(method, url, headers, body)
  local sink, sent = {}, {}
  for name, value in pairs(headers or {}) do sent[name] = value end
  if body then sent["content-length"] = #body end
  local ok, status, received = socket_http.request {
    method = method, url = url, headers = sent, redirect = false,
    source = body and ltn12.source.string(body), sink = ltn12.sink.table(sink),
  }
  if not ok then return nil, status end
  local text = table.concat(sink)
  return { status = status, headers = received, body = text, json = (json.decode(text)) }
end

--- The headers of a good request.
---@param key string|nil API key, "sandbox-key" when not given
---@return table headers
function http.headers(key)
  return {
    authorization = "Bearer " .. (key or "sandbox-key"), ["content-type"] = "application/json",
  }
end

--- POST a table as JSON with a good key.
function http.post(url, value)
  return http.request("POST", url, http.headers(), json.encode(value))
end

--- GET with a good key.
function http.get(url) return http.request("GET", url, http.headers()) end

return http
