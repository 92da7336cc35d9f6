/* test_worker.c - the background thread: ports, drops at any moment, forks, waiters on its socket.
 *
 * Owns: nothing.
 * Stands on: http_client.h (its server), worker.h; `run.sh tsan` watches both threads.
 * Never: takes a time for a proof; but for alarms, which are about time.
 */
#define _GNU_SOURCE 1
#include "http_client.h"
#include "worker.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static bool readable(int fd, int ms)
{
    return poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, ms) == 1;
}

/* The next one a port gives back; NULL when its descriptor stays silent for ten seconds. */
static kl_transfer *take(kl_port *port)
{
    kl_transfer *t;
    while (!(t = kl_port_next(port)))
        if (!readable(kl_port_fd(port), 10000)) return NULL;
    return t;
}

static void test_one(void)
{
    kl_port *port = kl_port_open();
    kl_transfer *t = get("/bytes?n=10");
    if (!CHECK(port != NULL)) return;
    CHECK(!readable(kl_port_fd(port), 0));
    kl_port_add(port, t);
    CHECK(take(port) == t && t->status == 200 && t->reply.len == 10);
    CHECK(!kl_port_next(port) && !readable(kl_port_fd(port), 0));
    kl_transfer_free(t);
    kl_port_close(port);
}

/* Each add comes while the thread is somewhere else: none may be overslept. */
static void test_none_is_overslept(void)
{
    kl_port *port = kl_port_open();
    for (int i = 0; i < 500; i++) {
        kl_transfer *t = get("/bytes?n=1");
        kl_port_add(port, t);
        if (i % 3 == 0) pause_ms(1);
        if (!CHECK(take(port) == t)) return;
        kl_transfer_free(t);
    }
    kl_port_close(port);
}

static void test_two_ports(void)
{
    kl_port *a = kl_port_open(), *b = kl_port_open();
    kl_transfer *for_a[50], *for_b = get("/bytes?n=2");
    for (int i = 0; i < 50; i++) kl_port_add(a, for_a[i] = get("/bytes?n=3"));
    kl_port_add(b, for_b);
    CHECK(take(b) == for_b && !kl_port_next(b));
    int mine = 0;
    for (int i = 0; i < 50; i++) {
        kl_transfer *t = take(a);
        mine += t && t->reply.len == 3;
        kl_transfer_free(t);
    }
    CHECK_IS(mine, 50);
    kl_transfer_free(for_b);
    kl_port_close(a);
    kl_port_close(b);
}

/* Before it is taken, on its way, while it writes to its file, and when it is done. */
static void test_drops(void)
{
    char path[] = "/tmp/kling-drop-XXXXXX";
    int file = mkstemp(path);
    kl_port *port = kl_port_open();
    for (int i = 0; i < 200; i++) {
        kl_transfer *t = get(i % 2 ? "/file?size=300000" : "/hang");
        if (i % 2) t->sink = open(path, O_WRONLY | O_CLOEXEC);
        kl_port_add(port, t);
        if (i % 5 == 0) pause_ms(i % 4);
        if (i % 20 == 1) pause_ms(30); /* this one is done, and not fetched */
        (void)kl_transfer_received(t);
        kl_port_drop(port, t);
    }
    kl_transfer *last = get("/bytes?n=4");
    kl_port_add(port, last);
    CHECK(take(port) == last); /* and none of the dropped ones */
    kl_transfer_free(last);
    kl_port_close(port);
    close(file);
    unlink(path);
}

static void test_close_drops_the_rest(void)
{
    kl_port *port = kl_port_open();
    for (int i = 0; i < 20; i++) kl_port_add(port, get(i % 2 ? "/bytes?n=5" : "/hang"));
    pause_ms(20);
    kl_port_close(port);
    test_one();
}

static void test_alarm(void)
{
    kl_port *port = kl_port_open();
    double before = seconds();
    kl_port_alarm(port, 0.05);
    CHECK(readable(kl_port_fd(port), 5000) && seconds() - before >= 0.045);
    CHECK(!kl_port_next(port) && !readable(kl_port_fd(port), 100));
    kl_port_alarm(port, 30);
    kl_port_alarm(port, 0);
    CHECK(readable(kl_port_fd(port), 5000));
    kl_port_close(port);
}

/* By a connection of its own: the same file under another name (so many slashes) is not the same to
 * libcurl. */
