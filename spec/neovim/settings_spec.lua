-- The plugin's settings, keys, completion and words; :checkhealth.
--
-- Owns: kling_nvim/{settings,client,args,complete,note}.lua, lua/kling/health.lua.
-- Stands on: busted, nvim, the sandbox.
-- Never: lets a key be seen.

local neovim = require "spec.support.neovim"
local sandbox = require "spec.support.sandbox"

local box, folder

local function nvim(program, env)
  local head = ("local inside = ...\nlocal BASE, FOLDER = %q, %q\n"):format(
    box:base_url "anyfast", folder)
  return neovim.run(head .. program, env)
end

local MAKE = [[
  local function make(more)
    local done = false
    local all = { gateway = "anyfast", base_url = BASE, folder = FOLDER,
      open = function() done = true end,
      client = { polling = { first = 0.05, interval_max = 0.05 } } }
    for name, value in pairs(more) do all[name] = value end
    require("kling_nvim").setup(all)
    vim.cmd "Kling text2video A cat"
    inside.wait(function() return done or #inside.notes > 0 end)
    inside.out.done = done
  end
]]

setup(neovim.build)

before_each(function()
  box = sandbox.start()
  folder = os.tmpname()
  os.remove(folder)
end)

after_each(function() os.execute("rm -rf " .. folder) end)

describe("a key of the plugin's", function()
  local SECRET = "sandbox-key"

  it("comes from a command, which does not block the editor either", function()
    local out = nvim(MAKE .. [[
      local stop = inside.measure()
      make { key_command = { "sh", "-c", "sleep 2; echo sandbox-key" } }
      inside.out.gap = stop()
    ]])
    assert.is_true(out.done)
    assert(out.gap < 1000, "the main loop stood still for " .. out.gap .. " ms")
  end)

  it("comes from a function", function()
    assert.is_true(nvim(MAKE .. 'make { api_key = function() return "sandbox-key" end }').done)
  end)

  it("comes from the environment", function()
    assert.is_true(nvim(MAKE .. "make {}", "KLING_API_KEY=" .. SECRET).done)
  end)

  it("that is missing, or whose command fails, is told", function()
    local _, notes = nvim(MAKE .. "make {}", "KLING_API_KEY=")
    assert.matches("KLING_API_KEY", notes[1].text, 1, true)
    _, notes = nvim(MAKE .. 'make { key_command = { "sh", "-c", "echo hush; exit 3" } }')
    assert.matches("key_command: sh ended with status 3", notes[1].text, 1, true)
    assert.is_nil(notes[1].text:find("hush", 1, true))
    _, notes = nvim(MAKE .. 'make { key_command = { "no-such-program" } }')
    assert.matches("no-such-program", notes[1].text, 1, true)
  end)

  it("that is wrong is told with a hint and without the key", function()
    local _, notes = nvim(MAKE .. 'make { api_key = "wrong-secret" }')
    assert.matches("key", notes[1].text, 1, true)
    assert.is_nil(notes[1].text:find("wrong%-secret"))
  end)
end)

describe("setup", function()
  it("names what it does not know, and what is missing", function()
    local out, notes = nvim [[
      local plugin = require "kling_nvim"
      inside.out[1] = select(2, pcall(plugin.setup, { gatway = "kling" }))
      inside.out[2] = select(2, pcall(plugin.setup, { progress = "loud" }))
      inside.out[3] = select(2, pcall(plugin.setup, { api_key = 5 }))
      vim.cmd "Kling text2video A cat"
      plugin.setup { gateway = "anyfst" }
      vim.cmd "Kling text2video A cat"
      vim.cmd "Kling text3video A cat"
    ]]
    assert.equal("kling: setup: gatway: there is no such setting", out[1])
    assert.matches("one of float, echo, none", out[2], 1, true)
    assert.matches("a string or a function is expected, not a number", out[3], 1, true)
    assert.matches("no gateway is set", notes[1].text, 1, true)
    assert.matches("meant: anyfast?", notes[2].text, 1, true)
    assert.matches("there is no :Kling text3video", notes[3].text, 1, true)
  end)

  it("is not needed for failures to be seen; long ones don't ask for ENTER", function()
    local out = nvim [[
      vim.notify = inside.notify -- Neovim's own
      vim.cmd "Kling text2video A cat"
      inside.out.float = inside.floats()[1]
      inside.out.messages = vim.fn.execute "messages"
    ]]
    assert.matches("Kling: no gateway is set", out.float[1], 1, true)
    assert.is_nil(out.messages:find("no gateway", 1, true))
  end)

  it("may ask for progress on the command line, or for none", function()
    local out = nvim(MAKE .. [[
      make { progress = "echo", api_key = "sandbox-key" }
      inside.out.floats = #inside.floats()
      inside.out.messages = vim.fn.execute "messages"
    ]])
    assert.is_true(out.done)
    assert.equal(0, out.floats)
  end)
end)

describe("words", function()
  it("become parameters of the right type; quotes keep blanks", function()
    local out = nvim [[
      local fields = require("kling.gateway").endpoint(require("kling.gateway").find "kling",
        "text2video").fields
      local given, words = require("kling_nvim.args").read(
        [=[A 'cat  sleeps' duration=10 multi_shot=true negative_prompt="no dogs" cfg_scale=0.7 ]=]
        .. [=[camera_control='{"type":"simple","config":{"zoom":3}}' watermark_info=true it's]=],
        fields)
      inside.out = { given = given, words = words }
    ]]
    assert.same({ "A", "cat  sleeps", "it's" }, out.words)
    assert.same({ duration = 10, multi_shot = true, negative_prompt = "no dogs", cfg_scale = 0.7,
      camera_control = { type = "simple", config = { zoom = 3 } }, watermark_info = true },
      out.given)
  end)

  it("are completed: commands, parameters, their values, files", function()
    local out = nvim [[
      local function complete(line) return vim.fn.getcompletion(line, "cmdline") end
      inside.out.commands = complete "Kling "
      inside.out.before_setup = complete "Kling text2video mo"
      require("kling_nvim").setup { gateway = "anyfast" }
      inside.out.names = complete "Kling text2video a cat mo"
      inside.out.values = complete "Kling text2video mode="
      inside.out.flags = complete "Kling text2video multi_shot=t"
      inside.out.files = complete "Kling image2video READ"
    ]]
    assert.same({ "text2video", "image2video", "tasks", "open" }, out.commands)
    assert.same({ "model_name=", "mode=" }, out.names)
    assert.same({ "mode=std", "mode=pro" }, out.values)
    assert.same({ "multi_shot=true" }, out.flags)
    assert.same({ "README.md" }, out.files)
  end)
end)

describe(":checkhealth kling", function()
  local function health(program, env)
    local out = nvim(program .. [[
      vim.cmd "checkhealth kling"
      inside.out.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
    ]], env)
    return out.text
  end

  it("tells versions and that a key is there, not the key", function()
    local text = health([[
      require("kling_nvim").setup { gateway = "anyfast" }
    ]], "KLING_API_KEY=very-secret")
    assert.matches("kling %d+%.%d+%.%d+ runs in LuaJIT", text)
    assert.matches("libcurl: .*SSL/", text)
    assert.matches("lua%-cjson %d", text)
    assert.matches("gateway anyfast at https://www.anyfast.ai", text, 1, true)
    assert.matches("a key is there, from KLING_API_KEY", text, 1, true)
    assert.is_nil(text:find("very-secret", 1, true))
    assert.is_nil(text:find("ERROR", 1, true), text)
  end)

  it("says what is missing and what to do", function()
    local text = health("", "KLING_API_KEY=")
    assert.matches("no gateway is set up", text, 1, true)
    assert.matches("no key was found", text, 1, true)
    text = health [[
      require("kling_nvim").setup { gateway = "uniall", key_command = { "no-such-program" } }
    ]]
    assert.matches("gateway uniall names no host", text, 1, true)
    assert.matches("the program can't be found", text, 1, true)
  end)

  it("says so when the library was not built for Neovim", function()
    local text = health [[
      package.preload["kling.core"] = function() error "built for Lua 5.4" end
    ]]
    assert.matches("kling.core can't be loaded into LuaJIT.*make LUA=luajit", text)
  end)

  it("compares clocks only when asked", function()
    assert.matches("clock: not compared", health "", 1, true)
    local asked = health(([[
      vim.g.kling_health_clock = 1
      require("kling_nvim").setup { gateway = "anyfast", base_url = %q }
    ]]):format(box:base_url "anyfast"))
    assert.matches("clock: ", asked, 1, true)
    assert.is_nil(asked:find("not compared", 1, true))
  end)
end)
