#!/usr/bin/env python3
"""Measures `goward check` on a tree of modules against `find` and `cat`, and prints a Markdown table.

    tests/bench/check.py [MODULES] [--dense]        1000 unless said

With `--dense` every module has a pin, an image, variables and a line in the go.work at the top: what is looked
up for each of 3,000 among 3,000 others must not be searched for. The tree is a git repository. `find` and `cat` read the same files, without `.git`. Both take turns, nine
times, with everything in memory; what counts is the median of user and system time. GOWARD=FILE measures that
goward instead of building one. Linux only. Needs git. The status is 1 if goward takes more than three times as
long.
"""

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import built  # noqa: E402

ROUNDS = 9
MOST = 3
WORKFLOW = """jobs:
  test:
    strategy: {matrix: {go: ['1.26', '1.27']}}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-go@v6
        with: {go-version: '${{ matrix.go }}'}
"""
NAMES = ["go.mod", "go.sum", "go.work", ".go-version", "Dockerfile", "Makefile", "*.yml", "*.go"]


def tree(top, modules, dense):
    """Modules in two levels, each with requirements, and every tenth with a pin and an image; all, if dense."""
    for number in range(modules):
        module = top / f"team{number % 25}/module{number}"
        module.mkdir(parents=True)
        requires = "".join(f"\texample.com/m{n} v1.{n}.0\n" for n in range(30))
        (module / "go.mod").write_text(
            f"module example.com/x/module{number}\n\ngo 1.26.0\n\nrequire (\n{requires})\n")
        (module / "go.sum").write_text("example.com/m v1.0.0 h1:0\n" * 60)
        (module / "main.go").write_text("package main\n\nfunc main() {}\n")
        if dense:
            (module / "Makefile").write_text("GO_VERSION = 1.27.0\nbuild:\n\tgo build .\n")
        if dense or number % 10 == 0:
            (module / ".go-version").write_text("1.27.0\n")
            (module / "Dockerfile").write_text("FROM golang:1.27.0\nCOPY . .\nRUN go build .\n")
    if dense:
        uses = "".join(f"\t./team{number % 25}/module{number}\n" for number in range(modules))
        (top / "go.work").write_text(f"go 1.26.0\n\nuse (\n{uses})\n")
    workflows = top / ".github/workflows"
    workflows.mkdir(parents=True)
    for number in range(20):
        (workflows / f"w{number}.yml").write_text(WORKFLOW)
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", "-C", top, *command], check=True)


def used(command, top):
    """Seconds of the processor, with those of children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=top, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, command
    return sum(getattr(after, key) - getattr(before, key) for key in ("ru_utime", "ru_stime"))


def main():
    dense = "--dense" in sys.argv
    numbers = [argument for argument in sys.argv[1:] if argument != "--dense"]
    modules = int(numbers[0]) if numbers else 1000
    goward = built.goward()
    scratch = Path(tempfile.mkdtemp(prefix="goward-bench-"))
    try:
        tree(scratch, modules, dense)
        names = [word for name in NAMES for word in ("-o", "-name", name)][1:]
        find = ["find", ".", "-name", ".git", "-prune", "-o", "-type", "f", "(", *names, ")",
                "-exec", "cat", "{}", "+"]
        check = [str(goward), "check"]
        taken = {"find and cat": [], "goward check": []}
        for _ in range(ROUNDS):
            taken["find and cat"].append(used(find, scratch))
            taken["goward check"].append(used(check, scratch))
    finally:
        shutil.rmtree(scratch)
    median = {name: statistics.median(times) for name, times in taken.items()}
    ratio = median["goward check"] / median["find and cat"]
    print(f"| {modules} modules | user and system, ms |\n|---|---|")
    for name, seconds in median.items():
        print(f"| `{name}` | {seconds * 1000:.0f} |")
    print(f"| ratio | {ratio:.2f} (at most {MOST}) |")
    sys.exit(ratio > MOST)


if __name__ == "__main__":
    main()
