/* value.h - single values of a request: type, range, length, picture.
 *
 * Owns: the judgement of every type but tables.
 * Stands on: problem.h, gather.h, media.h, localfile.h, text.h.
 * Never: looks at another field.
 */
#ifndef KL_VALUE_H
#define KL_VALUE_H

#include "problem.h"

/* One value that was given, and where it stands in the request. */
typedef struct kl_value {
    const kl_field *field;
    kl_datum *datum; /* NULL: nothing was given */
    int16_t word;    /* enums: what kl_gather found */
    const kl_where *where;
} kl_value;

/* Adds a problem when the value does not fit its field's type and limits; tables are not looked at.
 * [-0, +0, e] */
void kl_value_check(kl_check *c, const kl_value *v);
/* Adds a problem that names the field's range; `got` NULL: the value itself is shown. `what`: "a
 * whole number" or the like. */
void kl_value_outside(kl_check *c, const kl_value *v, const char *got, const char *what);
/* The words an enum takes, for messages. */
void kl_value_words(const kl_plan *p, const kl_field *f, char *out, size_t room);

#endif
