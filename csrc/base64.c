/* base64.c - Base64 (RFC 4648, 4): encode fast, check what users give, look inside.
 *
 * Owns: the Base64 half of media.h.
 * Stands on: media.h.
 * Never: allocates; decodes a whole text.
 */
#define _GNU_SOURCE 1
#include "media.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#if defined __x86_64__ && defined __GNUC__
#include <tmmintrin.h>
#endif

/* ---- encoding: two characters by one look-up of twelve bits ---- */

#define EACH(F, c)                                                                                 \
    F(c, "A") F(c, "B") F(c, "C") F(c, "D") F(c, "E") F(c, "F") F(c, "G") F(c, "H") F(c, "I")      \
    F(c, "J") F(c, "K") F(c, "L") F(c, "M") F(c, "N") F(c, "O") F(c, "P") F(c, "Q") F(c, "R")      \
    F(c, "S") F(c, "T") F(c, "U") F(c, "V") F(c, "W") F(c, "X") F(c, "Y") F(c, "Z") F(c, "a")      \
    F(c, "b") F(c, "c") F(c, "d") F(c, "e") F(c, "f") F(c, "g") F(c, "h") F(c, "i") F(c, "j")      \
    F(c, "k") F(c, "l") F(c, "m") F(c, "n") F(c, "o") F(c, "p") F(c, "q") F(c, "r") F(c, "s")      \
    F(c, "t") F(c, "u") F(c, "v") F(c, "w") F(c, "x") F(c, "y") F(c, "z") F(c, "0") F(c, "1")      \
    F(c, "2") F(c, "3") F(c, "4") F(c, "5") F(c, "6") F(c, "7") F(c, "8") F(c, "9") F(c, "+")      \
    F(c, "/")
#define PAIR(c, d) c d
/* The preprocessor expands no macro within itself, so the outer list is spelled row by row. */
#define ROW(c) EACH(PAIR, c)
static const char pairs[] = ROW("A") ROW("B") ROW("C") ROW("D") ROW("E") ROW("F") ROW("G") ROW("H")
    ROW("I") ROW("J") ROW("K") ROW("L") ROW("M") ROW("N") ROW("O") ROW("P") ROW("Q") ROW("R")
    ROW("S") ROW("T") ROW("U") ROW("V") ROW("W") ROW("X") ROW("Y") ROW("Z") ROW("a") ROW("b")
    ROW("c") ROW("d") ROW("e") ROW("f") ROW("g") ROW("h") ROW("i") ROW("j") ROW("k") ROW("l")
    ROW("m") ROW("n") ROW("o") ROW("p") ROW("q") ROW("r") ROW("s") ROW("t") ROW("u") ROW("v")
    ROW("w") ROW("x") ROW("y") ROW("z") ROW("0") ROW("1") ROW("2") ROW("3") ROW("4") ROW("5")
    ROW("6") ROW("7") ROW("8") ROW("9") ROW("+") ROW("/");

uint64_t kl_base64_length(uint64_t n)
{
    return (n / 3 + (n % 3 != 0)) * 4;
}

static void put_pair(char *out, unsigned twelve_bits)
{
    memcpy(out, pairs + 2 * twelve_bits, 2);
}

static void put_three(char *out, const unsigned char *in)
{
    unsigned v = (unsigned)in[0] << 16 | (unsigned)in[1] << 8 | in[2];
    put_pair(out, v >> 12);
    put_pair(out + 2, v & 0xFFF);
}

/* Six bytes to eight characters; written out so that all six are read before one is written. */
static void put_six(char *out, const unsigned char *in)
{
    uint64_t v = (uint64_t)in[0] << 40 | (uint64_t)in[1] << 32 | (uint64_t)in[2] << 24 |
                 (uint64_t)in[3] << 16 | (uint64_t)in[4] << 8 | in[5];
    put_pair(out, (unsigned)(v >> 36));
    put_pair(out + 2, (unsigned)(v >> 24) & 0xFFF);
    put_pair(out + 4, (unsigned)(v >> 12) & 0xFFF);
    put_pair(out + 6, (unsigned)v & 0xFFF);
}

static void put_rest(char *out, const unsigned char *in, size_t n)
{
    unsigned char three[3] = {0};
    memcpy(three, in, n);
    put_three(out, three);
    memset(out + n + 1, '=', 3 - n);
}

#if defined __x86_64__ && defined __GNUC__
#define TARGET __attribute__((target("ssse3"))) /* any x86-64 since 2008, asked for at run time */

/* Twelve bytes to sixteen values of six bits. Each lane of 32 bits gets three bytes b a c b, in
 * which every value lies within one half; multiplying shifts the halves by different widths. */
