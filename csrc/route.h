/* route.h - one endpoint of one client: where its requests go, and how its replies are read.
 *
 * Owns: URLs, patience and limits, which all tasks of a client and endpoint share.
 * Stands on: account.h, plan.h, decode.h, task.h.
 * Never: changes once made. Its texts live in its slot table, which every task of it keeps alive.
 */
#ifndef KL_ROUTE_H
#define KL_ROUTE_H

#include "account.h"
#include "task.h"

#define KL_ROUTE "kling.route"

/* Places in the slot table. */
enum {
    KL_ROUTE_SELF = 1, KL_ROUTE_ACCOUNT, KL_ROUTE_PLAN, KL_ROUTE_REPLIES, KL_ROUTE_CLIENT,
    KL_ROUTE_ENGINE /* the engine that runs its tasks, once there is one */
};

typedef struct kl_route {
    kl_account *account;
    kl_pace pace;
    const char *gateway, *endpoint;
    const char *urls[4]; /* by kl_purpose; NULL: the gateway has no such thing */
    size_t max_reply;    /* bytes */
    bool mint;
} kl_route;

kl_route *kl_route_check(lua_State *L, int i);
/* The URL of a question; `id` takes the place of {id}. NULL: no memory. The caller frees it. */
char *kl_route_url(const kl_route *r, kl_purpose purpose, const char *id);
/* Adds `route` to the module table on the top. */
void kl_route_register(lua_State *L);

#endif
