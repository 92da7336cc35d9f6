/* http_easy.c - what libcurl is told: the constant options once, the net's when it changes, and a
 * handful for each transfer.
 *
 * Owns: kl_carrier and its life, the option tables.
 * Stands on: http_priv.h, libcurl.
 * Never: relaxes TLS verification; gives a body to libcurl as a block where nothing guards it.
 */
#define _GNU_SOURCE 1
#include "http_priv.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    CONNECT_TIMEOUT = 30, /* seconds, unless the net says otherwise */
    STALL_TIMEOUT = 60,
    SMALL_UPLOAD = 16 * 1024, /* libcurl's least; a JSON body fits */
    LARGE_UPLOAD = 256 * 1024,
    SMALL_RECEIVE = 16 * 1024, /* libcurl's default */
    LARGE_RECEIVE = 256 * 1024,
    BLOCK_MAX = 64 * 1024 /* from here on libcurl sends head and body apart anyway */
};

int64_t kl_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* libcurl's own sockets would be inherited by every child of the host program. */
static curl_socket_t open_socket(void *carrier, curlsocktype purpose, struct curl_sockaddr *a)
{
    (void)carrier, (void)purpose;
#ifdef SOCK_CLOEXEC
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
#else
    int fd = socket(a->family, a->socktype, a->protocol);
    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
#endif
}

/* ---- options ---- */

typedef struct number {
    CURLoption option;
    long value;
    bool wished; /* may be unknown to an older libcurl */
} number;

static const number constants[] = {
    {CURLOPT_NOSIGNAL, 1, false},
    {CURLOPT_SSL_VERIFYPEER, 1, false},
    {CURLOPT_SSL_VERIFYHOST, 2, false},
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2, false},
    {CURLOPT_FOLLOWLOCATION, 0, false}, /* http.c follows, and chooses what to tell whom */
    {CURLOPT_DISALLOW_USERNAME_IN_URL, 1, false},
    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1, false},
    {CURLOPT_LOW_SPEED_LIMIT, 1, false},
    {CURLOPT_TCP_KEEPALIVE, 1, true},
    {CURLOPT_MAXAGE_CONN, 50, true}, /* seconds idle; common proxies hang up after 60 */
#if LIBCURL_VERSION_NUM >= 0x075700
    {CURLOPT_QUICK_EXIT, 1, true}, /* else a cancel waits for a hanging resolver */
#endif
#if LIBCURL_VERSION_NUM < 0x075500
    {CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS, false},
    {CURLOPT_REDIR_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS, false},
#endif
};

static bool set_numbers(CURL *curl, const number *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (curl_easy_setopt(curl, numbers[i].option, numbers[i].value) && !numbers[i].wished)
            return false;
    return true;
}

static bool set_text(CURL *curl, CURLoption option, const char *text)
{
    return curl_easy_setopt(curl, option, text) == CURLE_OK;
}

static bool set_protocols(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return set_text(curl, CURLOPT_PROTOCOLS_STR, "http,https") &&
           set_text(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    return curl != NULL; /* among the numbers */
#endif
}

/* These only store a pointer and can't fail. */
static void set_callbacks(kl_carrier *c)
{
    CURL *curl = c->curl;
    curl_easy_setopt(curl, CURLOPT_PRIVATE, c);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, c->words);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, kl_reply_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, kl_reply_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, kl_send_body);
    curl_easy_setopt(curl, CURLOPT_READDATA, c);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, kl_send_seek);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, c);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_SHARE, c->http->share);
    c->guarded = kl_send_guard(c);
}

/* The system's bundle file, when libcurl knows one: with a directory beside it libcurl reads all
 * certificates again for each connection (measured: 30 to 50 ms), without it keeps them. */
static bool has_bundle(void)
{
#if LIBCURL_VERSION_NUM >= 0x074600
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    return info->age >= CURLVERSION_SEVENTH && info->cainfo;
#else
    return false;
#endif
}

