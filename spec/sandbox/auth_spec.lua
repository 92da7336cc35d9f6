-- Keys and JWTs at the sandbox's door.

local hmac = require "openssl.hmac"

local http = require "spec.support.http"
local support = require "spec.support.sandbox"

local mime = require "mime"

local function base64url(s)
  return (mime.b64(s):gsub("+", "-"):gsub("/", "_"):gsub("=", ""))
end

local function jwt(changes)
  local t = { alg = "HS256", iss = "sandbox-ak", exp = 1800, nbf = -5, secret = "sandbox-sk" }
  for name, value in pairs(changes or {}) do t[name] = value end
  local now = os.time()
  local head = base64url(('{"alg":"%s","typ":"JWT"}'):format(t.alg))
  local claims = ('{"iss":"%s","exp":%d,"nbf":%d}'):format(t.iss, now + t.exp, now + t.nbf)
  local message = head .. "." .. base64url(claims)
  return message .. "." .. base64url(hmac.new(t.secret, "sha256"):final(message))
end

describe("authentication", function()
  local sandbox

  before_each(function() sandbox = support.start() end)

  local function probe(name, header)
    local path = name == "uniall" and "/v1/videos/x"
      or (name == "kling" and "" or "/kling") .. "/v1/videos/text2video/x"
    return http.request("GET", sandbox:base_url(name) .. path, { authorization = header })
  end

  it("refuses a wrong key in each gateway's family", function()
    local anyfast, uniall = probe("anyfast", "Bearer no"), probe("uniall", "Bearer no")
    local kkiai = probe("kkiai", "Bearer no")
    assert.equal(401, anyfast.status)
    assert.equal("invalid_api_key", anyfast.json.error.code)
    assert.equal(401, uniall.status)
    assert.equal("new_api_error", uniall.json.error.type)
    assert.equal("", uniall.json.error.code)
    assert.equal(401, kkiai.status)
    assert.equal(1002, kkiai.json.code)
    assert.equal(1, sandbox:stats("anyfast").unauthorized)
  end)

  local CODES = {
    { "no header", nil, 1001 },
    { "no Bearer", "sandbox-key", 1002 },
    { "two spaces", "Bearer  sandbox-key", 1002 },
    { "a good key", "Bearer sandbox-key", 1201 },
    { "a good token", "Bearer " .. jwt(), 1201 },
    { "a wrong secret", "Bearer " .. jwt { secret = "guess" }, 1000 },
    { "a foreign access key", "Bearer " .. jwt { iss = "someone" }, 1002 },
    { "another algorithm", "Bearer " .. jwt { alg = "none" }, 1002 },
    { "a token not yet valid", "Bearer " .. jwt { nbf = 60 }, 1003 },
    { "an expired token", "Bearer " .. jwt { exp = -1 }, 1004 },
    { "nonsense with dots", "Bearer a.b.c", 1002 },
  }
  for _, case in ipairs(CODES) do
    it("gives " .. case[3] .. " for " .. case[1], function()
      assert.equal(case[3], probe("kling", case[2]).json.code)
    end)
  end

  it("judges a token by its own clock", function()
    sandbox:options { skew = -3600 }
    assert.equal(1003, probe("kling", "Bearer " .. jwt()).json.code)
    sandbox:options { skew = 3600 }
    assert.equal(1004, probe("kling", "Bearer " .. jwt()).json.code)
  end)

  it("takes no JWT outside kling", function()
    assert.equal(401, probe("kkiai", "Bearer " .. jwt()).status)
  end)

  it("keeps accounts apart", function()
    sandbox:options { keys = { "a", "b" } }
    local url = sandbox:base_url "kling" .. "/v1/videos/text2video"
    local made = http.request("POST", url, http.headers "a",
      '{"prompt":"x","model_name":"kling-v3"}')
    local id = made.json.data.task_id
    assert.equal(200, http.request("GET", url .. "/" .. id, http.headers "a").status)
    assert.equal(400, http.request("GET", url .. "/" .. id, http.headers "b").status)
  end)
end)
