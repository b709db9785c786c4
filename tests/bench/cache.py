#!/usr/bin/env python3
"""Measures `goward cache mark`, `trim` and `verify` on a build cache of many entries, and prints Markdown tables.

    tests/bench/cache.py [ENTRIES]       100,000 unless said

`verify` is measured on outputs of the size of packages, beside `sha256sum` of the same files: bytes by seconds of
the processor, user's and system's, so that the number of processors does not matter.

Nine of ten entries are old. `find -delete` removes the same files from a copy; it reads no file and asks no
owner. GOWARD=FILE measures that goward instead of building one.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
import built  # noqa: E402

README = "This directory holds cached build artifacts from the Go build system.\n"
DAY = 24 * 60 * 60


def make(cache, entries):
    """A cache of pairs of an action and its output, each of 4 KiB."""
    now = time.time()
    for number in range(256):
        (cache / f"{number:02x}").mkdir(parents=True)
    (cache / "README").write_text(README)
    body = b"x" * 4096
    for number in range(entries // 2):
        action = hashlib.sha256(b"a%d" % number).hexdigest()
        output = hashlib.sha256(b"d%d" % number).hexdigest()
        age = now - (10 * DAY if number % 10 else 0)
        text = f"v1 {action} {output} {4096:20} {1700000000:20}\n".encode()
        for name, content in ((f"{action}-a", text), (f"{output}-d", body)):
            path = cache / name[:2] / name
            path.write_bytes(content)
            os.utime(path, (age, age))


def measure(command, env=None):
    """Seconds on the clock, seconds of the processor, and the peak of memory in MiB."""
    begun = time.monotonic()
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    assert status == 0, (command, status)
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def verify(goward, top):
    """The throughput of `verify` and of sha256sum, in MiB by seconds of the processor: the best of five."""
    cache = top / "outputs/go-build"
    for number in range(256):
        (cache / f"{number:02x}").mkdir(parents=True)
    (cache / "README").write_text(README)
    size, files = 0, []
    for number in range(2000):
        body = hashlib.sha256(b"%d" % number).digest() * (1000 + number * 7)
        output = hashlib.sha256(body).hexdigest()
        files.append(cache / output[:2] / f"{output}-d")
        files[-1].write_bytes(body)
        size += len(body)
    env = {"HOME": str(top), "GOCACHE": str(cache), "GOENV": "off", "PATH": "/usr/bin:/bin"}
    print(f"\n| {size >> 20:,} MiB in {len(files):,} outputs | s | MiB by s of the processor |\n|---|---|---|")
    figures = []
    for name, command in (
        ("`verify`", [goward, "cache", "verify"]),
        ("`sha256sum`", ["sha256sum", *map(str, files)]),
    ):
        runs = [measure(command, env) for _ in range(5)]
        clock, processor = min(run[0] for run in runs), min(run[1] for run in runs)
        figures.append((size >> 20) / processor)
        print(f"| {name} | {clock:.2f} | {figures[-1]:,.0f} |")
    print(f"\nverify: {figures[0] / figures[1]:.2f} of sha256sum", file=sys.stderr)
    assert figures[0] >= 0.8 * figures[1], "verify is slower than 0.8 of sha256sum"


def main():
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    goward = built.goward()
    with tempfile.TemporaryDirectory() as top:
        top = Path(top)
        caches = [top / "goward/go-build", top / "find/go-build"]
        for cache in caches:
            make(cache, entries)
        env = {"HOME": str(top), "GOCACHE": str(caches[0]), "GOENV": "off", "PATH": "/usr/bin:/bin"}
        print(f"| {entries:,} entries | s | s of the processor | MiB |\n|---|---|---|---|")
        for name, command in (
            ("`trim --older-than 2d -n`", [goward, "cache", "trim", "--older-than", "2d", "-n"]),
            ("`trim --older-than 2d`", [goward, "cache", "trim", "--older-than", "2d"]),
            ("`find -mtime +2 -delete`", ["find", caches[1], "-type", "f", "-mtime", "+2", "-delete"]),
            ("`mark`", [goward, "cache", "mark"]),
        ):
            clock, processor, memory = measure(command, env)
            print(f"| {name} | {clock:.2f} | {processor:.2f} | {memory:.0f} |")
        left = [sum(len(files) for _, _, files in os.walk(cache)) for cache in caches]
        print(f"\nleft: {left[0]:,} and {left[1]:,} files", file=sys.stderr)
        verify(goward, top)


if __name__ == "__main__":
    main()
