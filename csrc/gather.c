/* gather.c - see gather.h. */
#include "gather.h"

#include "text.h"

void kl_gather_datum(lua_State *L, int slot, kl_datum *d)
{
    d->type = (uint8_t)lua_type(L, -1);
    d->whole = d->plain = false;
    d->n = 0;
    switch (d->type) {
    case LUA_TSTRING: d->as.text = lua_tolstring(L, -1, &d->len); break;
    case LUA_TNUMBER: d->whole = kl_tonumber(L, -1, &d->n, &d->as.x); break;
    case LUA_TBOOLEAN: d->as.flag = lua_toboolean(L, -1) != 0; break;
    case LUA_TTABLE:
        d->slot = slot;
        d->len = kl_rawlen(L, -1);
        break;
    default: break;
    }
}

static bool blank(const kl_datum *d)
{
    size_t i = 0;
    while (i < d->len && (unsigned char)d->as.text[i] <= ' ') i++;
    return i == d->len;
}

/* Whether the value on the top stands for "not given". */
static bool is_absent(lua_State *L, const kl_field *field, const kl_datum *d)
{
    switch (d->type) {
    case LUA_TSTRING:
        return blank(d) && field->type != KL_INTEGER && field->type != KL_NUMBER;
    case LUA_TLIGHTUSERDATA: return lua_touserdata(L, -1) == NULL;
    case LUA_TTABLE:
        if (field->type != KL_ARRAY || d->len > 0) return false;
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
    kl_datum *d = &f->data[i];
    if (group >= 0 && field->group != group) {
        f->strays++;
    } else if (field->type == KL_GROUP && group < 0 && lua_istable(L, -1)) {
        spread(L, p, lua_gettop(L), i, f);
    } else {
        if ((f->given & bit) != 0) f->twice |= bit;
        kl_gather_datum(L, field->slot < 0 ? 0 : f->base + field->slot, d);
        if (field->type == KL_INTEGER || field->type == KL_ID) kl_datum_parse(d);
        if (!is_absent(L, field, d)) {
            if (group >= 0) f->grouped |= bit;
            f->given |= bit;
            if (d->type == LUA_TTABLE && d->slot > 0) {
                lua_replace(L, d->slot);
                return;
            }
        }
    }
    lua_pop(L, 1);
}

static void spread(lua_State *L, const kl_plan *p, int table, int group, kl_frame *f)
{
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

/* An enum's word, by the address of its string. */
static void find_word(const kl_plan *p, const kl_field *field, kl_frame *f, int i)
{
    const kl_datum *d = &f->data[i];
    const kl_word *w = &p->words[field->words.first], *end = w + field->words.count;
    f->word[i] = KL_WORD_OTHER;
    if (d->type != LUA_TSTRING) return;
    for (; w < end; w++) {
        if (w->name != d->as.text) continue;
        f->word[i] = w->canonical;
        f->row[i] = w->row;
        return;
    }
}

/* A compound name also tells the words of the parts that are not given. */
static void tell_parts(const kl_plan *p, kl_frame *f, const kl_field *field, int row)
{
    const kl_compound *c = &p->compounds[field->compound];
    const int16_t *cells = &p->cells[c->rows.first + row * c->nparts];
    for (int i = 0; i < c->nparts; i++)
        if (!kl_given(f, c->parts[i])) f->word[c->parts[i]] = cells[i];
}

static void find_words(const kl_plan *p, kl_frame *f)
{
    for (uint64_t left = f->object->worded; left != 0; left &= left - 1) {
        int i = kl_lowest(left);
        const kl_field *field = kl_frame_field(p, f, i);
        f->word[i] = field->default_word;
        f->row[i] = KL_NONE_INDEX;
        if (!kl_given(f, i)) continue;
        if (field->type == KL_ENUM)
            find_word(p, field, f, i);
        else
            f->word[i] = f->data[i].type == LUA_TBOOLEAN && f->data[i].as.flag;
    }
    if (!f->object->compounds) return;
    for (uint64_t left = f->object->worded; left != 0; left &= left - 1) {
        int i = kl_lowest(left);
        if (f->row[i] >= 0) tell_parts(p, f, kl_frame_field(p, f, i), f->row[i]);
    }
}

void kl_gather(lua_State *L, const kl_plan *p, int16_t object, int table, kl_frame *f)
{
    const kl_object *o = &p->objects[object];
    luaL_checkstack(L, o->nslots + 10, "request");
    f->object = o;
    f->base = lua_gettop(L) + 1;
    f->strays = 0;
    f->given = f->twice = f->grouped = 0;
    memset(f->tally, 0, sizeof f->tally);
    memset(f->tallied, 0, sizeof f->tallied);
    if (o->nslots > 0) lua_settop(L, f->base + o->nslots - 1);
    spread(L, p, table, KL_NONE_INDEX, f);
    find_words(p, f);
}

void kl_datum_parse(kl_datum *d)
{
    if (d->type == LUA_TSTRING) d->whole = kl_parse_whole(d->as.text, d->len, &d->n);
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

/* Pushes item `place` and, when it is a table, one field of it by its own name. [-0, +2] */
static void push_member(lua_State *L, const kl_plan *p, const kl_frame *f, int array, int field,
                        int place)
{
    const kl_field *item = &p->fields[kl_frame_field(p, f, array)->child];
    const kl_field *member = &p->fields[p->objects[item->child].fields.first + field];
    luaL_checkstack(L, 4, "request");
    if (f->data[array].type != LUA_TTABLE) lua_pushnil(L); /* it has a problem of its own */
    else lua_rawgeti(L, f->data[array].slot, place);
    if (lua_istable(L, -1)) {
        lua_pushlstring(L, kl_plan_text(p, member->name), member->name.len);
        lua_rawget(L, -2);
    } else {
        lua_pushnil(L);
    }
}

void kl_gather_first(lua_State *L, const kl_plan *p, const kl_frame *f, int array, int field)
{
    push_member(L, p, f, array, field, 1);
    lua_remove(L, -2);
}

bool kl_gather_sum(lua_State *L, const kl_plan *p, const kl_frame *f, const kl_field *field,
                   int64_t *sum)
{
    if (field->sum_array < 0 || !kl_given(f, field->sum_array)) return false;
    const kl_datum *array = &f->data[field->sum_array];
    bool ok = array->type == LUA_TTABLE && array->len > 0;
    *sum = 0;
    for (int i = 1; ok && i <= (int)array->len; i++) {
        kl_datum part = {0};
        int64_t n = 0;
        push_member(L, p, f, field->sum_array, field->sum_field, i);
        kl_gather_datum(L, 0, &part);
        kl_datum_parse(&part);
        ok = kl_datum_whole(&part, &n) && n > -1000000 && n < 1000000;
        *sum += n;
        lua_pop(L, 2);
    }
    return ok;
}
