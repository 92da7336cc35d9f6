/* test_base64.c - Base64 both ways, and what is refused.
 *
 * Owns: the table of what is accepted and what is refused, with the sentence.
 * Stands on: media.h, check.h; OpenSSL's encoder as a second opinion.
 * Never: opens a file.
 */
#include "check.h"
#include "media.h"

#include <openssl/evp.h>
#include <stdlib.h>

static void test_encode_like_openssl(void)
{
    unsigned char bytes[400];
    char ours[600];
    unsigned char theirs[600];
    bool same = true;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 151 + 7);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        kl_base64_encode(bytes, n, ours);
        EVP_EncodeBlock(theirs, bytes, (int)n);
        size_t length = strlen((char *)theirs);
        same = same && kl_base64_length(n) == length && memcmp(ours, theirs, length) == 0;
    }
    CHECK(same);
    CHECK(kl_base64_length(UINT64_C(1) << 60) == ((UINT64_C(1) << 60) / 3 + 1) * 4);
}

/* The reader of body.c puts the bytes at the end of the room and lets them be encoded forwards. */
static void test_encode_in_place(void)
{
    enum { GROUPS = 1000 };
    static char room[GROUPS * 4], apart[GROUPS * 4];
    static unsigned char bytes[GROUPS * 3];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 13 + i / 256);
    memcpy(room + GROUPS, bytes, sizeof bytes);
    kl_base64_encode(bytes, sizeof bytes, apart);
    kl_base64_encode(room + GROUPS, sizeof bytes, room);
    CHECK(memcmp(room, apart, sizeof room) == 0);
}

typedef struct good {
    const char *text, *mime, *digits;
    uint64_t decoded;
    bool clean;
} good;

