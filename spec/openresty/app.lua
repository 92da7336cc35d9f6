-- The app of examples/openresty in a real nginx, for specs.
--
-- Owns: its folder, its settings, its process; curl's command line.
-- Stands on: nginx with ngx_lua, curl, make (nginx wants the LuaJIT build), the sandbox.
-- Never: leaves a process or a folder behind: nginx ends with the pipe that this process holds.

local cjson = require "cjson"
local face = require "spec.support.face"
local free_port = require "spec.support.port"
local nginx = require "spec.support.nginx"

local app = {}
app.__index = app

app.TOKEN = "a-token-of-the-specs"
app.SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="

local SETTINGS = [[return {
  client = { gateway = "kling", base_url = %q, api_key = "sandbox-key", create_timeout = 1,
    polling = { first = %g, growth = 1.2, jitter = 0, interval_max = %g, deadline = 20 } },
  tokens = { "an-older-token-still-good", %q }, endpoints = { "text2video", "image2video" },
  callback_secret = %q, heartbeat = 0.3, stream = 20,
}]]

--- What a command says; a sanitizer of this process is not for it.
function app.shell(command)
  local pipe = io.popen("{ unset LD_PRELOAD; " .. command .. "\n} 2>&1")
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

app.await = nginx.await

local function launch(folder, port)
  local root = app.shell("pwd"):gsub("%s+$", "")
  local start = ("cd %s && eval \"$(%smake -s env LUA=luajit VARIANT=)\" && "
    .. "APP_LISTEN=127.0.0.1:%s APP_BODY=64k APP_SETTINGS=%s/settings.lua APP_USER=$(id -un) "
    .. "exec env -u LD_PRELOAD examples/openresty/run.sh %s"):format(quote(root), nginx.CLEAN, port,
    folder, folder)
  return assert(io.popen(("unset LUA_PATH LUA_CPATH; (%s) >%s/said 2>&1 & child=$!; read -r _; "
    .. "kill $child; wait $child; rm -rf %s"):format(start, folder, folder), "w"))
end

--- Starts the app before a sandbox.
---@param box table
---@param first number|nil seconds until a stream's first question; 0.05
---@return table app
function app.start(box, first)
  local built = app.shell(nginx.CLEAN .. "make -s LUA=luajit VARIANT= && echo good")
  assert(built:find "good\n$", built)
  local self = setmetatable({ port = free_port() }, app)
  self.folder = app.shell "mktemp -d":gsub("%s+$", "")
  face.write(self.folder .. "/settings.lua",
    SETTINGS:format(box:base_url "kling", first or 0.05, first or 0.1, app.TOKEN,
      app.SECRET))
  self.pipe = launch(self.folder, self.port)
  local up = app.await(function() return self:curl("/health").status == 200 end)
  assert(up, face.read(self.folder .. "/said"))
  return self
end

function app:stop() self.pipe:close() end

function app:pid() return (face.read(self.folder .. "/nginx.pid"):gsub("%s+$", "")) end

function app:log() return face.read(self.folder .. "/error.log") end

--- The shell's command for one request.
function app:command(path, arguments)
  return ("%scurl -sN --max-time 60 %s 'http://127.0.0.1:%d%s'"):format("env -u LD_PRELOAD ",
    arguments or "", self.port, path)
end

function app.auth(token) return "-H 'Authorization: Bearer " .. (token or app.TOKEN) .. "'" end

local function parse(text)
  local status, head, body = text:match "^HTTP/%S+ (%d+)[^\r]*\r\n(.-\r\n)\r\n(.*)$"
  if not status then return { status = 0, head = "", body = text } end
  if status == "100" then return parse(body) end
  local ok, value = pcall(cjson.decode, body)
  return { status = tonumber(status), head = head:lower(), body = body, json = ok and value or nil }
end

--- One request, with curl.
---@return table reply status, head, body, json
function app:curl(path, arguments)
  return parse(app.shell(self:command(path, "-i " .. (arguments or ""))))
end

function app:get(path) return self:curl(path, app.auth()) end

function app.json(value) return "--data-binary " .. quote(cjson.encode(value)) end

function app:post(value) return self:curl("/videos", app.auth() .. " " .. app.json(value)) end

--- Starts requests that go on while the spec does something else; reply by app.read.
function app:begin(path, arguments)
  return assert(io.popen(self:command(path, "-i " .. (arguments or ""))))
end

function app.read(pipe)
  local text = pipe:read "*a"
  pipe:close()
  return parse(text)
end

--- The events of a stream: {event =, data =}.
function app.events(body)
  local list = {}
  for name, data in body:gmatch "event: (%w+)\ndata: ([^\n]+)\n\n" do
    list[#list + 1] = { event = name, data = cjson.decode(data) }
  end
  return list
end

return app
