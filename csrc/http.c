/* http.c - transfers on libcurl multi handles: add, cancel, step, due, next.
 *
 * Owns: the lists a transfer passes through (waiting, running, done), the pool of carriers, the
 *   redirects of GETs.
 * Stands on: http_priv.h, libcurl.
 * Never: waits, but in kl_http_wait; calls back; sends a `once` transfer a second time.
 */
#define _GNU_SOURCE 1
#include "http_priv.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PER_HOST = 64, /* more, and h1 servers get a storm; fewer, and they serve one by one */
    RUNNING = 64, /* no more than connections: libcurl looks again for all that found none */
    NO_TIMER = 60 /* seconds; something runs, but libcurl names no time */
};

/* ---- lists ---- */

static void leave(kl_http *h, kl_transfer *t)
{
    kl_list *l = &h->lists[t->place];
    *(t->prev ? &t->prev->next : &l->first) = t->next;
    *(t->next ? &t->next->prev : &l->last) = t->prev;
    t->prev = t->next = NULL;
    t->place = KL_AWAY;
    l->count--;
}

static void enter(kl_http *h, kl_transfer *t, kl_place place)
{
    kl_list *l = &h->lists[place];
    t->place = (int)place;
    t->prev = l->last;
    t->next = NULL;
    *(l->last ? &l->last->next : &l->first) = t;
    l->last = t;
    l->count++;
}

static void move(kl_http *h, kl_transfer *t, kl_place place)
{
    leave(h, t);
    enter(h, t, place);
}

/* ---- carriers ---- */

static kl_carrier *take_carrier(kl_http *h)
{
    kl_carrier *c = h->idle;
    if (!c)
        return kl_carrier_new(h);
    h->idle = c->next;
    return c;
}

static void give_carrier(kl_http *h, kl_carrier *c)
{
    if (c->t)
        c->t->easy = NULL;
    kl_carrier_unload(c);
    c->next = h->idle;
    h->idle = c;
}

/* ---- starting and ending ---- */

/* Ends a transfer that never ran. */
static void reject(kl_http *h, kl_transfer *t, kl_fault fault, const char *why)
{
    t->fault = fault;
    kl_fault_explain(t, why);
    t->maybe_sent = false;
    move(h, t, KL_DONE);
}

static bool launch(kl_carrier *c, kl_transfer *t)
{
    return kl_carrier_load(c, t) && kl_lane_join(c, t->url);
}

/* A carrier that has just been to another path of the same host need not be asked. */
static bool is_allowed(kl_carrier *c, const kl_transfer *t, char *why, size_t n)
{
    if (!t->url)
        return snprintf(why, n, "there is none") < 0;
    return (t->net && c->net == t->net && kl_head_knows(c, t->url)) ||
           kl_net_allows(t->net, t->url, why, n);
}

static void start(kl_http *h, kl_transfer *t)
{
    char why[120];
    kl_carrier *c = take_carrier(h);
    if (!c) {
        reject(h, t, KL_FAULT_MEMORY, "");
        return;
    }
    bool allowed = is_allowed(c, t, why, sizeof why);
    if (allowed && launch(c, t)) {
        t->easy = c;
        move(h, t, KL_RUNNING);
        return;
    }
    give_carrier(h, c);
    reject(h, t, allowed ? KL_FAULT_MEMORY : KL_FAULT_URL, allowed ? "" : why);
}

static void start_waiting(kl_http *h)
{
    for (int place = KL_WAITING_ONCE; place <= KL_WAITING; place++)
        while (h->lists[place].first && h->lists[KL_RUNNING].count < h->most)
            start(h, h->lists[place].first);
}

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The URL a finished GET has to go on with, NULL when it ends here. */
static const char *next_hop(kl_carrier *c)
{
    char why[120], *to = NULL;
    kl_transfer *t = c->t;
    if (t->method != KL_GET || t->redirects <= 0 || !is_redirect(t->status) ||
        curl_easy_getinfo(c->curl, CURLINFO_REDIRECT_URL, &to) || !to)
        return NULL;
    if (c->hops < t->redirects && kl_net_follows(t->net, kl_carrier_at(c), to, why, sizeof why))
        return to;
    c->fault = KL_FAULT_REDIRECT;
    kl_fault_explain(t, c->hops < t->redirects ? why : "there were too many in a row");
    return NULL;
}

static bool follow(kl_carrier *c)
{
    const char *url = next_hop(c);
    if (!url)
        return false;
    if (kl_carrier_redirect(c, url) && kl_lane_join(c, url))
        return true;
    c->fault = KL_FAULT_MEMORY;
    return false;
}

/* By HTTP/1.1 alone, now that this is known to be spoken there. */
static bool ask_again(kl_carrier *c)
{
    char *url = strdup(kl_carrier_at(c));
    bool asked = url && kl_carrier_redirect(c, url) && kl_lane_join(c, url);
    free(url);
    if (asked)
        c->hops--;
    else
        c->fault = KL_FAULT_MEMORY;
    return asked;
}

