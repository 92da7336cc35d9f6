/* http_net.c - header sets, how to reach the network, and which URLs may be used.
 *
 * Owns: kl_headers, kl_net, the URL rules, percent-encoding, the life of a kl_transfer.
 * Stands on: http_priv.h, sign.h (wiping), libcurl's list type.
 * Never: accepts a URL that another parser could read differently.
 */
#define _GNU_SOURCE 1
#include "http_priv.h"
#include "sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { LINE_MAX_LEN = 16 * 1024, URL_MAX_LEN = 64 * 1024 };

/* ---- counted things: Lua's thread and an engine's may drop them at the same time ---- */

static void retain(int *refs)
{
    __atomic_add_fetch(refs, 1, __ATOMIC_RELAXED);
}

static bool was_last(int *refs)
{
    return __atomic_sub_fetch(refs, 1, __ATOMIC_ACQ_REL) == 0;
}

struct kl_headers {
    int refs;
    struct curl_slist *first, **end;
};

typedef struct line {
    struct curl_slist node;
    char text[];
} line;

kl_headers *kl_headers_new(void)
{
    kl_headers *h = malloc(sizeof *h);
    if (h) {
        h->refs = 1;
        h->first = NULL;
        h->end = &h->first;
    }
    return h;
}

bool kl_headers_add(kl_headers *h, const char *text)
{
    size_t len = strlen(text);
    if (len > LINE_MAX_LEN || text[strcspn(text, "\r\n")] || !strchr(text, ':') || *text == ':')
        return false;
    line *l = malloc(sizeof *l + len + 1);
    if (!l)
        return false;
    memcpy(l->text, text, len + 1);
    l->node.data = l->text;
    l->node.next = NULL;
    *h->end = &l->node;
    h->end = &l->node.next;
    return true;
}

kl_headers *kl_headers_retain(kl_headers *h)
{
    if (h)
        retain(&h->refs);
    return h;
}

void kl_headers_release(kl_headers *h)
{
    if (!h || !was_last(&h->refs))
        return;
    for (struct curl_slist *node = h->first, *next; node; node = next) {
        next = node->next;
        kl_sign_wipe(node->data, strlen(node->data));
        free(node); /* the first member of its line */
    }
    free(h);
}

struct curl_slist *kl_headers_list(kl_headers *h)
{
    return h ? h->first : NULL;
}

