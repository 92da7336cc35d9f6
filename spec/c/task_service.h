/* task_service.h - a service and a clock for the tests of the state machine: test_task*.c.
 *
 * Owns: one task, the time, and what a simulated service answers.
 * Stands on: task.h, check.h.
 * Never: sleeps.
 */
#ifndef TASK_SERVICE_H
#define TASK_SERVICE_H

#include "check.h"
#include "task.h"

#include <math.h>

static kl_pace pace;
static kl_task task;
static double now, dice, tokens;
static int creates; /* create requests that left */

/* ---- the service ------------------------------------------------------------------------- */

KL_MAYBE_UNUSED static kl_outcome good(kl_state state)
{
    kl_outcome o = {.state = state, .progress = -1};
    snprintf(o.id, sizeof o.id, "860260753860210752");
    snprintf(o.raw_status, sizeof o.raw_status, "word%d", (int)state);
    return o;
}

KL_MAYBE_UNUSED static kl_outcome bad(kl_kind kind, int status, bool retryable)
{
    kl_outcome o = {.progress = -1};
    kl_error_set(&o.error, kind, "as the test wants it");
    o.error.status = status;
    o.error.retryable = retryable;
    return o;
}

KL_MAYBE_UNUSED static kl_outcome refusal(kl_kind kind, int status, bool retryable)
{
    kl_outcome o = bad(kind, status, retryable);
    o.refused = true;
    return o;
}

KL_MAYBE_UNUSED static kl_outcome loss(kl_kind kind, int status)
{
    kl_outcome o = bad(kind, status, true);
    o.maybe_created = true;
    return o;
}

KL_MAYBE_UNUSED static kl_outcome absent(void)
{
    kl_outcome o = bad(KL_NOT_FOUND, 400, false);
    o.absent = true;
    return o;
}

/* Lets time pass until the task asks, checks what it asks, answers. */
KL_MAYBE_UNUSED static void answer(kl_purpose purpose, kl_outcome o)
{
    kl_chance c = {now, dice, &tokens};
    CHECK(task.due < HUGE_VAL);
    if (task.due > now) now = task.due;
    c.now = now;
    CHECK(kl_task_question(&task) == purpose);
    creates += purpose == KL_FOR_CREATE;
    kl_task_fly(&task, now);
    CHECK(task.flying && task.due >= HUGE_VAL);
    kl_task_answer(&task, &o, &c);
    CHECK(!task.flying);
}

KL_MAYBE_UNUSED static void begin(const char *id, const char *external_id)
{
    kl_task_close(&task);
    pace = (kl_pace){.first = 5, .growth = 2, .jitter = 0.2, .interval_max = 15,
                     .create_timeout = 60, .lookup_timeout = 30, .absent_after = 30,
                     .retry_for = 120, .retry_base = 0.5, .retry_max = 20,
                     .not_found_grace = 30};
    memset(&task, 0, sizeof task);
    now = 1000;
    dice = 0.5;
    tokens = KL_TOKENS_MAX;
    creates = 0;
    CHECK(kl_task_open(&task, &pace, id, external_id));
}

KL_MAYBE_UNUSED static void begin_create(bool lookup, bool list)
{
    begin("", "mine");
    pace.lookup = lookup;
    pace.list = list;
    task.watched = true;
    kl_task_create(&task);
}

KL_MAYBE_UNUSED static void begin_known(void)
{
    begin("", "mine");
    task.watched = true;
    kl_task_create(&task);
    answer(KL_FOR_CREATE, good(KL_STATE_QUEUED));
}

KL_MAYBE_UNUSED static bool near(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

KL_MAYBE_UNUSED static bool is_dead(kl_kind kind)
{
    const kl_error *e = kl_task_error(&task);
    return task.stage == KL_STAGE_DEAD && kl_task_final(&task) && !kl_task_active(&task) &&
           !kl_task_busy(&task) && e != NULL && e->kind == kind;
}

KL_MAYBE_UNUSED static void end(void)
{
    kl_task_close(&task);
}

#endif
