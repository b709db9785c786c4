#!/usr/bin/env python3
"""Measures what the shim adds to starting Go, and prints Markdown tables.

    tests/bench/shim.py [ROUNDS]          1,000 unless said

Each case is a directory below the file that decides. It is measured with a payload that does
nothing (tests/bench/payload.c in the place of go) and with real `go version`, against executing the
same program directly and, for scale, through a trampoline that only executes it. All programs take
turns (tests/bench/race.c). Version managers that are installed here (rustup, mise, goenv, asdf,
volta) are measured beside it, with the same payload.

SHIM=FILE measures that shim instead of building one. BEFORE=FILE races that one, of an older state,
in the same rounds, and prints what became of what it adds; then nothing else is measured. Quote ratios, and figures only from a quiet
machine. Linux only. Needs cc, strace and cargo; valgrind for the column of instructions.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import built  # noqa: E402

HERE = Path(__file__).resolve().parent
WORKSPACE = HERE.parent.parent
VERSION = "1.22.10"
LEVELS = 4
SLICES = 40


def output(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


class Bench:
    """The built programs, and a scratch directory for everything else."""

    def __init__(self, scratch, rounds):
        self.scratch, self.rounds = scratch, rounds
        self.race = scratch / "race"
        output("cc", "-O2", "-Wall", "-Werror", "-o", self.race, HERE / "race.c")
        self.nothing = scratch / "nothing"
        self.compile(self.nothing)
        self.shim = Path(os.environ.get("SHIM") or built.program("goward-shim", "go"))
        mirror = WORKSPACE / "tests/mirror/mirror.py"
        made = output(sys.executable, mirror, "make", "--no-system-go").strip()
        self.real_tree = Path(made) / "trees" / f"go{VERSION}"

    @staticmethod
    def compile(to, *options):
        output("cc", "-O2", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector",
               "-fno-pie", "-no-pie", "-Wall", "-Werror", "-o", to, *options, HERE / "payload.c")

    def store(self, name, payload, tree=None):
        """A root whose one toolchain runs `payload`; real Go finds the rest of its tree."""
        store = Store(self.scratch / name)
        (store.root / "shims").mkdir(parents=True)
        store.program.parent.mkdir(parents=True)
        for entry in tree.iterdir() if tree else ():
            if entry.name != "bin":
                (store.program.parent.parent / entry.name).symlink_to(entry)
        shutil.copy(self.shim, store.shim)
        shutil.copy(payload, store.program)
        (store.root / "default").write_text(f"{VERSION}\n")
        self.compile(store.trampoline, f'-DTARGET="{store.program}"')
        return store

    def time(self, case, programs, extra=None):
        """Direct, and what each other program adds to it, in microseconds (medians)."""
        text = output(*self.command(programs, self.rounds),
                      cwd=case.directory, env=case.environment(extra))
        direct, *others = [result["median"] for result in json.loads(text)]
        return [direct] + [other - direct for other in others]

    def command(self, programs, rounds):
        return [self.race, str(rounds), *programs, "--", "version"]

    def alternate(self, cases):
        """What the shim adds in each case, in microseconds: the median, and the least. Cases that are
        to be compared with each other take turns too: a machine shared with others is faster in one
        second than in the next."""
        def added(case, store):
            text = output(*self.command([store.program, store.shim], max(self.rounds // SLICES, 5)),
                          cwd=case.directory, env=case.environment())
            direct, shim = json.loads(text)
            return shim["median"] - direct["median"], direct["least"], shim["least"]

        slices = [[added(case, store) for case, store in cases] for _ in range(SLICES)]
        for medians, direct, shim in (zip(*case) for case in zip(*slices)):
            yield statistics.median(medians), min(shim) - min(direct)


class Store:
    def __init__(self, root):
        self.root = root
        self.shim = root / "shims/go"
        self.program = root / f"toolchains/go{VERSION}/bin/go"
        self.trampoline = root / "trampoline"


class Case:
    """A project with something that decides, and a home directory."""

    def __init__(self, scratch, name, levels=LEVELS, pin=VERSION):
        top = scratch / f"case-{name.replace('/', '-')}-{levels}-{pin}"
        self.name, self.pin, self.home, project = name, pin, top / "home", top / "project"
        self.directory = project.joinpath(*"d" * levels)
        self.home.mkdir(parents=True)
        self.directory.mkdir(parents=True)
        files = {
            ".goenv": (project / ".goenv", f"GOTOOLCHAIN=go{pin}\n"),
            "go/env": (self.home / ".config/go/env", f"GOTOOLCHAIN=go{pin}\n"),
            ".go-version": (project / ".go-version", f"{pin}\n"),
            "go.mod": (project / "go.mod", f"module m\n\ngo 1.21\n\ntoolchain go{pin}\n"),
            "go.work": (project / "go.work", f"go 1.21\n\ntoolchain go{pin}\n"),
            "a go line": (project / "go.mod", "module m\n\ngo 1.21\n"),
        }
        file, text = files[name]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def environment(self, extra=None):
        return {"HOME": str(self.home), "PATH": "/usr/bin:/bin", **(extra or {})}

    def directories(self):
        """How many directories the shim looks through."""
        return len(self.directory.parents) + 1

    def calls(self, store, scratch):
        """System calls between the start of the shim and the execution of the payload."""
        log = scratch / "strace"
        output("strace", "-qq", "-o", log, store.shim, "version",
               cwd=self.directory, env=self.environment())
        lines = log.read_text().splitlines()
        last = next(i for i, line in enumerate(lines) if f'"{store.program}"' in line and "execve(" in line)
        return last - 1

    def faults(self, program):
        """Page faults of one start."""
        counts = []
        for _ in range(9):
            child = subprocess.Popen([program, "version"], cwd=self.directory, env=self.environment())
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = status
            counts.append(usage.ru_minflt)
        return statistics.median(counts)

    def instructions(self, store, scratch):
        """Instructions until an exec that is refused, which is all that can be counted."""
        if not shutil.which("valgrind"):
            return "-"
        mute = scratch / "mute"
        (mute / "shims").mkdir(parents=True, exist_ok=True)
        (mute / f"toolchains/go{VERSION}/bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(store.shim, mute / "shims/go")
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                   mute / "shims/go", "version"]
        ran = subprocess.run(command, cwd=self.directory, env=self.environment(),
                             stderr=subprocess.PIPE, text=True)
        return re.search(r"Collected : (\d+)", ran.stderr)[1]


def table(*columns):
    print("\n| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))


def row(*cells):
    texts = (f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in cells)
    print("| " + " | ".join(texts) + " |", flush=True)


def cases(bench, tiny, real):
    """What decides, four levels up."""
    table("deciding file", "program", "direct µs", "trampoline adds µs", "shim adds µs", "ratio",
          "system calls (17 + 5 a directory)", "page faults more", "instructions")
    for name in (".goenv", "go/env", ".go-version", "go.mod", "go.work", "a go line"):
        case = Case(bench.scratch, name)
        for store, program in ((tiny, "nothing"), (real, "`go version`")):
            direct, trampoline, shim = bench.time(case, [store.program, store.trampoline, store.shim])
            counts = ["", "", ""]
            if store is tiny:
                calls, limit = case.calls(store, bench.scratch), 17 + 5 * case.directories()
                faults = case.faults(store.shim) - case.faults(store.program)
                counts = [f"{calls} ({limit})", faults, case.instructions(store, bench.scratch)]
            row(f"`{name}`", program, direct, trampoline, shim, shim / trampoline, *counts)


def against(bench, now, before):
    """The shim of an older state in the same rounds: what is added now in relation to then."""
    shutil.copy(os.environ["BEFORE"], before.shim)
    table("deciding file", "before adds µs", "now adds µs", "ratio", "by quartiles", "by the least times")
    for name in (".goenv", "go/env", ".go-version", "go.mod", "go.work"):
        case = Case(bench.scratch / "against", name)
        text = output(*bench.command([now.program, before.shim, now.shim], bench.rounds),
                      cwd=case.directory, env=case.environment())
        direct, old, new = json.loads(text)
        ratios = ((new[by] - direct[by]) / (old[by] - direct[by]) for by in ("median", "quartile", "least"))
        row(f"`{name}`", old["median"] - direct["median"], new["median"] - direct["median"],
            *(f"{ratio:.3f}" for ratio in ratios))


def depths(bench, store):
    """Nothing but the distance grows."""
    table("levels", "shim adds µs", "a further level µs", "by the least times",
          "system calls (17 + 5 a directory)")
    cases = [Case(bench.scratch / "deep", ".go-version", levels=levels) for levels in (4, 50, 300)]
    added = list(bench.alternate([(case, store) for case in cases]))
    for case, figures in zip(cases, added):
        levels = case.directories() - cases[0].directories()
        further = [(figure - first) / levels if levels else ""
                   for figure, first in zip(figures, added[0])]
        limit = 17 + 5 * case.directories()
        row(levels + LEVELS, figures[0], *further, f"{case.calls(store, bench.scratch)} ({limit})")


def crowds(bench, one):
    """Nothing but the number of installed versions grows."""
    many = bench.store("many", bench.nothing)
    for patch in range(1, 500):
        (many.root / f"toolchains/go1.{30 + patch % 20}.{patch}/bin").mkdir(parents=True)
    table("installed versions", "`.go-version`", "shim adds µs", "by the least times")
    cases = [Case(bench.scratch / "crowd", ".go-version", pin=pin) for pin in (VERSION, "1.22")]
    rows = [(count, case, store) for count, store in ((1, one), (500, many)) for case in cases]
    added = bench.alternate([(case, store) for _, case, store in rows])
    for (count, case, _), figures in zip(rows, added):
        row(count, case.pin, *figures)


def jostle(bench, store):
    """Many loops at once: what is far from the median waits for something that the others hold."""
    table("loops at once", "program", "median µs", "99th percentile µs", "ratio")
    case = Case(bench.scratch / "jostle", ".go-version")
    for loops in (1, 64):
        command = bench.command([store.program, store.trampoline, store.shim], max(bench.rounds // 5, 20))
        races = [subprocess.Popen(command, cwd=case.directory, env=case.environment(),
                                  stdout=subprocess.PIPE, text=True) for _ in range(loops)]
        results = [json.loads(race.communicate()[0]) for race in races]
        for index, name in enumerate(("direct", "trampoline", "shim")):
            median, p99 = (statistics.median(result[index][figure] for result in results)
                           for figure in ("median", "p99"))
            row(loops, name, median, p99, p99 / median)


def peers(bench, store):
    """Other version managers with the same payload; each beside the shim in one race."""
    table("shim", "adds µs", "goward adds µs in the same race")
    # A whole start of these takes as long as hundreds of the shim's.
    bench.rounds = max(bench.rounds // 20, 20)
    for peer in (rustup, mise, goenv, asdf, volta):
        case = Case(bench.scratch / peer.__name__, ".go-version")
        found = shutil.which(peer.__name__)
        if found is None:
            row(peer.__name__, "not installed here", "")
            continue
        program, extra = peer(Path(found), bench.scratch / peer.__name__, bench, case)
        program.exists() or sys.exit(f"shim.py: {peer.__name__} made no shim {program}")
        _, ours, theirs = bench.time(case, [store.program, store.shim, program], extra=extra)
        row(peer.__doc__, theirs, ours)


def rustup(found, scratch, bench, _case):
    """rustup proxy"""
    tree = scratch / "home/toolchains/tiny/bin"
    tree.mkdir(parents=True)
    shutil.copy(bench.nothing, tree / "rustc")
    (scratch / "home/settings.toml").write_text('version = "12"\ndefault_toolchain = "tiny"\n')
    return found.parent / "rustc", {"RUSTUP_HOME": str(scratch / "home")}


def mise(found, scratch, bench, case):
    """mise shim"""
    tree, shim = scratch / "tree", scratch / "shims/go"
    (tree / "bin").mkdir(parents=True)
    shutil.copy(bench.nothing, tree / "bin/go")
    shim.parent.mkdir()
    shim.symlink_to(found.resolve())
    (case.directory / "mise.toml").write_text(f'[tools]\ngo = "path:{tree}"\n')
    return shim, {"MISE_DATA_DIR": str(scratch / "data"), "MISE_TRUSTED_CONFIG_PATHS": str(bench.scratch),
                  "MISE_OFFLINE": "1"}


def goenv(found, scratch, bench, _case):
    """goenv shim"""
    extra = {"GOENV_ROOT": str(scratch / "root"), "PATH": f"{found.parent}:/usr/bin:/bin"}
    tree = scratch / "root/versions" / VERSION / "bin"
    tree.mkdir(parents=True)
    shutil.copy(bench.nothing, tree / "go")
    output(found, "rehash", env={**os.environ, **extra})
    return scratch / "root/shims/go", extra


def asdf(found, scratch, bench, case):
    """asdf shim"""
    data = scratch / "data"
    extra = {"ASDF_DATA_DIR": str(data), "PATH": f"{found.parent}:/usr/bin:/bin"}
    for directory in ("plugins/golang/bin", f"installs/golang/{VERSION}/bin"):
        (data / directory).mkdir(parents=True)
    shutil.copy(bench.nothing, data / f"installs/golang/{VERSION}/bin/go")
    (case.directory / ".tool-versions").write_text(f"golang {VERSION}\n")
    output(found, "reshim", "golang", VERSION, env={**os.environ, **extra})
    return data / "shims/go", extra


def volta(found, scratch, bench, _case):
    """volta shim"""
    # It knows no Go: what it starts is called node.
    tools, version = scratch / "tools", "20.11.0"
    for directory in (f"image/node/{version}/bin", "inventory/node", "user"):
        (tools / directory).mkdir(parents=True)
    shutil.copy(bench.nothing, tools / f"image/node/{version}/bin/node")
    (tools / f"inventory/node/node-v{version}-npm").write_text("10.2.4")
    (tools / "user/platform.json").write_text(
        json.dumps({"node": {"runtime": version, "npm": None}, "pnpm": None, "yarn": None}))
    (scratch / "layout.v4").touch()
    (scratch / "bin").mkdir()
    (scratch / "bin/node").symlink_to(found.with_name("volta-shim"))
    return scratch / "bin/node", {"VOLTA_HOME": str(scratch)}


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for tool in ("cc", "strace", "cargo"):
        shutil.which(tool) or sys.exit(f"shim.py: {tool} is missing")
    with tempfile.TemporaryDirectory(prefix="goward-bench.") as directory:
        bench = Bench(Path(directory), rounds)
        tiny = bench.store("tiny", bench.nothing)
        real = bench.store("real", bench.real_tree / "bin/go", bench.real_tree)
        load = " ".join(f"{load:.1f}" for load in os.getloadavg())
        print(f"Shim: {bench.shim.stat().st_size} bytes. {rounds} rounds. Load: {load}.")
        if "BEFORE" in os.environ:
            return against(bench, tiny, bench.store("before", bench.nothing))
        cases(bench, tiny, real)
        depths(bench, tiny)
        crowds(bench, tiny)
        jostle(bench, tiny)
        peers(bench, tiny)


if __name__ == "__main__":
    main()
