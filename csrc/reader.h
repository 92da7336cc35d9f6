/* reader.h - a reply, parsed, and the values that stand at its places.
 *
 * Owns: the records of one reply, what makes a value usable; kling's own lua-cjson, which makes Lua
 * tables of a reply for those who ask.
 * Stands on: reply.h, tree.h, lua-cjson.
 * Never: decides what a value means.
 */
#ifndef KL_READER_H
#define KL_READER_H

#include "outcome.h"
#include "tree.h"

enum { KL_RECORDS = 9 }; /* the reply, and records in records */

typedef struct kl_reader {
    lua_State *L;
    kl_replies *r;
    int slot;                 /* stack index of the slot table */
    const kl_secrets *ours;   /* masked in what is shown; NULL: none */
    kl_tree *tree;
    kl_tree_fault fault;
    int nrecords;             /* 0: the reply is no JSON object */
    const kl_node *records[KL_RECORDS]; /* outermost first */
    uint32_t members[KL_RECORDS][KL_KEYS]; /* of a record, by the index of their key; 0: none */
} kl_reader;

/* Parses; true: pushes the value, false: pushes lua-cjson's complaint. The first call in a state
 * makes kling's own lua-cjson and raises when there is none. [-0, +1, e] */
bool kl_decode_raw(lua_State *L, const char *text, size_t len);

/* The meaning of a word (reply.h). [-0, +0, m] */
int kl_reader_word(kl_reader *rd, int words, kl_span text);
/* Parses a reply and finds its records; `replies` holds a kling.replies for sure; what it pushes is
 * the caller's to pop. True for an object;
 * false: `fault` says why, GOOD when the JSON is something else. Spans hold until the next one is
 * opened. [-0, +2, m] */
bool kl_reader_open(kl_reader *rd, lua_State *L, int replies, kl_span text);
/* Done with; large replies' memory is given back. */
void kl_reader_close(kl_reader *rd);
/* Makes `sub` a reader of one item in a reply; `outer`: the reply's own record stays the outermost
 * one. */
void kl_reader_item(kl_reader *sub, const kl_reader *rd, const kl_node *item, bool outer);

/* Takes a value into `out` when it is usable. [-0, +0] */
typedef bool kl_take(kl_reader *rd, const kl_node *value, void *out);
/* The first usable value among a part's places. [-0, +0] */
bool kl_read(kl_reader *rd, kl_part part, kl_take *take, void *out);

/* An id as it is asked for: 1 to 190 printable ASCII characters, no blank, no slash. */
typedef struct kl_id {
    char text[KL_ID_MAX];
    bool bad; /* there is one, but it can't be used */
} kl_id;

kl_take kl_take_id;      /* kl_id: the first one that is there, usable or not */
kl_take kl_take_label;   /* char[KL_ID_MAX]: an id the caller chose, without control bytes */
kl_take kl_take_span;    /* kl_span: text that is not empty */
kl_take kl_take_words;   /* kl_span: text that says something */
kl_take kl_take_url;     /* kl_span: an http or https URL */
kl_take kl_take_number;  /* double: a finite number, or text that is one */
kl_take kl_take_percent; /* double: 0..1 */
kl_take kl_take_time;    /* int64_t: Unix seconds */
kl_take kl_take_code;    /* char[KL_CODE_MAX]: a code that does not mean all is well */
kl_take kl_take_present; /* NULL: anything but null */

#endif
