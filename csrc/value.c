/* value.c - see value.h. One function a type, found by a table. */
#include "value.h"

#include "gather.h"
#include "localfile.h"
#include "media.h"
#include "text.h"

#include <stdio.h>

/* ---- texts --------------------------------------------------------------------------------------- */

/* The string's bytes, NULL (and a problem) when it is none or not valid UTF-8. */
static const char *checked_text(kl_check *c, const kl_value *v, size_t *len, size_t *points)
{
    size_t bad;
    if (lua_type(c->L, v->at) != LUA_TSTRING) {
        kl_problem(c, v->where, v->at, "a string is allowed");
        return NULL;
    }
    const char *text = lua_tolstring(c->L, v->at, len);
    if (kl_utf8_count(text, *len, points, &bad)) return text;
    kl_problem(c, v->where, v->at, "only valid UTF-8 without NUL is allowed (byte %zu is wrong)", bad + 1);
    return NULL;
}

static void check_string(kl_check *c, const kl_value *v)
{
    size_t len, points;
    const kl_field *f = v->field;
    if (checked_text(c, v, &len, &points) == NULL) return;
    if (points >= f->min_length && points <= f->max_length) return;
    char got[40];
    snprintf(got, sizeof got, "%zu characters", points);
    if (points > f->max_length)
        kl_problem_got(c, v->where, got, "at most %u characters are allowed", f->max_length);
    else
        kl_problem_got(c, v->where, got, "at least %u characters are needed", f->min_length);
}

static const char *const NO_URL =
    "a URL that starts with http:// or https:// and has a host is allowed";

static bool is_url(const char *text, size_t len)
{
    size_t host = strncmp(text, "https", 5) == 0 ? 8 : 7;
    if (!kl_is_http(text) || len == host || len > 8192 || strchr("/?#:@", text[host]) != NULL) return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= ' ' || text[i] == 127) return false;
    return true;
}

static void check_url(kl_check *c, const kl_value *v)
{
    size_t len, points;
    const char *text = checked_text(c, v, &len, &points);
    if (text != NULL && !is_url(text, len)) kl_problem(c, v->where, v->at, "%s", NO_URL);
}

/* The field's words in a row: `"std", "pro"`. */
void kl_value_words(const kl_plan *p, const kl_field *f, char *out, size_t room)
{
    size_t n = 0;
    out[0] = '\0';
    for (int i = 0; i < f->words.count && n < room; i++) {
        const kl_word *w = &p->words[f->words.first + i];
        if (i >= f->ncanonical && w->row < 0) continue;
        int more = snprintf(out + n, room - n, "%s\"%s\"", n > 0 ? ", " : "", w->name);
        n += more > 0 ? (size_t)more : 0;
    }
}

static void check_enum(kl_check *c, const kl_value *v)
{
    char words[500];
    size_t len, points;
    if (v->word >= 0) return;
    if (v->field->any && lua_type(c->L, v->at) == LUA_TSTRING) {
        checked_text(c, v, &len, &points);
        return;
    }
    kl_value_words(c->plan, v->field, words, sizeof words);
    kl_problem(c, v->where, v->at, v->field->words.count > 1 ? "one of %s is allowed" : "only %s is allowed",
               words);
}

/* ---- numbers ---------------------------------------------------------------------------------------- */

void kl_value_outside(kl_check *c, const kl_value *v, const char *got, const char *what)
{
    const kl_field *f = v->field;
    char allowed[120];
    if (!isnan(f->min) && !isnan(f->max))
        snprintf(allowed, sizeof allowed, "%s from %.14g to %.14g is allowed", what, f->min, f->max);
    else if (!isnan(f->min))
        snprintf(allowed, sizeof allowed, "%s of at least %.14g is allowed", what, f->min);
    else if (!isnan(f->max))
        snprintf(allowed, sizeof allowed, "%s of at most %.14g is allowed", what, f->max);
    else
        snprintf(allowed, sizeof allowed, "%s is allowed", what);
    if (got != NULL)
        kl_problem_got(c, v->where, got, "%s", allowed);
    else
        kl_problem(c, v->where, v->at, "%s", allowed);
}


static void check_integer(kl_check *c, const kl_value *v)
{
    int64_t n;
    if (!kl_gather_whole(c->L, v->at, &n) || (double)n < v->field->min || (double)n > v->field->max)
        kl_value_outside(c, v, NULL, "a whole number");
}

