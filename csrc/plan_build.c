/* plan_build.c - see plan_build.h. */
#include "plan_build.h"

#include "text.h"

#include <stdlib.h>

enum { FIRST_ROOM = 16, MOST = 60000 };

void *kl_build_grow(kl_build *b, void *array, size_t *count, size_t size)
{
    size_t n = *count;
    if (n >= MOST) kl_build_fail(b, "too much data");
    if (n == 0 || (n >= FIRST_ROOM && (n & (n - 1)) == 0)) {
        void *grown = realloc(array, (n == 0 ? FIRST_ROOM : n * 2) * size);
        if (grown == NULL) kl_build_fail(b, "not enough memory");
        array = grown;
    }
    memset((char *)array + n * size, 0, size);
    *count = n + 1;
    return array;
}

void kl_build_fail(kl_build *b, const char *what)
{
    luaL_error(b->L, "plan: %s: %s", b->path, what);
}

const char *kl_build_keep(kl_build *b, const char *name)
{
    lua_State *L = b->L;
    if (strlen(name) > KL_NAME_MAX) kl_build_fail(b, "a name is too long");
    lua_pushstring(L, name);
    const char *unique = lua_tostring(L, -1);
    lua_pushvalue(L, -1);
    lua_rawset(L, b->keep);
    return unique;
}

static void add_text(kl_build *b, const void *bytes, size_t n)
{
    kl_plan *p = b->plan;
    if (b->ntext + n > UINT32_MAX / 2) kl_build_fail(b, "too much data");
    char *grown = realloc(p->text, b->ntext + n);
    if (grown == NULL) kl_build_fail(b, "not enough memory");
    memcpy(grown + b->ntext, bytes, n);
    p->text = grown;
    b->ntext += n;
}

kl_text kl_build_text(kl_build *b, const char *text)
{
    kl_text t = {(uint32_t)b->ntext, (uint32_t)strlen(text)};
    add_text(b, text, strlen(text) + 1);
    return t;
}

kl_text kl_build_json(kl_build *b, const char *head, const char *text, const char *tail)
{
    char room[8 * KL_NAME_MAX];
    kl_buf json = {room, 0, sizeof room, sizeof room}; /* never grows: names are short */
    if (strlen(text) > KL_NAME_MAX || !kl_buf_puts(&json, head) ||
        !kl_json_string(&json, text, strlen(text)) ||
        !kl_buf_add(&json, tail, strlen(tail) + 1))
        kl_build_fail(b, "a name is too long");
    return kl_build_text(b, room);
}

int kl_build_open(kl_build *b, int t, const char *name)
{
    if (kl_getfield(b->L, t, name) == LUA_TTABLE) return lua_gettop(b->L);
    lua_pop(b->L, 1);
    return 0;
}

int kl_build_open_item(kl_build *b, int t, int i)
{
    if (kl_rawgeti(b->L, t, i) == LUA_TTABLE) return lua_gettop(b->L);
    lua_pop(b->L, 1);
    return 0;
}

const char *kl_build_string(kl_build *b, int t, const char *name, const char *fallback)
{
    bool is_string = kl_getfield(b->L, t, name) == LUA_TSTRING;
    const char *text = is_string ? lua_tostring(b->L, -1) : fallback;
    lua_pop(b->L, 1);
    return text;
}

double kl_build_number(kl_build *b, int t, const char *name, double fallback)
{
    bool is_number = kl_getfield(b->L, t, name) == LUA_TNUMBER;
    double x = is_number ? (double)lua_tonumber(b->L, -1) : fallback;
    lua_pop(b->L, 1);
    return x;
}

double kl_build_count(kl_build *b, int t, const char *name, double fallback)
{
    double x = kl_build_number(b, t, name, fallback);
    if (!(x >= 0 && x <= UINT32_MAX)) kl_build_fail(b, "a length or size from 0 to 2^32 - 1");
    return x;
}

bool kl_build_flag(kl_build *b, int t, const char *name)
{
    lua_getfield(b->L, t, name);
    bool flag = lua_toboolean(b->L, -1) != 0;
    lua_pop(b->L, 1);
    return flag;
}

const char *kl_build_item(kl_build *b, int t, int i)
{
    const char *text = kl_rawgeti(b->L, t, i) == LUA_TSTRING ? lua_tostring(b->L, -1) : NULL;
    lua_pop(b->L, 1);
    return text;
}

static int position(kl_build *b, const char *word, const char *const *list)
{
    for (int i = 0; list[i] != NULL; i++)
        if (strcmp(list[i], word) == 0) return i;
    kl_build_fail(b, word);
    return 0;
}

int kl_build_option(kl_build *b, int t, const char *name, const char *const *list, int fallback)
{
    const char *word = kl_build_string(b, t, name, NULL);
    return word == NULL ? fallback : position(b, word, list);
}

unsigned kl_build_bits(kl_build *b, int t, const char *name, const char *const *list, unsigned all)
{
    int words = kl_build_open(b, t, name);
    if (words == 0) return all;
    unsigned bits = 0;
    const char *word;
    for (int i = 1; (word = kl_build_item(b, words, i)) != NULL; i++)
        bits |= 1u << position(b, word, list);
    lua_pop(b->L, 1);
    return bits;
}

int16_t kl_build_field(kl_build *b, int16_t object, const char *name)
{
    const kl_range fields = b->plan->objects[object].fields;
    for (int16_t i = 0; i < fields.count; i++)
        if (strcmp(kl_plan_text(b->plan, b->plan->fields[fields.first + i].name), name) == 0)
            return i;
    luaL_error(b->L, "plan: %s: no field %s", b->path, name);
    return KL_NONE_INDEX;
}

int16_t kl_build_word(const kl_build *b, const kl_field *f, const char *name)
{
    for (int i = 0; i < f->words.count; i++) {
        const kl_word *w = &b->plan->words[f->words.first + i];
        if (strcmp(w->name, name) == 0) return w->canonical;
    }
    return KL_NONE_INDEX;
}

void kl_build_add_word(kl_build *b, const char *name, int16_t canonical, kl_text text, kl_text json)
{
    kl_word *w = KL_BUILD_ADD(b, words);
    *w = (kl_word){kl_build_keep(b, name), canonical, KL_NONE_INDEX, text, json};
}
