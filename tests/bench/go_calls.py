"""A module, its proxy and a store for the commands that ask Go, and the race of a command against its calls of Go."""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import zipfile

import built

TREE = built.WORKSPACE / "target/go-mirror/trees/go1.27.3"
BOUND = 1.2


def offer(proxy, path, text, package=""):
    """Version v1.0.0 of a module, with a package of that name, if there is one."""
    directory = proxy / path / "@v"
    directory.mkdir(parents=True)
    (directory / "list").write_text("v1.0.0\n")
    (directory / "v1.0.0.mod").write_text(text)
    (directory / "v1.0.0.info").write_text('{"Version":"v1.0.0","Time":"2024-01-01T00:00:00Z"}')
    with zipfile.ZipFile(directory / "v1.0.0.zip", "w") as archive:
        archive.writestr(f"{path}@v1.0.0/go.mod", text)
        if package:
            archive.writestr(f"{path}@v1.0.0/x.go", f"package {package}\n")


def module(name, requires):
    """The go.mod of a module that asks for these."""
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


def environment(top):
    """A home, the proxy, and no network."""
    return {
        "HOME": str(top / "home"), "PATH": "/usr/bin:/bin", "GOPROXY": (top / "proxy").as_uri(),
        "GOSUMDB": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "-modcacherw", "TMPDIR": str(top),
    }


def used(commands, environment, directory):
    """User and system seconds of all of them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in commands:
        subprocess.run(command, env=environment, cwd=directory, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def race(title, rounds, calls, commands, where):
    """Lets the calls of Go and each command, by its words, take turns; ends with an error for one over the bound."""
    ways = {"its calls of Go": calls}
    ways |= {f"`goward {' '.join(words)}`": [[program, *words]] for program, *words in commands}
    taken = {way: [] for way in ways}
    for commands in ways.values():
        used(commands, *where)
    for _ in range(rounds):
        for way, commands in ways.items():
            taken[way].append(used(commands, *where))
    base = statistics.median(taken["its calls of Go"])
    print(f"| {title} | user and system ms | ratio |\n|---|---|---|")
    missed = []
    for way, times in taken.items():
        median = statistics.median(times)
        print(f"| {way} | {median * 1e3:.1f} | {median / base:.2f} |")
        if median > BOUND * base:
            missed.append(way)
    sys.exit(f"over the bound of {BOUND}: {', '.join(missed)}" if missed else 0)
