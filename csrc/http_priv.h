/* http_priv.h - what the files of http.h share: the engine, and a carrier for each easy handle.
 *
 * Owns: the two structs and the seams between http.c (who runs), http_poll.c (what to watch),
 *   http_easy.c and http_head.c (what libcurl is told), http_send.c (what leaves), http_reply.c
 *   and http_fault.c (what comes back) and http_net.c (headers, URLs).
 * Stands on: http.h, libcurl. Nobody else includes it.
 * Never: keeps a global.
 */
#ifndef KL_HTTP_PRIV_H
#define KL_HTTP_PRIV_H

#include "http.h"
#include <curl/curl.h>
#include <poll.h>

/* The shape of a URL that may be used; points into the text. */
typedef struct kl_url {
    const char *host;
    size_t host_len;
    int port;
    bool tls;
} kl_url;
bool kl_url_split(const char *text, kl_url *url, char *why, size_t n);
bool kl_url_same_origin(const kl_url *a, const kl_url *b);
/* Whether a redirect may lead from one URL to the other. */
bool kl_net_follows(const kl_net *net, const char *from, const char *to, char *why, size_t n);

struct curl_slist *kl_headers_list(kl_headers *h); /* h may be NULL; stays h's */
/* A new list of those lines that tell a foreign host nothing; to curl_slist_free_all. */
struct curl_slist *kl_headers_harmless(kl_headers *h);

/* What libcurl has to be told anew when a carrier goes on with another kind of transfer. */
typedef enum kl_mode {
    KL_MODE_NONE,
    KL_MODE_GET,
    KL_MODE_SINK,
    KL_MODE_POST,  /* the body is one block */
    KL_MODE_STREAM /* the body is read piece by piece */
} kl_mode;

/* A response head as far as it was read. */
typedef struct kl_head {
    size_t bytes;  /* of all heads of this transfer, interim ones included */
    bool final;    /* its empty line was seen */
    bool encoded;  /* Content-Encoding: the length on the wire says nothing */
    int id_rank;   /* which of the request id headers was seen */
    int64_t length, range_start, range_total; /* -1: not told */
    char retry_after[64];
} kl_head;

/* The connections of one version of HTTP, with a multi handle of their own; http_lane.c. */
enum { KL_LANE_ONE, KL_LANE_TWO, KL_LANES };
typedef struct kl_lane {
    struct kl_http *http;
    CURLM *multi;     /* NULL: not needed yet, or lost */
    int64_t deadline; /* milliseconds when libcurl wants to be called, 0 = now, -1 = never */
} kl_lane;
typedef struct kl_origin kl_origin;

typedef struct kl_carrier {
    CURL *curl;
    bool guarded; /* libcurl asks before it writes a request */
    struct kl_http *http;
    kl_transfer *t; /* NULL: idle */
    struct kl_carrier *next;

    /* what libcurl was told and need not be told again */
    kl_net *net;
    kl_mode mode;
    kl_lane *lane;
    long timeout_ms;
    bool ranged;
    CURLU *parts;                 /* the address; http_head.c */
    char *origin;                 /* as far as it stays for the next one; owned */
    size_t origin_len;
    const char *known;            /* the URL that was just found to begin with it */
    struct curl_slist no_expect, agent, encoding; /* lines before the transfer's own ones */

    /* this transfer */
    kl_fault fault;   /* why one of our callbacks said stop */
    bool asked;       /* a connection stood and the request was about to be written */
    uint64_t handed;  /* body bytes given to libcurl */
    int hops;         /* redirects followed */
    int64_t started;  /* milliseconds */
    kl_head head;
    struct curl_slist *harmless; /* instead of its headers on a foreign host; owned */
    char words[CURL_ERROR_SIZE];
} kl_carrier;

typedef struct kl_list {
    kl_transfer *first, *last;
    int count;
} kl_list;

/* Where a transfer stands; also the index of its list. Waiting ones start in this order. */
typedef enum kl_place {
    KL_AWAY,
    KL_WAITING_ONCE,
    KL_WAITING,
    KL_RUNNING,
    KL_DONE,
    KL_PLACES
} kl_place;

