/* body.c - a request body: bytes, with files standing in it as Base64.
 *
 * Owns: the text of the body and the open files inserted into it.
 * Stands on: buf.h, media.h.
 * Never: holds more of a file than the piece just asked for.
 */
#include "body.h"

#include <limits.h>
#include <string.h>

void kl_body_init(kl_body *b, size_t max)
{
    memset(b, 0, sizeof *b);
    kl_buf_init(&b->text, max);
}

bool kl_body_add_file(kl_body *b, kl_file *file)
{
    if (b->nfiles == KL_BODY_FILES)
        return false;
    b->files[b->nfiles].at = b->text.len;
    b->files[b->nfiles].file = file;
    b->nfiles++;
    return true;
}

static uint64_t encoded_length(const kl_body *b, int i)
{
    return kl_base64_length(kl_file_size(b->files[i].file));
}

uint64_t kl_body_length(const kl_body *b)
{
    uint64_t length = b->text.len;
    for (int i = 0; i < b->nfiles; i++)
        length += encoded_length(b, i);
    return length;
}

/* A part of one group of four characters: the ends of a piece that doesn't fall on groups. */
static long read_group(kl_file *file, uint64_t offset, char *out, size_t n)
{
    unsigned char three[3];
    char four[4];
    size_t skip = (size_t)(offset % 4), give = 4 - skip < n ? 4 - skip : n;
    long got = kl_file_read(file, offset / 4 * 3, three, sizeof three);
    if (got <= 0)
        return -1;
    kl_base64_encode(three, (size_t)got, four);
    memcpy(out, four + skip, give);
    return (long)give;
}

/* Whole groups, at least one: the raw bytes are read into the last three quarters of `out` and
 * encoded from there to its front, which never overtakes what is still to be read. */
static long read_groups(kl_file *file, uint64_t offset, char *out, size_t n)
{
    size_t groups = n / 4;
    long got = kl_file_read(file, offset / 4 * 3, out + groups, groups * 3);
    if (got <= 0)
        return -1;
    kl_base64_encode(out + groups, (size_t)got, out);
    return (long)kl_base64_length((uint64_t)got);
}

static long read_file(kl_file *file, uint64_t offset, char *out, size_t n)
{
    return offset % 4 || n < 4 ? read_group(file, offset, out, n)
                               : read_groups(file, offset, out, n);
}

static long read_text(const kl_body *b, size_t from, size_t to, char *out, size_t n)
{
    size_t give = to - from < n ? to - from : n;
    memcpy(out, b->text.data + from, give);
    return (long)give;
}

/* One piece from `offset` on: text up to the next file, or a part of one file. */
static long read_piece(kl_body *b, uint64_t offset, char *out, size_t n)
{
    uint64_t before = 0; /* bytes of the files passed so far */
    for (int i = 0; i < b->nfiles; i++) {
        uint64_t start = before + b->files[i].at, length = encoded_length(b, i);
        if (offset < start)
            return read_text(b, (size_t)(offset - before), b->files[i].at, out, n);
        if (offset < start + length)
            return read_file(b->files[i].file, offset - start, out, n);
        before += length;
    }
    return offset - before < b->text.len
               ? read_text(b, (size_t)(offset - before), b->text.len, out, n)
               : 0;
}

long kl_body_read(kl_body *b, uint64_t offset, char *out, size_t n)
{
    size_t done = 0;
    if (n > LONG_MAX)
        n = LONG_MAX;
    while (done < n) {
        long got = read_piece(b, offset + done, out + done, n - done);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (long)done;
}

void kl_body_reset(kl_body *b)
{
    for (int i = 0; i < b->nfiles; i++)
        kl_file_close(b->files[i].file);
    b->nfiles = 0;
    kl_buf_reset(&b->text);
}

void kl_body_free(kl_body *b)
{
    kl_body_reset(b);
    kl_buf_free(&b->text);
}
