/* test_media.c - PNG and JPEG told apart and measured, files that change or are none.
 *
 * Owns: one folder in /tmp.
 * Stands on: media.h, check.h.
 * Never: needs a real picture: headers are all that is looked at.
 */
#define _GNU_SOURCE 1
#include "check.h"
#include "media.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct bytes {
    const unsigned char *data;
    size_t size, reads, most; /* most: given at once */
} bytes;

static size_t give(void *source, uint64_t offset, unsigned char *out, size_t n)
{
    bytes *b = source;
    size_t left = offset < b->size ? b->size - (size_t)offset : 0;
    b->reads++;
    n = n < left ? n : left;
    n = n < b->most ? n : b->most;
    if (n) memcpy(out, b->data + offset, n);
    return n;
}

static kl_image sniffed(const void *data, size_t size)
{
    kl_image whole = {.size = 4711}, pieces = {.size = 4711};
    bytes all = {data, size, 0, size}, one = {data, size, 0, 1};
    bool known = kl_media_sniff(give, &all, &whole);
    CHECK(known == kl_media_sniff(give, &one, &pieces)); /* a byte at a time: the same */
    CHECK(whole.width == pieces.width && whole.height == pieces.height && whole.size == 4711);
    CHECK(known == (whole.format != KL_FORMAT_UNKNOWN));
    return whole;
}

#define PNG "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x04\0\0\0\x03\0\x08\x06\0\0\0"
#define FRAME(marker) "\xFF" marker "\0\x11\x08\x01\x2C\x01\x90\x03"
#define JFIF "\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"

static void test_png(void)
{
    kl_image i = sniffed(PNG, sizeof PNG - 1);
    CHECK(i.format == KL_FORMAT_PNG && i.width == 1024 && i.height == 768);
    i = sniffed(PNG, 20); /* ends before the height */
    CHECK(i.format == KL_FORMAT_PNG && i.width == 0 && i.height == 0);
    i = sniffed("\x89PNG\r\n\x1A\n\0\0\0\rCgBI\0\0\x04\0\0\0\x03\0", 24);
    CHECK(i.format == KL_FORMAT_PNG && i.width == 0);
}

static void test_jpeg(void)
{
    static const struct {
        const char *text;
        size_t size;
        bool measured;
    } cases[] = {
#define CASE(text, measured) {text, sizeof text - 1, measured}
        CASE(JFIF FRAME("\xC0"), true),
        CASE(JFIF FRAME("\xC1"), true),
        CASE(JFIF FRAME("\xC2"), true), /* progressive */
        CASE(JFIF FRAME("\xCF"), true),
        CASE(JFIF FRAME("\xC4"), false), /* DHT, JPG, DAC are no frames */
        CASE(JFIF FRAME("\xC8"), false),
        CASE(JFIF FRAME("\xCC"), false),
        CASE(JFIF "\xFF\xFF\xFF\xFF" FRAME("\xC0"), true),  /* fill bytes */
        CASE(JFIF "\xFF\x01\xFF\xD3" FRAME("\xC0"), true),  /* TEM, RST3: no length */
        CASE(JFIF "\xFF\xFE\0\x04hi" FRAME("\xC0"), true),  /* a comment */
        CASE(JFIF "\xFF\xFE\0\x01hi" FRAME("\xC0"), false), /* a length that can't be */
        CASE(JFIF "\xFF\xD9" FRAME("\xC0"), false),         /* the image has ended */
        CASE(JFIF "\xFF\xDA\0\x02" FRAME("\xC0"), false),   /* its data have begun */
        CASE(JFIF "xx" FRAME("\xC0"), false),
        CASE(JFIF "\xFF\xC0\0\x11\x08\x01", false), /* ends inside the frame header */
        CASE(JFIF "\xFF\xE1\xFF\xFF", false),       /* points behind the end */
        CASE("\xFF\xD8\xFF", false),
    };
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        kl_image i = sniffed(cases[n].text, cases[n].size);
        CHECK(i.format == KL_FORMAT_JPEG);
        CHECK_IS(i.width, cases[n].measured ? 400 : 0);
        CHECK_IS(i.height, cases[n].measured ? 300 : 0);
    }
}

static void test_neither(void)
{
    static const char *const texts[] = {"", "\x89PNG", "GIF89a", "RIFF....WEBPVP8 ", "\xFF\xD8",
                                        "<html>", "BM"};
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++)
        CHECK(sniffed(texts[n], strlen(texts[n])).format == KL_FORMAT_UNKNOWN);
}

