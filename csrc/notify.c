/* notify.c - see notify.h.
 *
 * Owns: a table of waiters by tag.
 * Stands on: notify.h, epoll.
 * Never: spins when no descriptor is left for a new waiter: the listener tells once of each.
 */
#define _GNU_SOURCE
#include "notify.h"

#ifdef __linux__

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BUCKETS = 1024, EVENTS = 64, TAG_DIGITS = 24, BACKLOG = 512 };

/* A connection: it has sent no tag yet (tag 0) or waits for one. */
typedef struct kl_waiter {
    struct kl_waiter *next, **link; /* in its tag's bucket; link NULL: in none */
    struct kl_waiter *older, *newer; /* all connections */
    int fd;
    uint64_t tag;
    size_t len;
    char line[TAG_DIGITS];
} kl_waiter;

struct kl_notify {
    int listener, epoll;
    kl_waiter *newest;
    kl_waiter *buckets[BUCKETS];
    char folder[64];
    struct sockaddr_un address;
};

static kl_waiter **bucket(kl_notify *n, uint64_t tag)
{
    return &n->buckets[tag % BUCKETS];
}

static void leave_bucket(kl_waiter *w)
{
    if (w->link == NULL) return;
    *w->link = w->next;
    if (w->next != NULL) w->next->link = w->link;
    w->link = NULL;
}

static void enter_bucket(kl_notify *n, kl_waiter *w)
{
    kl_waiter **b = bucket(n, w->tag);
    w->next = *b;
    w->link = b;
    if (*b != NULL) (*b)->link = &w->next;
    *b = w;
}

/* Taken out by name: a forked child may hold the socket open, and epoll would go on telling. */
static void hang_up(kl_notify *n, kl_waiter *w)
{
    leave_bucket(w);
    if (w->newer != NULL) w->newer->older = w->older;
    else n->newest = w->older;
    if (w->older != NULL) w->older->newer = w->newer;
    epoll_ctl(n->epoll, EPOLL_CTL_DEL, w->fd, NULL);
    close(w->fd);
    free(w);
}

static bool watch(const kl_notify *n, int fd, uint32_t events, void *what)
{
    struct epoll_event event = {.events = events, .data.ptr = what};
    return epoll_ctl(n->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void welcome(kl_notify *n, int fd)
{
    kl_waiter *w = calloc(1, sizeof *w);
    if (w == NULL || !watch(n, fd, EPOLLIN, w)) {
        free(w);
        close(fd);
        return;
    }
    w->fd = fd;
    w->older = n->newest;
    if (n->newest != NULL) n->newest->newer = w;
    n->newest = w;
}

static void send_byte(const kl_waiter *w, char byte)
{
    ssize_t sent = send(w->fd, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent; /* a waiter that is gone is noticed when its end is read */
}

/* A whole line is a tag: it is waited for from now on. */
static void take_line(kl_notify *n, kl_waiter *w)
{
    leave_bucket(w);
    w->line[w->len - 1] = '\0';
    w->tag = strtoull(w->line, NULL, 10);
    w->len = 0;
    if (w->tag != 0) enter_bucket(n, w);
    send_byte(w, '+');
}

static void listen_to(kl_notify *n, kl_waiter *w)
{
    ssize_t got = recv(w->fd, w->line + w->len, sizeof w->line - w->len, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        hang_up(n, w);
        return;
    }
    w->len += (size_t)got;
    if (w->line[w->len - 1] == '\n')
        take_line(n, w);
    else if (w->len == sizeof w->line)
        hang_up(n, w);
}

void kl_notify_step(kl_notify *n)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(n->epoll, events, EVENTS, 0);
    for (int i = 0; i < count; i++) {
        int fd;
        if (events[i].data.ptr != n)
            listen_to(n, events[i].data.ptr);
        else
            while ((fd = accept4(n->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
                welcome(n, fd);
    }
}

void kl_notify_wake(kl_notify *n, uint64_t tag)
{
    for (kl_waiter *w = *bucket(n, tag), *next; w != NULL; w = next) {
        next = w->next;
        if (w->tag != tag) continue;
        leave_bucket(w);
        w->tag = 0;
        send_byte(w, '!');
    }
}

const char *kl_notify_path(const kl_notify *n)
{
    return n->address.sun_path;
}

int kl_notify_fd(const kl_notify *n)
{
    return n->epoll;
}

/* A folder that nobody else may enter, and the listening socket in it. */
static bool open_socket(kl_notify *n)
{
    const char *tmp = getenv("TMPDIR");
    int len = snprintf(n->folder, sizeof n->folder, "%s/kling-XXXXXX", tmp == NULL ? "/tmp" : tmp);
    if (len < 0 || (size_t)len >= sizeof n->folder || mkdtemp(n->folder) == NULL) {
        n->folder[0] = '\0';
        return false;
    }
    n->address.sun_family = AF_UNIX;
    snprintf(n->address.sun_path, sizeof n->address.sun_path, "%s/worker", n->folder);
    n->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return n->listener >= 0 &&
           bind(n->listener, (struct sockaddr *)&n->address, sizeof n->address) == 0 &&
           listen(n->listener, BACKLOG) == 0;
}

kl_notify *kl_notify_new(void)
{
    kl_notify *n = calloc(1, sizeof *n);
    if (n == NULL) return NULL;
    n->listener = -1;
    n->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (n->epoll >= 0 && open_socket(n) && watch(n, n->listener, EPOLLIN | EPOLLET, n)) return n;
    kl_notify_free(n);
    return NULL;
}

/* The waiters' sockets stay open: their list may be half-way changed. */
void kl_notify_abandon(kl_notify *n)
{
    if (n == NULL) return;
    close(n->listener);
    close(n->epoll);
    free(n);
}

void kl_notify_free(kl_notify *n)
{
    if (n == NULL) return;
    for (kl_waiter *w = n->newest, *older; w != NULL; w = older) {
        older = w->older;
        close(w->fd);
        free(w);
    }
    if (n->listener >= 0) close(n->listener);
    if (n->epoll >= 0) close(n->epoll);
    if (n->folder[0] != '\0') {
        unlink(n->address.sun_path);
        rmdir(n->folder);
    }
    free(n);
}

#else

#include <stddef.h>

kl_notify *kl_notify_new(void) { return NULL; }
const char *kl_notify_path(const kl_notify *n) { (void)n; return NULL; }
int kl_notify_fd(const kl_notify *n) { (void)n; return -1; }
void kl_notify_step(kl_notify *n) { (void)n; }
void kl_notify_wake(kl_notify *n, uint64_t tag) { (void)n; (void)tag; }
void kl_notify_free(kl_notify *n) { (void)n; }
void kl_notify_abandon(kl_notify *n) { (void)n; }

#endif
