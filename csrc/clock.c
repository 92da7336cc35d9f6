/* clock.c - see clock.h.
 *
 * Owns: nothing.
 * Stands on: POSIX clock_gettime.
 * Never: fails; both clocks exist wherever libcurl runs.
 */
#define _POSIX_C_SOURCE 200809L
#include "clock.h"

#include <time.h>

static double now(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double kl_clock_wall(void)
{
    return now(CLOCK_REALTIME);
}

double kl_clock_monotonic(void)
{
    return now(CLOCK_MONOTONIC);
}
