/* take.c - what makes a value in a reply usable; declared in reader.h.
 *
 * Owns: the kl_take_ functions. Stands on: reader.h. Never: looks beyond the one value.
 */
#include "reader.h"

#include <stdio.h>

static const double MILLISECONDS = 1e11; /* times from here on are not in seconds */
static const double TIME_END = 1e15;

/* ---- ids ---------------------------------------------------------------------------------- */

static bool all_digits(kl_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.text[i] < '0' || text.text[i] > '9') return false;
    return text.len > 0;
}

/* A text, or the digits of a whole number as they are written, however many; "" for 0, which stands
 * for no id, and for what is neither. False when there is something that can't be copied. */
static bool copy(const kl_node *value, char *to, size_t size)
{
    kl_span text = value->text;
    bool number = value->type == KL_JSON_NUMBER;
    to[0] = '\0';
    if (!number && value->type != KL_JSON_STRING) return true;
    if (number && !all_digits(text)) return false;
    if (number && text.len == 1 && text.text[0] == '0') return true;
    if (text.len >= size || memchr(text.text, '\0', text.len) != NULL) return false;
    memcpy(to, text.text, text.len);
    to[text.len] = '\0';
    return true;
}

/* It goes into a URL's path: dots alone would climb there, and a slash would split it. */
static bool is_askable(const char *id)
{
    for (const char *c = id; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~' || *c == '/' || *c == '\\') return false;
    return strspn(id, ".") < strlen(id);
}

bool kl_take_id(kl_reader *rd, const kl_node *value, void *out)
{
    kl_id *id = out;
    (void)rd;
    bool copied = copy(value, id->text, KL_ID_MAX - 1);
    if (copied && id->text[0] == '\0') return false;
    id->bad = !copied || !is_askable(id->text);
    if (id->bad) id->text[0] = '\0';
    return true;
}

bool kl_take_label(kl_reader *rd, const kl_node *value, void *out)
{
    char *label = out;
    (void)rd;
    bool copied = copy(value, label, KL_ID_MAX);
    for (const char *c = label; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F) copied = false;
    if (!copied) label[0] = '\0';
    return label[0] != '\0';
}

/* ---- texts -------------------------------------------------------------------------------- */

bool kl_take_span(kl_reader *rd, const kl_node *value, void *out)
{
    kl_span *span = out;
    (void)rd;
    if (value->type != KL_JSON_STRING) return false;
    *span = value->text;
    return span->len > 0;
}

bool kl_take_url(kl_reader *rd, const kl_node *value, void *out)
{
    kl_span *url = out;
    if (!kl_take_span(rd, value, url)) return false;
    size_t scheme = kl_scan_starts(*url, "https://") ? 8 : kl_scan_starts(*url, "http://") ? 7 : 0;
    if (scheme == 0 || url->len == scheme) return false;
    for (size_t i = 0; i < url->len; i++)
        if ((unsigned char)url->text[i] <= ' ' || url->text[i] == 0x7F) return false;
    return true;
}

bool kl_take_words(kl_reader *rd, const kl_node *value, void *out)
{
    kl_span *words = out;
    if (kl_take_url(rd, value, words) || !kl_take_span(rd, value, words)) return false;
    return kl_reader_word(rd, KL_WORDS_NO_REASON, *words) == 0;
}

/* The code's words: a number is written shortly, however the reply writes it. */
static kl_span code_text(const kl_node *value, char *room, size_t size)
{
    double x;
    if (value->type != KL_JSON_NUMBER || all_digits(value->text)) return value->text;
    if (!kl_tree_number(value->text, &x)) return (kl_span){"", 0};
    snprintf(room, size, "%.14g", x);
    return (kl_span){room, strlen(room)};
}

bool kl_take_code(kl_reader *rd, const kl_node *value, void *out)
{
    char *code = out, room[40];
    code[0] = '\0';
    if (value->type != KL_JSON_NUMBER && value->type != KL_JSON_STRING) return false;
    kl_span text = code_text(value, room, sizeof room);
    if (kl_reader_word(rd, KL_WORDS_GOOD_CODES, text) != 0)
        return false;
    kl_scan_clean(code, KL_CODE_MAX, text, rd->ours);
    return code[0] != '\0';
}

bool kl_take_present(kl_reader *rd, const kl_node *value, void *out)
{
    (void)rd;
    (void)out;
    return value->type != KL_JSON_NULL;
}

/* ---- numbers ------------------------------------------------------------------------------ */

bool kl_take_number(kl_reader *rd, const kl_node *value, void *out)
{
    (void)rd;
    if (value->type != KL_JSON_NUMBER && value->type != KL_JSON_STRING) return false;
    return kl_tree_number(value->text, out);
}

bool kl_take_percent(kl_reader *rd, const kl_node *value, void *out)
{
    double *part = out, x = -1;
    kl_node number = *value;
    kl_span *text = &number.text;
    bool string = number.type == KL_JSON_STRING && text->len > 0;
    if (string && text->text[text->len - 1] == '%') text->len--;
    if (!kl_take_number(rd, &number, &x) || !(x >= 0)) return false;
    *part = x < 100 ? x / 100 : 1;
    return true;
}

bool kl_take_time(kl_reader *rd, const kl_node *value, void *out)
{
    double x = 0;
    if (!kl_take_number(rd, value, &x) || x < 1 || x >= TIME_END) return false;
    *(int64_t *)out = (int64_t)(x < MILLISECONDS ? x : x / 1000);
    return true;
}
