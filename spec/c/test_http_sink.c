/* test_http_sink.c - downloads into a file: whole, resumed, started over, refused.
 *
 * Owns: one file in /tmp.
 * Stands on: http_client.h; server.py's /file.
 * Never: takes the counters' word: the file's bytes are compared.
 */
#define _GNU_SOURCE 1
#include "http_client.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

static char path[] = "/tmp/kling-sink-XXXXXX";
static int fd;

/* The file as the server has it up to `n`; what stands behind differs, to see it go. */
static void begin_with(size_t n, size_t more)
{
    static unsigned char bytes[200000];
    for (size_t i = 0; i < n + more; i++) bytes[i] = (unsigned char)(i < n ? i % 251 : 0xFF);
    CHECK(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, n + more, 0) == (ssize_t)(n + more));
}

static bool file_is(size_t n)
{
    static unsigned char got[1 << 20];
    ssize_t size = pread(fd, got, sizeof got, 0);
    bool same = size == (ssize_t)n;
    for (size_t i = 0; same && i < n; i++) same = got[i] == i % 251;
    return same;
}

static kl_transfer *fetch(const char *query, int64_t from)
{
    kl_transfer *t = get(query);
    t->sink = dup(fd); /* the transfer's own */
    t->resume_from = from;
    t->max_reply = 1000;
    return run(t);
}

static void check_file(const char *query, int64_t from, long status, size_t size)
{
    begin_with((size_t)from, 77);
    kl_transfer *t = fetch(query, from);
    CHECK_IS(t->fault, KL_FAULT_NONE);
    CHECK_IS(t->status, status);
    CHECK_IS(t->received, size);
    CHECK_IS(t->expected, size);
    CHECK(t->reply.len == 0 && file_is(size));
    kl_transfer_free(t);
}

static void test_good(void)
{
    check_file("/file?size=300000", 0, 200, 300000);
    check_file("/file?size=0", 0, 200, 0); /* nothing comes, and still the file is emptied */
    check_file("/file?size=300000", 100000, 206, 300000);
    check_file("/file?size=300000&mode=unknown", 1000, 206, 300000);
    check_file("/file?size=300000&mode=ignore", 100000, 200, 300000); /* starts over */
    check_file("/file?size=300&mode=ignore", 100000, 200, 300);
}

static void test_etag(void)
{
    begin_with(0, 0);
    kl_transfer *t = fetch("/file?size=10", 0);
    CHECK_TEXT(t->etag, "\"e1\"");
    kl_transfer_free(t);
}

static void check_bad(const char *query, int64_t from, kl_fault fault, long status)
{
    begin_with((size_t)from, 0);
    kl_transfer *t = fetch(query, from);
    if (!CHECK(t->fault == fault)) printf("    %s: %d \"%s\"\n", query, t->fault, t->detail);
    CHECK_IS(t->status, status);
    CHECK(file_is((size_t)t->received) && t->received >= from); /* what was there stays */
    kl_transfer_free(t);
}

static void check_untouched(const char *query, kl_fault fault, long status)
{
    begin_with(1000, 0);
    kl_transfer *t = fetch(query, 1000);
    if (!CHECK(t->fault == fault)) printf("    %s: %d \"%s\"\n", query, t->fault, t->detail);
    CHECK(t->status == status && file_is(1000));
    kl_transfer_free(t);
}

static void test_bad(void)
{
    check_untouched("/file?size=300000&mode=wrong", KL_FAULT_RANGE, 206);
    check_untouched("/file?size=300000&mode=silent", KL_FAULT_RANGE, 206);
    check_bad("/file?size=300000&mode=less", 1000, KL_FAULT_TRUNCATED, 206);
    check_bad("/truncate?n=1000&send=400", 0, KL_FAULT_TRUNCATED, 200);
    check_bad("/truncate?n=1000&send=400&rst=1", 0, KL_FAULT_RESET, 200);
    check_untouched("/gzip?n=1000", KL_FAULT_ENCODING, 200);
    check_untouched("/file?size=1000", KL_FAULT_NONE, 416); /* it was whole already */
}

/* A file that was begun as `begun` tells, and goes on as the query says. */
static void check_mark(const char *query, kl_mark begun, bool same)
{
    begin_with(1000, 77);
    kl_transfer *t = get(query);
    t->sink = dup(fd);
    t->resume_from = 1000;
    t->begun = begun;
    run(t);
    if (!CHECK(t->fault == (same ? KL_FAULT_NONE : KL_FAULT_RANGE))) printf("    %s\n", query);
    CHECK(same ? file_is(5000) : t->received == 0 && !file_is(1000)); /* not even truncated */
    kl_transfer_free(t);
}

#define FILE5000 "/file?size=5000"
#define SAYS_ETAG "&h=ETag:%22e1%22"
#define SAYS_DATE "&h=Last-Modified:today"

