/* http_poll.c - which sockets libcurl wants watched, and when it wants to be called anyway.
 *
 * Owns: the arrays for poll(2) and whose its entries are, the deadlines, the pipe that ends a wait.
 * Stands on: http_priv.h, libcurl's socket interface, poll(2).
 * Never: moves an entry (libcurl remembers its index); asks the kernel about a socket more often
 *   than once a step, which is what curl_multi_perform does for every transfer.
 */
#define _GNU_SOURCE 1
#include "http_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAKE, EXTRA, FIRST, ROOM = 64 }; /* the first two entries are ours */

/* A free entry's fd is -2 - (index of the next free one); poll(2) passes over negative ones. */
static int free_link(int next)
{
    return -2 - next;
}

static bool grow(kl_http *h)
{
    int room = h->room ? h->room * 2 : ROOM;
    struct pollfd *more = realloc(h->watched, (size_t)room * sizeof *more);
    if (more)
        h->watched = more;
    kl_lane **owners = realloc(h->owners, (size_t)room * sizeof *owners);
    if (owners)
        h->owners = owners;
    if (!more || !owners)
        return false;
    h->room = room;
    return true;
}

/* The index of a fresh entry, 0 when memory is short. */
static int take_entry(kl_http *h)
{
    int i = h->unused;
    if (i) {
        h->unused = -2 - h->watched[i].fd;
        return i;
    }
    return h->nwatched < h->room || grow(h) ? h->nwatched++ : 0;
}

static short wanted(int what)
{
    return (short)((what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0));
}

static int on_socket(CURL *curl, curl_socket_t fd, int what, void *owner, void *index)
{
    kl_lane *lane = owner;
    kl_http *h = lane->http;
    int i = (int)(intptr_t)index;
    (void)curl;
    if (what == CURL_POLL_REMOVE) {
        if (i) {
            h->watched[i].fd = free_link(h->unused);
            h->watched[i].revents = 0;
            h->unused = i;
        }
        return 0;
    }
    if (!i) {
        i = take_entry(h);
        if (!i)
            return -1;
        h->watched[i].fd = fd;
        h->watched[i].revents = 0;
        h->owners[i] = lane;
        curl_multi_assign(lane->multi, fd, (void *)(intptr_t)i);
    }
    h->watched[i].events = wanted(what);
    return 0;
}

static int on_timer(CURLM *multi, long ms, void *owner)
{
    kl_lane *lane = owner;
    (void)multi;
    lane->deadline = ms < 0 ? -1 : ms == 0 ? 0 : kl_clock_ms() + ms;
    return 0;
}

static bool open_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

bool kl_poll_open(kl_http *h)
{
    if (!open_pipe(h->wake) || !grow(h))
        return false;
    h->watched[WAKE] = (struct pollfd){.fd = h->wake[0], .events = POLLIN};
    h->watched[EXTRA] = (struct pollfd){.fd = -1, .events = POLLIN};
    return true;
}

void kl_poll_forget(kl_http *h)
{
    h->nwatched = FIRST;
    h->unused = 0;
    h->polled = false;
}

void kl_poll_begin(kl_lane *lane)
{
    lane->deadline = -1;
    curl_multi_setopt(lane->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(lane->multi, CURLMOPT_SOCKETDATA, lane);
    curl_multi_setopt(lane->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(lane->multi, CURLMOPT_TIMERDATA, lane);
}

void kl_poll_close(kl_http *h)
{
    for (int i = 0; i < 2; i++)
        if (h->wake[i] > 0)
            close(h->wake[i]);
    free(h->watched);
    free(h->owners);
}

void kl_poll_wake(const kl_http *h)
{
    ssize_t done;
    do
        done = write(h->wake[1], "", 1); /* a full pipe wakes as well */
    while (done < 0 && errno == EINTR);
}

static void drain(const kl_http *h)
{
    char bytes[64];
    while (read(h->wake[0], bytes, sizeof bytes) == sizeof bytes)
        ;
}

/* Milliseconds until libcurl wants to be called, -1: it names no time. */
static int64_t left(const kl_lane *lane)
{
    int64_t ms = lane->deadline <= 0 ? lane->deadline : lane->deadline - kl_clock_ms();
    return lane->deadline >= 0 && ms < 0 ? 0 : ms;
}

int64_t kl_poll_due(const kl_http *h)
{
    int64_t one = left(&h->lanes[KL_LANE_ONE]), two = left(&h->lanes[KL_LANE_TWO]);
    return one < 0 || (two >= 0 && two < one) ? two : one;
}

static void look(kl_http *h, int ms)
{
    h->polled = poll(h->watched, (nfds_t)h->nwatched, ms) >= 0;
}

/* Only a wait uses up what kl_poll_wake has sent; a step in between must not. */
void kl_poll_wait(kl_http *h, int ms, int fd)
{
    h->watched[EXTRA].fd = fd;
    look(h, ms);
    h->watched[EXTRA].fd = -1;
    if (h->polled && h->watched[WAKE].revents)
        drain(h);
}

static int bits(short revents)
{
    return (revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
           (revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
           (revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0);
}

static CURLMcode act_by_clock(kl_lane *lane)
{
    int running;
    return left(lane) == 0
               ? curl_multi_socket_action(lane->multi, CURL_SOCKET_TIMEOUT, 0, &running)
               : CURLM_OK;
}

/* False when libcurl lost track of its sockets, for want of memory: its multi handles must not be
 * used again (7.88 divides by zero when they are). */
bool kl_poll_act(kl_http *h)
{
    int running;
    CURLMcode code = CURLM_OK;
    if (!h->polled)
        look(h, 0);
    for (int i = FIRST; h->polled && i < h->nwatched && code == CURLM_OK; i++) {
        short ready = h->watched[i].revents;
        h->watched[i].revents = 0;
        if (ready && h->watched[i].fd >= 0)
            code = curl_multi_socket_action(h->owners[i]->multi, h->watched[i].fd, bits(ready),
                                            &running);
    }
    h->polled = false;
    for (int i = 0; i < KL_LANES && code == CURLM_OK; i++) code = act_by_clock(&h->lanes[i]);
    return code == CURLM_OK;
}
