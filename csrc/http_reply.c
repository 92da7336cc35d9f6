/* http_reply.c - what comes back: header lines and body bytes.
 *
 * Owns: the reading of the few headers that matter, the ceilings on head and body, where body bytes
 *   go.
 * Stands on: http_priv.h, buf.h.
 * Never: keeps more than the ceilings; looks into a body.
 */
#define _GNU_SOURCE 1
#include "http_priv.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_MAX = 64 * 1024, SMALL_REPLY = 4096 };

/* Ends the transfer from inside a callback; libcurl then reports a write error. */
static size_t stop(kl_carrier *c, kl_fault fault, const char *text)
{
    c->fault = fault;
    kl_fault_explain(c->t, text);
    return 0;
}

static void forget_head(kl_carrier *c)
{
    kl_transfer *t = c->t;
    size_t bytes = c->head.bytes;
    c->head = (kl_head){.bytes = bytes, .length = -1, .range_start = -1, .range_total = -1};
    t->content_type[0] = t->etag[0] = t->last_modified[0] = t->request_id[0] = '\0';
    t->status = 0;
    t->retry_after = -1;
    t->date = 0;
}

/* The owner may look at these while the transfer runs, from another thread, and then at what the
 * head said, too. */
static void tell(int64_t *where, int64_t value)
{
    __atomic_store_n(where, value, __ATOMIC_RELEASE);
}

void kl_reply_start(kl_carrier *c)
{
    kl_transfer *t = c->t;
    c->head.bytes = 0;
    forget_head(c);
    t->reply.max = t->max_reply;
    kl_buf_reset(&t->reply);
    t->fault = KL_FAULT_NONE;
    t->detail[0] = '\0';
    tell(&t->received, 0);
    tell(&t->expected, -1);
}

/* ---- header lines ---- */

typedef struct field {
    kl_carrier *c;
    const char *value;
    size_t len;
} field;

/* A value that doesn't fit is left out: half an ETag or id is worse than none. */
static void keep(const field *f, char *out, size_t n)
{
    out[0] = '\0';
    if (f->len >= n)
        return;
    for (size_t i = 0; i < f->len; i++)
        out[i] = f->value[i] >= ' ' && f->value[i] < 0x7F ? f->value[i] : '?';
    out[f->len] = '\0';
}

/* Decimal digits at the front; -1: none, or too large to be true. */
static int64_t digits(const char **at, const char *end)
{
    int64_t n = -1;
    for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
        n = (n < 0 ? 0 : n) * 10 + (**at - '0');
        if (n > INT64_MAX / 100)
            return -1;
    }
    return n;
}

/* An HTTP date as Unix seconds, -1: none. Replies of one second share the text, so one is kept. */
static int64_t date_of(kl_http *h, const char *text, size_t len)
{
    if (len >= sizeof h->date_text)
        return -1;
    if (memcmp(h->date_text, text, len) != 0 || h->date_text[len] != '\0') {
        memcpy(h->date_text, text, len);
        h->date_text[len] = '\0';
        h->date = curl_getdate(h->date_text, NULL);
    }
    return h->date;
}

static void on_date(const field *f)
{
    int64_t date = date_of(f->c->http, f->value, f->len);
    f->c->t->date = date > 0 ? date : 0;
}

static void on_type(const field *f)
{
    keep(f, f->c->t->content_type, sizeof f->c->t->content_type);
}

static void on_etag(const field *f)
{
    keep(f, f->c->t->etag, sizeof f->c->t->etag);
}

static void on_modified(const field *f)
{
    keep(f, f->c->t->last_modified, sizeof f->c->t->last_modified);
}

static void on_retry(const field *f)
{
    keep(f, f->c->head.retry_after, sizeof f->c->head.retry_after);
}

static void on_length(const field *f)
{
    const char *at = f->value;
    f->c->head.length = digits(&at, f->value + f->len);
}

static void on_encoding(const field *f)
{
    f->c->head.encoded = f->len && strncasecmp(f->value, "identity", 8) != 0;
}

