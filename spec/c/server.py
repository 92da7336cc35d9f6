"""server.py - the other end of the HTTP tests: correct, slow, broken and rude, as the path says.

Owns: what each path does; the log that tells how often a request arrived, whole or in part.
Stands on: Python's http.server and ssl.
Never: answers before it has logged; logs a body it has not read to its end.

    server.py LOG PLAIN_PORTS CERTIFICATE KEY    prints one line: the ports, comma separated
Log lines: "head KEY" when a head was read, "body KEY BYTES SHA256" when all of its body was.
"""

import gzip
import hashlib
import http.server
import os
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
LOG_LOCK = threading.Lock()


def content(start, stop):
    return bytes(i % 251 for i in range(start, stop))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    served = 0  # requests answered on this connection

    # ---- plumbing ----

    def log_message(self, *_):
        pass

    def note(self, *words):
        with LOG_LOCK, open(sys.argv[1], "a", encoding="utf-8") as log:
            print(*words, file=log)

    def option(self, name, default=""):
        return self.options.get(name, [default])[0]

    def number(self, name, default=0):
        return int(self.option(name, str(default)))

    def reply(self, body=b"", status=200, headers=(), length=None):
        self.send_response_only(status)
        self.send_header("Date", DATE)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def raw(self, data):
        self.wfile.write(data)
        self.close_connection = True

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def drop(self):
        if self.option("rst") == "1":
            self.reset()
        else:
            self.close_connection = True

    def read_body(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) == length:
            self.note("body", self.option("key", "-"), length, hashlib.sha256(body).hexdigest())
        return body

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError, OSError, ValueError):
            self.close_connection = True

    def serve(self):
        url = urllib.parse.urlsplit(self.path)
        self.options = urllib.parse.parse_qs(url.query)
        self.note("head", self.option("key", "-"))
        action = getattr(self, "do_" + url.path.strip("/").replace("-", "_"), None)
        if action is None:
            self.reply(b"no such path", 404)
        else:
            action()
        self.served += 1

    do_GET = do_POST = serve

    # ---- correct ----

    def do_echo(self):
        self.read_body()
        lines = [self.command + " " + self.path]
        lines += [name + ": " + value for name, value in self.headers.items()]
        self.reply("\n".join(lines).encode() + b"\n")

    def do_bytes(self):
        self.reply(content(0, self.number("n")))

    def do_chunked(self):
        self.send_response_only(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        data = content(0, self.number("n"))
        for at in range(0, len(data), 1000):
            piece = data[at : at + 1000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if self.option("cut") == "1":
            self.close_connection = True
            return
        self.wfile.write(b"0\r\nContent-Type: a/trailer\r\nX-Request-Id: trailer\r\n\r\n")

    def do_gzip(self):
        n = self.number("n")
        body = gzip.compress(b"0" * n, 9)
        self.reply(body, headers=[("Content-Encoding", "gzip")])

    def do_status(self):
        self.read_body()
        headers = [h.split(":", 1) for h in self.options.get("h", [])]
        self.reply(self.option("body").encode(), self.number("code", 200), headers)

    def do_redirect(self):
        self.read_body()
        code = self.number("code", 302)
        self.reply(b"" if code == 304 else b"moved", code, [("Location", self.option("to"))])

    def do_loop(self):
        n = self.number("n")
        if n == 0:
            self.reply(b"arrived")
        else:
            self.reply(b"", 302, [("Location", "/loop?n=%d&key=%s" % (n - 1, self.option("key")))])

    def do_file(self):
        size, mode = self.number("size"), self.option("mode", "ok")
        wanted = self.headers.get("Range", "")
        start = int(wanted[6:].rstrip("-")) if wanted.startswith("bytes=") else 0
        if mode == "ignore" or not start:
            self.reply(content(0, size), headers=[("ETag", '"e1"')])
        elif start >= size:
            self.reply(b"", 416, [("Content-Range", "bytes */%d" % size)])
        else:
            shift = 1 if mode == "wrong" else 0
            total = "*" if mode == "unknown" else str(size)
            where = "bytes %d-%d/%s" % (start + shift, size - 1, total)
            extra = [] if mode == "silent" else [("Content-Range", where)]
            extra += [h.split(":", 1) for h in self.options.get("h", [])]
            end = size - 5 if mode == "less" else size
            self.reply(content(start, end), 206, extra)

    def do_slow(self):
        self.read_body()
        time.sleep(self.number("ms") / 1000)
        self.reply(b"at last")

    # ---- odd, but allowed ----

    def do_interim(self):
        self.wfile.write(b"HTTP/1.1 100 Continue\r\nX-Request-Id: interim\r\n\r\n")
        self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\nETag: early\r\n\r\n")
        self.reply(b"real", headers=[("X-Request-Id", "real")])

    def do_early(self):
        """Refuses before the body was read."""
        self.raw(b"HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge")
        time.sleep(0.2)

    # ---- broken ----

    def do_truncate(self):
        self.reply(content(0, self.number("send")), length=self.number("n"))
        self.drop()

    def do_garbage(self):
        self.raw(b"\x00\x01 this is no HTTP \xff\r\n\r\n")

    def do_nothing(self):
        self.drop()

    def do_half_head(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Ty")

    def do_bad_gzip(self):
        self.reply(b"this is not gzip", headers=[("Content-Encoding", "gzip")])

    def do_headers(self):
        value = "v" * self.number("size")
        self.reply(b"ok", headers=[("X-%d" % i, value) for i in range(self.number("n"))])

    def do_endless_interim(self):
        for _ in range(20000):
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        self.reply(b"never seen")

    def do_hang(self):
        self.read_body()
        time.sleep(20)

    # ---- rude to creates ----

    def do_create(self):
        self.read_body()
        self.reply(b'{"task_id":"1"}')

    def do_vanish(self):
        """Takes a request, or its head alone, and is gone without a word."""
        if self.option("after") == "body":
            self.read_body()
        self.drop()

    def do_second(self):
        """Answers the first request of a connection; the next one vanishes."""
        if self.served:
            self.do_vanish()
        else:
            self.do_create()

    def do_idle(self):
        """Answers, and closes the connection soon after."""
        self.do_create()
        self.wfile.flush()
        self.connection.settimeout(self.number("us") / 1e6)


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 512

    def handle_error(self, *_):
        pass


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    servers = [Server(("127.0.0.1", 0), Handler) for _ in range(int(sys.argv[2]) + 1)]
    secure = servers[-1]
    secure.socket = context.wrap_socket(
        secure.socket, server_side=True, do_handshake_on_connect=False
    )
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(",".join(str(s.server_address[1]) for s in servers), flush=True)
    parent = os.getppid()
    while os.getppid() == parent:  # ends with the tests, however they end
        time.sleep(0.5)


main()
