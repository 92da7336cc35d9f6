/* classify.h - what an error reply means.
 *
 * Owns: the order of evidence: code, the code nested in the message, type, phrase, HTTP status.
 * Stands on: reader.h.
 * Never: knows a code; they are all in lua/kling/errors.lua.
 */
#ifndef KL_CLASSIFY_H
#define KL_CLASSIFY_H

#include "reader.h"

enum { KL_BY_STATUS = -1 };

/* What is known besides the reply's own words. */
typedef struct kl_evidence {
    int class;        /* when these decide nothing: a class, or KL_BY_STATUS */
    const char *what; /* what came instead of an answer; "" when that is clear */
    kl_span body;     /* a body that is no JSON: shown, and searched for a code when `search` */
    bool search;
} kl_evidence;

/* Do the data know this code? */
bool kl_knows_code(kl_reader *rd, const char *code);
/* Fills in out->error and what follows from it. [-0, +0, m] */
void kl_classify(kl_reader *rd, kl_purpose purpose, const kl_answer *answer,
                 const kl_evidence *evidence, kl_outcome *out);

#endif
