-- A real Neovim without a screen, for specs.
--
-- Owns: how it is started: nothing of the user's, the tree's own LuaJIT build of the library.
-- Stands on: nvim, make; spec/neovim/inside.lua runs within.
-- Never: leaves a process or a file behind.

local cjson = require "cjson"

local neovim = {}

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1; echo \"exit $?\""))
  local said = pipe:read("*a")
  pipe:close()
  return said:match("^(.*)exit (%d+)\n$")
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function read(path)
  local file = io.open(path)
  local text = file and file:read("*a") or ""
  if file then file:close() end
  return text
end

-- The specs' own Lua may be another one, with paths and sanitizers that are not for Neovim.
local CLEAN = "env -u LUA_PATH -u LUA_CPATH -u LD_PRELOAD -u MAKEFLAGS -u MFLAGS -u LUA "

-- An editor that stands still for ever is ended.
local LIMIT = "$(command -v timeout >/dev/null && echo timeout 120) "

--- Builds the library for LuaJIT.
function neovim.build()
  local said, status = run(CLEAN .. "make -s LUA=luajit VARIANT=")
  assert(status == "0", said)
end

--- Where the tree is.
function neovim.root()
  return (run("pwd"):gsub("%s+$", ""))
end

--- The command that starts Neovim with the plugin and without anything of the user's.
---@param more string further arguments
---@param env string|nil as in "KLING_API_KEY='k'"
function neovim.command(more, env)
  local root = neovim.root()
  return ("%s%s %snvim -u NONE -i NONE -n --cmd 'set rtp^=%s,%s/examples/neovim' "
    .. "--cmd 'runtime plugin/kling.lua' %s"):format(CLEAN, env or "", LIMIT, root, root, more)
end

--- Runs a program in Neovim; it gets spec/neovim/inside.lua as `...`.
---@param program string Lua
---@param env string|nil
---@return table out what the program put into inside.out, by JSON
---@return table notes messages shown: text, level
function neovim.run(program, env)
  local path, out = os.tmpname(), os.tmpname()
  write(path, program)
  local lua = ("lua dofile(%q).run(%q)"):format(neovim.root() .. "/spec/neovim/inside.lua", path)
  local said, status = run(neovim.command("--headless -c " .. quote(lua),
    ("KLING_SPEC_OUT=%s %s"):format(out, env or "")))
  local text = read(out)
  os.remove(path)
  os.remove(out)
  local result = text ~= "" and cjson.decode(text) or { failure = "nvim said: " .. said }
  assert(not result.failure and status == "0", tostring(result.failure) .. "\n" .. said)
  return result.out, result.notes, said
end

neovim.quote, neovim.sh = quote, run

return neovim
