-- Runs spec/golden/<gateway>/<endpoint>.lua: what a request becomes, byte for byte.
--
-- Owns: how a golden is read: name, request, path, body; `files` (field -> bytes of a picture that
-- is given as a file), `options` (of gateway.endpoint), `minted` (an external_task_id of our own).
-- Stands on: kling.gateway, kling.core.
-- Never: writes a golden; they are written by hand from the seeds.

local core = require "kling.core"
local gateway = require "kling.gateway"

local function write_temporary(bytes)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
  return path
end

--- The golden's request, its pictures written to files; `paths` gets these.
local function prepare(golden, paths)
  local request = {}
  for key, value in pairs(golden.request) do request[key] = value end
  for key, bytes in pairs(golden.files or {}) do
    paths[#paths + 1] = write_temporary(bytes)
    request[key] = core.file(paths[#paths])
  end
  return request
end

for _, name in ipairs(gateway.names()) do
  local spec = gateway.find(name)
  for _, endpoint in ipairs(gateway.endpoints(spec)) do
    describe(("golden %s %s:"):format(name, endpoint), function()
      for _, golden in ipairs(require(("spec.golden.%s.%s"):format(name, endpoint))) do
        it(golden.name, function()
          local paths = {}
          local plan = core.plan(gateway.endpoint(spec, endpoint, golden.options))
          local request = prepare(golden, paths)
          local problems = plan:validate(request)
          assert.is_nil(problems, problems and problems[1].message)
          assert.equal(golden.path, spec.endpoints[endpoint].path)
          assert.equal(golden.body, plan:body(request, golden.minted))
          for _, path in ipairs(paths) do os.remove(path) end
        end)
      end
    end)
  end
end
