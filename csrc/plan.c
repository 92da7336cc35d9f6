/* plan.c - see plan.h. Compiles the merged data of one endpoint (lua/kling/gateway.lua).
 *
 * Owns: the order of work: fields, then what ties them together, then names, then rules.
 * Stands on: plan_build.h. The arrays belong to the userdata from the first element on, so an error
 * in the middle leaves nothing behind.
 */
#include "plan_build.h"

#include <math.h>
#include <stdlib.h>

static const double EXACT = 9007199254740992.0; /* 2^53 */
static const char *const TYPES[] = {"string", "enum",  "boolean", "integer", "number", "id", "url",
                                    "media",  "object", "array",  "group",   "extra",  NULL};
static const char *const SENDS[] = {"given", "always", "true", "never", NULL};
static const char *const AS[] = {"number", "string", NULL};
static const char *const ACCEPTS[] = {"url", "base64", "file", NULL};
static const char EXTERNAL_ID[] = "external_task_id";
enum { ACCEPT_ALL = KL_ACCEPT_URL | KL_ACCEPT_BASE64 | KL_ACCEPT_FILE };

/* Types of list items: those that are written without the frame of an object around them. */
static bool can_be_item(int type)
{
    return type == KL_OBJECT || type == KL_STRING || type == KL_URL || type == KL_MEDIA ||
           type == KL_INTEGER || type == KL_NUMBER || type == KL_ID;
}

static int16_t compile_object(kl_build *b, int fields, int rules, bool root);
static void compile_field(kl_build *b, int t, size_t at);

/* ---- words ------------------------------------------------------------------------------- */

/* Another name for a canonical word; one that exists already stays what it is. */
static void add_alias(kl_build *b, size_t at, const char *alias, const char *word)
{
    int16_t canonical = kl_build_word(b, &b->plan->fields[at], word);
    if (canonical < 0) kl_build_fail(b, "an alias of no value");
    if (kl_build_word(b, &b->plan->fields[at], alias) >= 0) return;
    const kl_word w = b->plan->words[b->plan->fields[at].words.first + canonical];
    kl_build_add_word(b, alias, canonical, w.text, w.json);
    b->plan->fields[at].words.count++;
}

/* Both tables give one name for another; in `spelling` it is the key that is canonical. */
static void compile_aliases(kl_build *b, int t, size_t at, const char *name, bool key_is_alias)
{
    lua_State *L = b->L;
    int list = kl_build_open(b, t, name);
    if (list == 0) return;
    for (lua_pushnil(L); lua_next(L, list) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            kl_build_fail(b, "aliases are strings");
        const char *key = lua_tostring(L, -2), *value = lua_tostring(L, -1);
        add_alias(b, at, key_is_alias ? key : value, key_is_alias ? value : key);
    }
    lua_pop(L, 1);
}

static void compile_words(kl_build *b, int t, size_t at)
{
    int values = kl_build_open(b, t, "values"), spelling = kl_build_open(b, t, "spelling");
    kl_range words = {(uint16_t)b->nwords, 0};
    const char *word;
    for (int i = 1; values != 0 && (word = kl_build_item(b, values, i)) != NULL; i++) {
        const char *wire = spelling == 0 ? word : kl_build_string(b, spelling, word, word);
        kl_text text = kl_build_text(b, word);
        kl_build_add_word(b, word, (int16_t)words.count++, text, kl_build_json(b, "", wire, ""));
    }
    if (words.count == 0 || words.count > KL_WORDS_MAX) kl_build_fail(b, "1 to 63 values");
    lua_settop(b->L, values - 1);
    b->plan->fields[at].words = words;
    b->plan->fields[at].ncanonical = words.count;
    compile_aliases(b, t, at, "spelling", false);
    compile_aliases(b, t, at, "aliases", true);
}

/* ---- one field ---------------------------------------------------------------------------- */

static void compile_limits(kl_build *b, int t, kl_field *f)
{
    f->min = kl_build_number(b, t, "min", (double)NAN);
    f->max = kl_build_number(b, t, "max", (double)NAN);
    f->default_number = kl_build_number(b, t, "default", (double)NAN);
    f->min_length = (uint32_t)kl_build_count(b, t, "min_length", 0);
    f->max_length = (uint32_t)kl_build_count(b, t, "max_length", UINT32_MAX);
    f->max_bytes = (uint64_t)kl_build_count(b, t, "max_bytes", 0);
    f->min_side = (uint32_t)kl_build_count(b, t, "min_side", 0);
    f->max_ratio = kl_build_number(b, t, "max_ratio", 0);
    f->accept = (uint8_t)kl_build_bits(b, t, "accept", ACCEPTS, ACCEPT_ALL);
}

