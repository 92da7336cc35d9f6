/* rules.c - see rules.h. One short function an action, found by a table. */
#include "rules.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct kl_case { /* one rule on one frame */
    kl_check *check;
    const kl_plan *plan;
    const kl_frame *frame;
    const kl_rule *rule;
    const kl_where *where;
} kl_case;

kl_where kl_rules_step(const kl_check *c, const kl_frame *f, const kl_where *up, int field,
                       kl_where *room)
{
    const kl_field *that = kl_frame_field(c->plan, f, field);
    kl_where step = {up, kl_plan_text(c->plan, that->name), 0};
    if ((f->grouped >> field & 1) != 0) {
        *room = (kl_where){up, kl_plan_text(c->plan, kl_frame_field(c->plan, f, that->group)->name), 0};
        step.up = room;
    }
    return step;
}

/* Adds the rule's own sentence about a field; what was given is shown. */
static void broken(const kl_case *k, int field)
{
    kl_where room, step = kl_rules_step(k->check, k->frame, k->where, field, &room);
    int value = kl_given(k->frame, field) ? k->frame->base + field : 0;
    kl_problem(k->check, &step, value, "%s", kl_plan_text(k->plan, k->rule->doc));
}

static int listed(const kl_case *k, int i)
{
    return k->plan->indices[k->rule->list.first + i];
}

static void require(const kl_case *k)
{
    for (int i = 0; i < k->rule->list.count; i++)
        if (!kl_given(k->frame, listed(k, i))) broken(k, listed(k, i));
}

static void require_any(const kl_case *k)
{
    for (int i = 0; i < k->rule->list.count; i++)
        if (kl_given(k->frame, listed(k, i))) return;
    broken(k, listed(k, 0));
}

static void forbid(const kl_case *k)
{
    for (int i = 0; i < k->rule->list.count; i++)
        if (kl_given(k->frame, listed(k, i))) broken(k, listed(k, i));
}

static void exclusive(const kl_case *k)
{
    uint64_t before = 0;
    for (int i = 0; i < k->rule->list.count; i++) {
        uint64_t now = k->plan->sets[k->rule->list.first + i] & k->frame->given;
        int field = 0;
        while (now != 0 && (now >> field & 1) == 0) field++;
        if (now != 0 && before != 0) broken(k, field);
        before |= now;
    }
}

static void refuse(const kl_case *k)
{
    int16_t word = k->frame->word[k->rule->field];
    if (word >= 0 && (k->rule->words >> word & 1) != 0) broken(k, k->rule->field);
}

static bool among(const kl_case *k, double x)
{
    const kl_rule *r = k->rule;
    if (x < r->min || x > r->max) return false; /* never true against NAN */
    for (int i = 0; i < r->numbers.count; i++)
        if (k->plan->numbers[r->numbers.first + i] == x) return true;
    return r->numbers.count == 0;
}

/* The number a field stands for: given, else the sum of its parts, else its default. */
static bool effective(const kl_case *k, const kl_field *field, double *x)
{
    int64_t n = 0;
    lua_State *L = k->check->L;
    int value = k->frame->base + k->rule->field;
    bool whole = kl_given(k->frame, k->rule->field)
                     ? kl_gather_whole(L, value, &n)
                     : kl_gather_sum(L, k->plan, k->frame, field, &n);
    *x = whole                                  ? (double)n
         : !kl_given(k->frame, k->rule->field)  ? field->default_number
         : lua_type(L, value) == LUA_TNUMBER    ? (double)lua_tonumber(L, value)
                                                : (double)NAN;
    return !isnan(*x);
}

static void limit_number(const kl_case *k, const kl_field *field)
{
    double x;
    if (effective(k, field, &x) && !among(k, x)) broken(k, k->rule->field);
}

static void limit(const kl_case *k)
{
    const kl_field *field = kl_frame_field(k->plan, k->frame, k->rule->field);
    int16_t word = k->frame->word[k->rule->field];
    if (field->type != KL_ENUM)
        limit_number(k, field);
    else if (word >= 0 && (k->rule->words >> word & 1) == 0)
        broken(k, k->rule->field);
}

/* ---- over the items of an array ---------------------------------------------------------------- */

