/* test_http_queue.c - who runs, who waits, who is stopped, and when there is something to do.
 *
 * Owns: engines with limits of their own, one a test.
 * Stands on: http_client.h, pthreads, signals.
 * Never: looks into the engine: only what http.h tells.
 */
#define _GNU_SOURCE 1
#include "http_client.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

static void begin(int connections, int running)
{
    http = kl_http_new(&(kl_http_limits){connections, running});
    CHECK(http != NULL);
}

static void end(void)
{
    kl_http_free(http);
    http = NULL;
}

static void test_idle(void)
{
    begin(0, 0);
    CHECK(kl_http_due(http) < 0 && kl_http_count(http) == 0 && kl_http_next(http) == NULL);
    kl_http_step(http);
    double started = seconds();
    kl_http_wait(http, 0.05, -1);
    CHECK(seconds() - started > 0.04);
    kl_http_wait(http, 0, -1);
    kl_http_wait(http, -1, -1);
    CHECK(seconds() - started < 1);
    end();
}

/* One at a time: creates overtake GETs that still wait, the order stays within each. */
static void test_order(void)
{
    static const char *const want = "0DEF123";
    char got[8] = "";
    begin(1, 1);
    for (int i = 0; i < 4; i++) {
        kl_transfer *t = get("/bytes?n=1");
        t->tag = (uint64_t)('0' + i);
        kl_http_add(http, t);
    }
    for (int i = 0; i < 3; i++) {
        kl_transfer *t = create("/create", 1);
        t->tag = (uint64_t)('D' + i);
        kl_http_add(http, t);
    }
    CHECK_IS(kl_http_count(http), 7);
    for (int i = 0; i < 7; i++) {
        kl_transfer *t = next_done();
        got[i] = (char)t->tag;
        CHECK_IS(kl_http_count(http), 6 - i);
        kl_transfer_free(t);
    }
    CHECK_TEXT(got, want);
    end();
}

static void test_many(void)
{
    enum { MANY = 1000 };
    int good = 0;
    begin(0, 0);
    for (int i = 0; i < MANY; i++)
        kl_http_add(http, i % 4 ? get("/bytes?n=100") : create("/create", 9));
    for (int i = 0; i < MANY; i++) {
        kl_transfer *t = next_done();
        good += t && t->status == 200 && t->fault == KL_FAULT_NONE;
        kl_transfer_free(t);
    }
    CHECK_IS(good, MANY);
    CHECK(kl_http_next(http) == NULL && kl_http_count(http) == 0);
    end();
}

/* No more at once than allowed: four that take 0.2 s, two by two. */
static void test_running(void)
{
    begin(0, 2);
    double started = seconds();
    for (int i = 0; i < 4; i++) kl_http_add(http, get("/slow?ms=200"));
    for (int i = 0; i < 4; i++) kl_transfer_free(next_done());
    CHECK(seconds() - started > 0.39);
    end();
}

/* One that gets no answer holds up nobody else on the same host. */
static void test_no_waiting_for_the_first(void)
{
    begin(0, 0);
    kl_transfer *hanging = get("/hang");
    kl_http_add(http, hanging);
    double started = seconds();
    for (int i = 0; i < 4; i++) kl_http_add(http, get("/bytes?n=1"));
    for (int i = 0; i < 4; i++) kl_transfer_free(next_done());
    CHECK(seconds() - started < 2);
    kl_http_cancel(http, hanging);
    kl_transfer_free(hanging);
    end();
}

static void test_cancel_anywhere(void)
{
    begin(1, 1);
    kl_transfer *running = get("/hang"), *first = get("/bytes?n=1"), *second = get("/bytes?n=2"),
                *paid = create("/create", 1), *third = get("/bytes?n=3");
    kl_http_add(http, running);
    kl_http_add(http, first);
    kl_http_add(http, second);
    kl_http_add(http, paid);
    kl_http_add(http, third);
    kl_http_step(http);
    kl_http_cancel(http, second); /* in the middle of the queue */
    kl_http_cancel(http, paid);   /* alone in its queue */
    CHECK(second->fault == KL_FAULT_CANCELLED && !second->maybe_sent);
    CHECK_IS(kl_http_count(http), 3);
    kl_http_cancel(http, running); /* makes room for the next */
    CHECK(running->fault == KL_FAULT_CANCELLED && running->status == 0);
    CHECK(kl_http_due(http) == 0);
    while (kl_http_count(http) > 1) {
        kl_http_wait(http, 1, -1);
        kl_http_step(http);
    }
    kl_http_cancel(http, first); /* done, but not fetched yet: its answer is whole */
    CHECK(first->fault == KL_FAULT_NONE && first->reply.len == 1);
    CHECK(next_done() == third && kl_http_next(http) == NULL);
    kl_http_cancel(http, third); /* not there any more: nothing happens */
    CHECK(third->fault == KL_FAULT_NONE && kl_http_count(http) == 0);
    kl_transfer *all[] = {running, first, second, paid, third};
    for (int i = 0; i < 5; i++) kl_transfer_free(all[i]);
    end();
}

