/* text.h - UTF-8 counted, JSON strings and numbers written, names compared.
 *
 * Owns: everything that looks at characters one by one.
 * Stands on: buf.h.
 * Never: touches Lua.
 */
#ifndef KL_TEXT_H
#define KL_TEXT_H

#include "buf.h"
#include <stdint.h>

/* Whether a text is ASCII that JSON holds as it is (no control character, quote or backslash):
 * the usual case, found in one pass. */
bool kl_text_plain(const char *text, size_t len);
/* Counts Unicode code points; false when the bytes are not valid UTF-8 (RFC 3629) or hold a NUL.
 * `bad` gets the offset of the first wrong byte. */
bool kl_utf8_count(const char *text, size_t len, size_t *points, size_t *bad);
/* The longest prefix of at most `max` bytes that does not cut a character. */
size_t kl_utf8_cut(const char *text, size_t len, size_t max);

/* JSON (RFC 8259), shortest forms: only `"`, `\` and control characters are escaped. */
bool kl_json_string(kl_buf *out, const char *text, size_t len);
/* The same for a text that is known to be plain. */
bool kl_json_plain(kl_buf *out, const char *text, size_t len);
bool kl_json_integer(kl_buf *out, int64_t n);
/* The shortest digits that read back as the same double; `x` must be finite. */
bool kl_json_number(kl_buf *out, double x);

/* Whether a text starts with http:// or https://, in small letters. */
static inline bool kl_is_http(const char *text)
{
    const char *p = text;
    if (*p++ != 'h' || *p++ != 't' || *p++ != 't' || *p++ != 'p') return false;
    if (*p == 's') p++;
    return *p++ == ':' && *p++ == '/' && *p == '/';
}

/* Edits (insert, delete, change, swap) between two names, at most 40 bytes looked at. */
int kl_edit_distance(const char *a, const char *b);

/* Decimal digits with an optional minus into a number; false when there is anything else in the
 * text or it does not fit. */
bool kl_parse_whole(const char *text, size_t len, int64_t *n);

#endif
