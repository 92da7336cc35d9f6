/* worker.c - see worker.h.
 *
 * Owns: the locking. `lock` guards what two threads see: the orders, the ports, where each transfer
 *   stands. `busy` is held while the thread is not waiting, so that a fork finds libraries at rest.
 * Stands on: worker.h, notify.h, pthreads. The kl_http and the notify socket belong to the thread.
 * Never: dies in the middle of a handshake: atexit, registered after libcurl's own start, joins the
 *   thread. Is unloaded while the thread runs its code: core.c pins the library.
 */
#define _GNU_SOURCE
#include "worker_priv.h"

#include "clock.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    STACK = 1024 * 1024,
    AT_ONCE = 256, /* hosts with a loop serve many callers side by side */
    IDLE = 3600    /* seconds */
};

kl_worker kl_the_worker = {.starting = PTHREAD_MUTEX_INITIALIZER,
                           .busy = PTHREAD_MUTEX_INITIALIZER,
                           .lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the thread -------------------------------------------------------------------------- */

static void signal_port(kl_port *port)
{
    if (port->signalled) return;
    port->signalled = write(port->write_end, "!", 1) == 1;
}

/* Gives a finished transfer to its port. One that was dropped meanwhile has an order to free it. */
static void finish(kl_transfer *t)
{
    if (t->ride.stage == KL_RIDE_DROPPED) return;
    t->ride.stage = KL_RIDE_FINISHED;
    kl_ride_append(&t->ride.port->done_end, t);
    signal_port(t->ride.port);
}

static void collect_done(kl_worker *w, kl_notify *notify)
{
    kl_transfer *t;
    while ((t = kl_http_next(w->http)) != NULL) {
        uint64_t tag = t->tag;
        pthread_mutex_lock(&w->lock);
        finish(t);
        pthread_mutex_unlock(&w->lock);
        if (notify != NULL) kl_notify_wake(notify, tag);
    }
}

/* Signals the ports whose time has come; returns the seconds until the next one's. */
static double ring_alarms(kl_worker *w)
{
    double now = kl_clock_monotonic(), next = now + IDLE;
    pthread_mutex_lock(&w->lock);
    for (kl_port *p = w->ports; p != NULL; p = p->after) {
        if (p->alarm == 0) continue;
        if (p->alarm <= now) {
            p->alarm = 0;
            signal_port(p);
        } else if (p->alarm < next) {
            next = p->alarm;
        }
    }
    pthread_mutex_unlock(&w->lock);
    return next - now;
}

/* The next order, NULL: there is none; true in `drop`: it is to go. */
static kl_transfer *next_order(kl_worker *w, bool *drop)
{
    pthread_mutex_lock(&w->lock);
    kl_transfer *t = w->orders;
    if (t != NULL) {
        w->orders = t->ride.next;
        if (w->orders == NULL) w->orders_end = &w->orders;
        *drop = t->ride.stage == KL_RIDE_DROPPED;
        if (!*drop) t->ride.stage = KL_RIDE_TAKEN;
    }
    pthread_mutex_unlock(&w->lock);
    return t;
}

/* Whoever waits for a dropped one is woken, too: somebody else has dropped it. */
static void let_go(kl_worker *w, kl_notify *notify, kl_transfer *t)
{
    if (notify != NULL) kl_notify_wake(notify, t->tag);
    kl_http_cancel(w->http, t);
    kl_transfer_free(t);
}

static void take_orders(kl_worker *w, kl_notify *notify)
{
    bool drop = false;
    for (kl_transfer *t; (t = next_order(w, &drop)) != NULL;) {
        if (drop)
            let_go(w, notify, t);
        else
            kl_http_add(w->http, t);
    }
}

/* False when the thread is to end. */
static bool goes_on(kl_worker *w, kl_notify **notify)
{
    pthread_mutex_lock(&w->lock);
    bool stop = w->stop;
    *notify = w->notify;
    pthread_mutex_unlock(&w->lock);
    return !stop;
}

static void *run(void *argument)
{
    kl_worker *w = argument;
    kl_notify *notify;
    pthread_mutex_lock(&w->busy);
    while (goes_on(w, &notify)) {
        if (notify != NULL) kl_notify_step(notify);
        take_orders(w, notify);
        kl_http_step(w->http);
        collect_done(w, notify);
        double seconds = ring_alarms(w);
        pthread_mutex_unlock(&w->busy);
        kl_http_wait(w->http, seconds, notify == NULL ? -1 : kl_notify_fd(notify));
        pthread_mutex_lock(&w->busy);
    }
    pthread_mutex_unlock(&w->busy);
    return NULL;
}

/* ---- fork, exit -------------------------------------------------------------------------- */

static void before_fork(void)
{
    pthread_mutex_lock(&kl_the_worker.starting);
    pthread_mutex_lock(&kl_the_worker.busy);
    pthread_mutex_lock(&kl_the_worker.lock);
}

static void after_fork(void)
{
    pthread_mutex_unlock(&kl_the_worker.lock);
    pthread_mutex_unlock(&kl_the_worker.busy);
    pthread_mutex_unlock(&kl_the_worker.starting);
}

/* A thread does not live on in a forked child. What it had belongs to the parent and is left alone:
 * to end it properly would say goodbye on the parent's connections. */
static void in_child(void)
{
    after_fork();
    kl_the_worker.pid = 0;
    kl_the_worker.http = NULL;
    kl_the_worker.ports = NULL;
    kl_notify_abandon(kl_the_worker.notify);
    kl_the_worker.notify = NULL;
}

static void stop_thread(void)
{
    kl_worker *w = &kl_the_worker;
    if (w->pid != getpid()) return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_mutex_unlock(&w->lock);
    kl_http_wakeup(w->http);
    pthread_join(w->thread, NULL);
    w->pid = 0;
    take_orders(w, NULL);
    kl_notify_free(w->notify);
    kl_http_free(w->http);
    w->http = NULL;
    w->notify = NULL;
}

/* ---- start ------------------------------------------------------------------------------- */

static bool register_ends(kl_worker *w)
{
    if (w->registered) return true;
    w->registered = atexit(stop_thread) == 0 &&
                    pthread_atfork(before_fork, after_fork, in_child) == 0;
    return w->registered;
}

static bool start_thread(kl_worker *w)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    sigfillset(&all);
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&w->thread, &attributes, run, w) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return ok;
}

/* The kl_http comes first: it starts libcurl, so that our atexit runs before libcurl's. */
static bool start(kl_worker *w)
{
    w->stop = false;
    w->orders = NULL;
    w->orders_end = &w->orders;
    w->http = kl_http_new(&(kl_http_limits){AT_ONCE, AT_ONCE});
    if (w->http == NULL) return false;
    if (register_ends(w) && start_thread(w)) {
        w->pid = getpid();
        return true;
    }
    kl_http_free(w->http);
    w->http = NULL;
    return false;
}

bool kl_worker_runs(void)
{
    kl_worker *w = &kl_the_worker;
    pthread_mutex_lock(&w->starting);
    bool runs = w->pid == getpid() || start(w);
    pthread_mutex_unlock(&w->starting);
    return runs;
}
