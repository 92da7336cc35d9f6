/* rules.h - the rules between the fields of one object.
 *
 * Owns: when a rule applies and whether it is kept.
 * Stands on: gather.h, problem.h.
 * Never: judges a single value's type or range; validate.c did.
 */
#ifndef KL_RULES_H
#define KL_RULES_H

#include "gather.h"
#include "problem.h"

/* Adds a problem for every rule of the frame's object that is broken. [-0, +0, e] */
void kl_rules_check(kl_check *c, const kl_frame *f, const kl_where *where);
/* The path step of a field: below its group when it was given there. `room` holds the group's step. */
kl_where kl_rules_step(const kl_check *c, const kl_frame *f, const kl_where *up, int field,
                       kl_where *room);

#endif
