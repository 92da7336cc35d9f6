/* localfile.c - see localfile.h. */
#include "localfile.h"

#define KL_FILE "kling.file"

bool kl_localfile_is(lua_State *L, int i)
{
    if (!lua_istable(L, i) || !lua_getmetatable(L, i)) return false;
    luaL_getmetatable(L, KL_FILE);
    bool same = lua_rawequal(L, -1, -2) != 0;
    lua_pop(L, 2);
    return same;
}

const char *kl_localfile_path(lua_State *L, int i)
{
    i = kl_absindex(L, i);
    lua_pushliteral(L, "path");
    lua_rawget(L, i);
    const char *path = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    lua_pop(L, 1);
    return path;
}

/* core.file(path) */
static int new_file(lua_State *L)
{
    size_t len;
    const char *path = luaL_checklstring(L, 1, &len);
    luaL_argcheck(L, len > 0 && strlen(path) == len, 1, "a path is expected, without NUL");
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, 1);
    lua_setfield(L, -2, "path");
    luaL_getmetatable(L, KL_FILE);
    lua_setmetatable(L, -2);
    return 1;
}

static int to_string(lua_State *L)
{
    lua_pushfstring(L, "kling.file %s", kl_localfile_path(L, 1));
    return 1;
}

void kl_localfile_register(lua_State *L)
{
    luaL_newmetatable(L, KL_FILE);
    lua_pushcfunction(L, to_string);
    lua_setfield(L, -2, "__tostring");
    lua_pop(L, 1);
    lua_pushcfunction(L, new_file);
    lua_setfield(L, -2, "file");
}
