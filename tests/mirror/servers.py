#!/usr/bin/env python3
"""Serves a directory over loopback by the web servers that mirrors are made with.

    python3 tests/mirror/servers.py serve DIR [NAME]...   # prints `NAME URL` for each; ends with its stdin
    python3 tests/mirror/servers.py capture OUT           # the pages that they make of one directory

The servers are nginx (with and without its module fancyindex, and with no listing at all), Apache (its three
forms), Caddy, lighttpd and Python's own. `apt-get install nginx-light libnginx-mod-http-fancyindex
apache2-bin caddy lighttpd` has them; those that are not there are named on stderr and left out. SERVERS names
a directory in which they were unpacked instead (`dpkg -x`), which needs no root.

Needs Python 3.8; nothing beyond the standard library.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

UNPACKED = Path(os.environ.get("SERVERS", "/"))

NGINX = """
daemon off; pid {run}/pid; error_log {run}/log;
{load}
events {{}}
http {{
    access_log off;
    client_body_temp_path {run}/1; proxy_temp_path {run}/2; fastcgi_temp_path {run}/3;
    uwsgi_temp_path {run}/4; scgi_temp_path {run}/5;
    server {{ listen 127.0.0.1:{port}; root {root}; {options} }}
}}
"""

APACHE = """
ServerRoot {run}
ServerName localhost
PidFile {run}/pid
ErrorLog {run}/log
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule autoindex_module {modules}/mod_autoindex.so
LoadModule mime_module {modules}/mod_mime.so
TypesConfig /dev/null
DocumentRoot "{root}"
{user}
<Directory "{root}">
    Require all granted
    Options +Indexes +FollowSymLinks
    IndexOptions {options}
</Directory>
"""

LIGHTTPD = """
server.document-root = "{root}"
server.port = {port}
server.bind = "127.0.0.1"
server.modules = ("mod_dirlisting")
dir-listing.activate = "enable"
"""


def program(name):
    """The path of a server's program; None where there is none."""
    places = [UNPACKED / place for place in ("usr/sbin", "usr/bin", "usr/local/bin")]
    return shutil.which(name, path=os.pathsep.join(map(str, places)))


def nginx(options, module=None):
    def command(run, root, port):
        load = ""
        if module:
            at = UNPACKED / "usr/lib/nginx/modules" / module
            if not at.exists():
                return None
            load = f"load_module {at};"
        (run / "conf").write_text(NGINX.format(run=run, root=root, port=port, load=load, options=options))
        return [program("nginx"), "-c", str(run / "conf"), "-e", str(run / "log")]

    return command


def apache(options):
    def command(run, root, port):
        modules = UNPACKED / "usr/lib/apache2/modules"
        # It does not serve as root, and says so.
        user = "User nobody\nGroup nogroup" if os.geteuid() == 0 else ""
        conf = APACHE.format(run=run, root=root, port=port, modules=modules, options=options, user=user)
        (run / "conf").write_text(conf)
        return [program("apache2"), "-X", "-f", str(run / "conf")]

    return command


def caddy(run, root, port):
    return [program("caddy"), "file-server", "--browse", "--root", str(root), "--listen", f"127.0.0.1:{port}"]


def lighttpd(run, root, port):
    (run / "conf").write_text(LIGHTTPD.format(root=root, port=port))
    modules = UNPACKED / "usr/lib/lighttpd"
    return [program("lighttpd"), "-m", str(modules), "-D", "-f", str(run / "conf")]


def python(run, root, port):
    return [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(root), str(port)]


SERVERS = {
    "nginx": nginx("autoindex on;"),
    "nginx-fancyindex": nginx("fancyindex on;", "ngx_http_fancyindex_module.so"),
    "nginx-bare": nginx(""),
    "apache-plain": apache("None"),
    "apache-fancy": apache("FancyIndexing"),
    "apache-table": apache("FancyIndexing HTMLTable"),
    "caddy": caddy,
    "lighttpd": lighttpd,
    "python": python,
}


@contextlib.contextmanager
def served(name, root):
    """Serves `root`; gives the URL, or None where the server is not there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as run:
        os.chmod(run, 0o755)
        command = SERVERS[name](Path(run), Path(root).resolve(), port)
        if command is None or command[0] is None:
            print(f"NOT THERE: {name}", file=sys.stderr)
            yield None
            return
        env = dict(os.environ, HOME=run, XDG_CONFIG_HOME=run, XDG_DATA_HOME=run)
        if UNPACKED != Path("/"):
            libraries = [str(at) for at in (UNPACKED / "usr/lib").glob("*-linux-gnu")]
            env["LD_LIBRARY_PATH"] = os.pathsep.join(libraries)
        none = subprocess.DEVNULL
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(command, env=env, stdin=none, stdout=none, stderr=errors)
            try:
                wait_for(port, process, name)
                yield f"http://127.0.0.1:{port}/"
            except TimeoutError:
                errors.seek(0)
                sys.exit(f"{name} does not answer: {errors.read().decode(errors='replace')}")
            finally:
                process.terminate()
                process.wait()


def wait_for(port, process, name):
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise TimeoutError(name)


def serve(root, names):
    with contextlib.ExitStack() as stack:
        for name in names or SERVERS:
            url = stack.enter_context(served(name, root))
            if url:
                print(name, url, flush=True)
        print(flush=True)
        sys.stdin.read()


def capture(out):
    """A directory with archives, and with what stands beside them on mirrors."""
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)
        place = Path(root) / "golang"
        (place / "old").mkdir(parents=True)
        names = ["README.html", "SHA256SUMS", "go1.23.2.darwin-arm64.pkg", "go1.23.2.src.tar.gz"]
        names += ["go1.23.2.linux-amd64.tar.gz.asc", "go1.23.2.linux-amd64.tar.gz.sha256"]
        names += ['a<b>&"c go1.77.linux-amd64.tar.gz', "go1.77.linux-amd64.tar.gz~", "ü-go1.78.zip"]
        for version in ["1.22.0", "1.22.10", "1.23.2", "1.25rc1"]:
            for end in ["darwin-arm64.tar.gz", "linux-amd64.tar.gz", "linux-armv6l.tar.gz", "windows-amd64.zip"]:
                names.append(f"go{version}.{end}")
        for name in names:
            (place / name).write_text("x\n")
            os.utime(place / name, (1700000000, 1700000000))
        for name in SERVERS:
            if name == "nginx-bare":
                continue
            with served(name, root) as url:
                if url:
                    with urllib.request.urlopen(f"{url}golang/?mode=json&include=all") as answer:
                        Path(out, f"{name}.html").write_bytes(answer.read())


def main():
    verb, args = "".join(sys.argv[1:2]), sys.argv[2:]
    if verb == "serve" and args:
        serve(args[0], args[1:])
    elif verb == "capture" and len(args) == 1:
        capture(args[0])
    else:
        sys.exit(__doc__)


main()
