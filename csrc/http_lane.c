/* http_lane.c - which HTTP a transfer speaks, and the multi handle it runs on.
 *
 * Owns: the two lanes, the origins where HTTP/2 was offered and not spoken.
 * Stands on: http_priv.h, libcurl.
 * Never: lets connections of both versions to one host share a multi handle: libcurl (curl issue
 *   4885, seen with 7.88) then sends requests down an HTTP/1.1 connection that is in use, once one
 *   of HTTP/2 broke, and gives the answers to the wrong ones: a create gets a stranger's task.
 */
#define _GNU_SOURCE 1
#include "http_priv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct kl_origin {
    kl_origin *next;
    size_t len;
    char text[];
};

/* ---- lanes ---- */

bool kl_lane_open(kl_lane *lane)
{
    const kl_http *h = lane->http;
    lane->multi = curl_multi_init();
    if (!lane->multi)
        return false;
    curl_multi_setopt(lane->multi, CURLMOPT_MAX_HOST_CONNECTIONS, h->per_host);
    curl_multi_setopt(lane->multi, CURLMOPT_MAXCONNECTS,
                      h->per_host > h->most ? h->per_host : (long)h->most);
    kl_poll_begin(lane);
    return true;
}

void kl_lane_close(kl_lane *lane)
{
    if (lane->multi)
        curl_multi_cleanup(lane->multi);
    lane->multi = NULL;
    lane->deadline = -1;
}

/* ---- who speaks what ---- */

static size_t origin_of(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/?#") : 0;
}

static bool is_old(const kl_http *h, const char *url)
{
    size_t len = origin_of(url);
    for (const kl_origin *o = h->old; o; o = o->next)
        if (o->len == len && memcmp(o->text, url, len) == 0)
            return true;
    return false;
}

/* Questions over TLS go by HTTP/2 where that is offered. Nothing else does:
 * - A server that closes an HTTP/2 connection (nginx does after 1000 requests) refuses what came in
 *   meanwhile, and libcurl can't tell us that from a connection that broke: many creates would be
 *   lost at once. And a picture goes up faster without HTTP/2's small windows.
 * - One download has one connection to itself either way.
 * - Without TLS nothing is offered, yet all would wait for the first one's reply. */
static int version_of(const kl_carrier *c, const char *url)
{
    bool two = c->mode == KL_MODE_GET && strncasecmp(url, "https:", 6) == 0;
    return two && !is_old(c->http, url) ? KL_LANE_TWO : KL_LANE_ONE;
}

/* What libcurl is told only when it differs. */
static void speak(kl_carrier *c, int version)
{
    kl_lane *lane = &c->http->lanes[version];
    if (c->lane == lane)
        return;
    c->lane = lane;
    curl_easy_setopt(c->curl, CURLOPT_HTTP_VERSION,
                     (long)(version == KL_LANE_TWO ? CURL_HTTP_VERSION_2TLS
                                                   : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(c->curl, CURLOPT_PIPEWAIT, (long)(version == KL_LANE_TWO));
}

bool kl_lane_join(kl_carrier *c, const char *url)
{
    speak(c, version_of(c, url));
    return (c->lane->multi || kl_lane_open(c->lane)) &&
           curl_multi_add_handle(c->lane->multi, c->curl) == CURLM_OK;
}

void kl_lane_leave(kl_carrier *c)
{
    curl_multi_remove_handle(c->lane->multi, c->curl);
}

static void add_old(kl_http *h, const char *url)
{
    size_t len = origin_of(url);
    kl_origin *o = malloc(sizeof *o + len);
    if (!o)
        return;
    o->len = len;
    memcpy(o->text, url, len);
    o->next = h->old;
    h->old = o;
}

bool kl_lane_learn(kl_carrier *c)
{
    long spoken = 0;
    if (c->lane != &c->http->lanes[KL_LANE_TWO])
        return true;
    const char *url = kl_carrier_at(c);
    curl_easy_getinfo(c->curl, CURLINFO_HTTP_VERSION, &spoken);
    if (!url || (spoken != CURL_HTTP_VERSION_1_1 && spoken != CURL_HTTP_VERSION_1_0))
        return true;
    if (!is_old(c->http, url))
        add_old(c->http, url);
    return false;
}

void kl_lane_forget(kl_http *h)
{
    for (kl_origin *o = h->old, *next; o; o = next) {
        next = o->next;
        free(o);
    }
    h->old = NULL;
}
