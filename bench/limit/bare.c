/* bare.c - `bare WORKLOAD URL COUNT ...`: runs one workload at the practical limit.
 *
 * Owns: the command line and the line of JSON that says how much was done.
 * Stands on: bare.h.
 * Never: measures anything; the process that started it does.
 */
#include "bare.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    long (*run)(const char *url, long count, char **more);
} workloads[] = {
    {"tasks", bare_tasks},       {"inflight", bare_inflight}, {"upload", bare_upload},
    {"download", bare_download}, {"start", bare_start},
};

int main(int argc, char **argv)
{
    bare_need(argc >= 4, "usage: bare WORKLOAD URL COUNT ...");
    for (size_t i = 0; i < sizeof workloads / sizeof workloads[0]; i++)
        if (strcmp(argv[1], workloads[i].name) == 0) {
            printf("{\"done\":%ld}\n", workloads[i].run(argv[2], atol(argv[3]), argv + 4));
            return 0;
        }
    bare_need(false, "no such workload");
}
