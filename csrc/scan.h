/* scan.h - a stranger's text: what is hidden in it, and how to show it safely.
 *
 * Owns: everything that looks into messages and bodies whose JSON was not or could not be parsed.
 * Stands on: text.h.
 * Never: touches Lua; allocates; lets a secret, a control character or half a character through.
 */
#ifndef KL_SCAN_H
#define KL_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* A stretch of somebody else's bytes; not ended by a NUL. */
typedef struct kl_span {
    const char *text;
    size_t len;
} kl_span;

/* Our own secrets, which a stranger may repeat; NULL where there is none. */
enum { KL_SECRETS = 3 };
typedef struct kl_secrets {
    const char *text[KL_SECRETS];
} kl_secrets;

/* Appends a stranger's words to the C string `out` of `size` bytes: blanks and control characters
 * become one blank, wrong UTF-8 becomes "?", our secrets and what looks like a key or token are
 * masked, and what does not fit is cut between characters, shown by "...". `ours` may be NULL. */
void kl_scan_clean(char *out, size_t size, kl_span words, const kl_secrets *ours);
/* Does `phrase` occur, whatever the case of its ASCII letters? */
bool kl_scan_has(kl_span text, const char *phrase);
/* Does the text start with `prefix`, whatever the case? */
bool kl_scan_starts(kl_span text, const char *prefix);
/* The value of the next `"key":` written in the text as JSON, however often its quotes are escaped
 * and even if its end is missing; a string's value without quotes. `rest` moves behind it. */
bool kl_scan_key(kl_span *rest, const char *key, kl_span *value);
/* The innermost message when the words are an error reply themselves, else the words. */
kl_span kl_scan_plainest(kl_span words);
/* The id in "... (request id: 2026...)", an empty span when there is none. */
kl_span kl_scan_request_id(kl_span text);
#endif
