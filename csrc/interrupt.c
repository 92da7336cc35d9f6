/* interrupt.c - see interrupt.h.
 *
 * Owns: the main state's place in the registry (Lua 5.1 has no other way to it from a coroutine).
 * Stands on: interrupt.h.
 * Never: keeps a lua_State in C memory beyond one wait.
 */
#include "interrupt.h"

static const char MAIN_STATE;

void kl_interrupt_setup(lua_State *L)
{
    if (kl_mainthread(L) != L) return;
    lua_pushthread(L);
    kl_rawsetp(L, LUA_REGISTRYINDEX, &MAIN_STATE);
}

void kl_interrupt_begin(lua_State *L, kl_interrupt *i)
{
    i->main = kl_mainthread(L);
    if (i->main == NULL) {
        kl_rawgetp(L, LUA_REGISTRYINDEX, &MAIN_STATE);
        i->main = lua_tothread(L, -1);
        lua_pop(L, 1);
    }
    i->hook = i->main == NULL ? NULL : lua_gethook(i->main);
}

static int nothing(lua_State *L)
{
    (void)L;
    return 0;
}

/* A hook of this coroutine fires on the call of a function. The main state's is out of reach from
 * here; that it has changed says enough. Asked in this order, or LuaJIT, whose hooks belong to
 * all coroutines, reports an error in error handling. */
void kl_interrupt_check(lua_State *L, const kl_interrupt *i)
{
    if (lua_gethook(L) != NULL) {
        lua_pushcfunction(L, nothing);
        lua_call(L, 0, 0);
    }
    if (i->main != NULL && i->main != L && lua_gethook(i->main) != i->hook)
        luaL_error(L, "interrupted!");
}
