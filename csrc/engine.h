/* engine.h - the crank's master: all tasks that want something, one deadline.
 *
 * Owns: the heap of due times, the list of settled tasks, the anchors that keep busy tasks alive.
 * Stands on: job.h, heap.h, crank.h, fetch.h.
 * Never: waits; keeps a lua_State; lets an answer's decoding, which may run out of memory, leave a
 * task behind half-way.
 */
#ifndef KL_ENGINE_H
#define KL_ENGINE_H

#include "heap.h"
#include "job.h"

#define KL_ENGINE "kling.engine"

typedef struct kl_engine {
    kl_crank crank;
    kl_heap heap;
    kl_job *first, *last; /* settled, not yet told */
    size_t anchored;      /* tasks */
    int places, vacant;   /* of anchors in the slot table; the first that is free, 0: none */
    int flying;           /* questions on the way */
    unsigned changes;     /* grows when something changed that somebody may wait for */
    uint64_t dice;
    double now; /* monotonic, of the current step */
    double woke; /* when it was moved again after standing still for long; 0: never */
} kl_engine;

/* Everything a call needs to move tasks: valid while the call lasts. */
typedef struct kl_host {
    lua_State *L;
    kl_engine *engine;
    int slot; /* stack index of the engine's slot table: the engine, helpers, anchors */
} kl_host;

/* Names in the slot table. */
enum {
    KL_ENGINE_SELF = 1,
    KL_ENGINE_DIGEST,     /* the function that reads replies, protected */
    KL_ENGINE_INTERRUPTED, /* an error to be raised when the step is over, else false */
    KL_ENGINE_ANCHORS      /* from here on: tasks at their `anchor`, and chained free places */
};

/* The engine at index `i`, or the engine of the task there. Raises when it is closed; starts anew
 * after a fork. [-0, +1: the slot table, e] */
kl_host kl_engine_host(lua_State *L, int i);
kl_host kl_engine_host_of(lua_State *L, int i);
/* The time, monotonic; notes when nobody moved the engine for so long that another process may have
 * taken over what this one noted. */
double kl_engine_wake(kl_engine *e);
/* Makes the engine's userdata and its slot table. [-0, +1, e] */
void kl_engine_make(lua_State *L);

/* Makes room for an anchor: the next one of this job needs no memory. [-0, +0, e] */
void kl_engine_reserve(const kl_host *h, kl_job *job);
/* Takes care of the job at stack index `i` from now on: it is kept alive while it wants something.
 * Call it before the machine is told to want something. [-0, +0, e] */
void kl_engine_anchor(const kl_host *h, kl_job *job, int i);
/* The job's machine was moved: puts it where it belongs now. [-0, +0] */
void kl_engine_arrange(const kl_host *h, kl_job *job);
/* Asks what is due, takes what is done. Raises, afterwards, what a hook raised in the middle of it.
 * [-0, +0, e] */
void kl_engine_step(const kl_host *h);
/* Seconds until it must be stepped; < 0: there is nothing to do. */
double kl_engine_due(kl_engine *e);
/* Stops the job: nothing of it is on the way afterwards. [-0, +0] */
void kl_engine_stop(const kl_host *h, kl_job *job);
/* Takes the job out of everything, without Lua: it is being collected. */
void kl_engine_forget(kl_job *job);
/* Takes the job from the list of settled ones. */
void kl_engine_unlist(kl_engine *e, kl_job *job);

/* Adds `engine` to the module table on the top (engine_api.c). */
void kl_engine_register(lua_State *L);

#endif