static void check_number(kl_check *c, const kl_value *v)
{
    bool is_number = lua_type(c->L, v->at) == LUA_TNUMBER;
    double x = is_number ? (double)lua_tonumber(c->L, v->at) : (double)NAN;
    if (!isfinite(x) || x < v->field->min || x > v->field->max) kl_value_outside(c, v, NULL, "a number");
}

static void check_id(kl_check *c, const kl_value *v)
{
    int64_t n;
    if (!kl_gather_whole(c->L, v->at, &n) || n < 0)
        kl_problem(c, v->where, v->at,
                   "a whole number is allowed, as digits in a string where it is over 2^53");
}

static void check_boolean(kl_check *c, const kl_value *v)
{
    if (!lua_isboolean(c->L, v->at)) kl_problem(c, v->where, v->at, "true or false is allowed");
}

/* ---- media --------------------------------------------------------------------------------------------- */

static void check_sides(kl_check *c, const kl_value *v, const kl_image *image)
{
    const kl_field *f = v->field;
    char got[64];
    uint32_t shorter = image->width < image->height ? image->width : image->height;
    uint32_t longer = image->width < image->height ? image->height : image->width;
    snprintf(got, sizeof got, "%u x %u pixels", image->width, image->height);
    if (shorter < f->min_side)
        kl_problem_got(c, v->where, got, "both sides need at least %u pixels", f->min_side);
    else if (f->max_ratio > 0 && (double)longer > f->max_ratio * (double)shorter)
        kl_problem_got(c, v->where, got, "the longer side may be at most %.14g times the shorter",
                       f->max_ratio);
}

static void check_image(kl_check *c, const kl_value *v, const kl_image *image)
{
    char got[64];
    const kl_field *f = v->field;
    if (f->max_bytes > 0 && image->size > f->max_bytes) {
        snprintf(got, sizeof got, "%llu bytes", (unsigned long long)image->size);
        kl_problem_got(c, v->where, got, "an image of at most %llu bytes is allowed",
                       (unsigned long long)f->max_bytes);
    }
    check_sides(c, v, image);
}

static void check_file(kl_check *c, const kl_value *v)
{
    char why[200];
    kl_image image = {0};
    const char *path = kl_localfile_path(c->L, v->at);
    kl_file *file = kl_file_open(path, &image, why, sizeof why);
    if (file == NULL)
        kl_problem_got(c, v->where, path, "a PNG or JPEG file that can be read is allowed: %s", why);
    else
        check_image(c, v, &image);
    kl_file_close(file);
}

static void check_base64(kl_check *c, const kl_value *v, const char *text, size_t len)
{
    char why[200];
    kl_base64_text t;
    kl_image image = {0};
    if (!kl_base64_check(text, len, &t, why, sizeof why)) {
        kl_problem(c, v->where, v->at, "a URL, Base64 or kling.file is allowed: %s", why);
    } else if (!kl_base64_sniff(&t, &image)) {
        kl_problem_got(c, v->where, "Base64 that holds neither", "a PNG or JPEG image is allowed");
    } else {
        image.size = t.decoded;
        check_image(c, v, &image);
    }
}

static void check_media(kl_check *c, const kl_value *v)
{
    size_t len;
    if (kl_localfile_is(c->L, v->at)) {
        check_file(c, v);
        return;
    }
    if (lua_type(c->L, v->at) != LUA_TSTRING) {
        kl_problem(c, v->where, v->at, "a URL, Base64 or kling.file is allowed");
        return;
    }
    const char *text = lua_tolstring(c->L, v->at, &len);
    if (kl_is_http(text))
        check_url(c, v);
    else
        check_base64(c, v, text, len);
}

static void (*const CHECKS[])(kl_check *, const kl_value *) = {
    [KL_STRING] = check_string,   [KL_ENUM] = check_enum,     [KL_BOOLEAN] = check_boolean,
    [KL_INTEGER] = check_integer, [KL_NUMBER] = check_number, [KL_ID] = check_id,
    [KL_URL] = check_url,         [KL_MEDIA] = check_media,   [KL_EXTRA] = NULL,
};

void kl_value_check(kl_check *c, const kl_value *v)
{
    if (CHECKS[v->field->type] != NULL) CHECKS[v->field->type](c, v);
}
