/* bridge.c - see bridge.h.
 *
 * Owns: the words of the kinds, as Lua sees them.
 * Stands on: bridge.h.
 * Never: keeps a lua_State.
 */
#include "bridge.h"

#include <stdlib.h>

/* ---- classes ----------------------------------------------------------------------------- */

void kl_class_new(lua_State *L, const char *name, const luaL_Reg *meta, const luaL_Reg *methods)
{
    luaL_newmetatable(L, name);
    lua_newtable(L);
    kl_setfuncs(L, methods);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__index");
    lua_setfield(L, -2, "methods");
    kl_setfuncs(L, meta);
    lua_pushliteral(L, "a kling type");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

void kl_class_methods(lua_State *L, const char *name)
{
    luaL_getmetatable(L, name);
    if (lua_isnil(L, -1)) luaL_error(L, "there is no class %s", name);
    lua_getfield(L, -1, "methods");
    lua_remove(L, -2);
}

void kl_class_extend(lua_State *L, const char *name, const luaL_Reg *methods)
{
    kl_class_methods(L, name);
    kl_setfuncs(L, methods);
    lua_pop(L, 1);
}

void *kl_class_make(lua_State *L, const char *name, size_t size)
{
    void *p = kl_newuserdata(L, size);
    memset(p, 0, size);
    luaL_getmetatable(L, name);
    lua_setmetatable(L, -2);
    return p;
}

/* ---- options ----------------------------------------------------------------------------- */

bool kl_option_push(lua_State *L, int t, const char *name)
{
    if (kl_getfield(L, t, name) != LUA_TNIL) return true;
    lua_pop(L, 1);
    return false;
}

/* Pushes the option when it is given and of that type; raises for any other type. */
static bool push_typed(lua_State *L, int t, const char *name, int type)
{
    if (!kl_option_push(L, t, name)) return false;
    if (lua_type(L, -1) != type)
        luaL_error(L, "option %s must be a %s, not a %s", name, lua_typename(L, type),
                   luaL_typename(L, -1));
    return true;
}

const char *kl_option_string(lua_State *L, int t, const char *name, const char *fallback)
{
    if (!push_typed(L, t, name, LUA_TSTRING)) return fallback;
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    if (strlen(text) != len) luaL_error(L, "option %s has a zero byte in it", name);
    lua_pop(L, 1);
    return text;
}

double kl_option_number(lua_State *L, int t, const char *name, double fallback)
{
    if (!push_typed(L, t, name, LUA_TNUMBER)) return fallback;
    double x = (double)lua_tonumber(L, -1);
    if (!(x >= 0)) luaL_error(L, "option %s must not be negative", name);
    lua_pop(L, 1);
    return x;
}

bool kl_option_flag(lua_State *L, int t, const char *name, bool fallback)
{
    if (!push_typed(L, t, name, LUA_TBOOLEAN)) return fallback;
    bool flag = lua_toboolean(L, -1) != 0;
    lua_pop(L, 1);
    return flag;
}

/* ---- errors ------------------------------------------------------------------------------ */

void kl_push_kind(lua_State *L, kl_kind kind)
{
    static const char *const WORDS[KL_KIND_COUNT] = {
#define KIND_WORD(name, word) word,
        KL_KINDS(KIND_WORD)
#undef KIND_WORD
    };
    lua_pushstring(L, WORDS[kind]);
}

static void set_string(lua_State *L, const char *name, const char *text)
{
    if (text == NULL || *text == '\0') return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void set_kind(lua_State *L, const char *name, kl_kind kind)
{
    if (kind == KL_NONE) return;
    kl_push_kind(L, kind);
    lua_setfield(L, -2, name);
}

void kl_push_error(lua_State *L, const kl_error *e, const kl_about *about)
{
    static const kl_about NOTHING = {0};
    if (about == NULL) about = &NOTHING;
    lua_pushstring(L, e->message);
    lua_createtable(L, 0, 8);
    set_kind(L, "kind", e->kind);
    set_kind(L, "cause", e->cause);
    lua_pushboolean(L, e->retryable);
    lua_setfield(L, -2, "retryable");
    if (e->status != 0) {
        kl_pushwhole(L, e->status);
        lua_setfield(L, -2, "status");
    }
    if (e->retry_after >= 0) {
        lua_pushnumber(L, (lua_Number)e->retry_after);
        lua_setfield(L, -2, "retry_after");
    }
    set_string(L, "code", e->code);
    set_string(L, "request_id", e->request_id);
    set_string(L, "hint", e->hint);
    set_string(L, "task_id", about->task_id);
    set_string(L, "external_task_id", about->external_task_id);
    set_string(L, "gateway", about->gateway);
    set_string(L, "fault", about->fault);
}

_Noreturn void kl_raise_memory(lua_State *L)
{
    luaL_error(L, "not enough memory");
    abort(); /* not reached; Lua does not say that luaL_error never returns */
}
