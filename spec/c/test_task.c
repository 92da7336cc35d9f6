/* test_task.c - known tasks: polls, questions, what is learnt from answers, stopping.
 *
 * Owns: one test for each rule of polling.
 * Stands on: task_service.h.
 * Never: sleeps.
 */
#include "task_service.h"

/* ---- polls ------------------------------------------------------------------------------- */

static void test_poll_intervals(void)
{
    begin_known();
    double waits[] = {5, 10, 15, 15};
    for (int i = 0; i < 4; i++) {
        CHECK(near(task.due - now, waits[i]));
        answer(KL_FOR_STATUS, good(KL_STATE_RUNNING));
    }
    dice = 0;
    answer(KL_FOR_STATUS, good(KL_STATE_RUNNING));
    CHECK(near(task.due - now, 12)); /* 15 less a fifth */
}

static void test_fixed_interval(void)
{
    begin_known();
    kl_task_watch(&task, 2, now);
    for (int i = 0; i < 3; i++) {
        CHECK(near(task.due - now, 2));
        answer(KL_FOR_STATUS, good(KL_STATE_RUNNING));
    }
}

static void test_succeeded(void)
{
    begin_known();
    answer(KL_FOR_STATUS, good(KL_STATE_SUCCEEDED));
    CHECK(kl_task_final(&task) && !kl_task_active(&task) && task.settled && !task.watched);
    CHECK(near(task.progress, 1) && kl_task_error(&task) == NULL);
}

static void test_failed(void)
{
    begin_known();
    kl_outcome o = good(KL_STATE_FAILED);
    snprintf(o.reason, sizeof o.reason, "Image pixel is invalid");
    answer(KL_FOR_STATUS, o);
    CHECK(kl_task_final(&task) && task.settled);
    CHECK(kl_task_error(&task)->kind == KL_FAILED);
    CHECK(strcmp(kl_task_error(&task)->message, "Image pixel is invalid") == 0);
    CHECK(strcmp(task.reason, "Image pixel is invalid") == 0);
}

static void test_never_backwards(void)
{
    begin_known();
    answer(KL_FOR_STATUS, good(KL_STATE_RUNNING));
    answer(KL_FOR_STATUS, good(KL_STATE_QUEUED));
    CHECK(task.state == KL_STATE_RUNNING);
    answer(KL_FOR_STATUS, good(KL_STATE_UNKNOWN));
    CHECK(task.state == KL_STATE_RUNNING && strcmp(task.raw_status, "word0") == 0);
    answer(KL_FOR_STATUS, good(KL_STATE_SUCCEEDED));
    kl_task_ask(&task, now);
    answer(KL_FOR_STATUS, good(KL_STATE_FAILED));
    CHECK(task.state == KL_STATE_SUCCEEDED && strcmp(task.raw_status, "word3") == 0);
    CHECK(kl_task_error(&task) == NULL);
}

static void test_trouble_passes(void)
{
    begin_known();
    answer(KL_FOR_STATUS, bad(KL_SERVER, 503, true));
    CHECK(task.watched && kl_task_error(&task) == NULL);
    CHECK(kl_task_trouble(&task) != NULL && kl_task_trouble(&task)->kind == KL_SERVER);
    CHECK(task.due - now < 1);
    answer(KL_FOR_STATUS, good(KL_STATE_RUNNING));
    CHECK(kl_task_trouble(&task) == NULL && task.due - now > 1);
}

static void test_trouble_stays(void)
{
    begin_known();
    double before = now;
    while (task.watched) answer(KL_FOR_STATUS, bad(KL_NETWORK, 0, true));
    CHECK(now - before > 120 && now - before < 180);
    CHECK(task.settled && !kl_task_final(&task) && !kl_task_active(&task));
    CHECK(kl_task_error(&task)->kind == KL_NETWORK);
    kl_task_watch(&task, 0, now); /* intact: may be watched again */
    CHECK(kl_task_error(&task) == NULL);
    answer(KL_FOR_STATUS, good(KL_STATE_SUCCEEDED));
    CHECK(task.state == KL_STATE_SUCCEEDED);
}

