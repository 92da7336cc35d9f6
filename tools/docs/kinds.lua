-- kinds.lua - what each kind of error means, for people.
--
-- Owns: one row a kind, in the order of csrc/error.h (spec/docs holds them together).
-- Stands on: nothing. Pure data.
-- Never: decides anything; kling/errors.lua says which code is of which kind.

return {
  { "invalid", "The request, or the call, breaks a rule. `err.problems` lists everything that is "
    .. "wrong when it was found here; nothing was sent then.",
    "Correct it. Trying again unchanged does not help." },
  { "auth", "The key is missing, was not accepted, or belongs to another gateway.",
    "Look at `hint`: it says whose key it is and where it was looked for." },
  { "permission", "The account may not do this.", "Ask the service for the right." },
  { "quota", "There is nothing left to spend.", "Top up; nothing was made." },
  { "rate", "Too many requests.", "kling has waited and tried again already; ask less often." },
  { "concurrency", "Too many tasks at once.",
    "Keep fewer in flight; `kling.map` does that by itself." },
  { "policy", "The content was refused.", "Change the prompt or the pictures." },
  { "not_found", "The service knows no such task or model.", "Check the id, gateway and account." },
  { "ambiguous", "A create was sent and its answer was lost: the task may exist, and be billed. "
    .. "kling never sends it a second time by itself.",
    "Look for the task by `err.external_task_id` before creating another." },
  { "timeout", "The waiting is over, the task is not.",
    "Wait again, or keep `task:serialize()` for later." },
  { "failed", "The service took the task and gave up on it.",
    "`err.message` is its reason; another create is another task." },
  { "expired", "The link to the video is not valid any more.",
    "Kling deletes videos after 30 days." },
  { "network", "No connection, or one that broke.", "Try again." },
  { "protocol", "The answer is not one this service should give: a web page, or cut-off JSON.",
    "Check `base_url`." },
  { "cancelled", "The waiting was given up here, by `task:forget` or `client:close`.",
    "The task goes on." },
  { "budget", "The limit of spending set here would be exceeded.", "Nothing was sent." },
  { "server", "The service failed.",
    "Where `err.retryable` is true, the same call may be repeated." },
}
