/* task_parts.h - what the two halves of the state machine share: task.c and task_create.c.
 *
 * Owns: nothing.
 * Stands on: task.h.
 * Never: is included by anything else.
 */
#ifndef KL_TASK_PARTS_H
#define KL_TASK_PARTS_H

#include "task.h"

/* task_create.c: answers of the stages before the task is known. */
void kl_task_create_answer(kl_task *t, const kl_outcome *o, const kl_chance *c);
void kl_task_lookup_answer(kl_task *t, const kl_outcome *o, const kl_chance *c);
void kl_task_list_answer(kl_task *t, const kl_outcome *o, const kl_chance *c);
/* Ends a create of which nobody can say what it did; the error kept so far is the cause. */
void kl_task_doubt(kl_task *t);

/* task.c */
/* The service has it: takes what the outcome says. False: no memory for its id. */
bool kl_task_known(kl_task *t, const kl_outcome *o, const kl_chance *c);
/* Remembers a failure, NULL forgets it. */
void kl_task_remember(kl_task *t, const kl_error *e);
/* It was never created. */
void kl_task_dead(kl_task *t, const kl_error *e);
/* Seconds before a try is repeated: full jitter below a doubling ceiling, what the service asked
 * for (capped), and at least a second when its slots are full (Kling's docs). */
double kl_task_backoff(const kl_task *t, const kl_error *e, const kl_chance *c);

#endif
