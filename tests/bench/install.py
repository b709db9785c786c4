#!/usr/bin/env python3
"""Measures what an install takes, and prints Markdown tables.

    tests/bench/install.py [ROUNDS] [DIRECTORY...]      10, /dev/shm and the directory for
                                                        temporary files unless said

Go 1.23.2 of the test mirror comes from a server on loopback. In each round all take turns: goward
(verified, with a fresh root and a fresh home), `curl | tar xz` (which verifies nothing), the same with
`sha256sum -c` in between, and bsdtar and mise where they are installed. Each goward install must cost
one request for the archive, and every tree must be equal to that of `curl | tar xz`. DIRECTORY is
where the trees go: one on tmpfs and one on a disk say most. A disk needs room for a GiB and a half a round.

The archives of the test mirror are packed anew, so the digest comes from that mirror's index
(level T3): the work is the same as for the compiled-in table (T0) and go.dev's index (T2). The
second table takes an install apart by `crates/installer/examples/floor.rs`: what each part would take
if the others took nothing.

GOWARD=FILE measures that executable instead of building one. With OTHER=FILE as well, these two take turns and
nothing else runs: which of both goes first changes with each round, and the ratio is GOWARD's to OTHER's. So a
release's static build is held against a dynamic one. Quote ratios, and figures only from a
quiet machine. Linux only. Needs Python 3.11, curl, tar, gzip, sha256sum and cargo.
"""

import atexit
import contextlib
import hashlib
import http.server
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

WORKSPACE = Path(__file__).resolve().parent.parent.parent
VERSION = "1.23.2"
BAR = "curl \\| tar xz"


