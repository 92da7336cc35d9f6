/* engine.c - see engine.h. Sends what is due, hands answers to the machines.
 *
 * Owns: what a question looks like on the wire, and the way of an answer back.
 * Stands on: engine.h, digest.h, fault.h.
 * Never: decides about a task; task.c does. Never calls Lua from inside libcurl.
 */
#include "engine.h"

#include "chance.h"
#include "clock.h"
#include "digest.h"
#include "fault.h"

#include <math.h>

enum {
    REDIRECTS = 3,  /* of a question; a create follows none */
    STACK = 8
};
/* A question about a lost create gets this part of the time for looking it up. */
static const double LOOKUP_SHARE = 0.25;
/* Seconds: what is due so soon is due now. A step takes as long, and poll(2) counts in
 * milliseconds. */
static const double GRAIN = 2e-5;
/* Seconds without a step after which others may take over what was noted: less than the lease that
 * kling/journal/owner.lua gives, by more than the time between two signs of life. */
static const double STILL = 120;

/* ---- anchors ----------------------------------------------------------------------------- */

/* Anchors stand at numbered places of the slot table, and a free place holds the number of the next
 * one: keys that came and went would make Lua build the table anew again and again. */
void kl_engine_reserve(const kl_host *h, kl_job *job)
{
    kl_engine *e = h->engine;
    if (job->anchor != 0) return;
    if (!kl_heap_reserve(&e->heap, e->anchored + 1)) kl_raise_memory(h->L);
    if (e->vacant != 0) return;
    int place = KL_ENGINE_ANCHORS + e->places;
    lua_pushinteger(h->L, 0);
    lua_rawseti(h->L, h->slot, place);
    e->vacant = place;
    e->places++;
}

void kl_engine_anchor(const kl_host *h, kl_job *job, int i)
{
    if (job->anchor != 0) return;
    kl_engine *e = h->engine;
    i = kl_absindex(h->L, i);
    kl_engine_reserve(h, job);
    int place = e->vacant;
    lua_rawgeti(h->L, h->slot, place);
    e->vacant = (int)lua_tointeger(h->L, -1);
    lua_pop(h->L, 1);
    lua_pushvalue(h->L, i);
    lua_rawseti(h->L, h->slot, place);
    job->anchor = place;
    e->anchored++;
}

static void release(const kl_host *h, kl_job *job)
{
    kl_engine *e = h->engine;
    lua_pushinteger(h->L, e->vacant);
    lua_rawseti(h->L, h->slot, job->anchor);
    e->vacant = job->anchor;
    job->anchor = 0;
    e->anchored--;
}

/* ---- settled ----------------------------------------------------------------------------- */

static void list(kl_engine *e, kl_job *job)
{
    job->listed = true;
    job->before = e->last;
    job->after = NULL;
    *(e->last != NULL ? &e->last->after : &e->first) = job;
    e->last = job;
}

void kl_engine_unlist(kl_engine *e, kl_job *job)
{
    if (!job->listed) return;
    *(job->before != NULL ? &job->before->after : &e->first) = job->after;
    *(job->after != NULL ? &job->after->before : &e->last) = job->before;
    job->listed = false;
}

void kl_engine_arrange(const kl_host *h, kl_job *job)
{
    kl_engine *e = h->engine;
    kl_task *t = &job->task;
    kl_heap_update(&e->heap, t);
    if (!kl_task_creating(t)) kl_job_drop_body(job);
    if (t->settled && !job->listed) list(e, job);
    t->settled = false;
    if (job->anchor != 0 && !job->listed && !kl_task_active(t)) release(h, job);
}

/* ---- questions --------------------------------------------------------------------------- */

static bool fill_create(kl_job *job, kl_transfer *t)
{
    t->method = KL_POST;
    t->once = true;
    t->body = job->body;
    t->timeout = job->route->account->timeout;
    job->body = NULL;
    return t->body != NULL;
}

/* A create's body is the job's again, for another try. */
static void take_body(kl_job *job, kl_transfer *t)
{
    if (t->body != NULL) job->body = t->body;
    t->body = NULL;
}

static bool fill_question(kl_job *job, kl_transfer *t)
{
    const kl_route *r = job->route;
    bool in_doubt = kl_task_creating(&job->task);
    t->redirects = REDIRECTS;
    t->timeout = in_doubt ? r->pace.lookup_timeout * LOOKUP_SHARE : r->account->timeout;
    return true;
}

