/* fuzz_base64.c - Base64 both ways: any bytes survive it, any text is judged and copied safely.
 *
 * Owns: nothing.
 * Stands on: media.h.
 * Never: gives the code under test a byte more than it was promised: inputs are copied to blocks of
 * their exact size, so that the address sanitizer sees each step too far.
 */
#include "media.h"

#include <stdlib.h>
#include <string.h>

static void *exactly(size_t n)
{
    void *block = malloc(n ? n : 1);
    if (!block) abort();
    return block;
}

/* What the encoder writes is clean Base64, as long as foretold, and stands for as many bytes. */
static void check_encoding(const uint8_t *data, size_t size)
{
    size_t n = (size_t)kl_base64_length(size);
    char *text = exactly(n), why[200];
    kl_base64_text t;
    kl_base64_encode(data, size, text);
    if (size && !kl_base64_check(text, n, &t, why, sizeof why)) abort();
    if (size && (t.decoded != size || t.digits != n || !t.clean || t.start != text)) abort();
    free(text);
}

/* A stranger's text: when it is accepted, its copy has only digits and is accepted again. */
static void check_text(const uint8_t *data, size_t size)
{
    char *text = exactly(size), why[200] = "";
    kl_base64_text t, again;
    kl_image image;
    memcpy(text, data, size);
    if (kl_base64_check(text, size, &t, why, sizeof why)) {
        char *copy = exactly(t.digits);
        kl_base64_copy(&t, copy);
        if (!kl_base64_check(copy, t.digits, &again, why, sizeof why)) abort();
        if (!again.clean || again.decoded != t.decoded || again.digits != t.digits) abort();
        kl_base64_sniff(&t, &image);
        free(copy);
    } else if (!why[0]) {
        abort(); /* a refusal says why */
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_encoding(data, size);
    check_text(data, size);
    return 0;
}
