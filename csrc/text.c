/* text.c - see text.h. The loops take eight bytes at a time while they are plain ASCII. */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONES 0x0101010101010101u
#define HIGHS 0x8080808080808080u

static uint64_t load(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* High bit set in some byte of w that is zero (exact as a yes/no answer). */
static uint64_t has_zero(uint64_t w)
{
    return (w - ONES) & ~w & HIGHS;
}

/* Length of the valid sequence that starts with a byte >= 0x80, or 0. */
static size_t sequence(const unsigned char *s, size_t left)
{
    unsigned char c = s[0];
    size_t n = c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
    if (n == 0 || n > left) return 0;
    unsigned char low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned char high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (s[1] < low || s[1] > high) return 0;
    for (size_t i = 2; i < n; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    return n;
}

/* Some bit set when the eight bytes hold anything but plain ASCII. */
static uint64_t oddities(uint64_t w)
{
    uint64_t quote = w ^ (ONES * '"'), slash = w ^ (ONES * '\\');
    return ((w - ONES * 0x20) | (quote - ONES) | (slash - ONES) | w) & HIGHS;
}

static bool plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

bool kl_text_plain(const char *text, size_t len)
{
    uint64_t odd = 0;
    size_t i = 0;
    for (; len - i >= 8; i += 8) odd |= oddities(load(text + i));
    if (i < len && len >= 8) return (odd | oddities(load(text + len - 8))) == 0;
    for (; i < len; i++)
        if (!plain((unsigned char)text[i])) return false;
    return odd == 0;
}

bool kl_utf8_count(const char *text, size_t len, size_t *points, size_t *bad)
{
    size_t i = 0, count = 0;
    while (i < len) {
        while (len - i >= 8) {
            uint64_t w = load(text + i);
            if ((w & HIGHS) || has_zero(w)) break;
            i += 8;
            count += 8;
        }
        if (i == len) break;
        unsigned char c = (unsigned char)text[i];
        size_t n = c == 0 ? 0 : c < 0x80 ? 1 : sequence((const unsigned char *)text + i, len - i);
        if (n == 0) {
            *bad = i;
            return false;
        }
        i += n;
        count++;
    }
    *points = count;
    return true;
}

size_t kl_utf8_cut(const char *text, size_t len, size_t max)
{
    if (len <= max) return len;
    while (max > 0 && ((unsigned char)text[max] & 0xC0) == 0x80) max--;
    return max;
}

static bool unescaped(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

/* How many bytes from `text` on need no escape. */
static size_t plain_run(const char *text, size_t len)
{
    size_t i = 0;
    for (; len - i >= 8; i += 8) {
        uint64_t w = load(text + i);
        uint64_t control = (w - ONES * 0x20) & ~w & HIGHS;
        if (control | has_zero(w ^ (ONES * '"')) | has_zero(w ^ (ONES * '\\'))) break;
    }
    while (i < len && unescaped((unsigned char)text[i])) i++;
    return i;
}

static bool escape(kl_buf *out, unsigned char c)
{
    static const char shorts[] = "btn\0fr"; /* \b to \r, without \v */
    char form[8];
    if (c == '"' || c == '\\')
        snprintf(form, sizeof form, "\\%c", c);
    else if (c >= 8 && c <= 13 && shorts[c - 8] != '\0')
        snprintf(form, sizeof form, "\\%c", shorts[c - 8]);
    else
        snprintf(form, sizeof form, "\\u%04x", c);
    return kl_buf_puts(out, form);
}

bool kl_json_plain(kl_buf *out, const char *text, size_t len)
{
    char *room = kl_buf_room(out, len + 2);
    if (room == NULL) return false;
    room[0] = '"';
    memcpy(room + 1, text, len);
    room[len + 1] = '"';
    out->len += len + 2;
    return true;
}

bool kl_json_string(kl_buf *out, const char *text, size_t len)
{
    if (kl_text_plain(text, len)) return kl_json_plain(out, text, len);
    size_t run = plain_run(text, len);
    bool ok = kl_buf_add(out, "\"", 1);
    while (ok && len > 0) {
        ok = kl_buf_add(out, text, run);
        text += run;
        len -= run;
        if (ok && len > 0) {
            ok = escape(out, (unsigned char)*text++);
            len--;
        }
        run = plain_run(text, len);
    }
    return ok && kl_buf_add(out, "\"", 1);
}

bool kl_json_integer(kl_buf *out, int64_t n)
{
    char digits[24], *p = digits + sizeof digits;
    uint64_t u = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        *--p = (char)('0' + u % 10);
        u /= 10;
    } while (u > 0);
    if (n < 0) *--p = '-';
    return kl_buf_add(out, p, (size_t)(digits + sizeof digits - p));
}

/* Numbers people write: at most four digits behind the point and not large. */
static bool short_number(kl_buf *out, double x, bool *written)
{
    double scaled = x * 10000.0;
    int64_t n = scaled > -1e12 && scaled < 1e12 ? (int64_t)(scaled + (scaled < 0 ? -0.5 : 0.5)) : 0;
    *written = n != 0 && (double)n / 10000.0 == x;
    if (!*written) return true;
    int64_t whole = n / 10000;
    int fraction = (int)(n % 10000);
    if (fraction == 0) return kl_json_integer(out, whole);
    char tail[6] = ".0000";
    if (fraction < 0) fraction = -fraction;
    for (int i = 4; i > 0; i--, fraction /= 10) tail[i] = (char)('0' + fraction % 10);
    size_t len = 5;
    while (tail[len - 1] == '0') len--;
    if (n < 0 && whole == 0 && !kl_buf_add(out, "-", 1)) return false;
    return kl_json_integer(out, whole) && kl_buf_add(out, tail, len);
}

bool kl_json_number(kl_buf *out, double x)
{
    bool written = false;
    if (x == 0) return kl_buf_add(out, "0", 1);
    if (!short_number(out, x, &written)) return false;
    if (written) return true;
    char digits[32];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, x);
        if (strtod(digits, NULL) == x) break;
    }
    char *comma = strchr(digits, ','); /* the host program may have set a locale */
    if (comma != NULL) *comma = '.';
    return kl_buf_puts(out, digits);
}

static int bounded_length(const char *text, int most)
{
    int n = 0;
    while (n < most && text[n] != '\0') n++;
    return n;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

int kl_edit_distance(const char *a, const char *b)
{
    enum { MOST = 40 };
    int rows[3][MOST + 1];
    int *before = rows[0], *last = rows[1], *now = rows[2];
    int la = bounded_length(a, MOST), lb = bounded_length(b, MOST);
    for (int j = 0; j <= lb; j++) last[j] = j;
    for (int i = 1; i <= la; i++) {
        now[0] = i;
        for (int j = 1; j <= lb; j++) {
            int cost = a[i - 1] == b[j - 1] ? 0 : 1;
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        int *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[lb];
}

bool kl_parse_whole(const char *text, size_t len, int64_t *n)
{
    bool minus = len > 0 && text[0] == '-';
    size_t i = minus ? 1 : 0;
    if (i == len) return false;
    uint64_t u = 0, limit = (uint64_t)INT64_MAX + (minus ? 1 : 0);
    for (; i < len; i++) {
        unsigned digit = (unsigned)(unsigned char)text[i] - '0';
        if (digit > 9 || (u > UINT32_MAX && u > (limit - digit) / 10)) return false;
        u = u * 10 + digit;
    }
    *n = minus ? (int64_t)(0 - u) : (int64_t)u;
    return true;
}
