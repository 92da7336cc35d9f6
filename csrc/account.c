/* account.c - see account.h.
 *
 * Owns: `core.account`.
 * Stands on: account.h, clock.h, task.h for the size of the budget.
 * Never: hands a key to Lua or to a message.
 */
#include "account.h"

#include "clock.h"
#include "sign.h"
#include "task.h"

#include <stdlib.h>

/* Kling's tokens live 1800 s and are valid from 5 s before they were signed (its own sample). */
enum { TOKEN_LIFE = 1800, TOKEN_EARLY = 5, RESIGN_BEFORE = 60, LONGEST_LINE = 16384 };
enum { MASK_SHOWN = 4, MASK_FROM = 12 };

kl_account *kl_account_check(lua_State *L, int i)
{
    return luaL_checkudata(L, i, KL_ACCOUNT);
}

/* ---- keys -------------------------------------------------------------------------------- */

static void forget_headers(kl_account *a)
{
    for (int i = 0; i < 2; i++) {
        if (a->headers[i] != NULL) kl_headers_release(a->headers[i]);
        a->headers[i] = NULL;
    }
}

static void wipe(char **key)
{
    if (*key == NULL) return;
    kl_sign_wipe(*key, strlen(*key));
    free(*key);
    *key = NULL;
}

static void forget_keys(kl_account *a)
{
    forget_headers(a);
    wipe(&a->api_key);
    wipe(&a->access_key);
    wipe(&a->secret_key);
}

/* Keys become part of a header line: visible characters only. `name` is for the message, which
 * never shows the key. */
static const char *check_key(lua_State *L, const char *name, const char *key, size_t len)
{
    if (len == 0) luaL_error(L, "%s is empty", name);
    if (len > LONGEST_LINE / 2) luaL_error(L, "%s is too long to be a key", name);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)key[i] <= ' ' || (unsigned char)key[i] >= 127)
            luaL_error(L, "%s has a character in it that no key has, at place %d", name,
                       (int)i + 1);
    return key;
}

static void keep_key(lua_State *L, char **place, const char *key)
{
    size_t n = strlen(key) + 1;
    *place = malloc(n);
    if (*place == NULL) kl_raise_memory(L);
    memcpy(*place, key, n);
}

static const char *key_argument(lua_State *L, int i, const char *name)
{
    size_t len;
    const char *key = luaL_checklstring(L, i, &len);
    return check_key(L, name, key, len);
}

static int set_key(lua_State *L)
{
    kl_account *a = kl_account_check(L, 1);
    const char *key = key_argument(L, 2, "api_key");
    forget_keys(a);
    keep_key(L, &a->api_key, key);
    return 0;
}

static int set_keys(lua_State *L)
{
    kl_account *a = kl_account_check(L, 1);
    const char *access = key_argument(L, 2, "access_key");
    const char *secret = key_argument(L, 3, "secret_key");
    forget_keys(a);
    keep_key(L, &a->access_key, access);
    keep_key(L, &a->secret_key, secret);
    return 0;
}

static int has_key(lua_State *L)
{
    const kl_account *a = kl_account_check(L, 1);
    lua_pushboolean(L, a->api_key != NULL || a->secret_key != NULL);
    return 1;
}

kl_secrets kl_account_secrets(const kl_account *a)
{
    return (kl_secrets){{a->api_key, a->access_key, a->secret_key}};
}

/* ---- headers ----------------------------------------------------------------------------- */

/* What may pass: the request was not made, let alone sent. */
static bool no_memory(kl_error *e)
{
    kl_error_set(e, KL_NETWORK, "memory ran out");
    e->retryable = true;
    return false;
}

static double server_clock(const kl_account *a)
{
    return kl_clock_wall() + a->clock_offset;
}

/* A token is made anew before it runs out, and when somebody has set the clock back. */
static bool is_stale(const kl_account *a)
{
    double age = server_clock(a) - a->signed_at;
    return a->api_key == NULL && (age > TOKEN_LIFE - RESIGN_BEFORE || age < -TOKEN_EARLY);
}

static bool write_token(kl_account *a, kl_buf *line)
{
    if (a->api_key != NULL) return kl_buf_puts(line, a->api_key);
    if (is_stale(a)) {
        forget_headers(a);
        a->signed_at = server_clock(a);
    }
    return kl_sign_jwt(line, a->access_key, a->secret_key, strlen(a->secret_key),
                       (int64_t)a->signed_at);
}

bool kl_account_authorize(kl_account *a, kl_headers *h, kl_error *e)
{
    if (a->api_key == NULL && a->secret_key == NULL) {
        kl_error_set(e, KL_AUTH, "no key was given");
        e->hint = "give api_key (or access_key and secret_key) to kling.new";
        return false;
    }
    kl_buf line;
    kl_buf_init(&line, LONGEST_LINE);
    bool good = kl_buf_puts(&line, "Authorization: Bearer ") && write_token(a, &line) &&
                kl_buf_add(&line, "", 1) && kl_headers_add(h, line.data);
    if (line.data != NULL) kl_sign_wipe(line.data, line.cap);
    kl_buf_free(&line);
    return good || no_memory(e);
}

/* What a request with a body says beside who it is from. Every line costs libcurl a dozen
 * comparisons a request, so there are no more than needed. */
