--- Whether a base URL is one that a key may be sent to.
-- Owns: the rules for base_url, and how one is shown; C holds every other URL against the same
-- rules (csrc/http_net.c).
-- Stands on: nothing.
-- Never: resolves a name.
local address = {}

local function is_loopback(host)
  return host == "localhost" or host == "[::1]" or host:find("^127%.%d+%.%d+%.%d+$") ~= nil
end

local PROBLEMS = {
  { function(u) return u.scheme ~= "https" and u.scheme ~= "http" end,
    "it must begin with https://" },
  { function(u) return u.where:find("@", 1, true) end,
    "it must not hold a user name" },
  { function(u) return u.host == "" end, "it names no host" },
  { function(u) return u.path:find("[?#]") end, "it must end with a path" },
  { function(u) return u.text:find("[^%w%-%._~:/%[%]!$&'%(%)%*%+,;=%%]") ~= nil end,
    "it holds a character that no URL has" },
  { function(u) return u.scheme == "http" and not is_loopback(u.host) and not u.allow_http end,
    "plain http would show the key to everybody on the way: use https, or set allow_http" },
}

--- Finds what is wrong with a base URL, and gives it back without a slash at its end.
---@param text string
---@param allow_http boolean|nil
---@return string|nil url
---@return string|nil problem
function address.check(text, allow_http)
  local scheme, where, path = text:match("^(%a*)://([^/?#]*)(.*)$")
  local u = { text = text, allow_http = allow_http, scheme = (scheme or ""):lower(),
    where = where or "", path = path or "" }
  u.host = (u.where:match("^(%[[^%]]*%])") or u.where:match("^[^:]*")):lower()
  for _, row in ipairs(PROBLEMS) do
    if row[1](u) then return nil, row[2] end
  end
  return (text:gsub("/+$", ""))
end

--- An address as it may be shown: without user name and query, where secrets stand.
---@param text string
---@return string
function address.shown(text)
  text = text:gsub("^(%a*:?/*).*@", "%1...@")
  return (text:gsub("^([^?#]*[?#]).*$", "%1..."))
end

return address
