/* test_http_once.c - a create is on the wire at most once, counted by the server.
 *
 * Owns: a key for each request, by which server.py's log is counted.
 * Stands on: http_client.h; the log has a line for every head and every whole body.
 * Never: believes the client about what it sent.
 */
#define _GNU_SOURCE 1
#include "http_client.h"

#include <unistd.h>

static int serial;

/* A path with a key of its own, to be counted by. */
static const char *keyed(const char *path, char key[20])
{
    static char text[200];
    snprintf(key, 20, "once%d", ++serial);
    snprintf(text, sizeof text, "%s%ckey=%s", path, strchr(path, '?') ? '&' : '?', key);
    return text;
}

/* What an answer may say, given what the server saw. */
static void check_counts(const kl_transfer *t, const char *key)
{
    int heads = logged("head", key), bodies = logged("body", key);
    bool right = heads <= 1 && bodies <= 1 && (t->maybe_sent || heads == 0) &&
                 (t->fault != KL_FAULT_NONE || heads == 1);
    if (!CHECK(right))
        printf("    %s: %d heads, %d bodies, fault %d \"%s\"\n", t->url, heads, bodies, t->fault,
               t->detail);
}

static void lost(kl_transfer *t, const char *key)
{
    run(t);
    pause_ms(20); /* the server writes its log when it has read all */
    if (!CHECK(t->fault == KL_FAULT_RESET && t->maybe_sent && t->status == 0))
        printf("    %s: fault %d \"%s\"\n", t->url, t->fault, t->detail);
    check_counts(t, key);
    kl_transfer_free(t);
}

static char picture[] = "/tmp/kling-once-XXXXXX";

static kl_transfer *trusting(kl_transfer *t)
{
    t->net = kl_net_new();
    t->net->ca_file = strdup(variable("KL_CA"));
    return t;
}

static void write_picture(size_t n)
{
    static const unsigned char head[] = {0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 1, 44, 1, 144, 3};
    FILE *f = fopen(picture, "wb");
    CHECK(f && fwrite(head, 1, sizeof head, f) == sizeof head && fclose(f) == 0);
    CHECK(truncate(picture, (off_t)n) == 0);
}

static kl_transfer *with_file(const char *path)
{
    kl_transfer *t = create(path, 10);
    kl_image image;
    char why[200] = "";
    CHECK(kl_body_add_file(t->body, kl_file_open(picture, &image, why, sizeof why)));
    return t;
}

/* Sizes: sent with the head, sent apart from it, longer than any socket buffer. */
static const size_t SIZES[] = {100, 70000, 8000000};
enum { NSIZES = 3 };

static const char *const VANISH[] = {"?after=body", "?after=body&rst=1", "?after=head",
                                     "?after=head&rst=1"};
enum { NVANISH = 4 };

static void test_fresh(void)
{
    char key[20], path[100];
    for (int v = 0; v < NVANISH; v++) {
        for (int s = 0; s < NSIZES; s++) {
            snprintf(path, sizeof path, "/vanish%s", VANISH[v]);
            lost(create(keyed(path, key), SIZES[s]), key);
        }
        lost(with_file(keyed(path, key)), key);
    }
}

/* The first answers, so that its connection is used again for what vanishes. */
static void test_reused(const char *scheme)
{
    char key[20], path[100];
    for (int v = 0; v < NVANISH; v++) {
        for (int s = 0; s <= NSIZES; s++) {
            snprintf(path, sizeof path, "%s/second%s", scheme, VANISH[v]);
            kl_transfer *t = run(trusting(create(keyed(path, key), 10)));
            CHECK(t->status == 200 && t->fault == KL_FAULT_NONE);
            check_counts(t, key);
            kl_transfer_free(t);
            const char *again = keyed(path, key);
            lost(trusting(s < NSIZES ? create(again, SIZES[s]) : with_file(again)), key);
        }
    }
}

/* A GET is free to be repeated, and libcurl does. */
static void test_get_again(void)
{
    char key[20];
    kl_transfer_free(run(get(keyed("/second", key))));
    kl_transfer *t = run(get(keyed("/second", key)));
    CHECK(t->status == 200 && t->fault == KL_FAULT_NONE);
    CHECK_IS(logged("head", key), 2);
    kl_transfer_free(t);
}

