/* worker.h - an http on its own thread: a locked queue, a pipe, the four exit rules.
 *
 * Owns: the one background thread of a process and the kl_http it cranks; a port for each engine.
 * Stands on: http.h, notify.h, clock.h, pthreads.
 * Never: touches Lua; starts before the first port is opened; outlives `exit`. After a fork the
 *   child starts its own thread, ports of the parent are dead there.
 */
#ifndef KL_WORKER_H
#define KL_WORKER_H

#include "http.h"

typedef struct kl_port kl_port;

/* A port of the process's worker, which is started when it does not run yet. NULL: no thread, or no
 * memory. */
kl_port *kl_port_open(void);
/* Readable while something is done that kl_port_next has not given back. */
int kl_port_fd(const kl_port *port);
/* It becomes readable after so many seconds at the latest, once. */
void kl_port_alarm(kl_port *port, double seconds);
/* Takes a transfer until kl_port_next gives it back. */
void kl_port_add(kl_port *port, kl_transfer *t);
/* Stops a transfer and frees it, at once or soon; it must not be touched afterwards. What is added
 * later starts after it has stopped. */
void kl_port_drop(kl_port *port, kl_transfer *t);
/* The next finished transfer, or NULL. */
kl_transfer *kl_port_next(kl_port *port);
/* Drops what is left and gives the port back. In a child of the process that opened it, what is on
 * the way is left alone. */
void kl_port_close(kl_port *port);

/* The path of a unix socket for hosts that can wait on nothing else (notify.h), made when it is
 * first asked for. NULL: there is none, or no thread. */
const char *kl_worker_path(void);
/* A tag that nobody in this process had before. */
uint64_t kl_tag_new(void);

#endif
