/* failmalloc.c - makes allocations fail, each in its turn, to see what kling does then.
 *
 * Owns: malloc, calloc, realloc and strdup of a process that has this file in LD_PRELOAD; a child
 * process for each allocation that is to fail.
 * Stands on: dlsym(RTLD_NEXT), so it may stand before a sanitizer's allocator; fork(2).
 * Never: fails anything unless armed. Lua calls these, by package.loadlib:
 *   failmalloc_rounds   returns once in a child for each allocation, with KLING_FAIL_CHILD set, and
 *                       in this process when all children have ended
 *   failmalloc_arm, failmalloc_disarm   around what is tried in a child
 * KLING_FAIL_FROM=N, KLING_FAIL_TO=N: only these, to look at one more closely.
 * KLING_FAIL_SCOPE=core: counting only what core.so itself asks for; =all: everything.
 * KLING_FAIL_RUN=N: so many fail in a row. Lua collects its garbage and asks again, so it takes two
 * to make it run out of memory; afterwards there is enough again.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SECONDS = 60, /* a child that takes longer hangs */
    AT_ONCE = 4,  /* children; some wait for the sandbox */
    WORST = 5     /* failures after which it is given up */
};

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void (*next_free)(void *);

static atomic_bool armed;
static atomic_long seen;
static long first, last; /* the allocations that fail */
static bool only_core;
static atomic_bool *reached; /* shared with the parent */

/* dlsym allocates while it looks for the real allocator: from here, never to be freed. */
static char early[65536] __attribute__((aligned(16)));
static atomic_size_t early_used;

static void *early_room(size_t n)
{
    size_t at = atomic_fetch_add(&early_used, (n + 31) / 16 * 16);
    return at + n <= sizeof early ? early + at : NULL;
}

static bool is_early(const void *p)
{
    return (const char *)p >= early && (const char *)p < early + sizeof early;
}

static void *find(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static bool ready(void)
{
    static atomic_int state; /* 0 new, 1 being looked up, 2 done */
    int expected = 0;
    if (atomic_load(&state) == 2) return true;
    if (!atomic_compare_exchange_strong(&state, &expected, 1)) return expected == 2;
    *(void **)&next_malloc = find("malloc");
    *(void **)&next_calloc = find("calloc");
    *(void **)&next_realloc = find("realloc");
    *(void **)&next_free = find("free");
    atomic_store(&state, 2);
    return true;
}

/* Others' ends of the process: the dynamic linker's without memory for a thread's data, a
 * sanitizer's in the middle of a thread's start, lua-cjson's without memory for a buffer. */
static bool must_not_fail(const char *library)
{
    bool is_thread = getpid() != gettid();
    return strstr(library, "/ld-linux") || strstr(library, "/cjson.so") ||
           (is_thread && strstr(library, "/libc.so"));
}

/* Whether it counts that `caller` asks. */
static bool counts(const void *caller)
{
    Dl_info info;
    if (!dladdr(caller, &info) || !info.dli_fname) return !only_core;
    if (only_core) return strstr(info.dli_fname, "kling/core.so") != NULL;
    return !must_not_fail(info.dli_fname);
}

/* True when the allocation asked for from `caller` is to fail. */
static bool chosen(const void *caller)
{
    if (!atomic_load(&armed) || !counts(caller)) return false;
    long n = atomic_fetch_add(&seen, 1) + 1;
    if (n < first || n > last) return false;
    atomic_store(reached, true);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n)
{
    if (!ready()) return early_room(n);
    return chosen(__builtin_return_address(0)) ? NULL : next_malloc(n);
}

void *calloc(size_t count, size_t size)
{
    if (!ready()) return early_room(count * size); /* static memory is zero */
    return chosen(__builtin_return_address(0)) ? NULL : next_calloc(count, size);
}

void *realloc(void *old, size_t n)
{
    if (!ready() || is_early(old)) return NULL; /* nothing early is ever grown */
    return chosen(__builtin_return_address(0)) ? NULL : next_realloc(old, n);
}

void free(void *p)
{
    if (p && !is_early(p) && ready()) next_free(p);
}

char *strdup(const char *text)
{
    size_t n = strlen(text) + 1;
    if (!ready() || chosen(__builtin_return_address(0))) return NULL;
    char *copy = next_malloc(n);
    return copy ? memcpy(copy, text, n) : NULL;
}

/* ---- a child for each ------------------------------------------------------------------------ */

static atomic_bool *marks; /* one for each place of a child */
static pid_t children[AT_ONCE];
static long at[AT_ONCE]; /* the allocation that fails there */
static int running, passed, failed;
static bool over; /* a child found nothing left to fail */

static void settle(int place, int status)
{
    if (!atomic_load(&marks[place])) over = true;
    if (status != 0) {
        bool killed = WIFSIGNALED(status);
        printf("allocation %ld failing: %s %d (report.%ld)\n", at[place],
               killed ? "signal" : "exit", killed ? WTERMSIG(status) : WEXITSTATUS(status),
               (long)children[place]);
        fflush(stdout);
        failed++;
    } else if (atomic_load(&marks[place])) {
        passed++;
    }
    children[place] = 0;
    running--;
}

static void wait_for_one(void)
{
    int status;
    pid_t pid = wait(&status);
    for (int i = 0; i < AT_ONCE; i++)
        if (children[i] == pid) settle(i, status);
}

/* True in the child. */
static bool start(int place, long n, long run)
{
    atomic_store(&marks[place], false);
    at[place] = n;
    children[place] = fork();
    if (children[place] != 0) return running++, false;
    first = n;
    last = n + run - 1;
    reached = &marks[place];
    alarm(SECONDS);
    return setenv("KLING_FAIL_CHILD", "yes", 1) == 0;
}

static int free_place(void)
{
    int i = 0;
    while (children[i] != 0) i++;
    return i;
}

/* These are Lua C functions that neither take nor return a value. */
int failmalloc_rounds(void *L)
{
    const char *scope = getenv("KLING_FAIL_SCOPE"), *run = getenv("KLING_FAIL_RUN");
    const char *from = getenv("KLING_FAIL_FROM"), *to = getenv("KLING_FAIL_TO");
    long n = from ? strtol(from, NULL, 10) - 1 : 0, end = to ? strtol(to, NULL, 10) : 0;
    (void)L;
    only_core = !scope || strcmp(scope, "all") != 0;
    /* cppcheck-suppress invalidFunctionArg */
    marks = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (marks == MAP_FAILED) abort();
    passed = failed = 0;
    for (over = false; !over && failed < WORST;) {
        if (running == AT_ONCE) wait_for_one();
        if (end != 0 && n == end) over = true;
        if (!over && start(free_place(), ++n, run ? strtol(run, NULL, 10) : 1)) return 0;
    }
    while (running > 0) wait_for_one();
    printf("%d passed, %d failed\n", passed, failed);
    fflush(stdout);
    return 0;
}

int failmalloc_arm(void *L)
{
    (void)L;
    atomic_store(&armed, true);
    return 0;
}

int failmalloc_disarm(void *L)
{
    (void)L;
    atomic_store(&armed, false);
    return 0;
}
