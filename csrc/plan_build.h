/* plan_build.h - the tools plan.c compiles with: growing arrays, the text pool, reading Lua data.
 *
 * Owns: `kl_build`, the state of one compilation.
 * Stands on: plan.h.
 * Never: leaves a value on the Lua stack, but for kl_build_open.
 */
#ifndef KL_PLAN_BUILD_H
#define KL_PLAN_BUILD_H

#include "plan.h"

typedef struct kl_build {
    lua_State *L;
    kl_plan *plan;
    int keep;         /* stack index of the slot table */
    const char *path; /* what is being compiled, for messages */
    size_t nobjects, nfields, nwords, nnames, nrules, nconditions, ncompounds, nindices, nsets,
        nnumbers, ncells, ntexts, ntext;
} kl_build;

/* One more zeroed element at the end of one of the plan's arrays; ADD also gives its address, which
 * holds until the next one is added. [-0, +0, e] */
#define KL_BUILD_MORE(b, array)                                                                    \
    ((b)->plan->array =                                                                            \
         kl_build_grow(b, (b)->plan->array, &(b)->n##array, sizeof *(b)->plan->array))
#define KL_BUILD_ADD(b, array) (KL_BUILD_MORE(b, array), &(b)->plan->array[(b)->n##array - 1])

void *kl_build_grow(kl_build *b, void *array, size_t *count, size_t size);
/* Raises "plan: <path>: <what>". */
void kl_build_fail(kl_build *b, const char *what);

/* The unique address of a name, kept alive with the plan. */
const char *kl_build_keep(kl_build *b, const char *name);
kl_text kl_build_text(kl_build *b, const char *text);
/* The text in JSON quotes, between `head` and `tail`. */
kl_text kl_build_json(kl_build *b, const char *head, const char *text, const char *tail);

/* Pushes t[name] and returns its index when it is a table; else pushes nothing and returns 0. */
int kl_build_open(kl_build *b, int t, const char *name);
int kl_build_open_item(kl_build *b, int t, int i);
/* What t[name] says, or the fallback when it is absent. Strings live as long as `t` does. */
const char *kl_build_string(kl_build *b, int t, const char *name, const char *fallback);
double kl_build_number(kl_build *b, int t, const char *name, double fallback);
/* The same for lengths and sizes; raises for any other number. */
double kl_build_count(kl_build *b, int t, const char *name, double fallback);
bool kl_build_flag(kl_build *b, int t, const char *name);
const char *kl_build_item(kl_build *b, int t, int i); /* t[i] as a string, NULL when absent */
/* The position of t[name] in a NULL-ended list; the fallback when it is absent. */
int kl_build_option(kl_build *b, int t, const char *name, const char *const *list, int fallback);
/* A bit for each word of the list t[name]; `all` when it is absent. */
unsigned kl_build_bits(kl_build *b, int t, const char *name, const char *const *list, unsigned all);

/* The field `name` of object `o`; raises when there is none. */
int16_t kl_build_field(kl_build *b, int16_t object, const char *name);
/* One more word at the end of the pool. */
void kl_build_add_word(kl_build *b, const char *name, int16_t canonical, kl_text text,
                       kl_text json);
/* The canonical word `name` of a field, or -1. */
int16_t kl_build_word(const kl_build *b, const kl_field *f, const char *name);
/* What ties field `at` (told by t) to others of its object (plan_links.c). */
void kl_build_links(kl_build *b, int16_t object, int t, size_t at);
/* A condition table t[name] on an object's fields (plan_rules.c). */
kl_range kl_build_conditions(kl_build *b, int16_t object, int t, const char *name);
/* The rules t (0: none) of an object (plan_rules.c). */
kl_range kl_build_rules(kl_build *b, int16_t object, int t);

#endif
