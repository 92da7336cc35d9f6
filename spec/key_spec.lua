-- Keys: where they come from, when they are asked for, where they never show.
--
-- Owns: kling/key.lua, and what happens when kling is loaded.
-- Stands on: busted, the sandbox.
-- Never: holds a key that is good for anything.

local cjson = require "cjson"
local face = require "spec.support.face"

local CAT = { prompt = "A cat" }

describe("a key", function()
  local box
  before_each(function() box = face.box() end)

  local function creates(more)
    return face.client(box, "kling", more):text2video(CAT)
  end

  it("may be a string", function() assert.is_truthy(creates { api_key = "sandbox-key" }) end)

  it("may be a function, called by each call that needs it, and not before", function()
    local calls = 0
    local client = face.client(box, "kling", { api_key = function()
      calls = calls + 1
      return "sandbox-key\n"
    end })
    assert.is_truthy(client:validate("text2video", CAT))
    assert.equal(0, calls)
    assert.is_truthy(client:text2video(CAT))
    assert.equal(1, calls)
    assert.is_truthy(client:text2video(CAT))
    assert.equal(2, calls)
  end)

  it("may change from call to call", function()
    local keys = { "wrong-key", "sandbox-key" }
    local client = face.client(box, "kling", {
      api_key = function() return table.remove(keys, 1) end })
    local task, _, err = client:text2video(CAT)
    assert.is_nil(task)
    assert.equal("auth", err.kind)
    assert.is_truthy(client:text2video(CAT))
  end)

  it("that a function does not have is an auth error with its reason", function()
    local task, message, err = creates { api_key = function() return nil, "the vault is shut" end }
    assert.is_nil(task)
    assert.matches("the vault is shut", message)
    assert.equal("auth", err.kind)
    assert.equal("kling", err.gateway)
  end)

  it("must be a string when a function returns it", function()
    assert.matches("must return a string, not a number",
      face.raised(creates, { api_key = function() return 5 end }))
  end)

  it("is read from the environment when it is first needed", function()
    local client = face.client(box, "kling", { api_key = "" })
    face.with_environment({ KLING_API_KEY = "sandbox-key" }, function()
      assert.is_truthy(client:text2video(CAT))
    end)
  end)

  it("may be an access and a secret key, from options or the environment", function()
    local options = { access_key = "sandbox-ak", secret_key = "sandbox-sk", api_key = "" }
    assert.is_truthy(creates(options))
    face.with_environment({ KLING_ACCESS_KEY = "sandbox-ak", KLING_SECRET_KEY = "sandbox-sk" },
      function() assert.is_truthy(creates { api_key = "" }) end)
  end)

  it("that is nowhere is missed by the first call that needs it", function()
    face.with_environment({}, function()
      local client = face.client(box, "anyfast", { api_key = "" })
      assert.is_truthy(client:validate("text2video", CAT))
      assert.is_truthy(client:preview("text2video", CAT))
      local task, message, err = client:text2video(CAT)
      assert.is_nil(task)
      assert.equal("auth", err.kind)
      assert.matches("KLING_API_KEY", message)
      assert.is_nil(message:find("KLING_ACCESS_KEY", 1, true))
    end)
    assert.equal(0, box:stats().gateways.anyfast.requests)
  end)

  it("that is wrong is an auth error, and is not in it", function()
    local task, message, err = creates { api_key = "sk-wrong-wrong-wrong" }
    assert.is_nil(task)
    assert.equal("auth", err.kind)
    assert.is_nil((message .. cjson.encode(err)):find("wrong-wrong", 1, true))
  end)

  --- What a service that repeats our secrets could make us show: errors of a create, of a wait, of
  -- a list, and the reason of a failed task.
  local function shown(client, echo)
    local texts = {}
    local function take(_, message, err)
      texts[#texts + 1] = tostring(message) .. cjson.encode(err or {})
    end
    box:fault { fault = "error", on = "create", status = 400, code = 1201, message = echo,
      times = 1 }
    take(client:text2video(CAT))
    box:fault { fault = "fail", on = "create", reason = echo, times = 1 }
    local task = assert(client:text2video(CAT))
    take(task:wait())
    texts[#texts + 1] = tostring(task.reason)
    box:fault { fault = "error", on = "list", status = 403, code = echo:sub(1, 40), message = echo,
      times = 1 }
    take(client:list("text2video"))
    return table.concat(texts, "\n")
  end

  it("that the service repeats is masked", function()
    local client = face.client(box, "kling", { api_key = "sandbox-key" })
    local texts = shown(client, "key sandbox-key, \"sandbox-key\" of sandbox-key is not")
    assert.is_nil(texts:find("sandbox-key", 1, true))
    assert.matches("key %*%*%*,", texts)
  end)

  it("that is cut where the text ends is masked", function()
    local client = face.client(box, "kling", { api_key = "sandbox-key" })
    for i = 485, 512, 3 do
      local texts = shown(client, ("x"):rep(i) .. " sandbox-key")
      assert.is_nil(texts:find("sandbox", 1, true))
    end
  end)

  it("pair that the service repeats is masked, both halves", function()
    local client = face.client(box, "kling", { api_key = "", access_key = "sandbox-ak",
      secret_key = "sandbox-sk" })
    local texts = shown(client, "sandbox-sk sandbox-ak")
    assert.is_nil(texts:find("sandbox-", 1, true))
  end)

  it("pair is signed by the service's clock, for a list too", function()
    for _, skew in ipairs { -3600, 3600 } do
      box:options { skew = skew }
      local client = face.client(box, "kling", { api_key = "", access_key = "sandbox-ak",
        secret_key = "sandbox-sk" })
      assert.same({}, client:list "text2video")
    end
  end)

  it("is not in a client's text or fields", function()
    local seen = {}
    local function search(value)
      if type(value) == "string" then assert.is_nil(value:find("sk-search-me", 1, true)) end
      if type(value) ~= "table" or seen[value] then return end
      seen[value] = true
      for k, v in pairs(value) do search(k) search(v) end
    end
    local client = face.client(box, "kling", { api_key = "sk-search-me-if-you-can" })
    client:preview("text2video", CAT)
    search(client)
    assert.equal("kling.client kling", tostring(client))
  end)
end)

describe("loading kling", function()
  it("reads no file, no variable and makes no engine", function()
    local script = [[
      local core = require "kling.core"
      require "cjson"
      os.getenv = function(name) error("read " .. name) end
      io.open = function(name) error("opened " .. name) end
      core.engine = function() error("made an engine") end
      local kling = require "kling"
      kling.new { gateway = "anyfast" }:validate("text2video", { prompt = "x" })
      print(kling._VERSION)
    ]]
    local path = os.tmpname()
    face.write(path, script)
    local pipe = io.popen((os.getenv "KLING_LUA" or "lua5.4") .. " " .. path .. " 2>&1")
    local said = pipe:read "*a"
    pipe:close()
    os.remove(path)
    assert.equal("0.1.0\n", said)
  end)
end)
