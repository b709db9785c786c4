"""The packages of a release: made twice and compared, checked by the tools of their systems, installed, updated and
removed where the tool is here. The update is from a package of version 0.0.1 with the same program in it."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import chroot
from box import Failed, check

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "scripts"))
from releasing import channels, packages, targets, wheel  # noqa: E402

LINUX = targets.ALL[0]
TOOLS = "lintian rpmlint rpm pacman-package-manager makepkg ruby mmdebstrap python3-venv"
# What no release can have: a signature of the package itself is a distribution's.
EXCUSED = {"statically-linked-binary", "no-signature"}
OLD, OLD_TIME = "0.0.1", 1_700_000_000
# In a bare Debian: install, set up, update, remove; a `go` that asks the linked manager.
DEBIAN = """
set -ex
cd "$HOME"
dpkg -i /{old}
goward setup
readlink .goward/bin/goward
test "$(readlink .goward/bin/goward)" = /usr/bin/goward
for file in $(dpkg -L goward); do case $file in */go | */gofmt) exit 1 ;; esac; done
dpkg -i /{new}
test "$(dpkg-query -W -f '${{Version}}' goward)" = {version}
goward setup
goward self update && exit 1
goward self update 2>&1 | grep -F 'apt upgrade goward'
. "$HOME/.profile"
test "$(command -v go)" = "$HOME/.goward/shims/go"
mkdir p
echo {go} >p/.go-version
(cd p && go version)
goward list
dpkg -r goward
test ! -e /usr/bin/goward
test ! -e /usr/share/goward
test -x "$HOME/.goward/toolchains/go{go}/bin/go"
(cd p && go version)
"""
# Enough of Homebrew to run the formula's install method on an unpacked archive.
BREW = """
require "pathname"
class Place
  def initialize(at) = @at = Pathname(at)
  def install(*things)
    things.flatten.each do |thing|
      (thing.is_a?(Hash) ? thing.to_a : [[thing, File.basename(thing)]]).each do |from, to|
        @at.mkpath
        FileUtils.cp(from, @at/to)
      end
    end
  end
  def /(other) = Place.new(@at/other)
  def write(text) = (@at.dirname.mkpath; @at.write(text))
  def to_s = @at.to_s
end
class Formula
  def self.method_missing(name, *args, **more) = (yield if block_given? && name != :test)
  def self.respond_to_missing?(*) = true
  def self.test = nil
  PREFIX = Pathname(ENV.fetch("PREFIX"))
  { bin: "bin", man1: "share/man/man1", share: "share", doc: "share/doc/goward", bash_completion: "etc/bash_completion.d",
    zsh_completion: "share/zsh/site-functions", fish_completion: "share/fish/vendor_completions.d",
    opt_bin: "opt/goward/bin" }.each { |name, at| define_method(name) { Place.new(PREFIX/at) } }
