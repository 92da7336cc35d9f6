/* alone.c - keeps what is preloaded into one process out of the processes it starts.
 *
 * Owns: LD_PRELOAD in the environment of a process that has this file in it.
 * Stands on: the dynamic linker, which has read LD_PRELOAD by then.
 * Never: does anything after a process's start. tools/memory.sh says what is preloaded where.
 */
#define _GNU_SOURCE
#include <stdlib.h>

__attribute__((constructor)) static void forget(void)
{
    unsetenv("LD_PRELOAD");
}
