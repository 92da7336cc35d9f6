/* engine_api.c - the engine's and the tasks' methods that move something (see engine.h).
 *
 * Owns: the classes kling.engine and kling.task, `core.engine`.
 * Stands on: engine.h, fetch.h, request.h, interrupt.h, chance.h.
 * Never: waits, but in engine:block, which Ctrl-C ends.
 */
#include "engine.h"

#include "chance.h"
#include "clock.h"
#include "fetch.h"
#include "interrupt.h"
#include "request.h"

#include <math.h>
#include <stdlib.h>

enum { BODY_MAX = 256 << 20 /* bytes of JSON, Base64 given as text included */ };
/* One wait, in seconds: a signal that comes just before it is seen after it. */
static const double SLICE = 0.1;
static const double LONGEST = 3600;
static const char MINT_PREFIX[] = "kling-";

/* ---- making tasks ------------------------------------------------------------------------ */

/* Ties a route to the engine that runs its tasks; leaves the route's slot table on the top. */
static void bind(const kl_host *h, int route)
{
    lua_State *L = h->L;
    kl_getslot(L, route);
    lua_rawgeti(L, -1, KL_ROUTE_ENGINE);
    if (!lua_isnil(L, -1) && !lua_rawequal(L, -1, h->slot))
        luaL_error(L, "this route belongs to another engine");
    lua_pop(L, 1);
    lua_pushvalue(L, h->slot);
    lua_rawseti(L, -2, KL_ROUTE_ENGINE);
}

static kl_job *make_job(const kl_host *h, const char *id, const char *external_id)
{
    kl_job *job = kl_job_make(h->L, 2, id, external_id);
    job->engine = h->engine;
    return job;
}

/* Judges the request and gives the job on the top its body. */
static kl_verdict encode(lua_State *L, kl_job *job, int plan, const char *minted, kl_error *e)
{
    job->body = malloc(sizeof *job->body);
    if (job->body == NULL) kl_raise_memory(L);
    kl_body_init(job->body, BODY_MAX);
    return kl_request(L, plan, 3, minted, job->body, e);
}

/* An id for a task whose request gives none: the one minted before, else a new one. */
static bool mint(lua_State *L, const kl_route *r, int plan, char *out, size_t n)
{
    char random[KL_RANDOM_ID + 1];
    bool wanted = r->mint && kl_plan_has_external_id(kl_plan_check(L, plan)) &&
                  kl_request_external_id(L, plan, 3) == NULL;
    if (!wanted) return false;
    const char *given = luaL_optstring(L, 5, NULL);
    if (given != NULL) {
        luaL_argcheck(L, strlen(given) < n, 5, "too long");
        snprintf(out, n, "%s", given);
        return true;
    }
    if (!kl_random_id(random)) luaL_error(L, "the system gives no random numbers");
    memcpy(out, MINT_PREFIX, sizeof MINT_PREFIX - 1);
    memcpy(out + sizeof MINT_PREFIX - 1, random, sizeof random);
    return true;
}

/* Why nothing is sent; a list of problems lies on the top. */
static int refused(lua_State *L, const kl_route *r, kl_verdict verdict, const kl_error *e)
{
    lua_pushnil(L);
    if (verdict == KL_PROBLEMS) {
        lua_insert(L, -2);
        return 2;
    }
    lua_pushnil(L);
    kl_push_error(L, e, &(kl_about){.gateway = r->gateway});
    return 4;
}

/* The task on the top will be sent from now on. `keepers`, a table, gets it as a key before: memory
 * that runs out later, in Lua, loses no task. */
static void launch(const kl_host *h, kl_job *job, int keepers)
{
    lua_State *L = h->L;
    kl_engine_reserve(h, job);
    if (lua_istable(L, keepers)) {
        lua_pushvalue(L, -1);
        lua_pushboolean(L, 1);
        lua_rawset(L, keepers);
    }
    kl_engine_anchor(h, job, -1);
}