static bool is_harmless(const char *text)
{
    static const char *const names[] = {"Accept:", "Accept-Language:", "Range:", "If-Range:"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncasecmp(text, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* Short of memory it tells less: a header left out is no harm but a larger download. */
struct curl_slist *kl_headers_harmless(kl_headers *h)
{
    struct curl_slist *list = NULL;
    for (struct curl_slist *node = kl_headers_list(h); node; node = node->next) {
        struct curl_slist *longer = is_harmless(node->data) ? curl_slist_append(list, node->data)
                                                            : list;
        list = longer ? longer : list;
    }
    return list;
}

kl_net *kl_net_new(void)
{
    kl_net *net = calloc(1, sizeof *net);
    if (net)
        net->refs = 1;
    return net;
}

kl_net *kl_net_retain(kl_net *net)
{
    if (net)
        retain(&net->refs);
    return net;
}

void kl_net_release(kl_net *net)
{
    if (!net || !was_last(&net->refs))
        return;
    if (net->proxy)
        kl_sign_wipe(net->proxy, strlen(net->proxy)); /* it may hold a password */
    free(net->proxy);
    free(net->ca_file);
    free(net->ca_path);
    free(net->user_agent);
    free(net);
}

/* ---- URLs ---- */

static bool refuse(char *why, size_t n, const char *sentence)
{
    snprintf(why, n, "%s", sentence);
    return false;
}

/* Letters, digits and what host names and addresses hold; bytes above 0x7F are left to IDN. */
static bool host_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c >= 0x80;
}

static size_t host_length(const char *host, size_t len)
{
    size_t n = 0;
    if (len && *host == '[') {
        n = 1 + strspn(host + 1, "0123456789abcdefABCDEF:.");
        return n < len && host[n] == ']' ? n + 1 : 0;
    }
    while (n < len && host_byte((unsigned char)host[n]))
        n++;
    return n;
}

/* ":" and one to five digits; 0: it is something else. */
static int port_number(const char *text, size_t len)
{
    int port = 0;
    if (len < 2 || len > 6 || *text != ':')
        return 0;
    for (size_t i = 1; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        port = port * 10 + (text[i] - '0');
    }
    return port <= 65535 ? port : 0;
}

static bool split_authority(const char *text, size_t len, kl_url *url, char *why, size_t n)
{
    if (memchr(text, '@', len))
        return refuse(why, n, "the URL holds a user name");
    url->host = text;
    url->host_len = host_length(text, len);
    if (url->host_len == 0)
        return refuse(why, n, "the URL has no host that can be used");
    url->port = url->tls ? 443 : 80;
    if (url->host_len < len)
        url->port = port_number(text + url->host_len, len - url->host_len);
    return url->port ? true : refuse(why, n, "the URL has a host or port that can't be used");
}

/* White space, control characters and backslashes are where parsers disagree. */
static bool has_plain_bytes(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    while (*c > ' ' && *c != 0x7F && *c != '\\')
        c++;
    return *c == '\0' && (size_t)((const char *)c - text) <= URL_MAX_LEN;
}

bool kl_url_split(const char *text, kl_url *url, char *why, size_t n)
{
    if (!has_plain_bytes(text))
        return refuse(why, n, "the URL is too long or holds a blank, a control character or a "
                              "backslash");
    url->tls = strncasecmp(text, "https://", 8) == 0;
    if (!url->tls && strncasecmp(text, "http://", 7) != 0)
        return refuse(why, n, "the URL does not start with https://");
    text += url->tls ? 8 : 7;
    return split_authority(text, strcspn(text, "/?#"), url, why, n);
}

static bool same_host(const kl_url *a, const char *host, size_t len)
{
    return a->host_len == len && strncasecmp(a->host, host, len) == 0;
}

bool kl_url_same_origin(const kl_url *a, const kl_url *b)
{
    return a->tls == b->tls && a->port == b->port && same_host(a, b->host, b->host_len);
}

/* 127.a.b.c in plain decimal; other spellings of it are not worth the doubt. */
static bool is_loopback_v4(const kl_url *url)
{
    int dots = 0, digits = 0, part = 0;
    if (url->host_len < 4 || memcmp(url->host, "127.", 4) != 0)
        return false;
    for (size_t i = 4; i < url->host_len; i++) {
        char c = url->host[i];
        bool dot = c == '.' && digits > 0, digit = c >= '0' && c <= '9' && digits < 3;
        part = digit ? part * 10 + (c - '0') : 0;
        digits = digit ? digits + 1 : 0;
        dots += dot;
        if ((!dot && !digit) || part > 255)
            return false;
    }
    return dots == 2 && digits > 0;
}

static bool is_loopback(const kl_url *url)
{
    return same_host(url, "localhost", 9) || same_host(url, "[::1]", 5) || is_loopback_v4(url);
}

static bool allows(const kl_net *net, const kl_url *url)
{
    return url->tls || (net && net->allow_http) || is_loopback(url);
}

bool kl_net_allows(const kl_net *net, const char *url, char *why, size_t n)
{
    kl_url parts;
    if (!kl_url_split(url, &parts, why, n))
        return false;
    return allows(net, &parts) ||
           refuse(why, n, "plain http is allowed to this machine only, unless allow_http is set");
}

bool kl_net_follows(const kl_net *net, const char *from, const char *to, char *why, size_t n)
{
    kl_url a, b;
    if (!kl_net_allows(net, to, why, n) || !kl_url_split(from, &a, why, n) ||
        !kl_url_split(to, &b, why, n))
        return false;
    return !a.tls || b.tls || (net && net->allow_http) ||
           refuse(why, n, "it leads from https to plain http");
}

bool kl_http_escape(kl_buf *out, const char *text, size_t n)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t before = out->len, digits = 0;
    while (digits < n && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    if (!kl_buf_add(out, text, digits))
        return false;
    for (size_t i = digits; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        bool plain = c < 0x80 && (host_byte(c) || c == '~');
        char code[3] = {plain ? (char)c : '%', hex[c >> 4], hex[c & 15]};
        if (!kl_buf_add(out, code, plain ? 1 : 3)) {
            out->len = before;
            return false;
        }
    }
    return true;
}

/* ---- transfers ---- */

kl_transfer *kl_transfer_new(void)
{
    kl_transfer *t = calloc(1, sizeof *t);
    if (t) {
        t->sink = -1;
        t->retry_after = -1;
        t->expected = -1;
        t->begun.total = -1;
    }
    return t;
}

void kl_transfer_free(kl_transfer *t)
{
    if (!t)
        return;
    free(t->url);
    kl_headers_release(t->headers);
    kl_net_release(t->net);
    if (t->body)
        kl_body_free(t->body);
    free(t->body);
    free(t->note);
    if (t->sink >= 0)
        close(t->sink);
    kl_buf_free(&t->reply);
    free(t);
}

int64_t kl_transfer_received(const kl_transfer *t)
{
    return __atomic_load_n(&t->received, __ATOMIC_ACQUIRE);
}

int64_t kl_transfer_expected(const kl_transfer *t)
{
    return __atomic_load_n(&t->expected, __ATOMIC_RELAXED);
}
