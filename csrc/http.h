/* http.h - transfers on one libcurl multi handle: add, cancel, step, due, next.
 *
 * Owns: the multi handle, a pool of easy handles, connections, TLS sessions, what libcurl is told.
 * Stands on: body.h, buf.h, libcurl.
 * Never: knows Lua, gateways or tasks; sends a `once` transfer a second time; calls back.
 */
#ifndef KL_HTTP_H
#define KL_HTTP_H

#include "body.h"
#include <stdint.h>

/* Why a transfer ended without a whole reply. */
#define KL_FAULTS(X)                                                                               \
    X(NONE, "")                                                                                    \
    X(URL, "the URL can't be used")                                                                \
    X(RESOLVE, "the host name could not be resolved")                                              \
    X(CONNECT, "no connection could be made")                                                      \
    X(TLS, "the TLS connection was refused")                                                       \
    X(TIMEOUT, "the time was up")                                                                  \
    X(RESET, "the connection broke")                                                               \
    X(TRUNCATED, "the reply ended too early")                                                      \
    X(TOO_LARGE, "the reply was larger than allowed")                                              \
    X(ENCODING, "the reply could not be read")                                                     \
    X(REDIRECT, "a redirect that is not allowed")                                                  \
    X(SOURCE, "a file to send could not be read or has changed")                                   \
    X(RANGE, "the server went on with other bytes than the ones asked for")                       \
    X(SINK, "the received bytes could not be written")                                             \
    X(MEMORY, "memory ran out")                                                                    \
    X(CANCELLED, "cancelled")                                                                      \
    X(OTHER, "the transfer failed")

typedef enum kl_fault {
#define KL_FAULT_ENUM(name, text) KL_FAULT_##name,
    KL_FAULTS(KL_FAULT_ENUM)
#undef KL_FAULT_ENUM
} kl_fault;
const char *kl_fault_text(kl_fault fault);

typedef enum kl_method { KL_GET, KL_POST } kl_method;

/* A set of request headers, counted, so that every poll of a client can share one. */
typedef struct kl_headers kl_headers;
kl_headers *kl_headers_new(void);
/* `line` is "Name: value", at most 16 KiB, no CR, LF or NUL inside (refused: false). The line is
 * wiped before its memory is given back. */
bool kl_headers_add(kl_headers *h, const char *line);
kl_headers *kl_headers_retain(kl_headers *h);
void kl_headers_release(kl_headers *h);

/* How to reach the network; counted, shared by all transfers of a client. NULL, 0: the default. */
typedef struct kl_net {
    char *proxy, *ca_file, *ca_path, *user_agent;
    double connect_timeout; /* seconds; default 30 */
    double stall_timeout;   /* seconds below 1 byte/s before giving up; default 60 */
    bool allow_http;        /* plain http to hosts other than loopback */
    int refs;
} kl_net;
kl_net *kl_net_new(void);
kl_net *kl_net_retain(kl_net *net);
void kl_net_release(kl_net *net);
/* False with a sentence in `why` unless the URL is https, or http to loopback (127.0.0.0/8, ::1,
 * localhost), or http with allow_http. User names in URLs are refused. */
bool kl_net_allows(const kl_net *net, const char *url, char *why, size_t n);

enum { KL_ETAG_MAX = 160, KL_TYPE_MAX = 96, KL_DATE_MAX = 64 };

/* What a server says of a file, by which it is known again; "" and -1: not told. */
typedef struct kl_mark {
    char etag[KL_ETAG_MAX], last_modified[KL_DATE_MAX];
    int64_t total; /* bytes */
} kl_mark;

