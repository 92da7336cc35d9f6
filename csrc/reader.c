/* reader.c - see reader.h. */
#include "reader.h"

enum { DEPTH_MAX = 64, STACK_ROOM = 24 };

/* ---- lua-cjson ---------------------------------------------------------------------------- */

static const char DECODE = 0; /* its address is the registry's key */

static void configure(lua_State *L, const char *option, int value)
{
    lua_getfield(L, -1, option);
    if (value == 0) lua_pushboolean(L, 0);
    else lua_pushinteger(L, value);
    lua_call(L, 1, 0);
}

/* Pushes kling's own decode, made when it is first asked for. [-0, +1, e] */
static void push_decode(lua_State *L)
{
    if (kl_rawgetp(L, LUA_REGISTRYINDEX, &DECODE) != LUA_TNIL) return;
    lua_getglobal(L, "require");
    lua_pushliteral(L, "cjson");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "new");
    lua_call(L, 0, 1);
    configure(L, "decode_invalid_numbers", 0);
    configure(L, "decode_max_depth", DEPTH_MAX);
    lua_getfield(L, -1, "decode");
    lua_pushvalue(L, -1);
    kl_rawsetp(L, LUA_REGISTRYINDEX, &DECODE);
    lua_replace(L, -4);
    lua_pop(L, 2);
}

bool kl_decode_raw(lua_State *L, const char *text, size_t len)
{
    bool bom = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    push_decode(L);
    lua_pushlstring(L, bom ? text + 3 : text, bom ? len - 3 : len);
    int rc = lua_pcall(L, 1, 1, 0);
    if (rc == LUA_ERRMEM) lua_error(L);
    return rc == 0;
}

/* ---- records ------------------------------------------------------------------------------ */

#define KL_TREE "kling.tree"
static const char SCRATCH = 0; /* its address is the registry's key */

typedef struct scratch {
    kl_tree tree;
    bool busy; /* a finalizer may decode a reply while another one is decoded */
} scratch;

static int collect(lua_State *L)
{
    kl_tree_free(&((scratch *)lua_touserdata(L, 1))->tree);
    return 0;
}

static scratch *new_scratch(lua_State *L)
{
    scratch *s = kl_newuserdata(L, sizeof *s);
    memset(s, 0, sizeof *s);
    if (luaL_newmetatable(L, KL_TREE)) {
        lua_pushcfunction(L, collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return s;
}

/* The tree that is used for every reply, or a new one while that is in use. [-0, +1, m] */
static scratch *take_scratch(lua_State *L)
{
    kl_rawgetp(L, LUA_REGISTRYINDEX, &SCRATCH);
    scratch *s = lua_touserdata(L, -1);
    if (s != NULL && !s->busy) return s;
    lua_pop(L, 1);
    s = new_scratch(L);
    lua_pushvalue(L, -1);
    kl_rawsetp(L, LUA_REGISTRYINDEX, &SCRATCH);
    return s;
}

/* All members of a record are found in one pass; of several with one key the last counts. */
static void set_record(kl_reader *rd, int i, const kl_node *record)
{
    rd->records[i] = record;
    memset(rd->members[i], 0, sizeof rd->members[i]);
    if (record->type != KL_JSON_OBJECT) return;
    for (const kl_node *n = kl_tree_first(rd->tree, record); n != NULL;
         n = kl_tree_next(rd->tree, record, n)) {
        int key = kl_replies_key(rd->r, n->key);
        if (key >= 0) rd->members[i][key] = (uint32_t)(n - rd->tree->nodes);
    }
}

static const kl_node *member(const kl_reader *rd, int record, int key)
{
    uint32_t at = rd->members[record][key];
    return at == 0 ? NULL : rd->tree->nodes + at;
}

/* The reply, and the records inside it. */
static void add_records(kl_reader *rd)
{
    const kl_node *record = rd->tree->nodes;
    while (record != NULL && rd->nrecords < KL_RECORDS && record->type == KL_JSON_OBJECT) {
        set_record(rd, rd->nrecords, record);
        record = member(rd, rd->nrecords++, rd->r->nest);
    }
}

bool kl_reader_open(kl_reader *rd, lua_State *L, int replies, kl_span text)
{
    rd->L = L;
    rd->r = lua_touserdata(L, replies);
    rd->ours = NULL;
    rd->nrecords = 0;
    luaL_checkstack(L, STACK_ROOM, "too much on the stack");
    kl_getslot(L, replies);
    rd->slot = lua_gettop(L);
    scratch *s = take_scratch(L);
    rd->tree = &s->tree;
    rd->fault = kl_tree_read(rd->tree, text.text, text.len);
    if (rd->fault == KL_TREE_NO_MEMORY) luaL_error(L, "not enough memory");
    s->busy = true;
    if (rd->fault == KL_TREE_GOOD) add_records(rd);
    return rd->nrecords > 0;
}

int kl_reader_word(kl_reader *rd, int words, kl_span text)
{
    return kl_replies_word(rd->r, rd->L, rd->slot, words, text);
}

void kl_reader_close(kl_reader *rd)
{
    ((scratch *)(void *)rd->tree)->busy = false;
    kl_tree_trim(rd->tree);
}

void kl_reader_item(kl_reader *sub, const kl_reader *rd, const kl_node *item, bool outer)
{
    sub->L = rd->L;
    sub->r = rd->r;
    sub->slot = rd->slot;
    sub->tree = rd->tree;
    sub->fault = rd->fault;
    sub->ours = rd->ours;
    sub->records[0] = rd->records[0];
    if (outer) memcpy(sub->members[0], rd->members[0], sizeof sub->members[0]);
    sub->nrecords = outer ? 2 : 1;
    set_record(sub, sub->nrecords - 1, item);
}

/* What stands at a place of a record; NULL where the way ends too early. */
static const kl_node *node_at(const kl_reader *rd, const kl_place *p, int record)
{
    const kl_node *node = member(rd, record, p->keys[0]);
    for (int i = 1; node != NULL && i < p->nkeys; i++)
        node = kl_tree_member(rd->tree, node, rd->r->keys[p->keys[i]]);
    return node;
}

static bool take_at(kl_reader *rd, const kl_place *p, int record, kl_take *take, void *out)
{
    const kl_node *node = node_at(rd, p, record);
    return node != NULL && take(rd, node, out);
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
