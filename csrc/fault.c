/* fault.c - see fault.h.
 *
 * Owns: the table of faults.
 * Stands on: fault.h.
 * Never: looks at replies; decode.c does.
 */
#include "fault.h"

#include <stdio.h>

/* Whether a question with this fault may be asked again, or a create that never left. What a file
 * or a URL does wrong, it will do wrong again; so does a certificate. */
typedef struct row {
    const char *word;
    kl_kind kind;
    bool passes;
} row;

static const row ROWS[] = {
    [KL_FAULT_NONE] = {"", KL_NONE, false},
    [KL_FAULT_URL] = {"url", KL_INVALID, false},
    [KL_FAULT_RESOLVE] = {"resolve", KL_NETWORK, true},
    [KL_FAULT_CONNECT] = {"connect", KL_NETWORK, true},
    [KL_FAULT_TLS] = {"tls", KL_NETWORK, false},
    [KL_FAULT_TIMEOUT] = {"timeout", KL_TIMEOUT, true},
    [KL_FAULT_RESET] = {"reset", KL_NETWORK, true},
    [KL_FAULT_TRUNCATED] = {"truncated", KL_NETWORK, true},
    [KL_FAULT_TOO_LARGE] = {"too_large", KL_PROTOCOL, false},
    [KL_FAULT_ENCODING] = {"encoding", KL_PROTOCOL, false},
    [KL_FAULT_REDIRECT] = {"redirect", KL_PROTOCOL, false},
    [KL_FAULT_SOURCE] = {"source", KL_INVALID, false},
    [KL_FAULT_RANGE] = {"range", KL_PROTOCOL, true},
    [KL_FAULT_SINK] = {"sink", KL_INVALID, false},
    [KL_FAULT_MEMORY] = {"memory", KL_NETWORK, true},
    [KL_FAULT_CANCELLED] = {"cancelled", KL_CANCELLED, false},
    [KL_FAULT_OTHER] = {"other", KL_NETWORK, false},
};

bool kl_fault_none(const kl_transfer *t)
{
    return t->fault == KL_FAULT_NONE;
}

void kl_fault_answer(const kl_transfer *t, kl_answer *a)
{
    *a = (kl_answer){.status = (int)t->status,
                     .content_type = t->content_type,
                     .text = t->reply.data == NULL ? "" : t->reply.data,
                     .len = t->reply.len,
                     .retry_after = t->retry_after,
                     .request_id = t->request_id};
}

const char *kl_fault_word(kl_fault fault)
{
    return ROWS[fault].word;
}

/* No transfer at all means there was no memory for one. */
static kl_fault fault_of(const kl_transfer *t)
{
    return t == NULL ? KL_FAULT_MEMORY : t->fault;
}

void kl_fault_error(const kl_transfer *t, kl_error *e)
{
    kl_fault fault = fault_of(t);
    memset(e, 0, sizeof *e);
    e->kind = ROWS[fault].kind;
    e->retryable = ROWS[fault].passes;
    e->retry_after = -1;
    snprintf(e->code, sizeof e->code, "%s", ROWS[fault].word);
    const char *detail = t == NULL ? "" : t->detail;
    snprintf(e->message, sizeof e->message, "%s%s%s", kl_fault_text(fault), *detail ? ": " : "",
             detail);
    if (t == NULL) return;
    e->status = (int)t->status;
    e->retry_after = t->retry_after;
    snprintf(e->request_id, sizeof e->request_id, "%s", t->request_id);
}

void kl_fault_outcome(const kl_transfer *t, kl_outcome *out)
{
    memset(out, 0, sizeof *out);
    out->progress = -1;
    kl_fault_error(t, &out->error);
    out->maybe_created = t != NULL && t->maybe_sent;
    out->refused = !out->maybe_created;
}