/* "bytes 100-199/1000" or "bytes 100-199/" and a star (RFC 9110, 14.4). */
static void on_range(const field *f)
{
    const char *at = f->value + 6, *end = f->value + f->len;
    if (f->len < 6 || strncasecmp(f->value, "bytes ", 6) != 0)
        return;
    f->c->head.range_start = digits(&at, end);
    while (at < end && *at != '/')
        at++;
    if (at++ < end)
        f->c->head.range_total = digits(&at, end);
}

static void keep_id(const field *f, int rank)
{
    if (rank <= f->c->head.id_rank)
        return;
    f->c->head.id_rank = rank;
    keep(f, f->c->t->request_id, sizeof f->c->t->request_id);
}

static void on_gateway_id(const field *f)
{
    keep_id(f, 3);
}

static void on_x_id(const field *f)
{
    keep_id(f, 2);
}

static void on_id(const field *f)
{
    keep_id(f, 1);
}

typedef struct known {
    const char *name;
    size_t len;
    void (*read)(const field *f);
} known;

#define KNOWN(name, read) {name, sizeof name - 1, read}
static const known fields[] = {
    KNOWN("date", on_date),
    KNOWN("content-type", on_type),
    KNOWN("content-length", on_length),
    KNOWN("content-encoding", on_encoding),
    KNOWN("content-range", on_range),
    KNOWN("etag", on_etag),
    KNOWN("last-modified", on_modified),
    KNOWN("retry-after", on_retry),
    KNOWN("x-oneapi-request-id", on_gateway_id),
    KNOWN("x-request-id", on_x_id),
    KNOWN("request-id", on_id),
};

static const known *find(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].len == len && fields[i].name[0] == (name[0] | 0x20) &&
            strncasecmp(fields[i].name, name, len) == 0)
            return &fields[i];
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void on_field(kl_carrier *c, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    const known *k = colon ? find(line, (size_t)(colon - line)) : NULL;
    if (!k)
        return;
    field f = {c, colon + 1, (size_t)(line + len - colon - 1)};
    for (; f.len && is_blank(*f.value); f.len--)
        f.value++;
    while (f.len && is_blank(f.value[f.len - 1]))
        f.len--;
    k->read(&f);
}

static void on_status(kl_carrier *c, const char *line, size_t len)
{
    const char *at = memchr(line, ' ', len), *end = line + len;
    int64_t status = at++ ? digits(&at, end) : -1;
    forget_head(c);
    c->t->status = status >= 100 && status <= 999 ? (long)status : 0;
}

/* ---- the body's place ---- */

static bool to_sink(const kl_transfer *t)
{
    return t->sink >= 0 && (t->status == 200 || t->status == 206);
}

/* 1: both tell it and agree, -1: they don't, 0: one of them is silent. */
static int agree(bool told, bool same)
{
    return !told ? 0 : same ? 1 : -1;
}

static int agree_text(const char *a, const char *b)
{
    return agree(*a && *b, strcmp(a, b) == 0);
}

/* Servers that ignore If-Range, and caches with several copies, go on with another file than the
 * one begun. */
static bool is_same_file(const kl_carrier *c)
{
    const kl_mark *begun = &c->t->begun;
    int64_t total = c->head.range_total;
    int etag = agree_text(begun->etag, c->t->etag);
    int date = agree_text(begun->last_modified, c->t->last_modified);
    int size = agree(begun->total >= 0 && total >= 0, begun->total == total);
    bool unknown = !*begun->etag && !*begun->last_modified && begun->total < 0;
    return unknown || (etag >= 0 && date >= 0 && size >= 0 && etag + date + size > 0);
}

/* What is noted of the bytes is true until the first of them changes, however the process ends. */
static bool forget_note(const kl_transfer *t)
{
    return !t->note || unlink(t->note) == 0 || errno == ENOENT;
}

