/* test_buf.c - growing bytes keep their ceiling and their content.
 *
 * Owns: nothing.
 * Stands on: buf.h, check.h.
 * Never: asks for more than an address space holds.
 */
#include "buf.h"
#include "check.h"

#include <stdint.h>
#include <stdlib.h>

static void test_grows(void)
{
    kl_buf b;
    kl_buf_init(&b, 100000);
    CHECK(b.data == NULL && b.len == 0);
    bool added = true;
    for (int i = 0; i < 100000; i++)
        added = kl_buf_add(&b, &(char){(char)('a' + i % 26)}, 1) && added;
    CHECK(added && !kl_buf_puts(&b, "x"));
    bool right = true;
    for (int i = 0; i < 100000; i++) right = right && b.data[i] == 'a' + i % 26;
    CHECK(right && b.len == 100000 && b.cap == 100000);
    kl_buf_free(&b);
}

static void test_ceiling(void)
{
    kl_buf b;
    kl_buf_init(&b, 10);
    CHECK(kl_buf_puts(&b, "12345678"));
    CHECK(!kl_buf_puts(&b, "abc"));
    CHECK(b.len == 8 && memcmp(b.data, "12345678", 8) == 0);
    CHECK(kl_buf_puts(&b, "90") && b.len == 10);
    CHECK(!kl_buf_puts(&b, "x") && kl_buf_puts(&b, ""));
    CHECK(kl_buf_room(&b, 0) == b.data + 10);
    CHECK(!kl_buf_room(&b, SIZE_MAX) && !kl_buf_room(&b, SIZE_MAX - 9));
    kl_buf_free(&b);
}

static void test_no_ceiling_overflow(void)
{
    kl_buf b;
    kl_buf_init(&b, SIZE_MAX);
    CHECK(kl_buf_puts(&b, "x"));
    CHECK(!kl_buf_room(&b, SIZE_MAX)); /* len + n would wrap */
    CHECK(!kl_buf_room(&b, SIZE_MAX / 4));
    CHECK(b.len == 1 && b.data[0] == 'x');
    kl_buf_free(&b);
}

static void test_again(void)
{
    kl_buf b;
    kl_buf_init(&b, 1000);
    kl_buf_puts(&b, "first");
    char *block = b.data;
    kl_buf_reset(&b);
    CHECK(b.len == 0 && b.data == block);
    kl_buf_puts(&b, "second");
    CHECK(b.data == block && b.len == 6);
    kl_buf_free(&b);
    CHECK(b.data == NULL && b.cap == 0 && b.max == 1000);
    CHECK(kl_buf_puts(&b, "third") && b.len == 5);
    kl_buf_free(&b);
    kl_buf_free(&b);
}

static void test_nothing(void)
{
    kl_buf b;
    kl_buf_init(&b, 0);
    CHECK(kl_buf_room(&b, 0) != NULL);
    CHECK(!kl_buf_add(&b, "x", 1));
    CHECK(kl_buf_add(&b, NULL, 0));
    kl_buf_free(&b);
}

int main(void)
{
    test_grows();
    test_ceiling();
    test_no_ceiling_overflow();
    test_again();
    test_nothing();
    return CHECK_RESULT();
}
