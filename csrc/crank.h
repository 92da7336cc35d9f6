/* crank.h - the hand that turns the http engine, and who waits for what it brings.
 *
 * Owns: the kl_http of one engine and the process it belongs to. All contact with transfers on the
 * way goes through here, so that another hand can take over.
 * Stands on: http.h.
 * Never: touches sockets of a parent process: after a fork it starts anew and says so once.
 */
#ifndef KL_CRANK_H
#define KL_CRANK_H

#include "http.h"

typedef struct kl_crank {
    kl_http *http; /* NULL: closed */
    long pid;
    unsigned generation; /* transfers of an older one are gone */
} kl_crank;

/* Stands first in the struct of whoever waits for a transfer. */
typedef struct kl_party {
    /* Takes what has arrived: `transfer` is whole and the party's own from now on. True when whoever
     * waits should look. */
    bool (*arrived)(struct kl_party *party, void *host);
    kl_transfer *transfer; /* on the way; NULL: none */
    unsigned generation;
} kl_party;

bool kl_crank_open(kl_crank *c);
void kl_crank_close(kl_crank *c);
/* True once in a child of the process that used it last: everything on the way is gone there. When no
 * memory is left for a new start, the crank is closed. */
bool kl_crank_forked(kl_crank *c);

void kl_crank_add(kl_crank *c, kl_party *party, kl_transfer *t);
/* Stops and frees what the party waits for, if it does. */
void kl_crank_drop(kl_crank *c, kl_party *party);
void kl_crank_step(kl_crank *c);
/* Hands one arrived transfer to its party, and says in `news` when somebody should look; false: there
 * is none. */
bool kl_crank_deliver(kl_crank *c, void *host, bool *news);
void kl_crank_wait(kl_crank *c, double seconds);
/* Seconds until it must be stepped; < 0: nothing is on the way. */
double kl_crank_due(kl_crank *c);
int kl_crank_count(const kl_crank *c);

#endif
