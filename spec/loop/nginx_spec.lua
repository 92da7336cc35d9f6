-- Waiting in nginx: phases, many at once, reload, no code cache, a thread that can't be reached.
--
-- Owns: kling/loop/resty.lua; the worker's socket as nginx sees it.
-- Stands on: busted, a real nginx with ngx_lua, the sandbox.
-- Never: takes longer than a task of the sandbox for a proof that nothing blocks.

local face = require "spec.support.face"
local nginx = require "spec.support.nginx"

-- BOX stands for the address of the sandbox's gateway. `client` makes a client.
local HTTP = [[
init_by_lua_block {
  function client()
    return require("kling").new { gateway = "kling", api_key = "sandbox-key", base_url = "%s",
      polling = { first = 0.05, growth = 1.2, jitter = 0, interval_max = 0.1, deadline = 60 } }
  end
  function make()
    local task = assert(client():text2video { prompt = "A cat" })
    return assert(task:wait()).videos[1].id, task
  end
}
%s
]]

local LOCATIONS = [[
location = /content { content_by_lua_block { ngx.say((make())) } }
location = /rewrite { rewrite_by_lua_block { ngx.say((make())) ngx.exit(200) } }
location = /access { access_by_lua_block { ngx.say((make())) ngx.exit(200) } }
location = /timer { content_by_lua_block {
  local id
  ngx.timer.at(0, function() id = make() end)
  for _ = 1, 200 do if not id then ngx.sleep(0.02) end end
  ngx.say(id)
} }
location = /log {
  return 200;
  log_by_lua_block {
    local ok, message = pcall(make)
    ngx.log(ngx.ERR, "in the log: ", tostring(ok), " ", message, " ", #client():pending())
  }
}
location = /header {
  content_by_lua_block { ngx.say "x" }
  header_filter_by_lua_block {
    local ok, message = pcall(make)
    ngx.header["X-Said"] = message
  }
}
location = /download { content_by_lua_block {
  local _, task = make()
  local path = os.tmpname()
  local seen = 0
  local saved, bytes = task:download(path, { on_progress = function() seen = seen + 1 end })
  os.remove(path)
  ngx.say(saved == path, " ", bytes > 10000, " ", seen > 0)
} }
location = /batch { content_by_lua_block {
  local kling = require "kling"
  local items = kling.map({ { prompt = "a" }, { prompt = "b" }, { prompt = "c" } }, "text2video",
    { client = client() })
  local function one() return (make()) end
  local a, b = kling.join(kling.spawn(one), kling.spawn(one))
  local failed = kling.spawn(function() error "boom" end)
  local ok, message = pcall(kling.join, failed)
  ngx.say(items[1].ok and items[2].ok and items[3].ok, " ", a ~= b, " ", ok, " ", message)
} }
location = /callback { content_by_lua_block {
  local task = assert(client():text2video { prompt = "A cat" })
  task:on_done(function(same, result)
    ngx.log(ngx.ERR, "called back: ", tostring(same == task), " ", #result.videos)
  end)
  ngx.say "gone already"
} }
location = /status { content_by_lua_block {
  local _, task = make()
  ngx.say((task:status()))
} }
location = /late { content_by_lua_block {
  local task = assert(client():text2video { prompt = "A cat" })
  local _, _, err = task:wait { timeout = 0.1 }
  ngx.say(err.kind)
} }
location = /forget { content_by_lua_block {
  local task = assert(client():text2video { prompt = "A cat" })
  ngx.timer.at(0.1, function() task:forget() end)
  local _, _, err = task:wait()
  ngx.say(err.kind)
} }
location = /deaf { content_by_lua_block {
  local path = require("kling.core").engine():path()
  os.remove(path)
  ngx.say((make()))
} }
]]

local function is_id(body) return body:match "^%d+%s*$" ~= nil end

local function start(box, more)
  return nginx.start(LOCATIONS, HTTP:format(box:base_url "kling", more or ""))
end

local describe_here = nginx.is_here() and describe or pending

describe_here("in nginx", function()
  local box, server

  setup(function()
    box = face.box()
    server = start(box)
  end)
  teardown(function() server:stop() end)
  before_each(function()
    box:reset()
    box:options { speed = 0.3 }
  end)

  for _, phase in ipairs { "content", "rewrite", "access", "timer" } do
    it("a task is made and waited for in " .. phase, function()
      local body = server:get("/" .. phase)
      assert.is_true(is_id(body), body)
    end)
  end

  it("other phases raise before anything is sent", function()
    server:get "/log"
    assert(nginx.await(function() return server:log():find "in the log" end))
    assert.matches("in the log: false [^\n]*can't wait in nginx's log phase[^\n]* 0", server:log())
    assert.matches("can't wait in nginx's header_filter phase",
      nginx.shell(("curl -si http://127.0.0.1:%d/header"):format(server.port)))
    assert.equal(0, box:stats("kling").creates)
  end)

  it("fifty wait side by side, and others are served meanwhile", function()
    box:options { speed = 600 }
    local pipes = {}
    for i = 1, 50 do pipes[i] = server:begin "/content" end
    assert(nginx.await(function() return box:stats("kling").created == 50 end))
    assert.equal("200", server:status "/up")
    box:finish() -- no task ends before
    for _, pipe in ipairs(pipes) do assert.is_true(is_id(nginx.finish(pipe))) end
  end)

  it("downloads", function() assert.equal("true true true", server:get "/download") end)
  it("maps, spawns and joins", function()
    assert.matches("^true true false [^\n]*boom", server:get "/batch")
  end)
  it("asks", function() assert.equal("succeeded", server:get "/status") end)
  it("a wait ends in time", function()
    box:options { speed = 600 }
    assert.equal("timeout", server:get "/late")
  end)
  it("a wait ends when another request forgets the task", function()
    box:options { speed = 600 }
    assert.equal("cancelled", server:get "/forget")
  end)

  it("calls back when the request is long over", function()
    assert.equal("gone already", server:get "/callback")
    assert(nginx.await(function() return server:log():find "called back: true 1" end))
  end)

  it("a reload lets calls in flight end, and leaves no socket behind", function()
    box:options { speed = 600 }
    local pipe = server:begin "/content"
    assert(nginx.await(function() return box:stats("kling").created == 1 end))
    server:reload()
    box:finish()
    assert.is_true(is_id(nginx.finish(pipe)))
    box:options { speed = 0.3 }
    assert.is_true(is_id(server:get "/content"))
    assert(nginx.await(function() return server:sockets() == 1 end), "the new worker's alone")
    assert.is_nil(server:log():find("exited on signal", 1, true))
  end)

  it("a client that hangs up does not spoil the others' waits", function()
    local pipes = {}
    nginx.shell(("for i in 1 2 3 4 5; do curl -s -m 0.1 http://127.0.0.1:%d/content & done; wait")
      :format(server.port))
    for i = 1, 5 do pipes[i] = server:begin "/content" end
    for _, pipe in ipairs(pipes) do assert.is_true(is_id(nginx.finish(pipe))) end
  end)

  it("without the socket it sleeps in between", function()
    box:fault { gateway = "kling", on = "status", fault = "delay", seconds = 0.2 }
    server:reload() -- the new worker keeps no connection to its thread yet
    local body = server:get "/deaf"
    assert.is_true(is_id(body), body)
    assert.matches("connect%(%) to unix:%S+ failed", server:log())
    server:reload() -- and has a socket again
    assert.is_true(is_id(server:get "/content"))
  end)

  it("says nothing in the log that alarms", function()
    for line in server:log():gmatch "[^\n]+" do
      local alarming = line:find "%[alert%]" or line:find "%[crit%]" or line:find "timed out"
      assert.is_true(not alarming or line:find("/deaf", 1, true) ~= nil, line)
    end
  end)
end)

describe_here("in nginx without a code cache", function()
  it("each request has a Lua of its own, and one thread serves them all", function()
    local box = face.box()
    local server = start(box, "lua_code_cache off;")
    for _ = 1, 4 do
      for _, body in ipairs(server:many(6, "/content")) do assert.is_true(is_id(body), body) end
    end
    local _, worker = server:pids()
    local threads = tonumber(nginx.shell(("ls /proc/%s/task 2>/dev/null | wc -l"):format(worker)))
    local fds = tonumber(nginx.shell(("ls /proc/%s/fd 2>/dev/null | wc -l"):format(worker)))
    local log = server:log()
    server:stop()
    assert.is_nil(log:find("exited on signal", 1, true), log)
    assert.is_true(threads <= 2, threads)
    assert.is_true(fds < 60, fds)
  end)
end)
