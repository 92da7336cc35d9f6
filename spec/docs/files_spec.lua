-- Reference, editor types and help: fresh, and readable by what reads them.
--
-- Owns: tools/docs.lua, the files it writes.
-- Stands on: busted; Neovim for the help's tags; a checker of annotations where there is one:
-- neither Debian nor npm has lua-language-server, so emmylua_check (crates.io) will do, too.
-- Never: writes into the tree.

package.path = "tools/?.lua;examples/neovim/lua/?.lua;" .. package.path

local fields = require "docs.fields"
local face = require "spec.support.face"
local kling = require "kling"
local neovim = require "spec.support.neovim"

--- Output of a command and whether it ended well.
local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1; echo \"exit $?\""))
  local said = pipe:read("*a")
  pipe:close()
  return said, said:match("exit (%d+)\n$") == "0"
end

local function has(command)
  return select(2, run("command -v " .. command))
end

describe("generated files", function()
  local LUA = os.getenv("KLING_LUA") or "lua5.4"

  it("are fresh", function()
    local said, good = run(LUA .. " tools/docs.lua --check")
    assert(good, said)
  end)

  it("are found stale when one differs", function()
    local said, good = run("d=$(mktemp -d) && cp -r lua doc tools examples $d && cd $d && "
      .. "echo more >> doc/reference/errors.md && " .. LUA .. " tools/docs.lua --check; s=$?; "
      .. "rm -rf $d; (exit $s)")
    assert.is_false(good)
    assert.matches("doc/reference/errors.md is stale: make docs", said, 1, true)
  end)

  it("point out a public function without a comment", function()
    local said, good = run("d=$(mktemp -d) && cp -r lua doc tools examples $d && cd $d && "
      .. "sed -i '/^---@param text string/d' lua/kling/client.lua && "
      .. LUA .. " tools/docs.lua --check; s=$?; rm -rf $d; (exit $s)")
    assert.is_false(good)
    assert.matches("kling.Client:resume: parameter text is not described", said, 1, true)
  end)

  it("for editors can be read by this Lua", function()
    local chunk = assert(loadfile("lua/kling/meta.lua"))
    local types = chunk()
    for name, value in pairs(kling) do
      if type(value) == "function" then assert.is_function(types[name], name) end
    end
  end)

  it("tell every request field to editors", function()
    local types = face.read("lua/kling/meta.lua")
    for _, name in ipairs(fields.ENDPOINTS) do
      for _, row in ipairs(fields.endpoint(nil, name).rows) do
        local path = row.path:gsub("%[%]", "")
        local class, field = ("kling.%s.%s"):format(name, path):match("^(.*)%.([%w_]+)$")
        if row.top then class = class .. ".Request" end
        local part = types:match("%-%-%-@class " .. class:gsub("%.", "%%.") .. "\n(.-)\n\n")
        assert(part and part:match("%-%-%-@field " .. field .. "%?? "), row.path)
      end
    end
  end)

  it("for Neovim have tags that are found and unique", function()
    local said, good = run("d=$(mktemp -d) && cp doc/kling.txt $d && "
      .. neovim.command "--headless -c \"helptags $d\" -c q"
      .. " && cat $d/tags; s=$?; rm -rf $d; (exit $s)")
    assert(good, said)
    assert.is_nil(said:find("E154", 1, true), said) -- duplicate tag
    for _, tag in ipairs { "kling.txt", "kling.new()", "kling.Task:wait()", ":Kling-text2video",
      "kling-text2video-multi_prompt[].prompt", "kling-gateway-uniall", "kling-error-ambiguous" } do
      assert(said:find(tag .. "\tkling.txt", 1, true), tag)
    end
    for link in face.read("doc/kling.txt"):gmatch("|(%S-)|") do
      assert(said:find(link .. "\tkling.txt", 1, true), "no such tag: " .. link)
    end
  end)
end)

describe("the types", function()
  local GOOD = [[
local kling = require "kling"
local client = kling.new { gateway = "anyfast", timeout = 5 }
local task, message, err = client:text2video { prompt = "A cat", duration = 10,
  watermark_info = true, multi_prompt = { { prompt = "x", duration = 3 } } }
if not task then
  print(message, err and err.kind)
  return
end
print(task:wait { timeout = 3, on_progress = function(t) print(t.progress) end })
]]
  local BAD = [[
local kling = require "kling"
local client = kling.new { gateway = "anyfast" }
client:txt2video {}
]]

  it("are understood by a checker", function()
    if not has "emmylua_check" then pending("emmylua_check is not installed") return end
    local function check(program)
      local file = os.tmpname()
      local handle = assert(io.open(file, "w"))
      handle:write(program)
      handle:close()
      local said = run(("d=$(mktemp -d) && mkdir $d/lib && cp lua/kling/meta.lua $d/lib && "
        .. "mv %s $d/user.lua && emmylua_check $d; rm -rf $d"):format(file))
      return said
    end
    assert.matches("No issues found", check(GOOD), 1, true)
    assert.matches("txt2video", check(BAD), 1, true)
  end)
end)
