-- https with a certificate of its own, HTTP/2 included. Speaks through the curl program.

local support = require "spec.support.sandbox"

local function curl(arguments)
  local pipe = assert(io.popen("curl -sS -m 5 " .. arguments .. " 2>&1"))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

describe("tls", function()
  local sandbox

  before_each(function() sandbox = support.start { tls = true } end)

  local function ask(more)
    local shown = "-o /dev/null -w '%{http_code} %{http_version}' "
    return curl(shown .. ("--cacert %s %s %s/_sandbox/stats"):format(
      sandbox.ca_file, more or "", sandbox.url))
  end

  it("is trusted with its ca_file and offers HTTP/2", function()
    assert.truthy(sandbox.url:find("^https://127%.0%.0%.1:"))
    assert.equal("200 2", ask())
    assert.equal("200 1.1", ask "--http1.1")
  end)

  it("is not trusted without", function()
    assert.truthy(curl(sandbox.url .. "/_sandbox/stats"):find("certificate", 1, true))
  end)

  it("can reset a connection under HTTP/2 and stay sound", function()
    for _, when in ipairs { "head", "before" } do
      sandbox:fault { fault = "reset", when = when, times = 1 }
      local said = curl(("--cacert %s %s/kling/v1/videos/text2video/x"):format(
        sandbox.ca_file, sandbox.url))
      assert.truthy(said:find("curl: %((%d+)%)"), said)
    end
    assert.equal("200 2", ask())
    assert.equal(0, sandbox:stats().errors)
  end)
end)
