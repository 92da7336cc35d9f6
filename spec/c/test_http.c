/* test_http.c - replies: what is read from them, what is refused, what went wrong.
 *
 * Owns: the paths of server.py for replies and faults.
 * Stands on: http_client.h.
 * Never: tests creates that get lost (test_http_once.c) or files (test_http_sink.c).
 */
#define _GNU_SOURCE 1
#include "http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static void test_get(void)
{
    kl_transfer *t = get("/echo?a=1");
    t->net = kl_net_new();
    t->net->user_agent = strdup("kling-test/1");
    add_header(t, "Authorization: Bearer sk-1");
    run(t);
    CHECK_IS(t->fault, KL_FAULT_NONE);
    CHECK_IS(t->status, 200);
    CHECK(t->maybe_sent && t->detail[0] == '\0');
    CHECK(t->reply.len > 16 && memcmp(t->reply.data, "GET /echo?a=1\n", 14) == 0);
    CHECK(echoes(t, "Authorization: Bearer sk-1"));
    CHECK(echoes(t, "User-Agent: kling-test/1"));
    CHECK(echoes(t, "Accept-Encoding: gzip"));
    CHECK_IS(t->received, t->reply.len);
    CHECK_IS(t->expected, t->reply.len);
    CHECK_IS(t->date, 784111777);
    kl_transfer_free(t);
}

static void test_post(void)
{
    static const size_t sizes[] = {0, 1, 2000, 65535, 65536, 3000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char length[60], key[20], path[60];
        snprintf(key, sizeof key, "post-%zu", sizes[i]);
        snprintf(path, sizeof path, "/echo?key=%s", key);
        snprintf(length, sizeof length, "Content-Length: %zu", sizes[i]);
        kl_transfer *t = create(path, sizes[i]);
        add_header(t, "Content-Type: application/json");
        run(t);
        CHECK_IS(t->status, 200);
        CHECK(echoes(t, length) && echoes(t, "Content-Type: application/json"));
        CHECK(!echoes(t, "Expect: 100-continue"));
        CHECK_IS(logged("body", key), 1);
        kl_transfer_free(t);
    }
    kl_transfer *t = create("/echo", 0);
    kl_body_free(t->body);
    free(t->body);
    t->body = NULL;
    CHECK(echoes(run(t), "Content-Length: 0"));
    kl_transfer_free(t);
}

static kl_transfer *status(const char *query)
{
    char path[1500];
    snprintf(path, sizeof path, "/status?%s", query);
    return run(get(path));
}

