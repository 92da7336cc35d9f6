/* media.h - image files and Base64: recognise, measure, encode in pieces.
 *
 * Owns: the sniffing of PNG and JPEG, image sides, Base64 both ways, an opened image file.
 * Stands on: buf.h, error.h.
 * Never: holds a whole file, or a whole file's Base64, in memory.
 */
#ifndef KL_MEDIA_H
#define KL_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum kl_format { KL_FORMAT_UNKNOWN, KL_FORMAT_PNG, KL_FORMAT_JPEG } kl_format;

typedef struct kl_image {
    kl_format format;
    uint32_t width, height; /* pixels; 0 when the header ended before telling */
    uint64_t size;          /* bytes, decoded */
} kl_image;

/* Gives up to `n` bytes at `offset` to `out`; returns how many (0 at the end). Lets one sniffer
 * read files and Base64 text alike. */
typedef size_t (*kl_read_at)(void *source, uint64_t offset, unsigned char *out, size_t n);

/* Recognises an image and reads its sides. False: neither PNG nor JPEG. Leaves image->size as it
 * is. */
bool kl_media_sniff(kl_read_at read, void *source, kl_image *image);

/* A file opened for sending. */
typedef struct kl_file kl_file;
/* NULL with a sentence in `why` (at most `n` bytes) when it can't be opened, is no regular file,
 * or is no PNG/JPEG. Fills `image`. The file stays open until kl_file_close, so what was checked is
 * what is sent. */
kl_file *kl_file_open(const char *path, kl_image *image, char *why, size_t n);
/* Bytes at an offset; -1 when reading fails or the file's size has changed since it was opened. */
long kl_file_read(kl_file *f, uint64_t offset, void *out, size_t n);
uint64_t kl_file_size(const kl_file *f);
void kl_file_close(kl_file *f);

/* Base64 (RFC 4648, with padding). Encoded length of n bytes. */
uint64_t kl_base64_length(uint64_t n);
/* Encodes n bytes; `out` has room for kl_base64_length(n). Only the last piece of a stream may have
 * n not divisible by 3. */
void kl_base64_encode(const void *bytes, size_t n, char *out);

/* What kl_base64_check found out about a text the user gave. */
typedef struct kl_base64_text {
    const char *start; /* behind a `data:` prefix */
    size_t len;        /* up to the end, white space included */
    size_t digits;     /* characters that count: alphabet and padding */
    uint64_t decoded;  /* bytes it stands for */
    bool clean;        /* no white space inside: may be copied as it is */
    char mime[32];     /* of the data: prefix, "" when there was none */
} kl_base64_text;
/* False with a sentence in `why` when the text is not Base64 (bad character, bad length, padding in
 * the middle, a data: prefix that is not `;base64`, or empty). */
bool kl_base64_check(const char *text, size_t len, kl_base64_text *t, char *why, size_t n);
/* Copies the digits of a checked text without white space; `out` has room for t->digits. */
void kl_base64_copy(const kl_base64_text *t, char *out);
/* Decodes a checked text; `out` has room for t->decoded. */
void kl_base64_decode(const kl_base64_text *t, unsigned char *out);
/* Sniffs the image inside a checked text, decoding no more than it needs. */
bool kl_base64_sniff(const kl_base64_text *t, kl_image *image);

#endif