def output(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


class Mirror(http.server.ThreadingHTTPServer):
    """The files of a directory, sent by the kernel, and how often each was asked for."""

    daemon_threads = True

    def __init__(self, directory):
        super().__init__(("127.0.0.1", 0), Handler)
        self.directory, self.counts, self.lock = Path(directory), {}, threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        path, _, query = self.path.partition("?")
        name = "index.json" if query else path.lstrip("/")
        with self.server.lock:
            self.server.counts[name] = self.server.counts.get(name, 0) + 1
        file = self.server.directory / name
        if not file.is_file():
            self.send_error(404)
            return
        size = file.stat().st_size
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        with file.open("rb") as content:
            self.connection.sendfile(content)


class Bench:
    def __init__(self):
        made = output(sys.executable, WORKSPACE / "tests/mirror/mirror.py", "make", "--no-system-go")
        self.server = Mirror(made.strip())
        machine = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
        self.name = f"go{VERSION}.{os.uname().sysname.lower()}-{machine}.tar.gz"
        self.archive = self.server.directory / self.name
        self.url = f"{self.server.url}/{self.name}"
        with self.archive.open("rb") as content:
            self.digest = hashlib.file_digest(content, "sha256").hexdigest()
        target = Path(os.environ.get("CARGO_TARGET_DIR", WORKSPACE / "target"))
        self.goward = os.environ.get("GOWARD") or self.build(target, "-p", "goward") / "goward"
        self.other = os.environ.get("OTHER")
        self.floor = None if self.other else self.build(target, "-p", "goward-installer", "--example", "floor") / "examples/floor"

    @staticmethod
    def build(target, *what):
        output("cargo", "build", "--quiet", "--release", *what,
               "--manifest-path", WORKSPACE / "Cargo.toml", "--target-dir", target)
        return target / "release"

    def ways(self):
        """Names, and functions that install into a directory by a command and say where the tree is."""
        yield BAR, self.shell(f"curl -sf {self.url} | tar xz")
        yield "goward", self.install(self.goward)
        yield "curl -o; sha256sum -c; tar xzf", self.shell(
            f"curl -sf -o a {self.url} && echo '{self.digest}  a' | sha256sum -c --quiet && tar xzf a")
        if shutil.which("bsdtar"):
            yield "curl \\| bsdtar xf -", self.shell(f"curl -sf {self.url} | bsdtar xf -")
        if shutil.which("mise"):
            yield "mise", self.mise

    @staticmethod
    def shell(script):
        return lambda place: (["sh", "-c", script], {}, place / "go")

    def install(self, goward):
        def run(place):
            home = place / "home"
            home.mkdir()
            env = {"HOME": str(home), "GOWARD_ROOT": str(place / "root"), "GOWARD_MIRROR": self.server.url,
                   "GOWARD_MIRROR_DIGESTS": "own"}
            return [goward, "--quiet", "install", VERSION], env, place / f"root/toolchains/go{VERSION}"
        return run

    def mise(self, place):
        (place / "home").mkdir()
        # It learns the versions from the tags of Go's repository, here of one with that tag alone, and
        # wants the digest in a file beside the archive.
        tags = str(place / "tags")
        output("git", "init", "-q", "--bare", tags)
        commit = output("git", "-C", tags, "-c", "user.name=x", "-c", "user.email=x", "commit-tree", "-m", "x",
                        output("git", "-C", tags, "mktree", stdin=subprocess.DEVNULL).strip()).strip()
        output("git", "-C", tags, "update-ref", f"refs/tags/go{VERSION}", commit)
        env = {"HOME": str(place / "home"), "MISE_DATA_DIR": str(place / "data"),
               "MISE_GO_DOWNLOAD_MIRROR": self.server.url, "MISE_GO_SKIP_CHECKSUM": "1",
               "MISE_CACHE_DIR": str(place / "cache"), "MISE_YES": "1", "MISE_OFFLINE": "0",
               "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{tags}.insteadOf",
               "GIT_CONFIG_VALUE_0": "https://github.com/golang/go"}
        return ["mise", "install", f"go@{VERSION}"], env, place / f"data/installs/go/{VERSION}"

    def run(self, way, directory):
        """Seconds, MiB resident at most (Linux), and the digest of the tree."""
        with scratch(directory) as place:
            command, env, tree = way(place)
            asked = self.server.counts.get(self.name, 0)
            env = {"PATH": os.environ["PATH"], "LC_ALL": "C", **env}
            # What the one before wrote is not to be this one's to wait for.
            os.sync()
            start = time.monotonic()
            child = subprocess.Popen(command, cwd=place, env=env, stdout=subprocess.DEVNULL)
            resident = Resident(child.pid)
            child.wait()
            seconds = time.monotonic() - start
            child.returncode and sys.exit(f"install.py: {command[0]} failed ({child.returncode})")
            asked = self.server.counts.get(self.name, 0) - asked
            asked == 1 or sys.exit(f"install.py: {command[0]} asked {asked} times for the archive")
            return seconds, resident.peak(), fingerprint(tree)


@contextlib.contextmanager
def scratch(directory):
    """A directory for one run. On a disk it stays till the end of all: to give a deleted tree's blocks
    back takes the disk many seconds, in which it writes little else."""
    place = Path(tempfile.mkdtemp(prefix="goward-bench.", dir=directory))
    memory = output("stat", "-f", "-c", "%T", place).strip() == "tmpfs"
    if not memory:
        atexit.register(shutil.rmtree, place)
    try:
        yield place
    finally:
        if memory:
            shutil.rmtree(place)


class Resident:
    """The most memory that a process had, looked at until it ends. What `wait4` says counts the
    process that started it, too, and that is this one."""

    def __init__(self, pid):
        self.status, self.most = Path(f"/proc/{pid}/status"), 0
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        try:
            while "VmHWM:" in (text := self.status.read_text()):
                self.most = max(self.most, int(text.split("VmHWM:")[1].split()[0]) / 1024)
                time.sleep(0.02)
        except (FileNotFoundError, ProcessLookupError):
            pass

    def peak(self):
        self.thread.join()
        return self.most


def fingerprint(tree):
    """A digest over names, executability and content of a tree's files."""
    whole = hashlib.sha256()
    for path in sorted(path for path in tree.rglob("*") if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        executable = bool(path.stat().st_mode & 0o100)
        whole.update(f"{path.relative_to(tree)} {executable} {content}\n".encode())
    return whole.hexdigest()


def table(*columns):
    print("\n| " + " | ".join(columns) + " |\n|" + "---|" * len(columns), flush=True)


def row(*cells):
    texts = (f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in cells)
    print("| " + " | ".join(texts) + " |", flush=True)


def race(bench, directory, rounds):
    """All programs take turns; a ratio is one of two runs of the same round."""
    ways = dict(bench.ways())
    runs = {name: [] for name in ways}
    wanted = None
    for _ in range(rounds):
        for name, way in ways.items():
            seconds, resident, tree = bench.run(way, directory)
            wanted = wanted or tree
            tree == wanted or sys.exit(f"install.py: the tree of {name} differs")
            runs[name].append((seconds, resident))
    kind = output("stat", "-f", "-c", "%T", directory).strip()
    table(f"on {kind}", "median s", "least s", "ratio (median of rounds)", "peak MiB")
    for name, results in runs.items():
        seconds = [result[0] for result in results]
        ratios = [mine / theirs[0] for mine, theirs in zip(seconds, runs[BAR])]
        # Of a pipeline, this sees the shell alone.
        resident = "-" if name.startswith("curl") else f"{max(result[1] for result in results):.0f}"
        row(f"`{name}`", statistics.median(seconds), min(seconds), statistics.median(ratios), resident)


def pair(bench, directory, rounds):
    """Two managers; what is said of each round is the first one's time to the second one's."""
    ways = [bench.install(bench.goward), bench.install(bench.other)]
    seconds, processor, wanted = ([], []), ([], []), None
    for number in range(rounds):
        for which in ((0, 1), (1, 0))[number % 2]:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            took, _, tree = bench.run(ways[which], directory)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            wanted = wanted or tree
            tree == wanted or sys.exit("install.py: the trees differ")
            seconds[which].append(took)
            processor[which].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    kind = output("stat", "-f", "-c", "%T", directory).strip()
    table(f"on {kind}", "median s", "least s", "median processor s", "least processor s")
    for path, times, used in zip((bench.goward, bench.other), seconds, processor):
        row(f"`{path}`", *(f"{how(of):.3f}" for of in (times, used) for how in (statistics.median, min)))
    table("ratio", "median of rounds", "of medians", "of least")
    for name, (mine, theirs) in (("time", seconds), ("processor", processor)):
        pairs = statistics.median(one / other for one, other in zip(mine, theirs))
        row(name, *(f"{of:.3f}" for of in (pairs, *(how(mine) / how(theirs) for how in (statistics.median, min)))))


def parts(bench, directory, rounds):
    """Where the time goes."""
    def download(_):
        start = time.monotonic()
        output("curl", "-sf", "-o", "/dev/null", bench.url)
        return time.monotonic() - start

    def part(name):
        def run(place):
            return float(output(bench.floor, name, bench.archive, place / "tree"))
        return run

    runs = {"download": download, "hash": part("hash"), "gunzip": part("gunzip"),
            "gunzip, read the tar headers": part("parse"), "create the files": part("create"),
            BAR: lambda place: bench.run(dict(bench.ways())[BAR], directory)[0]}
    seconds = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            with scratch(directory) as place:
                seconds[name].append(run(place))
    table("only", "median s", "ratio")
    for name, results in seconds.items():
        ratios = [mine / theirs for mine, theirs in zip(results, seconds[BAR])]
        row(f"`{name}`" if name == BAR else name, statistics.median(results), statistics.median(ratios))


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    directories = sys.argv[2:] or ["/dev/shm", tempfile.gettempdir()]
    for tool in ("curl", "tar", "gzip", "sha256sum", "cargo"):
        shutil.which(tool) or sys.exit(f"install.py: {tool} is missing")
    bench = Bench()
    print(f"{bench.name}, {rounds} rounds, {os.cpu_count()} processors. Load: {os.getloadavg()[0]:.1f}.")
    for directory in directories:
        (pair if bench.other else race)(bench, directory, rounds)
    if not bench.other:
        parts(bench, directories[0], rounds)
    print(f"\nLoad at the end: {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
