/* test_http_net.c - which URLs may be used, header sets, escaping: nothing is sent here.
 *
 * Owns: the table of URLs, each with the sentence it is refused with.
 * Stands on: http.h, check.h.
 * Never: opens a connection.
 */
#include "check.h"
#include "http.h"

#include <stdlib.h>

static void test_urls(void)
{
    static const struct {
        const char *url, *why; /* NULL: allowed */
    } cases[] = {
#define HOST "the URL has no host that can be used"
#define PORT "the URL has a host or port that can't be used"
#define PLAIN "plain http is allowed to this machine only, unless allow_http is set"
#define USER "the URL holds a user name"
#define BYTES                                                                                      \
    "the URL is too long or holds a blank, a control character or a backslash"
#define SCHEME "the URL does not start with https://"
        {"https://api.example.com/v1/videos?x=1#y", NULL},
        {"HTTPS://api.example.com", NULL},
        {"https://api.example.com:8443/", NULL},
        {"https://xn--bcher-kva.example/", NULL},
        {"https://b\xC3\xBC" "cher.example/", NULL},
        {"https://[2001:db8::1]:443/x", NULL},
        {"https://10.0.0.1?x", NULL},
        {"http://127.0.0.1:8080/x", NULL},
        {"http://127.255.1.2/", NULL},
        {"http://localhost/", NULL},
        {"http://LocalHost:1/", NULL},
        {"http://[::1]:8080/", NULL},
        {"http://api.example.com/", PLAIN},
        {"http://128.0.0.1/", PLAIN},
        {"http://127.0.0.1.example.com/", PLAIN},
        {"http://127.0.0.256/", PLAIN},
        {"http://127.0.0/", PLAIN},
        {"http://127.1/", PLAIN},
        {"http://127.0.0.1.1/", PLAIN},
        {"http://127.0.0.0001/", PLAIN},
        {"http://127..0.1/", PLAIN},
        {"http://0x7f.0.0.1/", PLAIN},
        {"http://2130706433/", PLAIN},
        {"http://localhost.example.com/", PLAIN},
        {"http://[::2]/", PLAIN},
        {"http://[::ffff:127.0.0.1]/", PLAIN},
        {"https://user@api.example.com/", USER},
        {"https://user:pass@api.example.com/", USER},
        {"http://127.0.0.1@evil.example.com/", USER},
        {"https://api.example.com/a@b", NULL},
        {"http://127.0.0.1\\@evil.example.com/", BYTES},
        {"https://api.example.com/a b", BYTES},
        {"https://api.example.com/a\tb", BYTES},
        {"https://api.example.com/a\r\nX: y", BYTES},
        {" https://api.example.com/", BYTES},
        {"https://", HOST},
        {"https:///x", HOST},
        {"https://?x", HOST},
        {"https://[::1/", HOST},
        {"https://%31%32%37.0.0.1/", HOST},
        {"https://a%2eb/", PORT},
        {"https://a;b/", PORT},
        {"https://a:/", PORT},
        {"https://a:0/", PORT},
        {"https://a:65536/", PORT},
        {"https://a:123456/", PORT},
        {"https://a:8x/", PORT},
        {"https://a:80:80/", PORT},
        {"https://[::1]x/", PORT},
        {"ftp://example.com/", SCHEME},
        {"file:///etc/passwd", SCHEME},
        {"api.example.com", SCHEME},
        {"//api.example.com/", SCHEME},
        {"https:/api.example.com", SCHEME},
        {"", SCHEME},
    };
    kl_net *net = kl_net_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char why[200] = "";
        bool allowed = kl_net_allows(i % 2 ? net : NULL, cases[i].url, why, sizeof why);
        if (!CHECK(allowed == !cases[i].why)) printf("    %s\n", cases[i].url);
        if (cases[i].why) CHECK_TEXT(why, cases[i].why);
    }
    kl_net_release(net);
}

static void test_allow_http(void)
{
    char why[200];
    kl_net *net = kl_net_new();
    net->allow_http = true;
    CHECK(kl_net_allows(net, "http://api.example.com/", why, sizeof why));
    CHECK(!kl_net_allows(net, "ftp://api.example.com/", why, sizeof why));
    CHECK(!kl_net_allows(net, "http://user@api.example.com/", why, sizeof why));
    kl_net_release(net);
}

static void test_long_url(void)
{
    char *url = malloc(70001), why[200];
    memset(url, 'a', 70000);
    memcpy(url, "https://a/", 10);
    url[60000] = '\0';
    CHECK(kl_net_allows(NULL, url, why, sizeof why));
    url[60000] = 'a';
    url[70000] = '\0';
    CHECK(!kl_net_allows(NULL, url, why, sizeof why));
    free(url);
}

static void test_headers(void)
{
    kl_headers *h = kl_headers_new();
    char *line = malloc(17001);
    CHECK(kl_headers_add(h, "Authorization: Bearer sk-1"));
    CHECK(kl_headers_add(h, "X-Empty:"));
    CHECK(!kl_headers_add(h, "X-Bad: a\r\nX-Other: b"));
    CHECK(!kl_headers_add(h, "X-Bad: a\n"));
    CHECK(!kl_headers_add(h, "no colon"));
    CHECK(!kl_headers_add(h, ": no name"));
    CHECK(!kl_headers_add(h, ""));
    memset(line, 'x', 17000);
    line[2] = ':';
    line[16384] = '\0';
    CHECK(kl_headers_add(h, line));
    line[16384] = 'x';
    line[16385] = '\0';
    CHECK(!kl_headers_add(h, line));
    CHECK(kl_headers_retain(h) == h && !kl_headers_retain(NULL));
    kl_headers_release(h);
    CHECK(kl_headers_add(h, "Still: there"));
    kl_headers_release(h);
    kl_headers_release(NULL);
    free(line);
}

static void test_escape(void)
{
    kl_buf b;
    kl_buf_init(&b, 1000);
    CHECK(kl_http_escape(&b, "aZ09-._~", 8) && kl_http_escape(&b, "/?#[]@ %+", 9));
    CHECK(kl_http_escape(&b, "\xC3\xA4\0", 3) && kl_buf_add(&b, "", 1));
    CHECK_TEXT(b.data, "aZ09-._~%2F%3F%23%5B%5D%40%20%25%2B%C3%A4%00");
    kl_buf_free(&b);
    kl_buf_init(&b, 5);
    CHECK(kl_buf_puts(&b, "x") && !kl_http_escape(&b, "a//", 3) && b.len == 1);
    kl_buf_free(&b);
}

static void test_texts(void)
{
    for (int fault = KL_FAULT_NONE; fault <= KL_FAULT_OTHER; fault++)
        CHECK((kl_fault_text((kl_fault)fault)[0] != '\0') == (fault != KL_FAULT_NONE));
    char version[64];
    kl_http_version(version, sizeof version);
    CHECK(strncmp(version, "libcurl/", 8) == 0);
}

static void test_fresh_transfer(void)
{
    kl_transfer *t = kl_transfer_new();
    CHECK(t->sink == -1 && t->retry_after < 0 && t->expected == -1 && t->status == 0);
    kl_transfer_free(t);
    kl_transfer_free(NULL);
}

int main(void)
{
    test_urls();
    test_allow_http();
    test_long_url();
    test_headers();
    test_escape();
    test_texts();
    test_fresh_transfer();
    return CHECK_RESULT();
}
