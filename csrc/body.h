/* body.h - a request body: bytes, with files standing in it as Base64.
 *
 * Owns: the text of the body and the open files inserted into it.
 * Stands on: buf.h, media.h.
 * Never: holds a file's Base64 in memory; it is made while the body is read.
 */
#ifndef KL_BODY_H
#define KL_BODY_H

#include "buf.h"
#include "media.h"

enum { KL_BODY_FILES = 10 }; /* image, image_tail, static_mask, six dynamic masks, one to spare */

typedef struct kl_body {
    kl_buf text;
    struct {
        size_t at; /* the file stands before text.data[at] */
        kl_file *file;
    } files[KL_BODY_FILES];
    int nfiles;
} kl_body;

/* `max`: ceiling of the text alone, in bytes. */
void kl_body_init(kl_body *b, size_t max);
/* Puts a file (owned from now on) at the end of the text written so far; false when full. */
bool kl_body_add_file(kl_body *b, kl_file *file);
/* Length of the whole body in bytes. */
uint64_t kl_body_length(const kl_body *b);
/* Reads on from `offset` (0 <= offset <= length); returns bytes written, 0 at the end, -1 when a
 * file failed or changed. Any offset may be asked for, so a body can be read again. */
long kl_body_read(kl_body *b, uint64_t offset, char *out, size_t n);
/* Empties it: files are closed, the text's block is kept for the next body. */
void kl_body_reset(kl_body *b);
/* Gives everything back, files included. */
void kl_body_free(kl_body *b);

#endif
