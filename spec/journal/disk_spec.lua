-- Disks that take no more: told before anything is sent, and work goes on when there is room.
--
-- Owns: kling/journal/{store,sqlite}.lua where nothing can be written.
-- Stands on: spec/support/journal.lua; setpriv(1) when root runs it; tmpfs where mounting is
-- allowed, a file size limit elsewhere.
-- Never: leaves a mount behind.

local face = require "spec.support.face"
local kling = require "kling"
local support = require "spec.support.journal"

local CAT = { prompt = "A cat" }

local PROGRAM = [[
  local url, path = ...
  local kling = require "kling"
  local client = kling.new { gateway = "kling", base_url = url, api_key = "sandbox-key",
    journal = path }
  local task, message, err = client:text2video { prompt = "A cat" }
  print(task and "sent" or err.kind .. " " .. tostring(err.code) .. " " .. message)
]]

describe("a folder that can only be read", function()
  it("is told before anything is sent", function()
    local box, path = face.box(), support.path()
    local folder = path:match "^(.*)/"
    local program = folder .. "/program.lua"
    face.write(program, PROGRAM)
    support.shell(("chmod 555 %s"):format(folder))
    local output = support.shell(("%s %s %s %s %s"):format( -- only root need not obey permissions
      support.shell "id -u" == "0\n" and "setpriv --bounding-set=-dac_override" or "",
      os.getenv "KLING_LUA" or "lua", program, box:base_url "kling", path))
    support.shell(("chmod 755 %s"):format(folder))
    assert.matches("^invalid journal .*ermission denied.*nothing was sent", output)
    assert.equal(0, box:stats("kling").creates or 0)
    support.remove(path)
  end)
end)

describe("a full disk", function()
  local box, folder
  before_each(function()
    box = face.box { speed = 0 }
    folder = support.folder()
  end)
  after_each(function()
    support.shell("umount " .. folder)
    support.remove(folder)
  end)

  it("is told before anything is sent, and work goes on when there is room", function()
    local _, mounted = support.shell("mount -t tmpfs -o size=256k,mode=700 none " .. folder)
    if not mounted then return end -- no right to mount: the test below has to do
    local path = folder .. "/journal.db"
    local client = face.client(box, "kling", { journal = path })
    local first = assert(client:text2video(CAT))
    support.shell(("head -c 300000 /dev/zero >%s/filler"):format(folder))
    local sent, task, message, err = box:stats("kling").creates, true, nil, nil
    for _ = 1, 50 do
      task, message, err = client:text2video { prompt = ("A cat "):rep(300) }
      if not task then break end
      sent = sent + 1
    end
    assert.is_nil(task)
    assert.matches("nothing was sent", message)
    assert.matches("full", message)
    assert.same({ "journal", true }, { err.code, err.retryable })
    assert.equal(sent, box:stats("kling").creates)
    assert(first:wait()) -- can't be noted now
    support.shell(("rm %s/filler"):format(folder))
    client.desk.not_before = 0
    assert(client:text2video(CAT))
    local journal = assert(kling.journal.open(path))
    assert.equal(box:stats("kling").created, #journal:tasks())
    assert.equal("succeeded", journal:tasks()[1].state)
    assert.equal(first.id, journal:tasks()[1].task_id)
    journal:close()
    client:close()
  end)
end)

describe("a journal that may not grow", function()
  it("is told before anything is sent", function()
    local box, path = face.box { speed = 0 }, support.path()
    local program = path:match "^(.*)/" .. "/program.lua"
    face.write(program, [[
      local url, path = ...
      local kling = require "kling"
      local client = kling.new { gateway = "kling", base_url = url, api_key = "sandbox-key",
        journal = path }
      local sent = 0
      for _ = 1, 200 do
        local task, message, err = client:text2video { prompt = ("A cat "):rep(300) }
        if not task then print(sent, err.kind, err.code, message) break end
        sent = sent + 1
      end
    ]])
    local output = support.shell(("trap '' XFSZ; ulimit -f 400; %s %s %s %s"):format(
      os.getenv "KLING_LUA" or "lua", program, box:base_url "kling", path))
    local sent, message = output:match "^(%d+)%s+invalid%s+journal%s+(.*)$"
    assert.is_truthy(sent, output)
    assert.matches("nothing was sent", message)
    assert.equal(tonumber(sent), box:stats("kling").creates)
    assert.is_true(tonumber(sent) > 0)
    support.remove(path)
  end)
end)