/* The transfer of a question; NULL: `e` says why there is none, but for a lack of memory. */
static kl_transfer *make_transfer(kl_job *job, kl_purpose purpose, kl_error *e)
{
    const kl_route *r = job->route;
    kl_transfer *t = kl_transfer_new();
    e->kind = KL_NONE;
    if (t == NULL) return NULL;
    const char *id = purpose == KL_FOR_STATUS ? job->task.id : job->task.external_id;
    bool good = purpose == KL_FOR_CREATE ? fill_create(job, t) : fill_question(job, t);
    t->url = kl_route_url(r, purpose, id);
    t->net = r->account->net == NULL ? NULL : kl_net_retain(r->account->net);
    t->headers = kl_account_headers(r->account, t->method, e);
    t->max_reply = r->max_reply;
    if (good && t->url != NULL && t->headers != NULL) return t;
    take_body(job, t);
    kl_transfer_free(t);
    return NULL;
}

/* The machine takes the answer. True when it changed something that can be seen. */
static bool answer(const kl_host *h, kl_job *job, const kl_outcome *o)
{
    kl_engine *e = h->engine;
    uint32_t version = job->task.version;
    kl_chance chance = {e->now, kl_dice_throw(&e->dice), &job->route->account->tokens};
    kl_task_answer(&job->task, o, &chance);
    kl_engine_arrange(h, job);
    return job->task.version != version;
}

static bool arrived(kl_party *party, void *host);

/* The question could not even be made. */
static void answer_unasked(const kl_host *h, kl_job *job, const kl_error *why)
{
    kl_outcome o;
    kl_fault_outcome(NULL, &o);
    if (why->kind != KL_NONE) o.error = *why;
    h->engine->changes += answer(h, job, &o);
}

/* A create that was noted before the engine stood still may have been sent by another process. */
static bool is_late(const kl_engine *e, const kl_job *job)
{
    return job->task.stage == KL_STAGE_CREATE && job->noted > 0 && job->noted < e->woke;
}

static kl_transfer *too_late(kl_error *why)
{
    kl_error_set(why, KL_TIMEOUT, "this process stood still too long before it could be sent; "
                                  "nothing was sent");
    return NULL;
}

static void ask(const kl_host *h, kl_job *job)
{
    kl_engine *e = h->engine;
    kl_error why;
    kl_transfer *t = is_late(e, job) ? too_late(&why)
                                     : make_transfer(job, kl_task_question(&job->task), &why);
    kl_task_fly(&job->task, e->now);
    kl_heap_update(&e->heap, &job->task);
    if (t == NULL) {
        answer_unasked(h, job, &why);
        return;
    }
    job->party.arrived = arrived;
    kl_crank_add(&e->crank, &job->party, t);
    e->flying++;
}

static kl_job *job_of(kl_task *t)
{
    return (kl_job *)(void *)((char *)t - offsetof(kl_job, task));
}

/* True when something was asked. */
static bool ask_due(const kl_host *h)
{
    kl_engine *e = h->engine;
    bool asked = false;
    int window = kl_crank_window(&e->crank);
    for (kl_task *t; e->flying < window && (t = kl_heap_first(&e->heap)) != NULL; asked = true) {
        if (t->due > e->now + GRAIN) break;
        ask(h, job_of(t));
    }
    return asked;
}

/* ---- answers ----------------------------------------------------------------------------- */

/* A reply older than what is known already is not kept. */
static bool is_news(const kl_task *t, const kl_outcome *o)
{
    bool stale = kl_task_final(t) && o->state != (kl_state)t->state;
    return o->error.kind == KL_NONE && !stale;
}

static bool arrived(kl_party *party, void *host)
{
    const kl_host *h = host;
    kl_job *job = (kl_job *)party;
    kl_transfer *t = party->transfer;
    kl_outcome o;
    kl_digestion d = {job, t, kl_task_question(&job->task), &o};
    party->transfer = NULL;
    h->engine->flying--;
    take_body(job, t);
    if (kl_fault_none(t))
        kl_digest(h, &d);
    else
        kl_fault_outcome(t, &o);
    if (o.resign) o.resign = kl_account_resign(job->route->account, t->date);
    bool news = answer(h, job, &o);
    if (d.purpose != KL_FOR_LIST && is_news(&job->task, &o))
        kl_job_keep_reply(job, &t->reply);
    kl_transfer_free(t);
    return news;
}

