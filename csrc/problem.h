/* problem.h - the list of what is wrong with a request: path, got, allowed.
 *
 * Owns: the wording of problems and of paths.
 * Stands on: gather.h, text.h.
 * Never: decides; it is told.
 */
#ifndef KL_PROBLEM_H
#define KL_PROBLEM_H

#include "gather.h"

/* One step of a path; `up` is the outer one. It is a frame's field, a name that is none, or a
 * place in a list (from 1). Put together only when there is a problem. */
typedef struct kl_where {
    const struct kl_where *up;
    const kl_frame *frame;
    const char *name;
    int number; /* of the field, or the place */
} kl_where;

typedef struct kl_check {
    lua_State *L;
    const kl_plan *plan;
    int list;         /* stack index: nil until the first problem, then the list */
    int count;
    const char *rule; /* the rule being looked at, NULL: the field itself */
} kl_check;

/* Adds a problem. `given` NULL: nothing was. `allowed` is a format with its arguments. [-0,
 * +0, e] */
void kl_problem(kl_check *c, const kl_where *where, const kl_datum *given, const char *allowed, ...)
    __attribute__((format(printf, 4, 5)));
/* The same, with words for what was given. */
void kl_problem_got(kl_check *c, const kl_where *where, const char *got, const char *allowed, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for a name that is no field; `nearest` may be NULL. */
void kl_problem_unknown(kl_check *c, const kl_where *where, const kl_datum *given,
                        const char *nearest);

#endif