static void compile_child(kl_build *b, int t, size_t at)
{
    kl_type type = (kl_type)b->plan->fields[at].type;
    int16_t child = KL_NONE_INDEX;
    if (type == KL_OBJECT) {
        int fields = kl_build_open(b, t, "fields");
        int rules = kl_build_open(b, t, "rules");
        if (fields == 0) kl_build_fail(b, "an object needs fields");
        child = compile_object(b, fields, rules, false);
        lua_settop(b->L, fields - 1);
        const char *shorthand = kl_build_string(b, t, "shorthand", NULL);
        if (shorthand != NULL)
            b->plan->fields[at].shorthand = kl_build_field(b, child, shorthand);
    } else if (type == KL_ARRAY) {
        int item = kl_build_open(b, t, "item");
        if (item == 0) kl_build_fail(b, "an array needs an item");
        child = (int16_t)b->nfields;
        KL_BUILD_MORE(b, fields);
        compile_field(b, item, (size_t)child);
        if (!can_be_item(b->plan->fields[child].type))
            kl_build_fail(b, "an array of this type is not supported");
        lua_pop(b->L, 1);
    }
    b->plan->fields[at].child = child;
}

static void compile_default(kl_build *b, int t, size_t at)
{
    kl_field *f = &b->plan->fields[at];
    const char *word = kl_build_string(b, t, "default", NULL);
    int top = lua_gettop(b->L);
    if (f->type == KL_ENUM && word != NULL) f->default_word = kl_build_word(b, f, word);
    if (f->type == KL_BOOLEAN && kl_getfield(b->L, t, "default") == LUA_TBOOLEAN)
        f->default_word = (int16_t)lua_toboolean(b->L, -1);
    lua_settop(b->L, top);
    if (f->type == KL_INTEGER && fabs(f->default_number) > EXACT)
        kl_build_fail(b, "a default of at most 2^53");
    f->numbered = f->type == KL_INTEGER && f->send == KL_SEND_ALWAYS && isnan(f->default_number);
}

static void compile_field(kl_build *b, int t, size_t at)
{
    const char *name = kl_build_string(b, t, "name", ""), *outer = b->path;
    if (name[0] != '\0') b->path = name;
    kl_field f = {.group = KL_NONE_INDEX, .shorthand = KL_NONE_INDEX, .compound = KL_NONE_INDEX,
                  .default_word = KL_NONE_INDEX, .sum_array = KL_NONE_INDEX,
                  .fill_array = KL_NONE_INDEX};
    f.type = (uint8_t)kl_build_option(b, t, "type", TYPES, KL_STRING);
    f.send = (uint8_t)kl_build_option(b, t, "send", SENDS, KL_SEND_GIVEN);
    f.as = (uint8_t)kl_build_option(b, t, "as", AS, KL_AS_NUMBER);
    f.required = kl_build_flag(b, t, "required");
    f.any = kl_build_flag(b, t, "any");
    f.name = kl_build_text(b, name);
    f.key = kl_build_json(b, ",", kl_build_string(b, t, "wire", name), ":");
    compile_limits(b, t, &f);
    b->plan->fields[at] = f;
    if (f.type == KL_ENUM) compile_words(b, t, at);
    compile_child(b, t, at);
    compile_default(b, t, at);
    b->path = outer;
}

/* ---- names ----------------------------------------------------------------------------------- */

static void hash_name(kl_build *b, int16_t object, const char *name, int16_t field)
{
    const kl_object *o = &b->plan->objects[object];
    const char *unique = kl_build_keep(b, name);
    uintptr_t h = (uintptr_t)unique;
    for (size_t i = (h >> 4) ^ (h >> 11);; i++) {
        kl_name *n = &b->plan->names[o->names + (i & o->mask)];
        if (n->name == unique) kl_build_fail(b, "a name is given twice");
        if (n->name != NULL) continue;
        *n = (kl_name){unique, field};
        return;
    }
}

