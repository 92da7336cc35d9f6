-- The rock. Owns: what LuaRocks builds. Stands on: libcurl, OpenSSL's libcrypto, lua-cjson.
-- Never: names headers. Debian keeps curl's where LuaRocks does not look, and the compiler does.
rockspec_format = "3.0"
package = "kling"
version = "scm-1"

source = {
  url = "git+file://.", -- made in place: luarocks make
}

description = {
  summary = "Kling AI videos from Lua: one table in, one finished video out, on five gateways",
  detailed = [[
    Turns a Lua table into a Kling video task and brings the finished video back. A C core checks
    requests before they cost anything, speaks HTTP through libcurl and keeps the state of every
    task. The offline gateway (kling.sandbox) needs lua-http, which is optional: nothing else uses
    it.
  ]],
  license = "MIT",
  labels = { "kling", "video", "ai", "http" },
}

dependencies = {
  "lua >= 5.1",
  "lua-cjson >= 2.1.0",
}

external_dependencies = {
  CURL = { library = "curl" },
  CRYPTO = { library = "crypto" },
}

build = {
  type = "builtin",
  modules = {
    -- modules: made by tools/rockspec.lua
    ["kling.core"] = {
      sources = {
        "csrc/account.c",
        "csrc/base64.c",
        "csrc/body.c",
        "csrc/bridge.c",
        "csrc/buf.c",
        "csrc/chance.c",
        "csrc/classify.c",
        "csrc/clock.c",
        "csrc/core.c",
        "csrc/crank.c",
        "csrc/decode.c",
        "csrc/engine.c",
        "csrc/engine_api.c",
        "csrc/fault.c",
        "csrc/fetch.c",
        "csrc/gather.c",
        "csrc/heap.c",
        "csrc/http.c",
        "csrc/http_easy.c",
        "csrc/http_fault.c",
        "csrc/http_net.c",
        "csrc/http_poll.c",
        "csrc/http_reply.c",
        "csrc/interrupt.c",
        "csrc/job.c",
        "csrc/json.c",
        "csrc/localfile.c",
        "csrc/media.c",
        "csrc/notify.c",
        "csrc/plan.c",
        "csrc/plan_build.c",
        "csrc/plan_links.c",
        "csrc/plan_rules.c",
        "csrc/problem.c",
        "csrc/reader.c",
        "csrc/record.c",
        "csrc/reply.c",
        "csrc/reply_class.c",
        "csrc/reply_door.c",
        "csrc/request.c",
        "csrc/request_door.c",
        "csrc/result.c",
        "csrc/route.c",
        "csrc/rules.c",
        "csrc/scan.c",
        "csrc/sign.c",
        "csrc/take.c",
        "csrc/task.c",
        "csrc/task_create.c",
        "csrc/text.c",
        "csrc/value.c",
        "csrc/worker.c",
        "csrc/write.c",
      },
      libraries = { "curl", "crypto", "pthread" },
      libdirs = { "$(CURL_LIBDIR)", "$(CRYPTO_LIBDIR)" },
    },
    ["kling.address"] = "lua/kling/address.lua",
    ["kling.batch"] = "lua/kling/batch.lua",
    ["kling.client"] = "lua/kling/client.lua",
    ["kling.container"] = "lua/kling/container.lua",
    ["kling.download"] = "lua/kling/download.lua",
    ["kling.endpoints.capabilities"] = "lua/kling/endpoints/capabilities.lua",
    ["kling.endpoints.image2video"] = "lua/kling/endpoints/image2video.lua",
    ["kling.endpoints.shared"] = "lua/kling/endpoints/shared.lua",
    ["kling.endpoints.text2video"] = "lua/kling/endpoints/text2video.lua",
    ["kling.errors"] = "lua/kling/errors.lua",
    ["kling.fail"] = "lua/kling/fail.lua",
    ["kling.fibers"] = "lua/kling/fibers.lua",
    ["kling.gateway"] = "lua/kling/gateway.lua",
    ["kling.gateway.capabilities"] = "lua/kling/gateway/capabilities.lua",
    ["kling.gateway.check"] = "lua/kling/gateway/check.lua",
    ["kling.gateway.merge"] = "lua/kling/gateway/merge.lua",
    ["kling.gateway.rules"] = "lua/kling/gateway/rules.lua",
    ["kling.gateways.anyfast"] = "lua/kling/gateways/anyfast.lua",
    ["kling.gateways.kkiai"] = "lua/kling/gateways/kkiai.lua",
    ["kling.gateways.kling"] = "lua/kling/gateways/kling.lua",
    ["kling.gateways.powertokens"] = "lua/kling/gateways/powertokens.lua",
    ["kling.gateways.uniall"] = "lua/kling/gateways/uniall.lua",
    ["kling.gather"] = "lua/kling/gather.lua",
    ["kling"] = "lua/kling/init.lua",
    ["kling.key"] = "lua/kling/key.lua",
    ["kling.link"] = "lua/kling/link.lua",
    ["kling.loop.block"] = "lua/kling/loop/block.lua",
    ["kling.loop"] = "lua/kling/loop/init.lua",
    ["kling.nearest"] = "lua/kling/nearest.lua",
    ["kling.options"] = "lua/kling/options.lua",
    ["kling.part"] = "lua/kling/part.lua",
    ["kling.raise"] = "lua/kling/raise.lua",
    ["kling.replies"] = "lua/kling/replies.lua",
    ["kling.retry"] = "lua/kling/retry.lua",
    ["kling.sandbox.actions"] = "lua/kling/sandbox/actions.lua",
    ["kling.sandbox.admin"] = "lua/kling/sandbox/admin.lua",
    ["kling.sandbox.app"] = "lua/kling/sandbox/app.lua",
    ["kling.sandbox.auth"] = "lua/kling/sandbox/auth.lua",
    ["kling.sandbox.capabilities"] = "lua/kling/sandbox/capabilities.lua",
    ["kling.sandbox.child"] = "lua/kling/sandbox/child.lua",
    ["kling.sandbox.crossrules"] = "lua/kling/sandbox/crossrules.lua",
    ["kling.sandbox.errors"] = "lua/kling/sandbox/errors.lua",
    ["kling.sandbox.faults"] = "lua/kling/sandbox/faults.lua",
    ["kling.sandbox.fields"] = "lua/kling/sandbox/fields.lua",
    ["kling.sandbox.garbage"] = "lua/kling/sandbox/garbage.lua",
    ["kling.sandbox.gateways.anyfast"] = "lua/kling/sandbox/gateways/anyfast.lua",
    ["kling.sandbox.gateways.kkiai"] = "lua/kling/sandbox/gateways/kkiai.lua",
    ["kling.sandbox.gateways.kling"] = "lua/kling/sandbox/gateways/kling.lua",
    ["kling.sandbox.gateways.powertokens"] = "lua/kling/sandbox/gateways/powertokens.lua",
    ["kling.sandbox.gateways.uniall"] = "lua/kling/sandbox/gateways/uniall.lua",
    ["kling.sandbox.gzip"] = "lua/kling/sandbox/gzip.lua",
    ["kling.sandbox.image"] = "lua/kling/sandbox/image.lua",
    ["kling.sandbox"] = "lua/kling/sandbox/init.lua",
    ["kling.sandbox.json"] = "lua/kling/sandbox/json.lua",
    ["kling.sandbox.media"] = "lua/kling/sandbox/media.lua",
    ["kling.sandbox.rules"] = "lua/kling/sandbox/rules.lua",
    ["kling.sandbox.server"] = "lua/kling/sandbox/server.lua",
    ["kling.sandbox.shapes_create"] = "lua/kling/sandbox/shapes_create.lua",
    ["kling.sandbox.shapes_status"] = "lua/kling/sandbox/shapes_status.lua",
    ["kling.sandbox.spawn"] = "lua/kling/sandbox/spawn.lua",
    ["kling.sandbox.tasks"] = "lua/kling/sandbox/tasks.lua",
    ["kling.sandbox.text"] = "lua/kling/sandbox/text.lua",
    ["kling.sandbox.tls"] = "lua/kling/sandbox/tls.lua",
    ["kling.sandbox.wire"] = "lua/kling/sandbox/wire.lua",
    ["kling.sandbox.words"] = "lua/kling/sandbox/words.lua",
    ["kling.sandbox.world"] = "lua/kling/sandbox/world.lua",
    ["kling.saved"] = "lua/kling/saved.lua",
    ["kling.task"] = "lua/kling/task.lua",
    ["kling.tracker"] = "lua/kling/tracker.lua",
    ["kling.vocabulary"] = "lua/kling/vocabulary.lua",
    -- end of modules
  },
}

test = {
  type = "command",
  script = "spec/run.lua",
}
