/* tree.h - a JSON text as a flat row of nodes.
 *
 * Owns: the parser of replies on the way of every poll, and the memory it uses again each time. Lua
 * tables of a reply cost five times its reading (make bench, "tasks"); Lua gets them from lua-cjson
 * when it asks (task:raw).
 * Stands on: scan.h for kl_span.
 * Never: touches Lua; rounds a number (its digits stay); goes deeper than it may.
 */
#ifndef KL_TREE_H
#define KL_TREE_H

#include "scan.h"

#include <stdint.h>

typedef enum kl_json_type {
    KL_JSON_NULL, KL_JSON_FALSE, KL_JSON_TRUE, KL_JSON_NUMBER, KL_JSON_STRING, KL_JSON_ARRAY,
    KL_JSON_OBJECT
} kl_json_type;

/* Nodes stand in the order of the text: what is in a node follows it, up to `after`. */
typedef struct kl_node {
    kl_json_type type;
    uint32_t after; /* the first node that is not in this one */
    kl_span key;    /* of a member of an object */
    kl_span text;   /* strings without escapes, ended by a NUL; numbers as they are written */
} kl_node;

typedef enum kl_tree_fault {
    KL_TREE_GOOD, KL_TREE_ENDS_EARLY, KL_TREE_TOO_DEEP, KL_TREE_NOT_JSON, KL_TREE_NO_MEMORY
} kl_tree_fault;

typedef struct kl_tree {
    kl_node *nodes; /* nodes[0] is the whole */
    uint32_t count, room;
    char *text;     /* a copy, in which strings are unescaped in place */
    size_t text_room;
} kl_tree;

/* Reads a text (RFC 8259; raw control characters in strings are let through, a NUL is not). A
 * zeroed tree may be used again and again; spans of the nodes hold until then. */
kl_tree_fault kl_tree_read(kl_tree *t, const char *text, size_t len);
/* Gives back memory beyond what usual replies need. */
void kl_tree_trim(kl_tree *t);
void kl_tree_free(kl_tree *t);

/* The member `key` of an object, NULL when it has none; the last of several counts. */
const kl_node *kl_tree_member(const kl_tree *t, const kl_node *object, kl_span key);
/* The first node inside, and the next one beside; NULL at the end. `of`: the node around them. */
const kl_node *kl_tree_first(const kl_tree *t, const kl_node *of);
const kl_node *kl_tree_next(const kl_tree *t, const kl_node *of, const kl_node *node);

/* A finite number as JSON writes it, whatever the C locale; false for anything else. */
bool kl_tree_number(kl_span text, double *x);

#endif