/* engine:create(route, request, watch[, minted id[, age[, keepers[, noted]]]]) -> task
 *   | nil, problems
 *   | nil, nil, message, err
 * watch: poll it afterwards; a number: every so many seconds.
 * age: a process that has ended may have sent it so many seconds ago or longer, so it is looked for
 * first; also when it can't be sent any more, its picture being gone.
 * noted: other processes know of it, and take it over when this one stands still. */
static int create(lua_State *L)
{
    char id[sizeof MINT_PREFIX + KL_RANDOM_ID];
    kl_error e;
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 8);
    kl_host h = kl_engine_host(L, 1);
    const kl_route *r = kl_route_check(L, 2);
    bind(&h, 2);
    lua_rawgeti(L, -1, KL_ROUTE_PLAN);
    int plan = lua_gettop(L);
    double age = (double)luaL_optnumber(L, 6, -1);
    bool minted = mint(L, r, plan, id, sizeof id);
    const char *own = minted ? id : kl_request_external_id(L, plan, 3);
    kl_job *job = make_job(&h, "", own == NULL ? "" : own);
    kl_verdict verdict = encode(L, job, plan, minted ? id : NULL, &e);
    if (verdict != KL_GOOD && age < 0) return refused(L, r, verdict, &e);
    if (verdict == KL_PROBLEMS) lua_pop(L, 1);
    job->task.recreated = verdict != KL_GOOD;
    launch(&h, job, 7);
    job->task.minted = minted;
    job->noted = lua_toboolean(L, 8) ? kl_engine_wake(h.engine) : 0;
    job->task.watched = lua_toboolean(L, 4) != 0;
    job->task.fixed = lua_type(L, 4) == LUA_TNUMBER ? (double)lua_tonumber(L, 4) : 0;
    if (age >= 0)
        kl_task_recover(&job->task, kl_clock_monotonic(), age);
    else
        kl_task_create(&job->task);
    kl_engine_arrange(&h, job);
    return 1;
}

static kl_state state_named(lua_State *L, int i)
{
    const char *word = luaL_optstring(L, i, NULL);
    for (int s = KL_STATE_UNKNOWN; word != NULL && s <= KL_STATE_FAILED; s++)
        if (strcmp(word, kl_state_word((kl_state)s)) == 0) return (kl_state)s;
    luaL_argcheck(L, word == NULL, i, "no such state");
    return KL_STATE_UNKNOWN;
}

/* A task of our own may be too young to be visible at the service; `born` is Unix seconds. */
static void tell_age(kl_task *t, double born)
{
    double age = kl_clock_wall() - born;
    t->ours = age >= 0 && age < LONGEST;
    t->born = kl_clock_monotonic() - age;
}

/* engine:adopt(route, id|nil, external_task_id|nil[, state, raw_status, created_at, born]) -> task
 * born: when it was created, if we did that */
static int adopt(lua_State *L)
{
    lua_settop(L, 8);
    kl_host h = kl_engine_host(L, 1);
    const kl_route *r = kl_route_check(L, 2);
    const char *id = luaL_optstring(L, 3, ""), *external_id = luaL_optstring(L, 4, "");
    luaL_argcheck(L, strlen(id) < KL_ID_MAX, 3, "too long");
    luaL_argcheck(L, *id != '\0' || *external_id != '\0', 3, "an id is needed");
    luaL_argcheck(L, *id != '\0' || r->pace.lookup, 4,
                  "this gateway can't be asked by external_task_id");
    kl_state state = state_named(L, 5);
    const char *raw_status = luaL_optstring(L, 6, "");
    lua_Number created_at = luaL_optnumber(L, 7, 0), born = luaL_optnumber(L, 8, 0);
    bind(&h, 2);
    kl_job *job = make_job(&h, id, external_id);
    job->task.state = (uint8_t)state;
    job->task.created_at = created_at >= 0 && created_at < 1e12 ? (int64_t)created_at : 0;
    snprintf(job->task.raw_status, sizeof job->task.raw_status, "%s", raw_status);
    tell_age(&job->task, (double)born);
    return 1;
}

