/* check.h - what every C test needs: count checks, name the one that failed, sum up.
 *
 * Owns: CHECK, CHECK_RESULT, the counters of one test program.
 * Stands on: nothing.
 * Never: stops at a failure; one run shows all.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define KL_MAYBE_UNUSED __attribute__((unused))

static int checks_done, checks_failed, checks_skipped;

KL_MAYBE_UNUSED static bool check_that(bool good, const char *what, const char *file, int line)
{
    checks_done++;
    if (!good) {
        checks_failed++;
        printf("%s:%d: failed: %s\n", file, line, what);
    }
    return good;
}

#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)

/* Both texts are shown when they differ. */
KL_MAYBE_UNUSED static bool check_text(const char *got, const char *want, const char *file,
                                       int line)
{
    bool same = got && strcmp(got, want) == 0;
    if (!check_that(same, "the same text", file, line))
        printf("    got  \"%s\"\n    want \"%s\"\n", got ? got : "(null)", want);
    return same;
}

#define CHECK_TEXT(got, want) check_text((got), (want), __FILE__, __LINE__)

KL_MAYBE_UNUSED static bool check_number(long long got, long long want, const char *what,
                                         const char *file, int line)
{
    if (!check_that(got == want, what, file, line))
        printf("    got  %lld\n    want %lld\n", got, want);
    return got == want;
}

#define CHECK_IS(got, want)                                                                        \
    check_number((long long)(got), (long long)(want), #got " is " #want, __FILE__, __LINE__)

/* Says why a test can't be made on this machine. */
KL_MAYBE_UNUSED static void check_skip(const char *why)
{
    printf("skipped: %s\n", why);
    checks_skipped++;
}

/* Sums up; the value main returns. No check at all is a failure as well. */
KL_MAYBE_UNUSED static int check_result(void)
{
    int passed = checks_done - checks_failed;
    printf("%d checks passed%s%s\n", passed, checks_failed ? ", some failed" : "",
           checks_skipped ? ", some skipped" : "");
    printf("%d passed, %d failed", passed, checks_failed);
    if (checks_skipped) printf(", %d skipped", checks_skipped);
    printf("\n");
    return checks_failed || !passed;
}

#define CHECK_RESULT() check_result()

#endif
