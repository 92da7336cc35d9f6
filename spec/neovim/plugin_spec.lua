-- The plugin in a real Neovim: commands, keys, failures, and that the editor never stands still.
--
-- Owns: examples/neovim/.
-- Stands on: busted, nvim, the sandbox.
-- Never: shows a window to anybody; waits longer than a task of the sandbox takes.

local core = require "kling.core"
local face = require "spec.support.face"
local neovim = require "spec.support.neovim"
local picture = require "spec.support.picture"
local sandbox = require "spec.support.sandbox"

-- Creating, making and sending the file take so long each, so that standing still stands out on a
-- busy machine, too. Seconds; milliseconds.
local STAGE, LONGEST_GAP = 1.5, 1000

-- Every program begins so: `opened` gets the files that would be shown.
local START = [[
local inside = ...
local opened = {}
local function setup(more)
  local all = { base_url = BASE, gateway = "anyfast", folder = FOLDER,
    open = function(path) opened[#opened + 1] = path end,
    client = { polling = { first = 0.05, interval_max = 0.05 } } }
  for name, value in pairs(more or {}) do all[name] = value end
  require("kling_nvim").setup(all)
end
]]

local box, folder

local function nvim(program, env)
  local head = ("local BASE, FOLDER = %q, %q\n"):format(box:base_url "anyfast", folder)
  return neovim.run(head .. START .. program, env or "KLING_API_KEY=sandbox-key")
end

local function texts(notes)
  local list = {}
  for i, note in ipairs(notes) do list[i] = note.text end
  return table.concat(list, "\n")
end

local function dawdle()
  box:options { speed = STAGE }
  for _, stage in ipairs { "create", "file" } do
    box:fault { fault = "delay", on = stage, seconds = STAGE }
  end
end

setup(neovim.build)

before_each(function()
  box = sandbox.start()
  folder = os.tmpname()
  os.remove(folder)
end)

after_each(function() os.execute("rm -rf " .. folder) end)

describe(":Kling text2video", function()
  it("makes, saves and opens a video; the editor goes on, with progress in a window", function()
    dawdle()
    local out, notes = nvim [[
      setup()
      local stop = inside.measure()
      vim.cmd "Kling text2video A cat on a piano external_task_id=from-nvim duration=10"
      inside.out.opened_at_once = #opened
      inside.wait(function() return #inside.floats() > 0 end)
      inside.out.focused = vim.api.nvim_win_get_config(0).relative
      inside.wait(function() return opened[1] end)
      inside.out.gap, inside.out.file, inside.out.float = stop(), opened[1], inside.floats()[1]
    ]]
    assert.equal(0, out.opened_at_once)
    assert.equal("", out.focused)
    assert(out.gap < LONGEST_GAP, "the main loop stood still for " .. out.gap .. " ms")
    assert(#face.read(out.file) > 1000)
    assert.matches("A cat on a piano", out.float[1], 1, true)
    assert.matches("1 is saved as", texts(notes), 1, true)
    assert.equal("from-nvim", box:tasks()[1].external_task_id)
  end)

  it("would be caught standing still, if it did", function()
    dawdle()
    local out = nvim [[
      setup { client = { loop = "block", polling = { first = 0.05, interval_max = 0.05 } } }
      local stop = inside.measure()
      vim.cmd "Kling text2video A cat"
      inside.wait(function() return opened[1] end)
      inside.out.gap = stop()
    ]]
    assert(out.gap > LONGEST_GAP, out.gap .. " ms")
  end)

  it("takes a range, or the part of it that is selected", function()
    local out = nvim [[
      setup()
      vim.api.nvim_buf_set_lines(0, 0, -1, false, { "say: A dog runs", "and a bird flies. End" })
      local prompts = {}
      local list = require "kling_nvim.list"
      vim.cmd "1,2Kling text2video"
      vim.cmd "normal! gg5lvje\27"
      vim.cmd "'<,'>Kling text2video mode=pro"
      inside.wait(function() return #opened == 2 end)
      for i, entry in ipairs(list.entries) do prompts[i] = entry.prompt end
      inside.out = prompts
    ]]
    assert.equal("say: A dog runs and a bird flies. End", out[1])
    assert.equal("A dog runs and a bird", out[2])
  end)

  it("runs several at once", function()
    local out = nvim [[
      setup()
      for i = 1, 5 do vim.cmd("Kling text2video cat " .. i) end
      inside.wait(function() return #inside.floats() > 0 and #inside.floats()[1] == 5 end)
      inside.wait(function() return #opened == 5 end)
      local seen = {}
      for _, path in ipairs(opened) do seen[path] = true end
      inside.out.files = vim.tbl_count(seen)
    ]]
    assert.equal(5, out.files)
  end)

  it("does not keep the editor from quitting", function()
    box:options { speed = 60 }
    local before = core.clock()
    local out = nvim [[
      setup()
      for i = 1, 10 do vim.cmd("Kling text2video cat " .. i) end
      local list = require "kling_nvim.list"
      inside.wait(function() return list.entries[10].task end)
      inside.out.state = list.entries[10].task.state or "unknown"
    ]]
    assert.matches("queued", out.state)
    assert(core.clock() - before < 40)
  end)

  it("shows what is wrong with a request, and sends nothing", function()
    local _, notes = nvim [[
      setup()
      vim.cmd "Kling text2video A cat duraton=10"
      vim.cmd "Kling text2video A cat duration=99"
      inside.wait(function() return #inside.notes == 2 end)
    ]]
    assert.matches("duraton.*duration", notes[1].text)
    assert.matches("99", notes[2].text)
    assert.equal(4, notes[1].level)
    assert.same({}, box:tasks())
  end)

  it("shows why a task failed, in a sentence without a stack trace", function()
    box:fault { fault = "fail", on = "status" }
    local out, notes = nvim [[
      setup()
      vim.cmd "Kling text2video A cat"
      inside.wait(function() return #inside.notes > 0 end)
      inside.out.state = require("kling_nvim.list").entries[1].state
    ]]
    assert.equal("failed", out.state)
    assert.is_nil(notes[1].text:find("traceback", 1, true))
    assert.is_nil(notes[1].text:find("%.lua:%d"))
  end)
end)

describe(":Kling image2video", function()
  it("sends a local picture", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(core.unbase64(picture.png(300, 300)))
    file:close()
    local out = nvim(([[
      setup()
      vim.cmd "Kling image2video %s It moves"
      inside.wait(function() return opened[1] or #inside.notes > 0 end)
      inside.out.file = opened[1]
    ]]):format(path))
    os.remove(path)
    assert.is_string(out.file)
    assert.equal("image2video", box:tasks()[1].endpoint)
  end)
end)

describe(":Kling tasks and :Kling open", function()
  it("list what was made, and open it again", function()
    local out, notes = nvim [[
      setup()
      vim.cmd "Kling tasks"
      vim.cmd "Kling open"
      vim.cmd "Kling text2video First cat"
      inside.wait(function() return #opened == 1 end)
      vim.cmd "Kling text2video Second cat"
      inside.wait(function() return #opened == 2 end)
      vim.cmd "Kling tasks"
      inside.out.lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
      vim.cmd "normal \13" -- Return
      vim.cmd "Kling open"
      vim.cmd "Kling open 1"
      vim.cmd "normal q"
      vim.cmd "Kling open 9"
      inside.out.windows, inside.out.opened = #vim.api.nvim_tabpage_list_wins(0), opened
    ]]
    assert.matches("2  saved .* Second cat", out.lines[1])
    assert.matches("1  saved .* First cat", out.lines[2])
    local first, second = out.opened[1], out.opened[2]
    assert.same({ first, second, second, second, first }, out.opened)
    local told = texts(notes)
    assert.matches("no tasks in this session", told, 1, true)
    assert.matches("there is no video yet", told, 1, true)
    assert.matches("there is no task 9", told, 1, true)
  end)

  it("start the program of setup", function()
    local out = nvim [[
      local shown = FOLDER .. "/shown"
      setup { open = { "sh", "-c", 'echo "$0" > ' .. shown } }
      vim.cmd "Kling text2video A cat"
      inside.wait(function() return vim.fn.filereadable(shown) == 1
        and #vim.fn.readfile(shown) == 1 end)
      inside.out.shown = vim.fn.readfile(shown)[1]
    ]]
    assert.matches("%.mp4$", out.shown)
  end)
end)
