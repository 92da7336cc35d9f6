/* inflight.c - many tasks at once, each asked for every 2 seconds.
 *
 * Owns: a ring of tasks in the order they are due, and 32 jobs.
 * Stands on: bare.h.
 * Never: keeps more of a task than its number; one interval for all, so a ring suffices.
 */
#include "bare.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct { job job; long task; char url[BARE_URL]; } slots[BARE_AT_ONCE];
static long *ring, head, waiting, tasks, polls;
static double *due, interval, stop;
static int free_slots[BARE_AT_ONCE], free_count;
static const char *base;

static void put(long task, double at)
{
    long i = (head + waiting++) % tasks;
    ring[i] = task;
    due[i] = at;
}

static void polled(job *j)
{
    bare_need(strstr(j->reply, "\"task_status\":\"processing\"") != NULL, "not a status");
    polls++;
    put(slots[j->id].task, bare_now() + interval);
    free_slots[free_count++] = (int)j->id;
}

static void ask_first(void)
{
    int s = free_slots[--free_count];
    slots[s].task = ring[head];
    head = (head + 1) % tasks;
    waiting--;
    snprintf(slots[s].url, BARE_URL, "%s/v1/videos/text2video/8602607538%08ld", base,
             slots[s].task);
    bare_get(&slots[s].job, slots[s].url);
}

/* Sends what is due; tells in how many seconds the next one is. */
static double next(void)
{
    double now = bare_now();
    if (now >= stop) return -1;
    while (waiting > 0 && free_count > 0 && due[head] <= now) ask_first();
    double until = waiting > 0 && free_count > 0 ? due[head] : stop;
    return (until < stop ? until : stop) - now;
}

long bare_inflight(const char *url, long count, char **more)
{
    base = url;
    tasks = count;
    interval = atof(more[0]);
    stop = bare_now() + atof(more[1]);
    ring = calloc((size_t)count, sizeof *ring);
    due = calloc((size_t)count, sizeof *due);
    bare_need(ring && due, "no memory");
    for (int i = 0; i < BARE_AT_ONCE; i++) {
        slots[i].job.id = i;
        bare_prepare(&slots[i].job, polled);
        free_slots[free_count++] = i;
    }
    for (long i = 0; i < count; i++) put(i, bare_now() + interval * (double)i / (double)count);
    bare_run(next);
    return polls;
}
