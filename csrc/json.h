/* json.h - any plain Lua value as JSON, for parameters that are passed through untouched.
 *
 * Owns: what is a list and what an object, the order of keys (sorted, so output is deterministic).
 * Stands on: compat.h, text.h.
 * Never: calls metamethods.
 */
#ifndef KL_JSON_H
#define KL_JSON_H

#include "buf.h"
#include "compat.h"

/* Appends the value at absolute index `i`; `out` may be NULL to find out whether it can be written.
 * NULL when all is well, else why not ("a function can't be sent", ...). Tables with the keys 1..n
 * are lists; the empty table is an object; lightuserdata NULL is null. [-0, +0, e] */
const char *kl_json_value(lua_State *L, int i, kl_buf *out);

#endif
