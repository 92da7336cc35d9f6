--- Makes the examples' clients ask soon: nobody waits five seconds for a task of the sandbox.
-- Owns: nothing.
-- Stands on: kling; run by `lua -e 'dofile "spec/support/quick.lua"' example.lua`.
-- Never: changes anything but the polling.

local kling = require "kling"

local new = kling.new

function kling.new(options)
  options.polling = { first = 0.1, interval_max = 0.2 }
  return new(options)
end
