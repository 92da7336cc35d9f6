--- Waiting in Neovim, and in programs on luv: one poll handle and one timer for everybody.
-- Owns: the two handles.
-- Stands on: the worker's descriptor (engine:fd), vim.uv or luv, fibers.lua.
-- Never: runs anybody's code in a fast event, but by vim.schedule; stalls the editor: on the main
-- chunk vim.wait lets it go on.
local core = require "kling.core"
local fibers = require "kling.fibers"
local raise = require "kling.raise"
local tracker = require "kling.tracker"

local nvim = type(vim) == "table"
local uv = nvim and (vim.uv or vim.loop) or require "luv"
local schedule = nvim and vim.schedule or function(fn) fn() end

local LONGEST = 1 -- second; somebody may have stepped the engine without us
local LOOK, SLICE = 50, 60000 -- milliseconds between looks of vim.wait, and of a call of it
local handles, blocked, pump = {}, 0, nil

local function on_event()
  handles.poll:stop()
  handles.timer:stop()
  schedule(pump)
end

--- Watches while somebody waits; else the handles rest, and do not keep a loop alive.
local function arm(engine, most)
  if blocked == 0 and not fibers.any() then return end
  local fd, soonest = assert(engine:fd()), (fibers.soonest() or math.huge) - core.clock()
  if handles.fd ~= fd then handles = { fd = fd, poll = uv.new_poll(fd), timer = uv.new_timer() } end
  local seconds = math.max(0, math.min(engine:due() or LONGEST, soonest, most))
  handles.poll:start("r", on_event)
  handles.timer:start(math.ceil(seconds * 1000), 0, on_event)
end

pump = function()
  local engine = core.engine()
  arm(engine, LONGEST) -- whatever is raised below, the others go on
  engine:step()
  tracker.dispatch(engine)
  local moved = fibers.turn(core.clock())
  arm(engine, moved and 0 or LONGEST)
end

local function check()
  if nvim and vim.in_fast_event() and fibers.on_main() then
    raise("kling can't wait in a fast event: call it inside vim.schedule, or in a coroutine")
  end
end

--- Lets the host's loop run on the main chunk.
local function run_loop(ready, deadline)
  local function over() return ready() or (deadline and core.clock() >= deadline) or false end
  while not over() do
    local left = math.min(SLICE, ((deadline or math.huge) - core.clock()) * 1000)
    if not nvim then
      uv.run "once"
    elseif select(2, vim.wait(math.max(1, math.ceil(left)), over, LOOK)) == -2 then
      return false, "interrupted!"
    end
  end
  return ready() and true or false
end

local function wait(engine, ready, deadline)
  check()
  assert(engine:fd()) -- before the first step: what it sends goes to the worker
  engine:step()
  tracker.dispatch(engine)
  if ready() then return true end
  blocked = blocked + 1
  arm(engine, (deadline or math.huge) - core.clock())
  local is_ready, why
  if fibers.on_main() then is_ready, why = run_loop(ready, deadline) end
  blocked = blocked - 1
  if why then error(why, 0) end
  return is_ready == nil and fibers.pause(ready, deadline) or is_ready or false
end

return { wait = wait, check = check, spawn = fibers.start }
