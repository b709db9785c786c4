"""Images and containers by buildah, with a store of their own: no daemon, and no registry is asked."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

from tools import TOP, once

# What the shipped Dockerfile builds upon.
DEBIAN, ALPINE = "docker.io/library/buildpack-deps:trixie-scm", "docker.io/library/alpine:3.22"
# Whether those come from their registry. Else Debian's packages make what stands for them.
REAL = "GOWARD_TEST_BASES" in os.environ
# The root directory stays as the image has it: only /tmp can be written to.
READ_ONLY = """
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && mount -t tmpfs tmpfs "$1/tmp" &&
mount --bind /dev "$1/dev" && mount -t proc proc "$1/proc" && ! touch "$1/usr/x" 2>/dev/null &&
shift && exec chroot "$@"
"""


def debian(half):
    """Debian with what its name promises: git, curl, certificates."""
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates,curl,git", "trixie", half / "base.tar"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def alpine(half):
    """Busybox, musl's loader and certificates, from Debian's packages: neither apk nor Alpine's own files."""
    root, busybox = half / "root", shutil.which("busybox")
    for name in ("bin", "etc/ssl/certs", "lib", "tmp", "proc", "dev", "root", "usr"):
        (root / name).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    shutil.copy(busybox, root / "bin/busybox")
    for name in subprocess.run([busybox, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout.split():
        if name != "busybox":
            (root / "bin" / name).symlink_to("busybox")
    # A static goward needs no loader, and a program that a user brings does.
    loader = pathlib.Path("/lib/ld-musl-x86_64.so.1")
    if loader.exists():
        shutil.copy(loader, root / "lib" / loader.name)
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", root / "etc/ssl/certs")
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    subprocess.run(["tar", "-cf", half / "base.tar", "-C", root, "."], check=True)
    shutil.rmtree(root)


BASES = {DEBIAN: ("base-debian-trixie-1", debian), ALPINE: ("base-busybox-1", alpine)}


def usable():
    """Whether the machine has what images need; says what is missing."""
    wanted = ["buildah", "unshare"] if REAL else ["buildah", "unshare", "busybox", "mmdebstrap"]
    missing = [name for name in wanted if not shutil.which(name)]
    missing += ["root"] if os.geteuid() != 0 else []
    if missing:
        print(f"NOT TESTED: images: this needs {', '.join(missing)}", file=sys.stderr)
        if "GOWARD_TEST_CLIENTS" in os.environ:
            sys.exit(1)
    return not missing


USABLE = usable()


class Boxes:
    """A store of images below a directory."""

    def __init__(self, directory):
        settings = directory / "storage.conf"
        settings.write_text(f'[storage]\ndriver = "vfs"\ngraphroot = "{directory}/store"\nrunroot = "{directory}/run"\n')
        self.environment = {**os.environ, "CONTAINERS_STORAGE_CONF": str(settings)}

    def call(self, *words, offline=False):
        """What buildah prints."""
        command = ["buildah", *words] if not offline else ["unshare", "--net", "buildah", *words]
        ran = subprocess.run(command, env=self.environment, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=900, check=False)
        assert ran.returncode == 0, f"buildah {' '.join(map(str, words))}\n{ran.stdout}{ran.stderr}"
        return ran.stdout.strip()

    def base(self, name):
        """Brings one of the BASES under its real name."""
        if REAL:
            self.call("pull", "--quiet", name)
            return
        directory, make = BASES[name]
        container = self.call("from", "scratch")
        self.call("add", "--quiet", container, once(directory, make) / "base.tar", "/")
        self.call("commit", "--quiet", "--rm", container, name)
        print(f"    {name}: Debian's packages stand for it", flush=True)

    def settle(self, image, name, **environment):
        """The image under a name, with variables for what is built upon it."""
        container = self.call("from", "--pull-never", image)
        for key, value in environment.items():
            self.call("config", "--env", f"{key}={value}", container)
        self.call("commit", "--quiet", "--rm", container, name)

    def build(self, file, context, target=None, **arguments):
        """Builds with no network; the image."""
        volume = ["--volume", f"{arguments.pop('mirror')}:/mirror:ro"]
        words = ["--isolation", "chroot", "--pull-never", "--timestamp", "1700000000", *volume]
        words += [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
        words += ["--target", target] if target else []
        return self.call("bud", "--quiet", *words, "--file", file, context, offline=True)

    def layers(self, image):
        """The digests of an image's layers."""
        return json.loads(self.call("inspect", "--type", "image", image))["OCIv1"]["rootfs"]["diff_ids"]

    def start(self, image):
        """A container."""
        return self.call("from", "--pull-never", image)

    def run(self, container, script, user="0", **environment):
        """What a script prints in a container, with its status at the end."""
        words = [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
        return self.call("run", "--isolation", "chroot", "--user", user, *words, container, "--", "sh", "-c", shown(script))

    def run_read_only(self, container, script, user="0", **environment):
        """The same where nothing but /tmp can be written to."""
        root = self.call("mount", container)
        settings = json.loads(self.call("inspect", "--type", "container", container))["OCIv1"]["config"]["Env"]
        command = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", READ_ONLY, "sh", root,
                   f"--userspec={user}", root, "/bin/sh", "-c", shown(script)]
        environment = {**dict(one.split("=", 1) for one in settings), **environment}
        ran = subprocess.run(command, env={"PATH": os.environ["PATH"], **environment}, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900, check=False)
        return ran.stdout


def shown(script):
    return f"( {script}\n) 2>&1; echo \"status $?\""


DOCKERFILE = TOP / "scripts/images/Dockerfile"
