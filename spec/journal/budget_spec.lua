-- Budgets: in memory, in a journal, of a client and of a call.
--
-- Owns: kling/journal/{budget,measure,memory}.lua.
-- Stands on: spec/support/journal.lua, the sandbox, which says what a task cost.
-- Never: spends money.

local face = require "spec.support.face"
local kling = require "kling"
local measure = require "kling.journal.measure"
local support = require "spec.support.journal"

local CAT = { prompt = "A cat" }
local PRO = { prompt = "A cat", mode = "pro", sound = "on", duration = 10 } -- 12 units
local PRICES = "examples/prices.lua"

local function over(client, request, given)
  local task, message, err = client:text2video(request, given)
  assert.is_nil(task)
  assert.equal("budget", err.kind)
  return message, err
end

for _, kind in ipairs { "memory", "SQLite", "PostgreSQL" } do
  describe("a budget in " .. kind, function()
    local box, path
    local function client(more)
      more.journal = path
      return face.client(box, more.gateway or "kling", more)
    end
    before_each(function()
      box = face.box()
      path = kind == "SQLite" and support.path()
        or kind == "PostgreSQL" and support.postgres():fresh() or nil
    end)
    after_each(function()
      if kind == "SQLite" then support.remove(path) end
    end)

    it("limits tasks", function()
      local c = client { budget = { tasks = 2 } }
      assert(c:text2video(CAT))
      assert(c:text2video(CAT))
      assert.matches("2 tasks", (over(c, CAT)))
      assert.equal(2, box:stats("kling").creates)
    end)

    it("limits seconds, the default and the sum of shots among them", function()
      local c = client { budget = { seconds = 16 } }
      assert(c:text2video(CAT))
      assert(c:text2video { prompt = "x", multi_shot = true, shot_type = "customize",
        multi_prompt = { { prompt = "a", duration = 4 }, { prompt = "b", duration = 3 } } })
      over(c, CAT)
      assert(c:text2video { prompt = "x", duration = "4" })
      over(c, { prompt = "x", duration = 3 })
    end)

    it("limits cost by the user's prices, and takes what the service told", function()
      local c = client { budget = { cost = 28 }, prices = { { per_second = 2 } } }
      local task = assert(c:text2video(PRO))
      over(c, PRO)
      assert.equal(12, tonumber(assert(task:wait()).cost))
      assert(c:text2video { prompt = "A cat", duration = 8 }) -- 12 told, 16 reserved
      assert.matches("28 are spent", (over(c, { prompt = "A cat", duration = 3 })))
    end)

    it("promises no cost without a price", function()
      local c = client { budget = { cost = 20 } }
      assert.matches("no price", (over(c, CAT)))
      c = client { budget = { cost = 20 }, prices = PRICES }
      assert.matches("no price", (over(c, { prompt = "A cat", model_name = "kling-v1-6" })))
      assert.equal(0, box:stats("kling").creates or 0)
    end)

    it("gets back what a refused create reserved", function()
      local c = client { budget = { tasks = 1 } }
      box:fault { gateway = "kling", on = "create", fault = "error", family = "kling", code = 1301,
        times = 1 }
      assert.is_nil(c:text2video(CAT))
      assert(c:text2video(CAT))
      over(c, CAT)
    end)

    it("gets back what a failed task reserved, but for the task itself", function()
      box:fault { gateway = "kling", on = "create", fault = "fail" }
      local c = client { budget = { tasks = 3, seconds = 5, cost = 5 },
        prices = { { per_second = 1 } } }
      for i = 1, 3 do
        local task = assert(c:text2video(CAT))
        assert.matches(i < 3 and "5 seconds" or "3 tasks", (over(c, CAT)))
        local _, _, err = task:wait()
        assert.equal("failed", err.kind)
      end
      assert.matches("3 tasks", (over(c, CAT)))
    end)

    it("keeps what the service took for a failed task", function()
      box:fault { gateway = "kling", on = "create", fault = "fail", took = "2" }
      local c = client { budget = { cost = 5 }, prices = { { per_second = 1 } } }
      assert.is_nil(assert(c:text2video(CAT)):wait())
      assert.matches("2 are spent", (over(c, { prompt = "A cat", duration = 4 })))
      assert(c:text2video { prompt = "A cat", duration = 3 })
    end)

    it("keeps what a lost create reserved", function()
      box:fault { gateway = "anyfast", on = "create", fault = "reset", when = "after" }
      local c = client { gateway = "anyfast", budget = { tasks = 1 } }
      local _, _, err = c:text2video(CAT)
      assert.equal("ambiguous", err.kind)
      over(c, CAT)
    end)

    it("of one call is only for this call", function()
      local c = client { prices = PRICES }
      over(c, PRO, { budget = { cost = 11.9 } })
      assert(c:text2video(PRO, { budget = { cost = 12 } }))
      assert(c:text2video(PRO, { budget = { cost = 12 } }))
      local items = kling.map({ PRO, PRO, PRO, PRO }, "text2video", { client = c,
        budget = { cost = 36 } })
      local made = 0
      for _, item in ipairs(items) do
        if item.ok then made = made + 1 else assert.equal("budget", item.err.kind) end
      end
      assert.equal(3, made)
    end)

    it("of a call and a client counts once when both have one name", function()
      local c = client { budget = { name = "mine", tasks = 3 } }
      local call = { budget = { name = "mine", tasks = 2 } }
      assert(c:text2video(CAT, call))
      assert(c:text2video(CAT, call))
      assert.matches("2 tasks", (over(c, CAT, call)))
      assert(c:text2video(CAT))
      assert.matches("3 tasks", (over(c, CAT)))
    end)

    it("of a call stands beside the client's", function()
      local c = client { budget = { tasks = 2, name = "film" } }
      assert(c:text2video(CAT, { budget = { tasks = 1 } }))
      assert(c:text2video(CAT, { budget = { tasks = 1, name = "trailer" } }))
      assert.matches("film", (over(c, CAT, { budget = { tasks = 5 } })))
    end)

    if kind ~= "memory" then
      it("goes on in the next process", function()
        local c = client { budget = { tasks = 2 } }
        assert(c:text2video(CAT))
        c:close()
        local output = support.start([[
          local url, path, database, port, password = ...
          local journal = database == "" and path or { driver = "PostgreSQL", database = database,
            user = "kling", host = "127.0.0.1", port = tonumber(port), password = password }
          local client = require "kling".new { gateway = "kling", base_url = url,
            api_key = "sandbox-key", journal = journal, budget = { tasks = 2 } }
          print(client:text2video { prompt = "A cat" } ~= nil)
          print((select(3, client:text2video { prompt = "A cat" })).kind)
        ]], box:base_url "kling", kind == "SQLite" and path or "",
          kind == "PostgreSQL" and path.database or "", path.port or "", path.password or ""):wait()
        assert.equal("true\nbudget\n", output)
        assert.equal(2, box:stats("kling").creates)
      end)
    end
  end)
