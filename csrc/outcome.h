/* outcome.h - a service's answer, and what it means for the task that asked.
 *
 * Owns: `kl_answer`, `kl_outcome`, the purposes of a request.
 * Stands on: error.h, reply.h.
 * Never: points into Lua's memory, but for the hint, which lives as long as the kling.replies.
 */
#ifndef KL_OUTCOME_H
#define KL_OUTCOME_H

#include "reply.h"

enum { KL_ID_MAX = 192, KL_STATUS_MAX = 48 };

typedef enum kl_purpose { KL_FOR_CREATE, KL_FOR_STATUS, KL_FOR_LOOKUP, KL_FOR_LIST } kl_purpose;

typedef struct kl_answer {
    int status;               /* HTTP */
    const char *content_type; /* NULL or "" when it was not told */
    const char *text;
    size_t len;
    double retry_after;     /* seconds, < 0 when it was not told */
    const char *request_id; /* from the headers; NULL when there was none */
    kl_secrets ours;        /* what must not be shown though the service repeats it */
} kl_answer;

typedef struct kl_outcome {
    char id[KL_ID_MAX], external_id[KL_ID_MAX];
    char raw_status[KL_STATUS_MAX]; /* the service's own word */
    kl_state state;                 /* SUCCEEDED only with a usable URL, else RUNNING */
    double progress;                /* 0..1, < 0 unknown */
    int64_t created_at, updated_at; /* Unix seconds, 0 unknown */
    char reason[KL_MESSAGE_MAX];    /* why it FAILED; "" when the service does not say */
    bool refused;       /* CREATE: the reply proves that no task was made */
    bool maybe_created; /* CREATE: a task may exist though the reply names none */
    bool absent;        /* STATUS, LOOKUP: the service says there is no such task */
    bool resign;        /* sign anew and try once more */
    bool duplicate;     /* CREATE: a task with this external id exists */
    kl_error error;     /* kind NONE when the reply is a task (or a list) */
} kl_outcome;

#endif
