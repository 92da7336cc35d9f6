-- What `make demo` runs: the real client makes a video, against the offline gateway.
--
-- Owns: nothing.
-- Stands on: kling and kling.sandbox, which needs lua-http in some Lua of this machine.
-- Never: leaves this machine, costs anything, needs a key.

local kling = require "kling"

local path = arg[1] or "kling-demo.mp4"
local seconds = tonumber(os.getenv "KLING_DEMO_SECONDS") or 3

local function line(format, ...)
  io.write("\r\27[K", format:format(...))
  io.flush()
end

print "Starting an offline gateway (no network, no key, no costs) ..."
local sandbox = kling.sandbox.start { speed = seconds }
local client = kling.new {
  gateway = "kling",
  base_url = sandbox:base_url "kling",
  api_key = "sandbox-key",
  polling = { first = 0.2, interval_max = 0.3 },
}

local prompt = "A cat walking through a field of sunflowers at golden hour"
print(("Asking %s for a video: %q"):format(client.base_url, prompt))
local task = assert(client:text2video { prompt = prompt, duration = 5 })
local begun = os.time()
local result = assert(task:wait {
  on_progress = function(t) line("task %s: %s (%s)", t.id, t.state, t.raw_status) end,
})
line("task %s: %s after about %d s\n", task.id, task.state, os.difftime(os.time(), begun))

local saved, bytes = assert(task:download(path, {
  on_progress = function(received, total)
    line("downloading: %d of %s bytes", received, total or "?")
  end,
}))
line("saved %s: %d bytes, %g seconds of video\n", saved, bytes, result.videos[1].duration)
print(("Play it with:  ffplay %s   (or mpv, vlc, a browser)"):format(saved))
sandbox:stop()
