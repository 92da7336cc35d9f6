/* heap.c - see heap.h.
 *
 * Owns: nothing.
 * Stands on: heap.h.
 * Never: compares anything but `due`.
 */
#include "heap.h"

#include <math.h>
#include <stdlib.h>

enum { ROOM_AT_FIRST = 16 };

bool kl_heap_reserve(kl_heap *h, size_t n)
{
    if (n < h->room) return true;
    size_t room = h->room == 0 ? ROOM_AT_FIRST : h->room;
    while (room <= n) room *= 2;
    kl_task **items = realloc(h->items, room * sizeof *items);
    if (items == NULL) return false;
    h->items = items;
    h->room = room;
    return true;
}

static void put(kl_heap *h, size_t place, kl_task *t)
{
    h->items[place] = t;
    t->place = place;
}

/* Moves the hole at `place` up until `t` may stand in it. */
static size_t rise(kl_heap *h, size_t place, const kl_task *t)
{
    for (; place > 1 && h->items[place / 2]->due > t->due; place /= 2)
        put(h, place, h->items[place / 2]);
    return place;
}

static size_t sink(kl_heap *h, size_t place, const kl_task *t)
{
    for (size_t child; (child = 2 * place) <= h->n; place = child) {
        if (child < h->n && h->items[child + 1]->due < h->items[child]->due) child++;
        if (h->items[child]->due >= t->due) break;
        put(h, place, h->items[child]);
    }
    return place;
}

void kl_heap_remove(kl_heap *h, kl_task *t)
{
    if (t->place == 0) return;
    kl_task *last = h->items[h->n--];
    if (last != t) put(h, sink(h, rise(h, t->place, last), last), last);
    t->place = 0;
}

void kl_heap_update(kl_heap *h, kl_task *t)
{
    if (t->due >= HUGE_VAL) {
        kl_heap_remove(h, t);
        return;
    }
    size_t place = t->place != 0 ? t->place : ++h->n;
    put(h, sink(h, rise(h, place, t), t), t);
}

kl_task *kl_heap_first(const kl_heap *h)
{
    return h->n == 0 ? NULL : h->items[1];
}

void kl_heap_free(kl_heap *h)
{
    free(h->items);
    *h = (kl_heap){0};
}
