#!/usr/bin/env python3
"""Measures `goward compat` against the calls of Go that it makes, and prints a Markdown table.

    tests/bench/compat.py [ROUNDS]       20 unless said

A module of 40 packages that asks for 30 others, each of which asks for three more, from a proxy made of files; all
caches are warm. The calls are those of a module that needs no step of the ladder. The two take turns. Time is user and system time of all processes, median of the rounds.
GOWARD=FILE measures that goward instead of building one. Needs the mirror's trees.
Fails where goward takes more than 1.2 of the time of its calls.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.dont_write_bytecode = True
import built  # noqa: E402

TREE = built.WORKSPACE / "target/go-mirror/trees/go1.27.3"
COUNT = 30
PACKAGES = 40
BOUND = 1.2


def offer(proxy, path, text, name):
    """Version v1.0.0 of a module."""
    directory = proxy / path / "@v"
    directory.mkdir(parents=True)
    (directory / "list").write_text("v1.0.0\n")
    (directory / "v1.0.0.mod").write_text(text)
    (directory / "v1.0.0.info").write_text('{"Version":"v1.0.0","Time":"2024-01-01T00:00:00Z"}')
    with zipfile.ZipFile(directory / "v1.0.0.zip", "w") as archive:
        archive.writestr(f"{path}@v1.0.0/go.mod", text)
        archive.writestr(f"{path}@v1.0.0/x.go", f"package {name}\n")


def module(name, requires):
    lines = "".join(f"\texample.com/{used} v1.0.0\n" for used in requires)
    return f"module example.com/{name}\n\ngo 1.21\n\nrequire (\n{lines})\n"


def store(root):
    """A store with the newest Go: its directories are the mirror's."""
    tree = root / "toolchains/go1.27.3"
    (tree / "bin").mkdir(parents=True)
    for entry in TREE.iterdir():
        if entry.name == "bin":
            for program in entry.iterdir():
                shutil.copy(program, tree / "bin" / program.name)
        elif entry.is_dir():
            os.symlink(entry, tree / entry.name)
        else:
            shutil.copy(entry, tree / entry.name)
    return tree / "bin/go"


def used(commands, environment, directory):
    """User and system seconds of all of them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in commands:
        subprocess.run(command, env=environment, cwd=directory, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


FIELDS = ("-json=ImportPath,Name,Dir,Standard,ForTest,Module,GoFiles,CgoFiles,IgnoredGoFiles,Imports,TestImports,"
          "XTestImports,Incomplete,Error")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    goward = built.goward()
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        names = [f"m{number:03}" for number in range(COUNT)]
        for number, this in enumerate(names):
            offer(top / "proxy", f"example.com/{this}", module(this, names[number + 1:number + 4]), this)
        project = top / "project"
        packages = ["example.com/main"]
        for number in range(PACKAGES):
            path = project / f"p{number:02}"
            path.mkdir(parents=True)
            used_here = names[number % COUNT]
            (path / "p.go").write_text(f'package p\n\nimport (\n\t"strings"\n\t_ "example.com/{used_here}"\n)\n\n'
                                       "var _ = strings.Cut\n")
            packages.append(f"example.com/main/p{number:02}")
        (project / "m.go").write_text('package main\n\nimport "slices"\n\nfunc main() { _ = slices.Max([]int{1}) }\n')
        (project / "go.mod").write_text(module("main", names))
        go = store(top / "home/.goward")
        environment = {
            "HOME": str(top / "home"), "PATH": "/usr/bin:/bin", "GOPROXY": (top / "proxy").as_uri(),
            "GOSUMDB": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "-modcacherw", "TMPDIR": name,
        }
        copy = top / "copy"
        copy.mkdir()
        shutil.copy(project / "go.mod", copy / "go.mod")
        flags = [f"-modfile={copy / 'go.mod'}", "-mod=mod"]
        judged = packages + [f"example.com/{this}" for this in names]
        calls = [
            [go, "list", *flags, "-e", "-m", "-json", "all"],
            [go, "list", *flags, "-deps", "-test", "-e", FIELDS, f"{project}/..."],
            [go, "vet", *flags, "-stdversion", *judged],
        ]
        ways = {"its calls of Go": calls, "`goward compat`": [[goward, "compat"]],
                "`goward compat --json`": [[goward, "compat", "--json"]]}
        taken = {way: [] for way in ways}
        for commands in ways.values():
            used(commands, environment, project)
        for _ in range(rounds):
            for way, commands in ways.items():
                taken[way].append(used(commands, environment, project))
    base = statistics.median(taken["its calls of Go"])
    print(f"| {PACKAGES} packages, {COUNT} modules | user and system ms | ratio |\n|---|---|---|")
    missed = []
    for way, times in taken.items():
        median = statistics.median(times)
        print(f"| {way} | {median * 1e3:.1f} | {median / base:.2f} |")
        if median > BOUND * base:
            missed.append(way)
    sys.exit(f"compat.py: over the bound: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