static void test_headers(void)
{
    kl_transfer *t = status("code=429&h=X-Request-Id:%20two&h=x-oneapi-request-id:one"
                            "&h=Request-Id:3&h=CONTENT-TYPE:%20text/html;%20charset=utf-8%20"
                            "&h=etag:%20%22x%22"
                            "&h=Last-Modified:Sun,%2006%20Nov%201994%2008:49:37%20GMT&body=no");
    CHECK_IS(t->status, 429);
    CHECK_IS(t->fault, KL_FAULT_NONE);
    CHECK_TEXT(t->request_id, "one");
    CHECK_TEXT(t->content_type, "text/html; charset=utf-8");
    CHECK_TEXT(t->etag, "\"x\"");
    CHECK_TEXT(t->last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(reply_is(t, "no") && t->retry_after < 0);
    kl_transfer_free(t);
    t = status("h=Request-Id:three&h=X-Request-Id:two");
    CHECK_TEXT(t->request_id, "two");
    kl_transfer_free(t);
    t = status("h=Request-Id:a%C3%A4b%09c");
    CHECK_TEXT(t->request_id, "a?b?c"); /* what can't be shown */
    kl_transfer_free(t);
    char query[500] = "h=ETag:";
    memset(query + 7, 'e', KL_ETAG_MAX);
    t = status(query);
    CHECK_TEXT(t->etag, ""); /* half of one would be wrong */
    kl_transfer_free(t);
}

static void test_retry_after(void)
{
    static const struct {
        const char *value;
        double seconds;
    } cases[] = {
        {"7", 7},
        {"0", 0},
        {"1.5", 1},
        {"99999999999999999999", -1},
        {"soon", -1},
        {"-3", -1},
        {"", -1},
        {"Sun,%2006%20Nov%201994%2008:50:37%20GMT", 60}, /* the server's Date is 08:49:37 */
        {"Sunday,%2006-Nov-94%2008:49:47%20GMT", 10},
        {"Sun,%2006%20Nov%201994%2008:00:00%20GMT", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char query[200];
        snprintf(query, sizeof query, "code=503&h=Retry-After:%s", cases[i].value);
        kl_transfer *t = status(query);
        CHECK_IS(t->retry_after * 10, cases[i].seconds * 10);
        kl_transfer_free(t);
    }
}

static void test_interim(void)
{
    kl_transfer *t = run(get("/interim"));
    CHECK(t->status == 200 && reply_is(t, "real"));
    CHECK_TEXT(t->request_id, "real");
    CHECK_TEXT(t->etag, ""); /* the interim replies' headers are not the reply's */
    CHECK(t->retry_after < 0);
    kl_transfer_free(t);
}

static void test_trailers(void)
{
    kl_transfer *t = run(get("/chunked?n=5000"));
    CHECK(t->fault == KL_FAULT_NONE && t->reply.len == 5000 && t->expected == -1);
    CHECK_TEXT(t->content_type, "");
    CHECK_TEXT(t->request_id, "");
    kl_transfer_free(t);
}

/* ---- limits ---- */

static void check_fault(const char *path, size_t max_reply, kl_fault fault, long status_seen)
{
    kl_transfer *t = get(path);
    t->max_reply = max_reply;
    run(t);
    if (!CHECK(t->fault == fault))
        printf("    %s: got \"%s\" (%s)\n", path, kl_fault_text(t->fault), t->detail);
    CHECK_IS(t->status, status_seen);
    CHECK(t->reply.len <= max_reply && t->reply.cap <= max_reply);
    kl_transfer_free(t);
}

static void test_limits(void)
{
    check_fault("/bytes?n=1000", 1000, KL_FAULT_NONE, 200);
    check_fault("/bytes?n=1001", 1000, KL_FAULT_TOO_LARGE, 200);
    check_fault("/chunked?n=1000", 1000, KL_FAULT_NONE, 200);
    check_fault("/chunked?n=1001", 1000, KL_FAULT_TOO_LARGE, 200);
    check_fault("/gzip?n=20000", 20000, KL_FAULT_NONE, 200);
    check_fault("/gzip?n=20001", 20000, KL_FAULT_TOO_LARGE, 200);
    check_fault("/gzip?n=100000000", 1 << 20, KL_FAULT_TOO_LARGE, 200); /* 97 KB on the wire */
    check_fault("/truncate?n=999999999&send=10", 1 << 20, KL_FAULT_TOO_LARGE, 200);
    check_fault("/headers?n=60&size=1000", 100, KL_FAULT_NONE, 200);
    check_fault("/headers?n=70&size=1000", 100, KL_FAULT_TOO_LARGE, 0);
    check_fault("/headers?n=1&size=70000", 100, KL_FAULT_TOO_LARGE, 0);
    check_fault("/headers?n=1&size=200000", 100, KL_FAULT_TOO_LARGE, 0); /* beyond libcurl's own */
    check_fault("/endless-interim", 100, KL_FAULT_TOO_LARGE, 0);
}

static void test_gzip(void)
{
    kl_transfer *t = run(get("/gzip?n=5000"));
    CHECK(t->reply.len == 5000 && t->reply.data[4999] == '0');
    CHECK(t->received == 5000 && t->expected == -1);
    kl_transfer_free(t);
}

static void test_broken(void)
{
    check_fault("/truncate?n=1000&send=10", 2000, KL_FAULT_TRUNCATED, 200);
    check_fault("/chunked?n=3000&cut=1", 4000, KL_FAULT_TRUNCATED, 200);
    check_fault("/garbage", 1000, KL_FAULT_ENCODING, 0);
    check_fault("/bad-gzip", 1000, KL_FAULT_ENCODING, 200);
    check_fault("/half-head", 1000, KL_FAULT_TRUNCATED, 0);
    check_fault("/nothing", 1000, KL_FAULT_RESET, 0);
    check_fault("/nothing?rst=1", 1000, KL_FAULT_RESET, 0);
    check_fault("/early", 1000, KL_FAULT_NONE, 413);
}

/* ---- before a byte left ---- */

static void check_unsent(const char *url, kl_fault fault)
{
    kl_transfer *t = create(url, 10);
    t->timeout = 5;
    run(t);
    if (!CHECK(t->fault == fault))
        printf("    %s: got \"%s\" (%s)\n", url, kl_fault_text(t->fault), t->detail);
    CHECK(!t->maybe_sent && t->status == 0);
    kl_transfer_free(t);
}

/* A port on which nobody listens, and stays so for the test. */
static int closed_port(int *fd)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    *fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(*fd, (struct sockaddr *)&a, n) == 0);
    CHECK(getsockname(*fd, (struct sockaddr *)&a, &n) == 0);
    return ntohs(a.sin_port);
}

