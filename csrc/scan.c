/* scan.c - see scan.h. */
#include "scan.h"

#include "text.h"

#include <string.h>

/* ASCII whatever the locale, which a host program may have changed. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word(char c)
{
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_';
}

/* ---- showing ------------------------------------------------------------------------------ */

/* What keys and tokens start with, and what must stand between that and them; the rest is masked.
 * "eyJ": the first letters of every JWT. */
static const struct {
    const char *start, *between;
} SECRETS[] = {{"sk-", NULL}, {"Bearer", " \t\r\n:=\"'\\"}, {"eyJ", NULL}};

/* Shorter ones are no secrets, but would mask half of every sentence. */
enum { SECRET_LENGTH = 6 };
static const char MASK[] = "***";

typedef struct writer {
    char *out;
    size_t len, size;
    bool full;
} writer;

static void put(writer *w, const char *bytes, size_t n)
{
    if (w->full || w->len + n >= w->size) {
        w->full = true;
        return;
    }
    memcpy(w->out + w->len, bytes, n);
    w->len += n;
}

static void put_blank(writer *w)
{
    if (w->len > 0 && w->out[w->len - 1] != ' ') put(w, " ", 1);
}

/* Length of the UTF-8 character at the start of the text, 0 when it is none. */
static size_t character(kl_span s)
{
    unsigned char c = (unsigned char)s.text[0];
    size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4, points, bad;
    return n <= s.len && kl_utf8_count(s.text, n, &points, &bad) ? n : 0;
}

static bool is_token(char c)
{
    return is_word(c) || (c != '\0' && strchr("-.~+/=*", c) != NULL);
}

static size_t count_any(kl_span s, size_t n, const char *set)
{
    size_t from = n;
    while (n < s.len && s.text[n] != '\0' && strchr(set, s.text[n]) != NULL) n++;
    return n - from;
}

/* How many bytes of the text repeat a secret, or as much of one as the text's end leaves; inside
 * JSON its slashes may be escaped. 0: none. */
static size_t repeats(kl_span s, const char *secret)
{
    size_t i = 0, n = 0, len = secret == NULL ? 0 : strlen(secret);
    if (len < SECRET_LENGTH) return 0;
    if (s.len > 4 * len) s.len = 4 * len;
    for (; i < len && n < s.len; n++) {
        if (s.text[n] == secret[i]) i++;
        else if (s.text[n] != '\\') return 0;
    }
    return i >= SECRET_LENGTH ? n : 0;
}

static size_t put_ours(writer *w, kl_span s, const kl_secrets *ours)
{
    size_t longest = 0;
    for (int i = 0; ours != NULL && i < KL_SECRETS; i++) {
        size_t n = repeats(s, ours->text[i]);
        if (n > longest) longest = n;
    }
    if (longest > 0) put(w, MASK, sizeof MASK - 1);
    return longest;
}

/* Writes a secret's start and a mask, returns how many bytes it has; 0 when there is none. */
static size_t put_secret(writer *w, kl_span s)
{
    for (size_t i = 0; i < sizeof SECRETS / sizeof SECRETS[0]; i++) {
        size_t start = strlen(SECRETS[i].start), n = start;
        if (!kl_scan_starts(s, SECRETS[i].start)) continue;
        if (SECRETS[i].between != NULL) n += count_any(s, n, SECRETS[i].between);
        if (n == start && SECRETS[i].between != NULL) continue;
        size_t first = n;
        while (n < s.len && is_token(s.text[n])) n++;
        if (n == first) continue;
        put(w, s.text, start);
        if (first > start) put_blank(w);
        put(w, MASK, sizeof MASK - 1);
        return n;
    }
    return 0;
}

/* Writes what stands at the start of the text; returns how many bytes that was. */
static size_t put_next(writer *w, kl_span s, bool word_start, const kl_secrets *ours)
{
    size_t n = put_ours(w, s, ours);
    if (n == 0 && word_start) n = put_secret(w, s);
    if (n > 0) return n;
    unsigned char c = (unsigned char)s.text[0];
    n = character(s);
    if (c <= ' ' || c == 0x7F) put_blank(w);
    else if (n == 0) put(w, "?", 1);
    else put(w, s.text, n);
    return n == 0 ? 1 : n;
}

