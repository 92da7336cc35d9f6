/* own.h - what belongs to this process alone: its number, files that nobody else may read.
 *
 * Owns: `core.pid` and `core.own_file`.
 * Stands on: compat.h, POSIX.
 * Never: keeps a file open, changes one that exists.
 */
#ifndef KL_OWN_H
#define KL_OWN_H

#include "compat.h"

/* Adds `pid` and `own_file` to the module table on the top. */
void kl_own_register(lua_State *L);

#endif
