"""What the Action costs and saves, measured on a real module, and beside caches of the shape that setup-go has."""

import io
import os
import re
import resource
import shutil
import subprocess
import tarfile
import time
import zipfile

import modules
from runner import case
from tools import digest, has
from works import COUNT

# Builds, and prints how many packages were compiled, and of how many the program is made.
BUILD = f"{COUNT}; echo packages $(go list -deps . | grep -c -v -x unsafe)"
OWN_TIME_MS = 300
RUNS = 20
# Files of a large checkout.
FILES = 30_000
# Bytes that twelve packages together, and one module alone, have to have to be a tenth of a cache.
MUCH = 3 << 20
# How many times fewer bytes the second and the third run of `edits` move than with the other shape, with room for other sizes.
LESS = (1.25, 1.6)
UPGRADED = "github.com/spf13/pflag"


def counted(log, word):
    """The number that a job printed behind a word."""
    return int(next(line for line in log.splitlines() if f"| {word} " in line).split()[-1])


def table(*rows):
    """Prints a Markdown table."""
    rows = [[str(cell) for cell in row] for row in rows]
    print("\n".join("| " + " | ".join(row) + " |" for row in [rows[0], ["---"] * len(rows[0]), *rows[1:]]), flush=True)


def edit(runner, run):
    """Changes one line of one own package: another in each run."""
    number = run % modules.OWN
    file = runner.dir / f"repo/p{number}/p.go"
    lines = file.read_text().splitlines()
    lines[-1] = f"func N() int {{ return {run} }}"
    file.write_text("\n".join(lines) + "\n")


def upgrade(runner, number, more=b""):
    """Publishes the version v1.`number`.0 of one dependency, with `more` bytes, and requires it: two lines of go.sum change."""
    path, release = UPGRADED, f"v1.{number}.0"
    place = modules.place_of(runner.dir / "proxy", path)
    with zipfile.ZipFile(place / f"{modules.version(path)}.zip") as packed:
        files = {name.partition("@")[2].partition("/")[2]: packed.read(name) for name in packed.namelist()}
    files["new.go"] = f"package pflag\n\n// New is new.\nconst New = {number}\n"
    files["more"] = more
    modules.publish(runner.dir / "proxy", path, release, files)
    file = runner.dir / "repo/go.mod"
    file.write_text(re.sub(rf"{path} v\S+", f"{path} {release}", file.read_text()))
    modules.go(runner.dir, "mod", "tidy", "-e", module="repo")
    runner.clear()


def swell(runner, run):
    """Changes all own packages, and one dependency, by so much that both caches are worth saving."""
    for number in range(modules.OWN):
        (runner.dir / f"repo/p{number}/more.go").write_text(f'package p{number}\n\n// More is much.\nvar More = "{"x" * MUCH}"\n')
    upgrade(runner, run, os.urandom(MUCH))


@case
def own_time(runner):
    """Without the download of goward, the action takes 300 ms at most, and asks no server for anything."""
    runner.keep("1.27.3")
    runner.small()
    runner.workflow({}, "go version")
    runner.run()
    runner.hub.taken()
    environment = step(runner)
    times = {name: [] for name in ("main", "post")}
    for _ in range(9):
        shutil.rmtree(environment["RUNNER_TEMP"], ignore_errors=True)
        os.mkdir(environment["RUNNER_TEMP"])
        runner.open_tools(runner.tools / "go/1.27.3/x64")
        for name, taken in times.items():
            began = time.monotonic()
            subprocess.run([runner.node / "node", runner.action / f"dist/{name}.cjs"], env=environment, check=True,
                           cwd=runner.dir / "repo", stdout=subprocess.DEVNULL)
            taken.append(1000 * (time.monotonic() - began))
    assert runner.hub.taken() == [], "it has asked a server"
    table(["step", "least, ms", "median, ms"], *([name, round(min(all_)), round(sorted(all_)[4])] for name, all_ in times.items()))
    # The least, since other programs of the machine add to each.
    assert min(times["main"]) <= OWN_TIME_MS, times


