/* plan_links.c - compiles what ties the fields of an object together.
 *
 * Owns: groups, sums, fillings, compound words, conditions to be sent.
 * Stands on: plan_build.h. Needs all fields of the object compiled.
 * Never: reads a request.
 */
#include "plan_build.h"

/* {"array", "field of its items"} -> both as indices. */
static void compile_pair(kl_build *b, int16_t object, int t, const char *name, int16_t *array,
                         int16_t *field)
{
    int pair = kl_build_open(b, t, name);
    if (pair == 0) return;
    const char *first = kl_build_item(b, pair, 1), *second = kl_build_item(b, pair, 2);
    if (first == NULL || second == NULL) kl_build_fail(b, "needs an array and a field");
    int16_t a = kl_build_field(b, object, first);
    const kl_field *f = &b->plan->fields[b->plan->objects[object].fields.first + a];
    if (f->type != KL_ARRAY || b->plan->fields[f->child].type != KL_OBJECT)
        kl_build_fail(b, "needs an array of objects");
    *field = kl_build_field(b, b->plan->fields[f->child].child, second);
    *array = a;
    lua_pop(b->L, 1);
}

/* The canonical word `name` of part `i`, with the row's number noted on the compound's own word. */
static void compile_row(kl_build *b, int16_t object, const kl_compound *c, int row)
{
    for (int i = 0; i < c->nparts; i++) {
        const char *name = kl_build_item(b, row, i + 1);
        const size_t at = (size_t)(b->plan->objects[object].fields.first + c->parts[i]);
        int16_t word = name == NULL ? KL_NONE_INDEX : kl_build_word(b, &b->plan->fields[at], name);
        if (word < 0) kl_build_fail(b, "a compound names no value");
        *KL_BUILD_ADD(b, cells) = word;
    }
}

/* The least key of the table at `t` that is greater than `last` (NULL: any); NULL: there is
 * none. Lists made from data come out in one order in every run. [-0, +0, e] */
static const char *next_key(kl_build *b, int t, const char *last)
{
    lua_State *L = b->L;
    const char *least = NULL;
    for (lua_pushnil(L); lua_next(L, t) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) kl_build_fail(b, "compound names are strings");
        const char *key = lua_tostring(L, -2);
        if ((last == NULL || strcmp(key, last) > 0) && (least == NULL || strcmp(key, least) < 0))
            least = key;
    }
    return least;
}

static void compile_compound_rows(kl_build *b, int16_t object, int names, kl_compound *c, size_t at)
{
    for (const char *name = NULL; (name = next_key(b, names, name)) != NULL;) {
        int row = kl_build_open(b, names, name);
        if (row == 0) kl_build_fail(b, "compound names have lists of parts");
        compile_row(b, object, c, row);
        kl_text json = kl_build_json(b, "", name, "");
        *KL_BUILD_ADD(b, texts) = json;
        kl_build_add_word(b, name, b->plan->cells[b->ncells - c->nparts], kl_build_text(b, name),
                          json);
        b->plan->words[b->nwords - 1].row = (int16_t)c->names.count++;
        b->plan->fields[at].words.count++;
        lua_pop(b->L, 1);
    }
}

/* Needs the words of its parts, and its own words last in the pool. */
static void compile_compound(kl_build *b, int16_t object, int t, size_t at)
{
    int data = kl_build_open(b, t, "compound");
    if (data == 0) return;
    int parts = kl_build_open(b, data, "parts"), names = kl_build_open(b, data, "names");
    if (parts == 0 || names == 0) kl_build_fail(b, "a compound needs parts and names");
    kl_compound c = {.rows = {(uint16_t)b->ncells, 0}, .names = {(uint16_t)b->ntexts, 0}};
    const char *part;
    for (int i = 1; i <= 4 && (part = kl_build_item(b, parts, i)) != NULL; i++)
        c.parts[c.nparts++] = kl_build_field(b, object, part);
    if (c.nparts == 0 || b->plan->objects[object].fields.first + c.parts[0] != (int)at)
        kl_build_fail(b, "the first part of a compound is the field itself");
    kl_range old = b->plan->fields[at].words; /* copied to the end: words stay together */
    b->plan->fields[at].words.first = (uint16_t)b->nwords;
    for (int i = 0; i < old.count; i++) {
        kl_word w = b->plan->words[old.first + i];
        *KL_BUILD_ADD(b, words) = w;
    }
    compile_compound_rows(b, object, names, &c, at);
    b->plan->fields[at].compound = (int16_t)b->ncompounds;
    *KL_BUILD_ADD(b, compounds) = c;
    lua_settop(b->L, data - 1);
}

void kl_build_links(kl_build *b, int16_t object, int t, size_t at)
{
    int16_t pairs[4] = {KL_NONE_INDEX, 0, KL_NONE_INDEX, 0};
    const char *group = kl_build_string(b, t, "inside", NULL);
    compile_pair(b, object, t, "sum_of", &pairs[0], &pairs[1]);
    compile_pair(b, object, t, "fill", &pairs[2], &pairs[3]);
    compile_compound(b, object, t, at);
    kl_range send_when = kl_build_conditions(b, object, t, "send_when");
    kl_field *f = &b->plan->fields[at];
    if (group != NULL) f->group = kl_build_field(b, object, group);
    f->sum_array = pairs[0];
    f->sum_field = pairs[1];
    f->fill_array = pairs[2];
    f->fill_field = pairs[3];
    f->send_when = send_when;
}
