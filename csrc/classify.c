/* classify.c - see classify.h. */
#include "classify.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>

enum { NO_CLASS = -1, SEARCHED_MAX = 64 * 1024, SHOWN_MAX = 60 };

/* What a reply says, gathered before it is judged. */
typedef struct findings {
    char code[KL_CODE_MAX], type[KL_CODE_MAX];
    kl_span message; /* the service's own words */
    int class;       /* of `code` */
    int status;      /* HTTP; with a 2xx, the one that stands in the reply as its code */
} findings;

/* The class a word leads to in one of the slot table's tables. */
static int look_up(kl_reader *rd, int words, const char *text, size_t len)
{
    return len == 0 ? NO_CLASS : kl_reader_word(rd, words, (kl_span){text, len}) - 1;
}

bool kl_knows_code(kl_reader *rd, const char *code)
{
    return look_up(rd, KL_WORDS_CODES, code, strlen(code)) != NO_CLASS;
}

static kl_span shorten(kl_span text, size_t max)
{
    text.len = kl_utf8_cut(text.text, text.len, max);
    return text;
}

/* ---- gathering ---------------------------------------------------------------------------- */

/* The first code that is known, else the first one. */
static void gather_code(kl_reader *rd, findings *e)
{
    char other[KL_CODE_MAX];
    kl_read(rd, KL_PART_CODE, kl_take_code, e->code);
    e->class = look_up(rd, KL_WORDS_CODES, e->code, strlen(e->code));
    if (e->class != NO_CLASS || !kl_read(rd, KL_PART_ERROR_CODE, kl_take_code, other)) return;
    int class = look_up(rd, KL_WORDS_CODES, other, strlen(other));
    if (class == NO_CLASS && e->code[0] != '\0') return;
    memcpy(e->code, other, sizeof other);
    e->class = class;
}

/* Some gateways answer 200 and put the HTTP status into `code`. */
static int effective_status(const char *code, int status)
{
    long n = strtol(code, NULL, 10);
    return status < 300 && strlen(code) == 3 && n >= 400 && n < KL_HTTP_STATUSES ? (int)n : status;
}

static void gather(kl_reader *rd, const kl_answer *answer, const kl_evidence *given, findings *e)
{
    *e = (findings){.class = NO_CLASS};
    gather_code(rd, e);
    kl_read(rd, KL_PART_ERROR_TYPE, kl_take_code, e->type);
    if (!kl_read(rd, KL_PART_MESSAGE, kl_take_words, &e->message)) e->message = (kl_span){"", 0};
    if (given->search) e->message = given->body;
    if (e->message.len > SEARCHED_MAX) e->message.len = SEARCHED_MAX;
    e->status = effective_status(e->code, answer->status);
}

/* ---- judging ------------------------------------------------------------------------------ */

static int nested_code(kl_reader *rd, bool behind, kl_span value)
{
    int class = behind ? look_up(rd, KL_WORDS_NESTED_CODES, value.text, value.len) : NO_CLASS;
    return class != NO_CLASS ? class : look_up(rd, KL_WORDS_CODES, value.text, value.len);
}

static void set_code(kl_reader *rd, char *code, kl_span value)
{
    code[0] = '\0';
    kl_scan_clean(code, KL_CODE_MAX, value, rd->ours);
}

/* A code written in the message as JSON; Kling's numbers go before a gateway's words. `behind`: it
 * is the service's behind the gateway, not the reply's own. */
static int judge_nested(kl_reader *rd, findings *e, bool behind)
{
    kl_span rest = e->message, value;
    int found = NO_CLASS;
    while (kl_scan_key(&rest, "code", &value)) {
        int class = nested_code(rd, behind, value);
        if (class == NO_CLASS) continue;
        bool number = value.text[0] >= '0' && value.text[0] <= '9';
        if (number || found == NO_CLASS) set_code(rd, e->code, value);
        if (number) return class;
        if (found == NO_CLASS) found = class;
    }
    return found;
}

/* The class for an HTTP status when the class found depends on that; classes without a kind only
 * point somewhere else. */
static int settle(const kl_replies *r, int class, int status)
{
    if (class == NO_CLASS) return NO_CLASS;
    const kl_failure *c = &r->classes[class];
    for (int i = 0; i < c->nat; i++)
        if (c->at[i].status == status) return c->at[i].class;
    return c->kind == KL_NONE ? NO_CLASS : class;
}

