--- A port of this machine that nobody listens on, for servers that specs start.
-- Owns: nothing.
-- Stands on: LuaSocket, loaded when a port is first asked for.
-- Never: keeps the port: another program may take it before the server does.

---@return integer port
return function()
  local listener = assert(require "socket".bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return math.floor(tonumber(port))
end
