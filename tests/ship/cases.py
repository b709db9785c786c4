"""The cases: what is broken, what must be said, and that nothing is left behind."""

import contextlib
import itertools
import os
import pathlib
import pty
import select
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import Callable

from box import BASE, OTHER, Box, Failed, check, toolbox

ALL = []
# How often `killed_anywhere` kills in each shell.
MOMENTS = 8


@dataclass
class Case:
    run: Callable
    name: str
    what: str
    smoke: bool
    once: bool  # in the first shell only: what does not depend on the shell

    def shells(self, shells):
        return list(shells.items())[: 1 if self.once else None]


def case(smoke=False, once=False):
    def add(function):
        name = function.__name__.replace("_", "-")
        ALL.append(Case(function, name, " ".join(function.__doc__.split()), smoke, once))
        return function

    return add


class World:
    """What a case has: the release, a shell, and boxes that go away with it."""

    def __init__(self, release, shell, directory, missing):
        self.release, self.shell, self.dir, self.missing = release, shell, directory, missing
        self.version, self.servers, self.scripts = release.version, release.servers, release.scripts
        self.tools = release.tools
        self.count, self.mounts = itertools.count(), []
        directory.mkdir()

    def box(self, **how):
        return Box(self.dir / f"box{next(self.count)}", **how)

    def go(self, box, way="good", *args, tools=None, **options):
        """Runs a script in this shell, with curl unless `tools` says otherwise."""
        script = self.scripts[way] if isinstance(way, str) else way
        chosen = self.tools[tools or self.release.any] if not hasattr(tools, "joinpath") else tools
        return box.run(self.shell, script, chosen, *args, **options)

    def own_address(self):
        """An address that is this world's alone; see `asked`."""
        return self.servers.address(self.dir.name)

    def asked(self):
        return self.servers.requests[self.dir.name]

    def downloaders(self):
        return [name for name in ("curl", "wget", "busybox") if name in self.tools]

    def for_tls(self):
        """Those that check certificates. A busybox that is the shell takes its own wget first."""
        return ["curl"] if self.knows("wget") else ["curl", "wget"]

    def path(self, *extra, **instead):
        return toolbox(self.dir / f"path{next(self.count)}", *extra, **instead)

    def knows(self, name):
        """Whether the shell has a program without a file, as some builds of busybox have all of theirs."""
        run = subprocess.run([*self.shell, "-c", f"command -v {name}"], env={"PATH": "/nowhere"}, capture_output=True)
        return run.returncode == 0

    def root(self):
        if os.geteuid() == 0 and os.environ.get("GOWARD_TEST_UNSHARED"):
            return True
        self.missing.add("mounts and other users: this is not root")
        return False

    def mount(self, box, place, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "ship", place], check=True)
        self.mounts.append(place)
        box.own(place)
        box.mark()

    def close(self):
        for place in self.mounts:
            subprocess.run(["umount", "-l", place], check=False)
        shutil.rmtree(self.dir, ignore_errors=True)


# ---- What works.


@case(smoke=True)
def good(world):
    """from nothing to a store and PATH, by each downloader that is here"""
    for tools in world.downloaders():
        box = world.box()
        outcome = world.go(box, "good", tools=tools).ends(0)
        outcome.says("install.sh: fetching http://127.0.0.1:", f"install.sh: goward {world.version} is in {box.store}")
        check(not outcome.out, f"something is on stdout:\n{outcome}")
        box.installed(world.version)


@case()
def good_piped(world):
    """`curl … | sh -s -- OPTIONS`, and quietly"""
    box = world.box()
    world.go(box, "good", piped=True).ends(0)
    box.installed(world.version)
    if world.shell[0].endswith("posh"):
        return  # it takes no arguments for what it reads from stdin
    box = world.box()
    outcome = world.go(box, "good", "--quiet", piped=True).ends(0)
    check(not outcome.out and not outcome.err, f"something is said:\n{outcome}")
    box.installed(world.version)
    box = world.box()
    outcome = world.go(box, "good", "-y", "--no-modify-path", piped=True).ends(0)
    check(f"{box.store}/shims" in outcome.out, f"the line for PATH is not printed:\n{outcome}")
    box.installed(world.version, path=False)


@case()
def good_elsewhere(world):
    """--root, GOWARD_ROOT, and names with spaces and signs"""
    box = world.box()
    store = box.home / "my $(go) store" / "x"
    world.go(box, "good", "--root", str(store)).ends(0)
    check((store / "bin" / "goward").exists() and (store / "shims" / "go").exists(), "it is not there")
    check(not box.store.exists(), "there is a second store")
    check(not list(box.tmp.iterdir()), "something is left in the temporary directory")
    box = world.box()
    store = box.home / "other"
    world.go(box, "good", GOWARD_ROOT=str(store)).ends(0)
    box.installed(world.version, store)


@case()
def good_from_a_directory(world):
    """--from DIR, file:// and without any downloader; a relative one, too"""
    source = world.release.dir
    for given in (str(source), f"file://{source}", f"file://localhost{source}/", str(source).lstrip("/")):
        box = world.box()
        outcome = world.go(box, "404", "--from", given, tools="bare").ends(0)
        check("fetching" not in outcome.err, f"a server was asked:\n{outcome}")
        box.installed(world.version)


@case()
def good_over_tls(world):
    """https, by an authority that the system is told of; redirects within TLS are followed"""
    trust = {"CURL_CA_BUNDLE": str(world.release.scratch / "tls.pem"), "WGETRC": str(world.release.scratch / "wgetrc")}
    for tools in world.for_tls():
        for way in ("tls", "moved"):
            box = world.box()
            world.go(box, way, tools=tools, **trust).ends(0)
            box.installed(world.version)
        box = world.box()
        outcome = world.go(box, "tls", tools=tools).ends(4)
        check("cannot fetch" in outcome.err, f"a stranger's certificate:\n{outcome}")
        box.unchanged()


