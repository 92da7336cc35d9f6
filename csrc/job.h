/* job.h - a task as Lua holds it: the userdata kling.task and what can be read from it.
 *
 * Owns: the machine, the last good reply, the body of a create until it is settled. All that is C
 * memory behind a small userdata: what Lua's collector counts, it lets pile up again as garbage.
 * Stands on: task.h, route.h, crank.h, decode.h.
 * Never: moves a task; engine.c does. Its slot is its route's slot table, which keeps alive the
 * route, the client and the engine.
 */
#ifndef KL_JOB_H
#define KL_JOB_H

#include "crank.h"
#include "route.h"

#define KL_JOB "kling.task"

typedef struct kl_job {
    kl_party party;
    kl_task task;
    struct kl_engine *engine;
    kl_route *route;
    kl_body *body; /* NULL while it is on the way */
    char *reply;
    size_t reply_len;
    struct kl_job *before, *after; /* neighbours in the engine's list of settled tasks */
    int anchor; /* its place in the engine's slot table; 0: nothing keeps it alive */
    bool listed;
    double noted; /* monotonic: others know of its create since then; 0: nobody does */
} kl_job;

/* Raises for anything else, and for a task that was collected already. [-0, +0, v] */
kl_job *kl_job_check(lua_State *L, int i);
/* NULL for anything else. [-0, +0] */
kl_job *kl_job_test(lua_State *L, int i);
/* A new one of the route at stack index `route`, unknown to the engine. [-0, +1, e] */
kl_job *kl_job_make(lua_State *L, int route, const char *id, const char *external_id);
/* Keeps a reply's text, taken from `reply`; without memory the old one stays. */
void kl_job_keep_reply(kl_job *job, kl_buf *reply);
void kl_job_drop_body(kl_job *job);
/* Ends what the box of a userdata holds, if it does; the engine has forgotten it. */
void kl_job_free(kl_job **box);
/* Makes the class kling.task. `collect` and `methods` are the engine's. [-0, +0, e] */
void kl_job_register(lua_State *L, lua_CFunction collect, const luaL_Reg *methods);

#endif
