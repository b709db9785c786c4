"""A server on loopback for releases of goward and of Go, which counts what it is asked for."""

import http.server
import pathlib
import threading


class Hub:
    """Serves `/goward/vX.Y.Z/FILE` from a directory of archives, and `/go/FILE` from the tests' mirror of Go."""

    def __init__(self, releases, mirror):
        self.asked = []
        hub, places = self, {"goward": pathlib.Path(releases), "go": pathlib.Path(mirror)}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path, _, query = self.path.partition("?")
                first, _, rest = path.strip("/").partition("/")
                name = "index.json" if first == "go" and "mode=json" in query else rest.rpartition("/")[2]
                hub.asked.append(f"{first}/{name}")
                file = places.get(first, pathlib.Path("/nowhere")) / name
                if not name or not file.is_file():
                    return self.send_error(404)
                self.send_response(200)
                self.send_header("Content-Length", str(file.stat().st_size))
                self.end_headers()
                self.wfile.write(file.read_bytes())
                return None

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def taken(self):
        """What was asked for since the last call."""
        asked, self.asked = self.asked, []
        return asked
