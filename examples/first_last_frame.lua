-- A video from one picture to another. Both may be files, URLs or Base64.
--
-- Owns: nothing.
-- Stands on: kling. Environment: as hello.lua.
-- Never: trusts that a task was not made because no answer came; see the error kind "ambiguous".
--
--   lua5.4 examples/first_last_frame.lua first.png last.png [file]

local kling = require "kling"

local client = kling.new {
  gateway = os.getenv "KLING_GATEWAY" or "anyfast",
  base_url = os.getenv "KLING_BASE_URL",
}

local function picture(name)
  return name:match "^https?://" and name or kling.file(name)
end

local first, last, path = arg[1], arg[2], arg[3] or "morph.mp4"
if not last then
  io.stderr:write("usage: first_last_frame.lua first.png last.png [file]\n")
  os.exit(2)
end

local task, message, err = client:image2video {
  image = picture(first),
  image_tail = picture(last),
  prompt = "The first picture turns into the second, slowly",
  duration = 5,
}
if not task then
  io.stderr:write(message, "\n")
  for _, problem in ipairs(err.problems or {}) do io.stderr:write("  ", problem.message, "\n") end
  if err.kind == "ambiguous" then
    io.stderr:write("Before you try again, look for ", err.external_task_id or "the task",
      " in your account: it may have been made.\n")
  end
  os.exit(1)
end

assert(task:wait {
  on_progress = function(t) print(t.state, t.progress and ("%.0f%%"):format(t.progress * 100)) end,
})
assert(task:download(path))
print("saved " .. path)