typedef struct kl_item {
    int table;             /* stack index of the item */
    int place;             /* from 1 */
    kl_where list, step;   /* the array's and the item's path */
} kl_item;

typedef void item_visitor(const kl_case *k, const kl_item *item, void *state);

static void each_item(const kl_case *k, item_visitor *visit, void *state)
{
    lua_State *L = k->check->L;
    int array = k->frame->base + k->rule->array;
    kl_where room;
    kl_item item = {.list = kl_rules_step(k->check, k->frame, k->where, k->rule->array, &room)};
    if (!lua_istable(L, array)) return;
    int n = (int)kl_rawlen(L, array);
    luaL_checkstack(L, 6, "request");
    for (int i = 1; i <= n && i <= 1000; i++) {
        item.place = i;
        item.step = (kl_where){&item.list, NULL, i};
        if (kl_rawgeti(L, array, i) == LUA_TTABLE) {
            item.table = lua_gettop(L);
            visit(k, &item, state);
        }
        lua_pop(L, 1);
    }
}

static const kl_field *item_field(const kl_case *k, int field)
{
    const kl_field *array = kl_frame_field(k->plan, k->frame, k->rule->array);
    const kl_object *object = &k->plan->objects[k->plan->fields[array->child].child];
    return &k->plan->fields[object->fields.first + field];
}

typedef struct kl_sum {
    int64_t sum, total;
    int count;
    bool told; /* the total was given */
} kl_sum;

static void add_item(const kl_case *k, const kl_item *item, void *state)
{
    kl_sum *s = state;
    int64_t n;
    const kl_field *member = item_field(k, k->rule->item_field);
    kl_gather_member(k->check->L, k->plan, item->table, member);
    if (kl_gather_whole(k->check->L, -1, &n) && n > -1000000 && n < 1000000) {
        kl_where step = {&item->step, kl_plan_text(k->plan, member->name), 0};
        s->sum += n;
        s->count++;
        if (s->told && n > s->total)
            kl_problem(k->check, &step, lua_gettop(k->check->L),
                       "at most the whole duration of %lld seconds is allowed", (long long)s->total);
    }
    lua_pop(k->check->L, 1);
}

/* The items add up to the total; checked only when both can be told. */
static void total(const kl_case *k)
{
    kl_sum s = {0, 0, 0, false};
    const kl_rule *r = k->rule;
    if (!kl_given(k->frame, r->array)) return;
    s.told = kl_given(k->frame, r->field) &&
             kl_gather_whole(k->check->L, k->frame->base + r->field, &s.total);
    each_item(k, add_item, &s);
    if (!s.told || s.count == 0 || s.sum == s.total) return;
    kl_where room, step = kl_rules_step(k->check, k->frame, k->where, r->field, &room);
    kl_problem(k->check, &step, k->frame->base + r->field, "%s (they add up to %lld)",
               kl_plan_text(k->plan, r->doc), (long long)s.sum);
}

static void check_place(const kl_case *k, const kl_item *item, void *state)
{
    int64_t n;
    const kl_field *member = item_field(k, k->rule->item_field);
    (void)state;
    kl_gather_member(k->check->L, k->plan, item->table, member);
    if (kl_gather_whole(k->check->L, -1, &n) && n != item->place) {
        kl_where step = {&item->step, kl_plan_text(k->plan, member->name), 0};
        kl_problem(k->check, &step, lua_gettop(k->check->L), "%s: %d is allowed here",
                   kl_plan_text(k->plan, k->rule->doc), item->place);
    }
    lua_pop(k->check->L, 1);
}

static void sequence(const kl_case *k)
{
    if (kl_given(k->frame, k->rule->array)) each_item(k, check_place, NULL);
}

static void check_forbidden(const kl_case *k, const kl_item *item, void *state)
{
    (void)state;
    for (int i = 0; i < k->rule->list.count; i++) {
        const kl_field *member = item_field(k, listed(k, i));
        kl_where step = {&item->step, kl_plan_text(k->plan, member->name), 0};
        if (kl_gather_member(k->check->L, k->plan, item->table, member) != LUA_TNIL)
            kl_problem(k->check, &step, lua_gettop(k->check->L), "%s",
                       kl_plan_text(k->plan, k->rule->doc));
        lua_pop(k->check->L, 1);
    }
}

