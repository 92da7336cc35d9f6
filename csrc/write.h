/* write.h - single values of a good request as JSON, byte-exact.
 *
 * Owns: under which JSON type each value is written; which fields are written at all.
 * Stands on: gather.h, body.h, json.h, localfile.h, error.h.
 * Never: judges; what comes here was found good.
 */
#ifndef KL_WRITE_H
#define KL_WRITE_H

#include "body.h"
#include "error.h"
#include "gather.h"

typedef struct kl_writer {
    lua_State *L;
    const kl_plan *plan;
    kl_body *body;
    const char *minted; /* external_task_id for a request without one, NULL: none */
    kl_error *err;
} kl_writer;

/* A field of a frame; `field` of a list's items has no frame. */
typedef struct kl_item {
    const kl_frame *frame;
    const kl_field *field;
    const kl_datum *datum; /* NULL: not given, something stands in for it */
    int index;             /* of the field in its object */
    int place;             /* of the object among its siblings, from 1 */
} kl_item;

/* Whether the field stands on the wire, given or not. */
bool kl_is_written_oddly(const kl_writer *w, const kl_frame *f, int index);
static inline bool kl_is_written(const kl_writer *w, const kl_frame *f, int index)
{
    const kl_field *field = kl_frame_field(w->plan, f, index);
    bool usual = field->send <= KL_SEND_ALWAYS && field->send_when.count == 0;
    return (usual && kl_given(f, index)) || kl_is_written_oddly(w, f, index);
}
/* Writes a value of any type but a table's fields. False: no memory, or `err` says why. [-0,
 * +0, e] */
bool kl_write_value(kl_writer *w, const kl_item *item);
/* Writes `,"name":`, without the comma at the start of an object. */
bool kl_write_key(kl_writer *w, const kl_field *field);
/* Writes a boolean with its key. */
bool kl_write_flag(kl_writer *w, const kl_field *field, bool flag);
/* The parameters of `extra`, beside the fields. [-0, +0, e] */
bool kl_write_extra(kl_writer *w, int table);

#endif