struct kl_http {
    kl_lane lanes[KL_LANES];
    kl_origin *old; /* where HTTP/2 is not spoken */
    CURLSH *share;
    kl_net *net;      /* for transfers that bring none */
    kl_carrier *idle; /* a stack: the warmest on top */
    int most;         /* carriers in use at once */
    long per_host;    /* connections */
    kl_list lists[KL_PLACES];
    struct pollfd *watched; /* http_poll.c's; entries that libcurl doesn't use are chained */
    kl_lane **owners;       /* of the entries */
    int nwatched, room, unused;
    bool polled;      /* the entries hold what poll(2) said since the last step */
    int wake[2];
    char date_text[48]; /* the Date header parsed last: most replies of a second share it */
    int64_t date;
};

/* http_easy.c */
bool kl_easy_init(void); /* libcurl's own globals, once a process */
kl_carrier *kl_carrier_new(kl_http *h);
void kl_carrier_free(kl_carrier *c);
/* Tells libcurl what t needs; false when memory is short. */
bool kl_carrier_load(kl_carrier *c, kl_transfer *t);
/* Points a finished carrier at the next hop. */
bool kl_carrier_redirect(kl_carrier *c, const char *url);
/* Where its request went last; behind a redirect the text is libcurl's, and gone when libcurl is
 * told where to go. NULL: libcurl can't say. */
const char *kl_carrier_at(const kl_carrier *c);
void kl_carrier_unload(kl_carrier *c);
int64_t kl_clock_ms(void);

/* http_lane.c */
/* Puts a loaded carrier on the way to `url`. False when memory is short. */
bool kl_lane_join(kl_carrier *c, const char *url);
void kl_lane_leave(kl_carrier *c);
/* Notes what the other side spoke; before it leaves. False: the answer came by HTTP/1.1 where
 * HTTP/2 may be spoken beside it, and may be another's. */
bool kl_lane_learn(kl_carrier *c);
bool kl_lane_open(kl_lane *lane);
void kl_lane_close(kl_lane *lane);
void kl_lane_forget(kl_http *h);

/* http_head.c */
/* Whether only the path differs from where the carrier was last, and nothing in it is odd. */
bool kl_head_knows(kl_carrier *c, const char *url);
void kl_head_forget(kl_carrier *c);
/* These two are false when memory is short. */
bool kl_head_address(kl_carrier *c, const char *url);
bool kl_head_agent(kl_carrier *c, const char *name);
/* `list`: the lines behind the standing ones. c->mode must be told before. */
void kl_head_lines(kl_carrier *c, struct curl_slist *list);
/* The lines that the next hop may see. */
void kl_head_redirect(kl_carrier *c, const char *url);
void kl_head_free(kl_carrier *c);

/* http_send.c */
size_t kl_send_body(char *out, size_t size, size_t n, void *carrier);
int kl_send_seek(void *carrier, curl_off_t offset, int origin);
bool kl_send_guard(kl_carrier *c); /* false: this libcurl doesn't ask before it writes */
bool kl_send_maybe(const kl_carrier *c);

/* http_poll.c */
bool kl_poll_open(kl_http *h);
void kl_poll_begin(kl_lane *lane); /* with a fresh multi handle */
void kl_poll_forget(kl_http *h);   /* all multi handles are gone */
void kl_poll_close(kl_http *h);
void kl_poll_wake(const kl_http *h);
int64_t kl_poll_due(const kl_http *h); /* milliseconds, -1: libcurl names no time */
void kl_poll_wait(kl_http *h, int ms, int fd);
/* Tells libcurl what is ready, and the time. False: the multi handle is lost. */
bool kl_poll_act(kl_http *h);

/* http_reply.c */
void kl_reply_start(kl_carrier *c);
size_t kl_reply_header(char *line, size_t size, size_t n, void *carrier);
size_t kl_reply_body(char *bytes, size_t size, size_t n, void *carrier);
/* Fills in what can be told only at the end: fault, detail, Retry-After. */
void kl_reply_end(kl_carrier *c, CURLcode code);

/* http_fault.c */
void kl_fault_explain(kl_transfer *t, const char *text);
void kl_fault_judge(kl_carrier *c, CURLcode code);

#endif