@case(smoke=True)
def again(world):
    """a second run asks nothing of the network, says that it is here, and mends the line for PATH"""
    box = world.box()
    source = ("--from", f"{world.own_address()}/v{world.version}")
    world.go(box, "good", *source).ends(0)
    check(world.asked() == 1, "this test cannot fail any more")
    (box.home / ".bashrc").write_text("# mine, too\n")
    world.servers.requests[world.dir.name] = 0
    world.go(box, "good", *source).ends(0).says(f"goward {world.version} is here")
    check(not world.asked(), "the server was asked")
    box.installed(world.version)


@case()
def upgrade(world):
    """an older goward becomes this one; a newer one stays, unless the version is named"""
    manager = world.release.programs["goward"]
    if world.version.encode() not in manager or len(world.version) != 5:
        raise Failed("the version of these programs cannot be changed any more")
    for other, args, becomes in (("0.0.9", (), True), ("9.9.9", (), False), ("9.9.9", ("--version", world.version), True)):
        box = world.box()
        world.go(box).ends(0)
        changed = manager.replace(world.version.encode(), other.encode())
        (box.store / "bin" / "goward").write_bytes(changed)
        outcome = world.go(box, "good", *args).ends(0).says(f"goward {other} is here")
        box.installed(world.version if becomes else other)
        check(("becomes" in outcome.err) == becomes, f"wrong words:\n{outcome}")


@case(smoke=True, once=True)
def one_block(world):
    """install.ps1 is one block after its parameters, so that PowerShell runs no part of it"""
    lines = (pathlib.Path(__file__).parents[2] / "scripts" / "install.ps1.in").read_text().splitlines()
    block = lines[lines.index(")") + 1 :]
    # What is not indented ends a block, but for the text between @' and '@.
    outer = [line for line in block if line and not line.startswith("    ")]
    check(outer == ["& {", "@DIGESTS@", "'@", "}"] and block[-1] == "}", f"there is more beside the block: {outer}")


def function_of(script, name):
    """a shell function of the script, alone"""
    start = script.index(f"\n{name}() {{")
    return script[start : script.index("\n}\n", start) + 3]


@case(smoke=True)
def which_is_newer(world):
    """releases, and what comes before them, are ordered as their versions are"""
    text = world.scripts["good"].read_text()
    functions = "".join(function_of(text, name) for name in ("newer", "later", "behind", "is_number"))
    ordered = """0.9.9 0.10.0-alpha 0.10.0 1.0.0-1 1.0.0-2 1.0.0-10 1.0.0-RC 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta
        1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc 1.0.0-rc.1 1.0.0-rc.2 1.0.0-rc.10 1.0.0-rc1 1.0.0-rc2 1.0.0
        1.0.1-rc.1 1.0.1 1.0.10""".split()
    loop = "for a in $all; do for b in $all; do if newer $a $b; then echo $a $b; fi; done; done"
    script = f"{functions}\n{'emulate sh;' if 'zsh' in world.shell[0] else ''} all='{' '.join(ordered)}'\n{loop}\n"
    run = subprocess.run([*world.shell, "-c", script], capture_output=True, text=True, timeout=60)
    wanted = [f"{a} {b}" for at, a in enumerate(ordered) for b in ordered[:at]]
    check(not run.stderr and run.stdout.splitlines() == wanted, f"{set(run.stdout.splitlines()) ^ set(wanted)} {run.stderr}")


@case(smoke=True)
def a_candidate_that_is_later_stays(world):
    """an older script of a release candidate leaves a newer candidate alone, and a newer one does not"""
    earlier, later = "1.0.0-rc.1", "1.0.0-rc.2"
    for ours, here, stays in ((earlier, later, True), (later, earlier, False)):
        box = world.box()
        world.go(box).ends(0)
        script = world.dir / "install.sh"
        text = world.scripts["good"].read_text()
        for start, end in (("VERSION='", "'"), ("goward-", "-")):
            text = text.replace(f"{start}{world.version}{end}", f"{start}{ours}{end}")
        script.write_text(text)
        manager = box.store / "bin" / "goward"
        manager.write_text(f"#!/bin/sh\n[ \"$1\" != --version ] || echo goward {here}\n")
        outcome = world.go(box, script)
        check((f"is here, which is newer than {ours}" in outcome.err) == stays, f"wrong words:\n{outcome}")
        check(("becomes" in outcome.err) != stays, f"wrong words:\n{outcome}")


@case()
def two_at_once(world):
    """two runs at the same time, for the same store"""
    box = world.box()
    script, tools = world.scripts["good"], world.tools[world.release.any]
    runs = [box.start(world.shell, script, tools) for _ in range(2)]
    outcomes = []
    for process in runs:
        out, err = process.communicate(timeout=120)
        outcomes.append((process.returncode, err.decode()))
    check([status for status, _ in outcomes] == [0, 0], f"one of them failed: {outcomes}")
    box.alone()
    box.installed(world.version)
    line = (box.home / ".profile").read_text().count("added by goward setup")
    check(line == 1, f"the line is there {line} times")


# ---- A server and a network that fail.


def refused(world, way, status, *texts, tools=None, args=(), **options):
    for name in [tools] if tools else world.downloaders():
        box = world.box()
        world.go(box, way, *args, tools=name, **options).ends(status).says(*texts)
        box.unchanged()


@case(smoke=True)
def not_found(world):
    """404"""
    refused(world, "404", 4, "error: cannot fetch", "404", "hint: what is here is as it was")


@case()
def server_error(world):
    """500, after some tries"""
    refused(world, "500", 4, "error: cannot fetch", "500")


@case()
def nothing_listens(world):
    """a port where nothing listens"""
    refused(world, "good", 4, "error: cannot fetch", args=("--from", "http://127.0.0.1:9"))


