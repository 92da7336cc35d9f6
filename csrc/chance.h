/* chance.h - ids that nobody else has, and dice.
 *
 * Owns: nothing.
 * Stands on: sign.h.
 * Never: uses dice for anything secret, or makes ids without the system's randomness.
 */
#ifndef KL_CHANCE_H
#define KL_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

enum { KL_RANDOM_ID = 26 }; /* letters; 134 bits */

/* Fills `out` with letters out of [0-9a-z] and a NUL; false when the system gives no randomness. */
bool kl_random_id(char out[KL_RANDOM_ID + 1]);

/* Dice for jitter; the state must not be 0. */
uint64_t kl_dice_seed(void);
double kl_dice_throw(uint64_t *state); /* 0 <= x < 1 */

#endif
