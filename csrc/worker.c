/* worker.c - see worker.h.
 *
 * Owns: the locking. `lock` guards what two threads see: the orders, the ports, where each transfer
 *   stands. `busy` is held while the thread is not waiting, so that a fork finds libraries at rest.
 * Stands on: worker.h, notify.h, pthreads. The kl_http and the notify socket belong to the thread.
 * Never: dies in the middle of a handshake: atexit, registered after libcurl's own start, joins the
 *   thread. Is unloaded while the thread runs its code: the library is pinned.
 */
#define _GNU_SOURCE
#include "worker.h"

#include "notify.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    STACK = 1024 * 1024,
    AT_ONCE = 256, /* hosts with a loop serve many callers side by side */
    IDLE = 3600    /* seconds */
};

/* Where a transfer stands. */
enum { AWAY, ORDERED, TAKEN, FINISHED, DROPPED };

struct kl_port {
    int read_end, write_end;
    bool signalled;
    pid_t pid;
    uint64_t tag;
    kl_transfer *all;               /* what it has to give back */
    kl_transfer *done, **done_end;
};

typedef struct kl_worker {
    pthread_mutex_t starting, busy, lock;
    pthread_t thread;
    pid_t pid; /* of the process the thread runs in, 0 = none */
    bool stop, registered;
    kl_http *http;
    kl_notify *notify;
    kl_transfer *orders, **orders_end; /* to be added, or dropped */
} kl_worker;

static kl_worker worker = {.starting = PTHREAD_MUTEX_INITIALIZER,
                           .busy = PTHREAD_MUTEX_INITIALIZER,
                           .lock = PTHREAD_MUTEX_INITIALIZER};

