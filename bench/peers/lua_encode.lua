--- `lua_encode.lua encode - COUNT CLASS CODEC`: a request table to JSON with nothing checked.
--
-- Owns: the loop around one encoder, `walk` (our floor) or `cjson`.
-- Stands on: walk.so, lua-cjson.
-- Never: validates; that is what the others pay for.

local encoders = {
  walk = function() return require("walk") end,
  cjson = function() return require("cjson").encode end,
}

local count, class, codec = tonumber(arg[3]), arg[4], arg[5]
local encode = encoders[codec]()
local request = require("requests")[class].request
local bytes = #encode(request)
local start = os.clock()
for _ = 1, count do encode(request) end
print(('{"done":%d,"cpu":%.6f,"bytes":%d}'):format(count, os.clock() - start, bytes))
