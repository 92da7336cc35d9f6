/* test_task_create.c - creates: sent at most once, looked for when lost.
 *
 * Owns: one test for each way a create can go.
 * Stands on: task_service.h.
 * Never: accepts a second create without proof that the first made nothing.
 */
#include "task_service.h"

/* ---- creates ----------------------------------------------------------------------------- */

static void test_created(void)
{
    begin_create(false, false);
    CHECK(kl_task_busy(&task) && task.state == KL_STATE_QUEUED);
    answer(KL_FOR_CREATE, good(KL_STATE_QUEUED));
    CHECK(!kl_task_busy(&task) && strcmp(task.id, "860260753860210752") == 0);
    CHECK(near(task.due, now + 5));
    CHECK(kl_task_error(&task) == NULL && creates == 1);
}

static void test_created_but_not_watched(void)
{
    begin_create(false, false);
    task.watched = false;
    answer(KL_FOR_CREATE, good(KL_STATE_QUEUED));
    CHECK(!kl_task_active(&task) && !task.settled);
}

static void test_never_left(void)
{
    begin_create(true, true);
    double waits[] = {0.25, 0.5, 1}; /* half of 0.5, 1, 2: the dice say so */
    for (int i = 0; i < 3; i++) {
        answer(KL_FOR_CREATE, refusal(KL_NETWORK, 0, true));
        CHECK(near(task.due - now, waits[i]));
    }
    answer(KL_FOR_CREATE, refusal(KL_NETWORK, 0, true));
    CHECK(is_dead(KL_NETWORK) && creates == 4 && task.settled);
    CHECK(kl_task_error(&task)->retryable);
}

static void test_certificate(void)
{
    begin_create(true, true);
    answer(KL_FOR_CREATE, refusal(KL_NETWORK, 0, false));
    CHECK(is_dead(KL_NETWORK) && creates == 1);
}

static void test_refused_for_good(void)
{
    begin_create(true, true);
    answer(KL_FOR_CREATE, refusal(KL_QUOTA, 429, false));
    CHECK(is_dead(KL_QUOTA) && creates == 1);
}

static void test_busy_service(void)
{
    begin_create(true, true);
    dice = 0;
    while (kl_task_creating(&task)) {
        double asked = now;
        answer(KL_FOR_CREATE, refusal(KL_CONCURRENCY, 429, true));
        if (creates > 1) CHECK(now - asked >= 1);
    }
    CHECK(is_dead(KL_CONCURRENCY) && now <= 1060 && creates > 50);
    CHECK(kl_task_error(&task)->retryable);
}

static void test_retry_after(void)
{
    begin_create(true, true);
    kl_outcome o = refusal(KL_RATE, 429, true);
    o.error.retry_after = 7;
    answer(KL_FOR_CREATE, o);
    CHECK(near(task.due, now + 7));
    answer(KL_FOR_CREATE, good(KL_STATE_QUEUED));
    CHECK(creates == 2 && task.stage == KL_STAGE_KNOWN);
}

static void test_retry_after_beyond_deadline(void)
{
    begin_create(true, true);
    kl_outcome o = refusal(KL_RATE, 429, true);
    o.error.retry_after = 3600; /* capped to 60, still too late for a second one */
    answer(KL_FOR_CREATE, o);
    CHECK(near(task.due, now + 60));
    answer(KL_FOR_CREATE, o);
    CHECK(is_dead(KL_RATE) && creates == 2);
}

static void test_clock(void)
{
    begin_create(true, true);
    kl_outcome o = refusal(KL_AUTH, 401, false);
    o.resign = true;
    answer(KL_FOR_CREATE, o);
    CHECK(near(task.due, now));
    answer(KL_FOR_CREATE, o);
    CHECK(is_dead(KL_AUTH) && creates == 2);
}

/* ---- lost creates ------------------------------------------------------------------------ */

static void test_lost_for_ever(void)
{
    begin_create(false, false);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    CHECK(is_dead(KL_AMBIGUOUS) && creates == 1);
    const kl_error *e = kl_task_error(&task);
    CHECK(e->cause == KL_NETWORK && !e->retryable && e->hint != NULL);
}

