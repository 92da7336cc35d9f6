/* write.c - see write.h. One function a type, found by a table. */
#include "write.h"

#include "json.h"
#include "localfile.h"
#include "text.h"

#include <stdio.h>

typedef bool writer(kl_writer *w, const kl_item *item);

static kl_buf *out(kl_writer *w)
{
    return &w->body->text;
}

static bool put_text(kl_writer *w, kl_text t)
{
    return kl_buf_add(out(w), kl_plan_text(w->plan, t), t.len);
}

bool kl_write_key(kl_writer *w, const kl_field *field)
{
    const kl_buf *b = out(w);
    uint32_t comma = b->len > 0 && b->data[b->len - 1] == '{' ? 1 : 0;
    return put_text(w, (kl_text){field->key.at + comma, field->key.len - comma});
}

bool kl_write_flag(kl_writer *w, const kl_field *field, bool flag)
{
    return kl_write_key(w, field) && kl_buf_puts(out(w), flag ? "true" : "false");
}

/* The caller's own, or the one that was minted for it. */
static bool write_string(kl_writer *w, const kl_item *item)
{
    const kl_datum *d = item->datum;
    if (d != NULL && d->plain) return kl_json_plain(out(w), d->as.text, d->len);
    if (d != NULL) return kl_json_string(out(w), d->as.text, d->len);
    return kl_json_string(out(w), w->minted, strlen(w->minted));
}

/* The field of the list's first item that stands in for this one. */
static bool write_filled(kl_writer *w, const kl_item *item)
{
    size_t len;
    kl_gather_first(w->L, w->plan, item->frame, item->field->fill_array, item->field->fill_field);
    const char *text = lua_tolstring(w->L, -1, &len);
    bool ok = text == NULL ? kl_buf_add(out(w), "\"\"", 2) : kl_json_string(out(w), text, len);
    lua_pop(w->L, 1);
    return ok;
}

static bool write_enum(kl_writer *w, const kl_item *item)
{
    const kl_frame *f = item->frame;
    const kl_field *field = item->field;
    int16_t word = f->word[item->index];
    if (word < 0) return write_string(w, item);
    if (field->compound >= 0) {
        const kl_compound *c = &w->plan->compounds[field->compound];
        int row = f->row[item->index] >= 0 ? f->row[item->index] : kl_gather_row(w->plan, f, c);
        if (row >= 0) return put_text(w, w->plan->texts[c->names.first + row]);
    }
    return put_text(w, w->plan->words[field->words.first + word].json);
}

static bool write_boolean(kl_writer *w, const kl_item *item)
{
    return kl_buf_puts(out(w), item->frame->word[item->index] == 1 ? "true" : "false");
}

/* Given, or the sum of its parts, or its default, or the object's place among its siblings. */
static bool write_integer(kl_writer *w, const kl_item *item)
{
    int64_t n = item->place;
    const kl_field *field = item->field;
    if (item->datum != NULL)
        kl_datum_whole(item->datum, &n);
    else if (!field->numbered && !kl_gather_sum(w->L, w->plan, item->frame, field, &n))
        n = (int64_t)field->default_number;
    if (field->as == KL_AS_NUMBER) return kl_json_integer(out(w), n);
    return kl_buf_add(out(w), "\"", 1) && kl_json_integer(out(w), n) && kl_buf_add(out(w), "\"", 1);
}

static bool write_number(kl_writer *w, const kl_item *item)
{
    const kl_datum *d = item->datum;
    if (d != NULL && d->whole) return kl_json_integer(out(w), d->n);
    return kl_json_number(out(w), d == NULL ? item->field->default_number : d->as.x);
}

static bool write_file(kl_writer *w, const char *path)
{
    char why[200];
    kl_image image;
    kl_file *file = kl_file_open(path, &image, why, sizeof why);
    if (file == NULL) {
        w->err->kind = KL_INVALID;
        snprintf(w->err->message, sizeof w->err->message, "%s: %s", path, why);
        return false;
    }
    if (kl_body_add_file(w->body, file)) return true;
    kl_file_close(file);
    return false;
}