@case(smoke=True)
def cut(world):
    """a body that ends half-way"""
    for tools in world.downloaders():
        box = world.box()
        outcome = world.go(box, "cut", tools=tools)
        check(outcome.status in (4, 5), f"a failure was wanted:\n{outcome}")
        check("cannot fetch" in outcome.err or "is not what was released" in outcome.err, f"why:\n{outcome}")
        box.unchanged()


@case(smoke=True)
def wrong_digest(world):
    """one byte is another; the last is missing; a page to log in comes instead"""
    for way in ("wrong", "short", "page"):
        refused(world, way, 5, "is not what was released: SHA-256", "wanted", tools=world.release.any)


@case()
def endless(world):
    """zeros without an end, and 10 GB announced: given up at 64 MB"""
    for tools in world.downloaders():
        refused(world, "endless", 4, "error: cannot fetch", tools=tools)
    refused(world, "huge", 4, "error: cannot fetch", tools="curl")


@case()
def slow(world):
    """a byte now and then, or silence: given up in time"""
    for way in ("drip", "silent"):
        refused(world, way, 4, "error: cannot fetch", "3 seconds have passed", args=("--timeout", "3"))


@case()
def redirect_to_http(world):
    """moved from TLS, and from loopback, to an address without TLS; in circles; with an account"""
    trust = {"CURL_CA_BUNDLE": str(world.release.scratch / "tls.pem"), "WGETRC": str(world.release.scratch / "wgetrc")}
    refused(world, "to-http", 4, "error: cannot fetch")
    for way in ("tls-to-http", "tls-loop"):
        for tools in world.for_tls():
            refused(world, way, 4, "error: cannot fetch", tools=tools, **trust)
    if "wget" in world.for_tls():
        refused(world, "account", 4, "error: cannot fetch", tools="wget", **trust)


@case()
def noisy_server(world):
    """words of a server that command a terminal, a shell or a CI system"""
    for tools in world.downloaders():
        box = world.box()
        outcome = world.go(box, "noisy", tools=tools).ends(4)
        for line in outcome.err.splitlines():
            odd = not line.isprintable() or "##[" in line or line.lstrip().startswith("::") or "`" in line
            check(not odd, f"this is said: {line!r}")
        box.unchanged()


@case(once=True)
def odd_sources(world):
    """what --from does not take"""
    for given in (
        "http://example.com/x", "http://localhost:1/x", "http://127.0.0.1.example.com/", "ftp://example.com/", "-x",
        "https://me:secret@example.com/", "https://example.com/$(id)", "https://example.com/a b", "file://other/x",
        "https://example.com/?x", "/nowhere/at/all", "relative", "https:/one", "",
    ):  # fmt: skip
        box = world.box()
        world.go(box, "good", "--from", given).ends(2).says("install.sh: error: ")
        box.unchanged()


# ---- A machine that lacks something.


@case(smoke=True)
def no_downloader(world):
    """neither curl nor wget"""
    if world.knows("wget"):
        return
    refused(world, "good", 1, "curl or wget is needed", "--from DIR", tools="bare")


@case()
def no_digest_tool(world):
    """nothing that computes SHA-256; or only one of three"""
    if not world.knows("sha256sum"):
        refused(world, "good", 1, "no program here computes SHA-256", tools="none")
    for tools in ("shasum", "openssl"):
        box = world.box()
        world.go(box, tools=tools).ends(0)
        box.installed(world.version)


@case()
def lying_digest_tool(world):
    """a sha256sum that lies is not used; alone it is as none"""
    if world.knows("sha256sum"):
        return
    digest = world.release.dir.joinpath("SHA256SUMS").read_text().split()[0]
    for lie in (f"echo {digest}  -", "exit 0", "echo; exit 1", "cat"):
        path = world.path(world.release.any, sha256sum=lie)
        refused(world, "wrong", 1, "does not compute SHA-256, so it is not used", "no program here", tools=path)
    path = world.path(world.release.any, "openssl", sha256sum=f"echo {digest}  -")
    refused(world, "wrong", 5, "sha256sum on PATH does not compute", "is not what was released", tools=path)


@case()
def no_tar(world):
    """a program that is needed is not there"""
    for name in ("tar", "mktemp", "id"):
        if world.knows(name):
            continue
        path = world.path(world.release.any, "sha256sum")
        (path / name).unlink()
        refused(world, "good", 1, f"the program {name} is needed", tools=path)


