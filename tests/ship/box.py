"""Places in which an installer runs: a home, a temporary directory, a PATH of chosen programs, and what
may be seen of it afterwards."""

import contextlib
import hashlib
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import time

# What the script asks for, and what `sh`, `tar` and this test need beside it. Where POSIX is kept to the
# letter, what is built into a shell counts only if PATH has it, too.
BASE = """[ cat chmod cp cut dd df echo env grep gzip head id kill ls mkdir mktemp printf rm rmdir sed sh sleep tail tar test
    tr uname""".split()
# The number of the user without rights, for scripts that must not be root.
STRANGER, OTHER = 61234, 61235


class Failed(Exception):
    """What should hold does not."""


def check(holds, message):
    if not holds:
        raise Failed(message)


def toolbox(directory, *extra, **instead):
    """A directory with the programs of BASE, more of them, and some that are scripts of ours."""
    directory.mkdir()
    for name in (*BASE, *extra):
        found = shutil.which(name)
        if not found:
            raise Failed(f"{name} is needed here, and is not on PATH")
        (directory / name).symlink_to(found)
    for name, text in instead.items():
        (directory / name).unlink(missing_ok=True)
        (directory / name).write_text(f"#!/bin/sh\n{text}\n")
        (directory / name).chmod(0o755)
    return directory


def busybox_box(directory, busybox):
    """A directory with nothing but busybox under all its names."""
    directory.mkdir()
    listed = subprocess.run([busybox, "--list"], stdout=subprocess.PIPE, text=True, check=True)
    for name in listed.stdout.split():
        (directory / name).symlink_to(busybox)
    return directory


def tree(*roots):
    """Everything below some directories: what it is, whose, with which mode and content."""
    found = {}
    for root in roots:
        for path in [root, *sorted(root.rglob("*"))]:
            about = path.lstat()
            kind, content = stat.S_IFMT(about.st_mode), None
            if stat.S_ISREG(about.st_mode):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
            elif stat.S_ISLNK(about.st_mode):
                content = os.readlink(path)
            found[str(path)] = (kind, oct(about.st_mode & 0o7777), about.st_uid, content)
    return found


def difference(before, after):
    gone = [f"gone: {path}" for path in before if path not in after]
    new = [f"new: {path}" for path in after if path not in before]
    changed = [f"changed: {path}" for path in before if path in after and before[path] != after[path]]
    return "; ".join(gone + new + changed)


class Outcome:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __str__(self):
        return f"status {self.status}\n--- stdout\n{self.out}--- stderr\n{self.err}---"

    def says(self, *texts):
        for text in texts:
            check(text in self.err, f"{text!r} is not said:\n{self}")
        return self

    def ends(self, status):
        check(self.status == status, f"status {status} was wanted:\n{self}")
        return self


class Box:
    """One home. The script runs as its owner, who is root only where the test is, and asks for it."""

    def __init__(self, directory, as_root=False):
        self.root = os.geteuid() == 0
        self.user = 0 if as_root else STRANGER
        self.dir = directory
        self.home, self.tmp = directory / "home", directory / "tmp"
        for place in (directory, self.home, self.tmp):
            place.mkdir()
            place.chmod(0o755)
        (self.home / ".profile").write_text("# mine\n")
        (self.home / ".bashrc").write_text("# mine, too\n")
        for place in (self.home, self.tmp, self.home / ".profile", self.home / ".bashrc"):
            self.own(place)
        self.store = self.home / ".goward"
        self.before = self.now()

    def own(self, path, user=None):
        if self.root:
            os.lchown(path, user or self.user, user or self.user)

    def now(self):
        return tree(self.home, self.tmp)

    def mark(self):
        """What is here now is what has to stay."""
        self.before = self.now()

    def environment(self, tools, changes):
        chosen = {
            "HOME": str(self.home),
            "PATH": str(tools),
            "TMPDIR": str(self.tmp),
            "SHELL": "/bin/bash",
            "GOWARD_TEST_BOX": str(self.dir),
            **changes,
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def start(self, shell, script, tools, *args, piped=False, **changes):
        """Starts the script; `piped` feeds it to the shell as `curl … | sh` does."""
        command = [*shell, str(script), *args]
        if piped:
            command = [*shell, "-s", "--", *args] if args else [*shell]

        def become():
            os.setsid()
            if self.root and self.user:
                os.setgroups([])
                os.setgid(self.user)
                os.setuid(self.user)

        source = open(script, "rb") if piped else subprocess.DEVNULL
        with contextlib.closing(source) if piped else contextlib.nullcontext():
            return subprocess.Popen(
                command,
                cwd="/",
                env=self.environment(tools, changes),
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=become,
            )

    def finish(self, process, limit=120):
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            raise Failed(f"no end after {limit} s: {error.stderr}") from None
        self.alone()
        return Outcome(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))

    def run(self, *args, limit=120, **options):
        return self.finish(self.start(*args, **options), limit)

    def running(self):
        """Processes that this box has left."""
        mark, found = f"GOWARD_TEST_BOX={self.dir}\0".encode(), []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes():
                    found.append((int(entry.name), (entry / "cmdline").read_bytes()))
        return found

    def alone(self, patience=3):
        """No process stays. One `sleep 1` may be about to end."""
        end = time.monotonic() + patience
        while left := self.running():
            check(time.monotonic() < end, f"processes are left: {left}")
            time.sleep(0.05)

    def unchanged(self):
        changes = difference(self.before, self.now())
        check(not changes, f"something is left: {changes}")
        return self

    def installed(self, version, store=None, path=True):
        """The store is there, works, and nothing but it and the line for PATH is new."""
        store = store or self.store
        manager = store / "bin" / "goward"
        env = {"HOME": str(self.home), "PATH": "/nowhere", "GOWARD_ROOT": str(store)}
        said = subprocess.run([manager, "--version"], env=env, stdout=subprocess.PIPE, text=True, check=True)
        check(said.stdout == f"goward {version}\n", f"the manager is {said.stdout}")
        for shim in ("go", "gofmt"):
            check((store / "shims" / shim).stat().st_mode & 0o7777 == 0o755, f"no shim {shim}")
        files = [self.home / ".profile", self.home / ".bashrc"]
        for file in files:
            has = b"added by goward setup" in file.read_bytes()
            check(has == path, f"{file} {'has' if has else 'lacks'} the line for PATH")
        allowed = (str(store), *(map(str, files) if path else ()))
        now = {p: v for p, v in self.now().items() if not p.startswith(allowed)}
        before = {p: v for p, v in self.before.items() if not p.startswith(allowed)}
        # The directory itself is a new one to hold the store, and nothing else of it may change.
        changes = difference(before, now)
        check(not changes, f"something is left: {changes}")
        if self.root:
            wrong = [p for p, (_, _, uid, _) in tree(store).items() if uid != self.user]
            check(not wrong, f"these belong to another user: {wrong}")
        open_to_all = [p for p, (kind, mode, _, _) in tree(store).items() if kind != stat.S_IFLNK and int(mode, 8) & 0o022]
        check(not open_to_all, f"others may write to these: {open_to_all}")
        return self
