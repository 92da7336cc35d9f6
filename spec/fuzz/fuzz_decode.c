/* fuzz_decode.c - throws bytes at the reading of replies and holds it to its promises.
 *
 * Owns: one Lua state with lua-cjson and the default data. An input's first byte chooses the
 *   purpose, the HTTP status and the content type; the rest is the body.
 * Stands on: decode.h, the working directory being the top of the tree.
 * Never: accepts a raised error, a value left on the stack, or a text that is no clean UTF-8.
 */
#define _POSIX_C_SOURCE 200809L
#include "decode.h"
#include "text.h"

#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(that)                                                                              \
    do {                                                                                           \
        if (!(that)) broken(#that);                                                                \
    } while (0)

static void broken(const char *promise)
{
    fprintf(stderr, "broken promise: %s\n", promise);
    abort();
}

/* ---- the state ---------------------------------------------------------------------------- */

static const char SETUP[] =
    "package.path = 'lua/?.lua;' .. package.path return (require 'kling.replies')";

static lua_State *state(void)
{
    static lua_State *L;
    if (L != NULL) return L;
    L = luaL_newstate();
    luaL_openlibs(L);
    lua_newtable(L);
    kl_reply_register(L);
    lua_getfield(L, -1, "replies");
    if (luaL_dostring(L, SETUP) || lua_pcall(L, 1, 1, 0) != 0) broken(lua_tostring(L, -1));
    lua_replace(L, 1);
    lua_settop(L, 1);
    return L;
}

/* ---- promises ----------------------------------------------------------------------------- */

static void check_text(const char *text, size_t size)
{
    size_t points, bad, len = strnlen(text, size);
    PROMISE(len < size);
    PROMISE(kl_utf8_count(text, len, &points, &bad));
    for (size_t i = 0; i < len; i++) PROMISE((unsigned char)text[i] >= ' ' && text[i] != 0x7F);
}

static void check_id(const char *id)
{
    PROMISE(strlen(id) < KL_ID_MAX - 1);
    for (; *id != '\0'; id++) PROMISE(*id > ' ' && *id <= '~' && *id != '/');
}

static void check_error(const kl_outcome *o, kl_purpose purpose)
{
    check_text(o->error.message, sizeof o->error.message);
    check_text(o->error.code, sizeof o->error.code);
    check_text(o->error.request_id, sizeof o->error.request_id);
    PROMISE(o->error.message[0] != '\0');
    PROMISE((purpose == KL_FOR_CREATE) == (o->refused != o->maybe_created));
    PROMISE(purpose != KL_FOR_CREATE || !o->maybe_created || !o->error.retryable);
    PROMISE(o->id[0] == '\0' && o->state == KL_STATE_UNKNOWN);
}

static void check_task(const kl_outcome *o, kl_purpose purpose, const kl_answer *answer)
{
    check_id(o->id);
    check_text(o->raw_status, sizeof o->raw_status);
    check_text(o->reason, sizeof o->reason);
    PROMISE(answer->status / 100 == 2);
    PROMISE(o->progress <= 1 && o->created_at >= 0 && o->updated_at >= 0);
    PROMISE(!o->refused && !o->maybe_created && !o->absent && !o->resign);
    PROMISE(o->id[0] != '\0' || purpose == KL_FOR_STATUS || purpose == KL_FOR_LIST);
}

/* A result exists exactly when the task succeeded, and its URLs are http ones. */
static void check_result(lua_State *L, const kl_outcome *o, const kl_answer *answer)
{
    bool has = kl_decode_result(L, 1, answer->text, answer->len);
    PROMISE(o->error.kind != KL_NONE || has == (o->state == KL_STATE_SUCCEEDED));
    if (has) {
        lua_getfield(L, -1, "videos");
        lua_rawgeti(L, -1, 1);
        lua_getfield(L, -1, "url");
        const char *url = lua_tostring(L, -1);
        PROMISE(url != NULL && (url[0] == 'h' || url[0] == 'H'));
    }
    lua_settop(L, 1);
    kl_decode_list(L, 1, answer->text, answer->len);
    PROMISE(lua_gettop(L) == 2);
    lua_settop(L, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int STATUSES[] = {200, 200, 201, 400, 401, 429, 500, 999};
    static const char *const TYPES[] = {"application/json", NULL, "text/plain", "text/html"};
    lua_State *L = state();
    if (size == 0) return 0;
    kl_purpose purpose = (kl_purpose)(data[0] & 3);
    kl_answer answer = {.status = STATUSES[data[0] >> 2 & 7],
                        .content_type = TYPES[data[0] >> 5 & 3],
                        .text = (const char *)data + 1,
                        .len = size - 1,
                        .retry_after = -1};
    kl_outcome o;
    kl_decode(L, 1, purpose, &answer, &o);
    PROMISE(lua_gettop(L) == 1);
    if (o.error.kind == KL_NONE) check_task(&o, purpose, &answer);
    else check_error(&o, purpose);
    check_result(L, &o, &answer);
    return 0;
}
