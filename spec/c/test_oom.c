/* test_oom.c - every allocation fails once, libcurl's and OpenSSL's included: no crash, no leak,
 * and whoever asked is told.
 *
 * Owns: malloc and its kin of this program; one scenario for each module.
 * Stands on: glibc's __libc_malloc; http_client.h.
 * Never: runs under a sanitizer or valgrind, which have allocators of their own.
 */
#define _GNU_SOURCE 1
#include "http_client.h"
#include "sign.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t n);
void __libc_free(void *block);

static atomic_long seen, fail_at, living;

/* Whether this one is refused; counts the ones that are not. */
static bool refused(void)
{
    long at = atomic_load(&fail_at);
    if (at && atomic_fetch_add(&seen, 1) + 1 == at) {
        errno = ENOMEM;
        return true;
    }
    return false;
}

static void *counted(void *block)
{
    if (block) atomic_fetch_add(&living, 1);
    return block;
}

void *malloc(size_t n)
{
    return refused() ? NULL : counted(__libc_malloc(n));
}

void *calloc(size_t n, size_t size)
{
    return refused() ? NULL : counted(__libc_calloc(n, size));
}

void *realloc(void *block, size_t n)
{
    if (refused()) return NULL;
    void *moved = __libc_realloc(block, n);
    return block ? moved : counted(moved);
}

void free(void *block)
{
    if (block) atomic_fetch_sub(&living, 1);
    __libc_free(block);
}

/* ---- scenarios: true when all went well ---- */

static char picture[] = "/tmp/kling-oom-XXXXXX";

static bool with_buf(void)
{
    kl_buf b;
    bool good = true;
    kl_buf_init(&b, 10000);
    for (int i = 0; i < 1000 && good; i++) good = kl_buf_puts(&b, "12345");
    good = good && kl_http_escape(&b, "a/b", 3) && b.len == 5005;
    kl_buf_free(&b);
    return good;
}

static bool with_jwt(void)
{
    kl_buf b;
    kl_buf_init(&b, 10000);
    bool good = kl_sign_jwt(&b, "ak", "secret", 6, 1700000000);
    CHECK(good || b.len == 0);
    kl_buf_free(&b);
    return good;
}

static bool with_file(void)
{
    kl_image image;
    char why[100] = "", got[100];
    kl_body b;
    kl_file *f = kl_file_open(picture, &image, why, sizeof why);
    if (!f) {
        CHECK_TEXT(why, "memory ran out");
        return false;
    }
    kl_body_init(&b, 100);
    CHECK(kl_body_add_file(&b, f));
    bool good = kl_buf_puts(&b.text, "}") && kl_body_read(&b, 0, got, 100) == 17;
    kl_body_free(&b);
    return good;
}

/* A transfer with all that can belong to it; NULL: memory was short on the way. */
static kl_transfer *filled(const char *url, bool post, kl_net *net)
{
    kl_transfer *t = kl_transfer_new();
    if (!t) return NULL;
    t->url = strdup(url);
    t->headers = kl_headers_new();
    t->net = kl_net_retain(net);
    t->max_reply = 100000;
    t->redirects = 3;
    t->timeout = 20;
    t->once = post;
    t->method = post ? KL_POST : KL_GET;
    bool good = t->url && t->headers && kl_headers_add(t->headers, "Authorization: Bearer sk-1");
    if (good && post) {
        t->body = malloc(sizeof *t->body);
        if (t->body) kl_body_init(t->body, 1000);
        good = t->body && kl_buf_puts(&t->body->text, "{\"prompt\":\"A cat\"}");
    }
    if (good) return t;
    kl_transfer_free(t);
    return NULL;
}

/* libcurl may end with any fault when memory is short, but it ends. */
static bool finished(kl_http *h, kl_transfer *t)
{
    kl_http_add(h, t);
    double end = seconds() + 10;
    kl_transfer *done = NULL;
    while (!(done = kl_http_next(h)) && seconds() < end) {
        kl_http_wait(h, 0.2, -1);
        kl_http_step(h);
    }
    CHECK(done == t);
    bool good = done && t->fault == KL_FAULT_NONE && t->status == 200;
    if (!done) kl_http_cancel(h, t);
    kl_transfer_free(t);
    return good;
}

static bool with_http(void)
{
    static const char *const paths[] = {"/create", "/echo", "/redirect?to=/gzip%3Fn=3000"};
    bool good = true;
    kl_net *net = kl_net_new();
    kl_http *h = net ? kl_http_new(NULL) : NULL;
    for (int i = 0; h && i < 3; i++) {
        char url[100];
        snprintf(url, sizeof url, "http://127.0.0.1:%s%s", variable("KL_PORT"), paths[i]);
        kl_transfer *t = filled(url, i == 0, net);
        good = t && finished(h, t) && good;
    }
    good = good && h;
    kl_http_free(h);
    kl_net_release(net);
    return good;
}

/* ---- each allocation in turn ---- */

typedef struct trial {
    bool good, reached; /* all went well; the allocation was reached */
    long lost;
} trial;

static trial try_one(bool (*scenario)(void), long at)
{
    trial t;
    long before = atomic_load(&living);
    atomic_store(&seen, 0);
    atomic_store(&fail_at, at);
    t.good = scenario();
    t.reached = atomic_load(&seen) >= at;
    atomic_store(&fail_at, 0);
    t.lost = atomic_load(&living) - before;
    return t;
}

/* A leak is there every time; what a library sets up late, or a thread still frees, is not. */
static bool leaks(bool (*scenario)(void), long at)
{
    for (int i = 0; i < 3; i++) {
        pause_ms(20);
        if (try_one(scenario, at).lost <= 0) return false;
    }
    return true;
}

static void try_all(const char *name, bool (*scenario)(void))
{
    long at = 0, failures = 0;
    CHECK(scenario()); /* what libraries set up once is set up now */
    CHECK(scenario());
    for (trial t = {.reached = true}; t.reached && at < 100000;) {
        t = try_one(scenario, ++at);
        failures += !t.good;
        CHECK(t.good || t.reached);
        if (!CHECK(t.lost <= 0 || !leaks(scenario, at)))
            printf("    %s: %ld blocks lost at allocation %ld\n", name, t.lost, at);
    }
    CHECK(failures > 0 && at < 100000);
    CHECK(scenario());
    printf("%s: %ld allocations failed in turn, %ld times it showed\n", name, at - 1, failures);
}

int main(void)
{
    int fd = mkstemp(picture);
    static const unsigned char head[] = {0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 1, 44, 1, 144, 3};
    CHECK(fd >= 0 && write(fd, head, sizeof head) == sizeof head);
    if (fd >= 0) close(fd);
    try_all("buf", with_buf);
    try_all("jwt", with_jwt);
    try_all("file", with_file);
    try_all("http", with_http);
    unlink(picture);
    return CHECK_RESULT();
}
