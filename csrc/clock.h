/* clock.h - the two clocks: one that tells the date, one that never jumps.
 *
 * Owns: nothing.
 * Stands on: the C library.
 * Never: mixes the two: due times are monotonic, tokens and HTTP dates are wall time.
 */
#ifndef KL_CLOCK_H
#define KL_CLOCK_H

/* Unix seconds; jumps when somebody sets the machine's clock. */
double kl_clock_wall(void);
/* Seconds since some moment; only differences mean anything. */
double kl_clock_monotonic(void);

#endif
