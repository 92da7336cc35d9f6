-- What the operator decides. Read once, by the master process, before it gives up its environment.
--
-- Owns: nothing; every value below is checked by kling_app/config.lua.
-- Stands on: the environment. Secrets stay there: this file may be kept with the code.
-- Never: runs in a worker.

local function words(text)
  local list = {}
  for word in (text or ""):gmatch("[^%s,]+") do list[#list + 1] = word end
  return list
end

return {
  -- For kling.new. Browsers never see any of it.
  client = {
    gateway = os.getenv "KLING_GATEWAY" or "kling",
    base_url = os.getenv "KLING_BASE_URL",
    api_key = os.getenv "KLING_API_KEY",
    access_key = os.getenv "KLING_ACCESS_KEY",
    secret_key = os.getenv "KLING_SECRET_KEY",
  },
  -- Whoever holds one of these may spend the account's money. Several, so that one can be changed.
  tokens = words(os.getenv "KLING_APP_TOKENS"),
  -- What POST /videos may ask for; the first is meant when the request does not say.
  endpoints = { "text2video", "image2video" },
  -- Where the service reaches this app, as in "https://videos.example.org"; nil: no callbacks.
  public_url = os.getenv "KLING_APP_URL",
  -- "whsec_..." as the service shows it; nil: every callback is refused.
  callback_secret = os.getenv "KLING_CALLBACK_SECRET",
  -- Seconds: a sign of life in a stream of events, and the longest a stream lasts.
  heartbeat = 15,
  stream = 1800,
}
