/* heap.h - which task is due next: a binary heap over their `due` times.
 *
 * Owns: an array of pointers; each task knows its place in it.
 * Stands on: task.h.
 * Never: fails while tasks are moved: room is made before a task can become due.
 */
#ifndef KL_HEAP_H
#define KL_HEAP_H

#include "task.h"

typedef struct kl_heap {
    kl_task **items; /* items[1..n]; place 0 means: not in the heap */
    size_t n, room;
} kl_heap;

/* Room for `n` tasks at once; false: no memory. */
bool kl_heap_reserve(kl_heap *h, size_t n);
/* Puts, moves or removes the task after its `due` changed (HUGE_VAL: it does not want to be
 * here). */
void kl_heap_update(kl_heap *h, kl_task *t);
void kl_heap_remove(kl_heap *h, kl_task *t);
/* The one that is due first, or NULL. */
kl_task *kl_heap_first(const kl_heap *h);
void kl_heap_free(kl_heap *h);

#endif