static void test_marks(void)
{
    kl_mark etag = {"\"e1\"", "", -1}, date = {"", "today", -1}, all = {"\"e1\"", "today", 5000};
    check_mark(FILE5000 SAYS_ETAG, etag, true);
    check_mark(FILE5000 SAYS_ETAG SAYS_DATE, all, true);
    check_mark(FILE5000 SAYS_DATE, date, true);
    check_mark(FILE5000, all, true); /* the length is all that both tell */
    check_mark(FILE5000, (kl_mark){"", "", -1}, true); /* the owner does not care */
    check_mark(FILE5000 "&h=ETag:%22e2%22" SAYS_DATE, all, false);
    check_mark(FILE5000 SAYS_ETAG "&h=Last-Modified:tomorrow", all, false);
    check_mark(FILE5000 SAYS_ETAG, (kl_mark){"\"e1\"", "", 5001}, false);
    check_mark(FILE5000 "&h=ETag:W/%22e1%22", etag, false);
    check_mark(FILE5000, etag, false); /* nothing is proved */
    check_mark(FILE5000 "&mode=unknown", all, false);
}

/* What is no file goes to the reply, and the file is left alone. */
static void test_refusal(void)
{
    begin_with(500, 0);
    kl_transfer *t = fetch("/status?code=403&body=expired", 500);
    CHECK(t->fault == KL_FAULT_NONE && t->status == 403 && reply_is(t, "expired") && file_is(500));
    kl_transfer_free(t);
    t = fetch("/redirect?code=302&to=/file", 500);
    CHECK(t->status == 302 && reply_is(t, "moved") && file_is(500));
    kl_transfer_free(t);
}

static void test_redirected(void)
{
    begin_with(1000, 0);
    char query[100];
    snprintf(query, sizeof query, "/redirect?to=http://127.0.0.1:%s/file%%3Fsize=5000",
             variable("KL_PORT2"));
    kl_transfer *t = get(query);
    t->sink = dup(fd); /* the transfer's own */
    t->resume_from = 1000;
    t->redirects = 3;
    add_header(t, "If-Range: \"e1\"");
    run(t);
    CHECK(t->status == 206 && t->received == 5000 && file_is(5000));
    kl_transfer_free(t);
}

static void test_full_disk(void)
{
    kl_transfer *t = get("/file?size=300000");
    t->sink = open("/dev/full", O_WRONLY);
    run(t);
    CHECK(t->fault == KL_FAULT_SINK && t->detail[0]);
    kl_transfer_free(t);
    begin_with(0, 0);
    t = get("/file?size=300000");
    t->sink = open(path, O_RDONLY);
    run(t);
    CHECK(t->fault == KL_FAULT_SINK);
    kl_transfer_free(t);
}

/* After a download the handle asks for encodings again, and for no range. */
static void test_afterwards(void)
{
    kl_transfer_free(fetch("/file?size=300000", 100000));
    kl_transfer *t = run(get("/echo"));
    CHECK(echoes(t, "Accept-Encoding: gzip") && !strstr(t->reply.data, "\nRange:"));
    kl_transfer_free(t);
    t = get("/status?body=x&code=404");
    t->sink = dup(fd); /* the transfer's own */
    run(t);
    kl_transfer_free(t);
    t = run(get("/echo"));
    CHECK(echoes(t, "Accept-Encoding: gzip"));
    kl_transfer_free(t);
}

static void test_counters_while_running(void)
{
    kl_transfer *t = get("/truncate?n=400000&send=1000");
    t->sink = dup(fd); /* the transfer's own */
    kl_http_add(http, t);
    int64_t seen = 0;
    for (double end = seconds() + 5; !seen && seconds() < end; seen = t->received) {
        kl_http_step(http);
        kl_http_wait(http, 0.01, -1);
    }
    CHECK(seen > 0 && t->expected == 400000);
    CHECK(next_done() == t);
    kl_transfer_free(t);
}

/* Memory stays flat however long the file is. */
static void test_memory(void)
{
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    begin_with(0, 0);
    kl_transfer *t = fetch("/file?size=60000000", 0);
    CHECK(t->received == 60000000);
    kl_transfer_free(t);
    getrusage(RUSAGE_SELF, &after);
    CHECK(after.ru_maxrss - before.ru_maxrss < 20000); /* KiB; sanitizers keep some */
}

int main(void)
{
    fd = mkstemp(path);
    http = kl_http_new(NULL);
    test_good();
    test_etag();
    test_bad();
    test_marks();
    test_refusal();
    test_redirected();
    test_full_disk();
    test_afterwards();
    test_counters_while_running();
    test_memory();
    kl_http_free(http);
    close(fd);
    unlink(path);
    return CHECK_RESULT();
}
