/* bridge.h - new, check, test and push for our types; the one door for errors.
 *
 * Owns: how a userdata type is made, how an options table is read, the shape of `err`.
 * Stands on: compat.h, error.h.
 * Never: knows what a type means.
 */
#ifndef KL_BRIDGE_H
#define KL_BRIDGE_H

#include "compat.h"
#include "error.h"

/* Makes the metatable `name` ("kling.x") with these metamethods; `methods` go into a table of their
 * own, which is __index unless the metamethods bring one. Lua may add to that table. [-0, +0, e] */
void kl_class_new(lua_State *L, const char *name, const luaL_Reg *meta, const luaL_Reg *methods);
/* Adds more C functions to the methods of a class. [-0, +0, e] */
void kl_class_extend(lua_State *L, const char *name, const luaL_Reg *methods);
/* Pushes the table of a class's methods. [-0, +1, e] */
void kl_class_methods(lua_State *L, const char *name);
/* A zeroed userdata of that class on the top. [-0, +1, e] */
void *kl_class_make(lua_State *L, const char *name, size_t size);

/* What an options table says about `name`: the fallback when it is absent; raises
 * "<what>: <name> must be a ..." when it has the wrong type. A string lives as long as the table
 * keeps it. [-0, +0, e] */
const char *kl_option_string(lua_State *L, int t, const char *name, const char *fallback);
double kl_option_number(lua_State *L, int t, const char *name, double fallback);
bool kl_option_flag(lua_State *L, int t, const char *name, bool fallback);
/* True when the option is given; then it is on the top. [-0, +(0|1), e] */
bool kl_option_push(lua_State *L, int t, const char *name);

/* What the place of a failure knows beside the failure itself; NULL where it knows nothing. */
typedef struct kl_about {
    const char *task_id, *external_task_id, *gateway;
    const char *fault; /* the word of a transfer's fault */
} kl_about;

/* Pushes the sentence and the table {kind=, code=, ...}. `about` may be NULL. [-0, +2, e] */
void kl_push_error(lua_State *L, const kl_error *e, const kl_about *about);
/* Raises that there is no memory; never returns. [-0, +0, e] */
_Noreturn void kl_raise_memory(lua_State *L);
/* Pushes a kind's word. [-0, +1] */
void kl_push_kind(lua_State *L, kl_kind kind);

#endif
