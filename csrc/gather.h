/* gather.h - one walk over a request table: values into stack slots, words into numbers.
 *
 * Owns: `kl_frame`, what is known of one object of a request while it is validated or encoded.
 * Stands on: plan.h.
 * Never: judges; what does not fit is counted and left to validate.c.
 */
#ifndef KL_GATHER_H
#define KL_GATHER_H

#include "plan.h"

enum { KL_WORD_OTHER = -2, KL_WORD_ABSENT = -1 };

typedef struct kl_frame {
    const kl_object *object;
    int base;         /* the value of field i lies at base + i; nil = not given */
    int strays;       /* keys that name no field, or are no strings */
    uint64_t given;   /* bit i: field i is given */
    uint64_t twice;   /* given under two names */
    uint64_t grouped; /* given inside its group's table */
    int16_t word[KL_FIELDS_MAX]; /* enum: canonical word; boolean: 0/1; defaults counted in */
    int16_t row[KL_FIELDS_MAX];  /* enum: the compound row that was given, or -1 */
} kl_frame;

/* Spreads the table at absolute index `table` over new stack slots. Absent are: nil, kling.null, "",
 * strings of white space, {} for an array. [-0, +fields, e] */
void kl_gather(lua_State *L, const kl_plan *p, int16_t object, int table, kl_frame *f);

/* Whether a field (of this frame) counts as given. */
static inline bool kl_given(const kl_frame *f, int field)
{
    return (f->given >> field & 1) != 0;
}

/* Whether all conditions of a range hold (an empty range does). */
bool kl_holds(const kl_plan *p, const kl_frame *f, kl_range conditions);

/* A whole number, or digits in a string. */
bool kl_gather_whole(lua_State *L, int i, int64_t *n);

/* The compound row that agrees with the frame's words, or -1. */
int kl_gather_row(const kl_plan *p, const kl_frame *f, const kl_compound *c);

/* Whether some row has this word for this field; a model that has none is sent as it is. */
bool kl_gather_in_rows(const kl_plan *p, const kl_compound *c, int field, int16_t word);

/* The sum that stands for an absent field (its sum_of); false when it has none, the array is not
 * given, or an item lacks the part. [-0, +0] */
bool kl_gather_sum(lua_State *L, const kl_plan *p, const kl_frame *f, const kl_field *field,
                   int64_t *sum);

/* Pushes the field (absolute index in plan->fields) of an item table, by its own name. [-0, +1] */
int kl_gather_member(lua_State *L, const kl_plan *p, int item, const kl_field *member);

static inline const kl_field *kl_frame_field(const kl_plan *p, const kl_frame *f, int field)
{
    return &p->fields[f->object->fields.first + field];
}

#endif
