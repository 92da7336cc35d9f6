/* walk.c - the floor for a C module handed a Lua table: walk it, write JSON, check nothing.
 *
 * Owns: one output buffer that stays.
 * Stands on: the Lua API alone.
 * Never: asks whether a field is known, a value allowed, a text valid UTF-8 or a table too deep.
 */
#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if LUA_VERSION_NUM < 502
#define lua_rawlen lua_objlen
#endif

static struct { char *data; size_t length, room; } out;

static void grow(size_t n)
{
    out.room = (out.room + n) * 2;
    out.data = realloc(out.data, out.room);
    if (!out.data) abort();
}

static inline char *reserve(size_t n)
{
    if (out.room - out.length < n) grow(n);
    return out.data + out.length;
}

static inline void put(char c)
{
    *reserve(1) = c;
    out.length++;
}

/* True when none of 8 bytes is a control character, a quote or a backslash. */
static inline bool plain(uint64_t v)
{
    const uint64_t one = 0x0101010101010101u, top = one * 0x80;
    uint64_t quote = v ^ one * '"', slash = v ^ one * '\\';
    return (((v - one * 0x20) | (quote - one) | (slash - one)) & ~v & top) == 0;
}

static inline bool plain_byte(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

static char *escape(char *to, unsigned char c)
{
    if (c < 0x20) return to + sprintf(to, "\\u%04x", c);
    *to++ = '\\';
    *to++ = (char)c;
    return to;
}

/* Copies 8 bytes if all may stand as they are; `to` is untouched otherwise. */
static inline bool copy8(char *to, const char *from)
{
    uint64_t v;
    memcpy(&v, from, 8);
    if (!plain(v)) return false;
    memcpy(to, &v, 8);
    return true;
}

/* The last bytes are copied with some of those before them: only short texts go byte by byte. */
static void put_string(const char *s, size_t n)
{
    const char *end = s + n;
    char *start = reserve(n * 6 + 16), *to = start;
    *to++ = '"';
    while (end - s >= 8) {
        if (copy8(to, s)) s += 8, to += 8;
        else if (plain_byte(*s)) *to++ = *s++;
        else to = escape(to, (unsigned char)*s++);
    }
    if (n >= 8 && s < end && copy8(to - 8 + (end - s), end - 8)) to += end - s, s = end;
    while (s < end) {
        if (plain_byte(*s)) *to++ = *s++;
        else to = escape(to, (unsigned char)*s++);
    }
    *to++ = '"';
    out.length += (size_t)(to - start);
}

static void put_integer(int64_t v)
{
    char digits[24], *d = digits + sizeof digits;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do *--d = (char)('0' + u % 10);
    while ((u /= 10) != 0);
    if (v < 0) *--d = '-';
    size_t n = (size_t)(digits + sizeof digits - d);
    memcpy(reserve(n), d, n);
    out.length += n;
}

/* Up to three decimals without printf, which alone costs 2,600 instructions. */
static bool put_decimal(lua_Number v)
{
    lua_Number thousandths = v * 1000;
    if (v < 0 || v > 1e9 || (lua_Number)(int64_t)thousandths != thousandths) return false;
    int64_t t = (int64_t)thousandths;
    put_integer(t / 1000);
    put('.');
    for (int64_t part = t % 1000, unit = 100; part > 0; part %= unit, unit /= 10)
        put((char)('0' + part / unit));
    return true;
}

static void put_number(lua_Number v)
{
    if (v >= -1e15 && v <= 1e15 && (lua_Number)(int64_t)v == v) put_integer((int64_t)v);
    else if (!put_decimal(v))
        out.length += (size_t)snprintf(reserve(32), 32, "%.14g", (double)v);
}

static void put_value(lua_State *L);

static void put_array(lua_State *L, int n)
{
    put('[');
    for (int i = 1; i <= n; i++) {
        if (i > 1) put(',');
        lua_rawgeti(L, -1, i);
        put_value(L);
        lua_pop(L, 1);
    }
    put(']');
}

static void put_object(lua_State *L)
{
    size_t n;
    char before = '{';
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1), before = ',') {
        put(before);
        const char *key = lua_tolstring(L, -2, &n);
        put_string(key, n);
        put(':');
        put_value(L);
    }
    if (before == '{') put('{');
    put('}');
}

static void put_value(lua_State *L)
{
    size_t n;
    const char *s;
    switch (lua_type(L, -1)) {
    case LUA_TSTRING: s = lua_tolstring(L, -1, &n); put_string(s, n); break;
    case LUA_TNUMBER: put_number(lua_tonumber(L, -1)); break;
    case LUA_TBOOLEAN:
        s = lua_toboolean(L, -1) ? "true" : "false";
        n = strlen(s);
        memcpy(reserve(n), s, n);
        out.length += n;
        break;
    case LUA_TTABLE:
        n = lua_rawlen(L, -1);
        if (n > 0) put_array(L, (int)n);
        else put_object(L);
        break;
    default: break;
    }
}

static int encode(lua_State *L)
{
    lua_settop(L, 1);
    luaL_checkstack(L, 64, "too deep");
    out.length = 0;
    put_value(L);
    lua_pushlstring(L, out.data, out.length);
    return 1;
}

int luaopen_walk(lua_State *L);
int luaopen_walk(lua_State *L)
{
    lua_pushcfunction(L, encode);
    return 1;
}