static void test_trouble_in_between(void)
{
    begin_known();
    for (int i = 0; i < 3; i++) {
        double before = now;
        while (now - before < 100) answer(KL_FOR_STATUS, bad(KL_NETWORK, 0, true));
        answer(KL_FOR_STATUS, good(KL_STATE_RUNNING));
    }
    CHECK(task.watched);
}

static void test_clock_of_a_question(void)
{
    kl_outcome o = bad(KL_AUTH, 401, false);
    o.resign = true;
    for (int i = 0; i < 2; i++) {
        begin_known();
        answer(KL_FOR_STATUS, o);
        CHECK(near(task.due, now));
        answer(KL_FOR_STATUS, i == 0 ? good(KL_STATE_RUNNING) : o);
        CHECK(task.watched == (i == 0));
    }
    CHECK(kl_task_error(&task)->kind == KL_AUTH);
}

static void test_budget(void)
{
    begin_known();
    tokens = 2;
    dice = 0.5;
    answer(KL_FOR_STATUS, bad(KL_SERVER, 503, true));
    answer(KL_FOR_STATUS, bad(KL_SERVER, 503, true));
    CHECK(tokens < 1 && task.due - now < 2);
    answer(KL_FOR_STATUS, bad(KL_SERVER, 503, true));
    CHECK(near(task.due - now, 10)); /* the next regular time */
    kl_task_ask(&task, now);
    answer(KL_FOR_STATUS, bad(KL_SERVER, 503, true));
    CHECK(!task.asking && kl_task_error(&task) != NULL && task.watched);
    tokens = 0;
    answer(KL_FOR_STATUS, good(KL_STATE_RUNNING));
    CHECK(near(tokens, 0.2) && kl_task_error(&task) == NULL);
}

static void test_garbage(void)
{
    begin_known();
    for (int i = 0; i < 3; i++) {
        CHECK(task.watched);
        answer(KL_FOR_STATUS, bad(KL_PROTOCOL, 200, false));
    }
    CHECK(!task.watched && kl_task_error(&task)->kind == KL_PROTOCOL);
}

static void test_final_errors(void)
{
    static const kl_kind KINDS[] = {KL_AUTH, KL_PERMISSION, KL_QUOTA, KL_INVALID, KL_NOT_FOUND};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        begin_known();
        answer(KL_FOR_STATUS, bad(KINDS[i], 400, false));
        CHECK(!task.watched && task.settled && kl_task_error(&task)->kind == KINDS[i]);
    }
}

static void test_not_yet_visible(void)
{
    begin_known();
    double born = now;
    answer(KL_FOR_STATUS, absent());
    CHECK(task.watched && task.due - now > 1);
    while (now - born < 30) answer(KL_FOR_STATUS, absent());
    CHECK(!task.watched && kl_task_error(&task)->kind == KL_NOT_FOUND);
    begin("860260753860210752", ""); /* not made by us: no grace */
    now = 1; /* though the machine has just started, and its clock with it */
    kl_task_watch(&task, 0, now);
    answer(KL_FOR_STATUS, absent());
    CHECK(!task.watched && kl_task_error(&task)->kind == KL_NOT_FOUND);
}

static void test_ask(void)
{
    begin("860260753860210752", "");
    CHECK(!kl_task_active(&task) && task.state == KL_STATE_UNKNOWN);
    kl_task_ask(&task, now);
    CHECK(kl_task_busy(&task) && near(task.due, now));
    answer(KL_FOR_STATUS, bad(KL_NETWORK, 0, true));
    answer(KL_FOR_STATUS, good(KL_STATE_RUNNING));
    CHECK(!kl_task_busy(&task) && !kl_task_active(&task) && task.asked == 1);
    kl_task_ask(&task, now);
    for (int i = 0; i < 3; i++) answer(KL_FOR_STATUS, bad(KL_NETWORK, 0, true));
    CHECK(!kl_task_busy(&task) && kl_task_error(&task)->kind == KL_NETWORK && task.asked == 1);
}

/* A question asked by hand is not repeated beyond retry_for, nor when the service wants more time
 * than is left of it. */
