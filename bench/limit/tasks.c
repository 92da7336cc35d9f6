/* tasks.c - create a task, ask for it until it has succeeded, 32 at a time.
 *
 * Owns: 32 jobs, each with its status URL.
 * Stands on: bare.h.
 * Never: waits between two polls; the server decides how many there are.
 */
#include "bare.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char body[] =
    "{\"model_name\":\"kling-v1\",\"prompt\":\"A cat walking through a field of sunflowers at "
    "golden hour\",\"negative_prompt\":\"blurry, distorted\",\"mode\":\"std\",\"duration\":\"5\","
    "\"aspect_ratio\":\"16:9\",\"cfg_scale\":0.5}";
static struct { job job; char url[BARE_URL]; } slots[BARE_AT_ONCE];
static char create_url[BARE_URL], prefix[BARE_URL];
static long left, done;

static void created(job *j);

static void polled(job *j)
{
    if (!strstr(j->reply, "\"task_status\":\"succeed\"")) {
        bare_need(strstr(j->reply, "\"processing\"") != NULL, "not a status");
        bare_go(j);
        return;
    }
    bare_need(strstr(j->reply, "\"url\":\"http") != NULL, "no video");
    done++;
    if (left-- <= 0) return;
    j->done = created;
    bare_post(j, create_url, body, sizeof body - 1);
}

static void created(job *j)
{
    bare_need(bare_status_url(j, prefix, slots[j->id].url), "no task id");
    j->done = polled;
    bare_get(j, slots[j->id].url);
}

long bare_tasks(const char *url, long count, char **more)
{
    (void)more;
    snprintf(create_url, sizeof create_url, "%s/v1/videos/text2video", url);
    snprintf(prefix, sizeof prefix, "%s/v1/videos/text2video/", url);
    long first = count < BARE_AT_ONCE ? count : BARE_AT_ONCE;
    left = count - first;
    for (long i = 0; i < first; i++) {
        slots[i].job.id = i;
        bare_prepare(&slots[i].job, created);
        bare_post(&slots[i].job, create_url, body, sizeof body - 1);
    }
    bare_run(NULL);
    return done;
}
