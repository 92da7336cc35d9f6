/* digest.h - replies read in a protected call: none is lost to an error in the middle of it.
 *
 * Owns: the way from a transfer to an outcome; what a hook raised on that way, until it can be
 * raised again.
 * Stands on: engine.h, decode.h, fault.h.
 * Never: moves a task.
 */
#ifndef KL_DIGEST_H
#define KL_DIGEST_H

#include "engine.h"

typedef struct kl_digestion {
    kl_job *job;
    kl_transfer *transfer; /* whole */
    kl_purpose purpose;
    kl_outcome *out;
} kl_digestion;

/* Puts what reading needs into the engine's slot table on the top. [-0, +0, e] */
void kl_digest_setup(lua_State *L);
/* Reads a reply. A hook (Ctrl-C) may raise in the middle of it: that must not cost the reply, so it
 * is read again, and the error kept. Without memory the reply was there but not understood.
 * [-0, +0] */
void kl_digest(const kl_host *h, kl_digestion *d);
/* Raises what was kept, if anything was. [-0, +0, e] */
void kl_digest_raise(const kl_host *h);

#endif
