/* problem.h - the list of what is wrong with a request: path, got, allowed.
 *
 * Owns: the wording of problems and of paths.
 * Stands on: compat.h, plan.h, text.h.
 * Never: decides; it is told.
 */
#ifndef KL_PROBLEM_H
#define KL_PROBLEM_H

#include "plan.h"

/* One step of a path; `up` is the outer one. A name, or the place in a list (from 1). */
typedef struct kl_where {
    const struct kl_where *up;
    const char *name;
    int place;
} kl_where;

typedef struct kl_check {
    lua_State *L;
    const kl_plan *plan;
    int list;         /* stack index: nil until the first problem, then the list */
    int count;
    const char *rule; /* the rule being looked at, NULL: the field itself */
} kl_check;

/* Adds a problem. `value`: stack index of what was given, 0 = nothing. `allowed` is a format with
 * its arguments. [-0, +0, e] */
void kl_problem(kl_check *c, const kl_where *where, int value, const char *allowed, ...)
    __attribute__((format(printf, 4, 5)));
/* The same, with words for what was given. */
void kl_problem_got(kl_check *c, const kl_where *where, const char *got, const char *allowed, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for a name that is no field; `nearest` may be NULL. */
void kl_problem_unknown(kl_check *c, const kl_where *where, int value, const char *nearest);

#endif
