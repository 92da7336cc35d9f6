--- The status words of every family, phase by phase.
-- Owns: the vocabulary (facts: Kling's reference, new-api's model/task.go, anyfast's own table) and
-- the progress a phase shows.
-- Stands on: nothing. Phases: fresh, submitted, queued, running, done, failed.
-- Never: knows how long a phase lasts; tasks.lua does.

local words = {}

words.vocabulary = {
  kling = {
    fresh = "submitted", submitted = "submitted", queued = "submitted",
    running = "processing", done = "succeed", failed = "failed",
  },
  new_api = {
    fresh = "NOT_START", submitted = "SUBMITTED", queued = "QUEUED",
    running = "IN_PROGRESS", done = "SUCCESS", failed = "FAILURE",
  },
  anyfast = {
    fresh = "SUBMITTED", submitted = "SUBMITTED", queued = "SUBMITTED",
    running = "PROCESSING", done = "SUCCESS", failed = "FAILED",
  },
  openai = {
    fresh = "unknown", submitted = "queued", queued = "queued",
    running = "in_progress", done = "completed", failed = "failed",
  },
  simple = {
    fresh = "queued", submitted = "queued", queued = "queued",
    running = "processing", done = "succeeded", failed = "failed",
  },
  wild = {
    fresh = "pending", submitted = "pending", queued = "initializing",
    running = "processing", done = "succeeded", failed = "cancelled",
  },
}

--- Percent a phase shows; success and failure alike end at 100 (new-api).
words.progress = { fresh = 0, submitted = 10, queued = 20, running = 30, done = 100, failed = 100 }

return words