TARGET static __m128i split_twelve(const unsigned char *in)
{
    const __m128i order = _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    __m128i lanes = _mm_loadu_si128((const __m128i *)(const void *)in);
    lanes = _mm_shuffle_epi8(lanes, order);
    __m128i down = _mm_mulhi_epu16(_mm_and_si128(lanes, _mm_set1_epi32(0x0FC0FC00)),
                                   _mm_set1_epi32(0x04000040));
    __m128i up = _mm_mullo_epi16(_mm_and_si128(lanes, _mm_set1_epi32(0x003F03F0)),
                                 _mm_set1_epi32(0x01000010));
    return _mm_or_si128(down, up);
}

/* Values to characters: what must be added depends on the range alone, A a 0 + /. Values up to 25
 * get range 13, up to 51 range 0, each later one a range of its own. */
TARGET static __m128i spell(__m128i values)
{
    const __m128i add = _mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                      '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62,
                                      '/' - 63, 'A', 0, 0);
    __m128i range = _mm_subs_epu8(values, _mm_set1_epi8(51));
    __m128i first = _mm_cmpgt_epi8(_mm_set1_epi8(26), values);
    range = _mm_or_si128(range, _mm_and_si128(first, _mm_set1_epi8(13)));
    return _mm_add_epi8(values, _mm_shuffle_epi8(add, range));
}

/* As far as sixteen bytes may be read; returns how many were encoded, a multiple of twelve. */
TARGET static size_t encode_fast(const unsigned char *in, size_t n, char *out)
{
    size_t done = 0;
    if (!__builtin_cpu_supports("ssse3"))
        return 0;
    for (; n - done >= 16; done += 12, out += 16)
        _mm_storeu_si128((__m128i *)(void *)out, spell(split_twelve(in + done)));
    return done;
}
#else
static size_t encode_fast(const unsigned char *in, size_t n, char *out)
{
    (void)in, (void)n, (void)out;
    return 0;
}
#endif

void kl_base64_encode(const void *bytes, size_t n, char *out)
{
    const unsigned char *in = bytes;
    size_t done = encode_fast(in, n, out);
    in += done;
    out += done / 3 * 4;
    n -= done;
    for (; n >= 6; n -= 6, in += 6, out += 8)
        put_six(out, in);
    for (; n >= 3; n -= 3, in += 3, out += 4)
        put_three(out, in);
    if (n)
        put_rest(out, in, n);
}

/* ---- checking ---- */

enum { DIGIT = 0x80, PAD = 1, SPACE = 2 }; /* 0: no character of Base64 */

#define D(n) (DIGIT | (n))
#define TWO(c, n) [c] = D(n), [(c) + 1] = D((n) + 1)
#define FOUR(c, n) TWO(c, n), TWO((c) + 2, (n) + 2)
static const unsigned char classes[256] = {
    FOUR('A', 0), FOUR('E', 4), FOUR('I', 8), FOUR('M', 12), FOUR('Q', 16), FOUR('U', 20),
    TWO('Y', 24), FOUR('a', 26), FOUR('e', 30), FOUR('i', 34), FOUR('m', 38), FOUR('q', 42),
    FOUR('u', 46), TWO('y', 50), FOUR('0', 52), FOUR('4', 56), TWO('8', 60), ['+'] = D(62),
    ['/'] = D(63), ['='] = PAD, [' '] = SPACE, ['\t'] = SPACE, ['\r'] = SPACE, ['\n'] = SPACE,
};

static unsigned char class_of(char c)
{
    return classes[(unsigned char)c];
}

enum { BLOCK = 32 };

/* Whether the next BLOCK characters are all digits: one test a block, not one a character. */
static bool all_digits(const char *text)
{
    unsigned char all = DIGIT;
    for (int i = 0; i < BLOCK; i++)
        all &= class_of(text[i]);
    return all != 0;
}

static bool refuse(char *why, size_t n, const char *sentence)
{
    snprintf(why, n, "%s", sentence);
    return false;
}

static bool refuse_character(char *why, size_t n, char c, size_t at)
{
    if (c > ' ' && c < 0x7F)
        snprintf(why, n, "it is not Base64: character %zu is '%c'", at + 1, c);
    else
        snprintf(why, n, "it is not Base64: byte %zu is 0x%02X", at + 1, (unsigned char)c);
    return false;
}

/* Counts digits, padding and white space of t->start, and finds what doesn't belong there. */
static bool scan(kl_base64_text *t, size_t *padding, char *why, size_t n)
{
    for (size_t i = 0; i < t->len; i++) {
        while (*padding == 0 && t->len - i > BLOCK && all_digits(t->start + i)) {
            i += BLOCK;
            t->digits += BLOCK;
        }
        unsigned char class = class_of(t->start[i]);
        if (class == 0)
            return refuse_character(why, n, t->start[i], i);
        if ((class & DIGIT) && *padding)
            return refuse(why, n, "it is not Base64: padding in the middle");
        *padding += class == PAD;
        t->digits += class != SPACE;
    }
    return true;
}

