/* crank.c - see crank.h. The caller's own thread is one hand, the worker the other.
 *
 * Owns: nothing.
 * Stands on: crank.h, POSIX getpid.
 * Never: frees the kl_http of a parent process: that would say goodbye on the parent's connections.
 */
#define _POSIX_C_SOURCE 200809L
#include "crank.h"

#include <unistd.h>

enum { WINDOW = 128, PORT_WINDOW = 256 }; /* more would only wait in http's queue */
/* What was on the way before the worker came still needs this hand, whose host now watches the
 * worker's descriptor alone. */
static const double REST = 0.01;

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

static void close_port(kl_crank *c)
{
    kl_port_close(c->port);
    c->port = NULL;
    c->riding = 0;
}

void kl_crank_close(kl_crank *c)
{
    if (is_ours(c)) kl_http_free(c->http);
    close_port(c);
    c->http = NULL;
    c->generation++;
}

bool kl_crank_forked(kl_crank *c)
{
    if (c->http == NULL || is_ours(c)) return false;
    close_port(c);
    c->generation++;
    kl_crank_open(c);
    return true;
}

void kl_crank_add(kl_crank *c, kl_party *party, kl_transfer *t)
{
    t->owner = party;
    t->tag = kl_party_tag(party);
    party->transfer = t;
    party->generation = c->generation;
    party->rides = c->port != NULL;
    if (!party->rides) {
        kl_http_add(c->http, t);
        return;
    }
    c->riding++;
    kl_port_add(c->port, t);
}

void kl_crank_drop(kl_crank *c, kl_party *party)
{
    kl_transfer *t = party->transfer;
    party->transfer = NULL;
    if (t == NULL || party->generation != c->generation || !is_ours(c)) return;
    if (party->rides) {
        c->riding--;
        kl_port_drop(c->port, t);
        return;
    }
    kl_http_cancel(c->http, t);
    kl_transfer_free(t);
}

void kl_crank_step(kl_crank *c)
{
    if (c->port == NULL || kl_http_count(c->http) > 0) kl_http_step(c->http);
}

static kl_transfer *next(kl_crank *c)
{
    kl_transfer *t = kl_http_next(c->http);
    if (t != NULL || c->port == NULL) return t;
    t = kl_port_next(c->port);
    if (t != NULL) c->riding--;
    return t;
}

bool kl_crank_deliver(kl_crank *c, void *host, bool *news)
{
    kl_transfer *t = next(c);
    if (t == NULL) return false;
    kl_party *party = t->owner;
    if (party->arrived(party, host)) *news = true;
    return true;
}

void kl_crank_wait(kl_crank *c, double seconds)
{
    kl_http_wait(c->http, seconds, c->port == NULL ? -1 : kl_port_fd(c->port));
}

double kl_crank_due(const kl_crank *c)
{
    double due = kl_http_due(c->http);
    return c->port != NULL && due > REST ? REST : due;
}

double kl_party_due(const kl_party *party)
{
    return party->transfer == NULL || party->rides ? -1 : REST;
}

int kl_crank_count(const kl_crank *c)
{
    return kl_http_count(c->http) + c->riding;
}

int kl_crank_window(const kl_crank *c)
{
    return c->port == NULL ? WINDOW : PORT_WINDOW;
}

int kl_crank_fd(kl_crank *c)
{
    if (c->port == NULL) c->port = kl_port_open();
    return c->port == NULL ? -1 : kl_port_fd(c->port);
}

void kl_crank_alarm(kl_crank *c, double seconds)
{
    if (c->port != NULL) kl_port_alarm(c->port, seconds);
}

uint64_t kl_party_tag(kl_party *party)
{
    if (party->tag == 0) party->tag = kl_tag_new();
    return party->tag;
}
