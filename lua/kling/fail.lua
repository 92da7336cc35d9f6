--- The one shape of a failure that is nobody's misuse: nil, a sentence, a table.
-- Owns: how Lua code makes `err`; C makes its own in csrc/bridge.c, with the same fields.
-- Stands on: nothing.
-- Never: raises; puts a secret or a result URL into a sentence.

--- What every failure that isn't misuse comes with, as third value.
---@class kling.Error
---@field kind string one of invalid, auth, permission, quota, rate, concurrency, policy, not_found,
--- ambiguous, timeout, failed, expired, network, protocol, cancelled, budget, server
---@field retryable boolean the same call may succeed later, and repeating it is safe
---@field code string|nil the service's own code
---@field status integer|nil HTTP status
---@field request_id string|nil what the service calls the request; its support asks for it
---@field task_id string|nil
---@field external_task_id string|nil
---@field gateway string|nil
---@field retry_after number|nil seconds the service asked to wait
---@field lost_for number|nil ambiguous: seconds since the answer to the create was lost
---@field hint string|nil what to do
---@field cause string|nil kind of what went wrong on the way (ambiguous, timeout)
---@field problems kling.Problem[]|nil everything that is wrong with a request (invalid)

--- One thing that is wrong with a request.
---@class kling.Problem
---@field path string where, as in "multi_prompt[2].duration"
---@field got string what stands there
---@field allowed string what may stand there
---@field rule string|nil name of the rule
---@field message string all of it in one sentence

---@param kind string word for programs
---@param message string sentence for people
---@param more table|nil further fields of err; it becomes err itself
---@param task kling.Task|nil the one it is about
---@return nil, string message, kling.Error err
return function(kind, message, more, task)
  local err = more or {}
  err.kind = kind
  err.retryable = err.retryable or false
  if task then
    err.task_id, err.external_task_id, err.gateway = task.id, task.external_task_id, task.gateway
  end
  return nil, message, err
end