/* The field's own name, and those in `also`; counts only when `object` is negative. */
static int each_name(kl_build *b, int16_t object, int t, int16_t field)
{
    int count = 1;
    const char *name = kl_build_string(b, t, "name", NULL);
    if (name == NULL) kl_build_fail(b, "a field needs a name");
    if (object >= 0) hash_name(b, object, name, field);
    int also = kl_build_open(b, t, "also");
    for (; also != 0 && (name = kl_build_item(b, also, count)) != NULL; count++)
        if (object >= 0) hash_name(b, object, name, field);
    if (also != 0) lua_pop(b->L, 1);
    return count;
}

static void compile_names(kl_build *b, int16_t object, int fields, bool root)
{
    size_t wanted = 2, size = 4;
    int t;
    for (int i = 1; (t = kl_build_open_item(b, fields, i)) != 0; i++, lua_pop(b->L, 1))
        wanted += 2 * (size_t)each_name(b, KL_NONE_INDEX, t, 0);
    while (size < wanted) size *= 2;
    b->plan->objects[object].names = (uint16_t)b->nnames;
    b->plan->objects[object].mask = (uint16_t)(size - 1);
    while (size-- > 0) KL_BUILD_MORE(b, names);
    for (int i = 1; (t = kl_build_open_item(b, fields, i)) != 0; i++, lua_pop(b->L, 1))
        each_name(b, object, t, (int16_t)(i - 1));
    if (root) hash_name(b, object, "extra", (int16_t)kl_rawlen(b->L, fields));
}

/* ---- objects and the plan -------------------------------------------------------------------- */

/* The reserved field behind all others: parameters passed through as they are. */
static void add_extra(kl_build *b, size_t at)
{
    lua_createtable(b->L, 0, 2);
    lua_pushliteral(b->L, "extra");
    lua_setfield(b->L, -2, "name");
    lua_pushliteral(b->L, "extra");
    lua_setfield(b->L, -2, "type");
    compile_field(b, lua_gettop(b->L), at);
    lua_pop(b->L, 1);
}

/* Types that may be given as a table. */
static bool may_be_table(int type)
{
    return type == KL_OBJECT || type == KL_ARRAY || type == KL_MEDIA || type == KL_EXTRA;
}

static void assign_slots(kl_build *b, int16_t object)
{
    kl_object *o = &b->plan->objects[object];
    for (int i = 0; i < o->fields.count; i++) {
        kl_field *f = &b->plan->fields[o->fields.first + i];
        f->slot = may_be_table(f->type) ? (int16_t)o->nslots++ : KL_NONE_INDEX;
    }
}

static bool is_hook(const kl_rule *r)
{
    return r->action == KL_TOTAL || r->action == KL_SEQUENCE || r->action == KL_ITEMS_FORBID ||
           r->action == KL_ONE_NONZERO;
}

static void find_hooks(kl_build *b, int16_t object)
{
    kl_range rules = b->plan->objects[object].rules, hooks = {(uint16_t)b->nindices, 0};
    int16_t tallies = 0;
    for (int i = 0; i < rules.count; i++) {
        kl_rule *r = &b->plan->rules[rules.first + i];
        if (!is_hook(r)) continue;
        if (r->action == KL_TOTAL || r->action == KL_ONE_NONZERO) r->tally = tallies++;
        *KL_BUILD_ADD(b, indices) = (int16_t)(rules.first + i);
        hooks.count++;
    }
    if (tallies > KL_TALLIES) kl_build_fail(b, "too many rules that count");
    b->plan->objects[object].hooks = hooks;
}

static void find_worded(kl_object *o, const kl_plan *p)
{
    for (int i = 0; i < o->fields.count; i++) {
        const kl_field *f = &p->fields[o->fields.first + i];
        if (f->type == KL_ENUM || f->type == KL_BOOLEAN) o->worded |= (uint64_t)1 << i;
        if (f->compound >= 0) o->compounds = true;
    }
}

/* Fields that are judged or written even when they are not given. */
static uint64_t find_attention(kl_build *b, int16_t object)
{
    const kl_object *o = &b->plan->objects[object];
    uint64_t attention = 0;
    for (int i = 0; i < o->fields.count; i++) {
        const kl_field *f = &b->plan->fields[o->fields.first + i];
        if (f->required || f->send == KL_SEND_ALWAYS || f->sum_array >= 0 || f->fill_array >= 0 ||
            f->compound >= 0 || f->type == KL_GROUP ||
            strcmp(kl_plan_text(b->plan, f->name), EXTERNAL_ID) == 0)
            attention |= (uint64_t)1 << i;
    }
    return attention;
}

