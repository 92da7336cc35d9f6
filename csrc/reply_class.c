/* reply_class.c - the compiler of what failures mean: classes, codes, types, phrases, statuses.
 *
 * Owns: the words of errors.lua. Stands on: reply_build.h. Never: touches places.
 */
#include "reply_build.h"

#include <stdlib.h>

static const char *const KIND_WORDS[] = {
#define KIND_WORD(name, word) word,
    KL_KINDS(KIND_WORD)
#undef KIND_WORD
};

static int find_word(const char *const *list, int n, const char *word)
{
    int i = 0;
    while (i < n && strcmp(list[i], word) != 0) i++;
    return i;
}

/* The class the string on the top names; pops it. Classes count from 1 in tables of words. */
static uint8_t pop_class(kl_reply_build *b, const char *path)
{
    const char *name = lua_type(b->L, -1) == LUA_TSTRING ? lua_tostring(b->L, -1) : "";
    int i = 0;
    while (i < b->r->nclasses && strcmp(b->r->classes[i].name, name) != 0) i++;
    if (i == b->r->nclasses) kl_reply_fail(b, path, "no such class");
    lua_pop(b->L, 1);
    return (uint8_t)i;
}

static const char *optional_text(kl_reply_build *b, int t, const char *name)
{
    return kl_reply_typed(b, t, name, LUA_TSTRING) ? kl_reply_keep(b) : NULL;
}

static bool optional_flag(kl_reply_build *b, int t, const char *name)
{
    if (!kl_reply_typed(b, t, name, LUA_TBOOLEAN)) return false;
    bool flag = lua_toboolean(b->L, -1);
    lua_pop(b->L, 1);
    return flag;
}

static const char *const CLASS_WORDS[] = {"kind", "text", "hint", "retry", "lost", "absent",
                                          "resign", "duplicate", "nested", "refine", "at", NULL};

static void compile_class(kl_reply_build *b, int t, kl_failure *c)
{
    kl_reply_only(b, c->name, CLASS_WORDS);
    static const char *const RETRIES[] = {"never", "asking", "always"};
    const char *kind = optional_text(b, t, "kind"), *retry = optional_text(b, t, "retry");
    int k = kind == NULL ? KL_NONE : find_word(KIND_WORDS, KL_KIND_COUNT, kind);
    int r = retry == NULL ? KL_RETRY_NEVER : find_word(RETRIES, 3, retry);
    if (k == KL_KIND_COUNT || r == 3) kl_reply_fail(b, c->name, "an unknown kind or retry");
    c->kind = (kl_kind)k;
    c->retry = (kl_retry)r;
    c->text = optional_text(b, t, "text");
    c->hint = optional_text(b, t, "hint");
    size_t room = c->text == NULL ? 0 : strlen(c->text);
    if (c->kind != KL_NONE && (room == 0 || room > KL_CLASS_TEXT_MAX))
        kl_reply_fail(b, c->name, "text is missing or too long");
    c->lost = optional_flag(b, t, "lost");
    c->absent = optional_flag(b, t, "absent");
    c->resign = optional_flag(b, t, "resign");
    c->duplicate = optional_flag(b, t, "duplicate");
    c->nested = optional_flag(b, t, "nested");
    c->refine = optional_flag(b, t, "refine");
}

static void compile_classes(kl_reply_build *b)
{
    lua_State *L = b->L;
    kl_reply_table(b, "classes");
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || !lua_istable(L, -1))
            kl_reply_fail(b, "classes", "a class that is no table");
        if (b->r->nclasses == KL_CLASSES) kl_reply_fail(b, "classes", "too many");
        kl_failure *c = &b->r->classes[b->r->nclasses++];
        lua_pushvalue(L, -2);
        c->name = kl_reply_keep(b);
        compile_class(b, lua_gettop(L), c);
    }
    lua_pop(L, 1);
}

