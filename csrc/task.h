/* task.h - one job at the service: what is known of it, what to ask next, and when.
 *
 * Owns: the state machine of a task: create at most once, find out what a lost create did, poll.
 * Stands on: outcome.h, which tells it answers and faults alike.
 * Never: sends, sleeps, reads a clock, throws dice or touches Lua: the time and the dice are handed
 * in, `due` says when it wants its question asked.
 *
 *   create --task--> known <--------- adopted by id
 *     |  ^             ^
 *    lost '-recreate-. | found
 *     v              | |
 *   lookup --absent-> list          any of them --refused, or nothing can be found out--> dead
 */
#ifndef KL_TASK_H
#define KL_TASK_H

#include "outcome.h"
#include <stddef.h>

/* How patient a gateway's tasks are; shared by all tasks of a route. Seconds. */
typedef struct kl_pace {
    double first, growth, jitter, interval_max; /* polling */
    double create_timeout;  /* no new try of a create after that */
    double lookup_timeout;  /* how long a lost create is looked for */
    double absent_after;    /* since it was lost: only then is "no such task" believed */
    double retry_for;       /* a watched task's polls may fail in a row that long, and a question
                               asked by hand is not repeated later */
    double retry_base, retry_max;
    double not_found_grace; /* a young task may be unknown to the service that long */
    bool lookup, list;      /* the service can be asked by external_task_id; has a list */
} kl_pace;

typedef enum kl_stage {
    KL_STAGE_CREATE, KL_STAGE_LOOKUP, KL_STAGE_LIST, KL_STAGE_KNOWN, KL_STAGE_DEAD
} kl_stage;

typedef struct kl_task {
    const kl_pace *pace;
    char *id;          /* "" until the service told it */
    char *external_id; /* "" when there is none */
    char *reason;      /* why it failed, NULL: not told */
    kl_error *error;   /* see kl_task_error and kl_task_trouble */
    char raw_status[48];
    double progress; /* 0..1, < 0 unknown */
    int64_t created_at, updated_at;

    double due;      /* monotonic; HUGE_VAL: there is nothing to ask */
    double born;     /* when our own create was answered; means nothing unless `ours` */
    double deadline; /* of the creating, or of the looking up; 0: not begun */
    double lost_at;  /* when the answer to the last create did not come; 0: none was lost */
    double next_poll, failing_since;
    double patience; /* until when a question asked by hand is repeated */
    double interval; /* until the poll after the next one */
    double fixed;    /* instead of the growing interval; 0 = none */
    size_t place;    /* heap.c's */
    uint32_t version, asked;
    uint8_t state, stage; /* kl_state, kl_stage */
    uint8_t tries;        /* of this question, or this create */
    uint8_t absents;      /* lookups that said there is no such task */
    uint8_t strikes;      /* unreadable replies in a row */
    bool flying;          /* its question is on the way */
    bool ours, minted; /* created by us; under an external_task_id that nobody else can have */
    bool resigned, recreated, last_absent;
    bool watched, asking;
    bool trouble; /* `error` is not the last word */
    bool settled; /* became final or gave up while somebody watched; the engine takes it down */
} kl_task;

/* What the world adds to an answer. */
typedef struct kl_chance {
    double now;     /* monotonic seconds */
    double dice;    /* 0 <= dice < 1 */
    double *tokens; /* the account's budget of repeated questions */
} kl_chance;

enum { KL_TOKENS_MAX = 10 };

/* A zeroed struct becomes a task that is known (id or external_id, "" = none) or to be created.
 * False: no memory. */
bool kl_task_open(kl_task *t, const kl_pace *pace, const char *id, const char *external_id);
void kl_task_close(kl_task *t);
/* It is to be created, before anything else that is due; its time counts from the first try. */
void kl_task_create(kl_task *t);
/* Its create may have been sent by a process that has ended, `age` seconds ago or longer: it is
 * looked for first, until its absence can be believed. */
void kl_task_recover(kl_task *t, double now, double age);

/* Polls until it is settled; `fixed` > 0 replaces the growing interval. */
void kl_task_watch(kl_task *t, double fixed, double now);
void kl_task_unwatch(kl_task *t);
/* Asks once, with a few tries, none of them later than retry_for from now. Nothing happens while it
 * is being created. */
void kl_task_ask(kl_task *t, double now);
/* Stops everything. One that was not yet created ends with `why`, or as ambiguous when its create
 * may have left. */
void kl_task_stop(kl_task *t, const kl_error *why);

/* What is to be asked when it is due. */
kl_purpose kl_task_question(const kl_task *t);
/* The question leaves. */
void kl_task_fly(kl_task *t, double now);
/* The answer to the question on the way. */
void kl_task_answer(kl_task *t, const kl_outcome *o, const kl_chance *c);
/* The question was dropped without an answer (the process forked): ask again. Known tasks only. */
void kl_task_drop(kl_task *t, double now);

bool kl_task_creating(const kl_task *t); /* it has no place at the service yet, so far as we know */
bool kl_task_busy(const kl_task *t);     /* creating, or an asked question is under way */
bool kl_task_final(const kl_task *t);    /* succeeded, failed, or never created */
bool kl_task_active(const kl_task *t);   /* something is still to be asked */
/* Why it was not created, why it failed, or why the last question had no answer; NULL: all is
 * well. */
const kl_error *kl_task_error(const kl_task *t);
/* What stands in the way of a question that is asked again and again; NULL: nothing. */
const kl_error *kl_task_trouble(const kl_task *t);

#endif
