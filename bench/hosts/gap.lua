--- How long Neovim's main loop stands still, with requests in flight or without.
--
-- Owns: the probe: a timer that should fire every millisecond.
-- Stands on: Neovim; BENCH_URL, BENCH_COUNT (0: the empty editor), BENCH_CA.
-- Never: counts loading the library, which is done once and told apart; the worker's start, DNS, the
-- certificates and each handshake do count.

local uv = vim.uv or vim.loop
local count = tonumber(os.getenv "BENCH_COUNT")
local SETTLE, LEAST = 200, 700 -- milliseconds: between two looks; of the last one
local PATIENCE = 20000

local longest, last = 0, uv.hrtime()
local probe = uv.new_timer()
probe:start(1, 1, function()
  local now = uv.hrtime()
  longest = math.max(longest, (now - last) / 1e6)
  last = now
end)

--- Runs a function, then the loop until its time is over and ready() holds; the longest gap.
local function look(fn, least, ready)
  vim.wait(SETTLE)
  longest = 0
  local began = uv.hrtime()
  fn()
  vim.wait(PATIENCE, function() return ready() and uv.hrtime() - began > least * 1e6 end, 20)
  return longest
end

local client
local function load()
  client = require("kling").new { gateway = "kling", api_key = "bench",
    base_url = os.getenv "BENCH_URL", ca_file = os.getenv "BENCH_CA" }
  client:open "text2video"
end

local done = 0
local function call()
  for _ = 1, count do
    coroutine.wrap(function()
      if client:text2video { prompt = "A cat" } then done = done + 1 end
    end)()
  end
end

local loading = count > 0 and look(load, SETTLE, function() return true end) or 0
local gap = look(call, LEAST, function() return done == count end)
io.stdout:write(("{\"gap\":%.3f,\"load\":%.3f,\"done\":%d}\n"):format(gap, loading, done))
vim.cmd "qall!"
