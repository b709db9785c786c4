#!/usr/bin/env python3
"""Measures `goward cache mark` and `trim` on a build cache of many entries, and prints a Markdown table.

    tests/bench/cache.py [ENTRIES]       100,000 unless said

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


if __name__ == "__main__":
    main()
