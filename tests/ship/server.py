"""A server on loopback that serves one directory well, and in every bad way.

The first part of a path names the way: `/cut/v0.1.0/goward-….tar.gz` is that file, of which the last half
never comes. `WAYS` has them all.
"""

import http.server
import ssl
import threading
import time
from collections import Counter

WAYS = [
    "good",  # as it should be
    "404", "500",  # refused
    "cut",  # ends half-way
    "wrong",  # one byte is another
    "short",  # a whole answer, without the last byte
    "page",  # a page to log in, with status 200
    "endless",  # zeros without an end
    "huge",  # says that it has 10 GB
    "drip",  # one byte every now and then
    "silent",  # says nothing at all
    "to-http",  # moved to an address without TLS
    "loop",  # moved to itself
    "moved",  # moved to where it is good, over TLS
    "account",  # moved to an address with a name and a password
    "noisy",  # refused, in words that command a terminal or a CI system
]  # fmt: skip


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        way, _, rest = self.path.lstrip("/").partition("/")
        state = self.server.state
        state.requests[way] += 1
        file = (state.directory / rest).resolve()
        archive = file.name.endswith((".gz", ".zip"))
        # Small files say what is wrong only where the archive says it, too.
        way = way if archive or way in ("404", "500", "silent", "to-http", "moved") else "good"
        if not file.is_file() or state.directory not in file.parents:
            way = "404"
        try:
            self.answer(way, rest, file)
        except OSError:
            pass  # the other side has had enough
        self.close_connection = True

    def answer(self, way, rest, file):
        state = self.server.state
        if way in ("404", "500"):
            return self.head(int(way), 0)
        if way == "noisy":
            self.wfile.write(b"HTTP/1.1 403 \x1b[2J::error::x ##[error]y `id` $(id)\r\nContent-Length: 0\r\n\r\n")
            return None
        if way in ("to-http", "loop", "moved", "account"):
            host = {
                "to-http": f"http://127.0.0.1:{state.port}/good",
                "loop": f"https://127.0.0.1:{state.tls_port}/loop",
                "moved": f"https://127.0.0.1:{state.tls_port}/good",
                "account": f"https://me:secret@127.0.0.1:{state.tls_port}/good",
            }[way]
            self.send_response(302)
            self.send_header("Location", f"{host}/{rest}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if way == "silent":
            state.busy.set()
            return state.over.wait(60)
        if way in ("endless", "drip"):
            self.head(200, None)
            return self.pour(way)
        body = file.read_bytes()
        if way == "page":
            body = b"<html><title>Log in</title></html>\n"
        if way == "wrong":
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        if way == "short":
            body = body[:-1]
        self.head(200, 10_000_000_000 if way == "huge" else len(body))
        return self.wfile.write(body[: len(body) // 2] if way == "cut" else body)

    def pour(self, way):
        state = self.server.state
        state.busy.set()
        while not state.over.is_set():
            self.wfile.write(bytes(1 if way == "drip" else 1 << 20))
            if way == "drip":
                time.sleep(0.2)

    def head(self, status, length):
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_):
        pass


class Servers:
    """The same over HTTP and over TLS, from one directory, until `close`."""

    def __init__(self, directory, certificate, key):
        self.directory = directory.resolve()
        self.requests = Counter()
        self.busy = threading.Event()  # set as soon as an answer without an end has begun
        self.over = threading.Event()
        self.servers = [self.start(None)]
        self.port = self.servers[0].server_address[1]
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        self.servers.append(self.start(tls))
        self.tls_port = self.servers[1].server_address[1]

    def start(self, tls):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.state = self
        server.handle_error = lambda *_: None
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def address(self, way, tls=False):
        return f"https://127.0.0.1:{self.tls_port}/{way}" if tls else f"http://127.0.0.1:{self.port}/{way}"

    def close(self):
        self.over.set()
        for server in self.servers:
            server.shutdown()
