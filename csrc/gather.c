/* gather.c - see gather.h. */
#include "gather.h"

#include "text.h"

static bool blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] > ' ') return false;
    return true;
}

/* Whether the value on the top stands for "not given". */
static bool absent(lua_State *L, const kl_field *field)
{
    size_t len;
    const char *text;
    switch (lua_type(L, -1)) {
    case LUA_TLIGHTUSERDATA: return lua_touserdata(L, -1) == NULL;
    case LUA_TSTRING:
        if (field->type == KL_INTEGER || field->type == KL_NUMBER) return false;
        text = lua_tolstring(L, -1, &len);
        return len == 0 || ((unsigned char)text[0] <= ' ' && blank(text, len));
    case LUA_TTABLE:
        if (field->type != KL_ARRAY || kl_rawlen(L, -1) > 0) return false;
        lua_pushnil(L);
        if (lua_next(L, -2) == 0) return true;
        lua_pop(L, 2);
        return false;
    default: return false;
    }
}

static void spread(lua_State *L, const kl_plan *p, int table, int group, kl_frame *f);

/* Takes the value on the top for field `i`. [-1, +0] */
static void take(lua_State *L, const kl_plan *p, int i, int group, kl_frame *f)
{
    const kl_field *field = kl_frame_field(p, f, i);
    uint64_t bit = (uint64_t)1 << i;
    if (group >= 0 && field->group != group) {
        f->strays++;
        lua_pop(L, 1);
    } else if (field->type == KL_GROUP && group < 0 && lua_istable(L, -1)) {
        spread(L, p, lua_gettop(L), i, f);
        lua_pop(L, 1);
    } else if (absent(L, field)) {
        lua_pop(L, 1);
    } else {
        if (f->given & bit) f->twice |= bit;
        if (group >= 0) f->grouped |= bit;
        f->given |= bit;
        lua_replace(L, f->base + i);
    }
}

static void spread(lua_State *L, const kl_plan *p, int table, int group, kl_frame *f)
{
    luaL_checkstack(L, 6, "request");
    lua_pushnil(L);
    while (lua_next(L, table) != 0) {
        int i = KL_NONE_INDEX;
        if (lua_type(L, -2) == LUA_TSTRING) i = kl_plan_find(p, f->object, lua_tostring(L, -2));
        if (i >= 0) {
            take(L, p, i, group, f);
        } else {
            f->strays++;
            lua_pop(L, 1);
        }
    }
}

/* The enum word at stack index `i`, by address. */
static void find_word(lua_State *L, const kl_plan *p, const kl_field *field, int i, int16_t *word,
                      int16_t *row)
{
    const char *given = lua_type(L, i) == LUA_TSTRING ? lua_tostring(L, i) : NULL;
    const kl_word *w = &p->words[field->words.first], *end = w + field->words.count;
    *word = KL_WORD_OTHER;
    for (; w < end; w++) {
        if (w->name != given) continue;
        *word = w->canonical;
        *row = w->row;
        return;
    }
}

static void find_words(lua_State *L, const kl_plan *p, kl_frame *f)
{
    const kl_field *field = kl_frame_field(p, f, 0);
    for (int i = 0; i < f->object->fields.count; i++, field++) {
        f->word[i] = field->default_word;
        f->row[i] = KL_NONE_INDEX;
        if (!kl_given(f, i)) continue;
        if (field->type == KL_ENUM)
            find_word(L, p, field, f->base + i, &f->word[i], &f->row[i]);
        else if (field->type == KL_BOOLEAN)
            f->word[i] = (int16_t)lua_toboolean(L, f->base + i);
    }
}

/* A compound name also tells the words of the parts that are not given. */
static void tell_parts(const kl_plan *p, kl_frame *f, const kl_compound *c, int row)
{
    const int16_t *cells = &p->cells[c->rows.first + row * c->nparts];
    for (int i = 0; i < c->nparts; i++)
        if (!kl_given(f, c->parts[i])) f->word[c->parts[i]] = cells[i];
}

