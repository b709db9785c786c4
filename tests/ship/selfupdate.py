"""`goward self update` against releases on loopback that are what they should be, or are not. The releases are made of
the one real program: in a copy every text of its version is another version's, also in the shim that is in it. It has
to be a debug build with the key of `tests/release`, which is what signs here."""

import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import threading
import time

from box import check
from release import MACHINES, SYSTEMS, pack
from server import Servers


TOP = pathlib.Path(__file__).resolve().parents[2]
KEY = TOP / "tests" / "release" / "test.key"
# The calls of the system that change something, as strace knows them.
CALLS = "mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,fchmod,chmod,fchmodat,symlink,symlinkat,ftruncate,fsync"
CALLS += ",copy_file_range,sendfile,openat,write,execve"


def sign(directory, comment, key=KEY, options=()):
    """Signs the sums that lie there."""
    command = ["minisign", "-S", *options, "-s", key, "-m", directory / "SHA256SUMS", "-t", comment, "-c", "of a test"]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)


class Place:
    """A place of releases: `latest.json`, and a directory for each version."""

    def __init__(self, directory, program, version):
        self.directory, self.program, self.version = directory, program, version
        self.target = f"{MACHINES[platform.machine()]}-{SYSTEMS[platform.system()]}"
        directory.mkdir(parents=True)

    def text(self, version):
        """The program of this version; it is as long as this one."""
        check(len(version) == len(self.version), f"{version} is no version as long as {self.version}")
        return self.program.replace(self.version.encode(), version.encode())

    def archive(self, version):
        return f"goward-{version}-{self.target}.tar.gz"

    def add(self, version, released="2027-01-31", program=None, target=None):
        """A whole release; gives its directory."""
        place = self.directory / f"v{version}"
        place.mkdir(exist_ok=True)
        name = self.archive(version) if target is None else f"goward-{version}-{target}.tar.gz"
        top = name.removesuffix(".tar.gz")
        (place / name).write_bytes(pack(top, {"goward": program or self.text(version), "README.md": b"#\n"}))
        (place / "latest.json").write_text(json.dumps({"version": version, "released": released}) + "\n")
        self.sums(version)
        sign(place, f"goward {version}")
        shutil.copy(place / "latest.json", self.directory / "latest.json")
        return place

    def sums(self, version):
        place = self.directory / f"v{version}"
        names = sorted(path.name for path in place.iterdir() if not path.name.startswith("SHA256SUMS"))
        lines = [f"{hashlib.sha256((place / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
        (place / "SHA256SUMS").write_text("".join(lines))


class Home:
    """A user with a goward of the old version."""

    def __init__(self, directory, program, address=None):
        self.directory, self.root = directory, directory / ".goward"
        self.temporary = directory.with_name(f"{directory.name}.tmp")
        for made in (directory, self.temporary):
            made.mkdir(parents=True)
        self.env = {"HOME": str(directory), "PATH": "/usr/bin:/bin", "TMPDIR": str(self.temporary)}
        self.env |= {"GOWARD_AUTO_INSTALL": "never", "NO_COLOR": "1"}
        if address:
            self.env["GOWARD_DIST_URL"] = address
        first = directory / "goward"
        first.write_bytes(program)
        first.chmod(0o755)
        self.run("setup", "--no-modify-path", program=first)
        first.unlink()

    def call(self, *words, program=None, before=(), **more):
        command = [*before, program or self.root / "bin" / "goward", *words]
        return subprocess.run(
            command, env={**self.env, **more}, cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120, check=False,
        )

    def run(self, *words, status=0, program=None, **more):
        ran = self.call(*words, program=program, **more)
        check(ran.returncode == status, f"goward {' '.join(map(str, words))}: {ran.returncode}: {ran.stderr}{ran.stdout}")
        return ran.stdout + ran.stderr

    def version(self):
        """The version of the manager in place, which starts."""
        return self.run("--version").split()[1]

    def shim(self):
        """The version of the shim in place, which starts, and asks the manager of the store."""
        for name in ("go", "gofmt"):
            ran = subprocess.run(
                [self.root / "shims" / name, "version"], env=self.env, cwd=self.directory, capture_output=True, text=True,
                timeout=60, check=False,
            )
            check(ran.returncode == 127 and "no Go toolchain is installed" in ran.stderr, f"{name}: {ran}")
        found = re.findall(rb"goward-shim-5f3c1e9a-magic\0version=([0-9.]+)\0", (self.root / "shims" / "go").read_bytes())
        return found[0].decode()

    def pair(self):
        return self.version(), self.shim()

    def tree(self):
        """Every file of the root with its digest, but locks and other files that a look may leave."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root)
            if path.is_file() and name.parts[:2] != ("state", "locks"):
                found[str(name)] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found


def other_key(scratch):
    public, secret = scratch / "other.pub", scratch / "other.key"
    if not secret.exists():
        subprocess.run(["minisign", "-G", "-W", "-p", public, "-s", secret], stdout=subprocess.DEVNULL, check=True)
    return secret


def edited(path, edit):
    path.write_bytes(edit(path.read_bytes()))


def forgeries(world, new):
    """Each way in which a release is none: its name, what an enemy does to a good one, the status, words of the message."""
    place = world.place.directory / f"v{new}"
    archive = place / world.place.archive(new)
    old = world.old

    def again(comment=f"goward {new}", **how):
        world.place.sums(new)
        sign(place, comment, **how)

    def other_program(program):
        top = archive.name.removesuffix(".tar.gz")
        archive.write_bytes(pack(top, {"goward": program}))
        again()

    def of_old(*names):
        source = world.place.directory / f"v{old}"
        for name in names:
            shutil.copy(source / name, place / name)

    flip = lambda text: text[:-9] + bytes([text[-9] ^ 1]) + text[-8:]  # noqa: E731
    yield "wrong key", lambda: again(key=other_key(world.scratch)), 5, "a key that this goward does not know"
    yield "no signature", lambda: (place / "SHA256SUMS.minisig").unlink(), 3, "SHA256SUMS.minisig"
    yield "empty signature", lambda: (place / "SHA256SUMS.minisig").write_bytes(b""), 5, "no signature by minisign"
    yield "cut signature", lambda: edited(place / "SHA256SUMS.minisig", lambda text: text[:100]), 5, "no signature by minisign"
    yield "minisign's old way", lambda: again(options=["-l"]), 5, "does not fit"
    yield "other comment", lambda: again(comment=f"goward {old}"), 5, f"and goward {new} is wanted"
    yield "old list in the place of the new", lambda: of_old("SHA256SUMS", "SHA256SUMS.minisig"), 5, f"goward {new} is wanted"
    yield "old version as the newest", lambda: shutil.copy(
        world.place.directory / f"v{old}/latest.json", world.place.directory / "latest.json"
    ), 0, "is here; the newest"
    yield "sums with another line", lambda: edited(place / "SHA256SUMS", flip), 5, "does not fit"
    yield "longer sums", lambda: edited(place / "SHA256SUMS", lambda text: text + text[:90]), 5, "does not fit"
    yield "endless sums", lambda: (place / "SHA256SUMS").write_bytes(b"0" * 10_000_000), 5, "larger than"
    yield "cut archive", lambda: edited(archive, lambda text: text[: len(text) // 2]), 5, "the signed SHA256SUMS says"
    yield "flipped archive", lambda: edited(archive, flip), 5, "the signed SHA256SUMS says"
    yield "swapped archive", lambda: shutil.copy(world.place.directory / f"v{old}" / world.place.archive(old), archive), 5, (
        "the signed SHA256SUMS says"
    )
    yield "no archive for this machine", lambda: (
        archive.rename(place / f"goward-{new}-riscv64gc-unknown-linux-musl.tar.gz"), again()
    ), 3, "has no archive for"
    yield "no archive", archive.unlink, 3, archive.name
    yield "another version in a signed archive", lambda: other_program(world.place.text(old)), 5, f"has goward {old} in it"
    yield "no program in a signed archive", lambda: other_program(b"#!/bin/sh\nexit 1\n"), 5, "no version"
    yield "a program that cannot use the store", lambda: other_program(
        f'#!/bin/sh\necho goward {new}\n[ "$1" = --version ]\n'.encode()
    ), 6, "cannot use the store"
    yield "a program without a shim", lambda: other_program(
        f'#!/bin/sh\necho goward {new}\n[ "$1" = --version ] || : >"$4"\n'.encode()
    ), 5, "has no shim of that version"
    yield "a day that is none", lambda: (world.place.directory / "latest.json").write_text(
        json.dumps({"version": new, "released": "\x1b[2J"})
    ), 5, "does not name the newest"
    yield "a day that was not signed", lambda: (world.place.directory / "latest.json").write_text(
        json.dumps({"version": new, "released": "2099-01-01"})
    ), 5, "is not the one of goward"
    yield "a version that is a path", lambda: (world.place.directory / "latest.json").write_text(
        json.dumps({"version": f"{new}/../v{old}", "released": "2027-01-31"})
    ), 5, "does not name the newest"


class World:
    """Two releases, their server, and homes with the older one."""

    def __init__(self, release, scratch):
        self.scratch, self.old = scratch / "self-update", release.version
        self.scratch.mkdir()
        number = self.old.rsplit(".", 1)
        self.new = f"{number[0]}.{(int(number[1]) + 1) % 10}"
        self.newest = f"{number[0]}.{(int(number[1]) + 2) % 10}"
        self.program = release.programs["goward"]
        self.certificate = release.servers
        self.count = 0
        self.fresh()

    def fresh(self):
        """The releases as they should be."""
        self.count += 1
        self.place = Place(self.scratch / f"place-{self.count}", self.program, self.old)
        self.place.add(self.old, released="2026-12-01")
        self.place.add(self.new)

    def address(self):
        return f"file://{self.place.directory}"

    def home(self):
        self.count += 1
        return Home(self.scratch / f"home-{self.count}", self.program, self.address())


def updates(world):
    """A newer one comes in place, an older one only by its name, and back it goes."""
    home = world.home()
    said = home.run("self", "update", "--check")
    check(f"this is goward {world.old}; the newest is goward {world.new}, released on 2027-01-31" in said, said)
    before = home.tree()
    answer = json.loads(home.call("self", "update", "--dry-run", "--json").stdout)
    check((answer["version"], answer["newer"], answer["done"]) == (world.new, True, False), str(answer))
    check(home.tree() == before, "--check or --dry-run changed something")
    home.run("self", "update")
    check(home.pair() == (world.new, world.new), f"{home.pair()}")
    check("is here; the newest" in home.run("self", "update"), "it updates to itself")
    home.run("self", "update", "--rollback")
    check(home.pair() == (world.old, world.old), "the old pair is not back")
    home.run("self", "update", "--rollback")
    check(home.pair() == (world.new, world.new), "a second call does not undo the first")
    home.run("self", "update", world.old)
    check(home.pair() == (world.old, world.old), "a named older version is not taken")
    check(not list((home.root / "state" / "staging").iterdir()), "staging is not empty")
    check(not list(home.temporary.iterdir()), "the temporary directory is not empty")


def places(world, servers):
    """From a server, from a directory, by config.toml; never by a `.goenv`, nor offline."""
    home = world.home()
    flat = world.scratch / "flat of files%"
    shutil.copytree(world.place.directory / f"v{world.new}", flat)
    del home.env["GOWARD_DIST_URL"]
    (home.directory / ".goenv").write_text(f"GOWARD_DIST_URL={world.address()}\n")
    said = home.run("--offline", "self", "update", "--check", status=4)
    check("offline" in said, said)
    home.run("--offline", "self", "update", "--from", str(flat))
    check(home.version() == world.new, "--from")
    home = world.home()
    del home.env["GOWARD_DIST_URL"]
    home.run("config", "set", "dist-url", servers.address("good"))
    home.run("self", "update")
    check(home.pair() == (world.new, world.new), "by config.toml and a server")
    for way, status in (("404", 3), ("500", 4), ("cut", 4), ("wrong", 5), ("page", 5)):
        home = world.home()
        before = home.tree()
        ran = home.call("self", "update", world.new, GOWARD_DIST_URL=servers.address(way), GOWARD_TEST_PATIENCE="200")
        check(ran.returncode == status, f"{way}: {ran}")
        check(home.pair() == (world.old, world.old) and home.tree() == before, way)
    ran = home.call("self", "update", GOWARD_DIST_URL="ftp://x/")
    check(ran.returncode == 2 and "GOWARD_DIST_URL" in ran.stderr, str(ran))


def forged(world):
    """Nothing that is no release changes anything."""
    names = [name for name, *_ in forgeries(world, world.new)]
    for number, name in enumerate(names):
        world.fresh()
        home = world.home()
        before = home.tree()
        _, spoil, status, words = list(forgeries(world, world.new))[number]
        spoil()
        ran = home.call("self", "update")
        said = ran.stdout + ran.stderr
        check(ran.returncode == status and words in said, f"{name}: {ran.returncode}: {said}")
        check("\x1b" not in said, f"{name}: an escape sequence")
        check(home.tree() == before, f"{name}: something has changed")
        check(home.pair() == (world.old, world.old), f"{name}: {home.pair()}")
        shutil.rmtree(home.directory)
    world.fresh()
    return len(names)


def killed(world, most):
    """At each call of the system that changes something, as far as `most` of them: the pair works, and the next run ends
    the work."""
    versions = {world.old, world.new}
    log = world.scratch / "calls"
    home = world.home()
    trace = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={CALLS}"]
    ran = home.call("self", "update", before=trace)
    check(ran.returncode == 0, str(ran))
    pid = log.read_text().split(None, 1)[0]
    names = [line.split(None, 1)[1].split("(")[0] for line in log.read_text().splitlines() if line.split(None, 1)[0] == pid]
    changing = {name: names.count(name) for name in dict.fromkeys(names) if name.isidentifier()}
    moments = [(name, number) for name, count in changing.items() for number in range(1, count + 1)]
    # All that rename, remove and create; of the writes and openings as many as there is time for.
    few = [moment for moment in moments if moment[0] not in ("write", "openat")]
    many = [moment for moment in moments if moment[0] in ("write", "openat")]
    step = max(1, len(many) // max(1, most - len(few)))
    chosen = (few + many[::step])[: max(most, 1)] if most else few + many
    template = world.home()
    seen = set()
    for number, (name, when) in enumerate(chosen):
        shutil.rmtree(home.directory)
        shutil.copytree(template.directory, home.directory, symlinks=True)
        ran = home.call("self", "update", before=["strace", "-qq", "-o", "/dev/null", "-e", f"inject={name}:signal=KILL:when={when}"])
        pair = home.pair()
        check(set(pair) <= versions, f"killed at {name} {when}: {pair}")
        check(pair != (world.new, world.old), f"killed at {name} {when}: a new manager with an old shim")
        seen.add(pair)
        if number % 10 == 0 or pair != (world.old, world.old):
            home.run("self", "update", world.new)
            check(home.pair() == (world.new, world.new), f"killed at {name} {when}, and the next run does not end the work")
            check(not list((home.root / "state" / "staging").iterdir()), f"killed at {name} {when}: staging is not empty")
            left = [path.name for place in ("bin", "shims") for path in (home.root / place).iterdir() if ".goward-" in path.name]
            check(not left, f"killed at {name} {when}: {left} stay")
    check((world.old, world.old) in seen, "no kill was early")
    return len(chosen), len(moments), sorted(seen)


def together(world):
    """Two at once end well, and so does one beside a setup."""
    home = world.home()
    commands = [("self", "update"), ("self", "update"), ("setup", "--no-modify-path")]
    ended = []
    threads = [threading.Thread(target=lambda words=words: ended.append(home.call(*words))) for words in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(all(ran.returncode == 0 for ran in ended), str(ended))
    home.run("self", "update", world.new)
    check(home.pair() == (world.new, world.new), f"{home.pair()}")


def rights(world):
    """Another user's store, root in a user's, a store that others write, a disk that is full."""
    home = world.home()
    before = home.tree()
    (home.root / "bin").chmod(0o777)
    said = home.run("self", "update", status=6)
    check("written by other users" in said, said)
    (home.root / "bin").chmod(0o755)
    if os.geteuid() == 0:
        home.run("--version")
        for path in (home.root, *home.root.rglob("*")):
            os.chown(path, 61234, 61234, follow_symlinks=False)
        said = home.run("self", "update", status=6)
        check("belongs to user 61234, but this runs as user 0" in said, said)
        for path in (home.root, *home.root.rglob("*")):
            os.chown(path, 0, 0, follow_symlinks=False)
    ran = home.call("self", "update", before=["sh", "-c", 'ulimit -f 4000; exec "$@"', "sh"])
    check(ran.returncode == 6, str(ran))
    check(home.tree() == before and home.pair() == (world.old, world.old), "a full disk")


def run_all(release, scratch, missing, smoke):
    """All of it; what failed."""
    if not shutil.which("minisign"):
        missing.add("self update: there is no minisign here")
        return []
    world = World(release, scratch)
    home = world.home()
    if "has no key" in home.call("self", "update", "--check").stderr:
        missing.add("self update: this goward was built without GOWARD_RELEASE_KEYS=tests/release")
        return []
    servers = Servers(world.place.directory, scratch / "tls.pem", scratch / "tls.key")
    failures = []

    def step(name, work):
        begun = time.monotonic()
        try:
            result = work()
        except Exception as error:  # the others go on
            failures.append(f"self update, {name}: {type(error).__name__}: {error}")
            print(f"FAILED: {failures[-1]}", flush=True)
            return
        print(f"ok: self update, {name} ({time.monotonic() - begun:.0f} s){'' if result is None else f': {result}'}", flush=True)

    step("updates", lambda: updates(world))
    if not smoke:
        step("places", lambda: places(world, servers))
        step("rights", lambda: rights(world))
        step("two at once", lambda: together(world))
        step("forgeries", lambda: forged(world))
        world.fresh()
        if shutil.which("strace"):
            step("killed", lambda: killed(world, int(os.environ.get("GOWARD_TEST_KILLS", "0"))))
        else:
            missing.add("self update, killed: there is no strace here")
    servers.close()
    return failures
