/* fault.h - a transfer that brought no reply, put into the words of an outcome.
 *
 * Owns: which fault is which kind of error, and which ones may pass.
 * Stands on: http.h, outcome.h.
 * Never: decides what is done about it.
 */
#ifndef KL_FAULT_H
#define KL_FAULT_H

#include "http.h"
#include "outcome.h"

/* True when the whole reply is there, whatever its status says. */
bool kl_fault_none(const kl_transfer *t);
/* What a whole reply is to decode.c; points into the transfer. */
void kl_fault_answer(const kl_transfer *t, kl_answer *a);
/* Describes the fault of a transfer (or KL_FAULT_MEMORY when t is NULL: it could not be made). */
void kl_fault_outcome(const kl_transfer *t, kl_outcome *out);
/* The error alone. */
void kl_fault_error(const kl_transfer *t, kl_error *e);
/* A word for programs: "reset", "too_large", ...; "" for none. */
const char *kl_fault_word(kl_fault fault);

#endif
