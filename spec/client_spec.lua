-- The client: keys, creates, what can be known without sending anything, lists, the end.
--
-- Owns: kling/client.lua, link.lua, key.lua, setup.lua.
-- Stands on: busted, the sandbox.
-- Never: waits longer than a task of the sandbox takes.

local cjson = require "cjson"
local face = require "spec.support.face"
local kling = require "kling"

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

describe("a create", function()
  local box, client
  before_each(function()
    box = face.box()
    client = face.client(box)
  end)

  it("gives a task with its ids", function()
    local task = assert(client:text2video(CAT))
    assert.matches("^%d+$", task.id)
    assert.matches("^kling%-", task.external_task_id)
    assert.equal("queued", task.state)
    assert.equal(client, task.client)
    assert.equal("text2video", task.endpoint)
    assert.equal("kling", task.gateway)
    assert.equal(1, box:stats().gateways.kling.created)
  end)

  it("goes by the endpoint's name, or by submit", function()
    assert.is_truthy(client:image2video { image = "https://example.com/a.png", prompt = "x" })
    assert.is_truthy(client:submit("text2video", CAT))
  end)

  it("tells everything that is wrong, and sends nothing", function()
    local task, message, err = client:text2video { duration = 99, mode = "best", cfg_scale = 7 }
    assert.is_nil(task)
    assert.equal("invalid", err.kind)
    assert.equal(4, #err.problems)
    assert.matches("%(and 3 more%)$", message)
    assert.is_false(err.retryable)
    for _, problem in ipairs(err.problems) do assert.is_truthy(problem.path) end
    assert.equal(0, box:stats().gateways.kling.requests)
  end)

  it("says which gateway takes a field that this one lacks", function()
    local _, _, err = client:text2video { prompt = "x", voice_list = { { voice_id = "1" } } }
    assert.equal("voice_list is taken by: powertokens", err.hint)
    assert.equal(err.hint, err.problems[1].hint)
    local _, _, other = client:text2video { prompt = "x", no_such_thing = 1 }
    assert.is_nil(other.hint)
  end)

  it("reports a file that is not there", function()
    local task, message, err = client:image2video { image = kling.file "/no/such.png" }
    assert.is_nil(task)
    assert.equal("invalid", err.kind)
    assert.matches("/no/such.png", message, 1, true)
  end)

  it("raises misuse", function()
    assert.matches("client_spec.lua:%d+: text2video: a request is a table, not a string",
      face.raised(function() client:text2video "A cat" end))
    assert.matches("gateway kling has no endpoint \"text2vidoe\"; it has: image2video, text2video",
      face.raised(function() client:submit("text2vidoe", CAT) end))
    assert.is_nil(client.text2vidoe)
  end)

  it("says what a gateway has when another one has more", function()
    local kkiai = face.client(box, "kkiai")
    local message = face.raised(function() kkiai:image2video {} end)
    assert.matches("gateway kkiai has no endpoint \"image2video\"; it has: text2video", message)
  end)

  it("whose reply is lost is found by its external id", function()
    box:fault { fault = "reset", on = "create", when = "after", times = 1 }
    local task = assert(client:text2video { prompt = "A cat", external_task_id = "mine-1" })
    assert.is_truthy(task.id)
    assert.equal(1, box:stats().gateways.kling.created)
  end)

  it("whose reply is lost where nobody can be asked is ambiguous", function()
    box:fault { fault = "reset", on = "create", when = "after", times = 1 }
    local task, message, err = face.client(box, "anyfast"):text2video(CAT)
    assert.is_nil(task)
    assert.equal("ambiguous", err.kind)
    assert.matches("^kling%-", err.external_task_id)
    assert.matches("may or may not", message)
    assert.equal(1, box:stats().gateways.anyfast.created)
  end)

  it("refused for the content is a policy error", function()
    box:fault { fault = "error", on = "create", code = 1301 }
    local _, _, err = client:text2video(CAT)
    assert.equal("policy", err.kind)
  end)
end)

describe("preview", function()
  local client = face.client({ base_url = function() return "https://example.com" end }, "kling",
    { api_key = "sk-0123456789abcdef" })

  it("shows what would be sent, the key masked", function()
    local preview = assert(client:preview("text2video", { prompt = "A cat", duration = 5 }))
    assert.equal("POST", preview.method)
    assert.equal("https://example.com/v1/videos/text2video", preview.url)
    assert.equal("application/json", preview.headers["Content-Type"])
    assert.matches("^Bearer .*cdef$", preview.headers.Authorization)
    assert.is_nil(preview.headers.Authorization:find("0123456789", 1, true))
    local body = cjson.decode(preview.body)
    assert.equal("A cat", body.prompt)
    assert.equal("5", body.duration)
    assert.matches("^kling%-%w+$", body.external_task_id)
  end)

  it("is refused like a create", function()
    local preview, _, err = client:preview("text2video", { duration = 99 })
    assert.is_nil(preview)
    assert.equal("invalid", err.kind)
  end)
end)

describe("validate", function()
  local client = kling.new { gateway = "anyfast" }

  it("says yes, or everything that is wrong", function()
    assert.is_true(client:validate("text2video", CAT))
    local good, message, err = client:validate("text2video", { duration = 2, sound = "loud" })
    assert.is_nil(good)
    assert.equal(3, #err.problems)
    assert.matches("and 2 more", message)
  end)

  it("goes by the options of the client", function()
    local request = { prompt = "x", model_name = "kling-v9" }
    assert.is_nil(client:validate("text2video", request))
    local wide = kling.new { gateway = "anyfast", models = { "kling-v9" } }
    assert.is_true(wide:validate("text2video", request))
    assert.is_true(kling.new { gateway = "anyfast", models = "any" }:validate("text2video",
      request))
  end)
end)

describe("capabilities", function()
  it("tell what the gateway can do", function()
    local about = kling.new { gateway = "kkiai" }:capabilities()
    assert.equal("kkiai", about.gateway)
    assert.same({ "std", "pro" }, about.endpoints.text2video.modes)
    assert.is_nil(about.endpoints.image2video)
    assert.is_true(about.guarantees.lookup)
    assert.is_false(kling.new { gateway = "anyfast" }:capabilities().guarantees.lookup)
  end)

  it("are the user's own to change", function()
    local client = kling.new { gateway = "anyfast" }
    client:capabilities().endpoints.text2video.modes[1] = "none"
    assert.equal("std", client:capabilities().endpoints.text2video.modes[1])
  end)
end)

describe("a list", function()
  local box
  before_each(function() box = face.box() end)

  it("gives tasks that can be waited for", function()
    local client = face.client(box)
    local first = assert(client:text2video(CAT))
    local second = assert(client:text2video(CAT))
    local tasks = assert(client:list("text2video"))
    local found = {}
    for _, task in ipairs(tasks) do found[task.id] = task end
    assert.equal(2, #tasks)
    assert.is_truthy(found[first.id] and found[second.id])
    local result = assert(found[first.id]:wait())
    assert.is_truthy(result.videos[1].url)
    for _, task in ipairs(assert(client:list("text2video"))) do
      if task.id == first.id then
        assert.equal("succeeded", task.state)
        assert.is_truthy(assert(task:wait()).videos[1].url)
      end
    end
  end)

  it("comes in pages", function()
    local client = face.client(box)
    for _ = 1, 3 do assert(client:text2video(CAT)) end
    assert.equal(2, #assert(client:list("text2video", { page_size = 2 })))
    assert.equal(1, #assert(client:list("text2video", { page_size = 2, page_num = 2 })))
    assert.matches("page_size: a whole number from 1 to 500",
      face.raised(client.list, client, "text2video", { page_size = 501 }))
  end)

  it("is asked for again when it fails for a moment", function()
    local client = face.client(box)
    box:fault { fault = "error", on = "list", status = 503, code = 5001, times = 1 }
    assert.same({}, client:list("text2video"))
  end)

  it("fails with the service's error", function()
    box:fault { fault = "error", on = "list", code = 1103 }
    local tasks, _, err = face.client(box):list("text2video")
    assert.is_nil(tasks)
    assert.equal("permission", err.kind)
    assert.equal("kling", err.gateway)
  end)

  it("is not to be had from every gateway", function()
    local tasks, message, err = face.client(box, "anyfast"):list("text2video")
    assert.is_nil(tasks)
    assert.equal("invalid", err.kind)
    assert.matches("gateway anyfast has no list", message)
  end)
end)

describe("a task by its id", function()
  local box
  before_each(function() box = face.box() end)

  it("is asked about", function()
    local client = face.client(box)
    local id = assert(client:text2video(CAT)).id
    local task = client:task(id, "text2video")
    assert.equal(id, task.id)
    assert.is_nil(task.state)
    assert.is_truthy(assert(task:wait()).videos[1].url)
  end)

  it("may be known by the caller's own id where the gateway finds it", function()
    local client = face.client(box)
    local made = assert(client:text2video { prompt = "x", external_task_id = "mine-7" })
    local task = assert(client:task({ external_task_id = "mine-7" }, "text2video"))
    assert.is_truthy(task:wait())
    assert.equal(made.id, task.id)
    local none, _, err = face.client(box, "anyfast"):task({ external_task_id = "x" }, "text2video")
    assert.is_nil(none)
    assert.equal("ambiguous", err.kind)
    assert.equal("x", err.external_task_id)
  end)

  it("must be exact", function()
    local client = face.client(box)
    assert.equal("12345", client:task(12345, "text2video").id)
    assert.matches("an id as a string is expected",
      face.raised(client.task, client, 2 ^ 60, "text2video"))
    assert.matches("an id as a string", face.raised(client.task, client, "", "text2video"))
    assert.matches("an id as a string", face.raised(client.task, client, nil, "text2video"))
  end)

  it("needs its endpoint only where there are several", function()
    assert.matches("which endpoint?", face.raised(function() face.client(box):task "1" end))
    assert.equal("text2video", face.client(box, "kkiai"):task("1").endpoint)
  end)

  it("that nobody knows is not found", function()
    local state, message, err = face.client(box):task("1", "text2video"):status()
    assert.is_nil(state)
    assert.equal("not_found", err.kind)
    assert.is_string(message)
  end)
end)

describe("closing a client", function()
  it("ends its waits, not its tasks", function()
    local box = face.box { speed = 5 }
    local client = face.client(box)
    local task = assert(client:text2video(CAT))
    local fiber = kling.spawn(function() return task:wait() end)
    client:close()
    local result, _, err = kling.join(fiber), fiber.values[2], fiber.values[3]
    assert.is_nil(result)
    assert.equal("cancelled", err.kind)
    assert.same({}, client:pending())
    assert.matches("this client of kling is closed",
      face.raised(function() client:text2video(CAT) end))
  end)
end)

describe("kling", function()
  it("names its gateways", function()
    assert.same({ "anyfast", "kkiai", "kling", "powertokens", "uniall" }, kling.gateways())
    table.remove(kling.gateways())
    assert.equal(5, #kling.gateways())
  end)

  it("has cjson's null", function() assert.equal(cjson.null, kling.null) end)

  it("takes a table as a gateway of one's own", function()
    local box = face.box()
    local client = face.client(box, "kling", { base_url = box:base_url "kling", gateway = {
      name = "mine", extends = "kling",
      endpoints = { text2video = { fields = { mode = { values = { "pro" }, default = "pro" } } } },
    } })
    assert.equal("mine", client.gateway)
    assert.is_nil(client:text2video { prompt = "x", mode = "std" })
    local task = assert(client:text2video { prompt = "x", mode = "pro" })
    assert.equal("mine", task.gateway)
  end)
end)
