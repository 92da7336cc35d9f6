/* bare.h - the practical limit: libcurl told directly what to send, and nothing else done.
 *
 * Owns: the crank (one multi handle), easy handles that are used again, replies in fixed buffers.
 * Stands on: libcurl.
 * Never: checks a request, parses JSON, allocates per request; what a client adds shows against it.
 */
#ifndef BARE_H
#define BARE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#define BARE_KEY "sk-0123456789abcdef0123456789abcdef"
enum { BARE_AT_ONCE = 32, BARE_REPLY = 4096, BARE_URL = 512 };

/* One request on its way; `done` is called when its whole reply is there. */
typedef struct job {
    CURL *easy;
    void (*done)(struct job *);
    long id;
    size_t length;
    char reply[BARE_REPLY];
} job;

/* Ends the process with a sentence unless `fine`. */
void bare_need(bool fine, const char *what);
double bare_now(void); /* seconds, monotonic */

/* Makes the easy handle of a job and tells it what all requests share. */
void bare_prepare(job *j, void (*done)(job *));
/* Sends it. Neither `url` nor `body` may change before `done`; a NULL body is read by the handle's
 * READFUNCTION. */
void bare_get(job *j, const char *url);
void bare_post(job *j, const char *url, const char *body, curl_off_t length);
/* Sends a handle that was told everything already. */
void bare_go(job *j);
/* Cranks until nothing is on its way and `next` (seconds until it wants to be called again, < 0:
 * never) has nothing left. `next` may be NULL. */
void bare_run(double (*next)(void));
/* Copies the task id out of a create reply behind `prefix`; false: there is none. */
bool bare_status_url(const job *j, const char *prefix, char *url);

/* The workloads: each does `count` units against `url` and returns how many it did. */
long bare_tasks(const char *url, long count, char **more);
long bare_inflight(const char *url, long count, char **more);
long bare_upload(const char *url, long count, char **more);
long bare_download(const char *url, long count, char **more);
long bare_start(const char *url, long count, char **more);

#endif
