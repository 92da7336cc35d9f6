/* fetch.c - see fetch.h.
 *
 * Owns: the options and the fields of a fetch.
 * Stands on: fetch.h, fault.h, decode.h, POSIX files.
 * Never: follows a symbolic link in the place of the file it writes.
 */
#define _POSIX_C_SOURCE 200809L
#include "fetch.h"

#include "decode.h"
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { REDIRECTS = 3, MAX_REPLY = 16 << 20, VALIDATOR_MAX = 256 };

static kl_fetch *check(lua_State *L, int i)
{
    return luaL_checkudata(L, i, KL_FETCH);
}

/* ---- the end ----------------------------------------------------------------------------- */

/* Closes the file; data may be refused as late as here (network file systems). */
static void close_file(kl_transfer *t)
{
    if (t->sink >= 0 && close(t->sink) != 0 && kl_fault_none(t)) t->fault = KL_FAULT_SINK;
    t->sink = -1;
}

static bool arrived(kl_party *party, void *host)
{
    (void)host;
    kl_fetch *f = (kl_fetch *)party;
    party->transfer = NULL;
    f->done = true;
    close_file(f->transfer);
    return true;
}

/* It never left. */
static void fail(kl_fetch *f, kl_fault fault, const char *detail)
{
    f->transfer->fault = fault;
    snprintf(f->transfer->detail, sizeof f->transfer->detail, "%s", detail);
    f->done = true;
    close_file(f->transfer);
}

/* The transfer is the crank's to free while it is on the way, with its file: a thread may be
 * writing to it. It is lost when the crank was closed or the process forked. */
static void drop(kl_fetch *f)
{
    if (f->party.transfer != NULL) {
        kl_crank_drop(f->crank, &f->party);
        f->transfer = NULL;
    }
    f->done = true;
}

static int cancel(lua_State *L)
{
    drop(check(L, 1));
    return 0;
}

static int collect(lua_State *L)
{
    kl_fetch *f = check(L, 1);
    drop(f);
    if (f->transfer != NULL) kl_transfer_free(f->transfer);
    f->transfer = NULL;
    return 0;
}

/* Its transfer, unless that is gone. */
static const kl_transfer *transfer_of(kl_fetch *f)
{
    bool lost = f->party.transfer != NULL && f->party.generation != f->crank->generation;
    if (lost) {
        f->party.transfer = f->transfer = NULL;
        drop(f);
    }
    return f->transfer;
}

/* ---- the start --------------------------------------------------------------------------- */

static bool add_header(kl_headers *h, const char *name, const char *value)
{
    char line[VALIDATOR_MAX + 32];
    snprintf(line, sizeof line, "%s: %s", name, value);
    return kl_headers_add(h, line);
}

/* Resuming is right only while the file over there is the same: an ETag says so, else the date.
 * Weak tags promise too little (RFC 9110, 13.1.5). */
static bool add_if_range(lua_State *L, int options, kl_headers *h)
{
    const char *etag = kl_option_string(L, options, "etag", NULL);
    const char *date = kl_option_string(L, options, "last_modified", NULL);
    const char *value = etag != NULL && *etag == '"' ? etag : date;
    if (value == NULL || strlen(value) > VALIDATOR_MAX) return true;
    return add_header(h, "If-Range", value);
}

static bool fill_headers(lua_State *L, kl_fetch *f, kl_account *a, int options)
{
    kl_headers *h = f->transfer->headers = kl_headers_new();
    kl_error e;
    if (h == NULL) return fail(f, KL_FAULT_MEMORY, ""), false;
    if (kl_option_flag(L, options, "auth", false) && !kl_account_authorize(a, h, &e))
        return fail(f, KL_FAULT_URL, e.message), false;
    if (f->transfer->resume_from > 0 && !add_if_range(L, options, h))
        return fail(f, KL_FAULT_MEMORY, ""), false;
    return true;
}

