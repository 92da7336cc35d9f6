/* reply.c - see reply.h.
 *
 * Owns: the compiler. Slot table: the KL_WORDS_ tables, and every string C
 * holds the address of, as a key.
 */
#include "reply_build.h"

#include "bridge.h"

static const char *const STATE_WORDS[] = {
#define STATE_WORD(name, word) word,
    KL_STATES(STATE_WORD)
#undef STATE_WORD
};

const char *kl_state_word(kl_state state)
{
    return STATE_WORDS[state];
}

void kl_reply_fail(kl_reply_build *b, const char *path, const char *what)
{
    luaL_error(b->L, "replies: %s: %s", path, what);
}

bool kl_reply_typed(kl_reply_build *b, int t, const char *name, int type)
{
    int got = kl_getfield(b->L, t, name);
    if (got == type) return true;
    if (got != LUA_TNIL) kl_reply_fail(b, name, "a word of the wrong type");
    lua_pop(b->L, 1);
    return false;
}

void kl_reply_table(kl_reply_build *b, const char *name)
{
    if (!kl_reply_typed(b, b->data, name, LUA_TTABLE)) kl_reply_fail(b, name, "is missing");
}

const char *kl_reply_keep(kl_reply_build *b)
{
    const char *text = lua_tostring(b->L, -1);
    lua_pushboolean(b->L, 1);
    lua_rawset(b->L, b->slot);
    return text;
}

static bool is_known(const char *const *known, const char *name)
{
    while (*known != NULL && strcmp(*known, name) != 0) known++;
    return *known != NULL;
}

void kl_reply_only(kl_reply_build *b, const char *path, const char *const *known)
{
    lua_State *L = b->L;
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) kl_reply_fail(b, path, "a key that is no string");
        const char *name = lua_tostring(L, -2);
        if (is_known(known, name)) continue;
        lua_pushfstring(L, "unknown word '%s'", name);
        kl_reply_fail(b, path, lua_tostring(L, -1));
    }
}

/* ---- places ------------------------------------------------------------------------------- */

/* The slot that holds a key or is free for it; there are always free ones. */
static unsigned slot_of(const kl_replies *r, kl_span key)
{
    unsigned first = (unsigned char)key.text[0], last = (unsigned char)key.text[key.len - 1];
    unsigned slot = (unsigned)key.len * 7 + first * 31 + last * 3;
    for (;; slot++) {
        unsigned held = r->key_slots[slot %= KL_KEY_SLOTS];
        if (held == 0) return slot;
        const kl_span *other = &r->keys[held - 1];
        if (other->len == key.len && other->text[0] == key.text[0] &&
            memcmp(other->text, key.text, key.len) == 0)
            return slot;
    }
}

int kl_replies_key(const kl_replies *r, kl_span key)
{
    return key.len == 0 ? -1 : r->key_slots[slot_of(r, key)] - 1;
}

static uint16_t add_key(kl_reply_build *b, const char *name, size_t len)
{
    int known = kl_replies_key(b->r, (kl_span){name, len});
    if (known >= 0) return (uint16_t)known;
    if (b->nkeys == KL_KEYS) kl_reply_fail(b, "the data", "too many different keys");
    lua_pushlstring(b->L, name, len);
    kl_span key = b->r->keys[b->nkeys] = (kl_span){kl_reply_keep(b), len};
    b->r->key_slots[slot_of(b->r, key)] = (uint8_t)(b->nkeys + 1);
    return (uint16_t)b->nkeys++;
}

/* "data." and "*." at the start choose the record; returns what follows. */
static const char *choose_record(kl_reply_build *b, const char *path, kl_place *p)
{
    const size_t n = b->r->keys[b->r->nest].len;
    const char *nest = b->r->keys[b->r->nest].text;
    if (strncmp(path, "*.", 2) == 0) {
        p->record = KL_ANY_RECORD;
        return path + 2;
    }
    for (; strncmp(path, nest, n) == 0 && path[n] == '.'; path += n + 1) p->record++;
    return path;
}

static void compile_place(kl_reply_build *b, const char *part, const char *path, kl_place *p)
{
    path = choose_record(b, path, p);
    for (;;) {
        size_t n = strcspn(path, ".");
        if (n == 0 || p->nkeys == KL_PLACE_KEYS)
            kl_reply_fail(b, part, "a place with no or too many keys");
        p->keys[p->nkeys++] = add_key(b, path, n);
        if (path[n] == '\0') return;
        path += n + 1;
    }
}

static void compile_part(kl_reply_build *b, kl_part part, const char *word)
{
    kl_places *places = &b->r->parts[part];
    kl_reply_table(b, word);
    for (int i = 1; kl_rawgeti(b->L, -1, i) != LUA_TNIL; i++, lua_pop(b->L, 1)) {
        if (lua_type(b->L, -1) != LUA_TSTRING) kl_reply_fail(b, word, "a place that is no string");
        if (places->n == KL_PLACES) kl_reply_fail(b, word, "too many places");
        compile_place(b, word, lua_tostring(b->L, -1), &places->at[places->n++]);
    }
    lua_pop(b->L, 2);
}

/* ---- words -------------------------------------------------------------------------------- */

/* The text with the letters from `first` on, 26 of them, moved by `shift`. */
static void push_shifted(lua_State *L, const char *text, size_t len, char first, int shift)
{
    char small[64];
    size_t n = len < sizeof small ? len : sizeof small;
    for (size_t i = 0; i < n; i++) {
        bool letter = text[i] >= first && text[i] < first + 26;
        small[i] = letter ? (char)(text[i] + shift) : text[i];
    }
    lua_pushlstring(L, small, n);
}