/* engine:get(account, url, options) -> fetch */
static int get(lua_State *L)
{
    lua_settop(L, 4);
    luaL_checktype(L, 4, LUA_TTABLE);
    kl_host h = kl_engine_host(L, 1);
    kl_fetch_start(L, &h.engine->crank, h.slot, 2, 3, 4);
    return 1;
}

/* ---- turning ----------------------------------------------------------------------------- */

/* engine:step() -> whether something changed */
static int step(lua_State *L)
{
    kl_host h = kl_engine_host(L, 1);
    unsigned before = h.engine->changes;
    kl_engine_step(&h);
    lua_pushboolean(L, h.engine->changes != before);
    return 1;
}

/* engine:due() -> seconds | nil */
static int due(lua_State *L)
{
    kl_host h = kl_engine_host(L, 1);
    double seconds = kl_engine_due(h.engine);
    if (seconds < 0)
        lua_pushnil(L);
    else
        lua_pushnumber(L, (lua_Number)seconds);
    return 1;
}

/* engine:fd() -> descriptor | nil, message; from now on it is readable when a step has something to
 * take, beside what is due by the clock */
static int fd(lua_State *L)
{
    kl_host h = kl_engine_host(L, 1);
    int n = kl_crank_fd(&h.engine->crank);
    if (n >= 0) return kl_pushwhole(L, n), 1;
    lua_pushnil(L);
    lua_pushliteral(L, "no thread could be started");
    return 2;
}

/* engine:alarm(seconds): the descriptor becomes readable then at the latest; for hosts that can
 * wait for descriptors only */
static int alarm(lua_State *L)
{
    double seconds = (double)luaL_checknumber(L, 2);
    kl_host h = kl_engine_host(L, 1);
    kl_crank_alarm(&h.engine->crank, fmax(0, fmin(seconds, LONGEST)));
    return 0;
}

/* engine:path() -> path of the worker's socket | nil */
static int path(lua_State *L)
{
    kl_host h = kl_engine_host(L, 1);
    const char *name = kl_crank_fd(&h.engine->crank) >= 0 ? kl_worker_path() : NULL;
    if (name == NULL) return lua_pushnil(L), 1;
    lua_pushstring(L, name);
    return 1;
}

/* engine:settled() -> task | nil */
static int settled(lua_State *L)
{
    const kl_engine *e = luaL_checkudata(L, 1, KL_ENGINE);
    if (e->first == NULL) return lua_pushnil(L), 1; /* asked after every step, and mostly so */
    kl_host h = kl_engine_host(L, 1);
    kl_job *job = e->first;
    lua_rawgeti(L, h.slot, job->anchor);
    kl_engine_unlist(h.engine, job);
    kl_engine_arrange(&h, job);
    return 1;
}

/* One wait of engine:block: until something is due, at most until `deadline`. */
static void wait(const kl_host *h, double deadline)
{
    double seconds = fmin(SLICE, deadline - kl_clock_monotonic());
    double engine_due = kl_engine_due(h->engine);
    if (engine_due >= 0) seconds = fmin(seconds, engine_due);
    kl_crank_wait(&h->engine->crank, fmax(0, seconds));
}

/* engine:block(seconds) -> whether something changed */
static int block(lua_State *L)
{
    double seconds = (double)luaL_checknumber(L, 2);
    kl_host h = kl_engine_host(L, 1);
    kl_interrupt ctrl_c;
    kl_interrupt_begin(L, &ctrl_c);
    unsigned before = h.engine->changes;
    double deadline = kl_clock_monotonic() + seconds;
    for (kl_engine_step(&h); h.engine->changes == before; kl_engine_step(&h)) {
        if (!(kl_clock_monotonic() < deadline)) break;
        wait(&h, deadline);
        kl_interrupt_check(L, &ctrl_c);
    }
    lua_pushboolean(L, h.engine->changes != before);
    return 1;
}