end
require "fileutils"
load ARGV[0]
Goward.new.install
"""


def run(*command, status=0, **more):
    ran = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=600, **more)
    check(ran.returncode == status, f"{' '.join(map(str, command))}: {ran.returncode}: {ran.stdout}{ran.stderr}")
    return ran.stdout + ran.stderr


class Packages:
    def __init__(self, directory, scratch):
        """The files of a release, and its archive for this system."""
        self.directory, self.scratch = directory.resolve(), scratch
        ends = f"-{LINUX.triple}.tar.gz"
        found = [path for path in self.directory.glob("goward-*") if path.name.endswith(ends)]
        check(len(found) == 1, f"{directory} has no archive for {LINUX.triple}")
        self.archive, self.version = found[0], found[0].name.removeprefix("goward-").removesuffix(ends)
        with tarfile.open(self.archive) as tar:
            entries = [entry for entry in tar.getmembers() if entry.isreg()]
            self.files = {entry.name.split("/", 1)[1]: tar.extractfile(entry).read() for entry in entries}
            self.when = entries[0].mtime

    def new(self, kind):
        return self.directory / packages.name(kind, self.version, LINUX.triple)

    def old(self, kind):
        """The same with a lower version."""
        path = self.scratch / packages.name(kind, OLD, LINUX.triple)
        if not path.exists():
            path.write_bytes(packages.pack(kind, OLD, LINUX.triple, self.files, OLD_TIME))
        return path

    def channels(self):
        with tarfile.open(self.directory / channels.NAME) as tar:
            return {entry.name.split("/", 1)[1]: tar.extractfile(entry).read() for entry in tar if entry.isreg()}


def twice(world):
    """Made again, in another directory and with another umask, all packages have the same bytes."""
    again = world.scratch / "again in another place"
    again.mkdir()
    archives = [path for path in world.directory.iterdir() if re.search(r"-(linux-musl\.tar\.gz|darwin\.tar\.gz|msvc\.zip)$", path.name)]
    for path in archives:
        shutil.copy(path, again)
    env = {**os.environ, "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": str(world.when)}
    old = os.umask(0o077)
    run(sys.executable, TOP / "scripts/release", "--trial", "--only", "package", again, env=env)
    os.umask(old)
    made = [path for path in again.iterdir() if path.name not in {path.name for path in archives}]
    check(len(made) >= 6, f"{made}")
    for path in made:
        check(path.read_bytes() == (world.directory / path.name).read_bytes(), f"{path.name} has other bytes")
    return f"{len(made)} packages"


def checked(world):
    """lintian and rpmlint find no error."""
    said = run("lintian", "--allow-root", "--fail-on", "error", world.new("deb"))
    errors = [line for line in said.splitlines() if line.startswith(("E:", "W:"))]
    check(not errors, "\n".join(errors))
    ran = subprocess.run(["rpmlint", world.new("rpm")], capture_output=True, text=True, check=False)
    errors = [line for line in ran.stdout.splitlines() if ": E: " in line]
    errors = [line for line in errors if line.split(": E: ")[1].split()[0] not in EXCUSED]
    check("packages and" in ran.stdout and not errors, "\n".join(errors) or ran.stdout + ran.stderr)


def in_debian(world, mirror):
    """In a bare Debian, from nothing to `go version`, and back."""
    root = world.scratch / "debian"
    root.mkdir()
    chroot.debian(root)
    for path in (world.old("deb"), world.new("deb")):
        shutil.copy(path, root)
    env = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SHELL": "/bin/sh", "DEBIAN_FRONTEND": "noninteractive"}
    with chroot.mirror(mirror) as address, chroot.mounted(root):
        env |= {"GOWARD_MIRROR": address, "GOWARD_MIRROR_DIGESTS": "own"}
        names = {"old": world.old("deb").name, "new": world.new("deb").name}
        version = world.version.replace("-", "~")
        steps = DEBIAN.format(version=version, go=chroot.GO, **names)
        ran = subprocess.run(["chroot", root, "/bin/sh", "-c", steps], env=env, capture_output=True, text=True, check=False, timeout=600)
    check(ran.returncode == 0, f"status {ran.returncode}: {ran.stdout}{ran.stderr}")
    check(ran.stdout.count(f"go version go{chroot.GO} ") == 2, ran.stdout)


def by_rpm(world):
    root = world.scratch / "rpm"
    root.mkdir()
    rpm = ["rpm", "--root", root]
    run(*rpm, "-i", "--nodeps", world.old("rpm"))
    run(*rpm, "-U", "--nodeps", world.new("rpm"))
    check(run(*rpm, "-q", "goward").startswith(f"goward-{world.version}"), "not updated")
    run(*rpm, "-V", "--nodeps", "goward")
    installed(root / "usr", "dnf upgrade goward\n/usr/bin/goward\n")
    run(*rpm, "-e", "--nodeps", "goward")
    check(not (root / "usr/bin/goward").exists() and not (root / "usr/share/goward").exists(), "rpm -e leaves files")


def by_pacman(world):
    root = world.scratch / "pacman"
    (root / "var/lib/pacman").mkdir(parents=True)
    (root / "pacman.conf").write_text("[options]\nArchitecture = x86_64\nSigLevel = Never\nLocalFileSigLevel = Optional\n")
    pacman = ["pacman", "--root", root, "--dbpath", root / "var/lib/pacman", "--config", root / "pacman.conf", "--noconfirm"]
    pacman += ["--cachedir", root, "--logfile", root / "log"]
    run(*pacman, "-U", world.old("archlinux"))
    run(*pacman, "-U", world.new("archlinux"))
    check(channels.arch_version(world.version) in run(*pacman, "-Q", "goward"), "not updated")
    installed(root / "usr", "pacman -Syu goward\n/usr/bin/goward\n")
    run(*pacman, "-R", "goward")
    check(not (root / "usr/bin/goward").exists() and not (root / "usr/share/goward").exists(), "pacman -R leaves files")


def installed(prefix, packaged):
    """The files that each package has, and no `go`."""
    check((prefix / "share/goward/packaged").read_text() == packaged, "the file `packaged`")
    for path in ("bin/goward", "share/man/man1/goward.1.gz", "share/bash-completion/completions/goward"):
        check((prefix / path).is_file(), path)
    found = sorted(path.name for path in (prefix / "bin").iterdir())
    check(found == ["goward"], f"{found} in bin")


def by_apk(world):
    """There is no apk here: the data of the package, which is a .tar.gz behind two others."""
    listed = run("tar", "--ignore-zeros", "-tzf", world.new("apk")).splitlines()
    check("usr/bin/goward" in listed and ".PKGINFO" in listed, f"{listed[:5]}")
    check(not [name for name in listed if name.endswith(("/go", "/gofmt"))], "a go")


def by_pip(world):
    """Installed, updated and removed in an environment of its own; the marker lies where goward looks."""
    place = world.scratch / "venv"
    run(sys.executable, "-m", "venv", place)
    before = sorted(path for path in place.rglob("*") if "__pycache__" not in path.parts)
    wheels = world.scratch / "wheels"
    wheels.mkdir()
    (wheels / wheel.name(OLD, LINUX.triple)).write_bytes(wheel.pack(OLD, LINUX, world.files, OLD_TIME))
    pip = [place / "bin/pip", "--disable-pip-version-check", "--no-input"]
    offline = ["--no-index", "--find-links", wheels]
    run(*pip, "install", "--quiet", *offline, "goward")
    shutil.copy(world.directory / wheel.name(world.version, LINUX.triple), wheels)
    run(*pip, "install", "--quiet", "--upgrade", *offline, "--pre", "goward")
    check(f"Version: {channels.pep440(world.version)}\n" in run(*pip, "show", "goward"), "not updated")
    home = world.scratch / "home of pip"
    home.mkdir()
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    goward = place / "bin/goward"
    check(run(goward, "--version", env=env) == f"goward {world.version}\n", "version")
    check("pip install --upgrade goward" in run(goward, "self", "update", status=1, env=env), "no word of pip")
    run(goward, "setup", "--no-modify-path", env=env)
    check((home / ".goward/bin/goward").readlink() == goward, "no link")
    run(*pip, "uninstall", "--quiet", "--yes", "goward")
    left = [path for path in place.rglob("*") if path not in before and "__pycache__" not in path.parts and not path.is_dir()]
    check(not left, f"pip uninstall leaves {left}")


def by_brew(world):
    """The formula is Ruby, and its method installs what it should. Homebrew itself is not here."""
    text = world.channels().get("homebrew/goward.rb") or filled(world, "goward.rb.in")
    formula, stub = world.scratch / "goward.rb", world.scratch / "brew.rb"
    formula.write_bytes(text)
    stub.write_text(BREW)
    run("ruby", "-c", formula)
    prefix, unpacked = world.scratch / "brew", world.scratch / "unpacked"
    unpacked.mkdir()
    with tarfile.open(world.archive) as tar:
        tar.extractall(unpacked)
    run("ruby", stub, formula, env={**os.environ, "PREFIX": str(prefix)}, cwd=next(unpacked.iterdir()))
    check(sorted(path.name for path in (prefix / "bin").iterdir()) == ["goward"], "bin")
    check((prefix / "share/goward/packaged").read_text() == f"brew upgrade goward\n{prefix}/opt/goward/bin/goward\n", "packaged")
    check((prefix / "share/man/man1/goward.1").is_file(), "the manual")


def filled(world, template):
    """A template as a whole release fills it in; archives that are not here are stood in for."""
    content = world.archive.read_bytes()
    packed = {}
    for target in targets.ALL:
        name = f"goward-{world.version}-{target.triple}.{target.archive}"
        packed[target.triple] = (name, content if target == LINUX else name.encode())
    return channels.fill(template, channels.values(world.version, world.when, packed)).encode()


def manifests(world):
    """Scoop's is JSON, winget's are YAML, each with what its program asks for."""
    scoop = json.loads(filled(world, "goward.json.in"))
    for key in ("version", "homepage", "license", "architecture", "bin", "checkver", "autoupdate"):
        check(key in scoop, f"scoop: {key}")
    check(re.fullmatch(r"[0-9a-f]{64}", scoop["architecture"]["64bit"]["hash"]), "scoop: hash")
    wanted = {
        "Goward.Goward.yaml.in": ("PackageIdentifier", "PackageVersion", "DefaultLocale"),
        "Goward.Goward.installer.yaml.in": ("InstallerType", "NestedInstallerFiles", "Installers"),
        "Goward.Goward.locale.en-US.yaml.in": ("Publisher", "PackageName", "License", "ShortDescription"),
    }
    for name, keys in wanted.items():
        path = world.scratch / name
        path.write_bytes(filled(world, f"winget/{name}"))
        found = json.loads(run("ruby", "-ryaml", "-rjson", "-rdate", "-e", "puts YAML.unsafe_load_file(ARGV[0]).to_json", path))
        for key in (*keys, "ManifestType", "ManifestVersion"):
            check(key in found, f"{name}: {key}")
        check(found["PackageVersion"] == world.version, name)


def aur(world):
    """The PKGBUILD packs what it should, and makepkg makes the same .SRCINFO of it."""
    place = world.scratch / "aur"
    (place / "src").mkdir(parents=True)
    (place / "PKGBUILD").write_bytes(filled(world, "PKGBUILD.in"))
    with tarfile.open(world.archive) as tar:
        tar.extractall(place / "src")
    script = 'set -e; CARCH=x86_64; . ../PKGBUILD; pkgdir=$PWD/../pkg; package; test "$pkgver" = "$1"'
    run("bash", "-c", script, "bash", channels.arch_version(world.version), cwd=place / "src")
    check(sorted(path.name for path in (place / "pkg/usr/bin").iterdir()) == ["goward"], "bin")
    check((place / "pkg/usr/share/goward/packaged").read_text().endswith("\n/usr/bin/goward\n"), "packaged")
    if shutil.which("makepkg"):
        os.chmod(world.scratch, 0o755)
        shutil.rmtree(place / "src")
        shutil.chown(place, 61234)
        ran = subprocess.run(
            ["makepkg", "--printsrcinfo"], cwd=place, user=61234, capture_output=True, text=True, check=False,
            env={"HOME": str(place), "PATH": os.environ["PATH"]},
        )
        lines = [line for line in ran.stdout.splitlines() if line]
        wanted = [line for line in filled(world, "SRCINFO.in").decode().splitlines() if line]
        check(lines == wanted, f"makepkg says another .SRCINFO: {ran.stdout}{ran.stderr}")


def run_all(directory, scratch, mirror, missing):
    """All of it; what failed."""
    world = Packages(directory, scratch)
    for tool in ("lintian", "rpmlint", "rpm", "pacman", "makepkg", "ruby", "mmdebstrap"):
        if not shutil.which(tool):
            missing.add(f"packages: there is no {tool} here (apt-get install {TOOLS})")
    has = lambda *tools: all(shutil.which(tool) for tool in tools)  # noqa: E731
    root = os.geteuid() == 0
    cases = [
        ("two builds", twice, True),
        ("lintian and rpmlint", checked, has("lintian", "rpmlint")),
        ("a bare Debian", lambda world: in_debian(world, mirror), root and has("mmdebstrap")),
        ("rpm", by_rpm, root and has("rpm")),
        ("pacman", by_pacman, root and has("pacman")),
        ("apk", by_apk, True),
        ("pip", by_pip, True),
        ("Homebrew", by_brew, has("ruby")),
        ("Scoop and winget", manifests, has("ruby")),
        ("AUR", aur, root),
    ]
    failures = []
    for name, case, able in cases:
        if not able:
            missing.add(f"packages, {name}: this needs root, or a tool that is missing")
            continue
        try:
            said = case(world)
            print(f"ok: packages, {name}{f': {said}' if said else ''}", flush=True)
        except (Failed, subprocess.SubprocessError, OSError) as error:
            failures.append(f"packages, {name}: {error}")
            print(f"FAILED: {failures[-1]}", flush=True)
    return failures
