"""A machine for the cases: this one, with mounts of its own over all that a case changes. They end with the
process, and nothing of this machine is touched."""

import os
import pathlib
import shlex
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
# What is laid over: what is written there goes to memory.
OVERLAID = ["/etc", "/usr", "/var", "/home", "/srv", "/opt"]
SCRATCH = pathlib.Path("/run/goward")
PROGRAMS = SCRATCH / "programs"
MIRROR = pathlib.Path("/srv/go-mirror")
ROOT = pathlib.Path("/usr/local/lib/goward")
POLICY = pathlib.Path("/etc/goward/config.toml")
PATH = "/usr/local/bin:/usr/bin:/bin"
USERS = {"ann": 64001, "bob": 64002, "goinstall": 64003}
# The archives are made from packages, so no table knows them: their mirror vouches for itself.
MIRRORS = f'mirrors = ["{MIRROR.as_uri()}/"]\nmirror-digests = "own"\n'


class Failed(Exception):
    """What a case found."""


def check(holds, *facts):
    if not holds:
        raise Failed(*facts)


def alone():
    """Starts the caller anew where its mounts are its own, and lays memory over the directories."""
    if os.geteuid() != 0:
        sys.exit("shared: this needs root: sudo tests/shared/run")
    if not os.environ.get("GOWARD_TEST_UNSHARED"):
        os.environ["GOWARD_TEST_UNSHARED"] = "1"
        os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv])
    os.environ.pop("GOWARD_TEST_UNSHARED")
    os.umask(0o022)
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    SCRATCH.mkdir()
    for place in OVERLAID:
        upper, work = SCRATCH / "over" / place[1:] / "upper", SCRATCH / "over" / place[1:] / "work"
        upper.mkdir(parents=True)
        work.mkdir()
        # The copy of the top has its mode.
        shutil.copystat(place, upper)
        mount("-t", "overlay", "-o", f"lowerdir={place},upperdir={upper},workdir={work}", "overlay", place)
    # Nothing of an earlier goward of this machine takes part.
    for left in [ROOT, POLICY.parent]:
        shutil.rmtree(left, ignore_errors=True)
    for left in [*(f"/usr/local/bin/{name}" for name in ("go", "gofmt", "goward")), "/etc/profile.d/goward.sh"]:
        pathlib.Path(left).unlink(missing_ok=True)


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def prepare():
    """Programs and archives that every user may read, users, and sudo."""
    given = pathlib.Path(os.environ.get("GOWARD_TEST_BINARIES", TOP / "target/debug"))
    PROGRAMS.mkdir()
    for name in ("go", "goward"):
        shutil.copy(given / name, PROGRAMS / name)
        os.chmod(PROGRAMS / name, 0o755)
    MIRROR.mkdir()
    made = pathlib.Path(os.environ.get("GOWARD_GO_MIRROR", TOP / "target/go-mirror"))
    for archive in [*made.glob("*.tar.gz"), made / "index.json"]:
        # In memory: a directory of the caller's home may be closed to other users.
        shutil.copy(archive, MIRROR / archive.name)
        os.chmod(MIRROR / archive.name, 0o644)
    if not shutil.which("sudo"):
        subprocess.run(["apt-get", "-q", "update"], check=True)
        subprocess.run(["apt-get", "-q", "install", "-y", "--no-install-recommends", "sudo"], check=True)
    for name, number in USERS.items():
        words = ["useradd", "--uid", str(number), "--user-group", "--shell", "/bin/sh", "--create-home"]
        subprocess.run([*words, name], check=True)
        os.chmod(f"/home/{name}", 0o755)


class Ran:
    """The end of a command."""

    def __init__(self, words, ran):
        self.words, self.code, self.out, self.err = words, ran.returncode, ran.stdout, ran.stderr

    def __repr__(self):
        return f"{shlex.join(map(str, self.words))}: {self.code}\n{self.out}{self.err}"

    def ok(self):
        check(self.code == 0, self)
        return self.out

    def fails(self, code, *says):
        check(self.code == code, f"wanted {code}", self)
        for text in says:
            check(text in self.err, f"does not say {text!r}", self)
        return self


def run(user, *words, cwd=None, path=PATH, timeout=300, **variables):
    """A command of a user, with hardly any variables."""
    home = "/root" if user == "root" else f"/home/{user}"
    environment = {"HOME": home, "PATH": path, "COLUMNS": "400", "GOFLAGS": "-modcacherw", **variables}
    become = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
    ran = subprocess.run([*become, *map(str, words)], cwd=cwd or home, env=environment, timeout=timeout,
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    return Ran(words, ran)


def login(user, command):
    """A command in a login shell."""
    ran = subprocess.run(["su", "-l", user, "-c", command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return Ran(["su", "-l", user, "-c", command], ran)


def goward(user, *words, **more):
    """The goward on PATH of a user."""
    return run(user, "goward", *words, **more)


def setup(*words, **more):
    """The goward of a release, as root."""
    return run("root", PROGRAMS / "goward", "setup", *words, **more)


def policy(text, mode=0o644, owner=0):
    """The policy file, which says just that; without a text there is none."""
    shutil.rmtree(POLICY.parent, ignore_errors=True)
    if text is not None:
        POLICY.parent.mkdir()
        POLICY.write_text(text)
        os.chmod(POLICY, mode)
        os.chown(POLICY, owner, owner)


def own(user, name, text):
    """A file of a user's."""
    path = pathlib.Path(f"/home/{user}") / name
    missing = [one for one in path.parents if not one.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    for one in [path, *missing]:
        os.chown(one, USERS[user], USERS[user])
    return path


def forget(user):
    """Takes away all that a user has."""
    home = pathlib.Path(f"/home/{user}")
    for entry in home.iterdir():
        run(user, "rm", "-rf", entry)
    for entry in home.iterdir():
        # What is root's there, too.
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def sudoers(text):
    """A drop-in of sudo, which visudo finds right."""
    path = pathlib.Path("/etc/sudoers.d/goward-test")
    path.write_text(text)
    path.chmod(0o440)
    ran = subprocess.run(["visudo", "-cf", path], capture_output=True, text=True)
    check(ran.returncode == 0, ran.stdout, ran.stderr)
