/* crank.h - the hands that turn the http engine, and who waits for what they bring.
 *
 * Owns: the kl_http of one engine, which the caller's own thread turns, or from the first
 * kl_crank_fd on its port of the process's worker; the process they belong to. All contact with
 * transfers on the way goes through here.
 * Stands on: http.h, worker.h.
 * Never: touches sockets of a parent process: after a fork it starts anew and says so once.
 */
#ifndef KL_CRANK_H
#define KL_CRANK_H

#include "worker.h"

typedef struct kl_crank {
    kl_http *http; /* NULL: closed */
    kl_port *port; /* where new transfers go; NULL: nobody asked for it */
    int riding;    /* transfers with the port */
    long pid;
    unsigned generation; /* transfers of an older one are gone */
} kl_crank;

/* Stands first in the struct of whoever waits for a transfer. */
typedef struct kl_party {
    /* Takes what has arrived: `transfer` is whole and the party's own from now on. True when
     * whoever waits should look. */
    bool (*arrived)(struct kl_party *party, void *host);
    kl_transfer *transfer; /* on the way; NULL: none */
    unsigned generation;
    bool rides;   /* the transfer is with the worker */
    uint64_t tag; /* of all its transfers; 0: it had none yet */
} kl_party;

bool kl_crank_open(kl_crank *c);
void kl_crank_close(kl_crank *c);
/* True once in a child of the process that used it last: everything on the way is gone there.
 * When no memory is left for a new start, the crank is closed. */
bool kl_crank_forked(kl_crank *c);

void kl_crank_add(kl_crank *c, kl_party *party, kl_transfer *t);
/* Stops and frees what the party waits for, if it does. */
void kl_crank_drop(kl_crank *c, kl_party *party);
void kl_crank_step(kl_crank *c);
/* Hands one arrived transfer to its party, and says in `news` when somebody should look; false:
 * there is none. */
bool kl_crank_deliver(kl_crank *c, void *host, bool *news);
void kl_crank_wait(kl_crank *c, double seconds);
/* Seconds until it must be stepped; < 0: nothing is on the way, or the descriptor tells. */
double kl_crank_due(const kl_crank *c);
/* The same for who waits for one party alone; < 0: its tag tells. */
double kl_party_due(const kl_party *party);
int kl_crank_count(const kl_crank *c);
/* Transfers that may be on the way at once. */
int kl_crank_window(const kl_crank *c);

/* Hands new transfers to the worker from now on. The descriptor becomes readable when something is
 * done; -1: there is no thread. */
int kl_crank_fd(kl_crank *c);
/* The descriptor becomes readable after so many seconds at the latest, once. */
void kl_crank_alarm(kl_crank *c, double seconds);
/* The party's tag for the worker's socket (worker.h). */
uint64_t kl_party_tag(kl_party *party);

#endif