/* ---- motion ------------------------------------------------------------------------------ */

double kl_engine_wake(kl_engine *e)
{
    double now = kl_clock_monotonic();
    if (now - e->now > STILL) e->woke = now;
    return e->now = now;
}

void kl_engine_step(const kl_host *h)
{
    kl_engine *e = h->engine;
    bool delivered;
    luaL_checkstack(h->L, STACK, "kling");
    kl_engine_wake(e);
    ask_due(h);
    do {
        bool news = false;
        delivered = false;
        kl_crank_step(&e->crank);
        while (kl_crank_deliver(&e->crank, (void *)(uintptr_t)h, &news)) delivered = true;
        e->changes += news;
    } while (delivered && ask_due(h));
    kl_digest_raise(h);
}

/* The sooner of two times, where < 0 means never. */
static double sooner(double a, double b)
{
    return a < 0 ? b : b < 0 ? a : fmin(a, b);
}

double kl_engine_due(kl_engine *e)
{
    bool full = e->flying >= kl_crank_window(&e->crank);
    const kl_task *t = full ? NULL : kl_heap_first(&e->heap);
    double heap = t == NULL ? -1 : fmax(0, t->due - kl_clock_monotonic());
    return sooner(heap, kl_crank_count(&e->crank) > 0 ? kl_crank_due(&e->crank) : -1);
}

static void ground(kl_engine *e, kl_job *job)
{
    if (job->party.transfer == NULL) return;
    kl_crank_drop(&e->crank, &job->party);
    e->flying--;
}

void kl_engine_stop(const kl_host *h, kl_job *job)
{
    kl_error e;
    kl_error_set(&e, KL_CANCELLED, "cancelled");
    kl_task_stop(&job->task, &e);
    ground(h->engine, job);
    kl_engine_unlist(h->engine, job);
    kl_engine_arrange(h, job);
}

void kl_engine_forget(kl_job *job)
{
    kl_engine *e = job->engine;
    if (e->crank.http == NULL) return;
    ground(e, job);
    kl_engine_unlist(e, job);
    kl_heap_remove(&e->heap, &job->task);
}

/* ---- hosts ------------------------------------------------------------------------------- */

/* In a child process: the parent goes on with its creates, questions are asked again. */
static void start_anew(const kl_host *h)
{
    lua_State *L = h->L;
    kl_error e;
    kl_error_set(&e, KL_CANCELLED, "the process was forked; its parent goes on with this create");
    h->engine->flying = 0;
    for (lua_pushnil(L); lua_next(L, h->slot) != 0; lua_pop(L, 1)) {
        kl_job *job = kl_job_test(L, -1);
        if (job == NULL) continue;
        job->party.transfer = NULL;
        if (kl_task_creating(&job->task))
            kl_task_stop(&job->task, &e);
        else if (job->task.flying)
            kl_task_drop(&job->task, kl_clock_monotonic());
        kl_engine_arrange(h, job);
    }
}

/* The slot table is on the top. */
static kl_host host(lua_State *L, kl_engine *e)
{
    kl_host h = {L, e, lua_gettop(L)};
    luaL_checkstack(L, STACK, "kling");
    if (kl_crank_forked(&e->crank)) start_anew(&h);
    if (e->crank.http == NULL) luaL_error(L, "kling's engine is closed");
    return h;
}

kl_host kl_engine_host(lua_State *L, int i)
{
    kl_engine *e = luaL_checkudata(L, i, KL_ENGINE);
    kl_getslot(L, i);
    return host(L, e);
}

kl_host kl_engine_host_of(lua_State *L, int i)
{
    kl_job *job = kl_job_check(L, i);
    kl_getslot(L, i);
    lua_rawgeti(L, -1, KL_ROUTE_ENGINE);
    lua_remove(L, -2);
    return host(L, job->engine);
}

void kl_engine_make(lua_State *L)
{
    kl_engine *e = kl_class_make(L, KL_ENGINE, sizeof *e);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    kl_setslot(L, -3);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, KL_ENGINE_SELF);
    kl_digest_setup(L);
    lua_pop(L, 1);
    e->dice = kl_dice_seed();
    if (!kl_crank_open(&e->crank)) kl_raise_memory(L);
}
