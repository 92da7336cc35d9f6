/* upload.c - send a file as Base64 inside a JSON body, one upload after the other.
 *
 * Owns: Base64 made while libcurl reads, in pieces.
 * Stands on: bare.h, read(2).
 * Never: holds more than one piece of the file.
 */
#include "bare.h"
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 3 * 65536 };

static const char head[] = "{\"model_name\":\"kling-v1\",\"prompt\":\"The cat turns its head\","
                           "\"mode\":\"std\",\"duration\":\"5\",\"image\":\"";
static const char tail[] = "\"}";
static char pairs[4096][2]; /* every 12 bits as two characters */
static int file = -1, stage;
static long left, done;

static void make_pairs(void)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < 4096; i++) pairs[i][0] = digit[i >> 6], pairs[i][1] = digit[i & 63];
}

static size_t encode(const unsigned char *in, size_t n, char *out)
{
    char *start = out;
    size_t i = 0;
    for (; i + 2 < n; i += 3, out += 4) {
        uint32_t v = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];
        memcpy(out, pairs[v >> 12], 2);
        memcpy(out + 2, pairs[v & 4095], 2);
    }
    if (i == n) return (size_t)(out - start);
    uint32_t v = (uint32_t)in[i] << 16 | (i + 1 < n ? (uint32_t)in[i + 1] << 8 : 0);
    memcpy(out, pairs[v >> 12], 2);
    memcpy(out + 2, pairs[v & 4095], 2);
    out[3] = '=';
    if (i + 1 == n) out[2] = '=';
    return (size_t)(out + 4 - start);
}

static size_t copy(char *out, const char *text, size_t n)
{
    stage++;
    memcpy(out, text, n);
    return n;
}

/* The head, then the file piece by piece, then the tail: three stages. */
static size_t give(char *out, size_t one, size_t room, void *user)
{
    static unsigned char piece[PIECE];
    (void)user;
    if (stage == 0) return copy(out, head, sizeof head - 1);
    if (stage == 2) return 0;
    size_t want = one * room / 4 * 3;
    ssize_t n = read(file, piece, want < PIECE ? want : PIECE);
    return n > 0 ? encode(piece, (size_t)n, out) : copy(out, tail, sizeof tail - 1);
}

static void send_again(job *j)
{
    stage = 0;
    lseek(file, 0, SEEK_SET);
    bare_go(j);
}

static void sent(job *j)
{
    bare_need(strstr(j->reply, "\"submitted\"") != NULL, "not accepted");
    done++;
    if (--left > 0) send_again(j);
}

long bare_upload(const char *url, long count, char **more)
{
    static job j;
    static char where[BARE_URL];
    struct stat s;
    file = open(more[0], O_RDONLY | O_CLOEXEC);
    bare_need(file >= 0 && fstat(file, &s) == 0, "no such image");
    make_pairs();
    snprintf(where, sizeof where, "%s/v1/videos/image2video", url);
    bare_prepare(&j, sent);
    curl_off_t size = (s.st_size + 2) / 3 * 4 + (curl_off_t)(sizeof head + sizeof tail - 2);
    curl_easy_setopt(j.easy, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(j.easy, CURLOPT_UPLOAD_BUFFERSIZE, 262144L);
    left = count;
    bare_post(&j, where, NULL, size);
    bare_run(NULL);
    close(file);
    return done;
}
