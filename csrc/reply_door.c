/* reply_door.c - `core.replies`: makes a kling.replies, and shows what it reads out of a text.
 *
 * Owns: the methods decode, result and list. They are for tests and for finding out why a gateway's
 *   reply was taken for what it was; the engine calls decode.h.
 * Stands on: decode.h, bridge.h.
 * Never: keeps anything.
 */
#include "bridge.h"
#include "decode.h"

static void set_text(lua_State *L, const char *name, const char *text)
{
    if (text[0] == '\0') return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool flag)
{
    lua_pushboolean(L, flag);
    lua_setfield(L, -2, name);
}

static void set_time(lua_State *L, const char *name, int64_t seconds)
{
    if (seconds == 0) return;
    kl_pushwhole(L, seconds);
    lua_setfield(L, -2, name);
}

static void push_task(lua_State *L, const kl_outcome *o)
{
    set_text(L, "id", o->id);
    set_text(L, "external_task_id", o->external_id);
    set_text(L, "raw_status", o->raw_status);
    set_text(L, "state", kl_state_word(o->state));
    set_text(L, "reason", o->reason);
    set_time(L, "created_at", o->created_at);
    set_time(L, "updated_at", o->updated_at);
    if (o->progress < 0) return;
    lua_pushnumber(L, o->progress);
    lua_setfield(L, -2, "progress");
}

static void push_failure(lua_State *L, const kl_outcome *o)
{
    set_flag(L, "refused", o->refused);
    set_flag(L, "maybe_created", o->maybe_created);
    set_flag(L, "absent", o->absent);
    set_flag(L, "resign", o->resign);
    set_flag(L, "duplicate", o->duplicate);
    kl_push_error(L, &o->error, NULL);
    lua_setfield(L, -3, "error");
    lua_setfield(L, -2, "message");
}

/* replies:decode(purpose, status, text[, content_type[, request_id[, retry_after]]]) -> outcome */
static int decode(lua_State *L)
{
    static const char *const PURPOSES[] = {"create", "status", "lookup", "list", NULL};
    kl_outcome o;
    kl_answer answer = {.retry_after = luaL_optnumber(L, 7, -1)};
    kl_replies_check(L, 1);
    kl_purpose purpose = (kl_purpose)luaL_checkoption(L, 2, NULL, PURPOSES);
    answer.status = (int)luaL_checkinteger(L, 3);
    answer.text = luaL_checklstring(L, 4, &answer.len);
    answer.content_type = luaL_optstring(L, 5, NULL);
    answer.request_id = luaL_optstring(L, 6, NULL);
    kl_decode(L, 1, purpose, &answer, &o);
    lua_createtable(L, 0, 8);
    if (o.error.kind == KL_NONE) push_task(L, &o);
    else push_failure(L, &o);
    return 1;
}

static int shown(lua_State *L, bool (*push)(lua_State *, int, const char *, size_t))
{
    size_t len = 0;
    kl_replies_check(L, 1);
    const char *text = luaL_checklstring(L, 2, &len);
    push(L, 1, text, len);
    return 1;
}

/* replies:result(text) -> result | nil */
static int result(lua_State *L)
{
    return shown(L, kl_decode_result);
}

/* replies:list(text) -> tasks | nil */
static int list(lua_State *L)
{
    return shown(L, kl_decode_list);
}

/* core.replies(data) -> kling.replies */
static int new_replies(lua_State *L)
{
    kl_replies_compile(L, 1);
    return 1;
}

void kl_reply_register(lua_State *L)
{
    static const luaL_Reg META[] = {{NULL, NULL}};
    static const luaL_Reg METHODS[] = {
        {"decode", decode}, {"result", result}, {"list", list}, {NULL, NULL}};
    kl_class_new(L, KL_REPLIES, META, METHODS);
    lua_pushcfunction(L, new_replies);
    lua_setfield(L, -2, "replies");
}
