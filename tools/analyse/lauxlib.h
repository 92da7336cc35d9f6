/* lauxlib.h - tells analysers what Lua's own lauxlib.h does not: these functions never come back.
 *
 * Owns: nothing.
 * Stands on: the real lauxlib.h, found behind this one.
 * Never: is part of a build; only `make tidy` looks here.
 */
#include_next <lauxlib.h>

int luaL_error(lua_State *L, const char *fmt, ...) __attribute__((noreturn));
int luaL_argerror(lua_State *L, int arg, const char *message) __attribute__((noreturn));
int lua_error(lua_State *L) __attribute__((noreturn));