/* An error that is neither a refusal nor a loss counts as a loss. */
static void test_unclear_error(void)
{
    begin_create(false, false);
    answer(KL_FOR_CREATE, bad(KL_SERVER, 500, true));
    CHECK(is_dead(KL_AMBIGUOUS) && kl_task_error(&task)->cause == KL_SERVER);
}

static void test_reply_without_id(void)
{
    begin_create(false, false);
    kl_outcome o = good(KL_STATE_QUEUED);
    *o.id = '\0';
    answer(KL_FOR_CREATE, o);
    CHECK(is_dead(KL_AMBIGUOUS) && kl_task_error(&task)->cause == KL_PROTOCOL);
}

static void test_no_external_id(void)
{
    begin("", "");
    pace.lookup = true;
    kl_task_create(&task);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    CHECK(is_dead(KL_AMBIGUOUS));
}

static void test_found(void)
{
    begin_create(true, true);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    CHECK(kl_task_busy(&task) && kl_task_error(&task) == NULL);
    CHECK(near(task.due, now + 0.5));
    answer(KL_FOR_LOOKUP, absent());
    CHECK(near(task.due, now + 1));
    answer(KL_FOR_LOOKUP, bad(KL_SERVER, 503, true));
    CHECK(near(task.due, now + 2));
    answer(KL_FOR_LOOKUP, good(KL_STATE_RUNNING));
    CHECK(task.stage == KL_STAGE_KNOWN && task.state == KL_STATE_RUNNING && creates == 1);
    CHECK(kl_task_error(&task) == NULL && near(task.due, now + 5));
}

/* The whole time is used: a service may show a task some time after it took the create. */
static void look_in_vain(void)
{
    int questions = 0;
    double began = now;
    for (; task.stage == KL_STAGE_LOOKUP; questions++) answer(KL_FOR_LOOKUP, absent());
    CHECK(questions == 6 && near(now, began + 30));
}

static void test_recreated_once(void)
{
    begin_create(true, true);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    look_in_vain();
    answer(KL_FOR_LIST, absent());
    CHECK(kl_task_question(&task) == KL_FOR_CREATE);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    look_in_vain();
    answer(KL_FOR_LIST, absent());
    CHECK(is_dead(KL_AMBIGUOUS) && creates == 2);
}

static void test_recreated_with_success(void)
{
    begin_create(true, false);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    look_in_vain();
    answer(KL_FOR_CREATE, good(KL_STATE_QUEUED));
    CHECK(task.stage == KL_STAGE_KNOWN && creates == 2 && kl_task_error(&task) == NULL);
}

static void test_listed(void)
{
    begin_create(true, true);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    look_in_vain();
    answer(KL_FOR_LIST, good(KL_STATE_QUEUED));
    CHECK(task.stage == KL_STAGE_KNOWN && creates == 1);
}

static void test_list_out_of_order(void)
{
    begin_create(true, true);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    look_in_vain();
    for (int i = 0; i < 3; i++) answer(KL_FOR_LIST, bad(KL_SERVER, 500, true));
    CHECK(is_dead(KL_AMBIGUOUS) && creates == 1);
}

static void test_duplicate_after_recreation(void)
{
    begin_create(true, false);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    look_in_vain();
    kl_outcome o = refusal(KL_INVALID, 400, false);
    o.duplicate = true;
    answer(KL_FOR_CREATE, o);
    answer(KL_FOR_LOOKUP, good(KL_STATE_QUEUED));
    CHECK(task.stage == KL_STAGE_KNOWN && creates == 2);
}

/* The id is ours alone: if it exists, the gateway made the task and tried a second time itself. */
static void test_duplicate_of_a_minted_id(void)
{
    kl_outcome o = refusal(KL_INVALID, 400, false);
    o.duplicate = true;
    begin_create(true, false);
    task.minted = true;
    answer(KL_FOR_CREATE, o);
    answer(KL_FOR_LOOKUP, good(KL_STATE_QUEUED));
    CHECK(task.stage == KL_STAGE_KNOWN && creates == 1);
    begin_create(true, false); /* the caller's own id: used before */
    answer(KL_FOR_CREATE, o);
    CHECK(is_dead(KL_INVALID));
}

