/* error.h - the kinds of failure, and the struct that carries one.
 *
 * Owns: the closed list of kinds and their names, `kl_error`.
 * Stands on: nothing.
 * Never: holds a secret; allocates (texts are cut to fit).
 */
#ifndef KL_ERROR_H
#define KL_ERROR_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* One row a kind: C name, the word users see in `err.kind`. */
#define KL_KINDS(X)                                                                                \
    X(NONE, "none")                                                                                \
    X(INVALID, "invalid")                                                                          \
    X(AUTH, "auth")                                                                                \
    X(PERMISSION, "permission")                                                                    \
    X(QUOTA, "quota")                                                                              \
    X(RATE, "rate")                                                                                \
    X(CONCURRENCY, "concurrency")                                                                  \
    X(POLICY, "policy")                                                                            \
    X(NOT_FOUND, "not_found")                                                                      \
    X(AMBIGUOUS, "ambiguous")                                                                      \
    X(TIMEOUT, "timeout")                                                                          \
    X(FAILED, "failed")                                                                            \
    X(EXPIRED, "expired")                                                                          \
    X(NETWORK, "network")                                                                          \
    X(PROTOCOL, "protocol")                                                                        \
    X(CANCELLED, "cancelled")                                                                      \
    X(BUDGET, "budget")                                                                            \
    X(SERVER, "server")

typedef enum kl_kind {
#define KL_KIND_ENUM(name, word) KL_##name,
    KL_KINDS(KL_KIND_ENUM)
#undef KL_KIND_ENUM
        KL_KIND_COUNT
} kl_kind;

enum { KL_MESSAGE_MAX = 512, KL_CODE_MAX = 64, KL_REQUEST_ID_MAX = 96 };

/* A failure as C remembers it; bridge.c turns it into the table users get. */
typedef struct kl_error {
    kl_kind kind;
    kl_kind cause;      /* for AMBIGUOUS: what went wrong on the way; else NONE */
    bool retryable;     /* the same call may succeed later, and repeating it is safe */
    int status;         /* HTTP status, 0 when no reply came */
    double retry_after; /* seconds the server asked for, < 0 when it did not say */
    char code[KL_CODE_MAX]; /* the service's code, digits or a word; "" when it gave none */
    char request_id[KL_REQUEST_ID_MAX];
    char message[KL_MESSAGE_MAX]; /* one plain sentence */
    const char *hint;             /* what to do; static text or the plan's; NULL when none */
} kl_error;

/* An error of which no more is known than the kind and the sentence. */
static inline void kl_error_set(kl_error *e, kl_kind kind, const char *message)
{
    memset(e, 0, sizeof *e);
    e->kind = kind;
    e->retry_after = -1;
    snprintf(e->message, sizeof e->message, "%s", message);
}

#endif
