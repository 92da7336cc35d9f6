/* task.c - see task.h. Known tasks: what is learnt from answers, when the next poll is due.
 *
 * Owns: the polling half of the machine; task_create.c has the other one.
 * Stands on: task_parts.h.
 * Never: lets a state move backwards; asks again what a refusal has settled.
 */
#include "task_parts.h"

#include <math.h>
#include <stdlib.h>

enum { ASK_TRIES = 3, PROTOCOL_STRIKES = 3 };
static const double RETRY_AFTER_MAX = 60, TOKENS_BACK = 0.2;

/* What is told when there is no memory to tell more. */
static kl_error no_memory = {
    .kind = KL_NETWORK, .retry_after = -1, .message = "memory ran out"};

/* ---- birth and death --------------------------------------------------------------------- */

static char *copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = malloc(n);
    return p == NULL ? NULL : memcpy(p, text, n);
}

/* Room for an id is taken before the create is sent: what was paid for must not be lost for want of
 * memory. Ids are 18 digits, UUIDs, or `task_` and 32 letters; longer ones grow. */
enum { ID_ROOM = 48 };

static bool set_id(kl_task *t, const char *id)
{
    size_t n = strlen(id) + 1;
    if (n > ID_ROOM || t->id == NULL) {
        char *p = realloc(t->id, n > ID_ROOM ? n : ID_ROOM);
        if (p == NULL) return false;
        t->id = p;
    }
    memcpy(t->id, id, n);
    return true;
}

bool kl_task_open(kl_task *t, const kl_pace *pace, const char *id, const char *external_id)
{
    t->pace = pace;
    t->due = HUGE_VAL;
    t->progress = -1;
    t->stage = KL_STAGE_KNOWN;
    t->external_id = copy(external_id);
    return t->external_id != NULL && set_id(t, id);
}

void kl_task_close(kl_task *t)
{
    kl_task_remember(t, NULL);
    free(t->id);
    free(t->external_id);
    free(t->reason);
    t->id = t->external_id = t->reason = NULL;
}

void kl_task_create(kl_task *t)
{
    t->stage = KL_STAGE_CREATE;
    t->state = KL_STATE_QUEUED;
    t->ours = true;
    t->due = t->deadline = 0;
    t->tries = 0;
}

/* ---- what is known ----------------------------------------------------------------------- */

bool kl_task_creating(const kl_task *t)
{
    return t->stage < KL_STAGE_KNOWN;
}

bool kl_task_busy(const kl_task *t)
{
    return kl_task_creating(t) || t->asking;
}

static bool has_ended(const kl_task *t)
{
    return t->state == KL_STATE_SUCCEEDED || t->state == KL_STATE_FAILED;
}

bool kl_task_final(const kl_task *t)
{
    return t->stage == KL_STAGE_DEAD || has_ended(t);
}

bool kl_task_active(const kl_task *t)
{
    return t->flying || t->due < HUGE_VAL;
}

const kl_error *kl_task_error(const kl_task *t)
{
    return t->trouble ? NULL : t->error;
}

const kl_error *kl_task_trouble(const kl_task *t)
{
    return t->trouble ? t->error : NULL;
}

void kl_task_remember(kl_task *t, const kl_error *e)
{
    t->trouble = false;
    if (e == NULL) {
        if (t->error != &no_memory) free(t->error);
        t->error = NULL;
        return;
    }
    if (t->error == NULL || t->error == &no_memory) t->error = malloc(sizeof *e);
    if (t->error == NULL)
        t->error = &no_memory;
    else
        memmove(t->error, e, sizeof *e);
}

/* Nobody has to wait for it any longer. */
static void settle(kl_task *t)
{
    t->settled = t->watched;
    t->watched = t->asking = false;
    t->due = HUGE_VAL;
    t->version++;
}

void kl_task_dead(kl_task *t, const kl_error *e)
{
    kl_task_remember(t, e);
    t->stage = KL_STAGE_DEAD;
    settle(t);
}

/* A task that failed is an error, too: its sentence is the service's reason. */
static void remember_failure(kl_task *t, const char *reason)
{
    kl_error e;
    kl_error_set(&e, KL_FAILED, *reason ? reason : "the service says that the task failed");
    kl_task_remember(t, &e);
    free(t->reason);
    t->reason = *reason ? copy(reason) : NULL;
}

