/* http_send.c - how a request leaves: the body handed out, and no create sent twice.
 *
 * Owns: the read, seek and prerequest callbacks, the answer to "may a byte have left?".
 * Stands on: http_priv.h, libcurl.
 * Never: lets libcurl begin a `once` request again when a byte of it may have left, or read its
 *   body twice. Either alone would do: the first needs libcurl 7.80, the second any.
 */
#define _GNU_SOURCE 1
#include "http_priv.h"

#include <stdio.h>

size_t kl_send_body(char *out, size_t size, size_t n, void *carrier)
{
    kl_carrier *c = carrier;
    long got = c->t->body ? kl_body_read(c->t->body, c->handed, out, size * n) : 0;
    if (got < 0) {
        c->fault = KL_FAULT_SOURCE;
        return CURL_READFUNC_ABORT;
    }
    c->handed += (uint64_t)got;
    return (size_t)got;
}

/* libcurl asks for this before it streams a body a second time. Refusing turns that into
 * CURLE_SEND_FAIL_REWIND. */
int kl_send_seek(void *carrier, curl_off_t offset, int origin)
{
    kl_carrier *c = carrier;
    if (origin != SEEK_SET || offset < 0 || (c->t->once && c->handed > 0))
        return CURL_SEEKFUNC_FAIL;
    c->handed = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

static bool left_anything(const kl_carrier *c)
{
    long written = 0;
    curl_easy_getinfo(c->curl, CURLINFO_REQUEST_SIZE, &written);
    return c->handed > 0 || written > 0;
}

#if LIBCURL_VERSION_NUM >= 0x075000
/* Called whenever a request is about to be written, the second time included: when a reused
 * connection dies before the reply's first byte, libcurl begins again on its own. A `once` transfer
 * stops here instead, unless not even its head was taken by the socket. */
static int before_request(void *carrier, char *ip, char *local_ip, int port, int local_port)
{
    kl_carrier *c = carrier;
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    if (c->t->once && c->asked && left_anything(c)) {
        c->fault = KL_FAULT_RESET;
        return CURL_PREREQFUNC_ABORT;
    }
    c->asked = true;
    return CURL_PREREQFUNC_OK;
}

bool kl_send_guard(kl_carrier *c)
{
    curl_easy_setopt(c->curl, CURLOPT_PREREQDATA, c);
    return curl_easy_setopt(c->curl, CURLOPT_PREREQFUNCTION, before_request) == CURLE_OK;
}
#else
bool kl_send_guard(kl_carrier *c)
{
    (void)c;
    return false;
}
#endif

/* Without the callback above libcurl tells by this time that a request was begun. */
bool kl_send_maybe(const kl_carrier *c)
{
    curl_off_t begun = 0;
    if (c->guarded)
        return c->asked;
    curl_easy_getinfo(c->curl, CURLINFO_PRETRANSFER_TIME_T, &begun);
    return begun > 0 || left_anything(c);
}