void kl_gather(lua_State *L, const kl_plan *p, int16_t object, int table, kl_frame *f)
{
    const kl_object *o = &p->objects[object];
    luaL_checkstack(L, o->fields.count + 8, "request");
    f->object = o;
    f->base = lua_gettop(L) + 1;
    f->strays = 0;
    f->given = f->twice = f->grouped = 0;
    lua_settop(L, f->base + o->fields.count - 1);
    spread(L, p, table, KL_NONE_INDEX, f);
    find_words(L, p, f);
    for (int i = 0; i < o->fields.count; i++) {
        const kl_field *field = kl_frame_field(p, f, i);
        if (field->type == KL_ENUM && field->compound >= 0 && f->row[i] >= 0)
            tell_parts(p, f, &p->compounds[field->compound], f->row[i]);
    }
}

static bool holds(const kl_frame *f, const kl_condition *c)
{
    int16_t word = f->word[c->field];
    switch ((kl_test)c->test) {
    case KL_TEST_FLAG: return word == (c->flag ? 1 : 0);
    case KL_TEST_WORDS: return word >= 0 && (c->words >> word & 1) != 0;
    case KL_TEST_GIVEN: return kl_given(f, c->field);
    }
    return false;
}

bool kl_holds(const kl_plan *p, const kl_frame *f, kl_range conditions)
{
    for (int i = 0; i < conditions.count; i++)
        if (!holds(f, &p->conditions[conditions.first + i])) return false;
    return true;
}

bool kl_gather_whole(lua_State *L, int i, int64_t *n)
{
    size_t len;
    if (lua_type(L, i) != LUA_TSTRING) return kl_towhole(L, i, n);
    const char *text = lua_tolstring(L, i, &len);
    return kl_parse_whole(text, len, n);
}

int kl_gather_row(const kl_plan *p, const kl_frame *f, const kl_compound *c)
{
    for (int row = 0; row < c->names.count; row++) {
        const int16_t *cells = &p->cells[c->rows.first + row * c->nparts];
        int same = 0;
        while (same < c->nparts && f->word[c->parts[same]] == cells[same]) same++;
        if (same == c->nparts) return row;
    }
    return KL_NONE_INDEX;
}

bool kl_gather_in_rows(const kl_plan *p, const kl_compound *c, int field, int16_t word)
{
    for (int i = 0; i < c->names.count * c->nparts; i++)
        if (c->parts[i % c->nparts] == field && p->cells[c->rows.first + i] == word) return true;
    return false;
}

int kl_gather_member(lua_State *L, const kl_plan *p, int item, const kl_field *member)
{
    lua_pushlstring(L, kl_plan_text(p, member->name), member->name.len);
    lua_rawget(L, item);
    return lua_type(L, -1);
}

bool kl_gather_sum(lua_State *L, const kl_plan *p, const kl_frame *f, const kl_field *field,
                   int64_t *sum)
{
    if (field->sum_array < 0 || !kl_given(f, field->sum_array)) return false;
    int array = f->base + field->sum_array;
    const kl_field *item = &p->fields[kl_frame_field(p, f, field->sum_array)->child];
    const kl_field *member = &p->fields[p->objects[item->child].fields.first + field->sum_field];
    int n = lua_istable(L, array) ? (int)kl_rawlen(L, array) : 0;
    bool ok = n > 0;
    *sum = 0;
    luaL_checkstack(L, 4, "request");
    for (int i = 1; ok && i <= n; i++) {
        int64_t part = 0;
        ok = kl_rawgeti(L, array, i) == LUA_TTABLE;
        if (ok) {
            kl_gather_member(L, p, lua_gettop(L), member);
            ok = kl_gather_whole(L, -1, &part) && part > -1000000 && part < 1000000;
            lua_pop(L, 1);
        }
        *sum += part;
        lua_pop(L, 1);
    }
    return ok;
}
