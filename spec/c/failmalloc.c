/* failmalloc.c - makes one chosen allocation fail, to see what kling/core.so does then.
 *
 * Owns: malloc, calloc, realloc and strdup of a process that has this file in LD_PRELOAD.
 * Stands on: dlsym(RTLD_NEXT), so it may stand before a sanitizer's allocator.
 * Never: fails anything unless armed. Lua arms it with
 *   package.loadlib(os.getenv "KLING_FAILMALLOC", "failmalloc_arm")()   and "failmalloc_disarm"
 * KLING_FAIL_AT=N: the N-th allocation while armed; KLING_FAIL_SCOPE=core: counting only what
 * core.so itself asks for, =all: everything; KLING_FAIL_MARK: a file made when it has failed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void (*next_free)(void *);

static atomic_bool armed;
static atomic_long seen;
static long fail_at;
static bool only_core;

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

static bool from_core(const void *caller)
{
    static const char name[] = "kling/core.so";
    Dl_info info;
    if (!dladdr(caller, &info) || !info.dli_fname) return false;
    size_t len = strlen(info.dli_fname), tail = sizeof name - 1;
    return len >= tail && strcmp(info.dli_fname + len - tail, name) == 0;
}

static void leave_mark(void)
{
    const char *path = getenv("KLING_FAIL_MARK");
    int fd = path ? open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600) : -1;
    if (fd >= 0) close(fd);
}

/* True when the allocation asked for from `caller` is the chosen one. */
static bool chosen(const void *caller)
{
    if (!atomic_load(&armed) || (only_core && !from_core(caller))) return false;
    if (atomic_fetch_add(&seen, 1) + 1 != fail_at) return false;
    leave_mark();
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

/* Both are Lua C functions that neither take nor return a value. */
int failmalloc_arm(void *L)
{
    const char *at = getenv("KLING_FAIL_AT"), *scope = getenv("KLING_FAIL_SCOPE");
    (void)L;
    fail_at = at ? strtol(at, NULL, 10) : 0;
    only_core = !scope || strcmp(scope, "all") != 0;
    atomic_store(&armed, true);
    return 0;
}

int failmalloc_disarm(void *L)
{
    (void)L;
    atomic_store(&armed, false);
    return 0;
}
