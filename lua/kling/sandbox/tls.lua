--- A certificate for one run.
-- Owns: key, self-signed certificate for 127.0.0.1 and localhost, the ca_file clients trust.
-- Stands on: luaossl and lua-http's TLS settings; HTTP/2 is offered through ALPN.
-- Never: keeps a key on disk; only the certificate is written, and removed when the server ends.

local altname = require "openssl.x509.altname"
local bignum = require "openssl.bignum"
local http_tls = require "http.tls"
local name = require "openssl.x509.name"
local pkey = require "openssl.pkey"
local rand = require "openssl.rand"
local x509 = require "openssl.x509"

local tls = {}

local function certificate(key)
  local subject, names, cert = name.new(), altname.new(), x509.new()
  subject:add("CN", "kling.sandbox")
  names:add("DNS", "localhost")
  names:add("IP", "127.0.0.1")
  cert:setVersion(3)
  cert:setSerial(bignum.fromBinary(rand.bytes(16)))
  cert:setSubject(subject)
  cert:setIssuer(subject)
  cert:setSubjectAlt(names)
  cert:setLifetime(os.time() - 86400, os.time() + 30 * 86400)
  cert:setBasicConstraints { CA = true }
  cert:setPublicKey(key)
  cert:sign(key)
  return cert
end

local function choose_protocol(_, offered)
  for _, wanted in ipairs { "h2", "http/1.1" } do
    for _, protocol in ipairs(offered) do
      if protocol == wanted then return wanted end
    end
  end
end

local function write_file(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

--- Make a server context and the file its clients verify with.
---@return userdata context for lua-http
---@return string ca_file path of the certificate in PEM
function tls.context()
  local key = pkey.new { type = "EC", curve = "prime256v1" }
  local cert, context, ca_file = certificate(key), http_tls.new_server_context(), os.tmpname()
  assert(context:setPrivateKey(key))
  assert(context:setCertificate(cert))
  context:setAlpnSelect(choose_protocol)
  write_file(ca_file, cert:toPEM())
  return context, ca_file
end

return tls
