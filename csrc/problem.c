/* problem.c - see problem.h. */
#include "problem.h"

#include "text.h"

#include <stdarg.h>
#include <stdio.h>

enum { MOST = 100, SHOWN = 60, PATH_MAX_BYTES = 200, WORDS = 600 };

static size_t write_path(const kl_where *w, char *out, size_t room)
{
    if (w == NULL) return (size_t)snprintf(out, room, "request");
    size_t n = w->up == NULL ? 0 : write_path(w->up, out, room);
    int more = w->name == NULL ? snprintf(out + n, room - n, "[%d]", w->place)
                               : snprintf(out + n, room - n, "%s%.*s", n > 0 ? "." : "", SHOWN, w->name);
    return more < 0 || n + (size_t)more >= room ? room - 1 : n + (size_t)more;
}

/* A text in quotes, cut to what a message can bear, control characters made visible. */
static void show_string(const char *text, size_t len, char *out, size_t room)
{
    size_t points = 0, bad, n = kl_utf8_cut(text, len, SHOWN);
    bool valid = kl_utf8_count(text, len, &points, &bad);
    char part[SHOWN + 1];
    for (size_t i = 0; i < n; i++)
        part[i] = (unsigned char)text[i] < ' ' || (!valid && (unsigned char)text[i] > 126) ? '?' : text[i];
    part[n] = '\0';
    if (n == len)
        snprintf(out, room, "\"%s\"", part);
    else
        snprintf(out, room, "\"%s...\" (%zu %s)", part, valid ? points : len,
                 valid ? "characters" : "bytes");
}

static void show_number(lua_State *L, int i, char *out, size_t room)
{
    int64_t n;
    if (kl_towhole(L, i, &n))
        snprintf(out, room, "%lld", (long long)n);
    else if (isnan(lua_tonumber(L, i)))
        snprintf(out, room, "NaN");
    else
        snprintf(out, room, "%.14g", (double)lua_tonumber(L, i));
}

static void show(lua_State *L, int i, char *out, size_t room)
{
    size_t len;
    const char *text;
    switch (i == 0 ? LUA_TNIL : lua_type(L, i)) {
    case LUA_TNIL: snprintf(out, room, "nothing"); break;
    case LUA_TBOOLEAN: snprintf(out, room, "%s", lua_toboolean(L, i) ? "true" : "false"); break;
    case LUA_TNUMBER: show_number(L, i, out, room); break;
    case LUA_TSTRING:
        text = lua_tolstring(L, i, &len);
        show_string(text, len, out, room);
        break;
    case LUA_TTABLE:
        if (kl_rawlen(L, i) > 0)
            snprintf(out, room, "a list of %zu", kl_rawlen(L, i));
        else
            snprintf(out, room, "a table");
        break;
    default: snprintf(out, room, "a %s", lua_typename(L, lua_type(L, i)));
    }
}

static void set(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

/* Pushes the problem's table. */
static void push(kl_check *c, const kl_where *where, const char *got, const char *allowed)
{
    lua_State *L = c->L;
    char path[PATH_MAX_BYTES];
    write_path(where, path, sizeof path);
    lua_createtable(L, 0, 5);
    set(L, "path", path);
    set(L, "got", got);
    set(L, "allowed", allowed);
    if (c->rule != NULL) set(L, "rule", c->rule);
    lua_pushfstring(L, "%s: got %s; %s", path, got, allowed);
    lua_setfield(L, -2, "message");
}

/* Takes the table on the top into the list. */
static void append(kl_check *c)
{
    if (c->count++ == 0) {
        lua_newtable(c->L);
        lua_replace(c->L, c->list);
    }
    lua_rawseti(c->L, c->list, c->count);
}

static void add(kl_check *c, const kl_where *where, const char *got, const char *format, va_list args)
{
    char allowed[WORDS];
    if (c->count >= MOST) return;
    luaL_checkstack(c->L, 6, "problems");
    vsnprintf(allowed, sizeof allowed, format, args);
    push(c, where, got, allowed);
    append(c);
}

void kl_problem(kl_check *c, const kl_where *where, int value, const char *allowed, ...)
{
    char got[2 * SHOWN + 40];
    va_list args;
    show(c->L, value, got, sizeof got);
    va_start(args, allowed);
    add(c, where, got, allowed, args);
    va_end(args);
}

void kl_problem_got(kl_check *c, const kl_where *where, const char *got, const char *allowed, ...)
{
    va_list args;
    va_start(args, allowed);
    add(c, where, got, allowed, args);
    va_end(args);
}

void kl_problem_unknown(kl_check *c, const kl_where *where, int value, const char *nearest)
{
    char got[2 * SHOWN + 40], allowed[WORDS];
    if (c->count >= MOST) return;
    luaL_checkstack(c->L, 6, "problems");
    show(c->L, value, got, sizeof got);
    snprintf(allowed, sizeof allowed, "there is no such field here%s%s%s",
             nearest == NULL ? "" : "; did you mean \"", nearest == NULL ? "" : nearest,
             nearest == NULL ? "" : "\"?");
    c->rule = "unknown_field";
    push(c, where, got, allowed);
    c->rule = NULL;
    if (where->name != NULL) set(c->L, "field", where->name);
    append(c);
}
