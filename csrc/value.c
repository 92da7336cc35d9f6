/* value.c - see value.h. One function a type, found by a table. */
#include "value.h"

#include "gather.h"
#include "localfile.h"
#include "media.h"
#include "text.h"

#include <stdio.h>

enum { LONGEST_URL = 8192 }; /* bytes; servers refuse longer ones */

/* ---- texts ----------------------------------------------------------------------------------- */

/* Counts the characters of a string; false (and a problem) when it is none or not valid UTF-8. */
static bool count_text(kl_check *c, const kl_value *v, size_t *points)
{
    size_t bad;
    if (v->datum->type != LUA_TSTRING) {
        kl_problem(c, v->where, v->datum, "a string is allowed");
        return false;
    }
    v->datum->plain = kl_text_plain(v->datum->as.text, v->datum->len);
    *points = v->datum->len;
    if (v->datum->plain) return true;
    if (kl_utf8_count(v->datum->as.text, v->datum->len, points, &bad)) return true;
    kl_problem(c, v->where, v->datum, "only valid UTF-8 without NUL is allowed (byte %zu is wrong)",
               bad + 1);
    return false;
}

static void check_string(kl_check *c, const kl_value *v)
{
    size_t points;
    const kl_field *f = v->field;
    if (!count_text(c, v, &points)) return;
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

static bool is_url(const kl_datum *d)
{
    const char *text = d->as.text;
    size_t len = d->len;
    size_t host = strncmp(text, "https", 5) == 0 ? 8 : 7;
    if (!kl_is_http(text) || len == host || len > LONGEST_URL) return false;
    if (strchr("/?#:@", text[host]) != NULL) return false;
    for (size_t i = 0; !d->plain && i < len; i++)
        if ((unsigned char)text[i] < ' ') return false;
    return memchr(text, ' ', len) == NULL && memchr(text, 127, len) == NULL;
}

static void check_url(kl_check *c, const kl_value *v)
{
    size_t points;
    if (count_text(c, v, &points) && !is_url(v->datum))
        kl_problem(c, v->where, v->datum, "%s", NO_URL);
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
    size_t points;
    if (v->word >= 0) return;
    if (v->field->any && v->datum->type == LUA_TSTRING) {
        count_text(c, v, &points);
        return;
    }
    kl_value_words(c->plan, v->field, words, sizeof words);
    const char *which = v->field->words.count > 1 ? "one of" : "only";
    kl_problem(c, v->where, v->datum, "%s %s is allowed", which, words);
}

/* ---- numbers --------------------------------------------------------------------------------- */

void kl_value_outside(kl_check *c, const kl_value *v, const char *got, const char *what)
{
    const kl_field *f = v->field;
    char allowed[120];
    if (!isnan(f->min) && !isnan(f->max))
        snprintf(allowed, sizeof allowed, "%s from %.14g to %.14g is allowed", what, f->min,
                 f->max);
    else if (!isnan(f->min))
        snprintf(allowed, sizeof allowed, "%s of at least %.14g is allowed", what, f->min);
    else if (!isnan(f->max))
        snprintf(allowed, sizeof allowed, "%s of at most %.14g is allowed", what, f->max);
    else
        snprintf(allowed, sizeof allowed, "%s is allowed", what);
    if (got != NULL)
        kl_problem_got(c, v->where, got, "%s", allowed);
    else
        kl_problem(c, v->where, v->datum, "%s", allowed);
}


static void check_integer(kl_check *c, const kl_value *v)
{
    int64_t n;
    if (!kl_datum_whole(v->datum, &n) || (double)n < v->field->min || (double)n > v->field->max)
        kl_value_outside(c, v, NULL, "a whole number");
}

static void check_number(kl_check *c, const kl_value *v)
{
    double x = v->datum->type == LUA_TNUMBER ? v->datum->as.x : (double)NAN;
    if (!isfinite(x) || x < v->field->min || x > v->field->max)
        kl_value_outside(c, v, NULL, "a number");
}

static void check_id(kl_check *c, const kl_value *v)
{
    int64_t n;
    if (!kl_datum_whole(v->datum, &n) || n < 0)
        kl_problem(c, v->where, v->datum,
                   "a whole number is allowed, as digits in a string where it is over 2^53");
}

static void check_boolean(kl_check *c, const kl_value *v)
{
    if (v->datum->type != LUA_TBOOLEAN)
        kl_problem(c, v->where, v->datum, "true or false is allowed");
}

/* ---- media ----------------------------------------------------------------------------------- */

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
    const char *path = kl_localfile_path(c->L, v->datum->slot);
    kl_file *file = kl_file_open(path, &image, why, sizeof why);
    if (file == NULL)
        kl_problem_got(c, v->where, path, "a PNG or JPEG file that can be read is allowed: %s",
                       why);
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
        kl_problem(c, v->where, v->datum, "a URL, Base64 or kling.file is allowed: %s", why);
    } else if (!kl_base64_sniff(&t, &image)) {
        kl_problem_got(c, v->where, "Base64 that holds neither", "a PNG or JPEG image is allowed");
    } else {
        image.size = t.decoded;
        check_image(c, v, &image);
    }
}

static void check_media(kl_check *c, const kl_value *v)
{
    const kl_datum *d = v->datum;
    if (d->type == LUA_TTABLE && kl_localfile_is(c->L, d->slot))
        check_file(c, v);
    else if (d->type != LUA_TSTRING)
        kl_problem(c, v->where, d, "a URL, Base64 or kling.file is allowed");
    else if (kl_is_http(d->as.text))
        check_url(c, v);
    else
        check_base64(c, v, d->as.text, d->len);
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
