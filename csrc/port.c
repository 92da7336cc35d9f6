/* port.c - see worker.h: what an engine calls, on its own thread.
 *
 * Owns: the pipe of a port, the orders it gives.
 * Stands on: worker_priv.h, clock.h.
 * Never: waits for the thread; touches its kl_http, but to wake it.
 */
#define _GNU_SOURCE
#include "worker_priv.h"

#include "clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

uint64_t kl_tag_new(void)
{
    static uint64_t last;
    return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

kl_port *kl_port_open(void)
{
    int ends[2];
    kl_port *port = kl_worker_runs() ? calloc(1, sizeof *port) : NULL;
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
    port->done_end = &port->done;
    pthread_mutex_lock(&kl_the_worker.lock);
    port->after = kl_the_worker.ports;
    if (port->after != NULL) port->after->before = port;
    kl_the_worker.ports = port;
    pthread_mutex_unlock(&kl_the_worker.lock);
    return port;
}

/* False in a child of the process that opened it, and once that process ends. */
static bool is_alive(const kl_port *port)
{
    return port->pid == getpid() && kl_the_worker.pid == port->pid;
}

int kl_port_fd(const kl_port *port)
{
    return port->read_end;
}

void kl_port_alarm(kl_port *port, double seconds)
{
    pthread_mutex_lock(&kl_the_worker.lock);
    port->alarm = kl_clock_monotonic() + seconds;
    pthread_mutex_unlock(&kl_the_worker.lock);
    if (is_alive(port)) kl_http_wakeup(kl_the_worker.http);
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
    bool first = kl_the_worker.orders == NULL;
    kl_ride_append(&kl_the_worker.orders_end, t);
    return first;
}

void kl_port_add(kl_port *port, kl_transfer *t)
{
    pthread_mutex_lock(&kl_the_worker.lock);
    enter(port, t);
    t->ride.stage = KL_RIDE_ORDERED;
    bool wake = order(t);
    pthread_mutex_unlock(&kl_the_worker.lock);
    if (wake && is_alive(port)) kl_http_wakeup(kl_the_worker.http);
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
    t->ride.stage = KL_RIDE_DROPPED;
    if (stage == KL_RIDE_FINISHED) unlink_done(port, t);
    if (stage == KL_RIDE_TAKEN) *wake = order(t) || *wake;
    return stage == KL_RIDE_FINISHED;
}

void kl_port_drop(kl_port *port, kl_transfer *t)
{
    bool wake = false;
    if (!is_alive(port)) return; /* the parent's thread has it */
    pthread_mutex_lock(&kl_the_worker.lock);
    bool ours = drop(port, t, &wake);
    pthread_mutex_unlock(&kl_the_worker.lock);
    if (ours) kl_transfer_free(t);
    if (wake) kl_http_wakeup(kl_the_worker.http);
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
    pthread_mutex_lock(&kl_the_worker.lock);
    kl_transfer *t = port->done;
    if (t != NULL) {
        leave(port, t);
        unlink_done(port, t);
    } else {
        drain(port);
    }
    pthread_mutex_unlock(&kl_the_worker.lock);
    return t;
}

static void forget_port(kl_port *port)
{
    pthread_mutex_lock(&kl_the_worker.lock);
    *(port->before != NULL ? &port->before->after : &kl_the_worker.ports) = port->after;
    if (port->after != NULL) port->after->before = port->before;
    pthread_mutex_unlock(&kl_the_worker.lock);
}

void kl_port_close(kl_port *port)
{
    if (port == NULL) return;
    while (is_alive(port) && port->all != NULL) kl_port_drop(port, port->all);
    if (port->pid == getpid()) forget_port(port);
    close(port->read_end);
    close(port->write_end);
    free(port);
}

const char *kl_worker_path(void)
{
    kl_worker *w = &kl_the_worker;
    if (w->pid != getpid()) return NULL;
    pthread_mutex_lock(&w->lock);
    bool fresh = w->notify == NULL;
    if (fresh) w->notify = kl_notify_new();
    const char *path = w->notify == NULL ? NULL : kl_notify_path(w->notify);
    pthread_mutex_unlock(&w->lock);
    if (fresh) kl_http_wakeup(w->http);
    return path;
}
