-- Options: what is refused, in which words, and whose line is blamed.
--
-- Owns: kling/options.lua and kling/raise.lua, and what kling.new makes of its options.
-- Stands on: busted.
-- Never: sends anything.

local face = require "spec.support.face"
local kling = require "kling"
local options = require "kling.options"

local raised = face.raised

local function new(more)
  local given = { gateway = "anyfast" }
  for name, value in pairs(more or {}) do given[name] = value end
  return kling.new(given)
end

describe("options of kling.new", function()
  it("blame the line that gave them", function()
    local message = raised(function() kling.new { gateway = "anyfast", api_kee = "x" } end)
    assert.matches("^[^:]*options_spec%.lua:%d+: kling%.new: option api_kee", message)
    assert.matches("meant: api_key?", message, 1, true)
  end)

  it("need a gateway", function()
    assert.matches("option gateway is missing", raised(kling.new, {}))
    assert.matches("option gateway is missing", raised(kling.new))
    assert.matches("a table of options is expected, not a string", raised(kling.new, "anyfast"))
  end)

  it("name the nearest gateway", function()
    local message = raised(kling.new, { gateway = "anyfats" })
    assert.matches("anyfats", message)
    assert.matches("meant: anyfast?", message, 1, true)
  end)

  local REFUSED = {
    { { timeout = "5" }, "option timeout: a number is expected, not a string" },
    { { timeout = 0 }, "option timeout: a number above 0 is expected, not 0" },
    { { timeout = 0 / 0 }, "option timeout: a number above 0" },
    { { connect_timeout = -1 }, "option connect_timeout" },
    { { stall_timeout = math.huge }, "option stall_timeout" },
    { { api_key = 5 }, "option api_key: a string or a function is expected, not a number" },
    { { allow_http = "yes" }, "option allow_http: a boolean" },
    { { models = { 1 } }, "option models: item 1: a string" },
    { { models = "all" }, "models" },
    { { allow = { "no_such_rule" } }, "no_such_rule" },
    { { capability_rules = 1 }, "option capability_rules" },
    { { loop = "libuv" }, "there is no loop \"libuv\"" },
    { { polling = { frist = 1 } }, "option frist: there is no such option; meant: first?" },
    { { polling = { jitter = 2 } }, "option jitter: a number from 0 to 0.9" },
    { { polling = 5 }, "option polling: a table" },
    { { access_key = "a", secret_key = "b" }, "gateway anyfast does not take access_key" },
    { { api_key = "bad\r\nX-Header: 1" }, "api_key" },
  }
  for _, row in ipairs(REFUSED) do
    it("refuse: " .. row[2], function()
      assert.is_truthy(raised(new, row[1]):find(row[2], 1, true))
    end)
  end

  it("never show a key", function()
    local message = raised(new, { api_key = "sk-secret-secret\n\1secret" })
    assert.is_nil(message:find("secret-secret", 1, true))
  end)

  it("take access and secret key together, and only where tokens are taken", function()
    local function kling_new(more)
      more.gateway = "kling"
      return kling.new(more)
    end
    assert.matches("belong together", raised(kling_new, { access_key = "a" }))
    assert.matches("not both",
      raised(kling_new, { api_key = "k", access_key = "a", secret_key = "b" }))
    assert.is_truthy(kling_new { access_key = "a", secret_key = "b" })
  end)

  it("need a base_url where the gateway names no host", function()
    assert.matches("option base_url is missing: gateway powertokens",
      raised(kling.new, { gateway = "powertokens" }))
    assert.is_truthy(kling.new { gateway = "powertokens", base_url = "https://example.com" })
  end)
end)

describe("base_url", function()
  local GOOD = { "https://example.com", "https://example.com:8443/a/b", "http://127.0.0.1:8080",
    "http://localhost", "http://[::1]:80/x", "HTTPS://EXAMPLE.COM" }
  for _, url in ipairs(GOOD) do
    it("may be " .. url, function() assert.equal(url, new { base_url = url }.base_url) end)
  end

  it("loses the slash at its end", function()
    assert.equal("https://example.com/a", new { base_url = "https://example.com/a/" }.base_url)
  end)

  local BAD = {
    ["http://example.com"] = "plain http",
    ["http://127.0.0.1.example.com"] = "plain http",
    ["http://localhost.example.com"] = "plain http",
    ["http://127.0.0.1@example.com"] = "user name",
    ["https://user:pass@example.com"] = "user name",
    ["ftp://example.com"] = "https://",
    ["example.com"] = "https://",
    ["https://"] = "names no host",
    ["https://example.com?x=1"] = "end with a path",
    ["https://example.com/#a"] = "end with a path",
    ["https://exa mple.com"] = "no URL has",
    ["https://example.com/\r\nX: y"] = "no URL has",
  }
  for url, why in pairs(BAD) do
    it("may not be " .. url:gsub("%c", "?"), function()
      assert.is_truthy(raised(new, { base_url = url }):find(why, 1, true))
    end)
  end

  it("is shown without what may be a secret", function()
    for _, url in ipairs { "https://me:5ecret@example.com", "https://me:5ecret@a@example.com/",
      "https:me:5ecret@example.com", "me:5ecret@example.com", "https://me:5ec?ret@x",
      "https://me:#5ecret@x", "https://x/?key=5ecret", "https://x/#5ecret" } do
      local message = raised(new, { base_url = url })
      assert.matches("kling.new: base_url \"", message)
      assert.is_nil(message:find("5ec", 1, true), message)
    end
  end)

  it("may be plain http with allow_http", function()
    local client = new { base_url = "http://example.com", allow_http = true }
    assert.equal("http://example.com", client.base_url)
  end)
end)

describe("rows of options", function()
  it("each have a type, and a doc for people", function()
    for section, rows in pairs(options) do
      for name, row in pairs(type(rows) == "table" and rows or {}) do
        assert.is_truthy(row.type, section .. "." .. name)
        assert.is_truthy(row.doc, section .. "." .. name)
      end
    end
  end)
end)
