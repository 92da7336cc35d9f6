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

/* Adds a problem for every rule of the frame's object that is broken, once its fields and the
 * tables in them were looked at. [-0, +0, e] */
void kl_rules_check(kl_check *c, kl_frame *f, const kl_where *where);
/* Shows a table inside of field `field` (an item of its list, from place 1 on, or its object) to
 * the rules that look into it. `step`: the table's own path. [-0, +0, e] */
void kl_rules_inside(kl_check *c, kl_frame *f, int field, const kl_frame *inner, int place,
                     const kl_where *step);
#endif
