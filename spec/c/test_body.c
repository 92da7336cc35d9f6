/* test_body.c - bodies with files in them read the same in whatever pieces, from wherever.
 *
 * Owns: one image file in /tmp.
 * Stands on: body.h, check.h.
 * Never: trusts kl_body_length: the body is built a second time, plainly.
 */
#define _GNU_SOURCE 1
#include "body.h"
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/kling-body-XXXXXX";

enum { SIZE = 5000 };
static unsigned char image[SIZE + 2];

static void write_image(size_t n)
{
    static const unsigned char head[] = {0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 1, 44, 1, 144, 3};
    for (size_t i = 0; i < sizeof image; i++) image[i] = (unsigned char)(i * 31 + i / 97);
    memcpy(image, head, sizeof head);
    FILE *f = fopen(path, "wb");
    CHECK(f && fwrite(image, 1, n, f) == n && fclose(f) == 0);
}

static kl_file *opened(void)
{
    kl_image found;
    char why[200] = "";
    kl_file *f = kl_file_open(path, &found, why, sizeof why);
    CHECK_TEXT(why, "");
    return f;
}

/* The same body, built plainly. */
static size_t expected(const char *const *texts, int n, size_t size, char *out)
{
    size_t at = 0;
    for (int i = 0; i < n; i++) {
        size_t length = strlen(texts[i]);
        memcpy(out + at, texts[i], length);
        at += length;
        if (i == n - 1) break;
        kl_base64_encode(image, size, out + at);
        at += (size_t)kl_base64_length(size);
    }
    return at;
}

static bool same_in_pieces(kl_body *b, const char *want, size_t length, size_t piece)
{
    static char got[64];
    for (size_t at = 0; at <= length; at += piece) {
        size_t left = length - at < piece ? length - at : piece;
        memset(got, '#', sizeof got);
        if (kl_body_read(b, at, got, piece) != (long)left || memcmp(got, want + at, left) != 0)
            return false;
        if (got[piece] != '#') return false; /* not a byte too far */
    }
    return true;
}

static void check_body(const char *const *texts, int n, size_t size)
{
    static char want[60000], got[60000];
    kl_body b;
    kl_body_init(&b, 1000);
    write_image(size);
    for (int i = 0; i < n; i++) {
        CHECK(kl_buf_puts(&b.text, texts[i]));
        if (i < n - 1) CHECK(kl_body_add_file(&b, opened()));
    }
    size_t length = expected(texts, n, size, want);
    CHECK_IS(kl_body_length(&b), length);
    CHECK_IS(kl_body_read(&b, 0, got, sizeof got), length);
    CHECK(memcmp(got, want, length) == 0);
    for (size_t piece = 1; piece < 14; piece++) CHECK(same_in_pieces(&b, want, length, piece));
    CHECK(same_in_pieces(&b, want, length, 61));
    CHECK_IS(kl_body_read(&b, length, got, 10), 0);
    kl_body_free(&b);
}

static void test_shapes(void)
{
    static const char *const one[] = {"{\"image\":\"", "\"}"};
    static const char *const two[] = {"{\"image\":\"", "\",\"image_tail\":\"", "\"}"};
    static const char *const bare[] = {"", ""};
    static const char *const adjacent[] = {"<", "", ">"};
    static const char *const none[] = {"{\"prompt\":\"A cat\"}"};
    static const char *const nothing[] = {""};
    for (size_t rest = 0; rest < 3; rest++) {
        check_body(one, 2, SIZE + rest);
        check_body(two, 3, SIZE + rest);
        check_body(bare, 2, SIZE + rest);
        check_body(adjacent, 3, SIZE + rest);
    }
    check_body(one, 2, 12);
    check_body(none, 1, SIZE);
    check_body(nothing, 1, SIZE);
}

static void test_too_many_files(void)
{
    kl_body b;
    kl_body_init(&b, 100);
    for (int i = 0; i < KL_BODY_FILES; i++) CHECK(kl_body_add_file(&b, opened()));
    kl_file *more = opened();
    CHECK(!kl_body_add_file(&b, more));
    kl_file_close(more); /* refused: still ours */
    kl_body_reset(&b);
    CHECK(b.nfiles == 0 && kl_body_length(&b) == 0);
    CHECK(kl_body_add_file(&b, opened()));
    kl_body_free(&b);
    kl_body_free(&b);
}

static void test_changed(void)
{
    static char got[20000];
    kl_body b;
    kl_body_init(&b, 100);
    write_image(SIZE);
    CHECK(kl_buf_puts(&b.text, "abc") && kl_body_add_file(&b, opened()));
    CHECK_IS(kl_body_read(&b, 0, got, 100), 100);
    CHECK(truncate(path, 200) == 0);
    CHECK_IS(kl_body_read(&b, 0, got, 3), 3); /* the text has not changed */
    CHECK_IS(kl_body_read(&b, 0, got, 100), -1);
    CHECK_IS(kl_body_read(&b, 100, got, 3), -1);
    kl_body_free(&b);
}

int main(void)
{
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    if (fd >= 0) close(fd);
    test_shapes();
    test_too_many_files();
    test_changed();
    unlink(path);
    return CHECK_RESULT();
}