/* What the user gives stands instead of what the system has. */
static bool set_authorities(CURL *curl, const kl_net *net)
{
    bool given = net->ca_file || net->ca_path;
    if (given || has_bundle()) {
        set_text(curl, CURLOPT_CAPATH, NULL); /* not every TLS library has directories */
        set_text(curl, CURLOPT_PROXY_CAPATH, NULL);
    }
    return !given ||
           (set_text(curl, CURLOPT_CAINFO, net->ca_file) &&
            set_text(curl, CURLOPT_PROXY_CAINFO, net->ca_file) &&
            (!net->ca_path || (set_text(curl, CURLOPT_CAPATH, net->ca_path) &&
                               set_text(curl, CURLOPT_PROXY_CAPATH, net->ca_path))));
}

/* Rounded up: 0 would mean no limit to libcurl. */
static long whole(double seconds, long otherwise, long unit)
{
    if (!(seconds > 0))
        return otherwise * unit;
    return (long)((seconds < 1e6 ? seconds : 1e6) * (double)unit + 0.999);
}

static const char *agent_of(const kl_net *net)
{
    return net->user_agent ? net->user_agent : "kling";
}

/* libcurl asks the environment before every request; when there is nothing, once will do. Only a
 * proxy is told who asks by libcurl itself; servers are told by http_head.c. */
static bool set_proxy(CURL *curl, const kl_net *net)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};
    if (net->proxy)
        return set_text(curl, CURLOPT_PROXY, net->proxy) &&
               set_text(curl, CURLOPT_USERAGENT, agent_of(net));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]))
            return set_text(curl, CURLOPT_USERAGENT, agent_of(net));
    return set_text(curl, CURLOPT_PROXY, "") && set_text(curl, CURLOPT_NOPROXY, "");
}

static bool set_net(CURL *curl, const kl_net *net)
{
    const number times[] = {
        {CURLOPT_CONNECTTIMEOUT_MS, whole(net->connect_timeout, CONNECT_TIMEOUT, 1000), false},
        {CURLOPT_LOW_SPEED_TIME, whole(net->stall_timeout, STALL_TIMEOUT, 1), false},
    };
    return set_numbers(curl, times, 2) && set_authorities(curl, net) &&
           set_proxy(curl, net);
}

/* From a blank handle, so that nothing of another net is left; connections stay, they are the
 * multi handle's. */
static bool configure(kl_carrier *c, kl_net *net)
{
    kl_net_release(c->net);
    c->net = NULL;
    c->mode = KL_MODE_NONE;
    c->lane = NULL;
    c->timeout_ms = 0;
    c->ranged = false;
    kl_head_forget(c); /* where one net may go, another may not */
    curl_easy_reset(c->curl);
    set_callbacks(c);
    if (!set_numbers(c->curl, constants, sizeof constants / sizeof *constants) ||
        !set_protocols(c->curl) || !set_net(c->curl, net) || !kl_head_agent(c, agent_of(net)))
        return false;
    c->net = kl_net_retain(net);
    return true;
}

/* A body given as one block goes out with the head in one send, which saves a seventh of a create's
 * CPU time; only where http_send.c guards it, for libcurl would send such a body again unasked. */
static kl_mode mode_of(const kl_carrier *c, const kl_transfer *t)
{
    if (t->method == KL_GET)
        return t->sink >= 0 ? KL_MODE_SINK : KL_MODE_GET;
    bool block = !t->body || (t->body->nfiles == 0 && t->body->text.len < BLOCK_MAX);
    return block && c->guarded ? KL_MODE_POST : KL_MODE_STREAM;
}

/* What is dear to change (an encoding is a string, an upload buffer a block of memory) is told only
 * when it differs. */
static bool set_mode(kl_carrier *c, kl_mode mode)
{
    static const number methods[] = {{CURLOPT_HTTPGET, 1, false}, {CURLOPT_POST, 1, false}};
    static const number receive[] = {{CURLOPT_BUFFERSIZE, SMALL_RECEIVE, true},
                                     {CURLOPT_BUFFERSIZE, LARGE_RECEIVE, true}};
    static const number send[] = {{CURLOPT_UPLOAD_BUFFERSIZE, SMALL_UPLOAD, true},
                                  {CURLOPT_UPLOAD_BUFFERSIZE, LARGE_UPLOAD, true}};
    kl_mode was = c->mode;
    bool sink = mode == KL_MODE_SINK, stream = mode == KL_MODE_STREAM;
    bool ok = mode == was || set_numbers(c->curl, &methods[mode >= KL_MODE_POST], 1);
    c->mode = KL_MODE_NONE; /* until all is told */
    if (ok && (was == KL_MODE_NONE || sink != (was == KL_MODE_SINK)))
        ok = set_numbers(c->curl, &receive[sink], 1) &&
             set_text(c->curl, CURLOPT_ACCEPT_ENCODING, sink ? NULL : "gzip");
    if (ok && (was == KL_MODE_NONE || stream != (was == KL_MODE_STREAM)))
        ok = set_numbers(c->curl, &send[stream], 1);
    if (ok)
        c->mode = mode;
    return ok;
}

