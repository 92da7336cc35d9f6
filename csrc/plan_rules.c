/* plan_rules.c - compiles the rules between fields, and the conditions they hang on.
 *
 * Owns: the meaning of every rule word of lua/kling/vocabulary.lua.
 * Stands on: plan_build.h.
 * Never: checks a request; that is rules.c.
 */
#include "plan_build.h"

static kl_field *field_at(kl_build *b, int16_t object, int16_t field)
{
    return &b->plan->fields[b->plan->objects[object].fields.first + field];
}

/* The bit of a canonical word. A word the field does not have is no error: a gateway may have fewer
 * of them than the endpoint's rules speak of; then nothing equals it. */
static uint64_t word_bit(kl_build *b, int16_t object, int16_t field, const char *word)
{
    int16_t canonical = kl_build_word(b, field_at(b, object, field), word);
    return canonical < 0 ? 0 : (uint64_t)1 << canonical;
}

static uint64_t word_bits(kl_build *b, int16_t object, int16_t field, int t)
{
    uint64_t bits = 0;
    const char *word;
    for (int i = 1; (word = kl_build_item(b, t, i)) != NULL; i++)
        bits |= word_bit(b, object, field, word);
    return bits;
}

/* The condition on the top of the stack, about `field`. */
static kl_condition read_condition(kl_build *b, int16_t object, int16_t field)
{
    lua_State *L = b->L;
    kl_condition c = {.field = field};
    switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN:
        c.test = KL_TEST_FLAG;
        c.flag = lua_toboolean(L, -1) != 0;
        break;
    case LUA_TSTRING:
        c.test = strcmp(lua_tostring(L, -1), "*") == 0 ? KL_TEST_GIVEN : KL_TEST_WORDS;
        if (c.test == KL_TEST_WORDS) c.words = word_bit(b, object, field, lua_tostring(L, -1));
        break;
    case LUA_TTABLE:
        c.test = KL_TEST_WORDS;
        c.words = word_bits(b, object, field, lua_gettop(L));
        break;
    default: kl_build_fail(b, "a condition is true, false, a word, a list of words or \"*\"");
    }
    const kl_field *f = field_at(b, object, field);
    if (c.test != KL_TEST_GIVEN && f->type != KL_ENUM && f->type != KL_BOOLEAN)
        kl_build_fail(b, "a condition on a field without words can only be \"*\"");
    return c;
}

kl_range kl_build_conditions(kl_build *b, int16_t object, int t, const char *name)
{
    lua_State *L = b->L;
    kl_range range = {(uint16_t)b->nconditions, 0};
    int conditions = kl_build_open(b, t, name);
    if (conditions == 0) return range;
    for (lua_pushnil(L); lua_next(L, conditions) != 0; lua_pop(L, 1), range.count++) {
        if (lua_type(L, -2) != LUA_TSTRING) kl_build_fail(b, "conditions are named by fields");
        kl_condition c = read_condition(b, object, kl_build_field(b, object, lua_tostring(L, -2)));
        *KL_BUILD_ADD(b, conditions) = c;
    }
    lua_pop(L, 1);
    return range;
}

/* ---- actions: each reads the value of its own word, at `t` ----------------------------------- */

typedef void action_reader(kl_build *b, int16_t object, int t, kl_rule *r);

static void read_fields(kl_build *b, int16_t object, int t, kl_rule *r)
{
    const char *name;
    r->list.first = (uint16_t)b->nindices;
    for (int i = 1; (name = kl_build_item(b, t, i)) != NULL; i++, r->list.count++) {
        int16_t field = kl_build_field(b, object, name);
        *KL_BUILD_ADD(b, indices) = field;
    }
}

/* The fields of a child object, one of whose numbers must differ from zero. */
static void read_nonzero(kl_build *b, int16_t object, int t, kl_rule *r)
{
    r->field = kl_build_field(b, object, kl_build_string(b, t, "object", ""));
    const kl_field *child = field_at(b, object, r->field);
    int fields = kl_build_open(b, t, "fields");
    if (child->type != KL_OBJECT || fields == 0) kl_build_fail(b, "needs an object and its fields");
    read_fields(b, child->child, fields, r);
    lua_pop(b->L, 1);
}

