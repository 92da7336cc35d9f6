/* rules.c - see rules.h. One short function an action, found by a table.
 *
 * Rules that look into lists or child objects (hooks) are shown each inner table while it is
 * walked, and count in the frame's tallies, so that no table is read twice.
 */
#include "rules.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct kl_case { /* one rule on one frame */
    kl_check *check;
    const kl_plan *plan;
    kl_frame *frame;
    const kl_rule *rule;
    const kl_where *where;
} kl_case;

static const char *doc(const kl_case *k)
{
    return kl_plan_text(k->plan, k->rule->doc);
}

/* Adds the rule's own sentence about a field; what was given is shown. */
static void broken(const kl_case *k, int field)
{
    kl_where step = {k->where, k->frame, NULL, field};
    kl_problem(k->check, &step, kl_frame_datum(k->frame, field), "%s", doc(k));
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

/* The number a field stands for: given, else the sum of its parts, else its default; or NAN. */
static double effective(const kl_case *k, const kl_field *field)
{
    int64_t n = 0;
    const kl_datum *d = kl_frame_datum(k->frame, k->rule->field);
    if (d != NULL)
        return d->type == LUA_TNUMBER ? d->as.x : kl_datum_whole(d, &n) ? (double)n : (double)NAN;
    return kl_gather_sum(k->check->L, k->plan, k->frame, field, &n) ? (double)n
                                                                    : field->default_number;
}

static void limit(const kl_case *k)
{
    const kl_field *field = kl_frame_field(k->plan, k->frame, k->rule->field);
    if (field->type == KL_ENUM) {
        int16_t word = k->frame->word[k->rule->field];
        if (word >= 0 && (k->rule->words >> word & 1) == 0) broken(k, k->rule->field);
        return;
    }
    double x = effective(k, field);
    if (!isnan(x) && !among(k, x)) broken(k, k->rule->field);
}

static uint8_t transport_of(const kl_datum *d)
{
    if (d->type != LUA_TSTRING) return KL_ACCEPT_FILE;
    return kl_is_http(d->as.text) ? KL_ACCEPT_URL : KL_ACCEPT_BASE64;
}

static void transport(const kl_case *k)
{
    for (int i = 0; i < k->rule->list.count; i++) {
        const kl_datum *d = kl_frame_datum(k->frame, listed(k, i));
        if (d != NULL && (transport_of(d) & k->rule->accept) == 0) broken(k, listed(k, i));
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
    const kl_datum *list = kl_frame_datum(k->frame, k->rule->array);
    long known = list != NULL && list->type == LUA_TTABLE ? (long)list->len : 0;
    for (int i = 0; i < k->rule->list.count; i++) {
        const kl_datum *d = kl_frame_datum(k->frame, listed(k, i));
        if (d == NULL || d->type != LUA_TSTRING) continue;
        long n = highest_voice(d->as.text);
        if (n > known || (n > 0 && !kl_holds(k->plan, k->frame, k->rule->needs)))
            broken(k, listed(k, i));
    }
}

/* What the items added up to, against the total that was given. */
static void total(const kl_case *k)
{
    int64_t whole;
    const kl_rule *r = k->rule;
    const kl_datum *d = kl_frame_datum(k->frame, r->field);
    int64_t sum = k->frame->tally[r->tally];
    if (k->frame->tallied[r->tally] == 0 || d == NULL || !kl_datum_whole(d, &whole) || sum == whole)
        return;
    kl_where step = {k->where, k->frame, NULL, r->field};
    kl_problem(k->check, &step, d, "%s (they add up to %lld)", doc(k), (long long)sum);
}

static void one_nonzero(const kl_case *k)
{
    char got[40];
    if (k->frame->tallied[k->rule->tally] == 0 || k->frame->tally[k->rule->tally] == 1) return;
    kl_where step = {k->where, k->frame, NULL, k->rule->field};
    snprintf(got, sizeof got, "%d of them", (int)k->frame->tally[k->rule->tally]);
    kl_problem_got(k->check, &step, got, "%s", doc(k));
}

/* ---- what is inside of a field --------------------------------------------------------------- */

typedef struct kl_inside {
    const kl_frame *frame;
    const kl_where *step;
    int place;
} kl_inside;

static void add_item(const kl_case *k, const kl_inside *in)
{
    int64_t n, whole;
    const kl_rule *r = k->rule;
    const kl_datum *d = kl_frame_datum(in->frame, r->item_field);
    const kl_datum *all = kl_frame_datum(k->frame, r->field);
    if (d == NULL || !kl_datum_whole(d, &n) || n <= -1000000 || n >= 1000000) return;
    k->frame->tally[r->tally] += n;
    k->frame->tallied[r->tally]++;
    if (all == NULL || !kl_datum_whole(all, &whole) || n <= whole) return;
    kl_where step = {in->step, in->frame, NULL, r->item_field};
    kl_problem(k->check, &step, d, "at most the whole duration of %lld seconds is allowed",
               (long long)whole);
}

static void check_place(const kl_case *k, const kl_inside *in)
{
    int64_t n;
    const kl_datum *d = kl_frame_datum(in->frame, k->rule->item_field);
    if (d == NULL || !kl_datum_whole(d, &n) || n == in->place) return;
    kl_where step = {in->step, in->frame, NULL, k->rule->item_field};
    kl_problem(k->check, &step, d, "%s: %d is allowed here", doc(k), in->place);
}

static void check_forbidden(const kl_case *k, const kl_inside *in)
{
    for (int i = 0; i < k->rule->list.count; i++) {
        const kl_datum *d = kl_frame_datum(in->frame, listed(k, i));
        if (d == NULL) continue;
        kl_where step = {in->step, in->frame, NULL, listed(k, i)};
        kl_problem(k->check, &step, d, "%s", doc(k));
    }
}

static void count_nonzero(const kl_case *k, const kl_inside *in)
{
    k->frame->tallied[k->rule->tally]++;
    for (int i = 0; i < k->rule->list.count; i++) {
        const kl_datum *d = kl_frame_datum(in->frame, listed(k, i));
        if (d != NULL && d->type == LUA_TNUMBER && d->as.x != 0) k->frame->tally[k->rule->tally]++;
    }
}

/* ---- which rule does what -------------------------------------------------------------------- */

static const struct {
    void (*whole)(const kl_case *);                    /* on the object */
    void (*inside)(const kl_case *, const kl_inside *); /* on each table inside of it */
} ACTIONS[] = {
    [KL_REQUIRE] = {require, NULL},
    [KL_REQUIRE_ANY] = {require_any, NULL},
    [KL_FORBID] = {forbid, NULL},
    [KL_EXCLUSIVE] = {exclusive, NULL},
    [KL_REFUSE] = {refuse, NULL},
    [KL_LIMIT] = {limit, NULL},
    [KL_TOTAL] = {total, add_item},
    [KL_SEQUENCE] = {NULL, check_place},
    [KL_ITEMS_FORBID] = {NULL, check_forbidden},
    [KL_ONE_NONZERO] = {one_nonzero, count_nonzero},
    [KL_TRANSPORT] = {transport, NULL},
    [KL_VOICES] = {voices, NULL},
};

static bool applies(const kl_plan *p, const kl_frame *f, const kl_rule *r)
{
    return kl_holds(p, f, r->when) && (r->unless.count == 0 || !kl_holds(p, f, r->unless));
}

void kl_rules_check(kl_check *c, kl_frame *f, const kl_where *where)
{
    const kl_plan *p = c->plan;
    const kl_rule *r = &p->rules[f->object->rules.first], *end = r + f->object->rules.count;
    for (; r < end; r++) {
        if ((f->given & r->all) != r->all || (r->any != 0 && (f->given & r->any) == 0)) continue;
        if (ACTIONS[r->action].whole == NULL || !applies(p, f, r)) continue;
        kl_case k = {c, p, f, r, where};
        c->rule = kl_plan_text(p, r->name);
        ACTIONS[r->action].whole(&k);
    }
    c->rule = NULL;
}

void kl_rules_inside(kl_check *c, kl_frame *f, int field, const kl_frame *inner, int place,
                     const kl_where *step)
{
    const kl_plan *p = c->plan;
    for (int i = 0; i < f->object->hooks.count; i++) {
        const kl_rule *r = &p->rules[p->indices[f->object->hooks.first + i]];
        int about = r->action == KL_ONE_NONZERO ? r->field : r->array;
        if (about != field || (f->given & r->all) != r->all || !applies(p, f, r)) continue;
        kl_case k = {c, p, f, r, NULL};
        kl_inside in = {inner, step, place};
        c->rule = kl_plan_text(p, r->name);
        ACTIONS[r->action].inside(&k, &in);
    }
    c->rule = NULL;
}