/* The `at` of each class, when all classes are known. */
static void compile_at(kl_reply_build *b, kl_failure *c)
{
    lua_State *L = b->L;
    lua_getfield(L, -1, c->name);
    if (kl_reply_typed(b, lua_gettop(L), "at", LUA_TTABLE)) {
        for (lua_pushnil(L); lua_next(L, -2) != 0;) {
            if (c->nat == KL_CLASS_STATUSES) kl_reply_fail(b, c->name, "too many statuses");
            c->at[c->nat].class = pop_class(b, c->name);
            lua_pushvalue(L, -1);
            c->at[c->nat++].status = (int)lua_tointeger(L, -1);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void compile_ats(kl_reply_build *b)
{
    kl_reply_table(b, "classes");
    for (int i = 0; i < b->r->nclasses; i++) compile_at(b, &b->r->classes[i]);
    lua_pop(b->L, 1);
}

/* A table from a code or type to a class. */
static void compile_codes(kl_reply_build *b, const char *name, int words)
{
    lua_State *L = b->L;
    int t = kl_reply_words(b, words);
    kl_reply_table(b, name);
    for (lua_pushnil(L); lua_next(L, -2) != 0;) {
        int class = pop_class(b, name);
        size_t n = 0;
        if (lua_type(L, -1) != LUA_TSTRING) kl_reply_fail(b, name, "a code that is no string");
        const char *code = lua_tolstring(L, -1, &n);
        kl_reply_lower(L, code, n);
        lua_pushinteger(L, class + 1);
        lua_rawset(L, t);
    }
    lua_pop(L, 2);
}

static void compile_phrases(kl_reply_build *b)
{
    lua_State *L = b->L;
    kl_reply_table(b, "phrases");
    for (int i = 1; kl_rawgeti(L, -1, i) == LUA_TTABLE; i++, lua_pop(L, 1)) {
        if (i > KL_PHRASES) kl_reply_fail(b, "phrases", "too many");
        if (kl_rawgeti(L, -1, 1) != LUA_TSTRING)
            kl_reply_fail(b, "phrases", "a phrase that is no string");
        b->r->phrases[i - 1].text = kl_reply_keep(b);
        lua_rawgeti(L, -1, 2);
        b->r->phrases[i - 1].class = pop_class(b, "phrases");
        b->r->nphrases = i;
    }
    lua_pop(L, 2);
}

/* ---- statuses ----------------------------------------------------------------------------- */

static uint8_t status_class(kl_reply_build *b, const char *status)
{
    if (!kl_reply_typed(b, lua_gettop(b->L), status, LUA_TSTRING))
        kl_reply_fail(b, "statuses", status);
    return pop_class(b, status);
}

/* "404" -> 404; 0 for other words, and for what is no final status. */
static int status_number(const char *name)
{
    char *end;
    long n = strtol(name, &end, 10);
    return end - name == 3 && *end == '\0' && n >= 200 && n < KL_HTTP_STATUSES ? (int)n : 0;
}

/* The single statuses of the table on the top. */
static void compile_single(kl_reply_build *b)
{
    lua_State *L = b->L;
    for (lua_pushnil(L); lua_next(L, -2) != 0;) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
        int status = status_number(name);
        if (status != 0) b->r->statuses[status] = pop_class(b, name);
        else lua_pop(L, 1);
    }
}

static void compile_statuses(kl_reply_build *b)
{
    static const char *const HUNDREDS[] = {"2xx", "3xx", "4xx", "5xx"};
    kl_replies *r = b->r;
    kl_reply_table(b, "statuses");
    r->page = status_class(b, "page");
    r->unreadable = status_class(b, "unreadable");
    r->nameless = status_class(b, "nameless");
    memset(r->statuses, r->unreadable, sizeof r->statuses);
    for (int i = 0; i < 4; i++)
        memset(r->statuses + 200 + 100 * i, status_class(b, HUNDREDS[i]), 100);
    compile_single(b);
    lua_pop(b->L, 1);
}

void kl_reply_classes(kl_reply_build *b)
{
    compile_classes(b);
    compile_ats(b);
    compile_codes(b, "codes", KL_WORDS_CODES);
    compile_codes(b, "nested_codes", KL_WORDS_NESTED_CODES);
    compile_codes(b, "types", KL_WORDS_TYPES);
    compile_phrases(b);
    compile_statuses(b);
}
