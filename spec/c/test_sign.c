/* test_sign.c - tokens, HMAC and digests against published and independently made values.
 *
 * Owns: the published and the independently made values.
 * Stands on: sign.h, check.h.
 * Never: computes what it expects by the code under test.
 */
#include "check.h"
#include "sign.h"

static void to_hex(const unsigned char *bytes, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* RFC 4231, test cases 1, 2, 4 and 6. */
static void test_hmac(void)
{
    unsigned char key[131], bytes[50], mac[32];
    char hex[65];
    memset(key, 0x0b, 20);
    CHECK(kl_sign_hmac(key, 20, "Hi There", 8, mac));
    to_hex(mac, 32, hex);
    CHECK_TEXT(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(kl_sign_hmac("Jefe", 4, "what do ya want for nothing?", 28, mac));
    to_hex(mac, 32, hex);
    CHECK_TEXT(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    for (unsigned char i = 0; i < 25; i++) key[i] = (unsigned char)(i + 1);
    memset(bytes, 0xcd, 50);
    CHECK(kl_sign_hmac(key, 25, bytes, 50, mac));
    to_hex(mac, 32, hex);
    CHECK_TEXT(hex, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    memset(key, 0xaa, 131);
    static const char larger[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    CHECK(kl_sign_hmac(key, 131, larger, sizeof larger - 1, mac));
    to_hex(mac, 32, hex);
    CHECK_TEXT(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void test_hmac_of_nothing(void)
{
    unsigned char mac[32];
    char hex[65];
    CHECK(kl_sign_hmac(NULL, 0, "", 0, mac));
    to_hex(mac, 32, hex);
    CHECK_TEXT(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void test_sha256(void)
{
    unsigned char digest[32];
    char hex[65];
    CHECK(kl_sign_sha256("abc", 3, digest)); /* FIPS 180-4, appendix B.1 */
    to_hex(digest, 32, hex);
    CHECK_TEXT(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static const char *token(kl_buf *b, const char *key, const char *secret, int64_t now)
{
    kl_buf_reset(b);
    if (!kl_sign_jwt(b, key, secret, strlen(secret), now) || !kl_buf_add(b, "", 1)) return NULL;
    return b->data;
}

/* Made with PyJWT and checked by it. */
static void test_jwt(void)
{
    kl_buf b;
    kl_buf_init(&b, 4096);
    CHECK_TEXT(token(&b, "ak-1", "secret", 1700000000),
               "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
               "eyJpc3MiOiJhay0xIiwiZXhwIjoxNzAwMDAxODAwLCJuYmYiOjE2OTk5OTk5OTV9."
               "iQeftqUHxQQ3fmW_K9ilkGIVMjPusN3xxqdHc8gJj4Y");
    CHECK_TEXT(token(&b, "a\"b\\c\x01", "", 0),
               "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
               "eyJpc3MiOiJhXHUwMDIyYlx1MDA1Y2NcdTAwMDEiLCJleHAiOjE4MDAsIm5iZiI6LTV9."
               "dSw6W9n8uKNqjgKaI_PD6ESfPuKUmXC8EjP-HGNcRHs");
    kl_buf_free(&b);
}

static void test_jwt_without_room(void)
{
    for (size_t max = 0; max < 180; max += 7) {
        kl_buf b;
        kl_buf_init(&b, max + 7);
        CHECK(kl_buf_puts(&b, "Bearer "));
        bool fits = kl_sign_jwt(&b, "ak-1", "secret", 6, 1700000000);
        CHECK(fits ? b.len > 100 : b.len == 7); /* nothing is left behind */
        kl_buf_free(&b);
    }
}

static void test_equal(void)
{
    CHECK(kl_sign_equal("abcd", "abcd", 4));
    CHECK(!kl_sign_equal("abcd", "abce", 4));
    CHECK(!kl_sign_equal("xbcd", "abcd", 4));
    CHECK(kl_sign_equal("x", "y", 0));
}

static void test_random(void)
{
    unsigned char a[32] = {0}, b[32] = {0};
    CHECK(kl_sign_random(a, sizeof a) && kl_sign_random(b, sizeof b));
    CHECK(memcmp(a, b, sizeof a) != 0);
    CHECK(kl_sign_random(a, 0));
}

static void test_wipe(void)
{
    char secret[] = "sk-123";
    kl_sign_wipe(secret, sizeof secret);
    CHECK(memcmp(secret, "\0\0\0\0\0\0", sizeof secret) == 0);
}

int main(void)
{
    test_hmac();
    test_hmac_of_nothing();
    test_sha256();
    test_jwt();
    test_jwt_without_room();
    test_equal();
    test_random();
    test_wipe();
    return CHECK_RESULT();
}
