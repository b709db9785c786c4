#!/usr/bin/env python3
"""Measures `goward compat` against the calls of Go that it makes, and prints a Markdown table.

    tests/bench/compat.py [ROUNDS]       20 unless said

A tidy module of 40 packages that asks for 30 others, each of which asks for three more, from a proxy made of files;
all caches are warm. The calls are those of a module that needs no step of the ladder. The two take turns.
Time is user and system time of all processes, median of the rounds.
GOWARD=FILE measures that goward instead of building one. Needs the mirror's trees.
Fails where goward takes more than 1.2 of the time of its calls.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import built  # noqa: E402
from go_calls import environment, module, offer, race, store  # noqa: E402

COUNT = 30
PACKAGES = 40
FIELDS = ("-json=ImportPath,Name,Dir,Standard,ForTest,Module,GoFiles,CgoFiles,IgnoredGoFiles,Imports,TestImports,"
          "XTestImports,Incomplete,Error")


def write_packages(project, names):
    """The packages of the module; returns their paths."""
    packages = ["example.com/main"]
    for number in range(PACKAGES):
        path = project / f"p{number:02}"
        path.mkdir(parents=True)
        used_here = names[number % COUNT]
        (path / "p.go").write_text(f'package p\n\nimport (\n\t"strings"\n\t_ "example.com/{used_here}"\n)\n\n'
                                   "var _ = strings.Cut\n")
        packages.append(f"example.com/main/p{number:02}")
    (project / "m.go").write_text('package main\n\nimport "slices"\n\nfunc main() { _ = slices.Max([]int{1}) }\n')
    return packages


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    goward = built.goward()
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        names = [f"m{number:03}" for number in range(COUNT)]
        for number, this in enumerate(names):
            offer(top / "proxy", f"example.com/{this}", module(this, names[number + 1:number + 4]), this)
        project, copy = top / "project", top / "copy"
        packages = write_packages(project, names)
        (project / "go.mod").write_text(module("main", names))
        go = store(top / "home/.goward")
        # Without a go.sum goward would make a call more, which says that it is missing.
        subprocess.run([go, "mod", "tidy"], env=environment(top), cwd=project, check=True, stderr=subprocess.DEVNULL)
        copy.mkdir()
        for name in ("go.mod", "go.sum"):
            shutil.copy(project / name, copy)
        on_copy, completing = f"-modfile={copy / 'go.mod'}", "-mod=mod"
        judged = packages + [f"example.com/{this}" for this in names]
        calls = [
            [go, "list", on_copy, completing, "-e", "-m", "-json", "all"],
            [go, "list", on_copy, "-deps", "-test", "-e", FIELDS, f"{project}/..."],
            [go, "vet", on_copy, completing, "-stdversion", *judged],
        ]
        commands = [[goward, "compat"], [goward, "compat", "--json"]]
        race(f"{PACKAGES} packages, {COUNT} modules", rounds, calls, commands, (environment(top), project))


if __name__ == "__main__":
    main()
