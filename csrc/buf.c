/* buf.c - growing bytes with a ceiling given at birth.
 *
 * Owns: the policy of growth: double, but at least what is asked for and never past the ceiling.
 * Stands on: nothing.
 * Never: shrinks a block; changes the content when it has to say no.
 */
#include "buf.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 256 };

void kl_buf_init(kl_buf *b, size_t max)
{
    *b = (kl_buf){.max = max};
}

static size_t grown(const kl_buf *b, size_t need)
{
    size_t cap = b->cap < FIRST_BLOCK / 2 ? FIRST_BLOCK : b->cap > b->max / 2 ? b->max : b->cap * 2;
    if (cap < need)
        cap = need;
    return cap > b->max ? b->max : cap;
}

char *kl_buf_room(kl_buf *b, size_t n)
{
    if (n > b->max || b->len > b->max - n)
        return NULL;
    if (b->data && n <= b->cap - b->len)
        return b->data + b->len;
    size_t cap = grown(b, b->len + n);
    char *data = realloc(b->data, cap ? cap : 1);
    if (!data)
        return NULL;
    b->data = data;
    b->cap = cap;
    return data + b->len;
}

bool kl_buf_puts(kl_buf *b, const char *text)
{
    return kl_buf_add(b, text, strlen(text));
}

void kl_buf_reset(kl_buf *b)
{
    b->len = 0;
}

void kl_buf_free(kl_buf *b)
{
    free(b->data);
    kl_buf_init(b, b->max);
}
