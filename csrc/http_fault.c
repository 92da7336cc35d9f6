/* http_fault.c - why a transfer ended: libcurl's codes and words turned into ours.
 *
 * Owns: the map from codes to faults, the words a user may see.
 * Stands on: http_priv.h.
 * Never: shows a URL's query, a header or a key.
 */
#include "http_priv.h"

#include <stdio.h>
#include <string.h>

const char *kl_fault_text(kl_fault fault)
{
    static const char *const texts[] = {
#define KL_FAULT_TEXT(name, text) text,
        KL_FAULTS(KL_FAULT_TEXT)
#undef KL_FAULT_TEXT
    };
    return texts[fault];
}

void kl_fault_explain(kl_transfer *t, const char *text)
{
    snprintf(t->detail, sizeof t->detail, "%.*s", (int)sizeof t->detail - 1, text);
}

typedef struct verdict {
    CURLcode code;
    kl_fault fault;
} verdict;

static const verdict verdicts[] = {
    {CURLE_UNSUPPORTED_PROTOCOL, KL_FAULT_URL},
    {CURLE_URL_MALFORMAT, KL_FAULT_URL},
    {CURLE_LOGIN_DENIED, KL_FAULT_URL},
    {CURLE_COULDNT_RESOLVE_PROXY, KL_FAULT_RESOLVE},
    {CURLE_COULDNT_RESOLVE_HOST, KL_FAULT_RESOLVE},
    {CURLE_COULDNT_CONNECT, KL_FAULT_CONNECT},
    {CURLE_INTERFACE_FAILED, KL_FAULT_CONNECT},
#if LIBCURL_VERSION_NUM >= 0x074900
    {CURLE_PROXY, KL_FAULT_CONNECT},
#endif
    {CURLE_SSL_CONNECT_ERROR, KL_FAULT_CONNECT}, /* cut handshakes, too: another try may do */
    {CURLE_PEER_FAILED_VERIFICATION, KL_FAULT_TLS},
    {CURLE_SSL_CACERT_BADFILE, KL_FAULT_TLS},
    {CURLE_SSL_CIPHER, KL_FAULT_TLS},
    {CURLE_SSL_CERTPROBLEM, KL_FAULT_TLS},
    {CURLE_SSL_CRL_BADFILE, KL_FAULT_TLS},
    {CURLE_SSL_ISSUER_ERROR, KL_FAULT_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, KL_FAULT_TLS},
    {CURLE_USE_SSL_FAILED, KL_FAULT_TLS},
    {CURLE_OPERATION_TIMEDOUT, KL_FAULT_TIMEOUT},
    {CURLE_SEND_ERROR, KL_FAULT_RESET},
    {CURLE_RECV_ERROR, KL_FAULT_RESET},
    {CURLE_GOT_NOTHING, KL_FAULT_RESET},
    {CURLE_SEND_FAIL_REWIND, KL_FAULT_RESET},
    {CURLE_HTTP2, KL_FAULT_RESET},
    {CURLE_HTTP2_STREAM, KL_FAULT_RESET},
    {CURLE_PARTIAL_FILE, KL_FAULT_TRUNCATED},
    {CURLE_FILESIZE_EXCEEDED, KL_FAULT_TOO_LARGE},
    {CURLE_BAD_CONTENT_ENCODING, KL_FAULT_ENCODING},
    {CURLE_WEIRD_SERVER_REPLY, KL_FAULT_ENCODING},
    {CURLE_HTTP_RETURNED_ERROR, KL_FAULT_ENCODING},
    {CURLE_TOO_MANY_REDIRECTS, KL_FAULT_REDIRECT},
    {CURLE_READ_ERROR, KL_FAULT_SOURCE},
    {CURLE_OUT_OF_MEMORY, KL_FAULT_MEMORY},
};

static kl_fault fault_of(CURLcode code)
{
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (verdicts[i].code == code)
            return verdicts[i].fault;
    return KL_FAULT_OTHER;
}

/* libcurl calls a reply that is no HTTP an unsupported protocol, and a header line beyond its own
 * ceiling a lack of memory. */
static kl_fault judged(const kl_carrier *c, CURLcode code)
{
    if (c->asked && code == CURLE_UNSUPPORTED_PROTOCOL)
        return KL_FAULT_ENCODING;
    if (c->asked && code == CURLE_OUT_OF_MEMORY && c->head.bytes && !c->head.final)
        return KL_FAULT_TOO_LARGE;
    return fault_of(code);
}

/* libcurl's words name hosts and ports; if ever they name a URL, its plain phrase is taken. */
static void explain_code(kl_carrier *c, CURLcode code)
{
    bool open = strchr(c->words, '?') || strstr(c->words, "://");
    kl_fault_explain(c->t, c->words[0] && !open ? c->words : curl_easy_strerror(code));
}

/* What one of our callbacks found goes before what libcurl made of it. */
void kl_fault_judge(kl_carrier *c, CURLcode code)
{
    c->t->fault = c->fault ? c->fault : code == CURLE_OK ? KL_FAULT_NONE : judged(c, code);
    if (code != CURLE_OK && !c->fault)
        explain_code(c, code);
}
