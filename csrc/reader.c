/* reader.c - see reader.h. */
#include "reader.h"

enum { DEPTH_MAX = 64, STACK_ROOM = KL_RECORDS + 24 };

/* ---- lua-cjson ---------------------------------------------------------------------------- */

static const char DECODE = 0; /* its address is the registry's key */

static void configure(lua_State *L, const char *option, int value)
{
    lua_getfield(L, -1, option);
    if (value == 0) lua_pushboolean(L, 0);
    else lua_pushinteger(L, value);
    lua_call(L, 1, 0);
}

void kl_reader_setup(lua_State *L)
{
    if (kl_rawgetp(L, LUA_REGISTRYINDEX, &DECODE) == LUA_TNIL) {
        lua_getglobal(L, "require");
        lua_pushliteral(L, "cjson");
        lua_call(L, 1, 1);
        lua_getfield(L, -1, "new");
        lua_call(L, 0, 1);
        configure(L, "decode_invalid_numbers", 0);
        configure(L, "decode_max_depth", DEPTH_MAX);
        lua_getfield(L, -1, "decode");
        kl_rawsetp(L, LUA_REGISTRYINDEX, &DECODE);
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
}

bool kl_decode_raw(lua_State *L, const char *text, size_t len)
{
    bool bom = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    kl_rawgetp(L, LUA_REGISTRYINDEX, &DECODE);
    lua_pushlstring(L, bom ? text + 3 : text, bom ? len - 3 : len);
    int rc = lua_pcall(L, 1, 1, 0);
    if (rc == LUA_ERRMEM) lua_error(L);
    return rc == 0;
}

static bool decode_exact(lua_State *L, kl_span text)
{
    char *copy = lua_newuserdata(L, KL_SCAN_QUOTED(text.len));
    bool ok = kl_decode_raw(L, copy, kl_scan_quote_integers(copy, text));
    lua_remove(L, -2);
    return ok;
}

/* ---- records ------------------------------------------------------------------------------ */

static void add_record(kl_reader *rd)
{
    rd->records[rd->nrecords++] = lua_gettop(rd->L);
}

/* The record on the top, and those inside it. */
static void add_records(kl_reader *rd)
{
    add_record(rd);
    while (rd->nrecords < KL_RECORDS) {
        lua_rawgeti(rd->L, rd->slot, rd->r->nest);
        lua_rawget(rd->L, -2);
        if (!lua_istable(rd->L, -1)) break;
        add_record(rd);
    }
}

/* lua-cjson makes tables of arrays too; those have no place for a task. */
static bool is_object(lua_State *L)
{
    return lua_istable(L, -1) && kl_rawlen(L, -1) == 0;
}

bool kl_reader_open(kl_reader *rd, lua_State *L, int replies, kl_span text, bool exact)
{
    *rd = (kl_reader){.L = L, .r = kl_replies_check(L, replies), .exact = exact};
    luaL_checkstack(L, STACK_ROOM, "too much on the stack");
    kl_getslot(L, replies);
    rd->slot = lua_gettop(L);
    if (!(exact ? decode_exact(L, text) : kl_decode_raw(L, text.text, text.len))) return false;
    if (is_object(L)) add_records(rd);
    else lua_pushlightuserdata(L, NULL);
    return rd->nrecords > 0;
}

kl_reader kl_reader_item(const kl_reader *rd, int item, bool outer)
{
    kl_reader sub = *rd;
    sub.nrecords = outer ? 2 : 1;
    sub.records[sub.nrecords - 1] = item;
    return sub;
}

/* Follows a place's keys from a record; pushes nil where the way ends too early. */
static void push_at(const kl_reader *rd, const kl_place *p, int record)
{
    lua_State *L = rd->L;
    lua_rawgeti(L, rd->slot, p->keys[0]);
    lua_rawget(L, rd->records[record]);
    for (int i = 1; i < p->nkeys; i++) {
        if (!lua_istable(L, -1)) lua_pushnil(L);
        else lua_rawgeti(L, rd->slot, p->keys[i]);
        if (!lua_isnil(L, -1)) lua_rawget(L, -2);
        lua_remove(L, -2);
    }
}

static bool take_at(kl_reader *rd, const kl_place *p, int record, kl_take *take, void *out)
{
    push_at(rd, p, record);
    bool taken = take(rd, out);
    lua_pop(rd->L, 1);
    return taken;
}

static bool take_anywhere(kl_reader *rd, const kl_place *p, kl_take *take, void *out)
{
    for (int i = 0; i < rd->nrecords; i++)
        if (take_at(rd, p, i, take, out)) return true;
    return false;
}

bool kl_read(kl_reader *rd, kl_part part, kl_take *take, void *out)
{
    const kl_places *places = &rd->r->parts[part];
    for (const kl_place *p = places->at; p < places->at + places->n; p++) {
        if (p->record == KL_ANY_RECORD) {
            if (take_anywhere(rd, p, take, out)) return true;
        } else if (p->record < rd->nrecords && take_at(rd, p, p->record, take, out)) {
            return true;
        }
    }
    return false;
}
