/* sign.c - JWT HS256 for Kling's access keys, HMAC for webhooks: thin over OpenSSL's libcrypto.
 *
 * Owns: base64url, the token's three claims, constant-time comparison.
 * Stands on: buf.h, OpenSSL libcrypto.
 * Never: keeps a key, or a copy of one.
 */
#define _DEFAULT_SOURCE 1 /* getentropy */
#include "sign.h"

#include <inttypes.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#if defined(__linux__)
#include <unistd.h>
#endif

enum {
    LIFETIME = 1800, /* seconds; Kling's docs, sample code */
    EARLIER = 5,     /* seconds by which nbf lies in the past; the same sample */
    CLAIMS_MAX = 4096
};

/* OpenSSL writes failures on a list of the thread's, where the host program's next TLS call would
 * find ours. */
static bool forget_errors(bool good)
{
    ERR_pop_to_mark();
    return good;
}

bool kl_sign_hmac(const void *key, size_t key_len, const void *bytes, size_t n,
                  unsigned char mac[32])
{
    unsigned int len = 0;
    if (key_len > INT_MAX)
        return false;
    ERR_set_mark();
    return forget_errors(
        HMAC(EVP_sha256(), key_len ? key : "", (int)key_len, bytes, n, mac, &len) && len == 32);
}

bool kl_sign_sha256(const void *bytes, size_t n, unsigned char digest[32])
{
    ERR_set_mark();
    return forget_errors(EVP_Digest(bytes, n, digest, NULL, EVP_sha256(), NULL) == 1);
}

bool kl_sign_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

bool kl_sign_random(void *out, size_t n)
{
#if defined(__linux__)
    if (n <= 256 && getentropy(out, n) == 0) /* a tenth of the instructions of RAND_bytes */
        return true;
#endif
    ERR_set_mark();
    return forget_errors(n <= INT_MAX && RAND_bytes(out, (int)n) == 1);
}

void kl_sign_wipe(void *secret, size_t n)
{
    OPENSSL_cleanse(secret, n);
}

/* The URL-safe alphabet of RFC 4648, no padding: what JWT wants (RFC 7515, 2). */
static bool add_base64url(kl_buf *out, const void *bytes, size_t n)
{
    char *at = kl_buf_room(out, (n + 2) / 3 * 4 + 1); /* EVP_EncodeBlock ends with a NUL */
    if (!at)
        return false;
    EVP_EncodeBlock((unsigned char *)at, bytes, (int)n);
    for (size_t i = 0; at[i] && at[i] != '='; i++, out->len++)
        at[i] = at[i] == '+' ? '-' : at[i] == '/' ? '_' : at[i];
    return true;
}

static bool add_json_byte(kl_buf *out, unsigned char c)
{
    char text[8];
    if (c < 0x20 || c == '"' || c == '\\')
        snprintf(text, sizeof text, "\\u%04x", c);
    else
        snprintf(text, sizeof text, "%c", c);
    return kl_buf_puts(out, text);
}

static bool add_claims(kl_buf *out, const char *access_key, int64_t now)
{
    char times[96];
    bool ok = kl_buf_puts(out, "{\"iss\":\"");
    for (const char *c = access_key; ok && *c; c++)
        ok = add_json_byte(out, (unsigned char)*c);
    snprintf(times, sizeof times, "\",\"exp\":%" PRId64 ",\"nbf\":%" PRId64 "}", now + LIFETIME,
             now - EARLIER);
    return ok && kl_buf_puts(out, times);
}

static bool add_token(kl_buf *out, const kl_buf *claims, const char *secret, size_t secret_len)
{
    static const char header[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    size_t start = out->len;
    unsigned char mac[32];
    return add_base64url(out, header, sizeof header - 1) && kl_buf_puts(out, ".") &&
           add_base64url(out, claims->data, claims->len) &&
           kl_sign_hmac(secret, secret_len, out->data + start, out->len - start, mac) &&
           kl_buf_puts(out, ".") && add_base64url(out, mac, sizeof mac);
}

bool kl_sign_jwt(kl_buf *out, const char *access_key, const char *secret, size_t secret_len,
                 int64_t now)
{
    size_t before = out->len;
    kl_buf claims;
    kl_buf_init(&claims, CLAIMS_MAX);
    bool ok = add_claims(&claims, access_key, now) && add_token(out, &claims, secret, secret_len);
    kl_buf_free(&claims);
    if (!ok)
        out->len = before;
    return ok;
}