/* What the bytes that are there already were said to be, and where that is noted. */
static bool read_begun(lua_State *L, kl_transfer *t, int options)
{
    const char *note = kl_option_string(L, options, "note", NULL);
    snprintf(t->begun.etag, sizeof t->begun.etag, "%s", kl_option_string(L, options, "etag", ""));
    snprintf(t->begun.last_modified, sizeof t->begun.last_modified, "%s",
             kl_option_string(L, options, "last_modified", ""));
    t->begun.total = (int64_t)kl_option_number(L, options, "total", -1);
    t->note = note == NULL ? NULL : strdup(note);
    return note == NULL || t->note != NULL;
}

static bool open_file(lua_State *L, kl_fetch *f, int options)
{
    const char *path = kl_option_string(L, options, "path", NULL);
    if (path == NULL) return true;
    if (!read_begun(L, f->transfer, options)) return fail(f, KL_FAULT_MEMORY, ""), false;
    f->transfer->sink = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (f->transfer->sink < 0) fail(f, KL_FAULT_SINK, strerror(errno));
    return f->transfer->sink >= 0;
}

static bool set_url(lua_State *L, kl_fetch *f, kl_account *a, int url)
{
    size_t n;
    const char *text = luaL_checklstring(L, url, &n);
    char why[160];
    f->transfer->url = malloc(n + 1);
    if (f->transfer->url == NULL) return fail(f, KL_FAULT_MEMORY, ""), false;
    memcpy(f->transfer->url, text, n + 1);
    f->transfer->net = a->net == NULL ? NULL : kl_net_retain(a->net);
    if (strlen(text) != n) return fail(f, KL_FAULT_URL, "a zero byte in it"), false;
    if (!kl_net_allows(a->net, text, why, sizeof why)) return fail(f, KL_FAULT_URL, why), false;
    return true;
}

static void read_limits(lua_State *L, kl_transfer *t, int options)
{
    t->resume_from = (int64_t)kl_option_number(L, options, "offset", 0);
    t->timeout = kl_option_number(L, options, "timeout", 0);
    t->redirects = (int)kl_option_number(L, options, "redirects", REDIRECTS);
    t->max_reply = (size_t)kl_option_number(L, options, "max_reply", MAX_REPLY);
}

void kl_fetch_start(lua_State *L, kl_crank *crank, int slot, int account, int url, int options)
{
    kl_account *a = kl_account_check(L, account);
    kl_fetch *f = kl_class_make(L, KL_FETCH, sizeof *f);
    f->party.arrived = arrived;
    f->crank = crank;
    lua_pushvalue(L, slot);
    kl_setslot(L, -2);
    f->transfer = kl_transfer_new();
    if (f->transfer == NULL) kl_raise_memory(L);
    read_limits(L, f->transfer, options);
    if (set_url(L, f, a, url) && fill_headers(L, f, a, options) && open_file(L, f, options))
        kl_crank_add(crank, &f->party, f->transfer);
}

/* ---- what Lua sees ----------------------------------------------------------------------- */

static void push_size(lua_State *L, int64_t n)
{
    if (n < 0)
        lua_pushnil(L);
    else
        kl_pushwhole(L, n);
}

static void push_text(lua_State *L, const char *text)
{
    if (*text == '\0')
        lua_pushnil(L);
    else
        lua_pushstring(L, text);
}

#define PUSH(field, push)                                                                          \
    static void push_##field(lua_State *L, const kl_transfer *t)                                   \
    {                                                                                              \
        push;                                                                                      \
    }
PUSH(status, push_size(L, t->status != 0 ? t->status : -1))
PUSH(received, push_size(L, kl_transfer_received(t)))
PUSH(expected, push_size(L, kl_transfer_expected(t)))
PUSH(etag, push_text(L, t->etag))
PUSH(last_modified, push_text(L, t->last_modified))
PUSH(content_type, push_text(L, t->content_type))
#undef PUSH

static const struct {
    const char *name;
    void (*push)(lua_State *L, const kl_transfer *t);
    bool always; /* else from the body's first byte on */
} FIELDS[] = {
    {"status", push_status, false},
    {"received", push_received, true},
    {"expected", push_expected, true},
    {"etag", push_etag, false},
    {"last_modified", push_last_modified, false},
    {"content_type", push_content_type, false},
};