/* Metadata in many segments, the frame after ten megabytes of them. */
static void test_large_metadata(void)
{
    enum { SEGMENT = 65537, N = 160 };
    unsigned char *data = calloc(N + 1, SEGMENT);
    memcpy(data, "\xFF\xD8", 2);
    for (size_t n = 0; n < N; n++) memcpy(data + 2 + n * SEGMENT, "\xFF\xE1\xFF\xFF", 4);
    memcpy(data + 2 + (size_t)N * SEGMENT, FRAME("\xC0"), 10);
    kl_image i = sniffed(data, (size_t)N * SEGMENT + 12);
    CHECK(i.width == 400 && i.height == 300);
    free(data);
}

/* Whatever a stranger writes, few reads are made for it. */
static void test_bounded(void)
{
    static unsigned char fill[3000000];
    kl_image image;
    bytes source = {fill, sizeof fill, 0, sizeof fill};
    memset(fill, 0xFF, sizeof fill);
    fill[1] = 0xD8;
    CHECK(kl_media_sniff(give, &source, &image) && image.width == 0 && source.reads < 10000);
    source.reads = 0;
    for (size_t i = 2; i + 4 <= sizeof fill; i += 4) memcpy(fill + i, "\xFF\xE1\0\x02", 4);
    CHECK(kl_media_sniff(give, &source, &image) && image.width == 0 && source.reads < 10000);
}

/* ---- files ---- */

static char folder[] = "/tmp/kling-media-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *written(const char *name, const void *data, size_t n)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, data, n) == (ssize_t)n);
    if (fd >= 0) close(fd);
    return path_of(name);
}

static void test_file(void)
{
    kl_image image;
    char why[200] = "", piece[8];
    int next = dup(0);
    close(next);
    kl_file *f = kl_file_open(written("a.png", PNG, sizeof PNG - 1), &image, why, sizeof why);
    CHECK(f && image.format == KL_FORMAT_PNG && image.width == 1024);
    CHECK(image.size == sizeof PNG - 1 && kl_file_size(f) == sizeof PNG - 1);
    CHECK(fcntl(next, F_GETFD) & FD_CLOEXEC);
    CHECK(kl_file_read(f, 12, piece, 4) == 4 && memcmp(piece, "IHDR", 4) == 0);
    CHECK_IS(kl_file_read(f, sizeof PNG - 3, piece, 8), 2);
    CHECK_IS(kl_file_read(f, sizeof PNG - 1, piece, 8), 0);
    CHECK_IS(kl_file_read(f, UINT64_MAX, piece, 8), 0);
    kl_file_close(f);
    kl_file_close(NULL);
}

static void check_refused(const char *path, const char *end)
{
    kl_image image;
    char why[300] = "";
    CHECK(kl_file_open(path, &image, why, sizeof why) == NULL);
    CHECK(strstr(why, path) && strlen(why) > strlen(end));
    CHECK_TEXT(why + strlen(why) - strlen(end), end);
    char little[8];
    CHECK(kl_file_open(path, &image, little, sizeof little) == NULL && strlen(little) == 7);
}

static void test_no_image_file(void)
{
    check_refused(path_of("missing.png"), "No such file or directory");
    check_refused(folder, "it is no regular file");
    CHECK(mkfifo(path_of("pipe"), 0600) == 0);
    check_refused(path_of("pipe"), "it is no regular file"); /* and doesn't wait for a writer */
    check_refused(written("empty", "", 0), "it is empty");
    check_refused(written("text", "hello", 5), "it is neither PNG nor JPEG");
}

static void test_changed_file(void)
{
    kl_image image;
    char why[200], piece[8];
    const char *path = written("b.png", PNG, sizeof PNG - 1);
    kl_file *f = kl_file_open(path, &image, why, sizeof why);
    CHECK_IS(kl_file_read(f, 0, piece, 8), 8);
    CHECK(truncate(path, 10) == 0);
    CHECK_IS(kl_file_read(f, 0, piece, 8), -1);
    CHECK_IS(kl_file_read(f, 20, piece, 8), -1);
    kl_file_close(f);

    f = kl_file_open(written("b.png", PNG, sizeof PNG - 1), &image, why, sizeof why);
    struct timespec times[2] = {{0, 0}, {1000000000, 0}};
    CHECK_IS(kl_file_read(f, 0, piece, 8), 8);
    CHECK(utimensat(AT_FDCWD, path, times, 0) == 0); /* the same size, another time */
    CHECK_IS(kl_file_read(f, 0, piece, 8), -1);
    kl_file_close(f);

    f = kl_file_open(written("b.png", PNG, sizeof PNG - 1), &image, why, sizeof why);
    CHECK(unlink(path) == 0); /* what was opened is still there */
    CHECK_IS(kl_file_read(f, 0, piece, 8), 8);
    kl_file_close(f);
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    test_png();
    test_jpeg();
    test_neither();
    test_large_metadata();
    test_bounded();
    test_file();
    test_no_image_file();
    test_changed_file();
    static const char *const names[] = {"a.png", "pipe", "empty", "text"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(path_of(names[i]));
    CHECK(rmdir(folder) == 0);
    return CHECK_RESULT();
}
