/* compat.h - the Lua 5.4 API spelled for 5.1, LuaJIT, 5.2 and 5.3.
 *
 * Owns: every difference between Lua versions; LUA_VERSION_NUM appears in this file alone.
 * Stands on: lua.h.
 * Never: defines a name that LuaJIT exports (luaL_setfuncs and others): ours start with kl_.
 */
#ifndef KL_COMPAT_H
#define KL_COMPAT_H

#include <lua.h>

#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define KL_MAYBE_UNUSED __attribute__((unused))
#define KL_EXPORT __attribute__((visibility("default")))
#else
#define KL_MAYBE_UNUSED
#define KL_EXPORT
#endif

/* Functions that not every Lua has. A Lua that lacks them may load the module all the same, so that
 * luaopen_kling_core, not the dynamic linker, says what is wrong. */
#if defined(__GNUC__) && defined(__ELF__)
#if LUA_VERSION_NUM == 501
#pragma weak lua_call
#pragma weak lua_getfenv
#pragma weak lua_objlen
#pragma weak lua_pcall
#pragma weak lua_setfenv
#pragma weak lua_tointeger
#pragma weak lua_tonumber
#else
#pragma weak lua_callk
#pragma weak lua_copy
#pragma weak lua_getglobal
#pragma weak lua_pcallk
#pragma weak lua_rawlen
#pragma weak lua_tointegerx
#pragma weak lua_tonumberx
#endif
#if LUA_VERSION_NUM <= 502
#pragma weak lua_insert
#pragma weak lua_remove
#pragma weak lua_replace
#else
#pragma weak lua_isinteger
#pragma weak lua_rotate
#endif
#if LUA_VERSION_NUM == 504
#pragma weak lua_getiuservalue
#pragma weak lua_newuserdatauv
#pragma weak lua_setiuservalue
#else
#pragma weak lua_newuserdata
#endif
#if LUA_VERSION_NUM == 502 || LUA_VERSION_NUM == 503
#pragma weak lua_getuservalue
#pragma weak lua_setuservalue
#endif
#endif

/* The Lua this file was compiled for, as `_VERSION` spells it. */
#if LUA_VERSION_NUM == 501
#define KL_LUA_VERSION "Lua 5.1"
#elif LUA_VERSION_NUM == 502
#define KL_LUA_VERSION "Lua 5.2"
#elif LUA_VERSION_NUM == 503
#define KL_LUA_VERSION "Lua 5.3"
#elif LUA_VERSION_NUM == 504
#define KL_LUA_VERSION "Lua 5.4"
#else
#error "kling is written for Lua 5.1 to 5.4 and LuaJIT"
#endif

#if LUA_VERSION_NUM >= 502
#define kl_rawlen(L, i) ((size_t)lua_rawlen(L, i))
#else
#define kl_rawlen(L, i) lua_objlen(L, i)
#endif

/* Userdata with one slot that keeps another value alive (5.1: its environment, so a table). */
#if LUA_VERSION_NUM >= 504
#define kl_newuserdata(L, size) lua_newuserdatauv(L, size, 1)
#define kl_setslot(L, i) ((void)lua_setiuservalue(L, i, 1)) /* [-1, +0] */
#define kl_getslot(L, i) ((void)lua_getiuservalue(L, i, 1)) /* [-0, +1] */
#elif LUA_VERSION_NUM >= 502
#define kl_newuserdata(L, size) lua_newuserdata(L, size)
#define kl_setslot(L, i) lua_setuservalue(L, i)
#define kl_getslot(L, i) ((void)lua_getuservalue(L, i))
#else
#define kl_newuserdata(L, size) lua_newuserdata(L, size)
#define kl_setslot(L, i) ((void)lua_setfenv(L, i))
#define kl_getslot(L, i) lua_getfenv(L, i)
#endif