static void test_ask_has_an_end(void)
{
    kl_outcome o = bad(KL_RATE, 429, true);
    o.error.retry_after = 86400;
    begin("860260753860210752", "");
    kl_task_ask(&task, now);
    answer(KL_FOR_STATUS, o);
    CHECK(!kl_task_busy(&task) && kl_task_error(&task)->kind == KL_RATE);
    o.error.retry_after = 50;
    kl_task_ask(&task, now);
    for (int i = 0; i < 2; i++) {
        CHECK(kl_task_busy(&task));
        answer(KL_FOR_STATUS, o);
    }
    CHECK(kl_task_busy(&task) && near(task.due - now, 50)); /* 100 s of 120 s */
    answer(KL_FOR_STATUS, o);
    CHECK(!kl_task_busy(&task) && !kl_task_active(&task));
    pace.retry_for = 60;
    kl_task_ask(&task, now);
    answer(KL_FOR_STATUS, o);
    answer(KL_FOR_STATUS, o);
    CHECK(!kl_task_busy(&task) && kl_task_error(&task)->kind == KL_RATE);
}

/* The same answer while somebody watches ends the question, not the watch. */
static void test_ask_ends_in_a_watch(void)
{
    kl_outcome o = bad(KL_RATE, 429, true);
    o.error.retry_after = 86400;
    begin_known();
    kl_task_ask(&task, now);
    answer(KL_FOR_STATUS, o);
    CHECK(!task.asking && task.watched && kl_task_error(&task)->kind == KL_RATE);
    CHECK(near(task.due - now, 60));
}

static void test_ask_by_external_id(void)
{
    begin("", "mine");
    kl_task_ask(&task, now);
    answer(KL_FOR_LOOKUP, good(KL_STATE_RUNNING));
    CHECK(strcmp(task.id, "860260753860210752") == 0);
    kl_task_ask(&task, now);
    answer(KL_FOR_STATUS, good(KL_STATE_RUNNING));
}

static void test_watch_does_not_hurry(void)
{
    begin_known();
    double due = task.due;
    kl_task_unwatch(&task);
    CHECK(!kl_task_active(&task));
    for (int i = 0; i < 10; i++) kl_task_watch(&task, 0, now + i * 0.1);
    CHECK(near(task.due, due));
}

static void test_long_id(void)
{
    begin_create(false, false);
    kl_outcome o = good(KL_STATE_QUEUED);
    memset(o.id, 'x', sizeof o.id - 1);
    answer(KL_FOR_CREATE, o);
    CHECK(strlen(task.id) == sizeof o.id - 1);
}

/* ---- stopping ---------------------------------------------------------------------------- */

static void stop(void)
{
    kl_error e;
    kl_error_set(&e, KL_CANCELLED, "cancelled");
    kl_task_stop(&task, &e);
}

static void test_stop(void)
{
    begin_create(true, true);
    stop();
    CHECK(is_dead(KL_CANCELLED));
    begin_create(true, true);
    kl_task_fly(&task, now);
    stop();
    CHECK(is_dead(KL_AMBIGUOUS) && kl_task_error(&task)->cause == KL_CANCELLED);
    begin_known();
    stop();
    CHECK(!kl_task_active(&task) && !task.watched && kl_task_error(&task) == NULL);
    kl_task_watch(&task, 0, now);
    CHECK(kl_task_active(&task));
}

int main(void)
{
    static void (*const TESTS[])(void) = {
        test_poll_intervals, test_fixed_interval, test_succeeded, test_failed,
        test_never_backwards, test_trouble_passes, test_trouble_stays, test_trouble_in_between,
        test_clock_of_a_question, test_budget,
        test_garbage, test_final_errors, test_not_yet_visible, test_ask,
        test_ask_has_an_end, test_ask_ends_in_a_watch,
        test_ask_by_external_id, test_watch_does_not_hurry, test_long_id, test_stop};
    for (size_t i = 0; i < sizeof TESTS / sizeof *TESTS; i++) TESTS[i]();
    end();
    return CHECK_RESULT();
}