@case()
def no_space_for_the_download(world):
    """a temporary directory that is too small for the archive, or for what is in it"""
    if not world.root():
        return
    packed = (world.release.dir / world.release.archive).stat().st_size // 1024
    for size in (packed // 2, packed + 1024):
        for tools in world.downloaders():
            box = world.box()
            world.mount(box, box.tmp, f"size={size}k,mode=755")
            outcome = world.go(box, "good", tools=tools).says("kB are free there")
            check(outcome.status in (1, 4), f"a failure was wanted:\n{outcome}")
            box.unchanged()


@case()
def no_space_for_the_store(world):
    """a home that is too small for the manager, or for the shim after it"""
    if not world.root():
        return
    manager = len(world.release.programs["goward"]) // 4096 * 4 + 4
    for size in (manager // 2, manager + 60):
        box = world.box()
        box.home.chmod(0o755)
        world.mount(box, box.home, f"size={size}k,mode=755")
        world.go(box).ends(6).says("could not be set up")
        box.unchanged()
        box = world.box()
        world.mount(box, box.home, f"size={size}k,mode=755")
        world.go(box, "good", "--root", str(box.home / "a" / "b" / "c")).says("could not be set up")
        box.unchanged()


@case()
def read_only_home(world):
    """a home that no user can write to, by its mode and by its mount"""
    if not world.root():
        return
    box = world.box()
    box.home.chmod(0o555)
    box.mark()
    world.go(box).ends(1).says(f"cannot write to {box.home}", "--root")
    box.unchanged()
    box = world.box()
    world.mount(box, box.home, "size=1m,mode=755")
    subprocess.run(["mount", "-o", "remount,ro", box.home], check=True)
    outcome = world.go(box)
    check(outcome.status != 0, f"a failure was wanted:\n{outcome}")
    box.unchanged()


@case()
def start_up_files_that_cannot_be_edited(world):
    """the store is in place, the status is setup's, and it says what is missing"""
    box = world.box()
    (box.home / ".bashrc").unlink()
    (box.home / ".bashrc").mkdir()
    box.own(box.home / ".bashrc")
    world.go(box).ends(1).says("~/.bashrc", f"is in {box.store}", "setup has not finished")
    check((box.store / "shims" / "go").exists() and not list(box.tmp.iterdir()), "not as it should be")


@case()
def temporary_directory(world):
    """noexec; missing; relative; another user's; open to all; with odd characters"""
    for changes, text in (
        ({"TMPDIR": "/nowhere/at/all"}, "no temporary directory"),
        ({"TMPDIR": "relative"}, "no absolute path"),
        ({"TMPDIR": "/tmp/a\nb"}, "control character"),
    ):
        refused(world, "good", 1, text, "hint: set TMPDIR", tools=world.release.any, **changes)
    if not world.root():
        return
    box = world.box()
    world.mount(box, box.tmp, "size=99m,mode=755,noexec")
    outcome = world.go(box, "good", "--from", world.own_address())
    outcome.ends(1).says(f"no program can be run from {box.tmp}", "noexec", "hint: set TMPDIR")
    check(not world.asked(), "something was fetched first")
    box.unchanged()
    for owner, mode, text in ((OTHER, 0o777, "another user"), (OTHER, 0o1777, "another user"), (0, 0o777, "not sticky")):
        box = world.box()
        os.chown(box.tmp, owner, owner)
        box.tmp.chmod(mode)
        box.mark()
        world.go(box).ends(1).says(text, "hint: set TMPDIR")
        box.unchanged()
    # A directory above it that others can rename in.
    box = world.box()
    shared, mine = box.dir / "shared", box.dir / "shared" / "mine"
    mine.mkdir(parents=True)
    box.own(mine)
    shared.chmod(0o777)
    world.go(box, TMPDIR=str(mine)).ends(1).says(str(shared), "not sticky")
    shared.chmod(0o1777)
    world.go(box, TMPDIR=str(mine)).ends(0)
    check(not list(mine.iterdir()), "something is left")


@case()
def temporary_directory_of_a_group(world):
    """TMPDIR, or a directory above it, that a group or another user can change; a group of one's own may"""
    if not world.root():
        return
    # What is in danger is what lies below, so whose TMPDIR itself is makes no difference.
    for user, group, mode, text in (
        (None, OTHER, 0o775, f"group {OTHER}"), (0, 0, 0o775, "group 0"), (OTHER, OTHER, 0o755, "another user"),
        (None, OTHER, 0o1775, None), (None, OTHER, 0o755, None),
    ):  # fmt: skip
        for below in (False, True):
            box = world.box()
            shared = box.dir / "shared"
            mine = shared / "mine" if below else shared
            mine.mkdir(parents=True)
            box.own(mine)
            os.chown(shared, box.user if user is None else user, group)
            shared.chmod(mode)
            outcome = world.go(box, TMPDIR=str(mine))
            if text:
                outcome.ends(1).says(text, str(shared), "hint: set TMPDIR")
                box.unchanged()
            else:
                outcome.ends(0)
                check(not list(mine.iterdir()), "something is left")
    # Root's own group has no other members here.
    groups, users = (pathlib.Path(f"/etc/{name}").read_text().splitlines() for name in ("group", "passwd"))
    alone = any(line.split(":")[2:] == ["0", ""] for line in groups)
    alone = alone and [line.split(":")[0] for line in users if line.split(":")[3] == "0"] == ["root"]
    for group, status in ((0, 0 if alone else 1), (OTHER, 1)):
        box = world.box(as_root=True)
        os.chown(box.tmp, 0, group)
        box.tmp.chmod(0o775)
        box.mark()
        world.go(box).ends(status)


@case(smoke=True)
def own_group(world):
    """a group is one's own if it has one's name, and neither it nor the table of users has another member"""
    text = world.scripts["good"].read_text()
    function = function_of(text, "is_own_group")
    mine, root = "me:x:7:7::/:/bin/sh\n", "root:x:0:0::/:/bin/sh\n"
    for users, groups, name, wanted in (
        (root + mine, "root:x:0:\nme:x:7:\n", "me", True),
        (root + mine, "me:x:7:me\n", "me", True),
        (root + mine, "me:x:7:other\n", "me", False),
        (root + mine, "me:x:7:me,other\n", "me", False),
        (root + mine, "me:x:7:\nalias:x:7:other\n", "me", False),
        (root + mine, "staff:x:7:\n", "staff", False),
        (root + mine + "other:x:8:7::/:/bin/sh\n", "me:x:7:\n", "me", False),
        (root + mine, "root:x:0:\n", "me", False),  # of another table
    ):
        for table, lines in (("passwd", users), ("group", groups)):
            (world.dir / table).write_text(lines)
            function = function.replace(f"/etc/{table}", str(world.dir / table))
        known = f"id() {{ case $1 in -un) echo me ;; -gn) echo {name} ;; -g) echo 7 ;; esac; }}"
        script = f"{known}\n{function}\nif is_own_group 7; then echo own; fi\nif is_own_group 8; then echo own; fi\n"
        run = subprocess.run([*world.shell, "-c", script], capture_output=True, text=True, timeout=60)
        check((run.stdout, run.stderr) == ("own\n" if wanted else "", ""), f"{users}{groups}{name}: {run}")


@case()
def machines(world):
    """systems without a release are named, with a way out; Rosetta and 32-bit programs are seen through"""
    shown = 'case $1 in -s) echo {};; -m) echo {};; esac'
    old = r"printf '\177ELF\001'"
    for system, machine, more, status, texts in (
        ("Linux", "i686", {}, 1, ["32-bit Linux (i686)", "cargo build"]),
        ("Linux", "armv7l", {}, 1, ["32-bit Linux (armv7l)"]),
        ("Linux", "riscv64", {}, 1, ["Linux on riscv64", "cargo build"]),
        ("Linux", "x86_64", {"dd": old}, 1, ["a 32-bit Linux, though its kernel has 64 bits"]),
        ("FreeBSD", "amd64", {}, 1, ["no release of goward for FreeBSD"]),
        ("$(printf 'E\\033[2Jvil')", "amd64", {}, 1, ["no release of goward for E??2Jvil"]),
        ("MINGW64_NT-10.0", "x86_64", {}, 1, ["this is Windows", "install.ps1"]),
        ("Darwin", "x86_64", {"sysctl": "echo 0"}, 1, ["no archive for x86_64-apple-darwin"]),
        ("Darwin", "x86_64", {"sysctl": "echo 1"}, 1, ["no archive for aarch64-apple-darwin"]),
        ("Darwin", "arm64", {"sysctl": "exit 1"}, 1, ["no archive for aarch64-apple-darwin"]),
        ("Linux", "arm64", {}, 1, ["no archive for aarch64-unknown-linux-musl"]),
    ):  # fmt: skip
        if world.knows("uname") or (world.release.target.startswith("aarch64") and machine == "arm64"):
            continue
        path = world.path(world.release.any, "sha256sum", uname=shown.format(system, machine), **more)
        refused(world, "good", status, *texts, tools=path)


@case()
def programs_that_do_not_run(world):
    """an archive of the right digest whose goward cannot run, or is another version"""
    from release import pack

    texts = {"nothing": ({}, 5, "has no program goward"), "broken": ({"goward": b"\x7fELF nonsense\n"}, 1, "does not run")}
    texts["other"] = ({"goward": b"#!/bin/sh\necho goward 0.0.1\n"}, 5, "is another version")
    texts["link"] = ({"go": b""}, 5, "has no program goward")
    for name, (files, status, text) in texts.items():
        directory = world.dir / name
        directory.mkdir()
        top = world.release.archive[: -len(".tar.gz")]
        (directory / world.release.archive).write_bytes(pack(top, files))
        world.release.sums(directory)
        script = world.release.fill(f"{world.dir.name}-{name}", "https://127.0.0.1:9/x", directory=directory)
        refused(world, script, status, text, tools="bare", args=("--from", str(directory)))


# ---- The user.


@case(smoke=True)
def home(world):
    """HOME that is unset, empty, relative, no directory, or another user's"""
    for value, text in (
        (None, "HOME is not set"), ("", "HOME is not set"), ("home", "no absolute path"), ("/nowhere", "no directory"),
        ("/tmp/a\nb", "control character"),
    ):  # fmt: skip
        if value is None and world.shell[-1] == "-f":
            text = "HOME"  # zsh as itself sets what is not set
        refused(world, "good", 1, text, tools=world.release.any, HOME=value)
    if world.root():
        box = world.box()
        os.chown(box.home, OTHER, OTHER)
        box.home.chmod(0o777)
        box.mark()
        world.go(box).ends(1).says("HOME belongs to another user")
        box.unchanged()


@case()
def sudo(world):
    """by sudo and doas, in the user's home and in root's; root without them may"""
    if not world.root():
        return
    for changes in ({"SUDO_USER": "gopher"}, {"DOAS_USER": "gopher"}):
        box = world.box(as_root=True)
        world.go(box, **changes).ends(1).says("root by sudo", "run it without sudo", "GOWARD_ROOT=/usr/local/lib/goward")
        box.unchanged()
    box = world.box(as_root=True)
    os.chown(box.home, OTHER, OTHER)
    box.mark()
    world.go(box).ends(1).says("HOME belongs to another user")
    box.unchanged()
    box = world.box(as_root=True)
    world.go(box, SUDO_USER="root").ends(0)
    box.installed(world.version)


@case()
def roots(world):
    """a store of another user, a link to one, a file, and directories that are none"""
    for given, text in (
        ("relative", "must be an absolute path"), ("/", "a directory of its own"), ("//", "a directory of its own"),
        ("/a:b", "PATH cannot have"), ("/a\nb", "control character"), ("", "needs a directory"),
    ):  # fmt: skip
        refused(world, "good", 2, text, tools=world.release.any, args=(f"--root={given}",))
    box = world.box()
    world.go(box, "good", "--root", f"{box.home}/").ends(2).says("a directory of its own")
    box.store.write_text("a file\n")
    box.mark()
    world.go(box).ends(1).says("is no directory")
    box.unchanged()
    box = world.box()
    box.store.symlink_to("/nowhere/at/all")
    box.mark()
    outcome = world.go(box)
    check(outcome.status == 1, f"a link to nowhere:\n{outcome}")
    box.unchanged()
    if not world.root():
        return
    for linked in (False, True):
        box = world.box()
        foreign = box.dir / "theirs" if linked else box.store
        (foreign / "bin").mkdir(parents=True)
        (foreign / "shims").mkdir()
        for name in ("bin/goward", "shims/go"):
            (foreign / name).write_text(f"#!/bin/sh\ntouch {box.dir}/trapped\n")
            (foreign / name).chmod(0o755)
        os.chown(foreign, OTHER, OTHER)
        if linked:
            box.store.symlink_to(foreign)
            box.own(box.store)
        box.dir.chmod(0o777)
        box.mark()
        world.go(box).ends(1).says(f"{box.store} belongs to another user")
        check(not (box.dir / "trapped").exists(), "the other user's program ran")
        box.unchanged()


def victim(place, box, user=None):
    """A directory with names like those in a store, and things in them that matter."""
    for name in ("bin", "shims", "state", "cache"):
        (place / name).mkdir(parents=True)
        (place / name / "precious").write_text("precious\n")
    for path in [place, *place.rglob("*")]:
        box.own(path, user)


@case(smoke=True)
def roots_that_are_home(world):
    """HOME, or what is above it, by another path to it or by a link; nothing in it is touched"""
    def paths(home):
        yield from (f"{home}/x/..", f"{home}/.", f"{home}/./", f"{home}/../{home.name}", f"{home}/x/../y", f"/.{home}")
        yield from (f"{home.parent}//{home.name}", f"{home}/link", f"{home}/link/", f"{home}/up", str(home.parent))

    for at in range(len(list(paths(pathlib.Path("/x"))))):
        for way in ("--root", "GOWARD_ROOT"):
            box = world.box()
            victim(box.home, box)
            (box.home / "link").symlink_to(box.home)
            (box.home / "up").symlink_to("..")
            for name in ("link", "up"):
                box.own(box.home / name)
            box.mark()
            given = list(paths(box.home))[at]
            outcome = world.go(box, "good", way, given) if way == "--root" else world.go(box, GOWARD_ROOT=given)
            outcome.ends(2).says("install.sh: error: ")
            said = "a directory of its own" in outcome.err or ". or .. in its path" in outcome.err
            check(said, f"{given}:\n{outcome}")
            box.unchanged()


@case()
def a_link_that_comes_meanwhile(world):
    """while it fetches, the store's path becomes a link: what that leads to stays as it was"""
    for mode in (0o755, 0o777):
        box = world.box()
        theirs = box.home / "victim"
        victim(theirs, box)
        # Setup refuses what others can write to.
        theirs.chmod(mode)
        tar = shutil.which("tar")
        path = world.path(world.release.any, "sha256sum", "ln", tar=f'ln -s {theirs} "$HOME/.goward"\nexec {tar} "$@"')
        if world.knows("tar"):
            continue
        box.mark()
        world.go(box, tools=path).ends(1).says(f"cannot make {box.store}")
        check(box.store.is_symlink(), "this test cannot fail any more")
        box.store.unlink()
        box.unchanged()


@case(smoke=True)
def a_link_that_comes_during_setup(world):
    """setup fails, and by then the store's path leads elsewhere: only what this run has made goes away"""
    from release import pack

    for setup, stays in (
        ('mv "$GOWARD_ROOT" "$HOME/away"; ln -s "$HOME/victim" "$GOWARD_ROOT"', True),
        ('mv "$GOWARD_ROOT" "$HOME/away"; mv "$HOME/victim" "$GOWARD_ROOT"', True),
        ('mkdir "$GOWARD_ROOT/bin" "$GOWARD_ROOT/links"', False),
    ):
        directory = world.dir / f"release{next(world.count)}"
        directory.mkdir()
        top = world.release.archive[: -len(".tar.gz")]
        text = f"#!/bin/sh\n[ \"$1\" = setup ] || exec echo goward {world.version}\n{setup}\nexit 1\n"
        (directory / world.release.archive).write_bytes(pack(top, {"goward": text.encode()}))
        world.release.sums(directory)
        name = f"{world.dir.name}-{directory.name}"
        script = world.release.fill(name, "https://127.0.0.1:9/x", directory=directory)
        box = world.box()
        victim(box.home / "victim", box)
        box.mark()
        path = world.path("sha256sum", "mv", "ln")
        world.go(box, script, "--from", str(directory), tools=path).ends(1).says("could not be set up")
        if stays:
            place = box.store if box.store.exists() else box.home / "victim"
            check(len(list(place.rglob("precious"))) == 4, "what was precious is gone")
        else:
            box.unchanged()


@case()
def roots_that_others_can_make(world):
    """no store is made where another user could make it first, or could put another in its place"""
    if not world.root():
        return
    for owner, group, mode, text in (
        (0, 0, 0o1777, "every user can make things there"), (0, 0, 0o777, "not sticky"),
        (None, OTHER, 0o775, f"group {OTHER}"), (OTHER, OTHER, 0o1777, "another user"), (None, None, 0o755, None),
    ):  # fmt: skip
        for there in (False, True):
            for below in ("gw", "a/gw"):
                box = world.box()
                shared = box.dir / "pub"
                shared.mkdir()
                os.chown(shared, box.user if owner is None else owner, box.user if group is None else group)
                shared.chmod(mode)
                if there:
                    (shared / below).mkdir(parents=True)
                    for path in shared.rglob("*"):
                        box.own(path)
                outcome = world.go(box, "good", "--root", str(shared / below), "-y")
                if text and not (there and mode == 0o1777 and owner == 0):
                    outcome.ends(1).says(text, "hint: ", "use --root with a directory of your own")
                    check(not list(shared.iterdir()) or there, "something is left")
                    check(not there or not list((shared / below).iterdir()), "something is left")
                    box.unchanged()
                else:
                    outcome.ends(0)
    # A link of another user on the way.
    box = world.box()
    shared = box.dir / "pub"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "link").symlink_to(box.home)
    os.lchown(shared / "link", OTHER, OTHER)
    world.go(box, "good", "--root", str(shared / "link" / "gw")).ends(1).says("a link of another user")
    box.unchanged()
    box.own(shared / "link")
    world.go(box, "good", "--root", str(shared / "link" / "gw")).ends(0)


@case(once=True)
def odd_options(world):
    """options that do not exist or lack a value; --help"""
    for args in (["--prefix=/x"], ["x"], ["--root"], ["--version"], ["--version", "$(id)"], ["--version="],
                 ["--timeout", "0"], ["--timeout=1m"], ["-q", "--from"]):  # fmt: skip
        box = world.box()
        world.go(box, "good", *args).ends(2).says("install.sh: error: ")
        box.unchanged()
    empty = world.dir / "empty"
    empty.mkdir()
    for status, args, words in (
        (2, ["--prefix=/x"], "no option or argument --prefix\nhint: sh install.sh --help"),
        (2, ["--from", "http://example.com/"], "from 127.0.0.1 and [::1] only\nhint: use the address with https://"),
        (2, ["--from", "ftp://example.com/"], "https:// and file:// only\nhint: "),
        (2, ["--from", str(empty / "x")], "which --from names\nhint: "),
        (1, ["--from", str(empty)], "is not there, or is no file\nhint: --from wants the directory"),
        (2, ["--root", "."], "must be an absolute path: .\nhint: use --root with another directory, for example --root /"),
        (2, ["--root", "/x/a:b"], "which PATH cannot have\nhint: "),
        (2, ["--root", "HOME"], "holds other things, and a store needs a directory of its own\nhint: "),
    ):
        box = world.box()
        args = [str(box.home) if word == "HOME" else word for word in args]
        world.go(box, "good", *args).ends(status).says(words)
        box.unchanged()
    box = world.box()
    outcome = world.go(box, "good", "--help", tools="none").ends(0)
    options = ("--version", "--root", "--no-modify-path", "--from", "--timeout", "--yes", "--quiet", "--help")
    check(all(option in outcome.out for option in options), f"not all options are told:\n{outcome}")
    template = world.release.scratch.joinpath("template.sh")
    shutil.copy(os.path.join(os.path.dirname(__file__), "../../scripts/install.sh.in"), template)
    world.go(box, template).ends(1).says("only the template")
    box.unchanged()


@case()
def store_open_to_others(world):
    """what another user could have changed in a store does not run, and setup refuses such a store"""
    for place in (".", "bin", "bin/goward"):
        box = world.box()
        (box.store / "bin").mkdir(parents=True)
        (box.store / "shims").mkdir()
        for name in ("bin/goward", "shims/go"):
            (box.store / name).write_text(f"#!/bin/sh\n: >{box.tmp}/trapped\n")
            (box.store / name).chmod(0o755)
        for path in [box.store, *box.store.rglob("*")]:
            box.own(path)
        (box.store / place).chmod(0o777)
        outcome = world.go(box)
        check(not (box.tmp / "trapped").exists(), f"what others can change has run:\n{outcome}")
        if place == ".":
            check(outcome.status != 0 and "chmod" in outcome.err, f"setup took it:\n{outcome}")
        else:
            check(outcome.status == 0 or "chmod" in outcome.err, f"neither mended nor refused:\n{outcome}")


@case()
def store_with_a_program_of_another(world):
    """a manager in the own store that belongs to another user does not run"""
    if not world.root():
        return
    box = world.box()
    world.go(box).ends(0)
    manager = box.store / "bin" / "goward"
    manager.write_text(f"#!/bin/sh\n: >{box.tmp}/trapped\n")
    os.chown(manager, OTHER, OTHER)
    outcome = world.go(box)
    check(not (box.tmp / "trapped").exists(), f"another user's program has run:\n{outcome}")


# ---- Signatures and other releases.


def other_release(world, name, version, key, comment, keys=("ours",)):
    """A directory with the archive of another version, signed, and this release's script."""
    directory = world.dir / name
    directory.mkdir()
    old = world.release.programs["goward"].replace(world.version.encode(), version.encode())
    from release import pack

    top = f"goward-{version}-{world.release.target}"
    (directory / f"{top}.tar.gz").write_bytes(pack(top, {**world.release.programs, "goward": old}))
    world.release.sums(directory, version)
    if key:
        world.release.sign(directory, key, comment)
    return directory


@case()
def signature(world):
    """with minisign here the signature counts as well: right, missing, by another key, of another release"""
    if "minisign" not in world.tools:
        return
    signed = world.scripts["signed"]
    box = world.box()
    world.go(box, "signed", tools="minisign").ends(0)
    box.installed(world.version)
    release = world.release
    for name, key, comment, status, text in (
        ("unsigned", None, "", 1, "SHA256SUMS.minisig is not there"),
        ("stranger", "theirs", f"goward {world.version}", 5, "not signed by goward's key"),
        ("replayed", "ours", "goward 0.0.1", 5, "signed, but for another release"),
    ):
        directory = world.dir / name
        directory.mkdir()
        for file in (release.archive, "SHA256SUMS"):
            shutil.copy(release.dir / file, directory)
        if key:
            release.sign(directory, key, comment)
        refused(world, signed, status, text, tools="minisign", args=("--from", str(directory)))
    # The right signature of a list that names another digest: the script and the list must agree.
    directory = world.dir / "other-digest"
    directory.mkdir()
    (directory / release.archive).write_bytes(b"something else")
    release.sums(directory)
    release.sign(directory, "ours", f"goward {world.version}")
    refused(world, signed, 5, "is not the one in this script", tools="minisign", args=("--from", str(directory)))
    # A minisign that says yes to everything, or to nothing.
    for lie in ("echo goward known vector", "exit 1", "exit 0"):
        path = world.path(release.any, "sha256sum", minisign=lie)
        box = world.box()
        world.go(box, "signed", tools=path).ends(0).says("minisign on PATH does not check signatures")
        box.installed(world.version)


@case()
def another_version(world):
    """--version: only with a signature that can be checked here"""
    directory = other_release(world, "old", "0.0.9", "ours" if "minisign" in world.tools else None, "goward 0.0.9")
    source = ("--version", "v0.0.9", "--from", str(directory))
    refused(world, "good", 5, "nothing here can check goward 0.0.9", "/v0.0.9/install.sh", tools=world.release.any, args=source)
    if "minisign" not in world.tools:
        return
    refused(world, "good", 5, "nothing here can check goward 0.0.9", tools="minisign", args=source)
    box = world.box()
    world.go(box, "signed", *source, tools="minisign").ends(0)
    box.installed("0.0.9")
    # Another release's good signature is none for this one.
    replay = ("--version", "0.0.8", "--from", str(directory))
    refused(world, "signed", 5, "signed, but for another release", tools="minisign", args=replay)


# ---- Ended in the middle.


def in_the_middle(world, box, way="drip", tools=None):
    """A run that has begun to fetch."""
    process = box.start(world.shell, world.scripts[way], world.tools[tools or world.release.any])
    end = time.monotonic() + 30
    while not any(path.name.endswith(".gz") for work in box.tmp.iterdir() for path in seen(work)):
        check(time.monotonic() < end and process.poll() is None, "the download did not begin")
        time.sleep(0.02)
    return process


def seen(directory):
    with contextlib.suppress(OSError):
        return list(directory.iterdir())
    return []


@case()
def signals(world):
    """TERM, INT (to one process and by Ctrl-C to all) and HUP while it fetches: ended at once, by that signal"""
    for number, everyone in ((signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGINT, True), (signal.SIGHUP, False)):
        box = world.box()
        process = in_the_middle(world, box)
        begun = time.monotonic()
        (os.killpg if everyone else os.kill)(process.pid, number)
        outcome = box.finish(process)
        check(time.monotonic() - begun < 5, "it took too long")
        check(outcome.status in (-number, 128 + number), f"ended by {number} was wanted:\n{outcome}")
        box.unchanged()


@case(smoke=True)
def term(world):
    """SIGTERM while it fetches, and SIGKILL, after which only the temporary directory is left"""
    box = world.box()
    process = in_the_middle(world, box)
    os.kill(process.pid, signal.SIGTERM)
    box.finish(process)
    box.unchanged()
    process = in_the_middle(world, box)
    os.killpg(process.pid, signal.SIGKILL)
    box.finish(process)
    for path in box.tmp.iterdir():
        check(path.name.startswith("goward-install.") and path.stat().st_mode & 0o777 == 0o700, f"{path} is left")
        shutil.rmtree(path)
    box.unchanged()
    world.go(box).ends(0)
    box.installed(world.version)


@case()
def killed_anywhere(world):
    """SIGKILL and SIGTERM at some moments: the store is absent or whole, at the latest after one more run"""
    box = world.box()
    begun = time.monotonic()
    world.go(box).ends(0)
    whole = time.monotonic() - begun
    for step in range(MOMENTS):
        number = (signal.SIGKILL, signal.SIGTERM)[step % 2]
        box = world.box()
        process = box.start(world.shell, world.scripts["good"], world.tools[world.release.any])
        time.sleep(whole * (step + 1) / MOMENTS)
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if number == signal.SIGKILL else os.kill)(process.pid, number)
        box.finish(process)
        left = list(box.tmp.iterdir())
        if number == signal.SIGTERM:
            check(not left, f"{left} is left")
            there = [(box.store / name).exists() for name in ("bin/goward", "shims/go")]
            check(all(there) or not box.store.exists(), "half a store is left")
        for path in left:
            shutil.rmtree(path)
        world.go(box).ends(0)
        box.installed(world.version)
        odd = [path for path in box.store.rglob("*") if "tmp" in path.name or "partial" in path.name]
        check(not odd, f"{odd} are left")


