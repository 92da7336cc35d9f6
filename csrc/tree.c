/* tree.c - see tree.h. */
#include "tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Inlined, it would slow its callers down. */
#define RARE __attribute__((noinline, cold))

enum { BEHIND = 16, DEPTH_MAX = 64, FIRST_NODES = 64, USUAL_NODES = 512, USUAL_TEXT = 32 * 1024 };

typedef struct reader {
    kl_tree *tree;
    char *p;         /* the next byte; the text ends with a NUL */
    const char *end; /* that NUL */
    int depth;
    kl_tree_fault fault;
} reader;

static bool value(reader *r, kl_span key);

static bool fail(reader *r, kl_tree_fault fault)
{
    r->fault = fault;
    return false;
}

/* A byte that must not stand here: the end of the text, or something else. */
static bool stray(reader *r)
{
    return fail(r, r->p == r->end ? KL_TREE_ENDS_EARLY : KL_TREE_NOT_JSON);
}

static void blanks(reader *r)
{
    char *p = r->p;
    while (*p <= ' ' && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
    r->p = p;
}

/* ---- strings ------------------------------------------------------------------------------- */

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Four hexadecimal digits behind `p`, -1 when there are not four. */
static long unit(const char *p)
{
    long n = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex(p[i]);
        if (digit < 0) return -1;
        n = n * 16 + digit;
    }
    return n;
}

static char *put_utf8(char *to, unsigned long c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    *to++ = (char)((0xF80 >> more) | (c >> 6 * more));
    while (more-- > 0) *to++ = (char)(0x80 | (c >> 6 * more & 0x3F));
    return to;
}

/* Behind "\u": one character, of two units when the first is a high surrogate. */
static char *unescape_unit(reader *r, char *to)
{
    long c = unit(r->p);
    if (c < 0) return NULL;
    r->p += 4;
    if (c >= 0xD800 && c < 0xDC00) {
        long low = r->p[0] == '\\' && r->p[1] == 'u' ? unit(r->p + 2) : -1;
        if (low < 0xDC00 || low > 0xDFFF) return NULL;
        r->p += 6;
        c = 0x10000 + (c - 0xD800) * 0x400 + (low - 0xDC00);
    } else if (c >= 0xDC00 && c <= 0xDFFF) {
        return NULL;
    }
    return put_utf8(to, (unsigned long)c);
}

/* At a backslash; writes what it stands for. NULL: nothing. */
static char *unescape(reader *r, char *to)
{
    static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    char c = r->p[1];
    if (c == '\0') return NULL;
    const char *name = strchr(names, c);
    r->p += 2;
    if (name != NULL) {
        *to = bytes[name - names];
        return to + 1;
    }
    return c == 'u' ? unescape_unit(r, to) : NULL;
}

/* The next quote, backslash or NUL; the copy has room to look sixteen bytes ahead. */
#ifdef __SSE2__
static char *ordinary(char *p)
{
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    for (;; p += 16) {
        __m128i w = _mm_loadu_si128((const void *)p);
        __m128i odd = _mm_or_si128(_mm_cmpeq_epi8(w, quote), _mm_cmpeq_epi8(w, slash));
        int marks = _mm_movemask_epi8(_mm_or_si128(odd, _mm_cmpeq_epi8(w, _mm_setzero_si128())));
        if (marks != 0) return p + __builtin_ctz((unsigned)marks);
    }
}
#else
static char *ordinary(char *p)
{
    while (*p != '"' && *p != '\\' && *p != '\0') p++;
    return p;
}
#endif

/* The rest of a string that `start`s there and has something else than ordinary bytes at r->p; it
 * is unescaped where it stands. */
static RARE bool odd_string(reader *r, char *start, kl_span *out)
{
    char *to = r->p;
    while (*r->p != '"') {
        if (*r->p == '\0') return stray(r);
        if (*r->p == '\\') {
            char *next = unescape(r, to);
            if (next == NULL) return *r->p == '\0' ? stray(r) : fail(r, KL_TREE_NOT_JSON);
            to = next;
        } else {
            *to++ = *r->p++;
        }
    }
    r->p++;
    *to = '\0';
    *out = (kl_span){start, (size_t)(to - start)};
    return true;
}

