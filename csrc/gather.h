/* gather.h - one walk over a request table: its values as C sees them, words as numbers.
 *
 * Owns: `kl_frame`, what is known of one object of a request while it is judged and written. Every
 * value is looked at through the Lua API once; from then on there are only C structs.
 * Stands on: plan.h.
 * Never: judges; what does not fit is counted and left to request.c. Strings stay Lua's: they live
 * as long as the request does.
 */
#ifndef KL_GATHER_H
#define KL_GATHER_H

#include "plan.h"

enum { KL_WORD_OTHER = -2, KL_WORD_ABSENT = -1 };

typedef struct kl_datum {
    uint8_t type; /* Lua's; LUA_TNIL: not given */
    bool whole;   /* exactly the whole number `n`, written in digits or not */
    bool plain;   /* a text known to be plain (text.h); value.c finds out */
    int slot;     /* tables: stack index, 0 = not kept */
    size_t len;   /* strings: bytes; tables: items */
    union {
        const char *text;
        bool flag;
        double x;
    } as;
    int64_t n;
} kl_datum;

typedef struct kl_frame {
    const kl_object *object;
    int strays;       /* keys that name no field, or are no strings */
    int base;         /* stack index of the first slot */
    uint64_t given;   /* bit i: field i is given */
    uint64_t twice;   /* given under two names */
    uint64_t grouped; /* given inside its group's table */
    int16_t word[KL_FIELDS_MAX]; /* enum: canonical word; boolean: 0/1; defaults counted in */
    int16_t row[KL_FIELDS_MAX];  /* enum: the compound row that was given, or -1 */
    int64_t tally[KL_TALLIES];   /* rules.c's */
    int16_t tallied[KL_TALLIES];
    kl_datum data[KL_FIELDS_MAX]; /* of the fields that are given */
} kl_frame;

/* The value on the top as a datum; `slot` is kept when it is a table. [-0, +0] */
void kl_gather_datum(lua_State *L, int slot, kl_datum *d);

/* Reads the table at absolute index `table`. Absent are: nil, kling.null, "", strings of white
 * space, {} for an array. Its tables are left in stack slots. [-0, +slots, e] */
void kl_gather(lua_State *L, const kl_plan *p, int16_t object, int table, kl_frame *f);

/* The number of the lowest bit that is set; `bits` is not 0. */
static inline int kl_lowest(uint64_t bits)
{
    return __builtin_ctzll(bits);
}

/* Whether a field (of this frame) counts as given. */
static inline bool kl_given(const kl_frame *f, int field)
{
    return (f->given >> field & 1) != 0;
}

static inline const kl_field *kl_frame_field(const kl_plan *p, const kl_frame *f, int field)
{
    return &p->fields[f->object->fields.first + field];
}

/* What was given for a field, NULL when nothing was. */
static inline const kl_datum *kl_frame_datum(const kl_frame *f, int field)
{
    return kl_given(f, field) ? &f->data[field] : NULL;
}

static inline bool kl_condition_holds(const kl_frame *f, const kl_condition *c)
{
    int16_t word = f->word[c->field];
    if (c->test == KL_TEST_WORDS) return word >= 0 && (c->words >> word & 1) != 0;
    if (c->test == KL_TEST_FLAG) return word == (c->flag ? 1 : 0);
    return kl_given(f, c->field);
}

/* Whether all conditions of a range hold (an empty range does). */
static inline bool kl_holds(const kl_plan *p, const kl_frame *f, kl_range conditions)
{
    const kl_condition *c = &p->conditions[conditions.first], *end = c + conditions.count;
    while (c < end && kl_condition_holds(f, c)) c++;
    return c == end;
}

/* A whole number, or digits in a string where the field takes one. */
static inline bool kl_datum_whole(const kl_datum *d, int64_t *n)
{
    *n = d->n;
    return d->whole;
}
/* Reads the digits of a string. */
void kl_datum_parse(kl_datum *d);

/* The compound row that agrees with the frame's words, or -1. */
int kl_gather_row(const kl_plan *p, const kl_frame *f, const kl_compound *c);
/* Whether some row has this word for this field; a model that has none is sent as it is. */
bool kl_gather_in_rows(const kl_plan *p, const kl_compound *c, int field, int16_t word);

/* The sum that stands for an absent field (its sum_of); false when it has none, the array is not
 * given, or an item lacks the part. [-0, +0] */
bool kl_gather_sum(lua_State *L, const kl_plan *p, const kl_frame *f, const kl_field *field,
                   int64_t *sum);
/* Pushes one field of the first item of an array. [-0, +1] */
void kl_gather_first(lua_State *L, const kl_plan *p, const kl_frame *f, int array, int field);

#endif