static void test_unsent(void)
{
    char url[100];
    int fd, port = closed_port(&fd);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/secret?key=sk-1", port);
    check_unsent(url, KL_FAULT_CONNECT);
    check_unsent("https://no-such-host.invalid/", KL_FAULT_RESOLVE);
    check_unsent("http://example.com/", KL_FAULT_URL);
    check_unsent("ftp://127.0.0.1/", KL_FAULT_URL);
    snprintf(url, sizeof url, "https://127.0.0.1:%s/", variable("KL_PORT"));
    check_unsent(url, KL_FAULT_CONNECT); /* it speaks no TLS */
    close(fd);
}

/* A server that takes connections into its backlog and never looks at them. */
static void test_silent(void)
{
    char url[100];
    int fd, port = closed_port(&fd);
    CHECK(listen(fd, 5) == 0);
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", port);
    kl_transfer *t = create(url, 10);
    t->net = kl_net_new();
    t->net->connect_timeout = 0.3;
    double started = seconds();
    run(t); /* the TLS handshake belongs to connecting */
    CHECK(t->fault == KL_FAULT_TIMEOUT && !t->maybe_sent && seconds() - started < 3);
    kl_transfer_free(t);
    close(fd);
}

static void test_timeouts(void)
{
    kl_transfer *t = get("/hang");
    t->timeout = 0.3;
    double started = seconds();
    run(t);
    CHECK(t->fault == KL_FAULT_TIMEOUT && t->maybe_sent && seconds() - started < 3);
    CHECK(t->detail[0] != '\0');
    kl_transfer_free(t);
    t = get("/hang");
    t->net = kl_net_new();
    t->net->stall_timeout = 1;
    started = seconds();
    run(t);
    CHECK(t->fault == KL_FAULT_TIMEOUT && t->maybe_sent && seconds() - started < 5);
    kl_transfer_free(t);
}

static void test_no_secret(void)
{
    static const char *const paths[] = {"/nothing?key=sk-secret", "/garbage?key=sk-secret",
                                        "/hang?key=sk-secret",
                                        "https://no-such-host.invalid/?key=sk-secret"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        kl_transfer *t = get(paths[i]);
        t->timeout = 0.5;
        add_header(t, "Authorization: Bearer sk-secret");
        run(t);
        CHECK(t->fault != KL_FAULT_NONE && t->detail[0] && !strstr(t->detail, "secret"));
        kl_transfer_free(t);
    }
}

int main(void)
{
    http = kl_http_new(NULL);
    test_get();
    test_post();
    test_headers();
    test_retry_after();
    test_interim();
    test_trailers();
    test_limits();
    test_gzip();
    test_broken();
    test_unsent();
    test_silent();
    test_timeouts();
    test_no_secret();
    kl_http_free(http);
    return CHECK_RESULT();
}