/* At the opening quote. */
static bool string(reader *r, kl_span *out)
{
    char *start = r->p + 1, *end = ordinary(start);
    r->p = end;
    if (*end != '"') return odd_string(r, start, out);
    *end = '\0';
    *out = (kl_span){start, (size_t)(end - start)};
    r->p++;
    return true;
}

/* ---- numbers and words --------------------------------------------------------------------- */

static const char *digits(const char *p)
{
    while (*p >= '0' && *p <= '9') p++;
    return p;
}

/* The end of the number at `p` (RFC 8259, 6), NULL when there is none. */
static const char *number_end(const char *p)
{
    const char *start = *p == '-' ? p + 1 : p, *end = digits(start);
    if (end == start || (*start == '0' && end > start + 1)) return NULL;
    if (*end == '.') {
        const char *fraction = end + 1;
        end = digits(fraction);
        if (end == fraction) return NULL;
    }
    if (*end == 'e' || *end == 'E') {
        const char *power = end + (end[1] == '+' || end[1] == '-' ? 2 : 1);
        end = digits(power);
        if (end == power) return NULL;
    }
    return end;
}

static bool number(reader *r, kl_span *out)
{
    const char *end = number_end(r->p);
    if (end == NULL) return r->p[*r->p == '-'] == '\0' ? stray(r) : fail(r, KL_TREE_NOT_JSON);
    *out = (kl_span){r->p, (size_t)(end - r->p)};
    r->p += out->len;
    return true;
}

/* true, false or null. */
static bool literal(reader *r, const char *word)
{
    for (; *word != '\0'; word++, r->p++)
        if (*r->p != *word) return stray(r);
    return true;
}

/* Powers of ten that a double holds exactly. */
static const double TENS[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* Up to 15 digits, a point among them: exact without strtod, which is slow and asks the locale. */
static bool short_number(kl_span text, double *x)
{
    int64_t n = 0;
    size_t i = text.text[0] == '-' ? 1 : 0, point = 0;
    if (text.len - i > 16) return false;
    for (; i < text.len; i++) {
        if (text.text[i] == '.') {
            if (point != 0) return false;
            point = i + 1;
            continue;
        }
        if (text.text[i] < '0' || text.text[i] > '9') return false;
        n = n * 10 + (text.text[i] - '0');
        if (n >= 1000000000000000) return false;
    }
    *x = (double)n / TENS[point == 0 ? 0 : text.len - point];
    if (text.text[0] == '-') *x = -*x;
    return true;
}

/* Digits alone: times and codes, most numbers there are. */
static bool whole_number(kl_span text, double *x)
{
    int64_t n = 0;
    if (text.len == 0 || text.len > 15 || (text.len > 1 && text.text[0] == '0')) return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)(unsigned char)text.text[i] - '0';
        if (digit > 9) return false;
        n = n * 10 + digit;
    }
    *x = (double)n;
    return true;
}

bool kl_tree_number(kl_span text, double *x)
{
    char copy[64], *end;
    if (whole_number(text, x)) return true;
    if (text.len == 0 || text.len >= sizeof copy) return false;
    memcpy(copy, text.text, text.len);
    copy[text.len] = '\0';
    if (number_end(copy) != copy + text.len) return false;
    if (short_number(text, x)) return true;
    *x = strtod(copy, &end);
    if (*end == '.') { /* the locale writes another point */
        char *point = strchr(copy, '.');
        char locale[8];
        snprintf(locale, sizeof locale, "%.1f", 0.5);
        *point = locale[1];
        *x = strtod(copy, &end);
    }
    return isfinite(*x) != 0;
}

/* ---- nodes --------------------------------------------------------------------------------- */

static bool more_nodes(kl_tree *t)
{
    uint32_t room = t->room == 0 ? FIRST_NODES : t->room * 2;
    if (room > UINT32_MAX / 2 / sizeof *t->nodes) return false;
    kl_node *nodes = realloc(t->nodes, room * sizeof *nodes);
    if (nodes == NULL) return false;
    t->nodes = nodes;
    t->room = room;
    return true;
}