typedef struct kl_transfer {
    /* asked: filled in by the owner before kl_http_add */
    kl_method method;
    char *url;           /* owned (malloc) */
    kl_headers *headers; /* owned reference */
    kl_net *net;         /* owned reference */
    kl_body *body;       /* owned (malloc), NULL for GET */
    bool once;           /* a create: no redirect, no reuse of a byte already sent */
    int redirects;       /* most redirects to follow on GET; credentials stay with the first host */
    double timeout;      /* seconds for the whole transfer, 0 = none */
    size_t max_reply;    /* bytes of (decompressed) reply kept in memory */
    int sink;            /* file descriptor for the body of a 200/206, -1 = memory; owned */
    int64_t resume_from; /* with a sink: bytes there already. A 206 goes on from here if its
                            Content-Range says so, a 200 truncates the file and starts over */
    kl_mark begun; /* with resume_from: the file they are of. Where it tells anything, a 206 must
                      agree with it in something, and contradict it in nothing */
    char *note;    /* with a sink: path of what tells of its bytes, removed before they are
                      overwritten; owned (malloc), NULL = none */
    void *owner;         /* the caller's; never touched */
    uint64_t tag;        /* the caller's number for it; never touched */

    /* answered: valid once kl_http_next returned it */
    kl_fault fault;
    char detail[200]; /* libcurl's words, without secrets; "" when there is nothing to add */
    bool maybe_sent;  /* false: provably no byte of the request left this machine */
    long status;      /* HTTP status, 0 = none seen */
    kl_buf reply;
    char content_type[KL_TYPE_MAX], etag[KL_ETAG_MAX], last_modified[KL_DATE_MAX], request_id[96];
    double retry_after; /* seconds (delta or HTTP date turned into one), < 0 = not told */
    int64_t date;       /* server's Date as Unix seconds, 0 = none */
    int64_t received;   /* body bytes got so far, resumed ones included; with a sink, those in it */
    int64_t expected;   /* whole length by Content-Length/Content-Range, -1 = unknown */

    struct kl_ride { /* worker.c's: whose it is, and where it stands */
        struct kl_port *port; /* NULL: it is not with the worker */
        struct kl_transfer *next, *before, *after;
        int stage;
    } ride;
    void *easy;                    /* http.c's: the CURL handle while running */
    struct kl_transfer *prev, *next; /* http.c's: its queue or its results */
    int place;                     /* http.c's: where it stands */
} kl_transfer;

/* Zeroed, sink -1, retry_after -1, expected -1, begun.total -1; NULL: no memory. */
kl_transfer *kl_transfer_new(void);
void kl_transfer_free(kl_transfer *t); /* not while added: cancel first */

/* How far a transfer got, while it runs, on whichever thread. Once a transfer with a sink has
 * received something, its status, content_type, etag and last_modified may be read, too. */
int64_t kl_transfer_received(const kl_transfer *t);
int64_t kl_transfer_expected(const kl_transfer *t);

typedef struct kl_http kl_http;
typedef struct kl_http_limits {
    int connections_per_host; /* default 64 */
    int running; /* easy handles in use at once, more wait in a queue; default 64: one that finds no
                    connection costs a look-up each time another one ends */
} kl_http_limits;

kl_http *kl_http_new(const kl_http_limits *limits); /* limits may be NULL; NULL: no memory */
/* Takes a transfer until kl_http_next or kl_http_cancel gives it back. Creates (`once`) overtake
 * waiting GETs in the queue. */
void kl_http_add(kl_http *h, kl_transfer *t);
/* Stops a transfer at once, wherever it stands; afterwards it is the caller's. A cancelled one is
 * not returned by kl_http_next. */
void kl_http_cancel(kl_http *h, kl_transfer *t);
/* Does what can be done without waiting. */
void kl_http_step(kl_http *h);
/* Waits at most `seconds` for something to do, then returns; never longer than libcurl's own timers
 * want. `fd` (-1 = none) also ends the wait when it becomes readable. EINTR ends it. */
void kl_http_wait(kl_http *h, double seconds, int fd);
/* Ends a kl_http_wait on another thread. */
void kl_http_wakeup(kl_http *h);
/* Seconds until libcurl wants a step anyway; < 0: nothing is running. */
double kl_http_due(kl_http *h);
/* The next finished transfer, or NULL. */
kl_transfer *kl_http_next(kl_http *h);
int kl_http_count(const kl_http *h); /* running and queued */
/* Cancels everything and gives all back; added transfers are freed. */
void kl_http_free(kl_http *h);

/* "libcurl/7.88.1 OpenSSL/3.0.19" */
void kl_http_version(char *out, size_t n);
/* Appends `text` percent-encoded for one path segment (RFC 3986 unreserved kept). */
bool kl_http_escape(kl_buf *out, const char *text, size_t n);

#endif