static void take_numbers(kl_task *t, const kl_outcome *o)
{
    if (o->progress >= 0) t->progress = o->progress;
    if (o->created_at != 0) t->created_at = o->created_at;
    if (o->updated_at != 0) t->updated_at = o->updated_at;
    if (t->state == KL_STATE_SUCCEEDED) t->progress = 1;
    memcpy(t->raw_status, o->raw_status, sizeof t->raw_status);
}

/* Later answers may be older than earlier ones (a gateway's cache): a state only moves on. */
static void take(kl_task *t, const kl_outcome *o)
{
    if (o->state >= t->state && !has_ended(t)) t->state = (uint8_t)o->state;
    if (o->state == t->state || !has_ended(t)) take_numbers(t, o);
    if (*t->external_id == '\0' && *o->external_id != '\0') {
        char *p = copy(o->external_id);
        if (p != NULL) free(t->external_id), t->external_id = p;
    }
    kl_task_remember(t, NULL);
    if (t->state == KL_STATE_FAILED) remember_failure(t, o->reason);
}

/* ---- when ------------------------------------------------------------------------------- */

double kl_task_backoff(const kl_task *t, const kl_error *e, const kl_chance *c)
{
    int doublings = t->tries < 2 ? 0 : t->tries - 1;
    double wait = fmin(t->pace->retry_max, ldexp(t->pace->retry_base, doublings)) * c->dice;
    if (e->kind == KL_CONCURRENCY) wait = fmax(wait, 1);
    return fmax(wait, fmin(e->retry_after, RETRY_AFTER_MAX));
}

static double shaken(const kl_task *t, double seconds, const kl_chance *c)
{
    return seconds * (1 + t->pace->jitter * (2 * c->dice - 1));
}

/* The next regular poll, and a longer interval behind it. */
static void plan_poll(kl_task *t, const kl_chance *c)
{
    if (t->fixed > 0) {
        t->next_poll = c->now + t->fixed;
        return;
    }
    t->next_poll = c->now + shaken(t, t->interval, c);
    t->interval = fmin(t->interval * t->pace->growth, t->pace->interval_max);
}

static void wait_for(kl_task *t, double due)
{
    t->due = t->watched || t->asking ? due : HUGE_VAL;
}

/* A new question starts without the old one's failure; why a task failed stays. */
static void forget_failure(kl_task *t)
{
    if (t->stage == KL_STAGE_KNOWN && t->state != KL_STATE_FAILED) kl_task_remember(t, NULL);
}

/* ---- questions -------------------------------------------------------------------------- */

void kl_task_watch(kl_task *t, double fixed, double now)
{
    t->fixed = fixed;
    t->watched = true;
    if (kl_task_final(t)) {
        settle(t);
    } else if (!kl_task_creating(t) && !t->flying) {
        if (fixed > 0) t->next_poll = fmin(t->next_poll, now + fixed);
        t->due = fmin(t->due, fmax(now, t->next_poll));
        t->failing_since = 0;
        forget_failure(t);
    }
}

void kl_task_unwatch(kl_task *t)
{
    t->watched = t->settled = false;
    if (!kl_task_busy(t)) t->due = HUGE_VAL;
}

void kl_task_ask(kl_task *t, double now)
{
    if (t->stage != KL_STAGE_KNOWN || t->asking) return;
    t->asking = true;
    t->tries = 0;
    t->patience = now + t->pace->retry_for;
    forget_failure(t);
    if (!t->flying) t->due = now;
}

void kl_task_stop(kl_task *t, const kl_error *why)
{
    bool creating = kl_task_creating(t), sent = t->flying || t->stage != KL_STAGE_CREATE;
    t->flying = false;
    if (!creating) {
        t->watched = t->asking = t->settled = false;
        t->due = HUGE_VAL;
        return;
    }
    kl_task_remember(t, why);
    if (sent)
        kl_task_doubt(t);
    else
        kl_task_dead(t, why);
}

kl_purpose kl_task_question(const kl_task *t)
{
    static const kl_purpose PURPOSES[] = {
        [KL_STAGE_CREATE] = KL_FOR_CREATE, [KL_STAGE_LOOKUP] = KL_FOR_LOOKUP,
        [KL_STAGE_LIST] = KL_FOR_LIST,     [KL_STAGE_KNOWN] = KL_FOR_STATUS,
        [KL_STAGE_DEAD] = KL_FOR_STATUS};
    bool nameless = t->stage == KL_STAGE_KNOWN && *t->id == '\0';
    return nameless ? KL_FOR_LOOKUP : PURPOSES[t->stage];
}

