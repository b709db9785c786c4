#!/usr/bin/env python3
"""Measures `goward mod` against the calls of Go that it makes, and prints a Markdown table.

    tests/bench/mod.py [ROUNDS]       50 unless said

A module that asks for 120 others, each of which asks for three more, from a proxy made of files; the module
cache is warm. The two take turns. Time is user and system time of all processes, median of the rounds.
GOWARD=FILE measures that goward instead of building one. Needs the mirror's trees.
Fails where goward takes more than 1.2 of the time of its calls.
"""

import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import built  # noqa: E402
from go_calls import environment, module, offer, race, store  # noqa: E402

COUNT = 120


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    goward = built.goward()
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        names = [f"m{number:03}" for number in range(COUNT)]
        for number, this in enumerate(names):
            offer(top / "proxy", f"example.com/{this}", module(this, names[number + 1:number + 4]))
        project, copy = top / "project", top / "copy"
        for directory in (project, copy):
            directory.mkdir()
            (directory / "go.mod").write_text(module("main", names))
        go = store(top / "home/.goward")
        modfile = f"-modfile={copy / 'go.mod'}"
        calls = [
            [go, "list", modfile, "-e", "-retracted", "-u", "-m", "-json", "-mod=mod", "all"],
            [go, "mod", "graph", modfile],
        ]
        commands = [[goward, "mod"], [goward, "mod", "--json"]]
        race(f"{COUNT} modules", rounds, calls, commands, (environment(top), project))


if __name__ == "__main__":
    main()
