/* http_client.h - what every test of http.h needs: a transfer made, run to its end, counted.
 *
 * Owns: one kl_http, the addresses of server.py (from the environment), the reading of its log.
 * Stands on: http.h, check.h.
 * Never: knows how http.h is made.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "check.h"
#include "http.h"

#include <stdlib.h>
#include <time.h>

static kl_http *http;

KL_MAYBE_UNUSED static const char *variable(const char *name)
{
    const char *value = getenv(name);
    if (!value) {
        printf("%s is not set: run spec/c/run.sh\n", name);
        exit(1);
    }
    return value;
}

/* A URL of the server: first port, unless the path says "2:" or "tls:" before itself. */
KL_MAYBE_UNUSED static char *address(const char *path)
{
    char text[2000];
    const char *base = variable("KL_PORT");
    const char *scheme = "http";
    if (strncmp(path, "2:", 2) == 0) base = variable("KL_PORT2"), path += 2;
    if (strncmp(path, "tls:", 4) == 0) base = variable("KL_TLS_PORT"), path += 4, scheme = "https";
    if (path[0] != '/') return strdup(path);
    snprintf(text, sizeof text, "%s://127.0.0.1:%s%s", scheme, base, path);
    return strdup(text);
}

KL_MAYBE_UNUSED static kl_transfer *get(const char *path)
{
    kl_transfer *t = kl_transfer_new();
    t->url = address(path);
    t->max_reply = 1 << 20;
    t->timeout = 20;
    return t;
}

/* A create with `n` bytes of body. */
KL_MAYBE_UNUSED static kl_transfer *create(const char *path, size_t n)
{
    kl_transfer *t = get(path);
    t->method = KL_POST;
    t->once = true;
    t->body = malloc(sizeof *t->body);
    kl_body_init(t->body, n + 1);
    memset(kl_buf_room(&t->body->text, n), 'x', n);
    t->body->text.len = n;
    return t;
}

KL_MAYBE_UNUSED static void add_header(kl_transfer *t, const char *line)
{
    if (!t->headers) t->headers = kl_headers_new();
    CHECK(kl_headers_add(t->headers, line));
}

KL_MAYBE_UNUSED static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The next one that ends; NULL after half a minute. */
KL_MAYBE_UNUSED static kl_transfer *next_done(void)
{
    double end = seconds() + 30;
    kl_transfer *t;
    while (!(t = kl_http_next(http)) && seconds() < end) {
        kl_http_wait(http, 1, -1);
        kl_http_step(http);
    }
    return t;
}

KL_MAYBE_UNUSED static kl_transfer *run(kl_transfer *t)
{
    kl_http_add(http, t);
    kl_transfer *done = next_done();
    CHECK(done == t);
    return t;
}

KL_MAYBE_UNUSED static bool reply_is(const kl_transfer *t, const char *text)
{
    size_t n = strlen(text);
    return t->reply.len == n && (n == 0 || memcmp(t->reply.data, text, n) == 0);
}

/* Whether the reply of /echo has this line. */
KL_MAYBE_UNUSED static bool echoes(kl_transfer *t, const char *line)
{
    char wanted[500];
    snprintf(wanted, sizeof wanted, "\n%s\n", line);
    return kl_buf_add(&t->reply, "", 1) && t->reply.len-- && strstr(t->reply.data, wanted);
}

/* How many lines of the server's log begin so: "head KEY" or "body KEY". */
KL_MAYBE_UNUSED static int logged(const char *kind, const char *key)
{
    char line[300], wanted[100];
    int n = 0;
    FILE *log = fopen(variable("KL_LOG"), "r");
    snprintf(wanted, sizeof wanted, "%s %s", kind, key);
    size_t length = strlen(wanted);
    while (log && fgets(line, sizeof line, log))
        n += strncmp(line, wanted, length) == 0 && (line[length] == ' ' || line[length] == '\n');
    if (log) fclose(log);
    return n;
}

KL_MAYBE_UNUSED static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

#endif
