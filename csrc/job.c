/* job.c - see job.h.
 *
 * Owns: the fields of kling.task.
 * Stands on: job.h, clock.h, decode.h.
 * Never: changes anything a field shows.
 */
#include "job.h"

#include "clock.h"
#include "decode.h"

#include <math.h>
#include <stdlib.h>

enum { SLACK = 32 /* bytes */ };

kl_job *kl_job_check(lua_State *L, int i)
{
    kl_job **box = luaL_checkudata(L, i, KL_JOB);
    if (*box == NULL) luaL_error(L, "this task was collected already");
    return *box;
}

kl_job *kl_job_test(lua_State *L, int i)
{
    kl_job **box = kl_testudata(L, i, KL_JOB);
    return box == NULL ? NULL : *box;
}

kl_job *kl_job_make(lua_State *L, int route, const char *id, const char *external_id)
{
    kl_route *r = kl_route_check(L, route);
    kl_job **box = kl_class_make(L, KL_JOB, sizeof *box);
    kl_getslot(L, route);
    kl_setslot(L, -2);
    kl_job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        kl_raise_memory(L);
        return NULL;
    }
    *box = job;
    job->route = r;
    if (!kl_task_open(&job->task, &r->pace, id, external_id)) kl_raise_memory(L);
    return job;
}

void kl_job_free(kl_job **box)
{
    kl_job *job = *box;
    *box = NULL;
    if (job == NULL) return;
    kl_job_drop_body(job);
    free(job->reply);
    kl_task_close(&job->task);
    free(job);
}

/* A block that fits is taken over; ten thousand tasks may wait, so a large one is not. */
void kl_job_keep_reply(kl_job *job, kl_buf *reply)
{
    char *text = reply->data;
    if (reply->cap - reply->len > SLACK) {
        text = malloc(reply->len + 1);
        if (text == NULL) return;
        memcpy(text, reply->data, reply->len);
    } else {
        reply->data = NULL;
    }
    free(job->reply);
    job->reply = text;
    job->reply_len = reply->len;
    kl_buf_free(reply);
}

void kl_job_drop_body(kl_job *job)
{
    if (job->body == NULL) return;
    kl_body_free(job->body);
    free(job->body);
    job->body = NULL;
}

/* ---- fields ------------------------------------------------------------------------------ */

static void push_text(lua_State *L, const char *text)
{
    if (text == NULL || *text == '\0')
        lua_pushnil(L);
    else
        lua_pushstring(L, text);
}

static void push_time(lua_State *L, int64_t seconds)
{
    if (seconds == 0)
        lua_pushnil(L);
    else
        kl_pushwhole(L, seconds);
}

static void push_state(lua_State *L, const kl_task *t)
{
    if (t->state == KL_STATE_UNKNOWN)
        lua_pushnil(L);
    else
        lua_pushstring(L, kl_state_word((kl_state)t->state));
}

/* By this machine's clock; one that has no id yet is being born now. */
static void push_born(lua_State *L, const kl_task *t)
{
    double age = *t->id == '\0' ? 0 : kl_clock_monotonic() - t->born;
    push_time(L, t->ours ? (int64_t)(kl_clock_wall() - age) : 0);
}

static void push_progress(lua_State *L, const kl_task *t)
{
    if (t->progress < 0)
        lua_pushnil(L);
    else
        lua_pushnumber(L, (lua_Number)t->progress);
}

/* Seconds until its question must be sent; nil: there is none, or its tag tells of the answer. */
static void push_due(lua_State *L, const kl_job *j)
{
    double due = kl_party_due(&j->party);
    if (j->party.transfer == NULL) due = fmax(0, j->task.due - kl_clock_monotonic());
    if (due < 0 || due == HUGE_VAL)
        lua_pushnil(L);
    else
        lua_pushnumber(L, (lua_Number)due);
}

static void push_client(lua_State *L)
{
    kl_getslot(L, 1);
    lua_rawgeti(L, -1, KL_ROUTE_CLIENT);
    lua_remove(L, -2);
}

#define FIELDS(X)                                                                                  \
    X(id, push_text(L, j->task.id))                                                                \
    X(external_task_id, push_text(L, j->task.external_id))                                         \
    X(state, push_state(L, &j->task))                                                              \
    X(raw_status, push_text(L, j->task.raw_status))                                                \
    X(progress, push_progress(L, &j->task))                                                        \
    X(created_at, push_time(L, j->task.created_at))                                                \
    X(updated_at, push_time(L, j->task.updated_at))                                                \
    X(born, push_born(L, &j->task))                                                                \
    X(reason, push_text(L, j->task.reason))                                                        \
    X(gateway, push_text(L, j->route->gateway))                                                    \
    X(endpoint, push_text(L, j->route->endpoint))                                                  \
    X(client, push_client(L))                                                                      \
    X(created, lua_pushboolean(L, *j->task.id != '\0'))                                            \
    X(busy, lua_pushboolean(L, kl_task_busy(&j->task)))                                            \
    X(done, lua_pushboolean(L, kl_task_final(&j->task)))                                           \
    X(watched, lua_pushboolean(L, j->task.watched))                                                \
    X(version, kl_pushwhole(L, j->task.version))                                                   \
    X(asked, kl_pushwhole(L, j->task.asked))                                                       \
    X(due, push_due(L, j))                                                                         \
    X(tag, kl_pushwhole(L, (int64_t)kl_party_tag(&j->party)))

#define FIELD_ENUM(name, push) FIELD_##name,
enum { FIELD_NONE, FIELDS(FIELD_ENUM) FIELD_COUNT };
#undef FIELD_ENUM

