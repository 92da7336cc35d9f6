/* media.c - image files: recognise PNG and JPEG, measure them, keep the checked file open.
 *
 * Owns: the sniffing of PNG and JPEG, an opened image file. (Base64 is in base64.c.)
 * Stands on: POSIX files.
 * Never: reads more of an image than its headers to recognise it; walks for ever in a hostile one.
 */
#define _GNU_SOURCE 1
#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PNG_HEAD = 24,   /* signature, IHDR's length and name, width, height */
    JPEG_HEAD = 9,   /* marker, length, precision, height, width */
    JPEG_STEPS = 4096 /* segments and fill bytes looked at before giving up */
};

/* As many of `n` bytes as there are: a reader may give them in pieces. */
static size_t fetch(kl_read_at read, void *source, uint64_t offset, unsigned char *out, size_t n)
{
    size_t got = 0, more;
    while (got < n && (more = read(source, offset + got, out + got, n - got)) > 0)
        got += more;
    return got;
}

static uint32_t be16(const unsigned char *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t be32(const unsigned char *p)
{
    return be16(p) << 16 | be16(p + 2);
}

/* IHDR must be the first chunk (PNG specification, 5.6). */
static void png_sides(const unsigned char *head, size_t n, kl_image *image)
{
    if (n < PNG_HEAD || memcmp(head + 12, "IHDR", 4) != 0)
        return;
    image->width = be32(head + 16);
    image->height = be32(head + 20);
}

/* Frame headers are C0 to CF, but for DHT, JPG and DAC (ITU T.81, table B.1). */
static bool is_frame(unsigned char marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* TEM and RSTn have no length behind them. */
static bool stands_alone(unsigned char marker)
{
    return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
}

/* Bytes from this marker to the next; 0: the headers end here. */
static uint64_t jpeg_stride(const unsigned char *head, size_t n)
{
    if (n < 2 || head[0] != 0xFF)
        return 0;
    if (head[1] == 0xFF)
        return 1; /* a fill byte */
    if (stands_alone(head[1]))
        return 2;
    bool over = n < 4 || head[1] == 0xD9 || head[1] == 0xDA || be16(head + 2) < 2;
    return over ? 0 : 2 + (uint64_t)be16(head + 2);
}

static void jpeg_sides(kl_read_at read, void *source, kl_image *image)
{
    unsigned char head[JPEG_HEAD];
    uint64_t at = 2, stride = 0;
    for (int step = 0; step < JPEG_STEPS; step++, at += stride) {
        size_t n = fetch(read, source, at, head, sizeof head);
        stride = jpeg_stride(head, n);
        if (stride == 0)
            return;
        if (!is_frame(head[1]))
            continue;
        if (n == JPEG_HEAD) {
            image->height = be16(head + 5);
            image->width = be16(head + 7);
        }
        return;
    }
}

bool kl_media_sniff(kl_read_at read, void *source, kl_image *image)
{
    static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    static const unsigned char jpeg[] = {0xFF, 0xD8, 0xFF};
    unsigned char head[PNG_HEAD];
    size_t n = fetch(read, source, 0, head, sizeof head);
    image->format = KL_FORMAT_UNKNOWN;
    image->width = image->height = 0;
    if (n >= sizeof png && memcmp(head, png, sizeof png) == 0) {
        image->format = KL_FORMAT_PNG;
        png_sides(head, n, image);
    } else if (n >= sizeof jpeg && memcmp(head, jpeg, sizeof jpeg) == 0) {
        image->format = KL_FORMAT_JPEG;
        jpeg_sides(read, source, image);
    }
    return image->format != KL_FORMAT_UNKNOWN;
}

struct kl_file {
    int fd;
    struct stat was;
};

#ifdef __APPLE__
#define MTIME(s) ((s)->st_mtimespec)
#else
#define MTIME(s) ((s)->st_mtim)
#endif

static bool unchanged(const kl_file *f)
{
    struct stat is;
    return fstat(f->fd, &is) == 0 && is.st_size == f->was.st_size &&
           MTIME(&is).tv_sec == MTIME(&f->was).tv_sec &&
           MTIME(&is).tv_nsec == MTIME(&f->was).tv_nsec;
}

static ssize_t read_at(int fd, void *out, size_t n, uint64_t offset)
{
    ssize_t got;
    do
        got = pread(fd, out, n, (off_t)offset);
    while (got < 0 && errno == EINTR);
    return got;
}

static size_t read_for_sniff(void *source, uint64_t offset, unsigned char *out, size_t n)
{
    const kl_file *f = source;
    ssize_t got = read_at(f->fd, out, n, offset);
    return got > 0 ? (size_t)got : 0;
}

/* O_NONBLOCK: opening a FIFO must not wait for somebody to write to it. */
static int open_to_read(const char *path)
{
    int fd;
    do
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* What is wrong with an opened file; NULL when nothing is. */
static const char *objection(kl_file *f, kl_image *image)
{
    if (fstat(f->fd, &f->was) != 0)
        return strerror(errno);
    if (!S_ISREG(f->was.st_mode))
        return "it is no regular file";
    image->size = (uint64_t)f->was.st_size;
    if (image->size == 0)
        return "it is empty";
    return kl_media_sniff(read_for_sniff, f, image) ? NULL : "it is neither PNG nor JPEG";
}

kl_file *kl_file_open(const char *path, kl_image *image, char *why, size_t n)
{
    kl_file *f = malloc(sizeof *f);
    *image = (kl_image){0};
    if (!f) {
        snprintf(why, n, "memory ran out");
        return NULL;
    }
    f->fd = open_to_read(path);
    const char *wrong = f->fd < 0 ? strerror(errno) : objection(f, image);
    if (!wrong)
        return f;
    snprintf(why, n, "the file \"%s\" can't be used: %s", path, wrong);
    kl_file_close(f);
    return NULL;
}

long kl_file_read(kl_file *f, uint64_t offset, void *out, size_t n)
{
    uint64_t size = kl_file_size(f), left = offset < size ? size - offset : 0;
    size_t want = n < left ? n : (size_t)left, got = 0;
    if (want > LONG_MAX)
        want = LONG_MAX;
    while (got < want) {
        ssize_t more = read_at(f->fd, (char *)out + got, want - got, offset + got);
        if (more <= 0)
            return -1;
        got += (size_t)more;
    }
    return unchanged(f) ? (long)got : -1; /* asked afterwards, so that nothing slips in between */
}

uint64_t kl_file_size(const kl_file *f)
{
    return (uint64_t)f->was.st_size;
}

void kl_file_close(kl_file *f)
{
    if (!f)
        return;
    if (f->fd >= 0)
        close(f->fd);
    free(f);
}
