/* problem.c - see problem.h. */
#include "problem.h"

#include "text.h"

#include <stdarg.h>
#include <stdio.h>

enum { MOST = 100, SHOWN = 60, PATH_MAX_BYTES = 200, WORDS = 600 };

/* The name of a field, below its group where it was given there. */
static int write_field(const kl_plan *p, const kl_where *w, const char *dot, char *out, size_t room)
{
    const kl_field *field = kl_frame_field(p, w->frame, w->number);
    const char *name = kl_plan_text(p, field->name);
    if ((w->frame->grouped >> w->number & 1) == 0) return snprintf(out, room, "%s%s", dot, name);
    const kl_field *group = kl_frame_field(p, w->frame, field->group);
    return snprintf(out, room, "%s%s.%s", dot, kl_plan_text(p, group->name), name);
}

static size_t write_path(const kl_plan *p, const kl_where *w, char *out, size_t room)
{
    if (w == NULL) return 0;
    size_t n = write_path(p, w->up, out, room);
    const char *dot = n > 0 ? "." : "";
    int more = w->frame != NULL  ? write_field(p, w, dot, out + n, room - n)
               : w->name != NULL ? snprintf(out + n, room - n, "%s%.*s", dot, SHOWN, w->name)
                                 : snprintf(out + n, room - n, "[%d]", w->number);
    return more < 0 || n + (size_t)more >= room ? room - 1 : n + (size_t)more;
}

/* A text in quotes, cut to what a message can bear, control characters made visible. */
static void show_string(const char *text, size_t len, char *out, size_t room)
{
    size_t points = 0, bad, n = kl_utf8_cut(text, len, SHOWN);
    bool valid = kl_utf8_count(text, len, &points, &bad);
    char part[SHOWN + 1];
    for (size_t i = 0; i < n; i++)
        part[i] = (unsigned char)text[i] >= ' ' && (valid || text[i] > 0) ? text[i] : '?';
    part[n] = '\0';
    if (n == len)
        snprintf(out, room, "\"%s\"", part);
    else
        snprintf(out, room, "\"%s...\" (%zu %s)", part, valid ? points : len,
                 valid ? "characters" : "bytes");
}

static void show_number(const kl_datum *d, char *out, size_t room)
{
    if (d->whole)
        snprintf(out, room, "%lld", (long long)d->n);
    else if (isnan(d->as.x))
        snprintf(out, room, "NaN");
    else
        snprintf(out, room, "%.14g", d->as.x);
}

static void show(lua_State *L, const kl_datum *d, char *out, size_t room)
{
    switch (d == NULL ? LUA_TNIL : d->type) {
    case LUA_TNIL: snprintf(out, room, "nothing"); break;
    case LUA_TBOOLEAN: snprintf(out, room, "%s", d->as.flag ? "true" : "false"); break;
    case LUA_TNUMBER: show_number(d, out, room); break;
    case LUA_TSTRING: show_string(d->as.text, d->len, out, room); break;
    case LUA_TTABLE:
        if (d->len > 0)
            snprintf(out, room, "a list of %zu", d->len);
        else
            snprintf(out, room, "a table");
        break;
    default: snprintf(out, room, "a %s", lua_typename(L, d->type));
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
    if (write_path(c->plan, where, path, sizeof path) == 0) snprintf(path, sizeof path, "request");
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

static void add(kl_check *c, const kl_where *where, const char *got, const char *format,
                va_list args)
{
    char allowed[WORDS];
    if (c->count >= MOST) return;
    luaL_checkstack(c->L, 6, "problems");
    vsnprintf(allowed, sizeof allowed, format, args);
    push(c, where, got, allowed);
    append(c);
}

void kl_problem(kl_check *c, const kl_where *where, const kl_datum *given, const char *allowed, ...)
{
    char got[2 * SHOWN + 40];
    va_list args;
    show(c->L, given, got, sizeof got);
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

void kl_problem_unknown(kl_check *c, const kl_where *where, const kl_datum *given,
                        const char *nearest)
{
    char got[2 * SHOWN + 40], allowed[WORDS];
    if (c->count >= MOST) return;
    luaL_checkstack(c->L, 6, "problems");
    show(c->L, given, got, sizeof got);
    snprintf(allowed, sizeof allowed, "there is no such field here%s%s%s",
             nearest == NULL ? "" : "; did you mean \"", nearest == NULL ? "" : nearest,
             nearest == NULL ? "" : "\"?");
    c->rule = "unknown_field";
    push(c, where, got, allowed);
    c->rule = NULL;
    if (where->name != NULL) set(c->L, "field", where->name);
    append(c);
}