static bool write_base64(kl_writer *w, const kl_datum *d)
{
    char why[200];
    kl_base64_text t;
    if (!kl_base64_check(d->as.text, d->len, &t, why, sizeof why)) return false;
    char *room = kl_buf_room(out(w), t.digits);
    if (room == NULL) return false;
    kl_base64_copy(&t, room);
    out(w)->len += t.digits;
    return true;
}

static bool write_media(kl_writer *w, const kl_item *item)
{
    const kl_datum *d = item->datum;
    bool local = d->type == LUA_TTABLE;
    if (!local && kl_is_http(d->as.text)) return write_string(w, item);
    return kl_buf_add(out(w), "\"", 1) &&
           (local ? write_file(w, kl_localfile_path(w->L, d->slot)) : write_base64(w, d)) &&
           kl_buf_add(out(w), "\"", 1);
}

static writer *const WRITERS[] = {
    [KL_STRING] = write_string,   [KL_ENUM] = write_enum,     [KL_BOOLEAN] = write_boolean,
    [KL_INTEGER] = write_integer, [KL_NUMBER] = write_number, [KL_ID] = write_integer,
    [KL_URL] = write_string,      [KL_MEDIA] = write_media,
};

bool kl_write_value(kl_writer *w, const kl_item *item)
{
    if (item->datum == NULL && item->field->fill_array >= 0) return write_filled(w, item);
    return WRITERS[item->field->type](w, item);
}

bool kl_write_extra(kl_writer *w, int table)
{
    kl_buf *b = out(w);
    size_t start = b->len;
    bool first = start > 0 && b->data[start - 1] == '{';
    if (!first && !kl_buf_add(b, ",", 1)) return false;
    if (kl_json_value(w->L, table, b) != NULL) return false;
    if (b->data[b->len - 2] == '{') { /* nothing in it */
        b->len = start;
        return true;
    }
    char *brace = b->data + start + (first ? 0 : 1); /* its braces go, what is in it stays */
    b->len -= 2;
    memmove(brace, brace + 1, (size_t)(b->data + b->len - brace));
    return true;
}

/* ---- which fields ---------------------------------------------------------------------------- */

static bool group_has_fields(const kl_writer *w, const kl_frame *f, int group)
{
    for (int i = 0; i < f->object->fields.count; i++)
        if (kl_frame_field(w->plan, f, i)->group == group && kl_is_written(w, f, i)) return true;
    return false;
}

/* A value that is written although the request does not give it. */
static bool has_stand_in(const kl_writer *w, const kl_frame *f, int i, const kl_field *field)
{
    int64_t sum;
    if (field->type == KL_GROUP)
        return field->send == KL_SEND_ALWAYS || group_has_fields(w, f, i);
    if (field->fill_array >= 0 && kl_given(f, field->fill_array)) return true;
    if (f->object == &w->plan->objects[w->plan->root] && i == w->plan->external_id)
        return w->minted != NULL;
    bool worded = (f->object->worded >> i & 1) != 0;
    if (field->send == KL_SEND_ALWAYS)
        return (worded && f->word[i] >= 0) || !isnan(field->default_number) || field->numbered;
    return kl_gather_sum(w->L, w->plan, f, field, &sum);
}

bool kl_is_written_oddly(const kl_writer *w, const kl_frame *f, int i)
{
    const kl_field *field = kl_frame_field(w->plan, f, i);
    if (field->send == KL_SEND_NEVER) return false;
    if (field->send == KL_SEND_TRUE && f->word[i] != 1) return false;
    if (!kl_given(f, i) && !has_stand_in(w, f, i, field)) return false;
    return field->send_when.count == 0 || kl_holds(w->plan, f, field->send_when);
}