static void read_groups(kl_build *b, int16_t object, int t, kl_rule *r)
{
    int group;
    r->list.first = (uint16_t)b->nsets;
    for (int i = 1; (group = kl_build_open_item(b, t, i)) != 0; i++, lua_pop(b->L, 1)) {
        uint64_t set = 0;
        const char *name;
        for (int k = 1; (name = kl_build_item(b, group, k)) != NULL; k++)
            set |= (uint64_t)1 << kl_build_field(b, object, name);
        *KL_BUILD_ADD(b, sets) = set;
        r->list.count++;
    }
}

static void read_numbers(kl_build *b, int values, kl_rule *r)
{
    r->numbers.first = (uint16_t)b->nnumbers;
    for (int i = 1; kl_rawgeti(b->L, values, i) == LUA_TNUMBER; i++, r->numbers.count++) {
        double x = (double)lua_tonumber(b->L, -1);
        lua_pop(b->L, 1);
        *KL_BUILD_ADD(b, numbers) = x;
    }
    lua_pop(b->L, 1);
}

static void read_limit(kl_build *b, int16_t object, int t, kl_rule *r)
{
    r->field = kl_build_field(b, object, kl_build_string(b, t, "field", ""));
    r->min = kl_build_number(b, t, "min", (double)NAN);
    r->max = kl_build_number(b, t, "max", (double)NAN);
    int values = kl_build_open(b, t, "values");
    if (values == 0) return;
    if (field_at(b, object, r->field)->type == KL_ENUM)
        r->words = word_bits(b, object, r->field, values);
    else
        read_numbers(b, values, r);
    lua_pop(b->L, 1);
}

/* `array`, and `field` of its items; `fields`: several of them. */
static void read_array(kl_build *b, int16_t object, int t, kl_rule *r)
{
    r->array = kl_build_field(b, object, kl_build_string(b, t, "array", ""));
    const kl_field *array = field_at(b, object, r->array);
    if (array->type != KL_ARRAY || b->plan->fields[array->child].type != KL_OBJECT)
        kl_build_fail(b, "needs an array of objects");
    int16_t item = b->plan->fields[array->child].child;
    const char *field = kl_build_string(b, t, "field", NULL);
    if (field != NULL) r->item_field = kl_build_field(b, item, field);
    int fields = kl_build_open(b, t, "fields");
    if (fields == 0) return;
    read_fields(b, item, fields, r);
    lua_pop(b->L, 1);
}

static void read_total(kl_build *b, int16_t object, int t, kl_rule *r)
{
    read_array(b, object, t, r);
    r->field = kl_build_field(b, object, kl_build_string(b, t, "equals", ""));
}

static void read_transport(kl_build *b, int16_t object, int t, kl_rule *r)
{
    static const char *const forms[] = {"url", "base64", "file", NULL};
    r->accept = (uint8_t)kl_build_bits(b, t, "accept", forms, 0);
    int fields = kl_build_open(b, t, "fields");
    if (fields == 0) kl_build_fail(b, "transport needs fields");
    read_fields(b, object, fields, r);
    lua_pop(b->L, 1);
}

static void read_voices(kl_build *b, int16_t object, int t, kl_rule *r)
{
    r->array = kl_build_field(b, object, kl_build_string(b, t, "list", ""));
    r->needs = kl_build_conditions(b, object, t, "needs");
    int texts = kl_build_open(b, t, "texts");
    if (texts == 0) kl_build_fail(b, "voices needs texts");
    read_fields(b, object, texts, r);
    lua_pop(b->L, 1);
}

static const struct {
    const char *word;
    kl_action action;
    action_reader *read;
} ACTIONS[] = {
    {"require", KL_REQUIRE, read_fields},
    {"require_any", KL_REQUIRE_ANY, read_fields},
    {"forbid", KL_FORBID, read_fields},
    {"exclusive", KL_EXCLUSIVE, read_groups},
    {"refuse", KL_REFUSE, read_limit},
    {"limit", KL_LIMIT, read_limit},
    {"total", KL_TOTAL, read_total},
    {"sequence", KL_SEQUENCE, read_array},
    {"items_forbid", KL_ITEMS_FORBID, read_array},
    {"one_nonzero", KL_ONE_NONZERO, read_nonzero},
    {"transport", KL_TRANSPORT, read_transport},
    {"voices", KL_VOICES, read_voices},
};

