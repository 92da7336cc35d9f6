/* request_door.c - the plans' methods in Lua: validate and body.
 *
 * Owns: nothing but the way in. Stands on: request.h. Never: sends.
 */
#include "request.h"

enum { PREVIEW_MAX = 512 * 1024 * 1024 };
#define KL_BODY "kling.body"

static int collect_body(lua_State *L)
{
    kl_body_free(lua_touserdata(L, 1));
    return 0;
}

/* Pushes the whole body as a string. [-0, +1, e] */
static void push_body(lua_State *L, kl_body *body)
{
    luaL_Buffer b;
    char piece[4096];
    uint64_t at = 0;
    long n;
    if (body->nfiles == 0) {
        lua_pushlstring(L, body->text.data, body->text.len);
        return;
    }
    luaL_buffinit(L, &b);
    while ((n = kl_body_read(body, at, piece, sizeof piece)) > 0) {
        luaL_addlstring(&b, piece, (size_t)n);
        at += (uint64_t)n;
    }
    luaL_pushresult(&b);
}

/* plan:validate(request) -> nil, or a list of problems */
static int plan_validate(lua_State *L)
{
    kl_error err;
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    if (kl_request(L, 1, 2, NULL, NULL, &err) == KL_GOOD) lua_pushnil(L);
    return 1;
}

/* The one body all previews are written to, emptied. [-0, +1, e] */
static kl_body *scratch(lua_State *L)
{
    static const char key;
    kl_body *body;
    if (kl_rawgetp(L, LUA_REGISTRYINDEX, &key) == LUA_TUSERDATA) {
        body = lua_touserdata(L, -1);
        kl_body_reset(body);
        return body;
    }
    lua_pop(L, 1);
    body = kl_newuserdata(L, sizeof *body);
    kl_body_init(body, PREVIEW_MAX);
    luaL_getmetatable(L, KL_BODY);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    kl_rawsetp(L, LUA_REGISTRYINDEX, &key);
    return body;
}

/* plan:body(request, minted) -> the body's text, or nil, why not, and the list of problems */
static int plan_body(lua_State *L)
{
    kl_error err;
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 3);
    kl_body *body = scratch(L);
    kl_verdict verdict = kl_request(L, 1, 2, lua_tostring(L, 3), body, &err);
    if (verdict == KL_GOOD) {
        push_body(L, body);
        return 1;
    }
    lua_pushnil(L);
    if (verdict == KL_UNWRITTEN) {
        lua_pushstring(L, err.message);
        return 2;
    }
    kl_rawgeti(L, -2, 1);
    lua_getfield(L, -1, "message");
    lua_replace(L, -2);
    lua_pushvalue(L, -3);
    return 3;
}

void kl_request_register(lua_State *L)
{
    luaL_newmetatable(L, KL_BODY);
    lua_pushcfunction(L, collect_body);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_getmetatable(L, KL_PLAN);
    lua_getfield(L, -1, "__index");
    lua_pushcfunction(L, plan_validate);
    lua_setfield(L, -2, "validate");
    lua_pushcfunction(L, plan_body);
    lua_setfield(L, -2, "body");
    lua_pop(L, 2);
}
