/* request.c - see request.h. */
#include "request.h"

#include "json.h"
#include "rules.h"
#include "text.h"
#include "value.h"
#include "write.h"

#include <stdio.h>

enum { USUAL_BODY = 1024 };

typedef struct kl_walk {
    kl_check check;
    kl_writer writer;
    bool writing; /* until the first problem, and outside of what is never sent */
    bool failed;  /* memory, or writer.err says why */
} kl_walk;

/* Who is shown a table that was read: the rules of the frame around it. */
typedef struct kl_host_frame {
    kl_frame *frame;
    int field;
} kl_host_frame;

static void walk_object(kl_walk *k, int16_t object, int table, const kl_where *where, int place,
                        const kl_host_frame *host);
static void walk_fields(kl_walk *k, kl_frame *f, int group, const kl_where *where, int place);

static bool writing(const kl_walk *k)
{
    return k->writing && k->check.count == 0 && !k->failed;
}

static void put(kl_walk *k, char c)
{
    if (writing(k) && !kl_buf_add(&k->writer.body->text, &c, 1)) k->failed = true;
}

/* ---- names that are no fields ---------------------------------------------------------------- */

/* The field whose name is most like `name`, or NULL when none is. */
static const char *nearest(const kl_plan *p, const kl_object *o, const char *name)
{
    const char *best = NULL;
    int least = (int)(strlen(name) > KL_NAME_MAX ? KL_NAME_MAX : strlen(name)) / 3 + 2;
    for (int i = 0; i < o->fields.count; i++) {
        const kl_field *f = &p->fields[o->fields.first + i];
        /* A checked plan has fields. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        const char *own = kl_plan_text(p, f->name);
        int distance = kl_edit_distance(name, own);
        if (distance >= least || f->type == KL_EXTRA) continue;
        least = distance;
        best = own;
    }
    return best;
}

/* The key below the value on the top names no field. */
static void unknown(kl_check *c, const kl_frame *f, const kl_where *where)
{
    kl_datum given = {0};
    bool named = lua_type(c->L, -2) == LUA_TSTRING;
    kl_where step = {where, NULL, named ? lua_tostring(c->L, -2) : "[?]", 0};
    kl_gather_datum(c->L, 0, &given);
    kl_problem_unknown(c, &step, &given, named ? nearest(c->plan, f->object, step.name) : NULL);
}

/* Names every key that was counted as a stray; `group`: the table is that field's. */
static void name_strays(kl_check *c, const kl_frame *f, int table, int group, const kl_where *where)
{
    lua_State *L = c->L;
    luaL_checkstack(L, 8, "request");
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
        bool named = lua_type(L, -2) == LUA_TSTRING;
        int i = named ? kl_plan_find(c->plan, f->object, lua_tostring(L, -2)) : KL_NONE_INDEX;
        const kl_field *field = i < 0 ? NULL : kl_frame_field(c->plan, f, i);
        if (field == NULL || (group >= 0 && field->group != group)) {
            unknown(c, f, where);
        } else if (field->type == KL_GROUP && lua_istable(L, -1)) {
            kl_where step = {where, NULL, kl_plan_text(c->plan, field->name), 0};
            name_strays(c, f, lua_gettop(L), i, &step);
        }
    }
}

/* ---- fields that are absent, or made of others ----------------------------------------------- */

static void check_absent(kl_check *c, const kl_frame *f, const kl_value *v)
{
    int64_t sum;
    char got[64];
    const kl_field *field = v->field;
    if (kl_gather_sum(c->L, c->plan, f, field, &sum)) {
        snprintf(got, sizeof got, "%lld, the sum of its parts", (long long)sum);
        if ((double)sum < field->min || (double)sum > field->max)
            kl_value_outside(c, v, got, "a whole number");
    } else if (field->required && field->default_word < 0 && isnan(field->default_number)) {
        kl_problem(c, v->where, NULL, "this field is required");
    }
}

/* The words that were given make no name this gateway knows. */
static void check_nameless(kl_check *c, const kl_frame *f, int field, const kl_where *where)
{
    char words[500];
    const kl_field *that = kl_frame_field(c->plan, f, field);
    const kl_compound *k = &c->plan->compounds[that->compound];
    for (int i = 0; i < k->nparts; i++)
        if (f->word[k->parts[i]] == KL_WORD_OTHER) return; /* that part has its own problem */
    if (kl_gather_row(c->plan, f, k) >= 0) return;
    if (!kl_gather_in_rows(c->plan, k, field, f->word[field])) return; /* sent as it is */
    kl_value_words(c->plan, that, words, sizeof words);
    kl_problem_got(c, where, "a model, mode and sound that have no common name here",
                   "one of %s is allowed", words);
}

/* Parts that are given must agree with a compound name that is given; else some row must agree. */
static void check_compound(kl_check *c, const kl_frame *f, int field, const kl_where *where)
{
    const kl_compound *k = &c->plan->compounds[kl_frame_field(c->plan, f, field)->compound];
    int row = f->row[field];
    if (f->word[field] < 0) return; /* another model: sent as it is */
    if (row < 0) {
        check_nameless(c, f, field, where);
        return;
    }
    for (int i = 0; i < k->nparts; i++) {
        int part = k->parts[i];
        if (f->word[part] == c->plan->cells[k->rows.first + row * k->nparts + i]) continue;
        kl_where step = {where->up, f, NULL, part};
        kl_problem(c, &step, kl_frame_datum(f, part),
                   "only what the model's name \"%s\" says is allowed", f->data[field].as.text);
    }
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void walk_shorthand(kl_walk *k, const kl_value *v)
{
    const kl_object *child = &k->check.plan->objects[v->field->child];
    const kl_field *flag = &k->check.plan->fields[child->fields.first + v->field->shorthand];
    put(k, '{');
    if (writing(k) && !kl_write_flag(&k->writer, flag, v->datum->as.flag)) k->failed = true;
    put(k, '}');
}

static void walk_table(kl_walk *k, const kl_value *v, const kl_host_frame *host)
{
    if (v->datum->type == LUA_TBOOLEAN && v->field->shorthand >= 0)
        walk_shorthand(k, v);
    else if (v->datum->type == LUA_TTABLE)
        walk_object(k, v->field->child, v->datum->slot, v->where, 1, host);
    else
        kl_problem(&k->check, v->where, v->datum, "a table is allowed");
}

/* The keys are exactly 1..n. */
static bool is_list(lua_State *L, int table, size_t n)
{
    size_t keys = 0;
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) keys++;
    return keys == n;
}

static void write_item(kl_walk *k, const kl_item *item)
{
    if (writing(k) && !kl_write_value(&k->writer, item)) k->failed = true;
}

static void walk_item(kl_walk *k, const kl_value *list, int place, const kl_host_frame *host)
{
    lua_State *L = k->check.L;
    kl_where step = {list->where, NULL, NULL, place};
    kl_datum d = {0};
    const kl_field *field = &k->check.plan->fields[list->field->child];
    kl_value v = {field, &d, KL_WORD_OTHER, &step};
    lua_rawgeti(L, list->datum->slot, place);
    kl_gather_datum(L, lua_gettop(L), &d);
    if (field->type != KL_OBJECT) {
        kl_value_check(&k->check, &v);
        write_item(k, &(kl_item){NULL, field, &d, KL_NONE_INDEX, place});
    } else if (d.type == LUA_TTABLE) {
        walk_object(k, field->child, d.slot, &step, place, host);
    } else {
        kl_problem(&k->check, &step, &d, "a table is allowed");
    }
    lua_pop(L, 1);
}

static void walk_array(kl_walk *k, const kl_value *v, const kl_host_frame *host)
{
    lua_State *L = k->check.L;
    const kl_datum *d = v->datum;
    luaL_checkstack(L, 8, "request");
    if (d->type != LUA_TTABLE || !is_list(L, d->slot, d->len)) {
        kl_problem(&k->check, v->where, d,
                   "a list is allowed: the keys 1, 2, 3 and so on, without holes");
    } else if ((double)d->len < v->field->min || (double)d->len > v->field->max) {
        char got[40];
        snprintf(got, sizeof got, "%zu item%s", d->len, d->len == 1 ? "" : "s");
        kl_value_outside(&k->check, v, got, "a list with a number of items");
    } else {
        put(k, '[');
        for (int i = 1; i <= (int)d->len; i++) {
            if (i > 1) put(k, ',');
            walk_item(k, v, i, host);
        }
        put(k, ']');
    }
}

/* One parameter of `extra`: its name below the value on the top. */
static void check_parameter(kl_check *c, const kl_where *where)
{
    lua_State *L = c->L;
    kl_datum value = {0};
    kl_where step = {where, NULL, "[?]", 0};
    kl_gather_datum(L, 0, &value);
    if (lua_type(L, -2) != LUA_TSTRING) {
        kl_problem(c, &step, &value, "names as keys are allowed");
        return;
    }
    step.name = lua_tostring(L, -2);
    const char *why = kl_json_value(L, lua_gettop(L), NULL);
    if (why != NULL) kl_problem_got(c, &step, why, "values that JSON can hold are allowed");
    if (kl_plan_find(c->plan, &c->plan->objects[c->plan->root], step.name) >= 0)
        kl_problem(c, &step, &value, "new parameters are allowed here, this one has a field");
}

static void walk_extra(kl_walk *k, const kl_value *v)
{
    lua_State *L = k->check.L;
    if (v->datum->type != LUA_TTABLE) {
        kl_problem(&k->check, v->where, v->datum, "a table is allowed");
        return;
    }
    luaL_checkstack(L, 8, "extra");
    for (lua_pushnil(L); lua_next(L, v->datum->slot) != 0; lua_pop(L, 1))
        check_parameter(&k->check, v->where);
    if (writing(k) && !kl_write_extra(&k->writer, v->datum->slot)) k->failed = true;
}

/* ---- objects --------------------------------------------------------------------------------- */

static void check_value(kl_walk *k, const kl_frame *f, int i, const kl_value *v)
{
    if (v->datum == NULL)
        check_absent(&k->check, f, v);
    else
        kl_value_check(&k->check, v);
    if (v->field->compound >= 0) check_compound(&k->check, f, i, v->where);
}

static void walk_group(kl_walk *k, kl_frame *f, int i, const kl_value *v, const kl_where *where)
{
    if (v->datum != NULL) kl_problem(&k->check, v->where, v->datum, "a table is allowed");
    put(k, '{');
    walk_fields(k, f, i, where, 1);
    put(k, '}');
}

static void walk_value(kl_walk *k, kl_frame *f, int i, const kl_value *v, int place)
{
    kl_host_frame host = {f, i};
    switch (v->datum == NULL ? KL_STRING : (kl_type)v->field->type) {
    case KL_OBJECT: walk_table(k, v, &host); break;
    case KL_ARRAY: walk_array(k, v, &host); break;
    case KL_EXTRA: walk_extra(k, v); break;
    default:
        check_value(k, f, i, v);
        write_item(k, &(kl_item){f, v->field, v->datum, i, place});
    }
}

static void walk_field(kl_walk *k, kl_frame *f, int i, const kl_where *where, int place)
{
    bool outer = k->writing;
    const kl_field *field = kl_frame_field(k->check.plan, f, i);
    kl_where step = {where, f, NULL, i};
    kl_value v = {field, kl_given(f, i) ? &f->data[i] : NULL, f->word[i], &step};
    k->writing = writing(k) && kl_is_written(&k->writer, f, i);
    if (k->writing && field->type != KL_EXTRA && !kl_write_key(&k->writer, field)) k->failed = true;
    if (field->type == KL_GROUP)
        walk_group(k, f, i, &v, where);
    else
        walk_value(k, f, i, &v, place);
    k->writing = outer;
    if ((f->twice >> i & 1) != 0)
        kl_problem(&k->check, &step, v.datum, "it may be given under one name only");
}

/* The fields of one group (-1: those outside of groups). */
static void walk_fields(kl_walk *k, kl_frame *f, int group, const kl_where *where, int place)
{
    for (uint64_t left = f->given | f->object->attention; left != 0; left &= left - 1) {
        int i = kl_lowest(left);
        if (kl_frame_field(k->check.plan, f, i)->group == group) walk_field(k, f, i, where, place);
    }
}

static void walk_object(kl_walk *k, int16_t object, int table, const kl_where *where, int place,
                        const kl_host_frame *host)
{
    kl_frame f;
    lua_State *L = k->check.L;
    int top = lua_gettop(L);
    kl_gather(L, k->check.plan, object, table, &f);
    if (f.strays > 0) name_strays(&k->check, &f, table, KL_NONE_INDEX, where);
    put(k, '{');
    walk_fields(k, &f, KL_NONE_INDEX, where, place);
    put(k, '}');
    kl_rules_check(&k->check, &f, where);
    if (host != NULL) kl_rules_inside(&k->check, host->frame, host->field, &f, place, where);
    if (f.object->nslots > 0) lua_settop(L, top);
}

kl_verdict kl_request(lua_State *L, int plan, int request, const char *minted, kl_body *body,
                      kl_error *err)
{
    kl_plan *p = kl_plan_check(L, plan);
    request = kl_absindex(L, request);
    memset(err, 0, sizeof *err);
    lua_pushnil(L);
    kl_walk k = {.check = {.L = L, .plan = p, .list = lua_gettop(L)},
                 .writer = {L, p, body, minted, err},
                 .writing = body != NULL};
    k.failed = body != NULL && kl_buf_room(&body->text, USUAL_BODY) == NULL;
    walk_object(&k, p->root, request, NULL, 1, NULL);
    if (k.check.count > 0) return KL_PROBLEMS;
    lua_pop(L, 1);
    if (!k.failed) return KL_GOOD;
    if (err->kind == KL_NONE) {
        err->kind = KL_INVALID;
        snprintf(err->message, sizeof err->message,
                 "the request is too large, or there is not enough memory to write it");
    }
    return KL_UNWRITTEN;
}

const char *kl_request_external_id(lua_State *L, int plan, int request)
{
    kl_plan *p = kl_plan_check(L, plan);
    request = kl_absindex(L, request);
    if (p->external_id < 0) return NULL;
    lua_pushliteral(L, "external_task_id");
    lua_rawget(L, request);
    const char *id = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    lua_pop(L, 1);
    return id[strspn(id, " \t\r\n\v\f")] == '\0' ? NULL : id;
}
