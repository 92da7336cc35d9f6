/* digest.c - see digest.h.
 *
 * Owns: looking for a task in a list.
 * Stands on: digest.h, decode.h, fault.h.
 * Never: lets an error pass through the engine's step.
 */
#include "digest.h"

#include "decode.h"
#include "fault.h"

/* Looks for the job's external_task_id among the tasks of a list (the table on the top). */
static void find_in_list(lua_State *L, const kl_job *job, kl_outcome *o)
{
    int items = lua_gettop(L);
    for (int i = 1; *o->id == '\0' && kl_rawgeti(L, items, i) == LUA_TTABLE; i++) {
        lua_getfield(L, -1, "external_task_id");
        lua_getfield(L, -2, "id");
        const char *external_id = lua_tostring(L, -2), *id = lua_tostring(L, -1);
        if (external_id != NULL && id != NULL && strcmp(external_id, job->task.external_id) == 0)
            snprintf(o->id, sizeof o->id, "%s", id);
        lua_settop(L, items);
    }
    o->absent = *o->id == '\0';
    if (o->absent) kl_error_set(&o->error, KL_NOT_FOUND, "the list does not show the task");
}

/* Protected: (digestion, slot table). */
static int digest(lua_State *L)
{
    const kl_digestion *d = lua_touserdata(L, 1);
    kl_answer a;
    lua_rawgeti(L, 2, d->job->anchor);
    kl_getslot(L, -1);
    lua_rawgeti(L, -1, KL_ROUTE_REPLIES);
    int replies = lua_gettop(L);
    kl_fault_answer(d->transfer, &a);
    a.ours = kl_account_secrets(d->job->route->account);
    kl_decode(L, replies, d->purpose, &a, d->out);
    if (d->purpose != KL_FOR_LIST || d->out->error.kind != KL_NONE) return 0;
    if (kl_decode_list(L, replies, a.text, a.len))
        find_in_list(L, d->job, d->out);
    else
        kl_error_set(&d->out->error, KL_PROTOCOL, "the list of tasks could not be read");
    return 0;
}

/* Never understood, though it was there. */
static void give_up_reading(const kl_digestion *d)
{
    kl_fault_outcome(NULL, d->out);
    d->out->maybe_created = true;
    d->out->refused = false;
}

static int try_reading(const kl_host *h, kl_digestion *d)
{
    lua_rawgeti(h->L, h->slot, KL_ENGINE_DIGEST);
    lua_pushlightuserdata(h->L, d);
    lua_pushvalue(h->L, h->slot);
    return lua_pcall(h->L, 2, 0, 0);
}

void kl_digest(const kl_host *h, kl_digestion *d)
{
    int status = try_reading(h, d);
    if (status != 0 && status != LUA_ERRMEM) {
        lua_rawseti(h->L, h->slot, KL_ENGINE_INTERRUPTED);
        status = try_reading(h, d);
    }
    if (status == 0) return;
    lua_pop(h->L, 1);
    give_up_reading(d);
}

void kl_digest_raise(const kl_host *h)
{
    lua_State *L = h->L;
    lua_rawgeti(L, h->slot, KL_ENGINE_INTERRUPTED);
    if (lua_toboolean(L, -1)) {
        lua_pushboolean(L, 0);
        lua_rawseti(L, h->slot, KL_ENGINE_INTERRUPTED);
        lua_error(L);
    }
    lua_pop(L, 1);
}

void kl_digest_setup(lua_State *L)
{
    lua_pushcfunction(L, digest);
    lua_rawseti(L, -2, KL_ENGINE_DIGEST);
    lua_pushboolean(L, 0);
    lua_rawseti(L, -2, KL_ENGINE_INTERRUPTED);
}