static void items_forbid(const kl_case *k)
{
    if (kl_given(k->frame, k->rule->array)) each_item(k, check_forbidden, NULL);
}

/* ---- numbers, media, voices ------------------------------------------------------------------------ */

static bool is_nonzero(const kl_case *k, int object, const kl_field *member)
{
    kl_gather_member(k->check->L, k->plan, object, member);
    bool nonzero = lua_type(k->check->L, -1) == LUA_TNUMBER && lua_tonumber(k->check->L, -1) != 0;
    lua_pop(k->check->L, 1);
    return nonzero;
}

static void one_nonzero(const kl_case *k)
{
    int count = 0, object = k->frame->base + k->rule->field;
    const kl_field *field = kl_frame_field(k->plan, k->frame, k->rule->field);
    const kl_object *child = &k->plan->objects[field->child];
    char got[40];
    if (!lua_istable(k->check->L, object)) return;
    luaL_checkstack(k->check->L, 4, "request");
    for (int i = 0; i < k->rule->list.count; i++)
        count += is_nonzero(k, object, &k->plan->fields[child->fields.first + listed(k, i)]) ? 1 : 0;
    if (count == 1) return;
    kl_where room, step = kl_rules_step(k->check, k->frame, k->where, k->rule->field, &room);
    snprintf(got, sizeof got, "%d of them", count);
    kl_problem_got(k->check, &step, got, "%s", kl_plan_text(k->plan, k->rule->doc));
}

static uint8_t transport_of(lua_State *L, int i)
{
    if (lua_type(L, i) != LUA_TSTRING) return KL_ACCEPT_FILE;
    return kl_is_http(lua_tostring(L, i)) ? KL_ACCEPT_URL : KL_ACCEPT_BASE64;
}

static void transport(const kl_case *k)
{
    for (int i = 0; i < k->rule->list.count; i++) {
        int field = listed(k, i);
        if (kl_given(k->frame, field) &&
            (transport_of(k->check->L, k->frame->base + field) & k->rule->accept) == 0)
            broken(k, field);
    }
}

/* The highest n of <<<voice_n>>> in a text, 0 when there is none. */
static long highest_voice(const char *text)
{
    static const char mark[] = "<<<voice_";
    long highest = 0;
    for (const char *p = text; (p = strstr(p, mark)) != NULL;) {
        char *end;
        p += sizeof mark - 1;
        long n = strtol(p, &end, 10);
        if (end > p && strncmp(end, ">>>", 3) == 0 && n > highest) highest = n;
    }
    return highest;
}

static void voices(const kl_case *k)
{
    lua_State *L = k->check->L;
    int list = k->frame->base + k->rule->array;
    long known = lua_istable(L, list) ? (long)kl_rawlen(L, list) : 0;
    for (int i = 0; i < k->rule->list.count; i++) {
        int field = listed(k, i);
        if (lua_type(L, k->frame->base + field) != LUA_TSTRING) continue;
        long n = highest_voice(lua_tostring(L, k->frame->base + field));
        if (n > known || (n > 0 && !kl_holds(k->plan, k->frame, k->rule->needs))) broken(k, field);
    }
}

static void (*const ACTIONS[])(const kl_case *) = {
    [KL_REQUIRE] = require,       [KL_REQUIRE_ANY] = require_any,
    [KL_FORBID] = forbid,         [KL_EXCLUSIVE] = exclusive,
    [KL_REFUSE] = refuse,         [KL_LIMIT] = limit,
    [KL_TOTAL] = total,           [KL_SEQUENCE] = sequence,
    [KL_ITEMS_FORBID] = items_forbid, [KL_ONE_NONZERO] = one_nonzero,
    [KL_TRANSPORT] = transport,   [KL_VOICES] = voices,
};

void kl_rules_check(kl_check *c, const kl_frame *f, const kl_where *where)
{
    const kl_plan *p = c->plan;
    for (int i = 0; i < f->object->rules.count; i++) {
        const kl_rule *r = &p->rules[f->object->rules.first + i];
        if (!kl_holds(p, f, r->when)) continue;
        if (r->unless.count > 0 && kl_holds(p, f, r->unless)) continue;
        kl_case k = {c, p, f, r, where};
        c->rule = kl_plan_text(p, r->name);
        ACTIONS[r->action](&k);
    }
    c->rule = NULL;
}