/* Room for the dots is made by taking whole characters from the end. */
static void put_dots(writer *w)
{
    size_t at = w->len + 4 > w->size ? (w->size > 4 ? w->size - 4 : 0) : w->len;
    while (at > 0 && ((unsigned char)w->out[at] & 0xC0) == 0x80) at--;
    if (at + 4 <= w->size) memcpy(w->out + at, "...", 4);
}

void kl_scan_clean(char *out, size_t size, kl_span words, const kl_secrets *ours)
{
    writer w = {out, strlen(out), size, false};
    size_t i = 0;
    while (i < words.len && !w.full) {
        bool word_start = i == 0 || !is_word(words.text[i - 1]);
        i += put_next(&w, (kl_span){words.text + i, words.len - i}, word_start, ours);
    }
    while (w.len > 0 && w.out[w.len - 1] == ' ' && i >= words.len) w.len--;
    w.out[w.len] = '\0';
    if (w.full) put_dots(&w);
}

/* ---- finding ------------------------------------------------------------------------------ */

bool kl_scan_starts(kl_span text, const char *prefix)
{
    size_t i = 0;
    while (i < text.len && prefix[i] != '\0' && lower(text.text[i]) == lower(prefix[i])) i++;
    return prefix[i] == '\0';
}

/* The offset of `phrase`, or the text's length. */
static size_t find(kl_span text, const char *phrase)
{
    for (size_t i = 0; i < text.len; i++)
        if (kl_scan_starts((kl_span){text.text + i, text.len - i}, phrase)) return i;
    return text.len;
}

bool kl_scan_has(kl_span text, const char *phrase)
{
    return find(text, phrase) < text.len;
}

static void skip(kl_span *s, size_t n)
{
    s->text += n;
    s->len -= n;
}

static void skip_any(kl_span *s, const char *set)
{
    skip(s, count_any(*s, 0, set));
}

/* Behind a key's name: its closing quote, a colon, the opening quote of the value if any. */
static bool skip_to_value(kl_span *s, bool *quoted)
{
    skip_any(s, "\\");
    if (s->len == 0 || s->text[0] != '"') return false;
    skip(s, 1);
    skip_any(s, " \t");
    if (s->len == 0 || s->text[0] != ':') return false;
    skip(s, 1);
    skip_any(s, " \t\\");
    *quoted = s->len > 0 && s->text[0] == '"';
    if (*quoted) skip(s, 1);
    return true;
}

static kl_span value_at(kl_span s, bool quoted)
{
    size_t n = 0;
    while (n < s.len && (quoted ? s.text[n] != '"' && s.text[n] != '\\' : is_word(s.text[n]))) n++;
    return (kl_span){s.text, n};
}

bool kl_scan_key(kl_span *rest, const char *key, kl_span *value)
{
    size_t n = strlen(key), at;
    while ((at = find(*rest, key)) < rest->len) {
        bool quoted = false, named = at > 0 && rest->text[at - 1] == '"';
        skip(rest, at + n);
        if (!named || !skip_to_value(rest, &quoted)) continue;
        *value = value_at(*rest, quoted);
        return true;
    }
    return false;
}

kl_span kl_scan_plainest(kl_span words)
{
    kl_span rest = words, value;
    while (kl_scan_key(&rest, "message", &value))
        if (value.len > 0 && value.text[0] != '{') return value;
    return words;
}

kl_span kl_scan_request_id(kl_span text)
{
    static const char MARK[] = "request id:";
    size_t at = find(text, MARK), n = 0;
    if (at == text.len) return (kl_span){text.text, 0};
    skip(&text, at + sizeof MARK - 1);
    skip_any(&text, " ");
    while (n < text.len && (is_word(text.text[n]) || text.text[n] == '-')) n++;
    return (kl_span){text.text, n};
}
