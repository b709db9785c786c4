#!/usr/bin/env python3
"""Measures `goward current`, `explain` and `list` against /bin/true, and prints a Markdown table.

    tests/bench/manager.py [ROUNDS]       400 unless said

A project pins one of three installed toolchains. The commands take turns with /bin/true in one run, so a
slow second of the machine slows them all. GOWARD=FILE measures that goward instead of building one. Quote
ratios, and figures only from a quiet machine. Linux only. Needs strace; valgrind for the column of
instructions.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
import built  # noqa: E402

VERSIONS = ["1.21.13", "1.22.10", "1.23.2"]
COMMANDS = ["current", "explain", "list"]


def machine(scratch):
    """A home directory with a store, and a project in it."""
    root, project = scratch / "home/.goward", scratch / "home/project"
    for version in VERSIONS:
        program = root / f"toolchains/go{version}/bin/go"
        program.parent.mkdir(parents=True)
        shutil.copy("/bin/true", program)
        (program.parent.parent / "VERSION").write_text(f"go{version}\n")
    project.mkdir()
    (project / ".go-version").write_text(f"{VERSIONS[1]}\n")
    (project / "go.mod").write_text("module m\n\ngo 1.21\n")
    return project, {"HOME": str(scratch / "home"), "PATH": "/usr/bin:/bin"}


def seconds(command, environment, quiet):
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, environment, file_actions=quiet)
    _, status = os.waitpid(child, 0)
    taken = time.perf_counter() - start
    assert status == 0, command
    return taken


def calls(command, environment, scratch):
    """System calls of all its threads."""
    log = scratch / "strace"
    subprocess.run(["strace", "-f", "-qq", "-o", log, *command], env=environment, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sum("(" in line for line in log.read_text().splitlines())


def instructions(command, environment):
    """Millions of them in user space, with those of the dynamic linker."""
    if not shutil.which("valgrind"):
        return "-"
    counting = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    ran = subprocess.run([*counting, *command], env=environment, stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, text=True, check=True)
    return f"{int(re.search(r'Collected : ([0-9]+)', ran.stderr)[1]) / 1e6:.2f}"


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    goward = str(built.goward())
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch).resolve()
        project, environment = machine(scratch)
        os.chdir(project)
        environment["PWD"] = str(project)
        commands = [["/bin/true"], *([goward, command] for command in COMMANDS)]
        quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
        times = [[] for _ in commands]
        for _ in range(rounds):
            for command, taken in zip(commands, times):
                taken.append(seconds(command, environment, quiet))
        medians = [statistics.median(taken) for taken in times]
        print("| program | median µs | least µs | ratio | system calls | million instructions |")
        print("|---|---|---|---|---|---|")
        for command, median, taken in zip(commands, medians, times):
            name = " ".join([Path(command[0]).name, *command[1:]])
            counts = calls(command, environment, scratch)
            million = instructions(command, environment)
            print(f"| `{name}` | {median * 1e6:.0f} | {min(taken) * 1e6:.0f} |"
                  f" {median / medians[0]:.2f} | {counts} | {million} |")


if __name__ == "__main__":
    main()
