/* fuzz_plan.c - throws spoiled endpoint data at the compiler of plans.
 *
 * Owns: one Lua state with the merged data of endpoints; an input says where it is spoiled and
 *   with what, a sound request is then held against what came out.
 * Stands on: request.h, make_value.h, the working directory being the top of the tree.
 * Never: minds a raised error, which is how bad data is refused; a crash is what it looks for.
 */
#include "localfile.h"
#include "make_value.h"
#include "request.h"

#include <lualib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char SETUP[] =
    "package.path = 'lua/?.lua;' .. package.path local gateway = require 'kling.gateway' "
    "local names, datas = gateway.names(), {} "
    "return function(i) local spec = gateway.find(names[i % #names + 1]) "
    "local endpoints = gateway.endpoints(spec) "
    "return gateway.endpoint(spec, endpoints[i % #endpoints + 1], {capability_rules = true}) end";

static const char *const WORDS[] = {
    "name", "type", "enum", "string", "integer", "number", "id", "media", "object", "array",
    "group", "boolean", "fields", "item", "values", "aliases", "spelling", "default", "send",
    "always", "never", "true", "min", "max", "as", "sum_of", "fill", "inside", "compound",
    "parts", "names", "when", "unless", "require", "forbid", "exclusive", "limit", "refuse",
    "total", "sequence", "one_nonzero", "voices", "transport", "field", "array", "list", "prompt",
    "mode", "multi_prompt", "duration", "model_name", "extra", "shorthand", "also", "*", "url",
    "base64", NULL};

static lua_State *state(void)
{
    static lua_State *L;
    if (L != NULL) return L;
    L = luaL_newstate();
    luaL_openlibs(L);
    PROMISE(luaL_dostring(L, SETUP) == 0);
    lua_newtable(L);
    kl_plan_register(L);
    kl_request_register(L);
    kl_localfile_register(L);
    lua_getfield(L, -1, "plan");
    lua_replace(L, -2);
    return L;
}

/* Goes down from the table on the top, a random member each time, and puts something else there. */
static void spoil(lua_State *L, source *s)
{
    for (int depth = 0; depth < 8; depth++) {
        int steps = (int)(take_byte(s) % 24);
        lua_pushnil(L);
        do {
            if (lua_next(L, -2) == 0) return;
            lua_pop(L, 1);
        } while (steps-- > 0);
        lua_pushvalue(L, -1);
        lua_rawget(L, -3);
        bool deeper = lua_istable(L, -1) && take_byte(s) % 4 != 0;
        if (!deeper) break;
        lua_remove(L, -2);
    }
    lua_pop(L, 1);
    if (take_byte(s) % 5 == 0) lua_pushnil(L);
    else push_value(L, s, 2);
    lua_rawset(L, -3);
}

static int compile_and_use(lua_State *L)
{
    kl_error err;
    kl_body body;
    lua_call(L, 1, 1);
    lua_newtable(L);
    lua_pushliteral(L, "a cat");
    lua_setfield(L, -2, "prompt");
    lua_pushinteger(L, 5);
    lua_setfield(L, -2, "duration");
    kl_body_init(&body, 1 << 16);
    kl_request(L, 1, 2, "kling-0", &body, &err);
    kl_body_free(&body);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lua_State *L = state();
    source s = {data, size, WORDS, sizeof WORDS / sizeof *WORDS - 1};
    lua_pushcfunction(L, compile_and_use);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, (lua_Integer)take_byte(&s));
    lua_call(L, 1, 1);
    int data_at = lua_gettop(L);
    for (int i = 0; i < 3 && s.left > 0; i++, lua_settop(L, data_at)) spoil(L, &s);
    if (lua_pcall(L, 2, 0, 0) != 0) PROMISE(lua_type(L, -1) == LUA_TSTRING);
    lua_settop(L, 2);
    lua_gc(L, LUA_GCSTEP, 0);
    return 0;
}
