/* validate.c - see validate.h. Tables here, single values in value.c, rules between them in rules.c. */
#include "validate.h"

#include "gather.h"
#include "json.h"
#include "rules.h"
#include "text.h"
#include "value.h"

#include <stdio.h>

static void check_object(kl_check *c, int16_t object, int table, const kl_where *where);
static void check_value(kl_check *c, const kl_value *v);

/* ---- tables ---------------------------------------------------------------------------------------------- */

static void check_table(kl_check *c, const kl_value *v)
{
    int type = lua_type(c->L, v->at);
    if (type == LUA_TBOOLEAN && v->field->shorthand >= 0) return;
    if (type == LUA_TTABLE)
        check_object(c, v->field->child, v->at, v->where);
    else
        kl_problem(c, v->where, v->at, "a table is allowed");
}

/* The keys are exactly 1..n. */
static bool is_list(lua_State *L, int table, int n)
{
    int keys = 0;
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) keys++;
    return keys == n;
}

static void check_item(kl_check *c, const kl_value *v, int place)
{
    kl_where step = {v->where, NULL, place};
    lua_rawgeti(c->L, v->at, place);
    kl_value item = {&c->plan->fields[v->field->child], lua_gettop(c->L), KL_WORD_OTHER, &step};
    check_value(c, &item);
    lua_pop(c->L, 1);
}

static void check_array(kl_check *c, const kl_value *v)
{
    if (!lua_istable(c->L, v->at)) {
        kl_problem(c, v->where, v->at, "a list is allowed");
        return;
    }
    int n = (int)kl_rawlen(c->L, v->at);
    luaL_checkstack(c->L, 8, "request");
    if (!is_list(c->L, v->at, n)) {
        kl_problem(c, v->where, v->at, "a list is allowed: the keys 1, 2, 3 and so on, without holes");
    } else if (n < v->field->min || n > v->field->max) {
        char got[40];
        snprintf(got, sizeof got, "%d item%s", n, n == 1 ? "" : "s");
        kl_value_outside(c, v, got, "a list with a number of items");
    } else {
        for (int i = 1; i <= n; i++) check_item(c, v, i);
    }
}

static void check_group(kl_check *c, const kl_value *v)
{
    kl_problem(c, v->where, v->at, "a table is allowed");
}

static void check_extra(kl_check *c, const kl_value *v)
{
    lua_State *L = c->L;
    if (!lua_istable(L, v->at)) {
        check_group(c, v);
        return;
    }
    luaL_checkstack(L, 8, "extra");
    for (lua_pushnil(L); lua_next(L, v->at) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) {
            kl_problem(c, v->where, lua_gettop(L) - 1, "names as keys are allowed");
            continue;
        }
        kl_where step = {v->where, lua_tostring(L, -2), 0};
        const char *why = kl_json_value(L, lua_gettop(L), NULL);
        if (why != NULL) kl_problem_got(c, &step, why, "values that JSON can hold are allowed");
        if (kl_plan_find(c->plan, &c->plan->objects[c->plan->root], step.name) >= 0)
            kl_problem(c, &step, lua_gettop(L), "new parameters are allowed here, this one has a field");
    }
}

static void check_value(kl_check *c, const kl_value *v)
{
    switch ((kl_type)v->field->type) {
    case KL_OBJECT: check_table(c, v); break;
    case KL_ARRAY: check_array(c, v); break;
    case KL_GROUP: check_group(c, v); break;
    case KL_EXTRA: check_extra(c, v); break;
    default: kl_value_check(c, v);
    }
}

/* ---- objects ------------------------------------------------------------------------------------------------ */

/* The field whose name is most like `name`, or NULL when none is. */
static const char *nearest(const kl_check *c, const kl_object *o, const char *name)
{
    const char *best = NULL;
    int least = (int)(strlen(name) > KL_NAME_MAX ? KL_NAME_MAX : strlen(name)) / 3 + 2;
    for (int i = 0; i < o->fields.count; i++) {
        const kl_field *f = &c->plan->fields[o->fields.first + i];
        int distance = kl_edit_distance(name, kl_plan_text(c->plan, f->name));
        if (distance >= least || f->type == KL_EXTRA) continue;
        least = distance;
        best = kl_plan_text(c->plan, f->name);
    }
    return best;
}

static void unknown(kl_check *c, const kl_frame *f, const kl_where *where)
{
    lua_State *L = c->L;
    bool named = lua_type(L, -2) == LUA_TSTRING;
    kl_where step = {where, named ? lua_tostring(L, -2) : "[?]", 0};
    kl_problem_unknown(c, &step, lua_gettop(L), named ? nearest(c, f->object, step.name) : NULL);
}

