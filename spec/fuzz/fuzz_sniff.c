/* fuzz_sniff.c - image headers from strangers: PNG and JPEG, whole, cut and broken.
 *
 * Owns: nothing.
 * Stands on: media.h.
 * Never: lets the sniffer read for ever, or change what it was told to leave alone.
 */
#include "media.h"

#include <stdlib.h>
#include <string.h>

typedef struct bytes {
    const uint8_t *data;
    size_t size, reads;
} bytes;

static size_t read_some(void *source, uint64_t offset, unsigned char *out, size_t n)
{
    bytes *b = source;
    if (++b->reads > b->size + 100) abort(); /* a sniffer that never ends */
    if (offset >= b->size) return 0;
    size_t left = b->size - (size_t)offset;
    if (n > left) n = left;
    memcpy(out, b->data + offset, n);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bytes source = { data, size, 0 };
    kl_image image = { KL_FORMAT_UNKNOWN, 0, 0, 4711 };
    bool known = kl_media_sniff(read_some, &source, &image);
    if (known != (image.format != KL_FORMAT_UNKNOWN)) abort();
    if (image.size != 4711) abort(); /* media.h: the size is left alone */
    return 0;
}
