-- Waiting in Neovim: on the main chunk, in coroutines, in fast events; the editor goes on.
--
-- Owns: kling/loop/luv.lua.
-- Stands on: busted, a real Neovim without a screen, the sandbox.
-- Never: asks for less than a busy machine can give: the gaps are measured by `make bench`.

local face = require "spec.support.face"
local neovim = require "spec.support.neovim"
local nginx = require "spec.support.nginx"

local START = [[
local inside = ...
local out = inside.out
package.cpath = %q .. "/build/luajit/?.so;" .. package.cpath
local kling = require "kling"
local BASE = %q
local client = kling.new { gateway = "kling", api_key = "sandbox-key", base_url = BASE,
  polling = { first = 0.05, growth = 1.2, jitter = 0, interval_max = 0.1, deadline = 20 } }
local CAT = { prompt = "A cat" }
local function make() return assert(client:text2video(CAT)) end
-- Ends all tasks.
local function finish()
  os.execute("curl -s -o /dev/null -X POST " .. BASE:gsub("/kling$", "/_sandbox/finish"))
end
]]

describe("in Neovim", function()
  local box

  setup(neovim.build)
  before_each(function() box = face.box() end)

  local function run(program)
    return (neovim.run(START:format(neovim.root(), box:base_url "kling") .. program))
  end

  it("the main chunk waits, and timers go on", function()
    box:options { speed = 600 }
    local out = run [[
      local ticks, timer, task = 0, vim.loop.new_timer(), make()
      timer:start(0, 20, function()
        ticks = ticks + 1
        if ticks == 15 then finish() end
      end)
      out.videos = #assert(task:wait()).videos
      timer:stop()
      local _, _, err = make():wait { timeout = 0.2 }
      out.late = err.kind
    ]]
    assert.equal(1, out.videos)
    assert.equal("timeout", out.late)
  end)

  it("coroutines wait side by side and are resumed where the editor may be changed", function()
    box:options { speed = 600 }
    local out = run [[
      local left = 20
      for i = 1, 20 do
        coroutine.wrap(function()
          local task = make()
          assert(task:wait())
          vim.api.nvim_buf_set_lines(0, -1, -1, false, { "done " .. i })
          left = left - 1
        end)()
      end
      inside.wait(function() return #client:pending() == 20 end)
      finish() -- no task ends before all are made
      inside.wait(function() return left == 0 end)
      out.lines = #vim.api.nvim_buf_get_lines(0, 0, -1, false)
    ]]
    assert.equal(21, out.lines)
  end)

  it("a fast event gets a clear error, and nothing is sent", function()
    local out = run [[
      local timer = vim.loop.new_timer()
      timer:start(1, 0, function() out.ok, out.message = pcall(client.text2video, client, CAT) end)
      inside.wait(function() return out.message end)
      vim.wait(200)
      out.pending = #client:pending()
    ]]
    assert.is_false(out.ok)
    assert.matches("can't wait in a fast event.*vim%.schedule", out.message)
    assert.equal(0, out.pending)
    assert.equal(0, box:stats("kling").creates)
  end)

  it("callbacks run when the task ends", function()
    local out = run [[
      local task, reports = make(), 0
      task:on_progress(function() reports = reports + 1 end)
      task:on_done(function(same, result)
        out.same, out.videos, out.fast = same == task, #result.videos, vim.in_fast_event()
      end)
      inside.wait(function() return out.videos end)
      out.reports = reports
    ]]
    assert.same({ same = true, videos = 1, fast = false, reports = out.reports }, out)
    assert.is_true(out.reports >= 1)
  end)

  it("what a coroutine or callback raises is shown, and the others go on", function()
    local out = run [[
      make():on_done(function() error "from a callback" end)
      local videos
      coroutine.wrap(function() videos = #assert(make():wait()).videos end)()
      inside.wait(function()
        out.shown = vim.api.nvim_exec("messages", true)
        return videos and out.shown:find "from a callback"
      end)
      out.videos = videos
    ]]
    assert.equal(1, out.videos)
  end)

  it("maps, spawns, joins, downloads and asks", function()
    local out = run [[
      local items = kling.map({ CAT, CAT, CAT }, "text2video", { client = client })
      out.mapped = items[1].ok and items[2].ok and items[3].ok
      local function one() return #assert(make():wait()).videos end
      out.joined = { kling.join(kling.spawn(one), kling.spawn(one)) }
      out.all = #kling.all { make(), make() }
      local path = vim.fn.tempname()
      out.saved = items[1].task:download(path) == path and vim.fn.getfsize(path) > 10000
      out.state = items[1].task:status()
      out.list = #client:list "text2video" >= 7
    ]]
    assert.same({ mapped = true, joined = { 1, 1 }, all = 2, saved = true, state = "succeeded",
      list = true }, out)
  end)

  it("a wait ends when the task is forgotten", function()
    box:options { speed = 600 }
    local out = run [[
      local task = make()
      coroutine.wrap(function()
        local _, _, err = task:wait()
        out.kind = err.kind
      end)()
      vim.defer_fn(function() task:forget() end, 100)
      inside.wait(function() return out.kind end)
    ]]
    assert.equal("cancelled", out.kind)
  end)

  it("nothing is watched when nobody waits", function()
    local out = run [[
      make():wait()
      vim.wait(1200)
      local engine = require("kling.core").methods "engine"
      local step = engine.step
      out.steps = 0
      engine.step = function(...)
        out.steps = out.steps + 1
        return step(...)
      end
      vim.wait(1200)
    ]]
    assert.equal(0, out.steps)
  end)

  it("leaves at once with calls in flight, in every way", function()
    for _, way in ipairs { "qall!", "cquit 3" } do
      box:fault { gateway = "kling", on = "create", fault = "hang", seconds = 60 }
      local program = START:format(neovim.root(), box:base_url "kling") .. ([[
        for _ = 1, 10 do coroutine.wrap(make)() end
        vim.wait(50)
        vim.cmd %q
      ]]):format(way)
      local before = os.time()
      local path = os.tmpname()
      face.write(path, program)
      local lua = ("lua dofile(%q).run(%q)"):format("spec/neovim/inside.lua", path)
      local said = nginx.shell(neovim.command("--headless -c " .. neovim.quote(lua),
        "KLING_SPEC_OUT=/dev/null") .. "; echo \"exit $?\"")
      os.remove(path)
      assert.matches(way == "qall!" and "exit 0$" or "exit 3$", said)
      assert.is_true(os.time() - before < 40)
      box:reset()
    end
  end)
end)
