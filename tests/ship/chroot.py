"""The same script in the files of other systems, from nothing to `go version`: a bare Debian, and a
userland that is busybox alone. As root, with the release and a mirror of real Go over loopback. The release
is one of this test's own, or the files that `scripts/release` has made."""

import contextlib
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

from box import Failed, check

TOP = pathlib.Path(__file__).resolve().parents[2]
GO = "1.22.10"
SUITE = "bookworm"
STEPS = """
set -e
cd "$HOME"
sh /install.sh {arguments}
. "$HOME/.profile"
test "$(command -v go)" = "$HOME/.goward/shims/go"
goward install {go}
go version
sh /install.sh {arguments}
"""


def debian(root):
    """Debian as `debootstrap --variant=minbase` makes it, with curl, and what checks signatures."""
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=curl,minisign", SUITE, root]
    subprocess.run(command, check=True)


def busybox(root, programs):
    """Directories, devices, and busybox; for a dynamic goward the libraries that it names."""
    for name in ("bin", "etc", "proc", "dev", "tmp", "root"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "tmp").chmod(0o1777)
    found = shutil.which("busybox")
    shutil.copy(found, root / "bin" / "busybox")
    listed = subprocess.run([found, "--list"], stdout=subprocess.PIPE, text=True, check=True)
    for name in listed.stdout.split():
        if name != "busybox":
            (root / "bin" / name).symlink_to("busybox")
    (root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc" / "group").write_text("root:x:0:\n")
    (root / "dev" / "null").touch()
    needed = subprocess.run(["ldd", programs / "goward"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    libraries = [word for word in needed.stdout.split() if word.startswith("/")]
    for library in libraries:
        place = root / library.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, place)
    return libraries


@contextlib.contextmanager
def mirror(directory):
    """The mirror of real Go, served; its address."""
    command = [sys.executable, TOP / "tests" / "mirror" / "mirror.py", "serve", "--dir", directory, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextlib.contextmanager
def mounted(root):
    """With the two files of the kernel that programs ask for."""
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    subprocess.run(["mount", "--bind", "/dev/null", root / "dev" / "null"], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", root / "proc", root / "dev" / "null"], check=True)


def enter(root, release, address):
    """Runs STEPS in there, as root of it, and shows what they say."""
    shutil.copy(release.script, root / "install.sh")
    env = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SHELL": "/bin/sh"}
    env |= {"GOWARD_MIRROR": address, "GOWARD_MIRROR_DIGESTS": "own"}
    steps = STEPS.format(go=GO, arguments=shlex.join(release.arguments))
    run = subprocess.run(["chroot", root, "/bin/sh", "-c", steps], env=env, capture_output=True, text=True, timeout=600)
    print(run.stdout + run.stderr, flush=True)
    check(run.returncode == 0, f"status {run.returncode}")
    check(f"go version go{GO} " in run.stdout, "no `go version`")
    check(f"goward {release.version} is here" in run.stderr, "the second run does not say that it is here")
    left = list((root / "tmp").iterdir())
    check(not left, f"{left} are left")


def run_all(release, scratch, directory, missing):
    """Both; what failed."""
    if os.geteuid() != 0 or not shutil.which("mmdebstrap") or not shutil.which("busybox"):
        missing.add("other systems' files: this needs root, mmdebstrap and busybox-static")
        return []
    failures = []
    programs = scratch / "programs"
    programs.mkdir()
    for name, content in release.programs.items():
        (programs / name).write_bytes(content)
        (programs / name).chmod(0o755)
    with mirror(directory) as address:
        for name in ("busybox", "debian"):
            root = scratch / name
            root.mkdir()
            try:
                if name == "debian":
                    debian(root)
                elif libraries := busybox(root, programs):
                    check(not release.arguments, f"a release is static, and this one wants {libraries}")
                    print(f"busybox: this goward is not static; beside it lie {' '.join(libraries)}")
                print(f"== {name}", flush=True)
                with mounted(root):
                    enter(root, release, address)
            except (Failed, subprocess.SubprocessError) as error:
                failures.append(f"{name}: {error}")
                print(f"FAILED: {failures[-1]}", flush=True)
    return failures