/* A 200 starts over, a 206 goes on, but only from where we are, and with the same file. */
static size_t open_sink(kl_carrier *c)
{
    kl_transfer *t = c->t;
    int64_t from = t->status == 206 ? t->resume_from : 0;
    if (c->head.encoded)
        return stop(c, KL_FAULT_ENCODING, "the server sent an encoding that was not asked for");
    if (t->status == 206 && c->head.range_start != from)
        return stop(c, KL_FAULT_RANGE, "another range");
    if (from > 0 && !is_same_file(c))
        return stop(c, KL_FAULT_RANGE, "the file has changed");
    if (from == 0 && !forget_note(t))
        return stop(c, KL_FAULT_SINK, strerror(errno));
    if (ftruncate(t->sink, (off_t)from) != 0 || lseek(t->sink, (off_t)from, SEEK_SET) < 0)
        return stop(c, KL_FAULT_SINK, strerror(errno));
    if (c->head.range_total >= 0 && t->status == 206)
        tell(&t->expected, c->head.range_total);
    else if (c->head.length >= 0 && !c->head.encoded)
        tell(&t->expected, from + c->head.length);
    tell(&t->received, from);
    return 1;
}

static size_t open_memory(kl_carrier *c)
{
    int64_t length = c->head.encoded ? -1 : c->head.length;
    tell(&c->t->expected, length);
    if (length > 0 && (uint64_t)length > c->t->max_reply)
        return stop(c, KL_FAULT_TOO_LARGE, "its length was announced");
    if (length > 0 && length <= SMALL_REPLY)
        kl_buf_room(&c->t->reply, (size_t)length); /* one block that fits; else it grows */
    return 1;
}

/* Interim replies (100, 103) are followed by the real one; its trailers say nothing to us. */
static size_t on_end_of_head(kl_carrier *c)
{
    if (c->t->status < 200) {
        c->t->status = 0;
        return 1;
    }
    c->head.final = true;
    return to_sink(c->t) ? open_sink(c) : open_memory(c);
}

size_t kl_reply_header(char *line, size_t size, size_t n, void *carrier)
{
    kl_carrier *c = carrier;
    size_t len = size * n;
    c->head.bytes += len;
    if (c->head.bytes > HEAD_MAX)
        return stop(c, KL_FAULT_TOO_LARGE, "the headers were larger than 64 KiB");
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
        on_status(c, line, len);
    else if (!c->head.final && (line[0] == '\r' || line[0] == '\n'))
        return on_end_of_head(c) ? len : 0;
    else if (!c->head.final)
        on_field(c, line, len);
    return len;
}

/* ---- body bytes ---- */

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

static size_t store(kl_carrier *c, const char *bytes, size_t n)
{
    kl_buf *reply = &c->t->reply;
    if (n > reply->max - reply->len)
        return stop(c, KL_FAULT_TOO_LARGE, "");
    return kl_buf_add(reply, bytes, n) ? n : stop(c, KL_FAULT_MEMORY, "");
}

size_t kl_reply_body(char *bytes, size_t size, size_t n, void *carrier)
{
    kl_carrier *c = carrier;
    size_t len = size * n;
    if (!to_sink(c->t))
        len = store(c, bytes, len);
    else if (!write_all(c->t->sink, bytes, len))
        len = stop(c, KL_FAULT_SINK, strerror(errno));
    if (c->t->sink < 0 || to_sink(c->t))
        tell(&c->t->received, c->t->received + (int64_t)len);
    return len;
}

/* ---- the end ---- */

/* Seconds to wait: a number, or a date seen from the server's clock (RFC 9110, 10.2.3). */
static double seconds_to_wait(kl_carrier *c)
{
    const char *text = c->head.retry_after, *at = text;
    int64_t date = c->t->date, seconds = digits(&at, text + strlen(text));
    if (seconds < 0 && *text && (*text < '0' || *text > '9')) {
        int64_t until = date_of(c->http, text, strlen(text));
        seconds = until < 0 ? -1 : until - (date ? date : (int64_t)time(NULL));
        if (until >= 0 && seconds < 0)
            seconds = 0;
    }
    return (double)seconds;
}

/* libcurl is content with a head that breaks off, and with less of a file than was announced. */
static bool is_short(const kl_carrier *c)
{
    const kl_transfer *t = c->t;
    return !c->head.final || (to_sink(t) && t->expected >= 0 && t->received != t->expected);
}

void kl_reply_end(kl_carrier *c, CURLcode code)
{
    kl_transfer *t = c->t;
    if (!c->head.final)
        t->status = 0;
    t->retry_after = seconds_to_wait(c);
    kl_fault_judge(c, code);
    if (t->fault == KL_FAULT_NONE && is_short(c))
        t->fault = KL_FAULT_TRUNCATED;
}