static void settle(kl_http *h, kl_carrier *c, CURLcode code)
{
    kl_transfer *t = c->t;
    t->maybe_sent = kl_send_maybe(c);
    kl_reply_end(c, code);
    give_carrier(h, c);
    move(h, t, KL_DONE);
}

static void collect(kl_lane *lane)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(lane->multi, &left));) {
        kl_carrier *c = NULL;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
        bool own = kl_lane_learn(c);
        kl_lane_leave(c);
        if (code != CURLE_OK || !(own ? follow(c) : ask_again(c)))
            settle(lane->http, c, code);
    }
}

void kl_http_add(kl_http *h, kl_transfer *t)
{
    enter(h, t, t->once ? KL_WAITING_ONCE : KL_WAITING);
    start_waiting(h);
}

void kl_http_cancel(kl_http *h, kl_transfer *t)
{
    kl_carrier *c = t->easy;
    if (t->place == KL_AWAY)
        return;
    if (c) {
        t->maybe_sent = kl_send_maybe(c);
        kl_lane_leave(c);
        give_carrier(h, c);
    }
    if (t->place != KL_DONE)
        t->fault = KL_FAULT_CANCELLED;
    leave(h, t);
    start_waiting(h);
}

/* ---- cranking ---- */

static void close_lanes(kl_http *h)
{
    for (int i = 0; i < KL_LANES; i++) kl_lane_close(&h->lanes[i]);
    kl_poll_forget(h);
}

/* libcurl's own book-keeping fell to a lack of memory: nothing that runs goes on. */
static void start_over(kl_http *h)
{
    for (kl_transfer *t; (t = h->lists[KL_RUNNING].first);) {
        kl_carrier *c = t->easy;
        c->fault = KL_FAULT_MEMORY;
        kl_lane_leave(c);
        settle(h, c, CURLE_OUT_OF_MEMORY);
    }
    close_lanes(h);
}

void kl_http_step(kl_http *h)
{
    bool sound = kl_poll_act(h);
    for (int i = 0; i < KL_LANES; i++)
        if (h->lanes[i].multi)
            collect(&h->lanes[i]);
    if (!sound)
        start_over(h);
    start_waiting(h);
}

double kl_http_due(kl_http *h)
{
    if (h->lists[KL_DONE].count)
        return 0;
    if (h->lists[KL_RUNNING].count == 0)
        return -1;
    int64_t ms = kl_poll_due(h);
    return ms < 0 ? NO_TIMER : (double)ms / 1000;
}

void kl_http_wait(kl_http *h, double seconds, int fd)
{
    double due = kl_http_due(h), least = due >= 0 && due < seconds ? due : seconds;
    if (least > 0)
        kl_poll_wait(h, least < INT_MAX / 1000 ? (int)(least * 1000 + 0.999) : INT_MAX, fd);
}

void kl_http_wakeup(kl_http *h)
{
    kl_poll_wake(h);
}

kl_transfer *kl_http_next(kl_http *h)
{
    kl_transfer *t = h->lists[KL_DONE].first;
    if (t)
        leave(h, t);
    return t;
}

int kl_http_count(const kl_http *h)
{
    const kl_list *l = h->lists;
    return l[KL_WAITING_ONCE].count + l[KL_WAITING].count + l[KL_RUNNING].count;
}

/* ---- life ---- */

static bool fill(kl_http *h, const kl_http_limits *limits)
{
    h->per_host = limits && limits->connections_per_host > 0 ? limits->connections_per_host
                                                             : PER_HOST;
    h->most = limits && limits->running > 0 ? limits->running : RUNNING;
    h->net = kl_net_new();
    h->share = curl_share_init();
    if (!h->net || !h->share || !kl_poll_open(h))
        return false;
    curl_share_setopt(h->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    for (int i = 0; i < KL_LANES; i++) h->lanes[i] = (kl_lane){.http = h, .deadline = -1};
    kl_poll_forget(h);
    return kl_lane_open(&h->lanes[KL_LANE_ONE]);
}

kl_http *kl_http_new(const kl_http_limits *limits)
{
    kl_http *h = kl_easy_init() ? calloc(1, sizeof *h) : NULL;
    if (h && !fill(h, limits)) {
        kl_http_free(h);
        return NULL;
    }
    return h;
}

static void drop_list(kl_http *h, kl_place place)
{
    for (kl_transfer *t; (t = h->lists[place].first);) {
        kl_http_cancel(h, t);
        kl_transfer_free(t);
    }
}

void kl_http_free(kl_http *h)
{
    if (!h)
        return;
    h->most = 0; /* nothing starts any more */
    for (int place = KL_WAITING_ONCE; place < KL_PLACES; place++)
        drop_list(h, (kl_place)place);
    for (kl_carrier *c = h->idle, *next; c; c = next) {
        next = c->next;
        kl_carrier_free(c);
    }
    close_lanes(h);
    kl_lane_forget(h);
    curl_share_cleanup(h->share);
    kl_poll_close(h);
    kl_net_release(h->net);
    free(h);
}
