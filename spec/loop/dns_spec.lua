-- The background thread when the network is mute: a lookup that nobody answers holds up nothing.
--
-- Owns: libcurl's quick exit, as csrc/http_easy.c asks for it.
-- Stands on: busted, a process of its own, python3; unshare(1) where it may be used.
-- Never: touches this machine's own settings; two runs at once have a server each.

local child = require "spec.support.child"
local nginx = require "spec.support.nginx"

describe("a DNS server that never answers", function()
  local MUTE = 20 -- seconds; a lookup waits thirty at least
  local may = nginx.shell "unshare -m true && echo yes" == "yes"
  local test = may and it or pending

  test("stalls no step, no timeout and no exit", function()
    local said = child.script([[
      local core = require "kling.core"
      local engine, CAT = core.engine(), { prompt = "A cat" }
      local c = require "kling".new { gateway = "kling", api_key = "k", connect_timeout = 0.5,
        base_url = "https://kling.example", create_timeout = 1 }
      assert(engine:fd())
      local longest, started = 0, core.clock()
      local task = c:open "text2video":create(CAT, true)
      local dropped = c:open "text2video":create(CAT, true)
      engine:step()
      local dropping = core.clock()
      dropped:cancel()
      longest = core.clock() - dropping
      repeat
        local before = core.clock()
        engine:step()
        longest = math.max(longest, core.clock() - before)
      until not task.busy or core.clock() > started + 30
      local _, err = task:error()
      print(("longest %.3f after %.1f %s"):format(longest, core.clock() - started, err.kind))
    ]], [[
      server=127.77.$(($$ / 250 % 250)).$(($$ % 250 + 1)) # others may run this spec, too
      resolv=$(mktemp); printf "nameserver $server\noptions timeout:30 attempts:3\n" > $resolv
      ready=$(mktemp); hosts=$(mktemp); echo "hosts: dns" > $hosts
      export program
      start=$(date +%s%N)
      unshare -m sh -c "mount --bind $resolv /etc/resolv.conf
        mount --bind $hosts /etc/nsswitch.conf
        python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[2], 53))
open(sys.argv[1], \"w\").write(\"ready\")
time.sleep(100)' $ready $server &
        mute=\$!; for i in \$(seq 300); do [ -s $ready ] && break; sleep 0.1; done
        $program; kill \$mute"
      echo "took $(( ($(date +%s%N) - start) / 1000000 ))"
      rm -f $resolv $hosts $ready
    ]])
    local longest, after, kind = said:match "longest ([%d.]+) after ([%d.]+) (%w+)"
    assert(longest, said)
    assert.is_true(tonumber(longest) < MUTE, said)
    assert.is_true(tonumber(after) > 0.4 and tonumber(after) < MUTE, said) -- it did wait for it
    assert.is_truthy(({ network = true, timeout = true })[kind], said)
    assert.is_true(tonumber(said:match "took (%d+)") < MUTE * 1000, said)
  end)
end)
