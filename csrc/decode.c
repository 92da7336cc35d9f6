/* decode.c - see decode.h. Results and lists are in result.c. */
#include "decode.h"

#include "classify.h"
#include "record.h"

static const char BAD_ID[] = "its id can't be asked for";

/* ---- bodies that are no answer -------------------------------------------------------------- */

static const char *const FAULTS[] = {
    [KL_TREE_GOOD] = "it is JSON, but no object",
    [KL_TREE_ENDS_EARLY] = "its JSON ends too early",
    [KL_TREE_TOO_DEEP] = "its JSON is nested too deeply",
    [KL_TREE_NOT_JSON] = "it is not JSON",
};

/* How many bytes of white space the body starts with. */
static size_t blanks(kl_span body)
{
    size_t n = 0;
    while (n < body.len && (body.text[n] == ' ' || (body.text[n] >= '\t' && body.text[n] <= '\r')))
        n++;
    return n;
}

static const char *complaint(const kl_reader *rd, kl_span body)
{
    return blanks(body) == body.len ? "it is empty" : FAULTS[rd->fault];
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

/* What to go by when the body is no JSON object. */
static kl_evidence evidence_of(const kl_reader *rd, const kl_answer *answer, kl_span body,
                               bool page)
{
    kl_evidence e = {KL_BY_STATUS, page ? "an HTML page" : "", body, !page};
    if (!is_good(answer)) return e;
    e.search = false;
    e.class = page ? rd->r->page : rd->r->unreadable;
    e.what = page ? "" : complaint(rd, e.body);
    return e;
}

/* ---- answers ------------------------------------------------------------------------------- */

/* kl_take: an error in words, or an object with something in it. */
static bool take_error(kl_reader *rd, const kl_node *value, void *out)
{
    kl_span words;
    (void)out;
    for (const kl_node *n = kl_tree_first(rd->tree, value); n != NULL;
         n = kl_tree_next(rd->tree, value, n))
        if (kl_take_words(rd, n, &words)) return true;
    return kl_take_words(rd, value, &words);
}

/* kl_take: a code, whatever it says. */
static bool take_told(kl_reader *rd, const kl_node *value, void *out)
{
    (void)rd;
    (void)out;
    return value->type == KL_JSON_NUMBER || (value->type == KL_JSON_STRING && value->text.len > 0);
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
    const kl_node *record = kl_tree_member(rd->tree, rd->records[0], rd->r->keys[rd->r->nest]);
    bool nothing = record == NULL || record->type == KL_JSON_NULL;
    return nothing && kl_read(rd, KL_PART_CODE, take_told, NULL);
}

/* kl_take: a list, or an object with nothing in it. */
static bool take_list(kl_reader *rd, const kl_node *value, void *out)
{
    (void)out;
    if (value->type == KL_JSON_OBJECT) return kl_tree_first(rd->tree, value) == NULL;
    return value->type == KL_JSON_ARRAY;
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
    kl_record_read(rd, out, &bad_id, 0);
    if (!is_error(rd, out)) {
        if (is_wanted(rd, purpose, out)) return;
        e.class = rd->r->nameless;
        e.what = bad_id ? BAD_ID : "";
    }
    kl_outcome_clear(out);
    kl_classify(rd, purpose, answer, &e, out);
}

static void decode(kl_reader *rd, kl_purpose purpose, const kl_answer *answer, kl_span text,
                   kl_outcome *out)
{
    bool object = rd->nrecords > 0, page = is_page(answer, text);
    if (object && is_good(answer) && !page) {
        decode_object(rd, purpose, answer, out);
        return;
    }
    kl_evidence e = {KL_BY_STATUS, "", {"", 0}, false};
    if (!object || is_good(answer)) e = evidence_of(rd, answer, text, page);
    if (is_good(answer)) rd->nrecords = 0;
    kl_classify(rd, purpose, answer, &e, out);
}

void kl_decode(lua_State *L, int replies, kl_purpose purpose, const kl_answer *answer,
               kl_outcome *out)
{
    kl_reader rd;
    int top = lua_gettop(L);
    kl_span text = {answer->text == NULL ? "" : answer->text, answer->len};
    kl_outcome_clear(out);
    kl_reader_open(&rd, L, kl_absindex(L, replies), text);
    rd.ours = &answer->ours;
    decode(&rd, purpose, answer, text, out);
    kl_reader_close(&rd);
    lua_settop(L, top);
}
