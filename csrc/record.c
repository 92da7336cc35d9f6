/* record.c - see record.h. */
#include "record.h"

void kl_outcome_clear(kl_outcome *out)
{
    memset(out, 0, sizeof *out);
    out->progress = -1;
    out->error.retry_after = -1;
}

/* ---- videos ------------------------------------------------------------------------------- */

static void set_text(lua_State *L, const char *name, kl_span text)
{
    lua_pushlstring(L, text.text, text.len);
    lua_setfield(L, -2, name);
}

static void append(lua_State *L, int list)
{
    lua_rawseti(L, list, (int)kl_rawlen(L, list) + 1);
}

static void append_video(kl_reader *item, int list, kl_span url)
{
    lua_State *L = item->L;
    kl_span text;
    double seconds = 0;
    lua_createtable(L, 0, 4);
    set_text(L, "url", url);
    if (kl_read(item, KL_PART_VIDEO_ID, kl_take_span, &text)) set_text(L, "id", text);
    if (kl_read(item, KL_PART_VIDEO_WATERMARK_URL, kl_take_url, &text))
        set_text(L, "watermark_url", text);
    if (kl_read(item, KL_PART_VIDEO_DURATION, kl_take_number, &seconds)) {
        lua_pushnumber(L, seconds);
        lua_setfield(L, -2, "duration");
    }
    append(L, list);
}

/* kl_take: a list with at least one usable video; `out` is the stack index of the list to fill. */
static bool take_videos(kl_reader *rd, const kl_node *items, void *out)
{
    int list = *(int *)out;
    bool found = false;
    kl_span url;
    if (items->type != KL_JSON_ARRAY) return false;
    for (const kl_node *n = kl_tree_first(rd->tree, items); n != NULL && (list != 0 || !found);
         n = kl_tree_next(rd->tree, items, n)) {
        kl_reader item;
        kl_reader_item(&item, rd, n, false);
        if (!kl_read(&item, KL_PART_VIDEO_URL, kl_take_url, &url)) continue;
        found = true;
        if (list != 0) append_video(&item, list, url);
    }
    return found;
}

static void append_url(kl_reader *rd, int list, kl_span url)
{
    lua_State *L = rd->L;
    double seconds = 0;
    lua_createtable(L, 0, 2);
    set_text(L, "url", url);
    if (kl_read(rd, KL_PART_DURATION, kl_take_number, &seconds)) {
        lua_pushnumber(L, seconds);
        lua_setfield(L, -2, "duration");
    }
    append(L, list);
}

static bool read_videos(kl_reader *rd, int list)
{
    kl_span url;
    if (kl_read(rd, KL_PART_VIDEOS, take_videos, &list)) return true;
    if (!kl_read(rd, KL_PART_URL, kl_take_url, &url)) return false;
    if (list != 0) append_url(rd, list, url);
    return true;
}

/* ---- state -------------------------------------------------------------------------------- */

/* kl_take: the service's word and what it stands for. */
static bool take_state(kl_reader *rd, const kl_node *value, void *out)
{
    kl_outcome *task = out;
    kl_span word;
    if (!kl_take_span(rd, value, &word)) return false;
    int state = kl_reader_word(rd, KL_WORDS_STATES, word);
    task->state = (kl_state)state;
    if (task->state == KL_STATE_UNKNOWN || word.len >= sizeof task->raw_status)
        kl_scan_clean(task->raw_status, sizeof task->raw_status, word, rd->ours);
    else
        memcpy(task->raw_status, word.text, word.len + 1);
    return true;
}

/* SUCCEEDED waits for a URL: gateways have been seen to be ahead of themselves. */
static void read_state(kl_reader *rd, kl_outcome *out, int list)
{
    kl_read(rd, KL_PART_STATUS, take_state, out);
    if (out->state == KL_STATE_SUCCEEDED && !read_videos(rd, list))
        out->state = KL_STATE_RUNNING;
}

/* Gateways say 100% of a failed task too. */
static void read_progress(kl_reader *rd, kl_outcome *out)
{
    if (out->state == KL_STATE_SUCCEEDED) out->progress = 1;
    else if (out->state != KL_STATE_FAILED)
        kl_read(rd, KL_PART_PROGRESS, kl_take_percent, &out->progress);
}

static void read_reason(kl_reader *rd, kl_outcome *out)
{
    kl_span words;
    if (out->state == KL_STATE_FAILED && kl_read(rd, KL_PART_REASON, kl_take_words, &words))
        kl_scan_clean(out->reason, sizeof out->reason, kl_scan_plainest(words), rd->ours);
}

void kl_record_read(kl_reader *rd, kl_outcome *out, bool *bad_id, int list)
{
    kl_id id = {.bad = false};
    kl_read(rd, KL_PART_ID, kl_take_id, &id);
    memcpy(out->id, id.text, sizeof out->id);
    *bad_id = id.bad;
    kl_read(rd, KL_PART_EXTERNAL_ID, kl_take_label, out->external_id);
    read_state(rd, out, list);
    read_progress(rd, out);
    read_reason(rd, out);
    kl_read(rd, KL_PART_CREATED_AT, kl_take_time, &out->created_at);
    kl_read(rd, KL_PART_UPDATED_AT, kl_take_time, &out->updated_at);
}
