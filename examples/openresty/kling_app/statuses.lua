-- What a failure looks like from outside: err.kind -> HTTP status. Pure data.
--
-- Owns: which failures are the caller's, and so are told as they are, and which are the operator's:
-- those have a sentence of their own, and the real one goes to nginx's log.
-- Stands on: the kinds that kling.Error lists.
-- Never: a word about keys, balances or hosts to a browser.

local AWAY = "the video service can't be used at the moment"

return {
  invalid = { status = 400 },
  policy = { status = 422 },
  not_found = { status = 404 },
  expired = { status = 410 },
  rate = { status = 429 },
  concurrency = { status = 429 },
  failed = { status = 502 },
  timeout = { status = 504 },
  cancelled = { status = 503 },
  ambiguous = { status = 502,
    text = "the task may have been created: look for it before you ask for another" },
  auth = { status = 502, text = AWAY },
  permission = { status = 502, text = AWAY },
  quota = { status = 503, text = AWAY },
  budget = { status = 503, text = AWAY },
  network = { status = 502, text = AWAY },
  protocol = { status = 502, text = AWAY },
  server = { status = 502, text = AWAY },
}
