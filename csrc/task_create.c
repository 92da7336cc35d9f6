/* task_create.c - see task.h. Creates: sent at most once, looked for when lost.
 *
 * Owns: the half of the machine before the task is known.
 * Stands on: task_parts.h.
 * Never: sends a create again unless it provably never left, was provably refused, or the service
 * says again and again, asked by external_task_id, that it has no such task, the last time so late
 * that the lost create can't be under way any more; that last one once.
 */
#include "task_parts.h"

#include <math.h>
#include <stdio.h>

enum {
    TRIES_WITHOUT_REPLY = 4, /* of a create that never left */
    ABSENTS = 3, /* questions that must have said "no such task" before it is believed */
    LIST_TRIES = 3
};
/* The first question about a lost create comes after this part of the time for looking it up: half
 * a second of half a minute. The waits double; the last question comes when the time is over, for a
 * service may show a task some time after it took the create. */
static const double LOOKUP_FIRST = 1.0 / 60, LOOKUP_JITTER = 0.2;

/* ---- doubt ------------------------------------------------------------------------------- */

static const char *hint(const kl_task *t)
{
    if (*t->external_id == '\0')
        return "look into the account whether the task exists before you create it again";
    if (t->absents >= ABSENTS && t->last_absent)
        return "the service does not know the task yet, but may still be at work on it: ask for "
               "external_task_id again later, before you create it again";
    return "look for external_task_id in the account, or ask for it later, before you create it "
           "again";
}

void kl_task_doubt(kl_task *t)
{
    kl_error e = *t->error;
    e.cause = e.kind;
    e.kind = KL_AMBIGUOUS;
    e.retryable = false;
    e.hint = hint(t);
    snprintf(e.message, sizeof e.message, "the task may or may not have been created: %.400s",
             t->error->message);
    kl_task_dead(t, &e);
}

static void look_up(kl_task *t, double now)
{
    t->stage = KL_STAGE_LOOKUP;
    t->tries = t->absents = 0;
    t->deadline = now + t->pace->lookup_timeout;
    t->due = now + t->pace->lookup_timeout * LOOKUP_FIRST;
}

static void lost_at(kl_task *t, const kl_error *e, double now, double when)
{
    kl_task_remember(t, e);
    t->trouble = true;
    t->lost_at = when;
    if (t->pace->lookup && *t->external_id != '\0')
        look_up(t, now);
    else
        kl_task_doubt(t);
}

/* The answer to a create did not come, or does not say whether there is a task now. */
static void lost(kl_task *t, const kl_error *e, const kl_chance *c)
{
    lost_at(t, e, c->now, c->now);
}

void kl_task_recover(kl_task *t, double now, double age)
{
    kl_error e;
    kl_error_set(&e, KL_TIMEOUT, "the program that sent it ended before the answer was noted");
    kl_task_create(t);
    lost_at(t, &e, now, now - age);
    t->deadline = fmax(t->deadline, t->lost_at + t->pace->absent_after);
}

/* ---- create ------------------------------------------------------------------------------ */

static bool may_try_again(const kl_task *t, const kl_error *e, double due)
{
    bool tries_left = e->status != 0 || t->tries < TRIES_WITHOUT_REPLY;
    return e->retryable && tries_left && due <= t->deadline;
}

/* It is certain that this try made no task. */
static void refused(kl_task *t, const kl_outcome *o, const kl_chance *c)
{
    double due = c->now + kl_task_backoff(t, &o->error, c);
    if (o->resign && !t->resigned) {
        t->resigned = true;
        t->due = c->now;
    } else if (may_try_again(t, &o->error, due)) {
        kl_task_remember(t, &o->error);
        t->trouble = true;
        t->due = due;
    } else if (o->duplicate && (t->minted || t->recreated)) {
        lost(t, &o->error, c); /* nobody else has this id: an earlier try came through */
    } else {
        kl_task_dead(t, &o->error);
    }
}

void kl_task_create_answer(kl_task *t, const kl_outcome *o, const kl_chance *c)
{
    if (o->error.kind == KL_NONE && *o->id != '\0' && kl_task_known(t, o, c)) return;
    if (o->error.kind != KL_NONE && o->refused && !o->maybe_created) {
        refused(t, o, c);
        return;
    }
    kl_error e = o->error;
    if (e.kind == KL_NONE) kl_error_set(&e, KL_PROTOCOL, "the reply names no task");
    lost(t, &e, c);
}

/* ---- lookup and list --------------------------------------------------------------------- */

/* Nothing found: once it is created anew, with the same external_task_id. */
static void not_there(kl_task *t)
{
    if (t->recreated) {
        kl_task_doubt(t);
        return;
    }
    t->recreated = true;
    kl_task_create(t);
}

static bool is_found(kl_task *t, const kl_outcome *o, const kl_chance *c)
{
    return o->error.kind == KL_NONE && *o->id != '\0' && kl_task_known(t, o, c);
}

static bool may_resign(kl_task *t, const kl_outcome *o, const kl_chance *c)
{
    if (!o->resign || t->resigned) return false;
    t->resigned = true;
    t->due = c->now;
    return true;
}

/* Was "no such task" said often enough, last, and late enough? */
static bool is_absent(const kl_task *t, double now)
{
    return t->absents >= ABSENTS && t->last_absent &&
           now >= t->lost_at + t->pace->absent_after;
}

static void conclude(kl_task *t, const kl_chance *c)
{
    if (!is_absent(t, c->now)) {
        kl_task_doubt(t);
    } else if (t->pace->list) {
        t->stage = KL_STAGE_LIST;
        t->tries = 0;
        t->due = c->now;
    } else {
        not_there(t);
    }
}

void kl_task_lookup_answer(kl_task *t, const kl_outcome *o, const kl_chance *c)
{
    if (is_found(t, o, c) || may_resign(t, o, c)) return;
    t->last_absent = o->absent;
    if (o->absent) t->absents++;
    double wait = ldexp(t->pace->lookup_timeout * LOOKUP_FIRST, t->tries);
    double due = c->now + wait * (1 + LOOKUP_JITTER * (2 * c->dice - 1));
    if (is_absent(t, c->now) || c->now >= t->deadline)
        conclude(t, c);
    else
        t->due = fmin(due, t->deadline);
}

void kl_task_list_answer(kl_task *t, const kl_outcome *o, const kl_chance *c)
{
    if (is_found(t, o, c) || may_resign(t, o, c)) return;
    if (o->absent)
        not_there(t);
    else if (o->error.retryable && t->tries < LIST_TRIES)
        t->due = c->now + kl_task_backoff(t, &o->error, c);
    else
        kl_task_doubt(t);
}
