/* validate.h - program x table -> a list of problems, or none.
 *
 * Owns: the judgement of tables; single values are in value.h, rules between fields in rules.h.
 * Stands on: gather.h, value.h, rules.h, json.h.
 * Never: sends, raises for bad requests, or changes the request.
 */
#ifndef KL_VALIDATE_H
#define KL_VALIDATE_H

#include "plan.h"

/* True: the request at index `request` is good. False: a list of {path, got, allowed, message, rule}
 * was pushed. [-0, +(0|1), e] */
bool kl_validate(lua_State *L, int plan, int request);
/* Adds `validate` to the plans' methods. */
void kl_validate_register(lua_State *L);

#endif