static const char CONTENT_TYPE[] = "Content-Type: application/json";

static kl_headers *make_headers(kl_account *a, kl_method method, kl_error *e)
{
    kl_headers *h = kl_headers_new();
    bool good = h != NULL && (method == KL_GET || kl_headers_add(h, CONTENT_TYPE));
    if (!good) no_memory(e);
    if (good && kl_account_authorize(a, h, e)) return h;
    if (h != NULL) kl_headers_release(h);
    return NULL;
}

kl_headers *kl_account_headers(kl_account *a, kl_method method, kl_error *e)
{
    if (is_stale(a)) forget_headers(a);
    if (a->headers[method] == NULL) a->headers[method] = make_headers(a, method, e);
    return a->headers[method] == NULL ? NULL : kl_headers_retain(a->headers[method]);
}

bool kl_account_resign(kl_account *a, int64_t date)
{
    if (a->api_key != NULL) return false;
    if (date != 0) a->clock_offset = (double)date - kl_clock_wall();
    a->signed_at = 0;
    forget_headers(a);
    return true;
}

/* ---- what Lua sees ----------------------------------------------------------------------- */

static void push_pair(lua_State *L, int list, const char *name, const char *value)
{
    lua_createtable(L, 2, 0);
    lua_pushstring(L, name);
    lua_rawseti(L, -2, 1);
    lua_pushstring(L, value);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, list, (int)kl_rawlen(L, list) + 1);
}

/* The end of a long key tells two keys apart without telling either. */
static const char *mask(const kl_account *a)
{
    if (a->api_key == NULL) return "";
    size_t n = strlen(a->api_key);
    return n < MASK_FROM ? "" : a->api_key + n - MASK_SHOWN;
}

/* account:headers("json"|"get"): what would be sent, the key masked. */
static int headers(lua_State *L)
{
    static const char *const WHICH[] = {"get", "json", NULL};
    const kl_account *a = kl_account_check(L, 1);
    kl_method method = luaL_checkoption(L, 2, "get", WHICH) == 0 ? KL_GET : KL_POST;
    lua_newtable(L);
    int list = lua_gettop(L);
    if (method == KL_POST) push_pair(L, list, "Content-Type", strchr(CONTENT_TYPE, ':') + 2);
    lua_pushfstring(L, "Bearer ***%s", mask(a));
    push_pair(L, list, "Authorization", lua_tostring(L, -1));
    lua_settop(L, list);
    return 1;
}

static int describe(lua_State *L)
{
    lua_pushfstring(L, "kling.account %p", (const void *)kl_account_check(L, 1));
    return 1;
}

static int collect(lua_State *L)
{
    kl_account *a = kl_account_check(L, 1);
    forget_keys(a);
    if (a->net != NULL) kl_net_release(a->net);
    a->net = NULL;
    return 0;
}

static void keep_option(lua_State *L, int t, const char *name, char **place)
{
    const char *text = kl_option_string(L, t, name, NULL);
    if (text == NULL) return;
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ') luaL_error(L, "option %s has a control character in it", name);
    keep_key(L, place, text);
}

static void read_net(lua_State *L, int t, kl_net *net)
{
    keep_option(L, t, "proxy", &net->proxy);
    keep_option(L, t, "ca_file", &net->ca_file);
    keep_option(L, t, "ca_path", &net->ca_path);
    keep_option(L, t, "user_agent", &net->user_agent);
    net->connect_timeout = kl_option_number(L, t, "connect_timeout", 0);
    net->stall_timeout = kl_option_number(L, t, "stall_timeout", 0);
    net->allow_http = kl_option_flag(L, t, "allow_http", false);
}

static void read_keys(lua_State *L, int t, kl_account *a)
{
    static const char *const NAMES[] = {"api_key", "access_key", "secret_key"};
    char **const places[] = {&a->api_key, &a->access_key, &a->secret_key};
    for (int i = 0; i < 3; i++) {
        const char *key = kl_option_string(L, t, NAMES[i], NULL);
        if (key != NULL) keep_key(L, places[i], check_key(L, NAMES[i], key, strlen(key)));
    }
    if ((a->access_key == NULL) != (a->secret_key == NULL))
        luaL_error(L, "access_key and secret_key belong together");
}

/* core.account{...} */
static int account(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    kl_account *a = kl_class_make(L, KL_ACCOUNT, sizeof *a);
    a->tokens = KL_TOKENS_MAX;
    a->net = kl_net_new();
    if (a->net == NULL) kl_raise_memory(L);
    read_net(L, 1, a->net);
    read_keys(L, 1, a);
    a->timeout = kl_option_number(L, 1, "timeout", 120);
    return 1;
}

void kl_account_register(lua_State *L)
{
    static const luaL_Reg META[] = {
        {"__gc", collect}, {"__tostring", describe}, {NULL, NULL}};
    static const luaL_Reg METHODS[] = {{"set_key", set_key}, {"set_keys", set_keys},
                                       {"has_key", has_key}, {"headers", headers},
                                       {NULL, NULL}};
    kl_class_new(L, KL_ACCOUNT, META, METHODS);
    lua_pushcfunction(L, account);
    lua_setfield(L, -2, "account");
}
