/* decode.h - program x decoded reply -> what it means for the task, the result, a list of tasks.
 *
 * Owns: reading task replies; the difference between a task and an error.
 * Stands on: classify.h.
 * Never: raises for a bad reply, only when memory is short; runs inside a libcurl callback.
 */
#ifndef KL_DECODE_H
#define KL_DECODE_H

#include "reader.h" /* kl_decode_raw too */

/* Reads the answer to a request; `replies` is a stack index. [-0, +0, m] */
void kl_decode(lua_State *L, int replies, kl_purpose purpose, const kl_answer *answer,
               kl_outcome *out);
/* The result of a task that succeeded: {videos, task_id, external_task_id, created_at, updated_at,
 * cost}. Pushes it, or nil when the text is none; says which. [-0, +1, m] */
bool kl_decode_result(lua_State *L, int replies, const char *text, size_t len);
/* The tasks of a list reply, in its order: {id, external_task_id, state, raw_status, progress,
 * created_at, updated_at, reason}. Pushes the list, or nil when the text is none. [-0, +1, m] */
bool kl_decode_list(lua_State *L, int replies, const char *text, size_t len);

#endif
