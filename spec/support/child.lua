--- Lua programs in processes of their own, for what can't be tried in this one: signals, exits.
-- Owns: the command line, the program's file, how its end is told.
-- Stands on: a POSIX shell; KLING_LUA, which `make spec` sets to the interpreter under test.
-- Never: leaves a file behind.

local child = {}

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function interpreter()
  local at = 0
  while arg and arg[at - 1] do at = at - 1 end
  return os.getenv "KLING_LUA" or arg and arg[at] or "lua"
end

local function write(program)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write('package.path = "./?.lua;" .. package.path\n', program)
  file:close()
  return path
end

--- Runs a shell script in which $program runs the Lua program.
---@param program string Lua text
---@param script string
---@return string output of the script, standard error included
function child.script(program, script)
  local path = write(program)
  local lines = { "program=" .. quote(interpreter() .. " " .. path), script }
  local pipe = assert(io.popen("{ " .. table.concat(lines, "\n") .. "\n} 2>&1"))
  local output = pipe:read "*a"
  pipe:close()
  os.remove(path)
  return output
end

--- Runs a program to its end.
---@param program string
---@param env string|nil as in "LANG=C"
---@return integer status as the shell tells it: above 128 it died of a signal
---@return string output
function child.run(program, env)
  local output = child.script(program, (env or "") .. " $program; echo \"status $?\"")
  local before, status = output:match "^(.*)status (%d+)\n$"
  return tonumber(status), before
end

return child