void kl_reply_lower(lua_State *L, const char *text, size_t len)
{
    push_shifted(L, text, len, 'A', 'a' - 'A');
}

static void push_upper(lua_State *L, const char *text, size_t len)
{
    push_shifted(L, text, len, 'a', 'A' - 'a');
}

static int look_up(lua_State *L, int slot, int words, kl_span text)
{
    lua_rawgeti(L, slot, words);
    lua_pushlstring(L, text.text, text.len);
    lua_rawget(L, -2);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        kl_reply_lower(L, text.text, text.len);
        lua_rawget(L, -2);
    }
    int value = lua_isnumber(L, -1) ? (int)lua_tointeger(L, -1) : 0;
    lua_pop(L, 2);
    return value;
}

int kl_replies_word(kl_replies *r, lua_State *L, int slot, int words, kl_span text)
{
    if (text.len == 0 || text.len > KL_WORD_MAX) return look_up(L, slot, words, text);
    unsigned place = (unsigned)text.len * 3 + (unsigned char)text.text[0] - (unsigned)words;
    kl_looked_up *w = &r->latest[place % KL_WORDS_KEPT];
    if (w->words == words && w->len == text.len && memcmp(w->text, text.text, text.len) == 0)
        return w->value;
    int value = look_up(L, slot, words, text);
    *w = (kl_looked_up){.words = words, .value = value, .len = text.len};
    memcpy(w->text, text.text, text.len);
    return value;
}

/* words[the value on the top] = value; pops it. */
static void add_word(kl_reply_build *b, int words, int value)
{
    lua_pushinteger(b->L, value);
    lua_rawset(b->L, words);
}

/* The spellings that come most often are found at once: lower case and upper case. */
static void add_spellings(kl_reply_build *b, int words, int value)
{
    size_t n = 0;
    const char *text = lua_tolstring(b->L, -1, &n);
    kl_reply_lower(b->L, text, n);
    add_word(b, words, value);
    push_upper(b->L, text, n);
    add_word(b, words, value);
}

/* The words of the list on the top mean `value`; pops the list. */
static void add_words(kl_reply_build *b, const char *path, int words, int value)
{
    lua_State *L = b->L;
    for (int i = 1; kl_rawgeti(L, -1, i) != LUA_TNIL; i++, lua_pop(L, 1)) {
        if (lua_type(L, -1) != LUA_TSTRING) kl_reply_fail(b, path, "a word that is no string");
        add_spellings(b, words, value);
    }
    lua_pop(L, 2);
}

int kl_reply_words(kl_reply_build *b, int words)
{
    lua_newtable(b->L);
    lua_pushvalue(b->L, -1);
    lua_rawseti(b->L, b->slot, words);
    return lua_gettop(b->L);
}

static void compile_set(kl_reply_build *b, const char *name, int words)
{
    int t = kl_reply_words(b, words);
    kl_reply_table(b, name);
    add_words(b, name, t, 1);
    lua_pop(b->L, 1);
}

static void compile_states(kl_reply_build *b)
{
    int words = kl_reply_words(b, KL_WORDS_STATES);
    kl_reply_table(b, "states");
    for (int state = KL_STATE_QUEUED; state <= KL_STATE_FAILED; state++)
        if (kl_reply_typed(b, words + 1, STATE_WORDS[state], LUA_TTABLE))
            add_words(b, "states", words, state);
    lua_pop(b->L, 2);
}

/* ---- all ---------------------------------------------------------------------------------- */

static void compile_nest(kl_reply_build *b)
{
    if (!kl_reply_typed(b, b->data, "nest", LUA_TSTRING)) kl_reply_fail(b, "nest", "is missing");
    size_t n = 0;
    const char *nest = lua_tolstring(b->L, -1, &n);
    b->r->nest = add_key(b, nest, n);
    lua_pop(b->L, 1);
}

static const char *const WORDS[] = {
#define PART_WORD(name, word) word,
    KL_PARTS(PART_WORD)
#undef PART_WORD
    "nest", "states", "good_codes", "no_reason", "classes", "codes", "nested_codes", "types",
    "phrases", "statuses", NULL};

static void compile(kl_reply_build *b)
{
    lua_pushvalue(b->L, b->data);
    kl_reply_only(b, "the data", WORDS);
    lua_pop(b->L, 1);
    compile_nest(b);
#define COMPILE_PART(name, word) compile_part(b, KL_PART_##name, word);
    KL_PARTS(COMPILE_PART)
#undef COMPILE_PART
    compile_states(b);
    compile_set(b, "good_codes", KL_WORDS_GOOD_CODES);
    compile_set(b, "no_reason", KL_WORDS_NO_REASON);
    kl_reply_classes(b);
}

kl_replies *kl_replies_compile(lua_State *L, int data)
{
    luaL_checkstack(L, 20, "replies");
    luaL_checktype(L, data, LUA_TTABLE);
    data = kl_absindex(L, data);
    kl_replies *r = kl_class_make(L, KL_REPLIES, sizeof *r);
    lua_newtable(L);
    kl_reply_build b = {L, r, lua_gettop(L), data, 0};
    compile(&b);
    kl_setslot(L, -2);
    return r;
}

kl_replies *kl_replies_check(lua_State *L, int i)
{
    return luaL_checkudata(L, i, KL_REPLIES);
}