static void test_lookup_out_of_order(void)
{
    begin_create(true, false);
    answer(KL_FOR_CREATE, loss(KL_SERVER, 502));
    while (task.stage == KL_STAGE_LOOKUP) answer(KL_FOR_LOOKUP, bad(KL_NETWORK, 0, true));
    CHECK(is_dead(KL_AMBIGUOUS) && creates == 1 && kl_task_error(&task)->cause == KL_SERVER);
}

/* "No such task" has to be the last word, and said three times. */
static void test_too_few_absents(void)
{
    begin_create(true, false);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    for (int i = 0; task.stage == KL_STAGE_LOOKUP; i++)
        answer(KL_FOR_LOOKUP, i < 2 ? absent() : bad(KL_SERVER, 500, true));
    CHECK(is_dead(KL_AMBIGUOUS) && creates == 1);
    begin_create(true, false);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    for (int i = 0; task.stage == KL_STAGE_LOOKUP; i++)
        answer(KL_FOR_LOOKUP, i < 4 ? absent() : bad(KL_SERVER, 500, true));
    CHECK(is_dead(KL_AMBIGUOUS) && creates == 1);
    begin_create(true, false);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    for (int i = 0; task.stage == KL_STAGE_LOOKUP; i++)
        answer(KL_FOR_LOOKUP, i < 4 ? bad(KL_SERVER, 500, true) : absent());
    CHECK(is_dead(KL_AMBIGUOUS) && creates == 1);
}

static void test_shown_late(void)
{
    begin_create(true, false);
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    for (int i = 0; i < 5; i++) answer(KL_FOR_LOOKUP, absent());
    answer(KL_FOR_LOOKUP, good(KL_STATE_QUEUED));
    CHECK(task.stage == KL_STAGE_KNOWN && creates == 1);
}

/* Where a second task with the same id is not refused, half a minute proves nothing. */
static void test_absent_too_soon(void)
{
    begin_create(true, true);
    pace.absent_after = 120;
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    look_in_vain();
    CHECK(is_dead(KL_AMBIGUOUS) && creates == 1);
    CHECK(strstr(kl_task_error(&task)->hint, "does not know the task yet") != NULL);
}

/* ---- creates of a process that has ended ------------------------------------------------- */

static void recover(double age)
{
    begin_create(true, false);
    pace.absent_after = 120;
    creates = 0;
    kl_task_recover(&task, now, age);
}

static void test_recovered_at_once(void)
{
    recover(0);
    double began = now;
    while (task.stage == KL_STAGE_LOOKUP) answer(KL_FOR_LOOKUP, absent());
    CHECK(near(now, began + 120) && kl_task_question(&task) == KL_FOR_CREATE && creates == 0);
}

static void test_recovered_the_day_after(void)
{
    recover(86400);
    double began = now;
    for (int i = 0; i < 3; i++) answer(KL_FOR_LOOKUP, absent());
    CHECK(near(now, began + 3.5) && kl_task_question(&task) == KL_FOR_CREATE);
}

static void test_recovered_and_lost_again(void)
{
    recover(86400);
    for (int i = 0; i < 3; i++) answer(KL_FOR_LOOKUP, absent());
    answer(KL_FOR_CREATE, loss(KL_NETWORK, 0));
    look_in_vain();
    CHECK(is_dead(KL_AMBIGUOUS) && creates == 1);
}

int main(void)
{
    static void (*const TESTS[])(void) = {
        test_created, test_created_but_not_watched, test_never_left, test_certificate,
        test_refused_for_good, test_busy_service, test_retry_after,
        test_retry_after_beyond_deadline, test_clock, test_lost_for_ever,
        test_unclear_error, test_reply_without_id, test_no_external_id, test_found,
        test_recreated_once, test_recreated_with_success, test_listed,
        test_list_out_of_order, test_duplicate_after_recreation,
        test_duplicate_of_a_minted_id, test_lookup_out_of_order, test_too_few_absents,
        test_shown_late, test_absent_too_soon, test_recovered_at_once,
        test_recovered_the_day_after, test_recovered_and_lost_again};
    for (size_t i = 0; i < sizeof TESTS / sizeof *TESTS; i++) TESTS[i]();
    end();
    return CHECK_RESULT();
}
