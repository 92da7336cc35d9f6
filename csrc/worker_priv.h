/* worker_priv.h - what worker.c (the thread) and port.c (its callers) share.
 *
 * Owns: the struct of the one worker and of its ports.
 * Stands on: worker.h, notify.h, pthreads. Nobody else includes it.
 * Never: is touched without `lock`, but for what belongs to the thread alone: `http`, and `notify`
 *   once it is there.
 */
#ifndef KL_WORKER_PRIV_H
#define KL_WORKER_PRIV_H

#include "notify.h"
#include "worker.h"

#include <pthread.h>
#include <sys/types.h>

/* Where a transfer stands. */
enum { KL_RIDE_AWAY, KL_RIDE_ORDERED, KL_RIDE_TAKEN, KL_RIDE_FINISHED, KL_RIDE_DROPPED };

struct kl_port {
    int read_end, write_end;
    bool signalled;
    pid_t pid;
    double alarm;                   /* monotonic; 0: none */
    kl_transfer *all;               /* what it has to give back */
    kl_transfer *done, **done_end;
    kl_port *before, *after;        /* neighbours among the worker's ports */
};

typedef struct kl_worker {
    pthread_mutex_t starting, busy, lock;
    pthread_t thread;
    pid_t pid; /* of the process the thread runs in, 0 = none */
    bool stop, registered;
    kl_http *http;
    kl_notify *notify;
    kl_transfer *orders, **orders_end; /* to be added, or dropped */
    kl_port *ports;
} kl_worker;

extern kl_worker kl_the_worker;

/* Starts the thread unless it runs; false: it can't. */
bool kl_worker_runs(void);
/* Adds to the end of a list linked by ride.next. */
static inline void kl_ride_append(kl_transfer ***end, kl_transfer *t)
{
    t->ride.next = NULL;
    **end = t;
    *end = &t->ride.next;
}

#endif
