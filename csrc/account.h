/* account.h - one user's account at one gateway: keys, tokens, request headers, how to get there.
 *
 * Owns: the keys (in C memory only, wiped when it is collected) and the headers made of them.
 * Stands on: sign.h, http.h, bridge.h, scan.h.
 * Never: shows a key: not in errors, not in tostring; Lua gets masked headers only.
 */
#ifndef KL_ACCOUNT_H
#define KL_ACCOUNT_H

#include "bridge.h"
#include "http.h"
#include "scan.h"

#define KL_ACCOUNT "kling.account"

typedef struct kl_account {
    char *api_key, *access_key, *secret_key; /* NULL: not given */
    kl_headers *headers[2];                  /* by kl_method; NULL: to be made */
    kl_net *net;
    double timeout;      /* seconds, of one create or one question */
    double tokens;       /* budget of repeated questions, see task.h */
    double clock_offset; /* seconds the service's clock is ahead of ours */
    double signed_at;    /* by the service's clock */
} kl_account;

kl_account *kl_account_check(lua_State *L, int i);
/* The headers of a request, credentials included, as a reference of the caller's own. NULL: `e`
 * says why (no key given, no memory). */
kl_headers *kl_account_headers(kl_account *a, kl_method method, kl_error *e);
/* Adds what authorizes a request to the caller's own set of headers. */
bool kl_account_authorize(kl_account *a, kl_headers *h, kl_error *e);
/* The service found the token too old or too new: learns its clock from `date` (Unix seconds, 0
 * = not told). False: there is no token to sign anew. */
bool kl_account_resign(kl_account *a, int64_t date);
/* What of the account must not be shown. */
kl_secrets kl_account_secrets(const kl_account *a);
/* Adds `account` to the module table on the top. */
void kl_account_register(lua_State *L);

#endif