/* Names every key that was counted as a stray; `group`: the table is that field's. */
static void name_strays(kl_check *c, const kl_frame *f, int table, int group, const kl_where *where)
{
    lua_State *L = c->L;
    luaL_checkstack(L, 8, "request");
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
        int i = lua_type(L, -2) != LUA_TSTRING ? KL_NONE_INDEX
                                               : kl_plan_find(c->plan, f->object, lua_tostring(L, -2));
        const kl_field *field = i < 0 ? NULL : kl_frame_field(c->plan, f, i);
        if (field == NULL || (group >= 0 && field->group != group)) {
            unknown(c, f, where);
        } else if (field->type == KL_GROUP && lua_istable(L, -1)) {
            kl_where step = {where, kl_plan_text(c->plan, field->name), 0};
            name_strays(c, f, lua_gettop(L), i, &step);
        }
    }
}

static void check_absent(kl_check *c, const kl_frame *f, const kl_value *v)
{
    int64_t sum;
    char got[64];
    const kl_field *field = v->field;
    if (kl_gather_sum(c->L, c->plan, f, field, &sum)) {
        snprintf(got, sizeof got, "%lld, the sum of its parts", (long long)sum);
        if ((double)sum < field->min || (double)sum > field->max) kl_value_outside(c, v, got, "a whole number");
    } else if (field->required && field->default_word < 0 && isnan(field->default_number)) {
        kl_problem(c, v->where, 0, "this field is required");
    }
}

/* Parts that are given must agree with a compound name that is given; else some row must agree. */
static void check_compound(kl_check *c, const kl_frame *f, int field, const kl_where *where)
{
    const kl_field *that = kl_frame_field(c->plan, f, field);
    const kl_compound *k = &c->plan->compounds[that->compound];
    int row = f->row[field];
    if (f->word[field] < 0) return; /* another model: sent as it is */
    if (row < 0) {
        if (kl_gather_row(c->plan, f, k) < 0 &&
            kl_gather_in_rows(c->plan, k, field, f->word[field])) {
            char words[500];
            kl_value_words(c->plan, that, words, sizeof words);
            kl_problem_got(c, where, "a model, mode and sound that have no common name here",
                           "one of %s is allowed", words);
        }
        return;
    }
    for (int i = 0; i < k->nparts; i++) {
        int part = k->parts[i];
        if (f->word[part] == c->plan->cells[k->rows.first + row * k->nparts + i]) continue;
        kl_where room, step = kl_rules_step(c, f, where->up, part, &room);
        kl_problem(c, &step, f->base + part, "only what the model's name \"%s\" says is allowed",
                   lua_tostring(c->L, f->base + field));
    }
}

static void check_field(kl_check *c, const kl_frame *f, int i, const kl_where *where)
{
    kl_where room, step = kl_rules_step(c, f, where, i, &room);
    kl_value v = {kl_frame_field(c->plan, f, i), f->base + i, f->word[i], &step};
    if (kl_given(f, i))
        check_value(c, &v);
    else
        check_absent(c, f, &v);
    if (v.field->compound >= 0) check_compound(c, f, i, &step);
    if ((f->twice >> i & 1) != 0)
        kl_problem(c, &step, v.at, "it may be given under one name only");
}

static void check_object(kl_check *c, int16_t object, int table, const kl_where *where)
{
    kl_frame f;
    int top = lua_gettop(c->L);
    kl_gather(c->L, c->plan, object, table, &f);
    if (f.strays > 0) name_strays(c, &f, table, KL_NONE_INDEX, where);
    for (int i = 0; i < f.object->fields.count; i++) check_field(c, &f, i, where);
    kl_rules_check(c, &f, where);
    lua_settop(c->L, top);
}

bool kl_validate(lua_State *L, int plan, int request)
{
    kl_check c = {.L = L, .plan = kl_plan_check(L, plan)};
    request = kl_absindex(L, request);
    lua_pushnil(L);
    c.list = lua_gettop(L);
    check_object(&c, c.plan->root, request, NULL);
    if (c.count > 0) return false;
    lua_pop(L, 1);
    return true;
}

/* plan:validate(request) -> nil, or a list of problems */
static int plan_validate(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    if (kl_validate(L, 1, 2)) lua_pushnil(L);
    return 1;
}

void kl_validate_register(lua_State *L)
{
    luaL_getmetatable(L, KL_PLAN);
    lua_getfield(L, -1, "__index");
    lua_pushcfunction(L, plan_validate);
    lua_setfield(L, -2, "validate");
    lua_pop(L, 2);
}
