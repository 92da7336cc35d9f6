-- POST /callbacks: what the service tells of its own accord.
--
-- Owns: who is believed (the signature, not the access token), and what the service is answered: a
-- status of 500 or more makes it try again later.
-- Stands on: kling.callback, client:on_callback.
-- Never: takes a callback at its word: the task it names is asked about, and that answer counts.

local kling = require "kling"

local config = require "kling_app.config"
local web = require "kling_app.web"

local REFUSALS = { auth = 401, protocol = 400 } -- of kling.callback.parse

return function()
  local secret = config.settings.callback_secret
  if not secret then return web.deny(404, "not_found", "callbacks are not taken here") end
  local event, message, err = kling.callback.parse(ngx.req.get_headers(), web.body(),
    { secret = secret, signed = true })
  if not event then return web.deny(REFUSALS[err.kind] or 400, err.kind, message) end
  local task
  task, message, err = config.client():on_callback(event)
  if not task then return web.refuse(message, err) end
  ngx.log(ngx.NOTICE, "kling: ", tostring(task))
  web.reply(200, { state = task.state })
end
