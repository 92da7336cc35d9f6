-- Accounts and routes: keys, tokens, what is shown of them, what is refused.
--
-- Owns: core.account and core.route.
-- Stands on: spec/support/engine.lua; the sandbox checks tokens for real.
-- Never: prints a key.

local merged = require "spec.support.merged"
local support = require "spec.support.engine"

local core = support.core
local KEY = "sk-abcdefghijklmnop1234"

local function header(account, which, name)
  for _, pair in ipairs(account:headers(which)) do
    if pair[1] == name then return pair[2] end
  end
end

local function refused(what, options)
  local ok, message = pcall(core.account, options)
  assert.is_false(ok)
  assert.is_truthy(message:find(what, 1, true), message)
  return message
end

describe("an account", function()
  it("masks its key everywhere", function()
    local account = core.account { api_key = KEY }
    assert.equal("Bearer ***1234", header(account, "json", "Authorization"))
    assert.equal("application/json", header(account, "json", "Content-Type"))
    assert.is_nil(header(account, "get", "Content-Type"))
    assert.is_nil(tostring(account):find "abcd")
    assert.equal("Bearer ***", header(core.account { api_key = "short-key-1" }, "get",
      "Authorization"))
    local pair = core.account { access_key = "canary-ak", secret_key = "canary-secret" }
    assert.equal("Bearer ***", header(pair, "json", "Authorization"))
  end)

  it("takes a key later, and another one", function()
    local account = core.account {}
    assert.is_false(account:has_key())
    account:set_key(KEY)
    assert.is_true(account:has_key())
    account:set_keys("access", "secret")
    assert.equal("Bearer ***", header(account, "get", "Authorization"))
  end)

  it("refuses what can't be a key, without showing it", function()
    for _, key in ipairs { "canary\r\nX-Evil: 1", "canary key", "", "canary\0key", "canary\127" } do
      assert.is_nil(refused("api_key", { api_key = key }):find "canary")
    end
    refused("api_key", { api_key = 5 })
    refused("belong together", { access_key = "a" })
    refused("user_agent", { user_agent = "a\nb" })
    refused("timeout", { timeout = "5" })
    refused("timeout", { timeout = -1 })
    assert.has_error(function() core.account {}:set_key("a\nb") end)
  end)
end)

describe("a token", function()
  local keys = { access_key = "sandbox-ak", secret_key = "sandbox-sk" }

  local function task_with(skew, more)
    support.box { speed = 0.2, skew = skew }
    local options = merged({ timeout = 3 }, keys, more)
    return support.create(support.route("kling", { account = core.account(options) }), "kling")
  end

  it("is signed and taken", function()
    assert.is_nil(support.kind(task_with(0)))
  end)

  for _, skew in ipairs { -3600, 3600 } do
    it(("is signed anew by the service's clock, %d s away"):format(skew), function()
      local task = task_with(skew)
      assert.is_nil(support.kind(task))
      local stats = support.sandbox:stats "kling"
      assert.equal(1, stats.created)
      assert.equal(1, stats.unauthorized)
      assert.equal("succeeded", support.finish(task).state)
      assert.equal(1, support.sandbox:stats("kling").unauthorized)
    end)
  end

  it("with a wrong secret is refused, once", function()
    local task = task_with(0, { secret_key = "canary-wrong" })
    assert.equal("auth", support.kind(task))
    assert.equal(1, support.sandbox:stats("kling").unauthorized)
  end)
end)

describe("a route", function()
  before_each(function() support.box() end)

  local function refuse(what, over)
    local ok, message = pcall(support.route, "kling", over)
    assert.is_false(ok)
    assert.is_truthy(message:find(what, 1, true), message)
  end

  it("refuses what it can't work with", function()
    refuse("create_url", { create_url = "ftp://example.com" })
    refuse("status_url", { status_url = "http://example.com/{id}" })
    refuse("status_url", { status_url = 5 })
    refuse("max_reply", { max_reply = "much" })
    refuse("polling", { polling = { first = 0 } })
    refuse("jitter", { polling = { jitter = 1 } })
    refuse("kling.plan", { plan = {} })
    refuse("kling.account", { account = io.stdout })
  end)

  it("keeps the client within reach", function()
    local client = {}
    local task = support.create(support.route("kling", { client = client }), "kling")
    assert.equal(client, task.client)
    assert.same({ "kling", "text2video" }, { task.gateway, task.endpoint })
    assert.is_nil(task.no_such_field)
  end)

  it("escapes ids in paths", function()
    local task = support.engine:adopt(support.route "kling", "../../files?x=1#y")
    task:ask()
    support.wait(function() return not task.busy end)
    assert.equal("not_found", support.kind(task))
    assert.equal(1, support.sandbox:stats("kling").polls)
  end)
end)

describe("the tools", function()
  it("are what they say", function()
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      core.sha256 "abc")
    assert.equal("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
      (core.hmac_sha256("key", "The quick brown fox jumps over the lazy dog"):gsub(".",
        function(c) return ("%02x"):format(c:byte()) end)))
    assert.is_true(core.equal("abc", "abc"))
    assert.is_false(core.equal("abc", "abd"))
    assert.is_false(core.equal("abc", "ab"))
    for _, text in ipairs { "a", "ab", "abc", ("\0\255"):rep(1000) } do
      assert.equal(text, (core.unbase64(core.base64(text))))
    end
    assert.is_nil((core.unbase64 "***"))
    assert.is_true(math.abs(core.now() - os.time()) < 2)
  end)

  it("make ids that differ", function()
    local seen = {}
    for _ = 1, 1000 do
      local id = core.random_id "x-"
      assert.is_truthy(id:find "^x%-%w+$" and #id == 28)
      assert.is_nil(seen[id])
      seen[id] = true
    end
  end)
end)
