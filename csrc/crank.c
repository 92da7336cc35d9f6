/* crank.c - see crank.h. The caller's own thread is the hand.
 *
 * Owns: nothing.
 * Stands on: crank.h, POSIX getpid.
 * Never: frees the kl_http of a parent process: that would say goodbye on the parent's connections.
 */
#define _POSIX_C_SOURCE 200809L
#include "crank.h"

#include <unistd.h>

/* The process this one is; in a child of it transfers on the way are not ours to touch. */
static bool is_ours(const kl_crank *c)
{
    return c->http != NULL && c->pid == (long)getpid();
}

bool kl_crank_open(kl_crank *c)
{
    c->http = kl_http_new(NULL);
    c->pid = (long)getpid();
    return c->http != NULL;
}

void kl_crank_close(kl_crank *c)
{
    if (is_ours(c)) kl_http_free(c->http);
    c->http = NULL;
    c->generation++;
}

bool kl_crank_forked(kl_crank *c)
{
    if (c->http == NULL || is_ours(c)) return false;
    c->generation++;
    kl_crank_open(c);
    return true;
}

void kl_crank_add(kl_crank *c, kl_party *party, kl_transfer *t)
{
    t->owner = party;
    party->transfer = t;
    party->generation = c->generation;
    kl_http_add(c->http, t);
}

void kl_crank_drop(kl_crank *c, kl_party *party)
{
    kl_transfer *t = party->transfer;
    party->transfer = NULL;
    if (t == NULL || party->generation != c->generation || !is_ours(c)) return;
    kl_http_cancel(c->http, t);
    kl_transfer_free(t);
}

void kl_crank_step(kl_crank *c)
{
    kl_http_step(c->http);
}

bool kl_crank_deliver(kl_crank *c, void *host, bool *news)
{
    kl_transfer *t = kl_http_next(c->http);
    if (t == NULL) return false;
    kl_party *party = t->owner;
    if (party->arrived(party, host)) *news = true;
    return true;
}

void kl_crank_wait(kl_crank *c, double seconds)
{
    kl_http_wait(c->http, seconds, -1);
}

double kl_crank_due(kl_crank *c)
{
    return kl_http_due(c->http);
}

int kl_crank_count(const kl_crank *c)
{
    return kl_http_count(c->http);
}