static int16_t compile_object(kl_build *b, int fields, int rules, bool root)
{
    size_t n = kl_rawlen(b->L, fields), first = b->nfields;
    int16_t object = (int16_t)b->nobjects;
    int t;
    luaL_checkstack(b->L, 32, "plan");
    if (n + 1 > KL_FIELDS_MAX) kl_build_fail(b, "too many fields");
    for (size_t i = 0; i < n + (root ? 1 : 0); i++) KL_BUILD_MORE(b, fields);
    KL_BUILD_ADD(b, objects)->fields = (kl_range){(uint16_t)first, (uint16_t)(n + (root ? 1 : 0))};
    for (size_t i = 0; i < n; i++, lua_pop(b->L, 1)) {
        if ((t = kl_build_open_item(b, fields, (int)i + 1)) == 0) kl_build_fail(b, "no field");
        compile_field(b, t, first + i);
    }
    if (root) add_extra(b, first + n);
    assign_slots(b, object);
    for (int i = 0; (t = kl_build_open_item(b, fields, i + 1)) != 0; i++, lua_pop(b->L, 1))
        kl_build_links(b, object, t, first + (size_t)i);
    compile_names(b, object, fields, root);
    kl_range compiled = kl_build_rules(b, object, rules);
    b->plan->objects[object].rules = compiled;
    find_hooks(b, object);
    b->plan->objects[object].attention = find_attention(b, object);
    find_worded(&b->plan->objects[object], b->plan);
    return object;
}

static int collect(lua_State *L)
{
    kl_plan *p = lua_touserdata(L, 1);
    void *arrays[] = {p->objects,   p->fields,  p->words, p->names,   p->rules, p->conditions,
                      p->compounds, p->indices, p->sets,  p->numbers, p->cells, p->texts,
                      p->text};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
    memset(p, 0, sizeof *p);
    return 0;
}

/* No array stays without an element, so that the address of an empty stretch is one, too. */
static void reserve_arrays(kl_build *b)
{
    KL_BUILD_MORE(b, objects);
    KL_BUILD_MORE(b, fields);
    KL_BUILD_MORE(b, words);
    KL_BUILD_MORE(b, names);
    KL_BUILD_MORE(b, rules);
    KL_BUILD_MORE(b, conditions);
    KL_BUILD_MORE(b, compounds);
    KL_BUILD_MORE(b, indices);
    KL_BUILD_MORE(b, sets);
    KL_BUILD_MORE(b, numbers);
    KL_BUILD_MORE(b, cells);
    KL_BUILD_MORE(b, texts);
}

static int16_t find_external_id(const kl_plan *p)
{
    const kl_object *root = &p->objects[p->root];
    for (int16_t i = 0; i < root->fields.count; i++)
        if (strcmp(kl_plan_text(p, p->fields[root->fields.first + i].name), EXTERNAL_ID) == 0)
            return i;
    return KL_NONE_INDEX;
}

/* core.plan(data) -> plan */
static int new_plan(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    kl_plan *p = kl_newuserdata(L, sizeof *p);
    memset(p, 0, sizeof *p);
    luaL_getmetatable(L, KL_PLAN);
    lua_setmetatable(L, 2);
    lua_newtable(L);
    lua_pushvalue(L, 3);
    kl_setslot(L, 2);
    kl_build b = {.L = L, .plan = p, .keep = 3, .path = "endpoint"};
    b.path = kl_build_string(&b, 1, "name", b.path);
    reserve_arrays(&b);
    int fields = kl_build_open(&b, 1, "fields"), rules = kl_build_open(&b, 1, "rules");
    if (fields == 0) kl_build_fail(&b, "an endpoint needs fields");
    p->root = compile_object(&b, fields, rules, true);
    p->external_id = find_external_id(p);
    p->open = true;
    lua_settop(L, 2);
    return 1;
}

kl_plan *kl_plan_check(lua_State *L, int i)
{
    kl_plan *p = kl_testudata(L, i, KL_PLAN);
    if (p == NULL || !p->open) luaL_argerror(L, i, "a kling.plan is expected");
    return p;
}

bool kl_plan_has_external_id(const kl_plan *p)
{
    return p->external_id >= 0;
}

void kl_plan_register(lua_State *L)
{
    luaL_newmetatable(L, KL_PLAN);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pushliteral(L, KL_PLAN);
    lua_setfield(L, -2, "__name");
    lua_newtable(L); /* validate.c and encode.c put the methods there */
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, new_plan);
    lua_setfield(L, -2, "plan");
}
