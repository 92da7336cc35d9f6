/* interrupt.h - Ctrl-C while C waits.
 *
 * Owns: the knowledge that lua.c answers SIGINT with a hook on the main state, and that hooks of
 * PUC Lua belong to one coroutine each.
 * Stands on: compat.h.
 * Never: installs a signal handler.
 */
#ifndef KL_INTERRUPT_H
#define KL_INTERRUPT_H

#include "compat.h"

typedef struct kl_interrupt {
    lua_State *main; /* NULL: unknown; on the C stack of a wait only */
    lua_Hook hook;   /* its hook when the wait began */
} kl_interrupt;

/* Remembers the main state when it is at hand (at load time). [-0, +0, m] */
void kl_interrupt_setup(lua_State *L);
/* A wait begins. [-0, +0] */
void kl_interrupt_begin(lua_State *L, kl_interrupt *i);
/* Raises when somebody has pressed Ctrl-C since. [-0, +0, e] */
void kl_interrupt_check(lua_State *L, const kl_interrupt *i);

#endif
