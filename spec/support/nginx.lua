-- A real nginx with ngx_lua, for specs.
--
-- Owns: its folder, its settings, its processes; requests by curl.
-- Stands on: nginx with ngx_lua, curl, LuaSocket, make (nginx wants the LuaJIT build).
-- Never: leaves a process or a folder behind: nginx ends with the pipe that this process holds.

local face = require "spec.support.face"
local free_port = require "spec.support.port"
local socket = require "socket"

local nginx = {}
nginx.__index = nginx

-- The specs' own Lua may be another one, with paths and sanitizers that are not for nginx.
nginx.CLEAN = "env -u LUA_PATH -u LUA_CPATH -u LD_PRELOAD -u MAKEFLAGS -u MFLAGS -u LUA "

local PATIENCE = 60 -- seconds

local CONF = [[
%s
pid FOLDER/nginx.pid;
env TMPDIR;
error_log FOLDER/error.log info;
worker_processes 1;
daemon off;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy;
  fastcgi_temp_path FOLDER/fastcgi; uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi;
  lua_package_path "ROOT/lua/?.lua;ROOT/lua/?/init.lua;;";
  lua_package_cpath "ROOT/build/luajit/?.so;;";
  %s
  server {
    listen 127.0.0.1:PORT;
    location = /up { return 200; }
    %s
  }
}
]]

--- What a shell says.
function nginx.shell(command)
  local pipe = io.popen("{ " .. command .. "\n} 2>&1")
  local text = pipe:read "*a"
  pipe:close()
  return (text:gsub("%s+$", ""))
end

local shell = nginx.shell

--- Until a function gives something; nil when even a busy machine would have done it.
function nginx.await(fn)
  local ends = socket.gettime() + PATIENCE
  repeat
    local value = fn()
    if value then return value end
    socket.sleep(0.02)
  until socket.gettime() > ends
end

--- Modules, and who the workers are: the specs' user, since others may not be let into the tree.
local function head()
  local lines = {}
  for _, name in ipairs { "ndk_http_module", "ngx_http_lua_module" } do
    local path = "/usr/lib/nginx/modules/" .. name .. ".so"
    if face.read(path) then lines[#lines + 1] = ("load_module %s;"):format(path) end
  end
  if shell "id -u" == "0" then lines[#lines + 1] = "user root " .. shell "id -gn" .. ";" end
  return table.concat(lines, "\n")
end

--- Whether this machine has one.
function nginx.is_here()
  return shell("PATH=$PATH:/usr/sbin command -v nginx") ~= ""
    and face.read "/usr/lib/nginx/modules/ngx_http_lua_module.so" ~= nil
end

--- Starts nginx.
---@param locations string of the server
---@param http string|nil further lines of the http block
---@return table nginx
function nginx.start(locations, http)
  local built = shell(nginx.CLEAN .. "make -s LUA=luajit VARIANT= && echo good")
  assert(built:find "good$", built)
  local self = setmetatable({ port = free_port(), folder = shell "mktemp -d" }, nginx)
  shell(("chmod 755 %s; mkdir -m 1777 %s/tmp"):format(self.folder, self.folder))
  local names = { ROOT = shell "pwd", FOLDER = self.folder, PORT = tostring(self.port) }
  face.write(self.folder .. "/nginx.conf", (CONF:format(head(), http or "", locations)
    :gsub("%u%u%u%u+", names)))
  self.pipe = assert(io.popen(("cd %s && { PATH=$PATH:/usr/sbin; %sTMPDIR=$PWD/tmp nginx "
    .. "-e $PWD/error.log -c $PWD/nginx.conf >said 2>&1 & child=$!; read -r _; kill $child; "
    .. "wait $child; rm -rf \"$PWD\"; }"):format(self.folder, nginx.CLEAN), "w"))
  assert(nginx.await(function() return self:status "/up" == "200" end),
    face.read(self.folder .. "/said"))
  return self
end

function nginx:stop() self.pipe:close() end

--- The process id of the master, and of its newest worker.
function nginx:pids()
  local master = shell(("cat %s/nginx.pid"):format(self.folder))
  return master, shell(("pgrep -n -P %s"):format(master))
end

--- How many of the worker threads' sockets there are.
function nginx:sockets()
  return tonumber(shell(("ls -d %s/tmp/kling-*/worker 2>/dev/null | wc -l"):format(self.folder)))
end

--- Starts a new worker; the old one takes no new calls, and goes when the others are over.
function nginx:reload()
  local master, old = self:pids()
  shell("kill -HUP " .. master)
  assert(nginx.await(function()
    local title = shell("ps -o args= -p " .. old)
    return title == "" or title:find "shutting down"
  end))
end

function nginx:log() return face.read(self.folder .. "/error.log") end

local function command(self, path, options)
  return ("%scurl -sS --max-time 60 %s 'http://127.0.0.1:%d%s'"):format("env -u LD_PRELOAD ",
    options or "", self.port, path)
end

--- The body of a reply.
function nginx:get(path) return shell(command(self, path)) end

function nginx:status(path)
  return shell(command(self, path, "-o /dev/null -w '%{http_code}'") .. " 2>/dev/null")
end

--- The bodies of so many requests sent at once.
function nginx:many(count, path)
  local pipes, bodies = {}, {}
  for i = 1, count do pipes[i] = self:begin(path) end
  for i, pipe in ipairs(pipes) do bodies[i] = self.finish(pipe) end
  return bodies
end

--- A request that goes on meanwhile.
function nginx:begin(path) return assert(io.popen(command(self, path) .. " 2>&1")) end

function nginx.finish(pipe)
  local body = pipe:read "*a"
  pipe:close()
  return body
end

return nginx
