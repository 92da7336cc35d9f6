/* encode.c - see encode.h. One function a type, found by a table. */
#include "encode.h"

#include "gather.h"
#include "json.h"
#include "localfile.h"
#include "text.h"

#include <stdio.h>

typedef struct kl_writer {
    lua_State *L;
    const kl_plan *plan;
    kl_body *body;
    kl_buf *out; /* the body's text */
    const char *minted;
    kl_error *err;
} kl_writer;

/* One field of a frame that is to be written. */
typedef struct kl_item {
    const kl_frame *frame;
    const kl_field *field;
    int index; /* of the field in its object, -1 for list items */
    int at;    /* stack index of the value */
    int place; /* of the object among its siblings, from 1 */
} kl_item;

typedef bool writer(kl_writer *w, const kl_item *item);

static bool write_object(kl_writer *w, int16_t object, int table, int place);
static bool write_fields(kl_writer *w, const kl_frame *f, int group, int place);

static bool put_text(kl_writer *w, kl_text t)
{
    return kl_buf_add(w->out, kl_plan_text(w->plan, t), t.len);
}

static bool put_string(kl_writer *w, int at)
{
    size_t len;
    const char *text = lua_tolstring(w->L, at, &len);
    return kl_json_string(w->out, text, len);
}

static bool write_string(kl_writer *w, const kl_item *item)
{
    return put_string(w, item->at);
}

static bool write_enum(kl_writer *w, const kl_item *item)
{
    const kl_frame *f = item->frame;
    const kl_field *field = item->field;
    int16_t word = f->word[item->index];
    if (field->compound >= 0 && word >= 0) {
        const kl_compound *c = &w->plan->compounds[field->compound];
        int row = f->row[item->index] >= 0 ? f->row[item->index] : kl_gather_row(w->plan, f, c);
        if (row >= 0) return put_text(w, w->plan->texts[c->names.first + row]);
    }
    if (word < 0) return put_string(w, item->at);
    return put_text(w, w->plan->words[field->words.first + word].json);
}

static bool write_boolean(kl_writer *w, const kl_item *item)
{
    return kl_buf_puts(w->out, item->frame->word[item->index] == 1 ? "true" : "false");
}

static bool put_whole(kl_writer *w, const kl_field *field, int64_t n)
{
    if (field->as == KL_AS_NUMBER) return kl_json_integer(w->out, n);
    return kl_buf_add(w->out, "\"", 1) && kl_json_integer(w->out, n) && kl_buf_add(w->out, "\"", 1);
}

/* Given, or the sum of its parts, or its default, or the object's place among its siblings. */
static bool write_integer(kl_writer *w, const kl_item *item)
{
    int64_t n = item->place;
    const kl_field *field = item->field;
    if (!lua_isnil(w->L, item->at)) {
        if (!kl_gather_whole(w->L, item->at, &n)) return false;
    } else if (!field->numbered && !kl_gather_sum(w->L, w->plan, item->frame, field, &n)) {
        n = (int64_t)field->default_number;
    }
    return put_whole(w, field, n);
}

static bool write_number(kl_writer *w, const kl_item *item)
{
    int64_t n;
    if (lua_isnil(w->L, item->at)) return kl_json_number(w->out, item->field->default_number);
    if (kl_towhole(w->L, item->at, &n)) return kl_json_integer(w->out, n);
    return kl_json_number(w->out, (double)lua_tonumber(w->L, item->at));
}

static bool write_file(kl_writer *w, int at)
{
    char why[200];
    kl_image image;
    kl_file *file = kl_file_open(kl_localfile_path(w->L, at), &image, why, sizeof why);
    if (file == NULL) {
        w->err->kind = KL_INVALID;
        snprintf(w->err->message, sizeof w->err->message, "%s: %s", kl_localfile_path(w->L, at), why);
        return false;
    }
    if (kl_body_add_file(w->body, file)) return true;
    kl_file_close(file);
    return false;
}

static bool write_base64(kl_writer *w, int at)
{
    char why[200];
    size_t len;
    kl_base64_text t;
    const char *text = lua_tolstring(w->L, at, &len);
    char *room;
    if (!kl_base64_check(text, len, &t, why, sizeof why)) return false;
    room = kl_buf_room(w->out, t.digits);
    if (room == NULL) return false;
    kl_base64_copy(&t, room);
    w->out->len += t.digits;
    return true;
}

static bool write_media(kl_writer *w, const kl_item *item)
{
    bool local = kl_localfile_is(w->L, item->at);
    if (!local && kl_is_http(lua_tostring(w->L, item->at))) return put_string(w, item->at);
    return kl_buf_add(w->out, "\"", 1) &&
           (local ? write_file(w, item->at) : write_base64(w, item->at)) &&
           kl_buf_add(w->out, "\"", 1);
}

