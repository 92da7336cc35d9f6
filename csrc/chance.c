/* chance.c - see chance.h.
 *
 * Owns: nothing.
 * Stands on: chance.h, sign.h, clock.h.
 * Never: repeats itself after a fork where it matters: ids come from the system each time.
 */
#include "chance.h"

#include "clock.h"
#include "sign.h"

static const char LETTERS[] = "0123456789abcdefghijklmnopqrstuvwxyz";
enum { NLETTERS = 36, FAIR = 252 }; /* bytes from 252 on would favour the first letters */

bool kl_random_id(char out[KL_RANDOM_ID + 1])
{
    unsigned char bytes[64];
    int n = 0;
    while (n < KL_RANDOM_ID) {
        if (!kl_sign_random(bytes, sizeof bytes)) return false;
        for (size_t i = 0; i < sizeof bytes && n < KL_RANDOM_ID; i++)
            if (bytes[i] < FAIR) out[n++] = LETTERS[bytes[i] % NLETTERS];
    }
    out[n] = '\0';
    return true;
}

uint64_t kl_dice_seed(void)
{
    uint64_t seed = 0;
    if (!kl_sign_random(&seed, sizeof seed)) seed = (uint64_t)(kl_clock_wall() * 1e6);
    return seed | 1;
}

/* Marsaglia's xorshift64; the upper 53 bits make the double. */
double kl_dice_throw(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return (double)(x >> 11) * 0x1p-53;
}