/* A type is a gateway's rough word: with a 5xx it does not prove that nothing was made. */
static int judge_type(kl_reader *rd, findings *e)
{
    int class = look_up(rd, KL_WORDS_TYPES, e->type, strlen(e->type));
    if (class != NO_CLASS && e->code[0] == '\0') memcpy(e->code, e->type, sizeof e->code);
    class = settle(rd->r, class, e->status);
    return class != NO_CLASS && e->status >= 500 && !rd->r->classes[class].lost ? NO_CLASS : class;
}

static int judge_phrase(const kl_replies *r, kl_span message)
{
    for (int i = 0; i < r->nphrases; i++)
        if (kl_scan_has(message, r->phrases[i].text)) return r->phrases[i].class;
    return NO_CLASS;
}

static int by_status(const kl_replies *r, const findings *e)
{
    return e->status >= 0 && e->status < KL_HTTP_STATUSES ? r->statuses[e->status] : r->unreadable;
}

static const kl_failure *judge(kl_reader *rd, findings *e, const kl_evidence *given)
{
    const kl_replies *r = rd->r;
    int class = e->class;
    if (class == NO_CLASS || r->classes[class].nested) {
        int nested = judge_nested(rd, e, !given->search);
        if (nested != NO_CLASS) class = nested;
    }
    class = settle(r, class, e->status);
    if (class == NO_CLASS) class = judge_type(rd, e);
    if (class != NO_CLASS && !r->classes[class].refine) return &r->classes[class];
    int phrase = judge_phrase(r, e->message);
    if (phrase != NO_CLASS) return &r->classes[phrase];
    if (class == NO_CLASS) class = given->class == KL_BY_STATUS ? by_status(r, e) : given->class;
    return &r->classes[class];
}

/* ---- telling ------------------------------------------------------------------------------ */

static kl_span shown_words(const kl_evidence *given, const findings *e)
{
    if (given->body.len > 0) return shorten(given->body, SHOWN_MAX);
    return kl_scan_plainest(e->message);
}

/* "text: what: words (HTTP 429, code 1102)", the words cut so that the rest fits. */
static void tell(const kl_failure *c, const kl_evidence *given, const findings *e,
                 const kl_secrets *ours, kl_error *error)
{
    char tail[KL_CODE_MAX + 32];
    kl_span words = shown_words(given, e);
    snprintf(tail, sizeof tail, error->code[0] == '\0' ? " (HTTP %d%s)" : " (HTTP %d, code %s)",
             error->status, error->code);
    snprintf(error->message, sizeof error->message, "%s%s%s%s", c->text,
             given->what[0] == '\0' ? "" : ": ", given->what, words.len == 0 ? "" : ": ");
    kl_scan_clean(error->message, sizeof error->message - strlen(tail), words, ours);
    memcpy(error->message + strlen(error->message), tail, strlen(tail) + 1);
}

static void copy_request_id(kl_reader *rd, const kl_answer *answer, const findings *e, char *to)
{
    kl_span id = {"", 0};
    if (!kl_read(rd, KL_PART_REQUEST_ID, kl_take_span, &id)) id = kl_scan_request_id(e->message);
    if (id.len == 0 && answer->request_id != NULL)
        id = (kl_span){answer->request_id, strlen(answer->request_id)};
    to[0] = '\0';
    kl_scan_clean(to, KL_REQUEST_ID_MAX, id, rd->ours);
}

static void conclude(const kl_failure *c, kl_purpose purpose, kl_outcome *out)
{
    bool create = purpose == KL_FOR_CREATE;
    out->maybe_created = create && c->lost;
    out->refused = create && !c->lost;
    out->absent = !create && purpose != KL_FOR_LIST && c->absent;
    out->resign = c->resign;
    out->duplicate = create && c->duplicate;
    out->error.kind = c->kind;
    out->error.hint = c->hint;
    out->error.retryable = c->retry == KL_RETRY_ALWAYS || (c->retry == KL_RETRY_ASKING && !create);
}

void kl_classify(kl_reader *rd, kl_purpose purpose, const kl_answer *answer,
                 const kl_evidence *given, kl_outcome *out)
{
    findings e;
    gather(rd, answer, given, &e);
    const kl_failure *c = judge(rd, &e, given);
    conclude(c, purpose, out);
    out->error.status = answer->status;
    out->error.retry_after = answer->retry_after;
    memcpy(out->error.code, e.code, sizeof e.code);
    copy_request_id(rd, answer, &e, out->error.request_id);
    tell(c, given, &e, rd->ours, &out->error);
}
