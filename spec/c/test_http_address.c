/* test_http_address.c - one host after the other on one handle: what is sent, what is refused.
 *
 * Owns: nothing.
 * Stands on: http_client.h; server.py on two ports.
 * Never: lets two requests run at once, so that they share a handle.
 */
#define _GNU_SOURCE 1
#include "http_client.h"

static kl_net *net;

static kl_transfer *ask(const char *path, kl_net *through)
{
    kl_transfer *t = get(path);
    t->net = kl_net_retain(through);
    return run(t);
}

/* Whether the first line of the reply of /echo says that this was asked for, of that host. */
static bool asked(kl_transfer *t, const char *target, const char *port)
{
    char line[200], host[60];
    snprintf(line, sizeof line, "GET %s\n", target);
    snprintf(host, sizeof host, "Host: 127.0.0.1:%s", variable(port));
    bool is = t->fault == KL_FAULT_NONE && t->status == 200 && echoes(t, host) &&
              strncmp(t->reply.data, line, strlen(line)) == 0;
    if (!is) printf("%s: %.*s\n", target, (int)t->reply.len, t->reply.data);
    return is;
}

/* In this order: what one leaves behind must not become part of the next. */
static void test_row(void)
{
    static const struct {
        const char *path, *sent, *port;
    } row[] = {
        {"/echo", "/echo", "KL_PORT"},
        {"/echo/", "/echo/", "KL_PORT"},
        {"/echo?a=1&b=/2", "/echo?a=1&b=/2", "KL_PORT"},
        {"/echo", "/echo", "KL_PORT"},
        {"/echo#part", "/echo", "KL_PORT"},
        {"/echo/", "/echo/", "KL_PORT"},
        {"/echo?c=%2F", "/echo?c=%2F", "KL_PORT"},
        {"/a/../echo", "/echo", "KL_PORT"},
        {"/./echo", "/echo", "KL_PORT"},
        {"/echo", "/echo", "KL_PORT"},
        {"2:/echo", "/echo", "KL_PORT2"},
        {"2:/echo/", "/echo/", "KL_PORT2"},
        {"/echo/", "/echo/", "KL_PORT"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        kl_transfer *t = ask(row[i].path, net);
        CHECK(asked(t, row[i].sent, row[i].port));
        kl_transfer_free(t);
    }
}

/* A host that was good a moment ago makes nothing good behind it. */
static void test_refused(void)
{
    static const char *const rest[] = {"/echo x", "/echo\\x", "/echo\tx", "/echo\x7F", "@evil/echo",
                                       "0/echo", ".evil/echo"};
    char text[200];
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        kl_transfer_free(ask("/echo", net));
        snprintf(text, sizeof text, "http://127.0.0.1:%s%s", variable("KL_PORT"), rest[i]);
        kl_transfer *t = ask(text, net);
        CHECK(t->fault == KL_FAULT_URL && t->status == 0 && !t->maybe_sent);
        kl_transfer_free(t);
    }
}

/* Where plain http may go with one net, it may not with another. */
static void test_nets(void)
{
    kl_net *open = kl_net_new();
    open->allow_http = true;
    open->connect_timeout = 0.2;
    for (int i = 0; i < 2; i++) {
        kl_transfer *t = ask("http://192.0.2.1/echo", open);
        CHECK(t->fault != KL_FAULT_NONE && t->fault != KL_FAULT_URL);
        kl_transfer_free(t);
        t = ask("http://192.0.2.1/echo", net);
        CHECK_IS(t->fault, KL_FAULT_URL);
        kl_transfer_free(t);
    }
    kl_net_release(open);
}

/* The standing lines are there once each, whoever asks. */
static void test_lines(void)
{
    kl_net *named = kl_net_new();
    named->user_agent = strdup("a test/1");
    kl_transfer *t = ask("/echo", named);
    CHECK(echoes(t, "User-Agent: a test/1") && echoes(t, "Accept-Encoding: gzip"));
    kl_transfer_free(t);
    t = ask("/echo", net);
    CHECK(echoes(t, "User-Agent: kling") && !echoes(t, "User-Agent: a test/1"));
    char *first = strstr(t->reply.data, "Accept-Encoding");
    CHECK(first && !strstr(first + 1, "Accept-Encoding"));
    kl_transfer_free(t);
    kl_net_release(named);
}

int main(void)
{
    http = kl_http_new(NULL);
    net = kl_net_new();
    test_row();
    test_refused();
    test_nets();
    test_lines();
    kl_net_release(net);
    kl_http_free(http);
    return CHECK_RESULT();
}
