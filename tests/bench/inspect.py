#!/usr/bin/env python3
"""Measures `goward inspect` against one `go version -m` over the same programs, and prints a Markdown table.

    tests/bench/inspect.py [ROUNDS]       100 unless said

200 programs of Go: those of the mirror's toolchains, each under several names (hard links, so that each is a
regular file as it is where people keep programs; LINKS=1 takes symbolic ones, which both look at once more).
The two take turns. Time is user and system time of all threads, median of the rounds; system calls are counted
by strace. GOWARD=FILE measures that goward instead of building one. Linux only. Needs the mirror's trees and
strace. Fails where goward takes more than 0.3 of the time or 0.5 of the calls of `go version -m`, or starts a process.
The documents of `--json`, which are some thirty times as long as the text, have no bound of time.
"""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import built  # noqa: E402

WORKSPACE = built.WORKSPACE
TREES = WORKSPACE / "target/go-mirror/trees"
NEWEST = TREES / "go1.27.3"
COUNT = 200


def programs(scratch):
    """COUNT names of programs, each file as often as needed."""
    link = os.symlink if os.environ.get("LINKS") else os.link
    tools = [f for tree in TREES.glob("go1.*") for f in (tree / "bin").iterdir()]
    tools += [f for tree in TREES.glob("go1.*") for f in (tree / "pkg/tool").rglob("*") if f.is_file()]
    for number in range(COUNT):
        link(tools[number % len(tools)].resolve(), scratch / f"{number:03}")
    return scratch


def used(command, environment):
    """User and system seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def calls(command, environment, log):
    """System calls of all its threads, and the programs that it starts."""
    subprocess.run(["strace", "-f", "-qq", "-o", log, *command], env=environment, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lines = log.read_text(errors="replace").splitlines()
    return sum("(" in line for line in lines), len(re.findall(r" execve\(", "\n".join(lines)))


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    goward = built.goward()
    # Beside the trees: a hard link does not leave its file system.
    with tempfile.TemporaryDirectory(dir=WORKSPACE / "target") as name:
        scratch = Path(name)
        (scratch / "programs").mkdir()
        directory = programs(scratch / "programs")
        environment = {"HOME": name, "PATH": "/usr/bin:/bin", "GOTOOLCHAIN": "local"}
        ways = {
            "`go version -m`": [NEWEST / "bin/go", "version", "-m", directory],
            "`goward inspect`": [goward, "inspect", directory],
            "`go version -m -json`": [NEWEST / "bin/go", "version", "-m", "-json", directory],
            "`goward inspect --json`": [goward, "inspect", "--json", directory],
        }
        taken = {way: [] for way in ways}
        for _ in range(rounds):
            for way, command in ways.items():
                taken[way].append(used(command, environment))
        counted = {way: calls(command, environment, scratch / "log") for way, command in ways.items()}
    print("| 200 programs | user and system ms | ratio | system calls | ratio |\n|---|---|---|---|---|")
    missed, base, (base_calls, _) = [], statistics.median(taken["`go version -m`"]), counted["`go version -m`"]
    for way in ways:
        median, (count, started) = statistics.median(taken[way]), counted[way]
        print(f"| {way} | {median * 1e3:.1f} | {median / base:.2f} | {count} | {count / base_calls:.2f} |")
        is_slow = median > 0.3 * base and "--json" not in way
        if "goward" in way and (is_slow or count > 0.5 * base_calls or started != 1):
            missed.append(way)
    sys.exit(f"inspect.py: over the bounds: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