static void read_action(kl_build *b, int16_t object, int t, kl_rule *r)
{
    for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++) {
        int value = kl_build_open(b, t, ACTIONS[i].word);
        if (value == 0) continue;
        r->action = (uint8_t)ACTIONS[i].action;
        ACTIONS[i].read(b, object, value, r);
        lua_pop(b->L, 1);
        return;
    }
    kl_build_fail(b, "a rule without an action");
}

/* ---- when a rule can be passed over at a glance ---------------------------------------------- */

/* Fields whose words may be told by a compound name without being given. */
static uint64_t compound_parts(const kl_build *b, int16_t object)
{
    uint64_t parts = 0;
    const kl_range fields = b->plan->objects[object].fields;
    for (int i = 0; i < fields.count; i++) {
        int16_t at = b->plan->fields[fields.first + i].compound;
        if (at < 0) continue;
        const kl_compound *c = &b->plan->compounds[at];
        for (int k = 0; k < c->nparts; k++) parts |= (uint64_t)1 << c->parts[k];
    }
    return parts;
}

/* Whether a condition holds while its field is not given. */
static bool holds_absent(kl_build *b, int16_t object, const kl_condition *c)
{
    int16_t word = field_at(b, object, c->field)->default_word;
    if (c->test == KL_TEST_FLAG) return word == (c->flag ? 1 : 0);
    return c->test == KL_TEST_WORDS && word >= 0 && (c->words >> word & 1) != 0;
}

/* The fields a rule speaks about, when it speaks only about what is given; else 0. */
static uint64_t spoken_of(kl_build *b, int16_t object, const kl_rule *r)
{
    uint64_t fields = 0;
    const kl_field *f = field_at(b, object, r->field);
    switch ((kl_action)r->action) {
    case KL_FORBID:
    case KL_TRANSPORT:
    case KL_VOICES:
        for (int i = 0; i < r->list.count; i++)
            fields |= (uint64_t)1 << b->plan->indices[r->list.first + i];
        return fields;
    case KL_EXCLUSIVE:
        for (int i = 0; i < r->list.count; i++) fields |= b->plan->sets[r->list.first + i];
        return fields;
    case KL_LIMIT:
    case KL_REFUSE:
        if (f->default_word >= 0 || !isnan(f->default_number)) return 0;
        fields = (uint64_t)1 << r->field;
        return f->sum_array < 0 ? fields : fields | (uint64_t)1 << f->sum_array;
    case KL_TOTAL: return (uint64_t)1 << r->array;
    case KL_ONE_NONZERO: return (uint64_t)1 << r->field;
    default: return 0;
    }
}

static void find_masks(kl_build *b, int16_t object, kl_rule *r)
{
    uint64_t parts = compound_parts(b, object);
    for (int i = 0; i < r->when.count; i++) {
        const kl_condition *c = &b->plan->conditions[r->when.first + i];
        if (!holds_absent(b, object, c)) r->all |= (uint64_t)1 << c->field;
    }
    r->all &= ~parts;
    r->any = spoken_of(b, object, r);
    if ((r->any & parts) != 0) r->any = 0;
}

static void compile_rule(kl_build *b, int16_t object, int t, kl_rule *r)
{
    const char *outer = b->path;
    b->path = kl_build_string(b, t, "name", "rule");
    r->name = kl_build_text(b, b->path);
    r->doc = kl_build_text(b, kl_build_string(b, t, "doc", b->path));
    r->when = kl_build_conditions(b, object, t, "when");
    r->unless = kl_build_conditions(b, object, t, "unless");
    read_action(b, object, t, r);
    find_masks(b, object, r);
    b->path = outer;
}

kl_range kl_build_rules(kl_build *b, int16_t object, int t)
{
    kl_range rules = {(uint16_t)b->nrules, 0};
    int rule;
    for (int i = 1; t != 0 && (rule = kl_build_open_item(b, t, i)) != 0; i++, lua_pop(b->L, 1)) {
        kl_rule r = {.min = (double)NAN, .max = (double)NAN};
        compile_rule(b, object, rule, &r);
        *KL_BUILD_ADD(b, rules) = r;
        rules.count++;
    }
    return rules;
}
