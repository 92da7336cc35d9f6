/* core.c - luaopen_kling_core: puts the parts together, and a few small tools for the Lua side.
 *
 * Owns: the module table, the version.
 * Stands on: everything else.
 * Never: has a part's knowledge; what is more than a few lines belongs to a part.
 */
#define _GNU_SOURCE 1
#include "bridge.h"
#include "chance.h"
#include "clock.h"
#include "engine.h"
#include "interrupt.h"
#include "localfile.h"
#include "media.h"
#include "own.h"
#include "sign.h"
#include "request.h"

#include <dlfcn.h>

#define VERSION "0.1.0"

enum { DIGEST = 32 };

/* ---- tools ------------------------------------------------------------------------------- */

static int now(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)kl_clock_wall());
    return 1;
}

static int clock(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)kl_clock_monotonic());
    return 1;
}

/* core.random_id(prefix) -> the prefix and 26 letters that nobody else has */
static int random_id(lua_State *L)
{
    char id[KL_RANDOM_ID + 1];
    const char *prefix = luaL_optstring(L, 1, "");
    if (!kl_random_id(id)) return luaL_error(L, "the system gives no random numbers");
    lua_pushfstring(L, "%s%s", prefix, id);
    return 1;
}

/* core.sha256(text) -> hexadecimal digits */
static int sha256(lua_State *L)
{
    static const char HEX[] = "0123456789abcdef";
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    unsigned char digest[DIGEST];
    char out[2 * DIGEST];
    if (!kl_sign_sha256(text, n, digest)) return luaL_error(L, "not enough memory for SHA-256");
    for (int i = 0; i < DIGEST; i++) {
        out[2 * i] = HEX[digest[i] >> 4];
        out[2 * i + 1] = HEX[digest[i] & 15];
    }
    lua_pushlstring(L, out, sizeof out);
    return 1;
}

/* core.hmac_sha256(key, text) -> 32 bytes */
static int hmac_sha256(lua_State *L)
{
    size_t nkey, n;
    const char *key = luaL_checklstring(L, 1, &nkey), *text = luaL_checklstring(L, 2, &n);
    unsigned char mac[DIGEST];
    if (!kl_sign_hmac(key, nkey, text, n, mac)) return luaL_error(L, "not enough memory for HMAC");
    lua_pushlstring(L, (const char *)mac, sizeof mac);
    return 1;
}

/* core.equal(a, b): in a time that tells nothing about where they differ */
static int equal(lua_State *L)
{
    size_t na, nb;
    const char *a = luaL_checklstring(L, 1, &na), *b = luaL_checklstring(L, 2, &nb);
    lua_pushboolean(L, na == nb && kl_sign_equal(a, b, na));
    return 1;
}

static int base64(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    size_t len = (size_t)kl_base64_length(n);
    char *out = lua_newuserdata(L, len + 1);
    kl_base64_encode(text, n, out);
    lua_pushlstring(L, out, len);
    return 1;
}

/* core.unbase64(text) -> bytes | nil, message */
static int unbase64(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    kl_base64_text t;
    char why[160];
    if (!kl_base64_check(text, n, &t, why, sizeof why)) {
        lua_pushnil(L);
        lua_pushstring(L, why);
        return 2;
    }
    unsigned char *out = lua_newuserdata(L, (size_t)t.decoded + 1);
    kl_base64_decode(&t, out);
    lua_pushlstring(L, (const char *)out, (size_t)t.decoded);
    return 1;
}

/* core.libcurl() -> its version and that of its TLS library */
static int libcurl(lua_State *L)
{
    char version[128];
    kl_http_version(version, sizeof version);
    lua_pushstring(L, version);
    return 1;
}

/* core.methods("task") -> the table that Lua adds methods to */
static int methods(lua_State *L)
{
    lua_pushfstring(L, "kling.%s", luaL_checkstring(L, 1));
    kl_class_methods(L, lua_tostring(L, -1));
    return 1;
}

/* ---- loading ----------------------------------------------------------------------------- */

/* Raises when this is another Lua than the one the module was compiled for. Only functions that all
 * of them have are called: an __index metamethod stands for lua_call, which 5.2 made a macro. */
static void check_version(lua_State *L)
{
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 1);
    luaL_loadstring(L, "return _VERSION");
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_getfield(L, -1, "version");
    const char *version = lua_tolstring(L, -1, NULL);
    if (version == NULL || strcmp(version, KL_LUA_VERSION) != 0)
        luaL_error(L, "kling.core was built for %s and can't be loaded into %s", KL_LUA_VERSION,
                   version == NULL ? "this Lua" : version);
    lua_settop(L, -3);
}

static void set_constants(lua_State *L)
{
    lua_pushliteral(L, VERSION);
    lua_setfield(L, -2, "version");
    lua_pushinteger(L, KL_ID_MAX - 1);
    lua_setfield(L, -2, "longest_id");
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
}

KL_EXPORT int luaopen_kling_core(lua_State *L);

/* Keeps this library in memory for as long as the process lives: a closing LuaJIT unloads modules
 * before it runs the last finalizers, which may still call them. */
static void pin_library(void)
{
    Dl_info info;
    if (dladdr((void *)(uintptr_t)&luaopen_kling_core, &info) != 0 && info.dli_fname != NULL)
        dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

KL_EXPORT int luaopen_kling_core(lua_State *L)
{
    static const luaL_Reg TOOLS[] = {
        {"now", now},       {"clock", clock},   {"random_id", random_id},
        {"sha256", sha256}, {"equal", equal},   {"hmac_sha256", hmac_sha256},
        {"base64", base64}, {"unbase64", unbase64}, {"libcurl", libcurl},
        {"methods", methods}, {NULL, NULL}};
    static void (*const PARTS[])(lua_State *) = {
        kl_plan_register,    kl_request_register,  kl_localfile_register,
        kl_own_register,     kl_reply_register,    kl_account_register,
        kl_route_register,   kl_engine_register};
    check_version(L);
    pin_library();
    kl_interrupt_setup(L);
    lua_newtable(L);
    kl_setfuncs(L, TOOLS);
    set_constants(L);
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) PARTS[i](L);
    return 1;
}
