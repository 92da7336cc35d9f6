-- The client: creates, lists, tasks known by their ids, the end.
--
-- Owns: kling/client.lua, setup.lua, retry.lua, init.lua.
-- Stands on: busted, the sandbox.
-- Never: waits longer than a task of the sandbox takes.

local cjson = require "cjson"
local face = require "spec.support.face"
local kling = require "kling"

local CAT = { prompt = "A cat" }

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

  it("does not wait as long as the service likes", function()
    box:fault { fault = "busy", on = "list", code = 1302, retry_after = 86400 }
    local before = box:stats().gateways.kling.lists
    local _, _, err = face.client(box):list "text2video"
    assert.same({ "rate", 86400 }, { err.kind, err.retry_after })
    assert.equal(before + 1, box:stats().gateways.kling.lists)
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
    assert.matches("an id as a string of .* is expected, not 1.15",
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
