/* download.c - a file written to disk as it arrives, one after the other; and a first request.
 *
 * Owns: the open file.
 * Stands on: bare.h, write(2).
 * Never: buffers; libcurl's own piece goes to the file.
 */
#include "bare.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int file = -1;
static long left, done;

static size_t store(char *bytes, size_t one, size_t n, void *user)
{
    (void)user;
    return write(file, bytes, one * n) == (ssize_t)(one * n) ? n : 0;
}

static void stored(job *j)
{
    done++;
    if (--left <= 0) return;
    bare_need(lseek(file, 0, SEEK_SET) == 0 && ftruncate(file, 0) == 0, "can't start over");
    bare_go(j);
}

long bare_download(const char *url, long count, char **more)
{
    static job j;
    static char where[BARE_URL];
    snprintf(where, sizeof where, "%s/files/clip.mp4", url);
    file = open(more[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bare_need(file >= 0, "can't write");
    bare_prepare(&j, stored);
    curl_easy_setopt(j.easy, CURLOPT_WRITEFUNCTION, store);
    curl_easy_setopt(j.easy, CURLOPT_BUFFERSIZE, 524288L);
    left = count;
    bare_get(&j, where);
    bare_run(NULL);
    close(file);
    return done;
}

static void answered(job *j)
{
    (void)j;
    done++;
}

long bare_start(const char *url, long count, char **more)
{
    static job j;
    static char where[BARE_URL];
    static const char body[] =
        "{\"model_name\":\"kling-v1\",\"prompt\":\"A cat\",\"duration\":\"5\"}";
    (void)count, (void)more;
    snprintf(where, sizeof where, "%s/v1/videos/text2video", url);
    bare_prepare(&j, answered);
    bare_post(&j, where, body, sizeof body - 1);
    bare_run(NULL);
    return done;
}
