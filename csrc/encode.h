/* encode.h - program x good table -> the request's body, byte-exact and in the plan's order.
 *
 * Owns: what is written, under which name, in which JSON type.
 * Stands on: plan.h, gather.h, json.h, body.h.
 * Never: judges; the request was validated before.
 */
#ifndef KL_ENCODE_H
#define KL_ENCODE_H

#include "body.h"
#include "error.h"
#include "plan.h"

/* Appends the JSON of the request at index `request` to `body`. `minted` (may be NULL) is sent as
 * external_task_id when the plan has such a field and the request gives none. False: `err` says why
 * (a file that can't be read any more, no memory). [-0, +0, e] */
bool kl_encode(lua_State *L, int plan, int request, const char *minted, kl_body *body,
               kl_error *err);
/* The request's own external_task_id, alive as long as the request is; NULL when it gives none.
 * [-0, +0] */
const char *kl_encode_external_id(lua_State *L, int plan, int request);
/* Adds `body` to the plans' methods. */
void kl_encode_register(lua_State *L);

#endif