static bool set_range(kl_carrier *c, const kl_transfer *t)
{
    char range[32] = "";
    bool wanted = t->sink >= 0 && t->resume_from > 0;
    if (!wanted && !c->ranged)
        return true;
    c->ranged = true;
    snprintf(range, sizeof range, "%lld-", (long long)t->resume_from);
    if (!set_text(c->curl, CURLOPT_RANGE, wanted ? range : NULL))
        return false;
    c->ranged = wanted;
    return true;
}

/* libcurl reads the block where it stands; the transfer owns it until it ends. */
static void set_body(kl_carrier *c, const kl_body *body)
{
    const char *text = body && body->text.len ? body->text.data : "";
    curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t)(body ? kl_body_length(body) : 0));
    curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, c->mode == KL_MODE_POST ? text : NULL);
}

static void set_timeout(kl_carrier *c, long ms)
{
    if (ms != c->timeout_ms)
        curl_easy_setopt(c->curl, CURLOPT_TIMEOUT_MS, ms);
    c->timeout_ms = ms;
}

bool kl_carrier_load(kl_carrier *c, kl_transfer *t)
{
    kl_net *net = t->net ? t->net : c->http->net;
    c->t = t;
    if ((net != c->net && !configure(c, net)) || !set_mode(c, mode_of(c, t)) || !set_range(c, t) ||
        !kl_head_address(c, t->url))
        return false;
    if (c->mode >= KL_MODE_POST)
        set_body(c, t->body);
    kl_head_lines(c, kl_headers_list(t->headers));
    set_timeout(c, t->timeout > 0 ? whole(t->timeout, 0, 1000) : 0);
    c->fault = KL_FAULT_NONE;
    c->asked = false;
    c->handed = 0;
    c->hops = 0;
    c->started = kl_clock_ms();
    c->words[0] = '\0';
    kl_reply_start(c);
    return true;
}

bool kl_carrier_redirect(kl_carrier *c, const char *url)
{
    int64_t left = c->timeout_ms - (kl_clock_ms() - c->started);
    kl_head_redirect(c, url);
    if (c->t->timeout > 0)
        set_timeout(c, left > 1 ? (long)left : 1);
    c->hops++;
    c->words[0] = '\0';
    kl_reply_start(c);
    return kl_head_address(c, url);
}

const char *kl_carrier_at(const kl_carrier *c)
{
    char *url = c->t->url;
    if (c->hops > 0)
        curl_easy_getinfo(c->curl, CURLINFO_EFFECTIVE_URL, &url);
    return url;
}

void kl_carrier_unload(kl_carrier *c)
{
    curl_slist_free_all(c->harmless);
    c->harmless = NULL;
    c->known = NULL;
    c->t = NULL;
}

kl_carrier *kl_carrier_new(kl_http *h)
{
    kl_carrier *c = calloc(1, sizeof *c);
    CURL *curl = c ? curl_easy_init() : NULL;
    if (!curl) {
        free(c);
        return NULL;
    }
    c->curl = curl;
    c->http = h;
    return c;
}

void kl_carrier_free(kl_carrier *c)
{
    curl_easy_cleanup(c->curl);
    kl_head_free(c);
    kl_net_release(c->net);
    free(c);
}

/* ---- once a process ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode global = CURLE_FAILED_INIT;

static void init_global(void)
{
    global = curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool kl_easy_init(void)
{
    pthread_once(&once, init_global);
    return global == CURLE_OK;
}

/* curl_version() would start OpenLDAP, which asks DNS for this machine's own name and waits. */
void kl_http_version(char *out, size_t n)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    snprintf(out, n, "libcurl/%s %s", info->version, info->ssl_version ? info->ssl_version : "");
}
