--- kling: Kling AI videos from Lua.
-- Owns: the names that `require "kling"` gives.
-- Stands on: everything below it.
-- Never: reads a file, the environment or the network when it is loaded.
local client = require "kling.client"
local core = require "kling.core"
local gateway = require "kling.gateway"
local loop = require "kling.loop"

---@class kling
local kling = {
  --- The version of the library, as in "0.1.0".
  ---@type string
  _VERSION = core.version,
  --- Stands for JSON's null in replies; the same as cjson.null.
  ---@type lightuserdata
  null = core.null,
  new = client.new,
  gateways = gateway.names,
  --- A local JPEG or PNG to be sent as a picture; it is read while it is sent.
  ---@type fun(path: string): table
  file = core.file,
  set_wait = loop.set_wait,
}

--- Parts that many programs don't need are loaded when they are first named: modules, and functions
-- of kling.batch.
local MODULES = { sandbox = true, callback = true, journal = true, map = true }
local BATCH = { all = true, any = true, as_completed = true, spawn = true, join = true }

return setmetatable(kling, {
  __index = function(_, name)
    if MODULES[name] then return require("kling." .. name) end
    return BATCH[name] and require "kling.batch"[name] or nil
  end,
})