static bool write_table(kl_writer *w, const kl_item *item)
{
    if (!lua_isboolean(w->L, item->at)) return write_object(w, item->field->child, item->at, 1);
    const kl_object *child = &w->plan->objects[item->field->child];
    const kl_field *flag = &w->plan->fields[child->fields.first + item->field->shorthand];
    return kl_buf_add(w->out, "{", 1) && put_text(w, flag->key) &&
           kl_buf_puts(w->out, lua_toboolean(w->L, item->at) ? "true}" : "false}");
}

static bool write_array(kl_writer *w, const kl_item *item);
static bool write_extra(kl_writer *w, const kl_item *item);

static bool write_group(kl_writer *w, const kl_item *item)
{
    return kl_buf_add(w->out, "{", 1) && write_fields(w, item->frame, item->index, 1) &&
           kl_buf_add(w->out, "}", 1);
}

static writer *const WRITERS[] = {
    [KL_STRING] = write_string,   [KL_ENUM] = write_enum,     [KL_BOOLEAN] = write_boolean,
    [KL_INTEGER] = write_integer, [KL_NUMBER] = write_number, [KL_ID] = write_integer,
    [KL_URL] = write_string,      [KL_MEDIA] = write_media,   [KL_OBJECT] = write_table,
    [KL_ARRAY] = write_array,     [KL_GROUP] = write_group,   [KL_EXTRA] = write_extra,
};

static bool write_member(kl_writer *w, const kl_field *field, int place)
{
    int at = lua_gettop(w->L);
    if (field->type == KL_OBJECT) return write_object(w, field->child, at, place);
    kl_item item = {NULL, field, KL_NONE_INDEX, at, place};
    return WRITERS[field->type](w, &item);
}

static bool write_array(kl_writer *w, const kl_item *item)
{
    int n = (int)kl_rawlen(w->L, item->at);
    bool ok = kl_buf_add(w->out, "[", 1);
    for (int i = 1; ok && i <= n; i++) {
        if (i > 1) ok = kl_buf_add(w->out, ",", 1);
        lua_rawgeti(w->L, item->at, i);
        ok = ok && write_member(w, &w->plan->fields[item->field->child], i);
        lua_pop(w->L, 1);
    }
    return ok && kl_buf_add(w->out, "]", 1);
}

/* The new parameters' own keys stand beside the fields. */
static bool write_extra(kl_writer *w, const kl_item *item)
{
    size_t start = w->out->len;
    bool first = start > 0 && w->out->data[start - 1] == '{';
    if (kl_json_value(w->L, item->at, w->out) != NULL) return false;
    if (w->out->len - start <= 2) { /* {} */
        w->out->len = start;
        if (!first) w->out->len--; /* the comma before it */
        return true;
    }
    w->out->len--; /* its closing brace; the opening one makes way */
    memmove(w->out->data + start, w->out->data + start + 1, w->out->len - start - 1);
    w->out->len--;
    return true;
}

/* ---- which fields, in which order -------------------------------------------------------------- */

static bool group_is_empty(const kl_writer *w, const kl_frame *f, int group);

/* A value that is written although the request does not give it. */
static bool has_stand_in(const kl_writer *w, const kl_frame *f, int i, const kl_field *field)
{
    if (field->type == KL_GROUP)
        return field->send == KL_SEND_ALWAYS || !group_is_empty(w, f, i);
    int64_t sum;
    if (kl_gather_sum(w->L, w->plan, f, field, &sum)) return true;
    if (field->fill_array >= 0 && kl_given(f, field->fill_array)) return true;
    if (f->object == &w->plan->objects[w->plan->root] && i == w->plan->external_id)
        return w->minted != NULL;
    return field->send == KL_SEND_ALWAYS &&
           (f->word[i] >= 0 || !isnan(field->default_number) || field->numbered);
}

static bool is_written(const kl_writer *w, const kl_frame *f, int i, const kl_field *field)
{
    if (field->send == KL_SEND_NEVER) return false;
    if (field->send == KL_SEND_TRUE && f->word[i] != 1) return false;
    if (!kl_given(f, i) && !has_stand_in(w, f, i, field)) return false;
    return field->send_when.count == 0 || kl_holds(w->plan, f, field->send_when);
}

static bool group_is_empty(const kl_writer *w, const kl_frame *f, int group)
{
    for (int i = 0; i < f->object->fields.count; i++) {
        const kl_field *field = kl_frame_field(w->plan, f, i);
        if (field->group == group && is_written(w, f, i, field)) return false;
    }
    return true;
}

