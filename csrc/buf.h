/* buf.h - growing bytes with a ceiling given at birth.
 *
 * Owns: one malloc'ed block and its length.
 * Stands on: nothing.
 * Never: passes its ceiling; aborts when memory is short (it says false and keeps what it had).
 */
#ifndef KL_BUF_H
#define KL_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct kl_buf {
    char *data;
    size_t len, cap, max;
} kl_buf;

/* An empty buffer that never holds more than `max` bytes. Allocates nothing yet. */
void kl_buf_init(kl_buf *b, size_t max);
/* Room for `n` more bytes at data+len; NULL when memory is short or the ceiling is reached. */
char *kl_buf_room(kl_buf *b, size_t n);
/* Appends `n` bytes; false (and nothing appended) when they do not fit. Inline: the encoder lives
 * on it. */
static inline bool kl_buf_add(kl_buf *b, const void *bytes, size_t n)
{
    if (n == 0) return true;
    char *room = n <= b->cap - b->len ? b->data + b->len : kl_buf_room(b, n);
    if (room == NULL) return false;
    memcpy(room, bytes, n);
    b->len += n;
    return true;
}
/* Appends a C string. */
bool kl_buf_puts(kl_buf *b, const char *text);
/* Forgets the content, keeps the block. */
void kl_buf_reset(kl_buf *b);
/* Gives the block back; the buffer may be used again. */
void kl_buf_free(kl_buf *b);

#endif
