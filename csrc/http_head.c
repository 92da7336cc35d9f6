/* http_head.c - the head of a request as libcurl is told it: the address and the header lines.
 *
 * Owns: an address parsed once for all requests to one host, the lines that every request has.
 * Stands on: http_priv.h, libcurl's URL interface.
 * Never: shows a host the headers that were meant for another one; hands libcurl an address in
 *   parts that it would read differently as a whole.
 */
#define _GNU_SOURCE 1
#include "http_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the address ---- */

#if LIBCURL_VERSION_NUM >= 0x073F00
/* libcurl parses a URL given as text before each request and writes it anew, character by
 * character: a sixth of all that a poll costs. So it is given parts, of which only the path
 * changes. */

enum { PATH_LONGEST = 4096 };
/* What libcurl itself reads a text with. */
static const unsigned FLAGS = CURLU_NON_SUPPORT_SCHEME | CURLU_DISALLOW_USER;

/* Where the path starts; the end when there is none. */
static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? host + 3 + strcspn(host + 3, "/?#") : url + strlen(url);
}

static bool is_letter_or_digit(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10;
}

/* A path that libcurl would neither split nor change, nor kl_net_allows refuse. */
static bool is_plain(const char *path)
{
    const char *p = path;
    if (*p != '/')
        return false;
    for (; is_letter_or_digit(*p) || *p == '_' || *p == '-' || *p == '/'; p++)
        if (*p == '/' && p[1] == '.')
            return false;
    return !*p && p - path < PATH_LONGEST;
}

void kl_head_forget(kl_carrier *c)
{
    free(c->origin);
    c->origin = NULL;
    c->known = NULL;
}

/* Remembers up to where the address is that of `url`, when nothing but its path has to change for
 * the next one. */
static void remember(kl_carrier *c, const char *url, const char *path)
{
    if (!is_plain(path))
        return;
    c->origin = strndup(url, (size_t)(path - url));
    c->origin_len = (size_t)(path - url);
}

bool kl_head_knows(kl_carrier *c, const char *url)
{
    bool known = c->origin && strncmp(c->origin, url, c->origin_len) == 0 &&
                 is_plain(url + c->origin_len);
    c->known = known ? url : NULL;
    return known;
}

static bool parse(kl_carrier *c, const char *url)
{
    bool known = c->known == url;
    c->known = NULL;
    if (known)
        return !curl_url_set(c->parts, CURLUPART_PATH, url + c->origin_len, 0);
    kl_head_forget(c);
    if (!c->parts)
        c->parts = curl_url();
    if (!c->parts || curl_url_set(c->parts, CURLUPART_URL, url, FLAGS))
        return false;
    remember(c, url, path_of(url));
    return true;
}

/* The text stays what libcurl tells where it was; what can't be parsed here it shall judge. */
bool kl_head_address(kl_carrier *c, const char *url)
{
    bool parsed = parse(c, url);
    if (!parsed)
        kl_head_forget(c);
    return curl_easy_setopt(c->curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(c->curl, CURLOPT_CURLU, parsed ? c->parts : NULL) == CURLE_OK;
}

static void free_address(kl_carrier *c)
{
    kl_head_forget(c);
    curl_url_cleanup(c->parts);
}
#else
bool kl_head_address(kl_carrier *c, const char *url)
{
    return curl_easy_setopt(c->curl, CURLOPT_URL, url) == CURLE_OK;
}

bool kl_head_knows(kl_carrier *c, const char *url)
{
    return (void)c, (void)url, false;
}

void kl_head_forget(kl_carrier *c)
{
    (void)c;
}

static void free_address(kl_carrier *c)
{
    (void)c;
}
#endif

/* ---- the lines ---- */

/* libcurl writes what it has an option for twice, and a line of ours once. */
bool kl_head_agent(kl_carrier *c, const char *name)
{
    static const char FORM[] = "User-Agent: %s";
    size_t n = strlen(name) + sizeof FORM;
    free(c->agent.data);
    c->agent.data = malloc(n);
    if (c->agent.data)
        snprintf(c->agent.data, n, FORM, name);
    return c->agent.data != NULL;
}

/* The standing lines go before the transfer's own. A download asks for no encoding: ranges and
 * lengths are of what is kept. */
void kl_head_lines(kl_carrier *c, struct curl_slist *list)
{
    static char no_expect[] = "Expect:"; /* libcurl would wait for a 100 before a large body */
    static char encoding[] = "Accept-Encoding: gzip";
    c->encoding = (struct curl_slist){encoding, list};
    c->agent.next = c->mode == KL_MODE_SINK ? list : &c->encoding;
    c->no_expect = (struct curl_slist){no_expect, &c->agent};
    curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER,
                     c->mode < KL_MODE_POST ? &c->agent : &c->no_expect);
}

/* The transfer's own headers go to the host they were meant for, and to no other. */
void kl_head_redirect(kl_carrier *c, const char *url)
{
    char why[80];
    kl_url first, next;
    bool home = kl_url_split(c->t->url, &first, why, sizeof why) &&
                kl_url_split(url, &next, why, sizeof why) && kl_url_same_origin(&first, &next);
    if (!home && !c->harmless)
        c->harmless = kl_headers_harmless(c->t->headers);
    kl_head_lines(c, home ? kl_headers_list(c->t->headers) : c->harmless);
}

void kl_head_free(kl_carrier *c)
{
    free_address(c);
    free(c->agent.data);
}
