/* reply_build.h - the tools reply.c and reply_class.c compile with.
 *
 * Owns: `kl_reply_build`, the state of one compilation.
 * Stands on: reply.h.
 * Never: outlives kl_replies_compile.
 */
#ifndef KL_REPLY_BUILD_H
#define KL_REPLY_BUILD_H

#include "reply.h"

typedef struct kl_reply_build {
    lua_State *L;
    kl_replies *r;
    int slot, data; /* stack indices */
    int nkeys;
} kl_reply_build;

/* Raises "replies: <path>: <what>". */
void kl_reply_fail(kl_reply_build *b, const char *path, const char *what);
/* Pushes t[name] and says whether it is there; something of another type is refused. */
bool kl_reply_typed(kl_reply_build *b, int t, const char *name, int type);
/* Pushes the table data[name]; a missing one is refused. */
void kl_reply_table(kl_reply_build *b, const char *name);
/* Refuses keys of the table on the top that are not in the NULL-ended list. */
void kl_reply_only(kl_reply_build *b, const char *path, const char *const *known);
/* Keeps the string on the top alive with the program, pops it, gives its address. */
const char *kl_reply_keep(kl_reply_build *b);
/* A new table of words in the slot table; it is also left on the stack, its index is returned. */
int kl_reply_words(kl_reply_build *b, int words);
/* The text in lower case (of ASCII letters), at most 64 bytes. [-0, +1, m] */
void kl_reply_lower(lua_State *L, const char *text, size_t len);
/* Classes, and everything that leads to one (reply_class.c). */
void kl_reply_classes(kl_reply_build *b);

#endif
