/* test_http_tls.c - certificates are always looked at; HTTP/2 and HTTP/1.1 keep out of each other's
 * way.
 *
 * Owns: nothing.
 * Stands on: http_client.h; server.py with TLS, nginx with HTTP/2 where there is one.
 * Never: turns verification off.
 */
#define _GNU_SOURCE 1
#include "http_client.h"

static kl_net *trust(const char *ca_file, const char *ca_path)
{
    kl_net *net = kl_net_new();
    net->ca_file = ca_file ? strdup(ca_file) : NULL;
    net->ca_path = ca_path ? strdup(ca_path) : NULL;
    return net;
}

/* Takes over `net`. */
static void check_tls(const char *url, kl_net *net, kl_fault fault)
{
    kl_transfer *t = create(url, 10);
    t->net = net;
    run(t);
    if (!CHECK(t->fault == fault)) printf("    %s: %d \"%s\"\n", url, t->fault, t->detail);
    CHECK(t->maybe_sent == (fault == KL_FAULT_NONE));
    CHECK(fault == KL_FAULT_NONE ? t->status == 200 : t->detail[0] != '\0');
    kl_transfer_free(t);
}

static void test_certificates(void)
{
    char other[200];
    snprintf(other, sizeof other, "https://localhost:%s/create", variable("KL_TLS_PORT"));
    check_tls("tls:/create", trust(variable("KL_CA"), NULL), KL_FAULT_NONE);
    check_tls("tls:/create", trust(NULL, NULL), KL_FAULT_TLS); /* nobody we know signed it */
    check_tls(other, trust(variable("KL_CA"), NULL), KL_FAULT_TLS); /* it is another's */
    check_tls("tls:/create", trust("/no/such/file", NULL), KL_FAULT_TLS);
    check_tls("tls:/create", trust(NULL, variable("KL_WORK")), KL_FAULT_TLS); /* no hashed names */
    /* What the first connection was allowed, the next one with other rules is not. */
    check_tls("tls:/create", trust(variable("KL_CA"), NULL), KL_FAULT_NONE);
    check_tls("tls:/create", trust(NULL, NULL), KL_FAULT_TLS);
    check_tls("tls:/create", trust(variable("KL_CA"), NULL), KL_FAULT_NONE);
}

/* Nets change on one handle: nothing of one client is told to the next. */
static void test_nets(void)
{
    kl_transfer *t = get("/echo");
    t->net = kl_net_new();
    t->net->user_agent = strdup("one/1");
    CHECK(echoes(run(t), "User-Agent: one/1"));
    kl_transfer_free(t);
    t = run(get("/echo"));
    CHECK(echoes(t, "User-Agent: kling"));
    kl_transfer_free(t);
    t = get("/echo");
    t->net = kl_net_new();
    t->net->proxy = strdup("http://user:secret@127.0.0.1:1");
    run(t);
    CHECK(t->fault == KL_FAULT_CONNECT && !t->maybe_sent && !strstr(t->detail, "secret"));
    kl_transfer_free(t);
    t = run(get("/echo"));
    CHECK(t->status == 200);
    kl_transfer_free(t);
    t = get("/echo"); /* the server itself, taken for a proxy */
    char proxy[60];
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%s", variable("KL_PORT2"));
    t->net = kl_net_new();
    t->net->proxy = strdup(proxy);
    run(t);
    CHECK(t->reply.len > 20 && memcmp(t->reply.data, "GET http://127.0.0.1", 20) == 0);
    kl_transfer_free(t);
}

static kl_transfer *asked(const char *path)
{
    kl_transfer *t = get(path);
    t->net = trust(variable("KL_CA"), NULL);
    return run(t);
}

/* Servers of both kinds may share an address. An answer by HTTP/1.1 where HTTP/2 was hoped for may
 * be another's, so it counts for nothing; from then on it is asked by HTTP/1.1. */
static void test_h1_asked_again(void)
{
    kl_transfer *first = asked("tls:/echo?key=first"), *second = asked("tls:/echo?key=second");
    CHECK(first->fault == KL_FAULT_NONE && first->status == 200);
    CHECK(second->fault == KL_FAULT_NONE && second->status == 200);
    CHECK_IS(logged("head", "first"), 2);
    CHECK_IS(logged("head", "second"), 1);
    kl_transfer_free(first);
    kl_transfer_free(second);
}

/* ---- nginx that offers HTTP/2, and ends a connection after twenty requests ---- */

static char h2[100];

static kl_transfer *h2_transfer(const char *path, const char *key, size_t n)
{
    char url[300];
    snprintf(url, sizeof url, "%s%s%ckey=%s", h2, path, strchr(path, '?') ? '&' : '?', key);
    kl_transfer *t = n ? create(url, n) : get(url);
    t->net = trust(variable("KL_CA"), NULL);
    return t;
}