static const char *const FIELD_NAMES[FIELD_COUNT] = {
    NULL,
#define FIELD_NAME(name, push) #name,
    FIELDS(FIELD_NAME)
#undef FIELD_NAME
};

static void push_field(lua_State *L, kl_job *j, int field)
{
    switch (field) {
#define FIELD_CASE(name, push)                                                                     \
    case FIELD_##name:                                                                             \
        push;                                                                                      \
        return;
        FIELDS(FIELD_CASE)
#undef FIELD_CASE
    default: lua_pushnil(L);
    }
}

/* The task at index 1; `meta`: where the metatable of tasks is, which spares a look into the
 * registry. */
static kl_job *job_with(lua_State *L, int meta)
{
    lua_settop(L, 2);
    bool is = lua_getmetatable(L, 1) && lua_rawequal(L, -1, meta);
    lua_settop(L, 2);
    kl_job **box = is ? lua_touserdata(L, 1) : NULL;
    return box != NULL && *box != NULL ? *box : kl_job_check(L, 1);
}

/* Upvalues: the methods, the numbers of the fields by name, the metatable. */
static int field_or_method(lua_State *L)
{
    kl_job *j = job_with(L, lua_upvalueindex(3));
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    if (!lua_isnil(L, -1)) return 1;
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(2));
    push_field(L, j, (int)lua_tointeger(L, -1));
    return 1;
}

static int read_only(lua_State *L)
{
    bool named = lua_type(L, 2) == LUA_TSTRING;
    return luaL_error(L, "%s of a task can't be set: all its fields are read only",
                      named ? lua_tostring(L, 2) : luaL_typename(L, 2));
}

/* ---- methods ----------------------------------------------------------------------------- */

static int push_error(lua_State *L, const kl_job *j, const kl_error *e)
{
    kl_about about = {.task_id = j->task.id, .external_task_id = j->task.external_id,
                      .gateway = j->route->gateway};
    if (e == NULL) return lua_pushnil(L), 1;
    kl_push_error(L, e, &about);
    return 2;
}

/* task:error() -> nil | message, err */
static int error(lua_State *L)
{
    const kl_job *j = kl_job_check(L, 1);
    const kl_error *e = kl_task_error(&j->task);
    int n = push_error(L, j, e);
    if (e == NULL || e->kind != KL_AMBIGUOUS || j->task.lost_at == 0) return n;
    lua_pushnumber(L, (lua_Number)(kl_clock_monotonic() - j->task.lost_at));
    lua_setfield(L, -2, "lost_for");
    return n;
}

/* task:trouble() -> nil | message, err; what is being tried again */
static int trouble(lua_State *L)
{
    const kl_job *j = kl_job_check(L, 1);
    return push_error(L, j, kl_task_trouble(&j->task));
}

/* task:raw() -> the last reply as lua-cjson gives it, nil before the first one */
static int raw(lua_State *L)
{
    const kl_job *j = kl_job_check(L, 1);
    if (j->reply != NULL && kl_decode_raw(L, j->reply, j->reply_len)) return 1;
    return lua_pushnil(L), 1;
}

/* task:result() -> {videos=, ...} of a task that succeeded, else nil */
static int result(lua_State *L)
{
    const kl_job *j = kl_job_check(L, 1);
    if (j->task.state != KL_STATE_SUCCEEDED || j->reply == NULL) return lua_pushnil(L), 1;
    kl_getslot(L, 1);
    lua_rawgeti(L, -1, KL_ROUTE_REPLIES);
    kl_decode_result(L, lua_gettop(L), j->reply, j->reply_len);
    return 1;
}

static const char *name_of(const kl_task *t)
{
    if (*t->id != '\0') return t->id;
    return *t->external_id != '\0' ? t->external_id : "without an id";
}

static const char *stand_of(const kl_task *t)
{
    if (t->stage == KL_STAGE_DEAD) return "not created";
    return kl_task_creating(t) ? "being created" : kl_state_word((kl_state)t->state);
}

static int describe(lua_State *L)
{
    const kl_task *t = &kl_job_check(L, 1)->task;
    lua_pushfstring(L, "kling.task %s %s", name_of(t), stand_of(t));
    if (t->state == KL_STATE_RUNNING && t->progress >= 0)
        lua_pushfstring(L, "%s %d%%", lua_tostring(L, -1), (int)(t->progress * 100 + 0.5));
    return 1;
}

/* Puts the closure that finds methods and fields in the metatable's __index. */
static void set_index(lua_State *L)
{
    luaL_getmetatable(L, KL_JOB);
    kl_class_methods(L, KL_JOB);
    lua_createtable(L, 0, FIELD_COUNT);
    for (int i = 1; i < FIELD_COUNT; i++) {
        lua_pushinteger(L, i);
        lua_setfield(L, -2, FIELD_NAMES[i]);
    }
    lua_pushvalue(L, -3);
    lua_pushcclosure(L, field_or_method, 3);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

void kl_job_register(lua_State *L, lua_CFunction collect, const luaL_Reg *methods)
{
    static const luaL_Reg READERS[] = {
        {"error", error}, {"trouble", trouble}, {"raw", raw}, {"result", result}, {NULL, NULL}};
    const luaL_Reg meta[] = {{"__gc", collect}, {"__tostring", describe},
                             {"__newindex", read_only}, {NULL, NULL}};
    kl_class_new(L, KL_JOB, meta, READERS);
    kl_class_extend(L, KL_JOB, methods);
    set_index(L);
}