static void trim(kl_base64_text *t)
{
    for (; t->len && class_of(t->start[0]) == SPACE; t->len--)
        t->start++;
    while (t->len && class_of(t->start[t->len - 1]) == SPACE)
        t->len--;
}

/* Steps over `data:<mime>[;<parameter>]*;base64,` (RFC 2397). */
static bool skip_prefix(kl_base64_text *t, char *why, size_t n)
{
    static const char mark[] = ";base64";
    if (t->len < 5 || strncasecmp(t->start, "data:", 5) != 0)
        return true;
    const char *comma = memchr(t->start, ',', t->len);
    const char *mime = t->start + 5, *words = mime;
    if (!comma)
        return refuse(why, n, "it is a data: URL without a comma");
    if ((size_t)(comma - mime) < sizeof mark - 1 ||
        strncasecmp(comma - (sizeof mark - 1), mark, sizeof mark - 1) != 0)
        return refuse(why, n, "it is a data: URL that is not Base64");
    while (*words != ';')
        words++;
    size_t length = (size_t)(words - mime) < sizeof t->mime ? (size_t)(words - mime)
                                                            : sizeof t->mime - 1;
    memcpy(t->mime, mime, length);
    t->len -= (size_t)(comma + 1 - t->start);
    t->start = comma + 1;
    trim(t);
    return true;
}

bool kl_base64_check(const char *text, size_t len, kl_base64_text *t, char *why, size_t n)
{
    size_t padding = 0;
    *t = (kl_base64_text){.start = text, .len = len};
    trim(t);
    if (!skip_prefix(t, why, n) || !scan(t, &padding, why, n))
        return false;
    if (t->digits == padding)
        return refuse(why, n, "it is empty");
    if (t->digits % 4 != 0 || padding > 2)
        return refuse(why, n, "it is not Base64: its length is not a multiple of 4");
    t->decoded = t->digits / 4 * 3 - padding;
    t->clean = t->digits == t->len;
    return true;
}

void kl_base64_copy(const kl_base64_text *t, char *out)
{
    if (t->clean) {
        memcpy(out, t->start, t->len);
        return;
    }
    for (size_t i = 0; i < t->len; i++)
        if (class_of(t->start[i]) != SPACE)
            *out++ = t->start[i];
}

/* ---- looking inside ---- */

/* Where a forward walk over the digits stands; white space makes positions unequal to digits. */
typedef struct cursor {
    const kl_base64_text *text;
    size_t at;      /* in text->start */
    uint64_t group; /* of four digits, the next to be read */
} cursor;

/* The next digit's value, or -1 at padding and at the end. */
static int next_digit(cursor *c)
{
    while (c->at < c->text->len) {
        unsigned char class = class_of(c->text->start[c->at++]);
        if (class != SPACE)
            return class & DIGIT ? class & 0x3F : -1;
    }
    return -1;
}

/* Decodes one group; returns how many bytes it stands for (0 at the end). */
static size_t next_group(cursor *c, unsigned char out[3])
{
    unsigned v = 0;
    size_t digits = 0;
    for (int i = 0; i < 4; i++) {
        int digit = next_digit(c);
        v = v << 6 | (digit < 0 ? 0 : (unsigned)digit);
        digits += digit >= 0;
    }
    c->group++;
    out[0] = (unsigned char)(v >> 16);
    out[1] = (unsigned char)(v >> 8);
    out[2] = (unsigned char)v;
    return digits > 1 ? digits - 1 : 0;
}

static void go_to_group(cursor *c, uint64_t group)
{
    if (c->text->clean || group < c->group) {
        c->at = c->text->clean ? (size_t)(group * 4) : 0;
        c->group = c->text->clean ? group : 0;
    }
    for (unsigned char skipped[3]; c->group < group && next_group(c, skipped);)
        ;
}

static size_t read_decoded(void *source, uint64_t offset, unsigned char *out, size_t n)
{
    cursor *c = source;
    unsigned char three[3];
    if (offset >= c->text->decoded)
        return 0;
    go_to_group(c, offset / 3);
    size_t skip = (size_t)(offset % 3), got = next_group(c, three);
    if (got <= skip)
        return 0;
    size_t give = got - skip < n ? got - skip : n;
    memcpy(out, three + skip, give);
    return give;
}

void kl_base64_decode(const kl_base64_text *t, unsigned char *out)
{
    cursor c = {.text = t};
    unsigned char three[3];
    for (size_t n; (n = next_group(&c, three)) > 0; out += n)
        memcpy(out, three, n);
}

bool kl_base64_sniff(const kl_base64_text *t, kl_image *image)
{
    cursor c = {.text = t};
    image->size = t->decoded;
    return kl_media_sniff(read_decoded, &c, image);
}