static void test_h2_crowd(void)
{
    enum { CROWD = 150 };
    static char keys[CROWD][20];
    int good = 0, lost = 0, twice = 0, missing = 0;
    kl_net *net = trust(variable("KL_CA"), NULL); /* one for all: one connection for many */
    for (int i = 0; i < CROWD; i++) {
        snprintf(keys[i], 20, "crowd%d", i);
        kl_transfer *t = h2_transfer("/create", keys[i], i % 5 ? 300 : 200000);
        kl_net_release(t->net);
        t->net = kl_net_retain(net);
        t->tag = (uint64_t)i;
        kl_http_add(http, t);
    }
    kl_net_release(net);
    for (int i = 0; i < CROWD; i++) {
        kl_transfer *t = next_done();
        if (!CHECK(t != NULL)) return;
        good += t->fault == KL_FAULT_NONE && t->status == 200;
        lost += t->fault != KL_FAULT_NONE;
        CHECK(t->fault == KL_FAULT_NONE || t->maybe_sent);
        missing += t->fault == KL_FAULT_NONE && logged("body", keys[t->tag]) != 1;
        kl_transfer_free(t);
    }
    pause_ms(100);
    for (int i = 0; i < CROWD; i++) twice += logged("body", keys[i]) > 1;
    CHECK_IS(good, CROWD); /* HTTP/1.1's connections end between requests: none is lost */
    CHECK_IS(lost, 0);
    CHECK_IS(twice, 0);
    CHECK_IS(missing, 0);
}

/* libcurl with connections of both versions to one host on one multi handle puts several requests
 * on one HTTP/1.1 connection once one of HTTP/2 broke, and gives the answers to the wrong ones
 * (curl issue 4885; seen with 7.88). */
static const char *path_of(int i)
{
    return i % 3 == 0 ? "/slow?ms=20" : i % 20 == 13 ? "/gone" : "/echo";
}

static void add_one(kl_net *net, int i)
{
    char key[20];
    snprintf(key, sizeof key, "own%d", i);
    kl_transfer *t = h2_transfer(path_of(i), key, i % 3 ? 0 : 300);
    kl_net_release(t->net);
    t->net = kl_net_retain(net);
    t->tag = (uint64_t)i;
    kl_http_add(http, t);
}

static bool is_own(const kl_transfer *t)
{
    char line[60];
    const char *path = path_of((int)t->tag);
    if (path[1] == 's') return t->status == 200 && reply_is(t, "at last");
    if (path[1] == 'g') return t->fault != KL_FAULT_NONE; /* the connection is closed */
    size_t n = (size_t)snprintf(line, sizeof line, "GET /echo?key=own%d\n", (int)t->tag);
    return t->reply.len > n && memcmp(t->reply.data, line, n) == 0;
}

static void test_h2_own_answers(void)
{
    enum { CROWD = 400, AT_ONCE = 12 };
    int own = 0, begun = 0;
    kl_net *net = trust(variable("KL_CA"), NULL);
    while (begun < AT_ONCE) add_one(net, begun++);
    for (int i = 0; i < CROWD; i++) {
        kl_transfer *t = next_done();
        if (!CHECK(t != NULL)) break;
        own += is_own(t);
        kl_transfer_free(t);
        if (begun < CROWD) add_one(net, begun++);
    }
    kl_net_release(net);
    CHECK_IS(own, CROWD);
}

/* Questions go by HTTP/2 where it is offered, creates never. */
static void test_h2_spoken(void)
{
    kl_transfer *first = run(h2_transfer("/echo", "spoken", 0));
    kl_transfer *second = run(h2_transfer("/echo", "spoken", 100));
    CHECK(first->status == 200 && echoes(first, "X-Spoken: HTTP/2.0"));
    CHECK(second->status == 200 && echoes(second, "X-Spoken: HTTP/1.1"));
    kl_transfer_free(first);
    kl_transfer_free(second);
}

/* The proxy answers for the service that vanished; nothing is sent again. */
static void test_h2_vanish(void)
{
    kl_transfer *t = run(h2_transfer("/vanish", "h2vanish", 100));
    CHECK(t->fault == KL_FAULT_NONE && t->status == 502);
    kl_transfer_free(t);
}

int main(void)
{
    http = kl_http_new(NULL);
    test_certificates();
    test_nets();
    test_h1_asked_again();
    if (variable("KL_H2_PORT")[0]) {
        snprintf(h2, sizeof h2, "https://127.0.0.1:%s", variable("KL_H2_PORT"));
        test_h2_spoken();
        test_h2_crowd();
        test_h2_own_answers();
        test_h2_vanish();
    } else {
        check_skip("HTTP/2: there is no nginx");
    }
    kl_http_free(http);
    return CHECK_RESULT();
}
