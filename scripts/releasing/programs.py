"""The programs of a release: the shim, then the manager with that shim in it, built so that neither the
directory nor the user leaves a trace in them."""

import os
import pathlib
import shlex
import shutil
import struct
import subprocess

from .failure import Failure
from .source import TOP
from .targets import RUST

# What a person's settings would change.
PERSONAL = ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC", "RUSTC_WRAPPER", "RUSTC_BOOTSTRAP", "CFLAGS", "CC")
PERSONAL += ("CPPFLAGS", "LDFLAGS", "RUSTC_WORKSPACE_WRAPPER", "CARGO_INCREMENTAL", "CARGO_BUILD_RUSTFLAGS", "AR")
# The most bytes of a manager.
LARGEST = 8_500_000


def rust_command(tool, *words):
    """A command of the compiler's of the release."""
    return ["rustup", "run", RUST, tool, *words]


def said(*command):
    """What a program prints, in one line; empty if it is not here."""
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return " ".join(done.stdout.split("\n")[0].split()) if done.returncode == 0 else ""


def sysroot():
    return said(*rust_command("rustc", "--print", "sysroot"))


def cargo_home():
    return os.environ.get("CARGO_HOME") or str(pathlib.Path.home() / ".cargo")


def names(build):
    """Directories as programs may name them, and what stands there instead."""
    home = pathlib.Path(cargo_home())
    # Named for the registry's address, which is another where a company has a copy.
    crates = sorted((home / "registry" / "src").glob("*"))
    # The last that fits counts, so the outer ones come first.
    return [
        (sysroot(), "/rust"),
        (str(home), "/cargo"),
        (str(TOP), "/goward"),
        (str(build), "/build"),
        *((str(place), "/crates") for place in crates),
    ]


def environment(target, build, when):
    """The environment of a build for this target in the directory `build`."""
    # Cargo asks for settings by such names, too: what they change is no release.
    kept = {
        name: value
        for name, value in os.environ.items()
        # The key and its password are no business of the build scripts of crates.
        if name not in PERSONAL
        and not name.startswith(("CARGO_TARGET_", "CARGO_PROFILE_", "CC_", "CFLAGS_", "GOWARD_RELEASE_"))
    }
    flags = [f"--remap-path-prefix={place}={name}" for place, name in names(build)]
    flags += [f"-Clink-arg={word}" for word in target.link]
    maps = " ".join(shlex.quote(f"-ffile-prefix-map={place}={name}") for place, name in names(build))
    env = {**kept, "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags), "SOURCE_DATE_EPOCH": str(when)}
    env["CARGO_TARGET_DIR"] = str(build)
    env["ZERO_AR_DATE"] = "1"
    # Names of directories may have spaces.
    env["CC_SHELL_ESCAPED_FLAGS"] = "1"
    for triple in {target.triple, target.shim or target.triple}:
        if target.gcc:
            env[f"CARGO_TARGET_{triple.upper().replace('-', '_')}_LINKER"] = target.gcc
        if not target.triple.endswith("-msvc"):
            env[f"CFLAGS_{triple}"] = maps
        if compiler := target.cc or target.gcc:
            env[f"CC_{triple}"] = compiler
    return env


def fetch():
    """Brings all crates here, so that `names` knows where they lie."""
    subprocess.run(rust_command("cargo", "fetch", "--locked", "--quiet"), cwd=TOP, check=True)


def cargo(env, *words):
    command = rust_command("cargo", "build", "--release", "--locked", *words)
    done = subprocess.run(command, cwd=TOP, env=env, check=False)
    if done.returncode:
        raise Failure(f"{' '.join(command)} has failed", "its reason stands above")


def build(target, directory, when):
    """Builds both; the path of the manager."""
    fetch()
    env = environment(target, directory, when)
    shim = target.shim or target.triple
    cargo(env, "--target", shim, "--package", "goward-shim")
    env["GOWARD_SHIM"] = str(directory / shim / "release" / f"go{target.exe}")
    cargo(env, "--target", target.triple, "--package", "goward", "--features", "embed-shim")
    return directory / target.triple / "release" / f"goward{target.exe}"


def interpreter(program):
    """What an ELF executable needs to be started, such as /lib64/ld-linux-x86-64.so.2, or nothing."""
    if program[:4] != b"\x7fELF":
        return ""
    (start,), (size, count) = struct.unpack_from("<Q", program, 32), struct.unpack_from("<HH", program, 54)
    for number in range(count):
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", program, start + number * size)
        if kind == 3:
            return program[offset : offset + length].rstrip(b"\0").decode(errors="replace")
    return ""


def check(target, path, version):
    """Fails unless the manager is what the target promises. Says how it was started, or why it was not."""
    program = path.read_bytes()
    if len(program) > LARGEST:
        raise Failure(f"{path} has {len(program)} bytes, more than {LARGEST}")
    if target.static and interpreter(program):
        raise Failure(f"{path} is not static: it wants {interpreter(program)}")
    for place, _ in names(path.parents[2]):
        if place.encode() in program:
            raise Failure(f"{path} names {place}, a directory of this machine")
    if target.runs_here():
        runner = []
    elif target.emulator:
        runner = [target.emulator]
    else:
        return "not started: nothing here runs it"
    answer = subprocess.run([*runner, path, "--version"], stdout=subprocess.PIPE, text=True, check=False)
    if answer.stdout != f"goward {version}\n":
        raise Failure(f"{path} calls itself {answer.stdout.strip() or 'nothing'}, and this is goward {version}")
    return "started" + "".join(f" by {word}" for word in runner)


def completions(program):
    """Name and text of the completions for each shell, from a manager that runs here."""
    files = {"bash": "goward.bash", "zsh": "_goward", "fish": "goward.fish", "powershell": "_goward.ps1"}
    files["elvish"] = "goward.elv"
    made = {}
    for shell, name in files.items():
        made[f"completions/{name}"] = subprocess.run(
            [program, "completions", shell], stdout=subprocess.PIPE, check=True
        ).stdout
    return made
