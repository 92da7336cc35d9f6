/* result.c - results and lists for Lua; declared in decode.h.
 *
 * Owns: the tables users get from a task's or a list's reply.
 * Stands on: record.h, decode.h.
 * Never: makes a result of a task that did not succeed.
 */
#include "decode.h"
#include "record.h"

static void set_text(lua_State *L, const char *name, const char *text)
{
    if (text[0] == '\0') return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void set_time(lua_State *L, const char *name, int64_t seconds)
{
    if (seconds == 0) return;
    kl_pushwhole(L, seconds);
    lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, double x)
{
    lua_pushnumber(L, x);
    lua_setfield(L, -2, name);
}

/* Leaves the one value on the top in place of everything above `top`. */
static bool give(lua_State *L, int top, bool is)
{
    if (!is) lua_pushnil(L);
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
    return is;
}

/* ---- result ------------------------------------------------------------------------------- */

/* The list of videos is on the top. */
static void push_result(kl_reader *rd, const kl_outcome *task)
{
    lua_State *L = rd->L;
    double cost = 0;
    lua_createtable(L, 0, 6);
    lua_insert(L, -2);
    lua_setfield(L, -2, "videos");
    set_text(L, "task_id", task->id);
    set_text(L, "external_task_id", task->external_id);
    set_time(L, "created_at", task->created_at);
    set_time(L, "updated_at", task->updated_at);
    if (kl_read(rd, KL_PART_COST, kl_take_number, &cost)) set_number(L, "cost", cost);
}

bool kl_decode_result(lua_State *L, int replies, const char *text, size_t len)
{
    kl_reader rd;
    kl_outcome task;
    bool bad_id, succeeded = false;
    int top = lua_gettop(L);
    if (kl_reader_open(&rd, L, kl_absindex(L, replies), (kl_span){text, len})) {
        kl_outcome_clear(&task);
        lua_createtable(L, 1, 0);
        kl_record_read(&rd, &task, &bad_id, lua_gettop(L));
        succeeded = task.state == KL_STATE_SUCCEEDED;
        if (succeeded) push_result(&rd, &task);
    }
    kl_reader_close(&rd);
    return give(L, top, succeeded);
}

/* ---- list --------------------------------------------------------------------------------- */

static void push_task(lua_State *L, const kl_outcome *task)
{
    lua_createtable(L, 0, 6);
    set_text(L, "id", task->id);
    set_text(L, "external_task_id", task->external_id);
    set_text(L, "state", kl_state_word(task->state));
    set_text(L, "raw_status", task->raw_status);
    set_text(L, "reason", task->reason);
    set_time(L, "created_at", task->created_at);
    set_time(L, "updated_at", task->updated_at);
    if (task->progress >= 0) set_number(L, "progress", task->progress);
}

/* kl_take: a list; its tasks go into the Lua list at stack index `out`. */
static bool take_tasks(kl_reader *rd, const kl_node *items, void *out)
{
    int list = *(int *)out, n = 0;
    if (items->type != KL_JSON_ARRAY) return items->type == KL_JSON_OBJECT;
    for (const kl_node *node = kl_tree_first(rd->tree, items); node != NULL;
         node = kl_tree_next(rd->tree, items, node)) {
        kl_outcome task;
        bool bad_id = false;
        if (node->type != KL_JSON_OBJECT) continue;
        kl_reader item;
        kl_reader_item(&item, rd, node, true);
        kl_outcome_clear(&task);
        kl_record_read(&item, &task, &bad_id, 0);
        if (task.id[0] == '\0') continue;
        push_task(rd->L, &task);
        lua_rawseti(rd->L, list, ++n);
    }
    return true;
}

bool kl_decode_list(lua_State *L, int replies, const char *text, size_t len)
{
    kl_reader rd;
    int top = lua_gettop(L);
    bool is = kl_reader_open(&rd, L, kl_absindex(L, replies), (kl_span){text, len});
    if (is) {
        lua_newtable(L);
        int list = lua_gettop(L);
        kl_read(&rd, KL_PART_LIST, take_tasks, &list);
    }
    kl_reader_close(&rd);
    return give(L, top, is);
}
