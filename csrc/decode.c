/* decode.c - see decode.h. Results and lists are in result.c. */
#include "decode.h"

#include "classify.h"
#include "record.h"

static const char BAD_ID[] = "its id can't be asked for";

/* ---- bodies that are no answer -------------------------------------------------------------- */

/* Parts of lua-cjson's complaints, and what they mean. */
static const char *const COMPLAINTS[][2] = {
    {"T_END", "its JSON ends too early"},
    {"unexpected end of string", "its JSON ends too early"},
    {"too many nested", "its JSON is nested too deeply"},
};

/* How many bytes of white space the body starts with. */
static size_t blanks(kl_span body)
{
    size_t n = 0;
    while (n < body.len && (body.text[n] == ' ' || (body.text[n] >= '\t' && body.text[n] <= '\r')))
        n++;
    return n;
}

static const char *complaint(lua_State *L, kl_span body)
{
    if (blanks(body) == body.len) return "it is empty";
    if (lua_type(L, -1) != LUA_TSTRING) return "it is JSON, but no object";
    kl_span said = {lua_tostring(L, -1), kl_rawlen(L, -1)};
    for (size_t i = 0; i < sizeof COMPLAINTS / sizeof COMPLAINTS[0]; i++)
        if (kl_scan_has(said, COMPLAINTS[i][0])) return COMPLAINTS[i][1];
    return "it is not JSON";
}

static bool is_page(const kl_answer *answer, kl_span body)
{
    size_t blank = blanks(body);
    if (blank < body.len && body.text[blank] == '<') return true;
    if (answer->content_type == NULL) return false;
    kl_span type = {answer->content_type, strlen(answer->content_type)};
    return kl_scan_starts(type, "text/html") || kl_scan_starts(type, "application/xhtml");
}

static bool is_good(const kl_answer *answer)
{
    return answer->status >= 200 && answer->status < 300;
}

/* What to go by when the body is no JSON object; lua-cjson's complaint is on the top. */
static kl_evidence evidence_of(const kl_reader *rd, const kl_answer *answer, kl_span body,
                               bool page)
{
    kl_evidence e = {KL_BY_STATUS, page ? "an HTML page" : "", body, !page};
    if (!is_good(answer)) return e;
    e.search = false;
    e.class = page ? rd->r->page : rd->r->unreadable;
    e.what = page ? "" : complaint(rd->L, e.body);
    return e;
}

/* ---- answers ------------------------------------------------------------------------------- */

/* kl_take: an error in words, or an object with something in it. */
static bool take_error(kl_reader *rd, void *out)
{
    lua_State *L = rd->L;
    bool found = false;
    kl_span words;
    (void)out;
    if (!lua_istable(L, -1)) return kl_take_words(rd, &words);
    for (lua_pushnil(L); !found && lua_next(L, -2) != 0; lua_pop(L, 1))
        found = kl_take_words(rd, &words);
    if (found) lua_pop(L, 1);
    return found;
}

/* kl_take: a code, whatever it says. */
static bool take_told(kl_reader *rd, void *out)
{
    int type = lua_type(rd->L, -1);
    (void)out;
    return type == LUA_TNUMBER || (type == LUA_TSTRING && kl_rawlen(rd->L, -1) > 0);
}

/* A status word alone may be anything's; a task has an id, or stands in a record. */
static bool is_task(const kl_reader *rd, const kl_outcome *out)
{
    if (out->id[0] != '\0') return out->raw_status[0] != '\0';
    return out->state != KL_STATE_UNKNOWN && rd->nrecords > 1;
}

static bool is_error(kl_reader *rd, const kl_outcome *out)
{
    char code[KL_CODE_MAX];
    if (kl_read(rd, KL_PART_CODE, kl_take_code, code) &&
        (out->id[0] == '\0' || kl_knows_code(rd, code)))
        return true;
    return !is_task(rd, out) && kl_read(rd, KL_PART_ERROR, take_error, NULL);
}

/* "All is well" without a record: one-hub's answer before it asked Kling for the first time. */
static bool is_bare(kl_reader *rd)
{
    lua_rawgeti(rd->L, rd->slot, rd->r->nest);
    lua_rawget(rd->L, rd->records[0]);
    bool nothing = !kl_take_present(rd, NULL);
    lua_pop(rd->L, 1);
    return nothing && kl_read(rd, KL_PART_CODE, take_told, NULL);
}

/* kl_take: a table that is no object with something in it. */
static bool take_list(kl_reader *rd, void *out)
{
    (void)out;
    if (!lua_istable(rd->L, -1)) return false;
    lua_pushnil(rd->L);
    bool empty = lua_next(rd->L, -2) == 0;
    if (!empty) lua_pop(rd->L, 2);
    return empty || kl_rawlen(rd->L, -1) > 0;
}

/* Is this what was asked for? A create's or a bare answer's task waits to be begun. */
static bool is_wanted(kl_reader *rd, kl_purpose purpose, kl_outcome *out)
{
    if (purpose == KL_FOR_LIST) return kl_read(rd, KL_PART_LIST, take_list, NULL) || is_bare(rd);
    bool named = out->id[0] != '\0', bare = purpose == KL_FOR_STATUS && !named && is_bare(rd);
    if (bare || (purpose == KL_FOR_CREATE && out->raw_status[0] == '\0'))
        out->state = KL_STATE_QUEUED;
    return named || bare || (purpose == KL_FOR_STATUS && is_task(rd, out));
}

static void decode_object(kl_reader *rd, kl_purpose purpose, const kl_answer *answer,
                          kl_outcome *out)
{
    kl_evidence e = {KL_BY_STATUS, "", {"", 0}, false};
    bool bad_id = false;
    kl_record_read(rd, out, &bad_id);
    if (!is_error(rd, out)) {
        if (is_wanted(rd, purpose, out)) return;
        e.class = rd->r->nameless;
        e.what = bad_id ? BAD_ID : "";
    }
    kl_outcome_clear(out);
    kl_classify(rd, purpose, answer, &e, out);
}

/* False when long integers were met and the text has to be read again, exactly. */
static bool decode(lua_State *L, int replies, kl_purpose purpose, const kl_answer *answer,
                   kl_outcome *out, bool exact)
{
    kl_reader rd;
    kl_span text = {answer->text == NULL ? "" : answer->text, answer->len};
    kl_outcome_clear(out);
    bool object = kl_reader_open(&rd, L, replies, text, exact), page = is_page(answer, text);
    if (object && is_good(answer) && !page) {
        decode_object(&rd, purpose, answer, out);
        return !rd.inexact;
    }
    kl_evidence e = {KL_BY_STATUS, "", {"", 0}, false};
    if (!object || is_good(answer)) e = evidence_of(&rd, answer, text, page);
    if (is_good(answer)) rd.nrecords = 0;
    kl_classify(&rd, purpose, answer, &e, out);
    return true;
}

void kl_decode(lua_State *L, int replies, kl_purpose purpose, const kl_answer *answer,
               kl_outcome *out)
{
    int top = lua_gettop(L);
    replies = kl_absindex(L, replies);
    bool done = decode(L, replies, purpose, answer, out, false);
    lua_settop(L, top);
    if (!done) decode(L, replies, purpose, answer, out, true);
    lua_settop(L, top);
}