/* Index that stays right while values are pushed. */
KL_MAYBE_UNUSED static inline int kl_absindex(lua_State *L, int i)
{
    return i > 0 || i <= LUA_REGISTRYINDEX ? i : lua_gettop(L) + i + 1;
}

/* The type of what lua_getfield/lua_rawgeti pushed; both return nothing before 5.3. [-0, +1] */
KL_MAYBE_UNUSED static inline int kl_getfield(lua_State *L, int i, const char *name)
{
    lua_getfield(L, i, name);
    return lua_type(L, -1);
}

KL_MAYBE_UNUSED static inline int kl_rawgeti(lua_State *L, int i, int n)
{
    lua_rawgeti(L, i, n);
    return lua_type(L, -1);
}

/* Registry-like access by address. [-0, +1] and [-1, +0] */
KL_MAYBE_UNUSED static inline int kl_rawgetp(lua_State *L, int i, const void *key)
{
    i = kl_absindex(L, i);
    lua_pushlightuserdata(L, (void *)(uintptr_t)key);
    lua_rawget(L, i);
    return lua_type(L, -1);
}

KL_MAYBE_UNUSED static inline void kl_rawsetp(lua_State *L, int i, const void *key)
{
    i = kl_absindex(L, i);
    lua_pushlightuserdata(L, (void *)(uintptr_t)key);
    lua_insert(L, -2);
    lua_rawset(L, i);
}

/* Functions of a list go into the table on the top. */
KL_MAYBE_UNUSED static inline void kl_setfuncs(lua_State *L, const luaL_Reg *list)
{
    for (; list->name != NULL; list++) {
        lua_pushcfunction(L, list->func);
        lua_setfield(L, -2, list->name);
    }
}

/* The userdata behind `i` when its metatable is the registered `name`, else NULL. */
KL_MAYBE_UNUSED static inline void *kl_testudata(lua_State *L, int i, const char *name)
{
    void *p = lua_touserdata(L, i);
    if (p == NULL || lua_islightuserdata(L, i) || !lua_getmetatable(L, i)) return NULL;
    luaL_getmetatable(L, name);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same ? p : NULL;
}

/* The number at `i` as a double; true when it is exactly the whole number `n`. */
KL_MAYBE_UNUSED static inline bool kl_tonumber(lua_State *L, int i, int64_t *n, double *x)
{
#if LUA_VERSION_NUM >= 503
    if (lua_isinteger(L, i)) {
        *n = (int64_t)lua_tointeger(L, i);
        *x = (double)*n;
        return true;
    }
#endif
    *x = (double)lua_tonumber(L, i);
    if (!(*x >= -9007199254740992.0 && *x <= 9007199254740992.0)) return false;
    *n = (int64_t)*x;
    return (double)*n == *x;
}

/* Whole numbers in the range of int64 that were not rounded on their way: integers where Lua has
 * them, else doubles up to 2^53. False for anything else, strings included. */
KL_MAYBE_UNUSED static inline bool kl_towhole(lua_State *L, int i, int64_t *n)
{
    double x;
    return lua_type(L, i) == LUA_TNUMBER && kl_tonumber(L, i, n, &x);
}

/* Pushes a whole number as the integer it is; on Lua without integers, as a double. [-0, +1] */
KL_MAYBE_UNUSED static inline void kl_pushwhole(lua_State *L, int64_t n)
{
#if LUA_VERSION_NUM >= 503
    lua_pushinteger(L, (lua_Integer)n);
#else
    lua_pushnumber(L, (lua_Number)n);
#endif
}

/* The state's main thread, or NULL where it can't be found out (5.1 in a coroutine). */
KL_MAYBE_UNUSED static inline lua_State *kl_mainthread(lua_State *L)
{
#if LUA_VERSION_NUM >= 502
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    lua_State *mainL = lua_tothread(L, -1);
    lua_pop(L, 1);
    return mainL;
#else
    bool is_main = lua_pushthread(L) == 1;
    lua_pop(L, 1);
    return is_main ? L : NULL;
#endif
}

#endif