/* The server hangs up at the very moment when the next create is sent. */
static void test_dying_connection(void)
{
    enum { ROUNDS = 300 };
    static char keys[ROUNDS][20];
    static kl_transfer *sent[ROUNDS];
    char first[20];
    int lost_ones = 0;
    for (int i = 0; i < ROUNDS; i++) {
        char path[60];
        int us = 400 + i % 20 * 40;
        snprintf(path, sizeof path, "/idle?us=%d", us);
        kl_transfer_free(run(create(keyed(path, first), 10)));
        nanosleep(&(struct timespec){0, us * 1000L + i % 7 * 30000L - 60000L}, NULL);
        sent[i] = run(create(keyed("/create", keys[i]), i % 3 ? 100 : 70000));
        lost_ones += sent[i]->fault != KL_FAULT_NONE;
    }
    pause_ms(50);
    for (int i = 0; i < ROUNDS; i++) {
        check_counts(sent[i], keys[i]);
        kl_transfer_free(sent[i]);
    }
    printf("dying connections: %d of %d creates lost\n", lost_ones, ROUNDS);
}

/* Many at once, every other one over a used connection. */
static void test_crowd(void)
{
    enum { CROWD = 200 };
    static char keys[CROWD][20];
    for (int i = 0; i < CROWD; i++) {
        char path[60];
        snprintf(path, sizeof path, "/second%s", VANISH[i % NVANISH]);
        kl_http_add(http, create(keyed(path, keys[i]), i % 5 ? 300 : 70000));
    }
    int answered = 0, vanished = 0;
    for (int i = 0; i < CROWD; i++) {
        kl_transfer *t = next_done();
        if (!CHECK(t != NULL)) break;
        answered += t->fault == KL_FAULT_NONE;
        vanished += t->fault == KL_FAULT_RESET && t->maybe_sent;
        kl_transfer_free(t);
    }
    CHECK_IS(answered + vanished, CROWD);
    CHECK(answered > 20 && vanished > 20);
    pause_ms(50);
    int heads = 0, bodies = 0;
    for (int i = 0; i < CROWD; i++) {
        heads += logged("head", keys[i]);
        bodies += logged("body", keys[i]) > 1;
    }
    CHECK_IS(heads, CROWD);
    CHECK_IS(bodies, 0);
}

static void test_no_redirect(void)
{
    static const int codes[] = {301, 302, 303, 307, 308};
    for (int i = 0; i < 5; i++) {
        char key[20], path[100];
        snprintf(path, sizeof path, "/redirect?code=%d&to=/create", codes[i]);
        kl_transfer *t = create(keyed(path, key), 10);
        t->redirects = 3;
        run(t);
        CHECK(t->status == codes[i] && t->fault == KL_FAULT_NONE);
        CHECK_IS(logged("head", key), 1);
        kl_transfer_free(t);
    }
}

/* The refusal is read, or the connection breaks; either way nothing is sent again. */
static void test_early_refusal(void)
{
    char key[20];
    kl_transfer *t = run(create(keyed("/early", key), 8000000));
    CHECK(t->status == 413 || (t->fault == KL_FAULT_RESET && t->maybe_sent));
    check_counts(t, key);
    kl_transfer_free(t);
}

static void test_changed_file(void)
{
    char key[20];
    write_picture(3000000);
    kl_transfer *t = with_file(keyed("/create", key));
    write_picture(2000000);
    run(t);
    CHECK_IS(t->fault, KL_FAULT_SOURCE);
    check_counts(t, key);
    CHECK_IS(logged("body", key), 0);
    kl_transfer_free(t);
}

/* Cancelled before anything could be done, and while the service thinks. */
static void test_cancelled(void)
{
    char key[20];
    kl_transfer *t = create(keyed("/create", key), 10);
    kl_http_add(http, t);
    kl_http_cancel(http, t);
    CHECK(t->fault == KL_FAULT_CANCELLED && !t->maybe_sent);
    kl_transfer_free(t);
    CHECK_IS(logged("head", key), 0);

    t = create(keyed("/hang", key), 10);
    kl_http_add(http, t);
    for (double end = seconds() + 5; logged("body", key) == 0 && seconds() < end;) {
        kl_http_step(http);
        kl_http_wait(http, 0.01, -1);
    }
    kl_http_cancel(http, t);
    CHECK(t->fault == KL_FAULT_CANCELLED && t->maybe_sent);
    kl_transfer_free(t);
    CHECK(kl_http_next(http) == NULL && kl_http_count(http) == 0);
}

int main(void)
{
    int fd = mkstemp(picture);
    CHECK(fd >= 0);
    if (fd >= 0) close(fd);
    write_picture(3000000);
    http = kl_http_new(NULL);
    test_fresh();
    test_reused("");
    test_reused("tls:");
    test_get_again();
    test_dying_connection();
    test_crowd();
    test_no_redirect();
    test_early_refusal();
    test_changed_file();
    test_cancelled();
    kl_http_free(http);
    unlink(picture);
    return CHECK_RESULT();
}