/* In the middle of a body that comes, of one that goes, of a handshake. */
static void test_cancel_midway(void)
{
    begin(0, 0);
    static const char *const paths[] = {"/truncate?n=100000&send=99000", "/bytes?n=900000",
                                        "tls:/bytes?n=10", "/slow?ms=100"};
    for (int steps = 1; steps < 12; steps++) {
        for (int i = 0; i < 5; i++) {
            kl_transfer *t = i < 4 ? get(paths[i]) : create("/create", 5000000);
            kl_http_add(http, t);
            for (int s = 0; s < steps; s++) {
                kl_http_wait(http, 0.01, -1);
                kl_http_step(http);
            }
            kl_http_cancel(http, t);
            CHECK(kl_http_count(http) == 0 && kl_http_next(http) == NULL);
            kl_transfer_free(t);
        }
    }
    kl_transfer *t = run(get("/bytes?n=5"));
    CHECK(t->status == 200 && t->reply.len == 5); /* and nothing is broken by it */
    kl_transfer_free(t);
    end();
}

/* What is still there belongs to the engine and goes with it. */
static void test_free_with_all(void)
{
    begin(1, 1);
    kl_transfer *t = get("/bytes?n=1");
    kl_http_add(http, t);
    while (kl_http_count(http)) {
        kl_http_wait(http, 1, -1);
        kl_http_step(http);
    }
    for (int i = 0; i < 5; i++) kl_http_add(http, i % 2 ? get("/hang") : create("/hang", 100));
    kl_http_step(http);
    CHECK_IS(kl_http_count(http), 5);
    end();
    kl_http_free(NULL);
}

static void test_no_url(void)
{
    begin(0, 0);
    kl_transfer *t = kl_transfer_new();
    run(t);
    CHECK(t->fault == KL_FAULT_URL && !t->maybe_sent && t->detail[0]);
    kl_transfer_free(t);
    end();
}

/* ---- waiting ---- */

static void *wake_later(void *milliseconds)
{
    pause_ms(*(long *)milliseconds);
    kl_http_wakeup(http);
    return NULL;
}

static double waited(double most, int fd)
{
    double started = seconds();
    kl_http_wait(http, most, fd);
    return seconds() - started;
}

static void test_wakeup(void)
{
    pthread_t thread;
    long later = 100;
    begin(0, 0);
    pthread_create(&thread, NULL, wake_later, &later);
    double time = waited(5, -1);
    CHECK(time > 0.05 && time < 2);
    pthread_join(thread, NULL);
    kl_http_wakeup(http); /* before the wait: it ends at once, and only that one */
    CHECK(waited(5, -1) < 1);
    CHECK(waited(0.1, -1) > 0.05);
    for (int i = 0; i < 100000; i++) kl_http_wakeup(http); /* a full pipe blocks nobody */
    CHECK(waited(5, -1) < 1);
    end();
}

static void test_fd(void)
{
    int ends[2];
    begin(0, 0);
    CHECK(pipe(ends) == 0);
    CHECK(waited(0.1, ends[0]) > 0.05);
    CHECK(write(ends[1], "x", 1) == 1);
    CHECK(waited(5, ends[0]) < 1);
    CHECK(waited(0.1, -1) > 0.05); /* forgotten afterwards */
    close(ends[0]);
    close(ends[1]);
    end();
}

static void on_alarm(int number)
{
    (void)number;
}

static void test_signal(void)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval soon = {.it_value = {0, 100000}};
    begin(0, 0);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    CHECK(waited(5, -1) < 2);
    kl_transfer *t = run(get("/bytes?n=5")); /* what the interrupted wait left behind is no news */
    CHECK(t->status == 200);
    kl_transfer_free(t);
    end();
}

static void test_due(void)
{
    begin(0, 0);
    kl_transfer *t = get("/slow?ms=150");
    kl_http_add(http, t);
    CHECK(kl_http_due(http) == 0); /* something to begin with */
    CHECK(waited(5, -1) < 1);
    kl_http_step(http);
    kl_http_wait(http, 0.05, -1);
    kl_http_step(http);
    CHECK(kl_http_due(http) >= 0);
    while (kl_http_count(http)) {
        kl_http_wait(http, 1, -1);
        kl_http_step(http);
    }
    CHECK(kl_http_due(http) == 0); /* a result to be fetched */
    CHECK(kl_http_next(http) == t && kl_http_due(http) < 0);
    kl_transfer_free(t);
    end();
}

/* A waiting engine sleeps: hardly any step in half a second of nothing. */
static void test_no_spinning(void)
{
    int steps = 0;
    begin(0, 0);
    kl_http_add(http, get("/slow?ms=500"));
    for (double stop = seconds() + 5; kl_http_count(http) && seconds() < stop; steps++) {
        kl_http_wait(http, 1, -1);
        kl_http_step(http);
    }
    CHECK(steps < 30);
    end();
}

static int inheritable(void)
{
    int n = 0;
    for (int fd = 0; fd < 1024; fd++) {
        int flags = fcntl(fd, F_GETFD);
        n += flags >= 0 && !(flags & FD_CLOEXEC);
    }
    return n;
}

/* No descriptor of ours is handed down to a program that is started. */
static void test_close_on_exec(void)
{
    int before = inheritable();
    begin(0, 0);
    kl_http_add(http, get("/slow?ms=100"));
    kl_http_step(http);
    kl_http_step(http);
    CHECK(inheritable() - before <= 2); /* libcurl's own wake-up pair */
    end();
}

int main(void)
{
    test_idle();
    test_order();
    test_many();
    test_running();
    test_no_waiting_for_the_first();
    test_cancel_anywhere();
    test_cancel_midway();
    test_free_with_all();
    test_no_url();
    test_wakeup();
    test_fd();
    test_signal();
    test_due();
    test_no_spinning();
    test_close_on_exec();
    return CHECK_RESULT();
}