end

describe("prices", function()
  it("are refused when they are none", function()
    local function new(prices)
      return function() return kling.new { gateway = "kling", api_key = "k", prices = prices } end
    end
    assert.matches("per_second", face.raised(new { { mode = "std" } }))
    assert.matches("No such file", face.raised(new "/nowhere"))
    local path = os.tmpname()
    face.write(path, "return os.getenv 'HOME'")
    assert.is_false(pcall(new(path)))
    os.remove(path)
  end)

  it("fit compound names", function()
    local fields = { { name = "model_name", compound = { parts = { "model_name", "mode", "sound" },
      names = { ["v3-pro-audio"] = { "kling-v3", "pro", "on" } } } },
      { name = "mode", default = "std" }, { name = "sound", default = "off" },
      { name = "duration", default = 5 } }
    local values = measure.values(fields, { model_name = "v3-pro-audio" })
    assert.same({ model_name = "kling-v3", mode = "pro", sound = "on", duration = 5 }, values)
    assert.equal(6, measure.cost({ { mode = "std", per_task = 1 },
      { mode = "pro", sound = "on", per_second = 1, per_task = 1 } }, values))
  end)
end)

describe("a budget", function()
  it("is refused when it limits nothing, or something else", function()
    local function new(budget)
      return function() return kling.new { gateway = "kling", api_key = "k", budget = budget } end
    end
    assert.matches("limits", face.raised(new {}))
    assert.matches("clips", face.raised(new { clips = 3 }))
    assert.matches("tasks", face.raised(new { tasks = -1 }))
  end)
end)
