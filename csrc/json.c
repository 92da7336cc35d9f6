/* json.c - see json.h. */
#include "json.h"

#include "text.h"

#include <stdlib.h>

enum { DEEPEST = 32 };
static const char *const NO_MEMORY = "not enough memory";

static const char *value(lua_State *L, int i, kl_buf *out, int depth);

static const char *put(kl_buf *out, const char *text)
{
    return out == NULL || kl_buf_puts(out, text) ? NULL : NO_MEMORY;
}

static const char *put_string(lua_State *L, int i, kl_buf *out)
{
    size_t len, points, bad;
    const char *text = lua_tolstring(L, i, &len);
    if (!kl_utf8_count(text, len, &points, &bad)) return "a text that is not valid UTF-8";
    return out == NULL || kl_json_string(out, text, len) ? NULL : NO_MEMORY;
}

static const char *put_number(lua_State *L, int i, kl_buf *out)
{
    int64_t n;
    double x = (double)lua_tonumber(L, i);
    if (!isfinite(x)) return "a number that is not finite";
    if (out == NULL) return NULL;
    bool ok = kl_towhole(L, i, &n) ? kl_json_integer(out, n) : kl_json_number(out, x);
    return ok ? NULL : NO_MEMORY;
}

static const char *put_list(lua_State *L, int i, int n, kl_buf *out, int depth)
{
    const char *why = put(out, "[");
    for (int k = 1; why == NULL && k <= n; k++) {
        if (k > 1) why = put(out, ",");
        kl_rawgeti(L, i, k);
        if (why == NULL) why = value(L, lua_gettop(L), out, depth + 1);
        lua_pop(L, 1);
    }
    return why == NULL ? put(out, "]") : why;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of the table at `i`, sorted, in a new userdata on the top; NULL: one is no string. [-0,
 * +1] */
static const char **sorted_keys(lua_State *L, int i, int *count)
{
    int n = 0;
    for (lua_pushnil(L); lua_next(L, i) != 0; lua_pop(L, 1)) n++;
    const char **keys = lua_newuserdata(L, ((size_t)n + 1) * sizeof *keys);
    *count = 0;
    for (lua_pushnil(L); lua_next(L, i) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) {
            lua_pop(L, 2);
            return NULL;
        }
        keys[(*count)++] = lua_tostring(L, -2);
    }
    qsort(keys, (size_t)n, sizeof *keys, by_bytes);
    return keys;
}

static const char *put_object(lua_State *L, int i, kl_buf *out, int depth)
{
    int n = 0, top = lua_gettop(L);
    const char **keys = sorted_keys(L, i, &n);
    const char *why = keys == NULL ? "a table with keys of two kinds" : put(out, "{");
    for (int k = 0; why == NULL && k < n; k++) {
        lua_pushstring(L, keys[k]);
        if (k > 0) why = put(out, ",");
        if (why == NULL) why = put_string(L, lua_gettop(L), out);
        if (why == NULL) why = put(out, ":");
        lua_rawget(L, i);
        if (why == NULL) why = value(L, lua_gettop(L), out, depth + 1);
        lua_pop(L, 1);
    }
    lua_settop(L, top);
    return why == NULL ? put(out, "}") : why;
}

static const char *put_table(lua_State *L, int i, kl_buf *out, int depth)
{
    int keys = 0, n = (int)kl_rawlen(L, i);
    if (depth > DEEPEST) return "tables nested too deeply";
    luaL_checkstack(L, 8, "extra");
    if (n == 0) return put_object(L, i, out, depth);
    for (lua_pushnil(L); lua_next(L, i) != 0; lua_pop(L, 1)) keys++;
    return keys == n ? put_list(L, i, n, out, depth) : "a table with keys of two kinds";
}

static const char *value(lua_State *L, int i, kl_buf *out, int depth)
{
    switch (lua_type(L, i)) {
    case LUA_TBOOLEAN: return put(out, lua_toboolean(L, i) ? "true" : "false");
    case LUA_TNUMBER: return put_number(L, i, out);
    case LUA_TSTRING: return put_string(L, i, out);
    case LUA_TTABLE: return put_table(L, i, out, depth);
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, i) == NULL) return put(out, "null");
        return "a userdata";
    default: return lua_typename(L, lua_type(L, i));
    }
}

const char *kl_json_value(lua_State *L, int i, kl_buf *out)
{
    return value(L, i, out, 0);
}