uint64_t kl_tag_new(void)
{
    static uint64_t last;
    return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

static void append(kl_transfer ***end, kl_transfer *t)
{
    t->ride.next = NULL;
    **end = t;
    *end = &t->ride.next;
}

/* ---- the thread ---------------------------------------------------------------------------------- */

static void signal_port(kl_port *port)
{
    if (port->signalled) return;
    port->signalled = write(port->write_end, "!", 1) == 1;
}

/* Gives a finished transfer to its port and returns the port's tag; 0: it was dropped meanwhile, and
 * an order to free it is there. */
static uint64_t finish(kl_transfer *t)
{
    kl_port *port = t->ride.port;
    if (t->ride.stage == DROPPED) return 0;
    t->ride.stage = FINISHED;
    append(&port->done_end, t);
    signal_port(port);
    return port->tag;
}

static void collect_done(kl_worker *w, kl_notify *notify)
{
    kl_transfer *t;
    while ((t = kl_http_next(w->http)) != NULL) {
        uint64_t tag = t->tag;
        pthread_mutex_lock(&w->lock);
        uint64_t port = finish(t);
        pthread_mutex_unlock(&w->lock);
        if (notify == NULL || port == 0) continue;
        kl_notify_wake(notify, tag);
        kl_notify_wake(notify, port);
    }
}

/* The next order, NULL: there is none; true in `drop`: it is to go. */
static kl_transfer *next_order(kl_worker *w, bool *drop)
{
    pthread_mutex_lock(&w->lock);
    kl_transfer *t = w->orders;
    if (t != NULL) {
        w->orders = t->ride.next;
        if (w->orders == NULL) w->orders_end = &w->orders;
        *drop = t->ride.stage == DROPPED;
        if (!*drop) t->ride.stage = TAKEN;
    }
    pthread_mutex_unlock(&w->lock);
    return t;
}

static void take_orders(kl_worker *w)
{
    bool drop = false;
    for (kl_transfer *t; (t = next_order(w, &drop)) != NULL;) {
        if (!drop) {
            kl_http_add(w->http, t);
            continue;
        }
        kl_http_cancel(w->http, t);
        kl_transfer_free(t);
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
        take_orders(w);
        kl_http_step(w->http);
        collect_done(w, notify);
        pthread_mutex_unlock(&w->busy);
        kl_http_wait(w->http, IDLE, notify == NULL ? -1 : kl_notify_fd(notify));
        pthread_mutex_lock(&w->busy);
    }
    pthread_mutex_unlock(&w->busy);
    return NULL;
}

/* ---- fork, exit ------------------------------------------------------------------------------------ */

static void before_fork(void)
{
    pthread_mutex_lock(&worker.starting);
    pthread_mutex_lock(&worker.busy);
    pthread_mutex_lock(&worker.lock);
}

static void after_fork(void)
{
    pthread_mutex_unlock(&worker.lock);
    pthread_mutex_unlock(&worker.busy);
    pthread_mutex_unlock(&worker.starting);
}

/* A thread does not live on in a forked child. What it had belongs to the parent and is left alone:
 * to end it properly would say goodbye on the parent's connections. */
static void in_child(void)
{
    after_fork();
    worker.pid = 0;
    worker.http = NULL;
    kl_notify_abandon(worker.notify);
    worker.notify = NULL;
}

static void stop_thread(void)
{
    kl_worker *w = &worker;
    if (w->pid != getpid()) return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_mutex_unlock(&w->lock);
    kl_http_wakeup(w->http);
    pthread_join(w->thread, NULL);
    w->pid = 0;
    take_orders(w);
    kl_notify_free(w->notify);
    kl_http_free(w->http);
    w->http = NULL;
    w->notify = NULL;
}

/* ---- start ------------------------------------------------------------------------------------------ */

/* Keeps this library in memory for as long as the process lives. */
static void pin_library(void)
{
    Dl_info info;
    if (dladdr((void *)(uintptr_t)&worker, &info) != 0 && info.dli_fname != NULL)
        dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

static bool register_ends(kl_worker *w)
{
    if (w->registered) return true;
    pin_library();
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

static bool is_running(void)
{
    kl_worker *w = &worker;
    pthread_mutex_lock(&w->starting);
    bool runs = w->pid == getpid() || start(w);
    pthread_mutex_unlock(&w->starting);
    return runs;
}

/* ---- ports -------------------------------------------------------------------------------------------- */

kl_port *kl_port_open(void)
{
    int ends[2];
    kl_port *port = is_running() ? calloc(1, sizeof *port) : NULL;
    if (port == NULL || pipe(ends) != 0) {
        free(port);
        return NULL;
    }
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    port->read_end = ends[0];
    port->write_end = ends[1];
    port->pid = getpid();
    port->tag = kl_tag_new();
    port->done_end = &port->done;
    return port;
}

/* False in a child of the process that opened it, and once that process ends. */
static bool is_alive(const kl_port *port)
{
    return port->pid == getpid() && worker.pid == port->pid;
}

int kl_port_fd(const kl_port *port)
{
    return port->read_end;
}

uint64_t kl_port_tag(const kl_port *port)
{
    return port->tag;
}

static void enter(kl_port *port, kl_transfer *t)
{
    t->ride.port = port;
    t->ride.before = NULL;
    t->ride.after = port->all;
    if (port->all != NULL) port->all->ride.before = t;
    port->all = t;
}

static void leave(kl_port *port, kl_transfer *t)
{
    *(t->ride.before != NULL ? &t->ride.before->ride.after : &port->all) = t->ride.after;
    if (t->ride.after != NULL) t->ride.after->ride.before = t->ride.before;
    t->ride.port = NULL;
}

/* True when the thread has to be woken: it takes all orders that are there at once. */
static bool order(kl_transfer *t)
{
    bool first = worker.orders == NULL;
    append(&worker.orders_end, t);
    return first;
}

void kl_port_add(kl_port *port, kl_transfer *t)
{
    pthread_mutex_lock(&worker.lock);
    enter(port, t);
    t->ride.stage = ORDERED;
    bool wake = order(t);
    pthread_mutex_unlock(&worker.lock);
    if (wake && is_alive(port)) kl_http_wakeup(worker.http);
}

static void unlink_done(kl_port *port, kl_transfer *t)
{
    kl_transfer **link = &port->done;
    while (*link != t) link = &(*link)->ride.next;
    *link = t->ride.next;
    if (*link == NULL) port->done_end = link;
}

/* An order to add it becomes one to drop it. */
static bool drop(kl_port *port, kl_transfer *t, bool *wake)
{
    int stage = t->ride.stage;
    leave(port, t);
    t->ride.stage = DROPPED;
    if (stage == FINISHED) unlink_done(port, t);
    if (stage == TAKEN) *wake = order(t) || *wake;
    return stage == FINISHED;
}

void kl_port_drop(kl_port *port, kl_transfer *t)
{
    bool wake = false;
    if (!is_alive(port)) return; /* the parent's thread has it */
    pthread_mutex_lock(&worker.lock);
    bool ours = drop(port, t, &wake);
    pthread_mutex_unlock(&worker.lock);
    if (ours) kl_transfer_free(t);
    if (wake) kl_http_wakeup(worker.http);
}

static void drain(kl_port *port)
{
    char bytes[16];
    if (!port->signalled) return;
    while (read(port->read_end, bytes, sizeof bytes) > 0) continue;
    port->signalled = false;
}

kl_transfer *kl_port_next(kl_port *port)
{
    if (!is_alive(port)) return NULL;
    pthread_mutex_lock(&worker.lock);
    kl_transfer *t = port->done;
    if (t != NULL) {
        leave(port, t);
        unlink_done(port, t);
    } else {
        drain(port);
    }
    pthread_mutex_unlock(&worker.lock);
    return t;
}

void kl_port_close(kl_port *port)
{
    if (port == NULL) return;
    while (is_alive(port) && port->all != NULL) kl_port_drop(port, port->all);
    close(port->read_end);
    close(port->write_end);
    free(port);
}

const char *kl_worker_path(void)
{
    kl_worker *w = &worker;
    if (w->pid != getpid()) return NULL;
    pthread_mutex_lock(&w->lock);
    bool fresh = w->notify == NULL;
    if (fresh) w->notify = kl_notify_new();
    const char *path = w->notify == NULL ? NULL : kl_notify_path(w->notify);
    pthread_mutex_unlock(&w->lock);
    if (fresh) kl_http_wakeup(w->http);
    return path;
}
