-- Loaded into another Lua than it was built for, the module says so in one sentence.
--
-- Owns: which builds are tried in which interpreters; those that are not installed are left out.
-- Stands on: make. The build for LuaJIT is made with Lua 5.1's headers, and is good for both.
-- Never: loads a foreign build into this process.

local BUILDS = { ["5.4"] = "Lua 5.4", luajit = "Lua 5.1" }
local INTERPRETERS = { "5.4", "5.3", "5.1", "luajit" }

-- The specs' own Lua may have paths and sanitizers that are not for others.
local CLEAN = "env -u LUA_PATH -u LUA_CPATH -u LD_PRELOAD -u MAKEFLAGS -u MFLAGS -u LUA "

local function shell(command)
  local pipe = io.popen("{ " .. command .. "\n} 2>&1")
  local text = pipe:read "*a"
  pipe:close()
  return (text:gsub("%s+$", ""))
end

local TRY = CLEAN .. "LUA_PATH='./lua/?.lua;./lua/?/init.lua;;' LUA_CPATH='build/%s/?.so;;' %s "
  .. "-e 'local ok, said = pcall(require, \"%s\") "
  .. "print(_VERSION .. \": \" .. (ok and \"loaded\" or said))'; echo status $?"

--- The versions that this machine has: version -> command.
local function installed()
  local commands = {}
  for _, version in ipairs(INTERPRETERS) do
    local command = shell("tools/lua.sh interpreter " .. version)
    if command ~= "" then commands[version] = command end
  end
  return commands
end

describe("the module", function()
  local commands
  setup(function()
    commands = installed()
    for version in pairs(BUILDS) do
      local said = shell(("%smake -s LUA=%s VARIANT= && echo good"):format(CLEAN, version))
      assert(said:find "good$", said)
    end
  end)

  it("has at least two kinds of Lua to be tried in", function()
    assert.truthy(commands["5.4"] and commands.luajit)
  end)

  for build, wanted in pairs(BUILDS) do
    for _, name in ipairs { "kling", "kling.core" } do
      it(("%s, built for %s, loads there and nowhere else"):format(name, wanted), function()
        for _, command in pairs(commands) do
          local said = shell(TRY:format(build, command, name))
          local version = said:match "^(Lua 5%.%d): "
          local expected = version == wanted and "loaded"
            or ("kling.core was built for %s and can't be loaded into %s"):format(wanted, version)
          assert.equal(("%s: %s\nstatus 0"):format(version, expected), said)
        end
      end)
    end
  end
end)
