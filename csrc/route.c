/* route.c - see route.h.
 *
 * Owns: `core.route` and the defaults of its options.
 * Stands on: route.h, plan.h, decode.h.
 * Never: knows a gateway's paths; Lua gives whole URLs.
 */
#include "route.h"

#include "decode.h"
#include "plan.h"

#include <stdlib.h>

enum { URL_MAX = 8192 };

kl_route *kl_route_check(lua_State *L, int i)
{
    return luaL_checkudata(L, i, KL_ROUTE);
}

/* ---- URLs -------------------------------------------------------------------------------- */

char *kl_route_url(const kl_route *r, kl_purpose purpose, const char *id)
{
    const char *url = r->urls[purpose], *hole = strstr(url, "{id}");
    kl_buf out;
    kl_buf_init(&out, URL_MAX);
    bool good = hole == NULL
                    ? kl_buf_puts(&out, url)
                    : kl_buf_add(&out, url, (size_t)(hole - url)) &&
                          kl_http_escape(&out, id, strlen(id)) && kl_buf_puts(&out, hole + 4);
    if (good && kl_buf_add(&out, "", 1)) return out.data;
    kl_buf_free(&out);
    return NULL;
}

/* ---- core.route -------------------------------------------------------------------------- */

/* Seconds; the contract of kl_pace. */
static void read_pace(lua_State *L, kl_pace *p)
{
    *p = (kl_pace){
        .create_timeout = kl_option_number(L, 1, "create_timeout", 60),
        .lookup_timeout = kl_option_number(L, 1, "lookup_timeout", 30),
        .absent_after = kl_option_number(L, 1, "absent_after", 120),
        .retry_for = kl_option_number(L, 1, "retry_for", 120),
        .retry_base = kl_option_number(L, 1, "retry_base", 0.5),
        .retry_max = kl_option_number(L, 1, "retry_max", 20),
        .not_found_grace = kl_option_number(L, 1, "not_found_grace", 30),
        .first = 5, .growth = 1.3, .jitter = 0.2, .interval_max = 15,
    };
    if (!kl_option_push(L, 1, "polling")) return;
    luaL_checktype(L, -1, LUA_TTABLE);
    int t = lua_gettop(L);
    p->first = kl_option_number(L, t, "first", p->first);
    p->growth = kl_option_number(L, t, "growth", p->growth);
    p->jitter = kl_option_number(L, t, "jitter", p->jitter);
    p->interval_max = kl_option_number(L, t, "interval_max", p->interval_max);
    lua_pop(L, 1);
    luaL_argcheck(L, p->first > 0 && p->interval_max > 0, 1, "polling needs intervals above 0");
    luaL_argcheck(L, p->jitter < 1, 1, "polling.jitter must be below 1");
}

/* Copies an option into the slot table on the top. */
static void keep(lua_State *L, const char *name, int place)
{
    lua_getfield(L, 1, name);
    lua_rawseti(L, -2, place);
}

/* The text of an option, kept alive under its own name. */
static const char *keep_text(lua_State *L, const char *name)
{
    const char *text = kl_option_string(L, 1, name, NULL);
    lua_getfield(L, 1, name);
    lua_setfield(L, -2, name);
    return text;
}

/* URLs without credentials that may be used with this account. */
static const char *keep_url(lua_State *L, const kl_route *r, const char *name, bool needed)
{
    char why[256];
    const char *url = keep_text(L, name);
    if (url == NULL && needed) luaL_error(L, "option %s is needed", name);
    if (url != NULL && !kl_net_allows(r->account->net, url, why, sizeof why))
        luaL_error(L, "%s: %s", name, why);
    return url;
}

static void read_links(lua_State *L, kl_route *r)
{
    lua_getfield(L, 1, "account");
    r->account = kl_account_check(L, -1);
    lua_getfield(L, 1, "plan");
    kl_plan_check(L, -1);
    lua_getfield(L, 1, "replies");
    kl_replies_check(L, -1);
    lua_pop(L, 3);
}

static void read_texts(lua_State *L, kl_route *r)
{
    static const char *const NAMES[] = {"create_url", "status_url", "lookup_url", "list_url"};
    r->gateway = keep_text(L, "gateway");
    r->endpoint = keep_text(L, "endpoint");
    for (int i = KL_FOR_CREATE; i <= KL_FOR_LIST; i++)
        r->urls[i] = keep_url(L, r, NAMES[i], i <= KL_FOR_STATUS);
    r->pace.lookup = r->urls[KL_FOR_LOOKUP] != NULL;
    r->pace.list = r->urls[KL_FOR_LIST] != NULL;
}

/* core.route{...} */
static int route(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    kl_route *r = kl_class_make(L, KL_ROUTE, sizeof *r);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    kl_setslot(L, -3);
    read_links(L, r);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, KL_ROUTE_SELF);
    keep(L, "account", KL_ROUTE_ACCOUNT);
    keep(L, "plan", KL_ROUTE_PLAN);
    keep(L, "replies", KL_ROUTE_REPLIES);
    keep(L, "client", KL_ROUTE_CLIENT);
    read_pace(L, &r->pace);
    read_texts(L, r);
    r->max_reply = (size_t)kl_option_number(L, 1, "max_reply", 16 << 20);
    r->mint = kl_option_flag(L, 1, "mint", true);
    lua_pop(L, 1);
    return 1;
}

void kl_route_register(lua_State *L)
{
    static const luaL_Reg NONE[] = {{NULL, NULL}};
    kl_class_new(L, KL_ROUTE, NONE, NONE);
    lua_pushcfunction(L, route);
    lua_setfield(L, -2, "route");
}