static kl_transfer *get_by_tls(int slashes)
{
    char ca_file[512];
    kl_transfer *t = get("tls:/bytes?n=6");
    snprintf(ca_file, sizeof ca_file, "%.*s%s", slashes, "////////////////////////",
             variable("KL_CA"));
    t->net = kl_net_new();
    t->net->ca_file = strdup(ca_file);
    return t;
}

static int child(kl_port *parents)
{
    kl_transfer *t = get_by_tls(0);
    int failed_before = checks_failed;
    alarm(30); /* a lock that the parent's thread had would be held for ever */
    CHECK(!kl_port_next(parents));
    kl_port_close(parents);
    kl_port *port = kl_port_open();
    if (CHECK(port != NULL)) kl_port_add(port, t);
    CHECK(take(port) == t && t->reply.len == 6);
    kl_transfer_free(t);
    kl_port_close(port);
    return checks_failed > failed_before;
}

static bool mode_is(const char *mode)
{
    return strcmp(variable("KL_MODE"), mode) == 0;
}

/* What belonged to the parent's thread is left lying in the child: not for leak checkers. */
static void leave(int status)
{
    if (mode_is("plain")) exit(status);
    fflush(stdout);
    _exit(status);
}

/* The thread is in the middle of handshakes when the process forks. */
static void test_fork(void)
{
    int status = 0;
    if (mode_is("valgrind")) return check_skip("valgrind looks for leaks in the child, too");
    kl_port *port = kl_port_open();
    for (int i = 0; i < 20; i++) {
        kl_transfer *t = get_by_tls(i + 1);
        kl_port_add(port, t);
        pause_ms(i % 5);
        pid_t pid = fork();
        if (pid == 0) leave(child(port));
        CHECK(take(port) == t && t->status == 200);
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
        kl_transfer_free(t);
    }
    kl_port_close(port);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

static void ask_for(int fd, uint64_t tag)
{
    char line[32];
    int n = snprintf(line, sizeof line, "%llu\n", (unsigned long long)tag);
    CHECK(write(fd, line, (size_t)n) == n);
}

/* The next byte, 0 after a while. */
static char hear(int fd, int ms)
{
    char byte = 0;
    return readable(fd, ms) && read(fd, &byte, 1) == 1 ? byte : 0;
}

static void test_socket(void)
{
    kl_port *port = kl_port_open();
    const char *path = kl_worker_path();
    if (path == NULL) return check_skip("no such socket here");
    int one = connect_to(path), other = connect_to(path);
    kl_transfer *t = get("/slow?ms=100"), *dropped = get("/hang");
    t->tag = kl_tag_new();
    dropped->tag = kl_tag_new();
    ask_for(one, t->tag);
    ask_for(other, dropped->tag);
    CHECK(hear(one, 5000) == '+' && hear(other, 5000) == '+');
    kl_port_add(port, t);
    kl_port_add(port, dropped);
    CHECK(hear(one, 10000) == '!' && kl_port_next(port) == t);
    CHECK(hear(other, 50) == 0);
    kl_port_drop(port, dropped);
    CHECK(hear(other, 5000) == '!');
    ask_for(one, kl_tag_new()); /* the same connection again */
    CHECK(hear(one, 5000) == '+' && hear(one, 20) == 0);
    close(one);
    close(other);
    kl_transfer_free(t);
    kl_port_close(port);
}

static void test_many_waiters(void)
{
    enum { MANY = 300 };
    static int fds[MANY];
    kl_port *port = kl_port_open();
    const char *path = kl_worker_path();
    if (path == NULL) return check_skip("no such socket here");
    kl_transfer *t = get("/bytes?n=8");
    t->tag = kl_tag_new();
    int heard = 0, woken = 0;
    for (int i = 0; i < MANY; i++) ask_for(fds[i] = connect_to(path), t->tag);
    for (int i = 0; i < MANY; i++) heard += hear(fds[i], 5000) == '+';
    kl_port_add(port, t);
    for (int i = 0; i < MANY; i++) woken += hear(fds[i], 5000) == '!';
    CHECK_IS(heard, MANY);
    CHECK_IS(woken, MANY);
    for (int i = 0; i < MANY; i++) close(fds[i]);
    CHECK(take(port) == t);
    kl_transfer_free(t);
    kl_port_close(port);
}

int main(void)
{
    test_one();
    test_none_is_overslept();
    test_two_ports();
    test_drops();
    test_close_drops_the_rest();
    test_alarm();
    test_socket();
    test_many_waiters();
    test_fork();
    return CHECK_RESULT();
}
