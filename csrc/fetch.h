/* fetch.h - one GET that is no question about a task: a list, a download.
 *
 * Owns: the userdata kling.fetch and its transfer, which owns the file it writes to.
 * Stands on: account.h, crank.h, decode.h.
 * Never: sends the key with a result's URL; judges a reply by itself; tries again.
 */
#ifndef KL_FETCH_H
#define KL_FETCH_H

#include "account.h"
#include "crank.h"

#define KL_FETCH "kling.fetch"

typedef struct kl_fetch {
    kl_party party;
    kl_crank *crank;
    kl_transfer *transfer; /* on the way or arrived; NULL: cancelled */
    bool done;
} kl_fetch;

/* Pushes the fetch that get(account, url, options) asks for; `slot`: stack index of the table that
 * keeps the crank alive. What can't even start is done at once, with its fault. [-0, +1, e] */
void kl_fetch_start(lua_State *L, kl_crank *crank, int slot, int account, int url, int options);
/* Makes the class kling.fetch. [-0, +0, e] */
void kl_fetch_register(lua_State *L);

#endif