static void test_accepts(void)
{
    static const good cases[] = {
        {"QUJD", "", "QUJD", 3, true},
        {"QUI=", "", "QUI=", 2, true},
        {"QQ==", "", "QQ==", 1, true},
        {"QU\r\nJD", "", "QUJD", 3, false},
        {" Q\tU J D\n", "", "QUJD", 3, false},
        {"QUJD\n", "", "QUJD", 3, true},
        {"QUI =", "", "QUI=", 2, false},
        {"+/+/", "", "+/+/", 3, true},
        {"data:image/png;base64,QUJD", "image/png", "QUJD", 3, true},
        {"  DATA:image/jpeg;charset=x;BASE64, QUJD", "image/jpeg", "QUJD", 3, true},
        {"data:;base64,QQ==", "", "QQ==", 1, true},
        {"data:application/x-a-very-long-type-of-media;base64,QQ==",
         "application/x-a-very-long-type-", "QQ==", 1, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kl_base64_text t;
        char why[100] = "", copy[64] = "";
        CHECK(kl_base64_check(cases[i].text, strlen(cases[i].text), &t, why, sizeof why));
        kl_base64_copy(&t, copy);
        CHECK_TEXT(copy, cases[i].digits);
        CHECK_TEXT(t.mime, cases[i].mime);
        CHECK_TEXT(why, "");
        CHECK(t.decoded == cases[i].decoded && t.clean == cases[i].clean);
        CHECK(t.digits == strlen(cases[i].digits));
    }
}

static void test_refuses(void)
{
    static const char *const cases[][2] = {
        {"", "it is empty"},
        {" \n", "it is empty"},
        {"====", "it is empty"},
        {"data:image/png;base64,", "it is empty"},
        {"QUJ", "it is not Base64: its length is not a multiple of 4"},
        {"QUJDQ", "it is not Base64: its length is not a multiple of 4"},
        {"Q===", "it is not Base64: its length is not a multiple of 4"},
        {"QQ=A", "it is not Base64: padding in the middle"},
        {"QQ==QUJD", "it is not Base64: padding in the middle"},
        {"QU-_", "it is not Base64: character 3 is '-'"},
        {"QU\x80""D", "it is not Base64: byte 3 is 0x80"},
        {"https://example.com/a.png", "it is not Base64: character 6 is ':'"},
        {"data:image/png,QUJD", "it is a data: URL that is not Base64"},
        {"data:image/png;base64", "it is a data: URL without a comma"},
        {"data:base64,QUJD", "it is a data: URL that is not Base64"},
        {"data:,", "it is a data: URL that is not Base64"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kl_base64_text t;
        char why[100] = "";
        CHECK(!kl_base64_check(cases[i][0], strlen(cases[i][0]), &t, why, sizeof why));
        CHECK_TEXT(why, cases[i][1]);
    }
}

/* One wrong byte is found wherever it stands in a long text, white space is counted everywhere. */
static void test_every_place(void)
{
    char text[200], why[100];
    kl_base64_text t;
    memset(text, 'A', sizeof text);
    bool found = true, counted = true;
    for (size_t at = 0; at < sizeof text; at++) {
        text[at] = '*';
        found = !kl_base64_check(text, sizeof text, &t, why, sizeof why) && found;
        text[at] = ' ';
        counted = !kl_base64_check(text, sizeof text, &t, why, sizeof why) && counted;
        counted = counted && t.digits == 199;
        text[at] = 'A';
    }
    CHECK(found && counted);
    CHECK(kl_base64_check(text, sizeof text, &t, why, sizeof why) && t.digits == 200);
}

static void test_nul_inside(void)
{
    kl_base64_text t;
    char why[100];
    CHECK(!kl_base64_check("QU\0D", 4, &t, why, sizeof why));
    CHECK_TEXT(why, "it is not Base64: byte 3 is 0x00");
}

/* Each length, once clean and once with a line break every five characters. */
static void test_decode(void)
{
    unsigned char bytes[100], back[100];
    char clean[140], broken[200], why[100];
    kl_base64_text t;
    bool same = true;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 91);
    for (size_t n = 1; n <= sizeof bytes; n++) {
        size_t length = (size_t)kl_base64_length(n), at = 0;
        kl_base64_encode(bytes, n, clean);
        for (size_t i = 0; i < length; i++) {
            if (i % 5 == 4) broken[at++] = '\n';
            broken[at++] = clean[i];
        }
        const char *texts[] = {clean, broken};
        size_t lengths[] = {length, at};
        for (int i = 0; i < 2; i++) {
            same = kl_base64_check(texts[i], lengths[i], &t, why, sizeof why) && same;
            kl_base64_decode(&t, back);
            same = same && t.decoded == n && memcmp(back, bytes, n) == 0;
        }
    }
    CHECK(same);
}

/* A JPEG whose frame header stands behind 40,000 bytes of other things. */
static void test_sniff(void)
{
    enum { N = 40030 };
    static unsigned char jpeg[N] = {0xFF, 0xD8, 0xFF, 0xE1, 0x9C, 0x40};
    static char text[N * 2], broken[N * 2];
    static const unsigned char frame[] = {0xFF, 0xC2, 0, 17, 8, 0x02, 0x58, 0x03, 0x20};
    kl_base64_text t;
    kl_image image;
    char why[100];
    size_t at = 0;
    memcpy(jpeg + 4 + 0x9C40, frame, sizeof frame);
    kl_base64_encode(jpeg, N, text);
    size_t length = (size_t)kl_base64_length(N);
    for (size_t i = 0; i < length; i++) {
        if (i % 76 == 0) broken[at++] = '\n';
        broken[at++] = text[i];
    }
    CHECK(kl_base64_check(text, length, &t, why, sizeof why) && kl_base64_sniff(&t, &image));
    CHECK(image.format == KL_FORMAT_JPEG && image.width == 800 && image.height == 600);
    CHECK_IS(image.size, N);
    CHECK(kl_base64_check(broken, at, &t, why, sizeof why) && kl_base64_sniff(&t, &image));
    CHECK(image.format == KL_FORMAT_JPEG && image.width == 800 && image.height == 600);
    CHECK(kl_base64_check("QUJDRA==", 8, &t, why, sizeof why) && !kl_base64_sniff(&t, &image));
}

int main(void)
{
    test_encode_like_openssl();
    test_encode_in_place();
    test_accepts();
    test_refuses();
    test_every_place();
    test_nul_inside();
    test_decode();
    test_sniff();
    return CHECK_RESULT();
}
