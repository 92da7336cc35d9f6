/* fuzz_request.c - throws tables at the validator and the encoder of every gateway.
 *
 * Owns: one Lua state with a plan for each endpoint of each gateway; an input's first byte chooses
 *   one, the rest becomes the request.
 * Stands on: request.h, tree.h, make_value.h, the working directory being the top of the tree.
 * Never: accepts a raised error, a stack that grew, a body that is no JSON or not the same twice.
 */
#include "localfile.h"
#include "make_value.h"
#include "request.h"
#include "text.h"
#include "tree.h"

#include <lualib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char SETUP[] =
    "package.path = 'lua/?.lua;' .. package.path "
    "local core, gateway, plans = ..., require 'kling.gateway', {} "
    "for _, name in ipairs(gateway.names()) do local spec = gateway.find(name) "
    "for _, endpoint in ipairs(gateway.endpoints(spec)) do for i = 1, 2 do "
    "plans[#plans + 1] = core.plan(gateway.endpoint(spec, endpoint, "
    "{capability_rules = i == 1, models = i == 2 and 'any' or nil})) end end end return plans";

static const char *const WORDS[] = {
    "model_name", "model", "prompt", "negative_prompt", "image", "image_tail", "last_image",
    "element_list", "element_id", "voice_list", "voice_id", "static_mask", "dynamic_masks",
    "mask", "trajectories", "x", "y", "mode", "duration", "aspect_ratio", "cfg_scale",
    "multi_shot", "shot_type", "multi_prompt", "index", "sound", "camera_control", "type",
    "config", "horizontal", "zoom", "watermark_info", "enabled", "callback_url",
    "external_task_id", "extra_body", "extra", "kling-v3", "kling-v1", "kling-v2-master",
    "kling-v3-pro-audio", "std", "pro", "4k", "on", "off", "customize", "intelligence",
    "intelligent", "simple", "down_back", "16:9", "5", "10", "3", "https://example.com/a.png",
    "a cat <<<voice_1>>>", "\xE7\x8C\xAB", "", " ",
    "iVBORw0KGgoAAAANSUhEUgAAASwAAAEsCAYAAAB5fY51", "data:image/png;base64,iVBORw0K", NULL};

static lua_State *state(void)
{
    static lua_State *L;
    if (L != NULL) return L;
    L = luaL_newstate();
    luaL_openlibs(L);
    PROMISE(luaL_loadstring(L, SETUP) == 0);
    lua_newtable(L);
    kl_plan_register(L);
    kl_request_register(L);
    kl_localfile_register(L);
    if (lua_pcall(L, 1, 1, 0) != 0) fprintf(stderr, "%s\n", lua_tostring(L, -1));
    PROMISE(lua_istable(L, 1));
    return L;
}

static void check_problems(lua_State *L)
{
    size_t n = kl_rawlen(L, -1);
    PROMISE(n > 0);
    for (int i = 1; i <= (int)n; i++, lua_pop(L, 1)) {
        lua_rawgeti(L, -1, i);
        PROMISE(kl_getfield(L, -1, "path") == LUA_TSTRING);
        PROMISE(kl_getfield(L, -2, "got") == LUA_TSTRING);
        PROMISE(kl_getfield(L, -3, "message") == LUA_TSTRING);
        lua_pop(L, 3);
    }
    lua_pop(L, 1);
}

static void check_body(const kl_body *body)
{
    kl_tree tree = {0};
    size_t points, bad;
    PROMISE(kl_utf8_count(body->text.data, body->text.len, &points, &bad));
    PROMISE(kl_tree_read(&tree, body->text.data, body->text.len) == KL_TREE_GOOD);
    PROMISE(tree.nodes[0].type == KL_JSON_OBJECT);
    kl_tree_free(&tree);
}

static kl_verdict write_request(lua_State *L, kl_body *body)
{
    kl_error err;
    int top = lua_gettop(L);
    kl_body_init(body, 1 << 20);
    kl_verdict verdict = kl_request(L, 2, 3, "kling-0", body, &err);
    PROMISE(lua_gettop(L) == top + (verdict == KL_PROBLEMS ? 1 : 0));
    if (verdict == KL_PROBLEMS) check_problems(L);
    if (verdict == KL_GOOD) check_body(body);
    return verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lua_State *L = state();
    kl_body first, second;
    source s = {data, size, WORDS, sizeof WORDS / sizeof *WORDS - 1};
    lua_rawgeti(L, 1, (int)(take_byte(&s) % kl_rawlen(L, 1)) + 1);
    push_table(L, &s, 0);
    kl_verdict verdict = write_request(L, &first);
    PROMISE(write_request(L, &second) == verdict);
    PROMISE(verdict != KL_GOOD || (first.text.len == second.text.len &&
                                   memcmp(first.text.data, second.text.data, first.text.len) == 0));
    kl_body_free(&first);
    kl_body_free(&second);
    lua_settop(L, 1);
    return 0;
}