void kl_task_fly(kl_task *t, double now)
{
    t->flying = true;
    t->due = HUGE_VAL;
    bool first = t->stage == KL_STAGE_CREATE && t->deadline <= 0;
    if (first) t->deadline = now + t->pace->create_timeout;
    if (t->tries < UINT8_MAX) t->tries++;
}

void kl_task_drop(kl_task *t, double now)
{
    t->flying = false;
    wait_for(t, now);
}

/* ---- answers ---------------------------------------------------------------------------- */

/* Good news, or none yet: go on polling. */
static void go_on(kl_task *t, const kl_chance *c)
{
    t->asking = false;
    t->asked++;
    t->version++;
    t->tries = t->strikes = 0;
    t->failing_since = 0;
    t->resigned = false;
    *c->tokens = fmin(*c->tokens + TOKENS_BACK, KL_TOKENS_MAX);
    if (kl_task_final(t)) {
        settle(t);
        return;
    }
    plan_poll(t, c);
    wait_for(t, t->next_poll);
}

bool kl_task_known(kl_task *t, const kl_outcome *o, const kl_chance *c)
{
    if (*t->id == '\0' && *o->id != '\0' && !set_id(t, o->id)) return false;
    if (t->stage != KL_STAGE_KNOWN) t->born = c->now;
    t->stage = KL_STAGE_KNOWN;
    if (t->interval <= 0) t->interval = t->pace->first;
    take(t, o);
    go_on(t, c);
    return true;
}

static bool take_token(const kl_chance *c)
{
    if (*c->tokens < 1) return false;
    *c->tokens -= 1;
    return true;
}

/* The question has no answer and won't get one: say so. */
static void give_up(kl_task *t, const kl_error *e, const kl_chance *c)
{
    kl_task_remember(t, e);
    t->next_poll = c->now + t->pace->first;
    settle(t);
}

/* Whether a question asked by hand is worth one more try: not when the service wants more time than
 * is left. */
static bool may_ask_again(const kl_task *t, const kl_error *e, const kl_chance *c)
{
    double wait = fmax(kl_task_backoff(t, e, c), e->retry_after);
    return t->tries < ASK_TRIES && c->now + wait <= t->patience;
}

/* A failure that may pass: a watch goes on, at its next regular time at the latest; a question that
 * was asked by hand has a few tries only. */
static void try_again(kl_task *t, const kl_error *e, const kl_chance *c)
{
    bool paid = take_token(c);
    bool unanswered = t->asking && !(paid && may_ask_again(t, e, c));
    if (t->failing_since <= 0) t->failing_since = c->now;
    kl_task_remember(t, e);
    t->trouble = !unanswered;
    if (unanswered) {
        t->asking = false;
        t->version++;
    }
    if (t->watched && c->now - t->failing_since > t->pace->retry_for) {
        give_up(t, e, c);
        return;
    }
    if (!paid) plan_poll(t, c);
    wait_for(t, paid ? c->now + kl_task_backoff(t, e, c) : t->next_poll);
}

/* Not yet visible to its own service: gateways answer a create before they have stored the task. */
static bool too_young(const kl_task *t, const kl_outcome *o, const kl_chance *c)
{
    return o->absent && t->ours && c->now - t->born < t->pace->not_found_grace;
}

static bool may_pass(kl_task *t, const kl_error *e)
{
    if (e->kind == KL_PROTOCOL) return ++t->strikes < PROTOCOL_STRIKES;
    return e->retryable;
}

static void status_answer(kl_task *t, const kl_outcome *o, const kl_chance *c)
{
    if (o->error.kind == KL_NONE && kl_task_known(t, o, c)) return;
    if (o->error.kind == KL_NONE) {
        give_up(t, &no_memory, c);
    } else if (o->resign && !t->resigned) {
        t->resigned = true;
        wait_for(t, c->now);
    } else if (too_young(t, o, c)) {
        go_on(t, c);
    } else if (may_pass(t, &o->error)) {
        try_again(t, &o->error, c);
    } else {
        give_up(t, &o->error, c);
    }
}

void kl_task_answer(kl_task *t, const kl_outcome *o, const kl_chance *c)
{
    static void (*const ANSWERS[])(kl_task *, const kl_outcome *, const kl_chance *) = {
        [KL_STAGE_CREATE] = kl_task_create_answer,
        [KL_STAGE_LOOKUP] = kl_task_lookup_answer,
        [KL_STAGE_LIST] = kl_task_list_answer,
        [KL_STAGE_KNOWN] = status_answer,
        [KL_STAGE_DEAD] = status_answer};
    t->flying = false;
    ANSWERS[t->stage](t, o, c);
}