/* Members (`close` is '}') or items up to the closing bracket. */
static bool inside(reader *r, char close)
{
    if (++r->depth > DEPTH_MAX) return fail(r, KL_TREE_TOO_DEEP);
    r->p++;
    blanks(r);
    if (*r->p == close) {
        r->p++;
        r->depth--;
        return true;
    }
    for (;;) {
        kl_span key = {"", 0};
        if (close == '}') {
            if (*r->p != '"') return stray(r);
            if (!string(r, &key)) return false;
            blanks(r);
            if (*r->p != ':') return stray(r);
            r->p++;
            blanks(r);
        }
        if (!value(r, key)) return false;
        blanks(r);
        if (*r->p == close) break;
        if (*r->p != ',') return stray(r);
        r->p++;
        blanks(r);
    }
    r->p++;
    r->depth--;
    return true;
}

static bool content(reader *r, kl_json_type *type, kl_span *text)
{
    switch (*r->p) {
    case '{': *type = KL_JSON_OBJECT; return inside(r, '}');
    case '[': *type = KL_JSON_ARRAY; return inside(r, ']');
    case '"': *type = KL_JSON_STRING; return string(r, text);
    case 't': *type = KL_JSON_TRUE; return literal(r, "true");
    case 'f': *type = KL_JSON_FALSE; return literal(r, "false");
    case 'n': *type = KL_JSON_NULL; return literal(r, "null");
    default: *type = KL_JSON_NUMBER; return number(r, text);
    }
}

static bool value(reader *r, kl_span key)
{
    kl_tree *t = r->tree;
    uint32_t at = t->count;
    kl_json_type type = KL_JSON_NULL;
    kl_span text = {"", 0};
    if (at == t->room && !more_nodes(t)) return fail(r, KL_TREE_NO_MEMORY);
    t->count++;
    if (!content(r, &type, &text)) return false;
    t->nodes[at] = (kl_node){type, t->count, key, text};
    return true;
}

/* A copy to unescape in, with NULs behind it. */
static bool take_copy(kl_tree *t, const char *text, size_t len)
{
    if (t->text_room < len + BEHIND) {
        char *copy = realloc(t->text, len + BEHIND);
        if (copy == NULL) return false;
        t->text = copy;
        t->text_room = len + BEHIND;
    }
    if (len > 0) memcpy(t->text, text, len);
    memset(t->text + len, '\0', BEHIND);
    return true;
}

kl_tree_fault kl_tree_read(kl_tree *t, const char *text, size_t len)
{
    bool bom = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    t->count = 0;
    if (!take_copy(t, bom ? text + 3 : text, bom ? len - 3 : len)) return KL_TREE_NO_MEMORY;
    reader r = {t, t->text, t->text + (bom ? len - 3 : len), 0, KL_TREE_GOOD};
    blanks(&r);
    if (!value(&r, (kl_span){"", 0})) return r.fault;
    blanks(&r);
    return r.p == r.end ? KL_TREE_GOOD : KL_TREE_NOT_JSON;
}

void kl_tree_trim(kl_tree *t)
{
    if (t->room > USUAL_NODES || t->text_room > USUAL_TEXT) kl_tree_free(t);
}

void kl_tree_free(kl_tree *t)
{
    free(t->nodes);
    free(t->text);
    *t = (kl_tree){0};
}

/* ---- looking around ------------------------------------------------------------------------ */

const kl_node *kl_tree_first(const kl_tree *t, const kl_node *of)
{
    const kl_node *first = of + 1;
    bool holds = of->type == KL_JSON_OBJECT || of->type == KL_JSON_ARRAY;
    return holds && first < t->nodes + of->after ? first : NULL;
}

const kl_node *kl_tree_next(const kl_tree *t, const kl_node *of, const kl_node *node)
{
    const kl_node *next = t->nodes + node->after;
    return next < t->nodes + of->after ? next : NULL;
}

const kl_node *kl_tree_member(const kl_tree *t, const kl_node *object, kl_span key)
{
    const kl_node *found = NULL;
    if (object->type != KL_JSON_OBJECT) return NULL;
    for (const kl_node *n = object + 1, *end = t->nodes + object->after; n < end;
         n = t->nodes + n->after)
        if (n->key.len == key.len && memcmp(n->key.text, key.text, key.len) == 0) found = n;
    return found;
}