/* The head of the file's reply is read: see kl_transfer_received. */
static bool has_begun(const kl_transfer *t)
{
    return t->sink >= 0 && kl_transfer_received(t) > 0;
}

/* As a task's `due` and `tag`: for who waits for this one alone. */
static bool push_waiting(lua_State *L, kl_fetch *f, const char *name)
{
    double due = kl_party_due(&f->party);
    if (strcmp(name, "tag") == 0) return kl_pushwhole(L, (int64_t)kl_party_tag(&f->party)), true;
    if (strcmp(name, "due") != 0 || due < 0) return false;
    lua_pushnumber(L, (lua_Number)due);
    return true;
}

static void push_field(lua_State *L, kl_fetch *f, const char *name)
{
    if (push_waiting(L, f, name)) return;
    const kl_transfer *t = transfer_of(f);
    for (size_t i = 0; t != NULL && i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (strcmp(FIELDS[i].name, name) == 0 &&
            (FIELDS[i].always || f->done || has_begun(t))) {
            FIELDS[i].push(L, t);
            return;
        }
    lua_pushboolean(L, f->done);
    if (strcmp(name, "done") != 0) lua_pushnil(L);
}

/* Upvalue: the methods. */
static int index(lua_State *L)
{
    kl_fetch *f = check(L, 1);
    const char *name = luaL_checkstring(L, 2);
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    if (lua_isnil(L, -1)) push_field(L, f, name);
    return 1;
}

/* fetch:text() -> what came into memory, nil before the end */
static int text(lua_State *L)
{
    kl_fetch *f = check(L, 1);
    const kl_transfer *t = transfer_of(f);
    if (!f->done || t == NULL) return lua_pushnil(L), 1;
    lua_pushlstring(L, t->reply.data == NULL ? "" : t->reply.data, t->reply.len);
    return 1;
}

/* fetch:error() -> nil | message, err; faults of the network only */
static int error(lua_State *L)
{
    kl_fetch *f = check(L, 1);
    const kl_transfer *t = transfer_of(f);
    kl_error e;
    if (!f->done || (t != NULL && kl_fault_none(t))) return lua_pushnil(L), 1;
    kl_fault fault = t == NULL ? KL_FAULT_CANCELLED : t->fault;
    if (t == NULL)
        kl_error_set(&e, KL_CANCELLED, "cancelled");
    else
        kl_fault_error(t, &e);
    kl_push_error(L, &e, &(kl_about){.fault = kl_fault_word(fault)});
    return 2;
}

/* fetch:classify(account, replies[, purpose]) -> nil | message, err; what a reply says went wrong.
 * Where it is the token's time, the account learns the service's clock and err is retryable. */
static int classify(lua_State *L)
{
    static const char *const PURPOSES[] = {"create", "status", "lookup", "list", NULL};
    kl_fetch *f = check(L, 1);
    kl_account *a = kl_account_check(L, 2);
    kl_replies_check(L, 3);
    kl_purpose purpose = (kl_purpose)luaL_checkoption(L, 4, "list", PURPOSES);
    const kl_transfer *t = transfer_of(f);
    if (!f->done || t == NULL || !kl_fault_none(t)) return error(L);
    kl_answer answer;
    kl_outcome o;
    kl_fault_answer(t, &answer);
    answer.ours = kl_account_secrets(a);
    kl_decode(L, 3, purpose, &answer, &o);
    if (o.error.kind == KL_NONE) return lua_pushnil(L), 1;
    if (o.resign && kl_account_resign(a, t->date)) o.error.retryable = true;
    kl_push_error(L, &o.error, NULL);
    return 2;
}

void kl_fetch_register(lua_State *L)
{
    static const luaL_Reg META[] = {{"__gc", collect}, {NULL, NULL}};
    static const luaL_Reg METHODS[] = {{"text", text},         {"error", error},
                                       {"cancel", cancel},     {"classify", classify},
                                       {NULL, NULL}};
    kl_class_new(L, KL_FETCH, META, METHODS);
    luaL_getmetatable(L, KL_FETCH);
    kl_class_methods(L, KL_FETCH);
    lua_pushcclosure(L, index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