/* The named field of the array's first item; anything but a string there is left out as "". */
static bool write_filled(kl_writer *w, const kl_frame *f, const kl_field *field)
{
    const kl_field *array = kl_frame_field(w->plan, f, field->fill_array);
    const kl_object *item = &w->plan->objects[w->plan->fields[array->child].child];
    luaL_checkstack(w->L, 4, "request");
    lua_rawgeti(w->L, f->base + field->fill_array, 1);
    kl_gather_member(w->L, w->plan, lua_gettop(w->L),
                     &w->plan->fields[item->fields.first + field->fill_field]);
    bool ok = lua_type(w->L, -1) == LUA_TSTRING ? put_string(w, lua_gettop(w->L))
                                                : kl_buf_puts(w->out, "\"\"");
    lua_pop(w->L, 2);
    return ok;
}

static bool write_value(kl_writer *w, const kl_frame *f, int i, const kl_field *field, int place)
{
    kl_item item = {f, field, i, f->base + i, place};
    if (!kl_given(f, i)) {
        if (field->fill_array >= 0 && kl_given(f, field->fill_array)) return write_filled(w, f, field);
        if (field->type == KL_STRING) return kl_json_string(w->out, w->minted, strlen(w->minted));
    }
    return WRITERS[field->type](w, &item);
}

/* The fields of one group (-1: those outside of groups), with commas between them. */
static bool write_fields(kl_writer *w, const kl_frame *f, int group, int place)
{
    const kl_field *field = kl_frame_field(w->plan, f, 0);
    bool ok = true, first = true;
    for (int i = 0; ok && i < f->object->fields.count; i++, field++) {
        if (field->group != group || !is_written(w, f, i, field)) continue;
        if (!first) ok = kl_buf_add(w->out, ",", 1);
        if (field->type != KL_EXTRA) ok = ok && put_text(w, field->key);
        ok = ok && write_value(w, f, i, field, place);
        first = false;
    }
    return ok;
}

static bool write_object(kl_writer *w, int16_t object, int table, int place)
{
    kl_frame f;
    int top = lua_gettop(w->L);
    kl_gather(w->L, w->plan, object, table, &f);
    bool ok = kl_buf_add(w->out, "{", 1) && write_fields(w, &f, KL_NONE_INDEX, place) &&
              kl_buf_add(w->out, "}", 1);
    lua_settop(w->L, top);
    return ok;
}

bool kl_encode(lua_State *L, int plan, int request, const char *minted, kl_body *body,
               kl_error *err)
{
    kl_plan *p = kl_plan_check(L, plan);
    kl_writer w = {L, p, body, &body->text, minted, err};
    memset(err, 0, sizeof *err);
    if (write_object(&w, p->root, kl_absindex(L, request), 1)) return true;
    if (err->kind == KL_NONE) {
        err->kind = KL_INVALID;
        snprintf(err->message, sizeof err->message,
                 "the request is too large, or there is not enough memory to write it");
    }
    return false;
}

const char *kl_encode_external_id(lua_State *L, int plan, int request)
{
    kl_plan *p = kl_plan_check(L, plan);
    request = kl_absindex(L, request);
    if (p->external_id < 0) return NULL;
    lua_pushliteral(L, "external_task_id");
    lua_rawget(L, request);
    const char *id = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    lua_pop(L, 1);
    return id == NULL || id[0] == '\0' ? NULL : id;
}

/* ---- plan:body, for previews and tests --------------------------------------------------------- */

enum { PREVIEW_MAX = 512 * 1024 * 1024 };
#define KL_BODY "kling.body"

static int collect_body(lua_State *L)
{
    kl_body_free(lua_touserdata(L, 1));
    return 0;
}

/* Pushes the whole body as a string. [-0, +1, e] */
static void push_body(lua_State *L, kl_body *body)
{
    luaL_Buffer b;
    char piece[4096];
    uint64_t at = 0;
    long n;
    luaL_buffinit(L, &b);
    while ((n = kl_body_read(body, at, piece, sizeof piece)) > 0) {
        luaL_addlstring(&b, piece, (size_t)n);
        at += (uint64_t)n;
    }
    luaL_pushresult(&b);
}

/* plan:body(request, minted) -> the body's text, or nil and why not */
static int plan_body(lua_State *L)
{
    kl_error err;
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 3);
    kl_body *body = kl_newuserdata(L, sizeof *body);
    kl_body_init(body, PREVIEW_MAX);
    luaL_getmetatable(L, KL_BODY);
    lua_setmetatable(L, 4);
    if (kl_encode(L, 1, 2, lua_tostring(L, 3), body, &err)) {
        push_body(L, body);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, err.message);
    return 2;
}

void kl_encode_register(lua_State *L)
{
    luaL_newmetatable(L, KL_BODY);
    lua_pushcfunction(L, collect_body);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_getmetatable(L, KL_PLAN);
    lua_getfield(L, -1, "__index");
    lua_pushcfunction(L, plan_body);
    lua_setfield(L, -2, "body");
    lua_pop(L, 2);
}