@case()
def question(world):
    """piped into a shell on a terminal, setup asks there: no leaves start-up files alone, Ctrl-C ends it"""
    for key, statuses in ((b"n\n", (0,)), (b"y\n", (0,)), (b"\x03", (-2, 130)), ("TERM", (-15, 143))):
        box = world.box()
        outcome = on_a_terminal(world, box, key)
        check(outcome[0] in statuses, f"{key}: {outcome}")
        check(not list(box.tmp.iterdir()), "something is left in the temporary directory")
        edited = "added by goward" in (box.home / ".profile").read_text()
        check(edited == (key == b"y\n"), f"{key}: start-up files: {outcome}")
        check((box.store / "shims" / "go").exists(), "the store is not there")
        box.alone()


def on_a_terminal(world, box, key):
    """Runs `cat install.sh | SHELL` with a terminal of its own, and presses a key at the question."""
    child, terminal = pty.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(box.user)
            os.setuid(box.user)
        os.dup2(os.open(world.scripts["good"], os.O_RDONLY), 0)
        os.execve(world.shell[0], world.shell, box.environment(world.tools[world.release.any], {}))
    said, end, pressed = b"", time.monotonic() + 60, 0
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                said += os.read(terminal, 4096)
            except OSError:
                break
        if said.count(b"first on PATH, in") > pressed:
            time.sleep(0.2)
            pressed += 1
            if key == "TERM":
                os.kill(child, signal.SIGTERM)
            else:
                os.write(terminal, key)
    else:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    check(pressed, f"nothing was asked: {said}")
    return os.waitstatus_to_exitcode(status), said.decode(errors="replace")


@case()
def cut_script(world):
    """the script itself is cut, at each of its last bytes and at many others: nothing is done"""
    whole = world.scripts["good"].read_bytes()
    bait = world.dir / "bait"
    path = world.dir / "traps"
    path.mkdir()
    for name in (*BASE, "curl", "wget", "sha256sum"):
        (path / name).write_text(f"#!/bin/sh\n: >{bait}\n")
        (path / name).chmod(0o755)
    part = world.dir / "part.sh"
    last = len(whole.rstrip())
    for length in [*range(0, last - 300, 397), *range(last - 300, last)]:
        part.write_bytes(whole[:length])
        run = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
        env = {"PATH": str(path), "HOME": str(world.dir), "TMPDIR": str(world.dir)}
        subprocess.run([*world.shell, part], env=env, check=False, timeout=20, **run)
        check(not bait.exists(), f"cut at {length} of {last} it does something: {whole[:length][-60:]!r}")
    part.write_bytes(whole)
    subprocess.run([*world.shell, part], env=env, check=False, timeout=20, **run)
    check(bait.exists() or world.knows("id"), "this test cannot fail any more")
