/* request.h - program x table -> the request's body, or everything that is wrong with the table.
 *
 * Owns: the one walk in which a request is judged and written: each table is read once, each value
 * looked at once, then written in the plan's order. Judging and writing in two walks cost twice the
 * time (make bench, "encode").
 * Stands on: gather.h, value.h, rules.h, write.h.
 * Never: sends; raises for bad requests; changes the request.
 */
#ifndef KL_REQUEST_H
#define KL_REQUEST_H

#include "body.h"
#include "error.h"
#include "plan.h"

typedef enum kl_verdict {
    KL_GOOD,     /* the body is written */
    KL_PROBLEMS, /* a list of {path, got, allowed, message, rule} was pushed */
    KL_UNWRITTEN /* `err` says why a good request can't be written: no memory, a file gone */
} kl_verdict;

/* Judges the table at index `request` and writes its JSON to `body` (NULL: judges only).
 * `minted` (may be NULL) is sent as external_task_id when the plan has such a field and the
 * request gives none. [-0, +(0|1), e] */
kl_verdict kl_request(lua_State *L, int plan, int request, const char *minted, kl_body *body,
                      kl_error *err);
/* The request's own external_task_id, alive as long as the request is; NULL when it gives none.
 * [-0, +0] */
const char *kl_request_external_id(lua_State *L, int plan, int request);
/* Adds `validate` and `body` to the plans' methods (request_door.c). */
void kl_request_register(lua_State *L);

#endif
