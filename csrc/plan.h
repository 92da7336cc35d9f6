/* plan.h - an endpoint as one gateway spells it: Lua data in, compact program out.
 *
 * Owns: the program's structs and `core.plan`. A plan never changes once compiled.
 * Stands on: compat.h, text.h. Words of the data: lua/kling/vocabulary.lua.
 * Never: knows an endpoint's or a gateway's name. Keeps pointers into Lua strings only while the
 * plan's slot table keeps these strings alive; short strings are unique in a Lua state, so a field
 * or an enum word is found by comparing addresses.
 */
#ifndef KL_PLAN_H
#define KL_PLAN_H

#include "compat.h"

#define KL_PLAN "kling.plan"

enum {
    KL_FIELDS_MAX = 63, /* of one object: presence is a bit each */
    KL_TALLIES = 4,     /* counting rules of one object */
    KL_WORDS_MAX = 63,  /* canonical words of one enum, for the same reason */
    KL_NAME_MAX = 40    /* bytes: longer strings are not unique in Lua 5.2 and later */
};

typedef enum kl_type {
    KL_STRING, KL_ENUM, KL_BOOLEAN, KL_INTEGER, KL_NUMBER, KL_ID, KL_URL, KL_MEDIA, KL_OBJECT,
    KL_ARRAY, KL_GROUP, KL_EXTRA
} kl_type;

typedef enum kl_send { KL_SEND_GIVEN, KL_SEND_ALWAYS, KL_SEND_TRUE, KL_SEND_NEVER } kl_send;

enum { KL_AS_NUMBER, KL_AS_STRING };
enum { KL_ACCEPT_URL = 1, KL_ACCEPT_BASE64 = 2, KL_ACCEPT_FILE = 4 };
enum { KL_NONE_INDEX = -1 };

/* A stretch of the text pool, always followed by a NUL. */
typedef struct kl_text {
    uint32_t at, len;
} kl_text;

/* A stretch of one of the plan's arrays. */
typedef struct kl_range {
    uint16_t first, count;
} kl_range;

typedef struct kl_word {
    const char *name;  /* unique Lua string, kept alive by the slot table */
    int16_t canonical; /* position among the field's canonical words */
    int16_t row;       /* compound row it stands for, or -1 */
    kl_text text;      /* the canonical word */
    kl_text json;      /* as the gateway spells it, in quotes */
} kl_word;

typedef struct kl_field {
    uint8_t type, send, as, accept;
    bool required, any, numbered; /* any: unlisted words too; numbered: absent = the item's place */
    int16_t group;                /* field of the same object in which it stands on the wire */
    int16_t slot;                 /* tables: which of the frame's stack slots keeps it */
    int16_t child;                /* OBJECT: object; ARRAY: field of the items, in plan->fields */
    int16_t shorthand;            /* OBJECT: field of the child that a boolean stands for */
    int16_t compound;             /* ENUM: the plan's compound */
    int16_t default_word;         /* ENUM: canonical word, BOOLEAN: 0/1; -1 none */
    int16_t sum_array, sum_field; /* absent: the sum of this field over the array's items */
    int16_t fill_array, fill_field; /* absent: this field of the array's first item */
    kl_text name, key; /* the name users give; the wire's name as `,"name":` */
    kl_range words; /* the canonical ones first */
    uint16_t ncanonical;
    kl_range send_when;
    double min, max, default_number; /* NAN where not told */
    uint32_t min_length, max_length, min_side;
    uint64_t max_bytes;
    double max_ratio;
} kl_field;

/* Names an object's fields answer to, hashed by address. */
typedef struct kl_name {
    const char *name;
    int16_t field;
} kl_name;

typedef struct kl_object {
    kl_range fields, rules;
    kl_range hooks;       /* in plan->indices: rules that look into tables of this object */
    uint64_t attention;   /* fields that matter even when they are not given */
    uint64_t worded;      /* enums and booleans */
    bool compounds;       /* some field is a compound */
    uint16_t nslots;      /* stack slots for its tables */
    uint16_t names, mask; /* first slot and size - 1 of its hash */
} kl_object;

typedef enum kl_test { KL_TEST_FLAG, KL_TEST_WORDS, KL_TEST_GIVEN } kl_test;
typedef struct kl_condition {
    uint8_t test;
    bool flag;      /* FLAG: the value wanted */
    int16_t field;
    uint64_t words; /* WORDS: a bit for each canonical word that holds */
} kl_condition;

typedef enum kl_action {
    KL_REQUIRE, KL_REQUIRE_ANY, KL_FORBID, KL_EXCLUSIVE, KL_REFUSE, KL_LIMIT, KL_TOTAL, KL_SEQUENCE,
    KL_ITEMS_FORBID, KL_ONE_NONZERO, KL_TRANSPORT, KL_VOICES
} kl_action;

typedef struct kl_rule {
    uint8_t action, accept;
    kl_text name, doc;
    kl_range when, unless, needs; /* needs: of VOICES */
    kl_range list;    /* fields, or for EXCLUSIVE: bit sets, one a group */
    uint64_t words;   /* REFUSE, LIMIT: canonical words */
    kl_range numbers; /* LIMIT: allowed numbers */
    double min, max;  /* LIMIT */
    int16_t field, array, item_field;
    uint64_t all, any; /* it breaks only when all of these and one of those are given; any: 0 = it
                          does not depend on that */
    int16_t tally; /* hooks that count: which of the frame's tallies */
} kl_rule;

/* A wire word made of several fields: rows of canonical words, the last column is the name's
 * JSON. */
typedef struct kl_compound {
    int16_t parts[4];
    uint16_t nparts;
    kl_range rows; /* in plan->cells, nparts a row */
    kl_range names; /* in plan->texts, one a row */
} kl_compound;

typedef struct kl_plan {
    bool open; /* false once collected */
    kl_object *objects;
    kl_field *fields;
    kl_word *words;
    kl_name *names;
    kl_rule *rules;
    kl_condition *conditions;
    kl_compound *compounds;
    int16_t *indices;
    uint64_t *sets;
    double *numbers;
    int16_t *cells;
    kl_text *texts;
    char *text;
    int16_t root;
    int16_t external_id; /* root field that carries the caller's own task id, or -1 */
} kl_plan;

/* The plan at stack index `i`; raises when it is none. [-0, +0, v] */
kl_plan *kl_plan_check(lua_State *L, int i);
bool kl_plan_has_external_id(const kl_plan *p);
/* Adds `plan` to the module table on the top. */
void kl_plan_register(lua_State *L);

static inline const char *kl_plan_text(const kl_plan *p, kl_text t)
{
    return p->text + t.at;
}

/* The field that `name` (a unique string's address) stands for in an object, or -1. */
static inline int kl_plan_find(const kl_plan *p, const kl_object *o, const char *name)
{
    uintptr_t h = (uintptr_t)name;
    for (size_t i = (h >> 4) ^ (h >> 11);; i++) {
        const kl_name *n = &p->names[o->names + (i & o->mask)];
        if (n->name == name) return n->field;
        if (n->name == NULL) return KL_NONE_INDEX;
    }
}

#endif
