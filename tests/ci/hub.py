"""Servers on loopback that count what they are asked for."""

import http.server
import pathlib
import threading
import urllib.parse


def serve(handler):
    """The address of a new server on loopback, which lives as long as this process."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


class Quiet(http.server.BaseHTTPRequestHandler):
    """A handler that logs nothing, and answers with bytes at once."""

    protocol_version = "HTTP/1.1"

    def answer(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, *_):
        pass


class Hub:
    """Serves `/goward/vX.Y.Z/FILE` from a directory of archives, `/go/FILE` from the tests' mirror of Go, and
    `/proxy/...` from a directory that is a module proxy. `asked` names what was asked for, `sent` counts the
    bytes of modules."""

    def __init__(self, releases, mirror):
        self.asked, self.sent, self.proxy = [], 0, None
        self.releases, self.mirror = pathlib.Path(releases), pathlib.Path(mirror)
        hub = self

        class Handler(Quiet):
            def do_GET(self):
                file = hub.file(self.path)
                if not file or not file.is_file():
                    return self.answer(b"", 404)
                return self.answer(hub.read(file))

        self.url = serve(Handler)

    def file(self, target):
        """The file that a request names."""
        path, _, query = urllib.parse.unquote(target).partition("?")
        first, _, rest = path.strip("/").partition("/")
        name = "index.json" if first == "go" and "mode=json" in query else rest.rpartition("/")[2]
        self.asked.append(f"{first}/{rest if first == 'proxy' else name}")
        if first == "proxy":
            return self.proxy and self.proxy / rest
        place = {"goward": self.releases, "go": self.mirror}.get(first)
        return place and place / name

    def read(self, file):
        data = file.read_bytes()
        if self.proxy and self.proxy in file.parents:
            self.sent += len(data)
        return data

    def taken(self):
        """What was asked for since the last call."""
        asked, self.asked = self.asked, []
        return asked
