/* take.c - what makes a value in a reply usable; declared in reader.h.
 *
 * Owns: the kl_take_ functions. Stands on: reader.h. Never: looks beyond the one value on the top.
 */
#include "reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const double EXACT_END = 9007199254740992.0; /* 2^53: from here on doubles skip integers */
static const double MILLISECONDS = 1e11;            /* times from here on are not in seconds */
static const double TIME_END = 1e15;

/* ---- ids ---------------------------------------------------------------------------------- */

/* The digits of a positive integer; "" for 0, which stands for no id; false for other numbers. */
static bool copy_number(kl_reader *rd, char *to, size_t size)
{
    int64_t n = 0;
    double x = (double)lua_tonumber(rd->L, -1);
    to[0] = '\0';
    if (!rd->exact && x >= EXACT_END) return rd->inexact = true;
    if (!kl_towhole(rd->L, -1, &n) || n < 0) return false;
    if (n > 0) snprintf(to, size, "%" PRId64, n);
    return true;
}

static bool copy_text(kl_reader *rd, char *to, size_t size)
{
    size_t len = 0;
    const char *text = lua_tolstring(rd->L, -1, &len);
    bool fits = len < size && strlen(text) == len;
    to[0] = '\0';
    if (fits) memcpy(to, text, len + 1);
    return fits;
}

static bool copy(kl_reader *rd, char *to, size_t size)
{
    int type = lua_type(rd->L, -1);
    to[0] = '\0';
    if (type == LUA_TSTRING) return copy_text(rd, to, size);
    return type != LUA_TNUMBER || copy_number(rd, to, size);
}

/* It goes into a URL's path: dots alone would climb there, and a slash would split it. */
static bool is_askable(const char *id)
{
    for (const char *c = id; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~' || *c == '/' || *c == '\\') return false;
    return strspn(id, ".") < strlen(id);
}

bool kl_take_id(kl_reader *rd, void *out)
{
    kl_id *id = out;
    bool copied = copy(rd, id->text, KL_ID_MAX - 1);
    if (copied && id->text[0] == '\0') return false;
    id->bad = !copied || !is_askable(id->text);
    if (id->bad) id->text[0] = '\0';
    return true;
}

bool kl_take_label(kl_reader *rd, void *out)
{
    char *label = out;
    bool copied = copy(rd, label, KL_ID_MAX);
    for (const char *c = label; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F) copied = false;
    if (!copied) label[0] = '\0';
    return label[0] != '\0';
}

/* ---- texts -------------------------------------------------------------------------------- */

bool kl_take_span(kl_reader *rd, void *out)
{
    kl_span *span = out;
    if (lua_type(rd->L, -1) != LUA_TSTRING) return false;
    span->text = lua_tolstring(rd->L, -1, &span->len);
    return span->len > 0;
}

bool kl_take_url(kl_reader *rd, void *out)
{
    kl_span *url = out;
    if (!kl_take_span(rd, url)) return false;
    size_t scheme = kl_scan_starts(*url, "https://") ? 8 : kl_scan_starts(*url, "http://") ? 7 : 0;
    if (scheme == 0 || url->len == scheme) return false;
    for (size_t i = 0; i < url->len; i++)
        if ((unsigned char)url->text[i] <= ' ' || url->text[i] == 0x7F) return false;
    return true;
}

bool kl_take_words(kl_reader *rd, void *out)
{
    kl_span *words = out;
    if (kl_take_url(rd, words) || !kl_take_span(rd, words)) return false;
    return kl_replies_value(rd->L, rd->slot, KL_WORDS_NO_REASON) == 0;
}

bool kl_take_code(kl_reader *rd, void *out)
{
    char *code = out;
    int type = lua_type(rd->L, -1);
    code[0] = '\0';
    if (type != LUA_TNUMBER && type != LUA_TSTRING) return false;
    if (kl_replies_value(rd->L, rd->slot, KL_WORDS_GOOD_CODES) != 0) return false;
    kl_span text = {NULL, 0};
    if (type == LUA_TNUMBER) snprintf(code, KL_CODE_MAX, "%.14g", (double)lua_tonumber(rd->L, -1));
    else if (kl_take_span(rd, &text)) kl_scan_clean(code, KL_CODE_MAX, text);
    return code[0] != '\0';
}

bool kl_take_present(kl_reader *rd, void *out)
{
    (void)out;
    return !lua_isnil(rd->L, -1) && !lua_islightuserdata(rd->L, -1);
}

/* ---- numbers ------------------------------------------------------------------------------ */

bool kl_take_number(kl_reader *rd, void *out)
{
    double *number = out;
    *number = (double)lua_tonumber(rd->L, -1);
    return lua_isnumber(rd->L, -1) && *number - *number == 0; /* inf and NaN are refused */
}

static double percent_of(const char *text)
{
    char *end = NULL;
    double x = strtod(text, &end);
    return end != text && (*end == '\0' || strcmp(end, "%") == 0) ? x : -1;
}

bool kl_take_percent(kl_reader *rd, void *out)
{
    double *part = out, x = -1;
    if (lua_type(rd->L, -1) == LUA_TSTRING) x = percent_of(lua_tostring(rd->L, -1));
    else if (!kl_take_number(rd, &x)) return false;
    if (!(x >= 0)) return false;
    *part = x < 100 ? x / 100 : 1;
    return true;
}

bool kl_take_time(kl_reader *rd, void *out)
{
    double x = 0;
    if (!kl_take_number(rd, &x) || x < 1 || x >= TIME_END) return false;
    *(int64_t *)out = (int64_t)(x < MILLISECONDS ? x : x / 1000);
    return true;
}