@case
def own_time_of_much(runner):
    """The sums of a checkout of many files, and the walk through the trees of a tool cache that any user can write to, fit into
    these 300 ms. Time of a processor is measured: goward's own is one thread."""
    trees = [runner.tools / "go" / version / "x64" for version in ("1.27.3", "1.23.2", "1.22.10")]
    for tree in trees:
        runner.keep(tree.parent.name)
    runner.small()
    runner.workflow({}, "true")
    runner.run()
    for number in range(FILES):
        runner.write(f"d{number // 100}/{number % 100}.go", "package d\n")
    lines = "".join(f"example.com/m{number} v1.0.0 h1:{'x' * 43}=\nexample.com/m{number} v1.0.0/go.mod h1:{'y' * 43}=\n" for number in range(1000))
    for number in range(FILES // 1000):
        runner.write(f"d{number}/go.sum", lines)
    environment = {**step(runner), "RUNNER_ENVIRONMENT": "github-hosted"}
    goward = environment["STATE_goward"]
    taken = []
    for _ in range(5):
        shutil.rmtree(environment["RUNNER_TEMP"], ignore_errors=True)
        os.mkdir(environment["RUNNER_TEMP"])
        runner.clear()
        for tree in trees:
            runner.open_tools(tree)
        used = [seconds_of([goward, "ci", *words], environment, runner.dir / "repo") for words in (["plan", "--apply"], ["mark"], ["finish"])]
        taken.append([1000 * each for each in used])
    files = sum(len(names) for tree in trees for _, _, names in os.walk(tree))
    table(["step", f"least ms of a processor, {FILES} files of a checkout, {files} of the tool cache"],
          *([name, round(min(each))] for name, each in zip(("plan", "mark", "finish"), zip(*taken))))
    assert min(plan + mark for plan, mark, _ in taken) <= OWN_TIME_MS, taken


def seconds_of(command, environment, directory):
    """The seconds of a processor that a command takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, cwd=directory, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def step(runner):
    """The environment that a runner gives the action's step, where goward is in the tool cache and no caches are used."""
    temp = runner.dir / "home/step"
    temp.mkdir()
    files = {name: str(temp / name) for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE")}
    for file in files.values():
        open(file, "w", encoding="utf-8").close()
    inputs = {**runner.inputs({"cache": "false"}), "check-latest": "false", "install": "true", "matchers": "true", "default-version": "stable"}
    return {"HOME": str(runner.dir / "home"), "PATH": "/usr/bin:/bin", "GITHUB_ACTIONS": "true", "CI": "true", **files,
            "RUNNER_TEMP": str(temp / "temp"), "RUNNER_TOOL_CACHE": str(runner.tools), "RUNNER_ENVIRONMENT": "github-hosted",
            "GITHUB_WORKSPACE": str(runner.dir / "repo"), "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main",
            "GITHUB_EVENT_PATH": str(runner.dir / "event.json"), "GITHUB_REPOSITORY": "owner/m", "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_ATTEMPT": "1", "GITHUB_JOB": "test", "GITHUB_WORKFLOW": "w",
            "STATE_goward": str(runner.tools / "goward" / runner.version / "x64/goward"),
            **{f"INPUT_{name.upper()}": value for name, value in inputs.items()}}


@case
def edits(runner):
    """Beside caches of setup-go's shape: an edit moves fewer bytes, and a dependency's new version compiles a fifth at most."""
    runner.keep("1.27.3")
    rows = {}
    for shape in ("goward", "setup-go"):
        runner.module()
        rows[shape] = [one_run(runner, shape, change) for change in (None, 1, 2)]
    runs = ["all is new", "one line has changed", "another line, and one dependency's version"]
    table(["run", "MB moved, goward", "MB moved, setup-go's shape", "compiled, goward", "compiled, setup-go's shape", "of packages"],
          *([f"{number + 1}: {run}", *(f"{rows[shape][number][0] / 1e6:.1f}" for shape in rows),
             *(rows[shape][number][1] for shape in rows), rows["goward"][number][2]] for number, run in enumerate(runs)))
    check(rows["goward"], rows["setup-go"])


def check(own, other):
    """The bounds of three runs: bytes moved, packages compiled, and all packages. `floor` shows why there are no more bytes to
    be saved by far."""
    (moved, compiled, packages), (other_moved, _, _) = own[1], other[1]
    assert compiled <= 0.05 * packages, f"{compiled} of {packages} packages were compiled after a change of one line"
    assert other_moved >= LESS[0] * moved, f"{moved} bytes after a change of one line, and {other_moved} with the other shape"
    (moved, compiled, _), (other_moved, other_compiled, _) = own[2], other[2]
    assert other_moved >= LESS[1] * moved, f"{moved} bytes with another version, and {other_moved} with the other shape"
    assert other_compiled >= 5 * compiled, f"{compiled} packages with another version, and {other_compiled} with the other shape"


def one_run(runner, shape, change):
    """The bytes that a run has moved, the packages that it has compiled, and all that there are."""
    if change:
        edit(runner, change)
    if change == 2:
        upgrade(runner, change)
    if shape == "goward":
        runner.workflow({}, BUILD)
    else:
        runner.shaped_workflow(f"shaped-{sum_of(runner)}", BUILD)
    runner.store.moved()
    runner.hub.sent = 0
    log = runner.run()
    return runner.store.moved() + runner.hub.sent, counted(log, "compiled"), counted(log, "packages")


def sum_of(runner):
    """A name of what go.sum holds."""
    return digest(runner.dir / "repo/go.sum")


@case
def twenty_runs(runner):
    """Over 20 runs, each with a changed line and a dependency's new version, little is compiled and fetched, and nothing saved;
    what is saved when much has changed is no more than 1.3 times what a run makes that begins with nothing."""
    runner.keep("1.27.3")
    runner.module()
    runner.workflow({}, BUILD)
    runner.run()
    kinds = ("goward-mod-", "goward-build-")
    sizes = [sizes_of(runner, kinds)]
    for run in range(1, RUNS):
        edit(runner, run)
        if run < RUNS - 1:
            upgrade(runner, run)
        else:
            swell(runner, run)
        assert len(runner.store.saved()) == 2, runner.store.saved()
        runner.hub.taken()
        log = runner.run()
        assert counted(log, "compiled") <= 0.05 * counted(log, "packages"), log
        zips = [asked for asked in runner.hub.taken() if asked.endswith(".zip")]
        assert zips == [f"proxy/{UPGRADED}/@v/v1.{run}.0.zip"], f"more than what has changed was fetched: {zips}"
    assert all(len(runner.store.saved(kind)) == 2 for kind in kinds), runner.store.saved()
    sizes.append(sizes_of(runner, kinds))
    runner.store.entries.clear()
    runner.run()
    sizes.append(sizes_of(runner, kinds))
    names = ("of the first run", f"after {RUNS} runs", "made anew then")
    table(["entry", "modules, MB", "builds, MB"], *([name, *(f"{size / 1e6:.1f}" for size in row)] for name, row in zip(names, sizes)))
    for last, fresh in zip(*sizes[1:]):
        assert last <= 1.3 * fresh, f"{last} bytes, and {fresh} anew"


def sizes_of(runner, kinds):
    """The bytes of the newest entry of each kind."""
    return [len(runner.store.newest(kind).data) for kind in kinds]


@case
def poisoned(runner):
    """A zip that was changed in a restored entry is refused by Go; one that no go.sum names is gone before Go runs."""
    runner.keep("1.27.3")
    runner.small()
    runner.workflow({}, "go build -o /dev/null .")
    runner.run()
    entry = runner.store.newest("goward-mod-")
    good = entry.data
    runner.edit(1)
    runner.store.entries = [entry]
    entry.data = repacked(good, lambda name, data: changed(data) if "/a/@v/" in name else data)
    has(runner.run(passes=False), "checksum mismatch", "SECURITY ERROR")
    entry.data = repacked(good, lambda name, data: data, extra=("/a/@v/", "/extra/@v/"))
    runner.workflow({}, "go build -o /dev/null .", "test ! -e $(go env GOMODCACHE)/cache/download/example.com/extra/@v/v1.0.0.zip")
    has(runner.run(), "set-output:: cache-matched-key=")


def changed(data):
    """A module's zip with another byte in one file."""
    bent = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(bent, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"return 1", b"return 2"))
    return bent.getvalue()


def repacked(archive, bend, extra=None):
    """An entry with each zip `bend(name, bytes)`, and with zips of one place once more in another."""
    plain = subprocess.run(["zstd", "-d", "-c"], input=archive, stdout=subprocess.PIPE, check=True).stdout
    packed = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(plain)) as old, tarfile.open(fileobj=packed, mode="w") as new:
        for member in old.getmembers():
            data = old.extractfile(member).read() if member.isfile() else b""
            if member.name.endswith(".zip"):
                data = bend(member.name, data)
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))
            if extra and member.isfile() and extra[0] in member.name:
                member.name = member.name.replace(*extra)
                new.addfile(member, io.BytesIO(data))
    return subprocess.run(["zstd", "-c"], input=packed.getvalue(), stdout=subprocess.PIPE, check=True).stdout
