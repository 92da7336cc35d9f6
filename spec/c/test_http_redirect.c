/* test_http_redirect.c - GETs follow, but the key stays with the host it was meant for.
 *
 * Owns: nothing.
 * Stands on: http_client.h; server.py on two ports and with TLS.
 * Never: leaves this machine, though some redirects try to.
 */
#define _GNU_SOURCE 1
#include "http_client.h"

static kl_transfer *follower(const char *path, int redirects)
{
    kl_transfer *t = get(path);
    t->redirects = redirects;
    add_header(t, "Authorization: Bearer sk-1");
    add_header(t, "X-Api-Key: sk-2");
    add_header(t, "Accept: video/mp4");
    return t;
}

static void check_keys(kl_transfer *t, bool told)
{
    CHECK(t->fault == KL_FAULT_NONE && t->status == 200);
    CHECK(echoes(t, "Authorization: Bearer sk-1") == told);
    CHECK(echoes(t, "X-Api-Key: sk-2") == told);
    CHECK(echoes(t, "Accept: video/mp4"));
    kl_transfer_free(t);
}

static void test_codes(void)
{
    static const int codes[] = {301, 302, 303, 307, 308};
    for (int i = 0; i < 5; i++) {
        char path[100];
        snprintf(path, sizeof path, "/redirect?code=%d&to=/echo", codes[i]);
        check_keys(run(follower(path, 1)), true);
    }
    kl_transfer *t = run(follower("/redirect?code=304&to=/echo", 1));
    CHECK(t->status == 304 && t->fault == KL_FAULT_NONE);
    kl_transfer_free(t);
}

static void test_count(void)
{
    kl_transfer *t = run(follower("/loop?n=3&key=loop3", 3));
    CHECK(t->fault == KL_FAULT_NONE && reply_is(t, "arrived"));
    CHECK_IS(logged("head", "loop3"), 4);
    kl_transfer_free(t);
    t = run(follower("/loop?n=4&key=loop4", 3));
    CHECK_IS(t->fault, KL_FAULT_REDIRECT);
    CHECK(t->status == 302 && t->detail[0]);
    CHECK_IS(logged("head", "loop4"), 4);
    kl_transfer_free(t);
    t = run(follower("/redirect?to=/echo", 0));
    CHECK(t->fault == KL_FAULT_NONE && t->status == 302 && reply_is(t, "moved"));
    kl_transfer_free(t);
}

/* Another host, another port, another scheme; and what comes back after that. */
static void test_elsewhere(void)
{
    char path[400];
    snprintf(path, sizeof path, "/redirect?to=http://127.0.0.1:%s/echo", variable("KL_PORT2"));
    check_keys(run(follower(path, 3)), false);
    snprintf(path, sizeof path, "/redirect?to=http://localhost:%s/echo", variable("KL_PORT"));
    check_keys(run(follower(path, 3)), false);
    snprintf(path, sizeof path, "/redirect?to=http://127.0.0.1:%s/echo", variable("KL_PORT"));
    check_keys(run(follower(path, 3)), true);
    snprintf(path, sizeof path, "/redirect?to=https://127.0.0.1:%s/echo", variable("KL_TLS_PORT"));
    kl_transfer *t = follower(path, 3);
    t->net = kl_net_new();
    t->net->ca_file = strdup(variable("KL_CA"));
    check_keys(run(t), false);
    snprintf(path, sizeof path,
             "/redirect?to=http://127.0.0.1:%s/redirect?to=http://127.0.0.1:%s/echo",
             variable("KL_PORT2"), variable("KL_PORT"));
    check_keys(run(follower(path, 3)), true); /* home again: the host it was meant for */
}

/* The next transfer on the same handle tells its keys again. */
static void test_afterwards(void)
{
    check_keys(run(follower("/echo", 3)), true);
}

static void check_refused(const char *from, const char *to)
{
    char path[400];
    snprintf(path, sizeof path, "%s/redirect?to=%s", from, to);
    kl_transfer *t = follower(path, 3);
    t->net = kl_net_new();
    t->net->ca_file = strdup(variable("KL_CA"));
    run(t);
    if (!CHECK(t->fault == KL_FAULT_REDIRECT && t->status == 302)) printf("    %s\n", to);
    CHECK(t->detail[0] && !strstr(t->detail, "secret"));
    kl_transfer_free(t);
}

static void test_refused(void)
{
    char to[200];
    check_refused("", "http://example.com/?secret");
    check_refused("", "ftp://127.0.0.1/secret");
    check_refused("", "file:///etc/secret");
    check_refused("", "https://user:secret@127.0.0.1/");
    snprintf(to, sizeof to, "http://127.0.0.1:%s/echo", variable("KL_PORT"));
    check_refused("tls:", to); /* from https down to http */
}

/* The whole takes no longer than it may, however often it is sent on. */
static void test_time(void)
{
    kl_transfer *t = follower("/redirect?to=/redirect?to=/hang", 3);
    t->timeout = 0.4;
    double started = seconds();
    run(t);
    CHECK(t->fault == KL_FAULT_TIMEOUT && seconds() - started < 3);
    kl_transfer_free(t);
    t = follower("/slow?ms=600", 3); /* its handle was given a shorter time before */
    t->timeout = 10;
    run(t);
    CHECK(t->status == 200);
    kl_transfer_free(t);
}

static void test_cancel_between(void)
{
    kl_transfer *t = follower("/redirect?to=/hang?key=between", 3);
    kl_http_add(http, t);
    for (double end = seconds() + 5; !logged("head", "between") && seconds() < end;) {
        kl_http_step(http);
        kl_http_wait(http, 0.01, -1);
    }
    kl_http_cancel(http, t);
    CHECK(t->fault == KL_FAULT_CANCELLED && kl_http_count(http) == 0);
    kl_transfer_free(t);
}

int main(void)
{
    http = kl_http_new(NULL);
    test_codes();
    test_count();
    test_elsewhere();
    test_afterwards();
    test_refused();
    test_time();
    test_cancel_between();
    kl_http_free(http);
    return CHECK_RESULT();
}
