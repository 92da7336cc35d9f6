--- The user's key: where it comes from and when it is asked for.
-- Owns: the two ways to prove who one is, and the environment variables behind them.
-- Stands on: core.account, which keeps keys in C memory; raise.lua, fail.lua.
-- Never: reads anything before a call needs it; keeps a key in Lua, not even one that a function
-- returned; shows one.
local core = require "kling.core"
local fail = require "kling.fail"
local raise = require "kling.raise"

local unpack = table.unpack or unpack

--- In the order in which the environment is looked at.
local WAYS = {
  { word = "bearer", names = { "api_key" }, env = { "KLING_API_KEY" }, set = "set_key" },
  { word = "jwt", names = { "access_key", "secret_key" },
    env = { "KLING_ACCESS_KEY", "KLING_SECRET_KEY" }, set = "set_keys" },
}

local Key = {}
Key.__index = Key

local function is_given(value)
  return value ~= nil and value ~= ""
end

local function allows(spec, word)
  for _, way in ipairs(spec.auth) do
    if way == word then return true end
  end
  return false
end

--- The way the user chose by giving its options, nil when none was given.
local function chosen(spec, given)
  local found
  for _, way in ipairs(WAYS) do
    local count = 0
    for _, name in ipairs(way.names) do
      if is_given(given[name]) then count = count + 1 end
    end
    if count > 0 and not allows(spec, way.word) then
      raise("kling.new: gateway %s does not take %s", spec.name, way.names[1])
    elseif count > 0 and count < #way.names then
      raise("kling.new: %s belong together", table.concat(way.names, " and "))
    elseif count > 0 and found then
      raise("kling.new: give api_key, or access_key and secret_key, not both")
    end
    found = count > 0 and way or found
  end
  return found
end

--- Files and command output end in line feeds, keys don't.
local function trimmed(value)
  return (value:gsub("^%s+", ""):gsub("%s+$", ""))
end

--- Hands keys to C.
local function put(self, way, values)
  local ok, message = pcall(self.account[way.set], self.account, unpack(values))
  if not ok then return nil, message end
  return true
end

--- Hands keys to C, unless it has the same ones already: a token signed with them goes on.
local function renew(self, way, values)
  local mark = core.sha256(way.word .. "\n" .. table.concat(values, "\n"))
  if mark == self.mark then return true end
  local ok, message = put(self, way, values)
  if ok then self.mark = mark end
  return ok, message
end

--- Values of a way, each by `read(i)`; nil and why not.
local function collect(way, read)
  local values = {}
  for i, name in ipairs(way.names) do
    local value, message = read(i, name)
    if type(value) ~= "string" and value ~= nil then
      raise("option %s: the function must return a string, not a %s", name, type(value))
    end
    value = value and trimmed(value)
    if not is_given(value) then return nil, message end
    values[i] = value
  end
  return values
end

--- What the options say; functions among them are called.
local function from_options(self)
  local values, message = collect(self.way, function(_, name)
    local source = self.sources[name]
    if type(source) == "function" then return source() end
    return source
  end)
  if values then return self.way, values end
  return nil, ("the function given as %s has no key%s"):format(table.concat(self.way.names, ", "),
    message and (": " .. tostring(message)) or "")
end

local function from_environment(self)
  local names = {}
  for _, way in ipairs(WAYS) do
    if allows(self.spec, way.word) then
      local values = collect(way, function(i) return os.getenv(way.env[i]) end)
      if values then return way, values end
      names[#names + 1] = table.concat(way.env, " and ")
    end
  end
  return nil, ("no key: give one to kling.new, or set %s"):format(table.concat(names, ", or "))
end

--- Makes sure that C has the key of this call.
---@return true|nil ready
---@return string|nil message
---@return kling.Error|nil err
function Key:ready()
  if self.fixed then return true end
  local way, values = (self.way and from_options or from_environment)(self)
  local message = values
  if way then
    local ok
    ok, message = renew(self, way, values)
    if ok then return true end
  end
  return fail("auth", message, { gateway = self.spec.name })
end

local function has_function(sources)
  for _, source in pairs(sources) do
    if type(source) == "function" then return true end
  end
  return false
end

--- The key of a client. Strings go to C at once and are forgotten here.
---@param spec table the gateway
---@param given table options of kling.new
---@param account userdata core.account
return function(spec, given, account)
  local self = setmetatable({ spec = spec, account = account, sources = {} }, Key)
  self.way = chosen(spec, given)
  for _, name in ipairs(self.way and self.way.names or {}) do self.sources[name] = given[name] end
  if self.way and not has_function(self.sources) then
    local ok, message = put(self, from_options(self))
    if not ok then raise("kling.new: %s", message) end
    self.fixed, self.sources = true, nil
  end
  return self
end