/* engine:counts() -> {tasks=, transfers=} */
static int counts(lua_State *L)
{
    kl_host h = kl_engine_host(L, 1);
    lua_createtable(L, 0, 2);
    kl_pushwhole(L, (int64_t)h.engine->anchored);
    lua_setfield(L, -2, "tasks");
    kl_pushwhole(L, kl_crank_count(&h.engine->crank));
    lua_setfield(L, -2, "transfers");
    return 1;
}

static int collect_engine(lua_State *L)
{
    kl_engine *e = luaL_checkudata(L, 1, KL_ENGINE);
    kl_crank_close(&e->crank);
    kl_heap_free(&e->heap);
    return 0;
}

/* ---- moving a task ----------------------------------------------------------------------- */

/* task:watch{interval=}: polls until it is settled */
static int watch(lua_State *L)
{
    double interval = lua_istable(L, 2) ? kl_option_number(L, 2, "interval", 0) : 0;
    kl_job *job = kl_job_check(L, 1);
    kl_host h = kl_engine_host_of(L, 1);
    kl_engine_anchor(&h, job, 1);
    kl_task_watch(&job->task, interval, kl_clock_monotonic());
    kl_engine_arrange(&h, job);
    return 0;
}

/* task:unwatch(): nobody waits any more; a create goes on */
static int unwatch(lua_State *L)
{
    kl_job *job = kl_job_check(L, 1);
    kl_host h = kl_engine_host_of(L, 1);
    kl_task_unwatch(&job->task);
    kl_engine_unlist(h.engine, job);
    kl_engine_arrange(&h, job);
    return 0;
}

/* task:ask(): one question, answered when task.busy is false again */
static int ask(lua_State *L)
{
    kl_job *job = kl_job_check(L, 1);
    kl_host h = kl_engine_host_of(L, 1);
    kl_engine_anchor(&h, job, 1);
    kl_task_ask(&job->task, kl_clock_monotonic());
    kl_engine_arrange(&h, job);
    return 0;
}

/* task:cancel(): nothing more is asked; what runs at the service goes on there */
static int cancel(lua_State *L)
{
    kl_job *job = kl_job_check(L, 1);
    kl_host h = kl_engine_host_of(L, 1);
    kl_engine_stop(&h, job);
    return 0;
}

static int collect_job(lua_State *L)
{
    kl_job **box = luaL_checkudata(L, 1, KL_JOB);
    if (*box != NULL && (*box)->engine != NULL) kl_engine_forget(*box);
    kl_job_free(box);
    return 0;
}

/* core.engine() -> the one engine of this Lua state, made when it is first needed */
static int engine(lua_State *L)
{
    static const char PLACE;
    if (kl_rawgetp(L, LUA_REGISTRYINDEX, &PLACE) != LUA_TNIL) return 1;
    kl_engine_make(L);
    lua_pushvalue(L, -1);
    kl_rawsetp(L, LUA_REGISTRYINDEX, &PLACE);
    return 1;
}

void kl_engine_register(lua_State *L)
{
    static const luaL_Reg META[] = {{"__gc", collect_engine}, {NULL, NULL}};
    static const luaL_Reg METHODS[] = {
        {"create", create},   {"adopt", adopt}, {"get", get},       {"step", step}, {"due", due},
        {"settled", settled}, {"block", block}, {"counts", counts}, {"fd", fd},     {"path", path},
        {"alarm", alarm},     {NULL, NULL}};
    static const luaL_Reg MOTIONS[] = {
        {"watch", watch}, {"unwatch", unwatch}, {"ask", ask}, {"cancel", cancel}, {NULL, NULL}};
    kl_class_new(L, KL_ENGINE, META, METHODS);
    kl_job_register(L, collect_job, MOTIONS);
    kl_fetch_register(L);
    lua_pushcfunction(L, engine);
    lua_setfield(L, -2, "engine");
}
