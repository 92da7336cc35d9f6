/* sign.h - JWT HS256 for Kling's access keys, HMAC for webhooks: thin over OpenSSL's libcrypto.
 *
 * Owns: base64url, the token's three claims, constant-time comparison.
 * Stands on: buf.h, OpenSSL libcrypto.
 * Never: keeps a key; the caller's bytes are only read.
 */
#ifndef KL_SIGN_H
#define KL_SIGN_H

#include "buf.h"
#include <stdint.h>

/* Appends a token: iss = access key, exp = now + 1800, nbf = now - 5 (Kling's own sample).
 * `now` is Unix seconds by the server's clock. False when memory is short. */
bool kl_sign_jwt(kl_buf *out, const char *access_key, const char *secret, size_t secret_len,
                 int64_t now);
/* HMAC-SHA256 of `n` bytes; `mac` gets 32 bytes. */
bool kl_sign_hmac(const void *key, size_t key_len, const void *bytes, size_t n,
                  unsigned char mac[32]);
/* SHA-256 of `n` bytes; `digest` gets 32 bytes. */
bool kl_sign_sha256(const void *bytes, size_t n, unsigned char digest[32]);
/* True when both are the same, in a time that depends on `n` alone. */
bool kl_sign_equal(const void *a, const void *b, size_t n);
/* Cryptographically random bytes; false when the system gives none. */
bool kl_sign_random(void *out, size_t n);
/* Overwrites a secret so that the compiler can't leave it out. */
void kl_sign_wipe(void *secret, size_t n);

#endif
