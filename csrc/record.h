/* record.h - a task as a reply tells it.
 *
 * Owns: id, state, progress, times and reason of a task; its videos.
 * Stands on: reader.h.
 * Never: judges whether the reply is a task at all; decode.c does.
 */
#ifndef KL_RECORD_H
#define KL_RECORD_H

#include "reader.h"

/* An outcome that says nothing yet. */
void kl_outcome_clear(kl_outcome *out);
/* Fills in everything about the task; `bad_id`: its id cannot be used. Of a task that succeeded the
 * videos {id, url, watermark_url, duration} are appended to the list at stack index `list`, unless
 * that is 0. [-0, +0, m] */
void kl_record_read(kl_reader *rd, kl_outcome *out, bool *bad_id, int list);

#endif
