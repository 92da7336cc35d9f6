/* make_value.h - turns the bytes of an input into Lua values, names of the data among them.
 *
 * Owns: the reading of an input from its start on; it gives zeros when it is used up.
 * Stands on: lua.h.
 * Never: nests deeper than four tables.
 */
#ifndef MAKE_VALUE_H
#define MAKE_VALUE_H

#include "compat.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct source {
    const uint8_t *at;
    size_t left;
    const char *const *words; /* names and words worth trying, ended by NULL */
    size_t nwords;
} source;

static inline unsigned take_byte(source *s)
{
    if (s->left == 0) return 0;
    s->left--;
    return *s->at++;
}

/* One of the words, or bytes of the input. [-0, +1] */
static inline void push_text(lua_State *L, source *s)
{
    unsigned choice = take_byte(s);
    if (choice < 200) {
        lua_pushstring(L, s->words[choice % s->nwords]);
        return;
    }
    size_t n = choice < 250 ? take_byte(s) % 16 : take_byte(s) * 16;
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    for (size_t i = 0; i < n; i++) luaL_addchar(&b, (char)take_byte(s));
    luaL_pushresult(&b);
}

static inline void push_number(lua_State *L, source *s)
{
    static const double numbers[] = {0, 1, -1, 5, 10, 15, 16, 0.5, 1.01, 1e18, -1e300};
    unsigned choice = take_byte(s);
    if (choice < 128) kl_pushwhole(L, (int64_t)choice - 20);
    else if (choice < 140) lua_pushnumber(L, choice & 1 ? (double)NAN : (double)INFINITY);
    else lua_pushnumber(L, numbers[choice % (sizeof numbers / sizeof *numbers)]);
}

static void push_value(lua_State *L, source *s, int depth);

/* Names to values; or a list, with a hole now and then. [-0, +1] */
static inline void push_table(lua_State *L, source *s, int depth)
{
    unsigned shape = take_byte(s);
    int n = (int)(shape % 9);
    lua_newtable(L);
    for (int i = 1; i <= n; i++) {
        if (shape < 128) push_text(L, s);
        else lua_pushinteger(L, take_byte(s) < 250 ? i : i + 1);
        push_value(L, s, depth + 1);
        lua_rawset(L, -3);
    }
}

static void push_value(lua_State *L, source *s, int depth)
{
    luaL_checkstack(L, 10, "value");
    switch (take_byte(s) % (depth < 4 ? 9 : 6)) {
    case 0: lua_pushboolean(L, (int)(take_byte(s) & 1)); break;
    case 1:
    case 2: push_number(L, s); break;
    case 3: lua_pushlightuserdata(L, take_byte(s) < 250 ? NULL : L); break;
    case 4:
    case 5: push_text(L, s); break;
    default: push_table(L, s, depth);
    }
}

#define PROMISE(that)                                                                              \
    do {                                                                                           \
        if (!(that)) {                                                                             \
            fprintf(stderr, "broken promise: %s\n", #that);                                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
