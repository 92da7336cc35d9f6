/* reply.h - how one gateway's replies are read: Lua data in, compact program out.
 *
 * Owns: the program's structs and `core.replies`. A program never changes once compiled, but for
 *   the words it looked up last.
 * Stands on: compat.h, error.h. Words of the data: lua/kling/replies.lua and errors.lua.
 * Never: knows a gateway's name. Lua strings stand in the userdata's slot table, which keeps them
 * alive; the program holds their indices, and addresses where C itself reads them.
 */
#ifndef KL_REPLY_H
#define KL_REPLY_H

#include "compat.h"
#include "error.h"
#include "scan.h"

#define KL_REPLIES "kling.replies"

/* One row a list of places: C name, word of the data. */
#define KL_PARTS(X)                                                                                \
    X(ID, "id")                                                                                    \
    X(EXTERNAL_ID, "external_id")                                                                  \
    X(STATUS, "status")                                                                            \
    X(PROGRESS, "progress")                                                                        \
    X(CREATED_AT, "created_at")                                                                    \
    X(UPDATED_AT, "updated_at")                                                                    \
    X(REASON, "reason")                                                                            \
    X(VIDEOS, "videos")                                                                            \
    X(VIDEO_ID, "video_id")                                                                        \
    X(VIDEO_URL, "video_url")                                                                      \
    X(VIDEO_WATERMARK_URL, "video_watermark_url")                                                  \
    X(VIDEO_DURATION, "video_duration")                                                            \
    X(URL, "url")                                                                                  \
    X(DURATION, "duration")                                                                        \
    X(COST, "cost")                                                                                \
    X(LIST, "list")                                                                                \
    X(CODE, "code")                                                                                \
    X(ERROR, "error")                                                                              \
    X(ERROR_CODE, "error_code")                                                                    \
    X(ERROR_TYPE, "error_type")                                                                    \
    X(MESSAGE, "message")                                                                          \
    X(REQUEST_ID, "request_id")

typedef enum kl_part {
#define KL_PART_ENUM(name, word) KL_PART_##name,
    KL_PARTS(KL_PART_ENUM)
#undef KL_PART_ENUM
        KL_PART_COUNT
} kl_part;

enum {
    KL_PLACE_KEYS = 3,
    KL_KEYS = 64,          /* different ones of all places */
    KL_KEY_SLOTS = 256,
    KL_WORDS_KEPT = 16,
    KL_WORD_MAX = 16,
    KL_PLACES = 12,        /* of one part */
    KL_ANY_RECORD = 0xFF,  /* `*.`: every record, outermost first */
    KL_CLASSES = 40,
    KL_PHRASES = 24,
    KL_CLASS_STATUSES = 4, /* rows of a class's `at` */
    KL_CLASS_TEXT_MAX = 160,
    KL_HTTP_STATUSES = 600
};

/* Keys to follow from a record; each is an index into the program's keys. */
typedef struct kl_place {
    uint8_t record, nkeys;
    uint16_t keys[KL_PLACE_KEYS];
} kl_place;

typedef struct kl_places {
    kl_place at[KL_PLACES];
    int n;
} kl_places;

typedef enum kl_retry { KL_RETRY_NEVER, KL_RETRY_ASKING, KL_RETRY_ALWAYS } kl_retry;

/* What a failure means; the words are explained in errors.lua. */
typedef struct kl_failure {
    const char *name, *text, *hint; /* unique Lua strings in the slot table; hint may be NULL */
    kl_kind kind;                   /* NONE: the class only says where to look further */
    kl_retry retry;
    bool lost, absent, resign, duplicate, nested, refine;
    int nat;
    struct {
        int status;
        uint8_t class;
    } at[KL_CLASS_STATUSES];
} kl_failure;

/* Tables in the slot table, each from a lower-case word to true, a kl_state or a class. */
enum {
    KL_WORDS_STATES = -1,
    KL_WORDS_GOOD_CODES = -2,
    KL_WORDS_NO_REASON = -3,
    KL_WORDS_CODES = -4,
    KL_WORDS_NESTED_CODES = -5,
    KL_WORDS_TYPES = -6
};

/* A word that was looked up, and what was found. */
typedef struct kl_looked_up {
    int words, value; /* 0: none yet */
    size_t len;
    char text[KL_WORD_MAX];
} kl_looked_up;

typedef struct kl_replies {
    kl_places parts[KL_PART_COUNT];
    kl_span keys[KL_KEYS]; /* unique Lua strings in the slot table */
    uint8_t key_slots[KL_KEY_SLOTS]; /* by hash: a key's index + 1, 0: free */
    int nest; /* key under which a record holds the next one */
    int nclasses, nphrases;
    kl_failure classes[KL_CLASSES];
    struct {
        const char *text;
        uint8_t class;
    } phrases[KL_PHRASES];
    uint8_t statuses[KL_HTTP_STATUSES]; /* HTTP status -> class */
    uint8_t page, unreadable, nameless; /* classes of replies that are no answer */
    kl_looked_up latest[KL_WORDS_KEPT]; /* poll after poll says the same */
} kl_replies;

/* The task's state, in the order of replies.lua's words; unknown: a word nobody knows. */
#define KL_STATES(X)                                                                               \
    X(UNKNOWN, "unknown")                                                                          \
    X(QUEUED, "queued")                                                                            \
    X(RUNNING, "running")                                                                          \
    X(SUCCEEDED, "succeeded")                                                                      \
    X(FAILED, "failed")

typedef enum kl_state {
#define KL_STATE_ENUM(name, word) KL_STATE_##name,
    KL_STATES(KL_STATE_ENUM)
#undef KL_STATE_ENUM
} kl_state;
const char *kl_state_word(kl_state state);

/* The program at stack index `i`; raises when it is none. [-0, +0, v] */
kl_replies *kl_replies_check(lua_State *L, int i);
/* Compiles the data at stack index `data` and pushes the userdata; raises what is wrong with the
 * data, its path first. [-0, +1, e] */
kl_replies *kl_replies_compile(lua_State *L, int data);
/* The index of a key, -1 when no place has it. [-0, +0] */
int kl_replies_key(const kl_replies *r, kl_span key);
/* Looks a word up in one of the slot table's tables (see KL_WORDS_), as it is and then in lower
 * case; 0 when it is unknown. `slot` is the slot table's stack index. [-0, +0, m] */
int kl_replies_word(kl_replies *r, lua_State *L, int slot, int words, kl_span text);
/* Adds `replies` to the module table on the top (reply_door.c). [-0, +0, e] */
void kl_reply_register(lua_State *L);

#endif
