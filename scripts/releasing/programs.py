"""The programs of a release: the shim, then the manager with that shim in it, built so that neither the
directory nor the user leaves a trace in them."""

import json
import os
import pathlib
import re
import shlex
import shutil
import struct
import subprocess
import tempfile

from .failure import Failure
from .source import TOP
from .targets import RUST

# The settings of a person that a build gets: places of tools, the way to the network, and Cargo's own settings of
# these two kinds. Any other could change the program.
ALLOWED = re.compile(
    r"PATH|HOME|USER|LOGNAME|TMPDIR|TEMP|TMP|TZ|LANG|LC_.*|CARGO_HOME|RUSTUP_HOME|RUSTUP_DIST_SERVER"
    r"|CARGO_BUILD_JOBS|CARGO_(SOURCE|REGISTRY|REGISTRIES|HTTP|NET)_.*|SSL_CERT_(FILE|DIR)|(https?|all|no)_proxy"
    # The places of the system's compilers, on macOS and Windows.
    r"|DEVELOPER_DIR|SDKROOT|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|SYSTEMDRIVE|USERPROFILE|(LOCAL)?APPDATA"
    r"|PROGRAM(FILES|DATA).*|COMMONPROGRAM.*|NUMBER_OF_PROCESSORS|PROCESSOR_.*",
    re.IGNORECASE,
)
# The tables of Cargo's configuration that name the sources of crates.
HARMLESS = {"source", "registry", "registries", "http", "net"}
# The most bytes of the shim for x86-64 Linux.
LARGEST_SHIM = 128_000
# The most bytes of a manager.
LARGEST = 8_500_000


def rust_command(tool, *words):
    """A command of the release's compiler."""
    return ["rustup", "run", RUST, tool, *words]


def said(*command):
    """The first line of what a program prints."""
    if not shutil.which(command[0]):
        raise Failure(f"{command[0]} is not here")
    done = subprocess.run(command, env=allowed(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    if done.returncode or not done.stdout.strip():
        raise Failure(f"{' '.join(command)} does not say what it is")
    return " ".join(done.stdout.split("\n")[0].split())


def sysroot():
    return said(*rust_command("rustc", "--print", "sysroot"))


def cargo_home():
    return os.environ.get("CARGO_HOME") or str(pathlib.Path.home() / ".cargo")


def names(build):
    """Directories that programs may name, and the names that replace them."""
    home = pathlib.Path(cargo_home())
    # Its name comes from the registry's address, and a company's copy has another address.
    crates = sorted((home / "registry" / "src").glob("*"))
    # The last match counts, so the outer directories come first.
    return [
        (sysroot(), "/rust"),
        (str(home), "/cargo"),
        (str(TOP), "/goward"),
        (str(build), "/build"),
        *((str(place), "/crates") for place in crates),
    ]


def allowed():
    """The caller's environment without the variables that could change a program."""
    return {name: value for name, value in os.environ.items() if ALLOWED.fullmatch(name)}


def tables(text):
    """The names of the tables in a configuration of Cargo's, and of keys outside a table."""
    found, inside = set(), False
    for line in text.splitlines():
        begun = re.match(r"""\s*(\[*)\s*["']?([A-Za-z0-9_-]+)""", line)
        if begun and (begun[1] or not inside):
            found.add(begun[2])
            inside = inside or bool(begun[1])
    return found


def check_settings():
    """Fails if Cargo would read a setting of a person's that changes programs."""
    places = [pathlib.Path(cargo_home()), *(place / ".cargo" for place in TOP.parents)]
    for path in (place / name for place in places for name in ("config.toml", "config")):
        if path.is_file() and (other := tables(path.read_text(errors="replace")) - HARMLESS):
            raise Failure(f"{path} sets {', '.join(sorted(other))}", "move it away while a release is built")


def workspace_flags(triple):
    """The compiler's options in `.cargo/config.toml`, which options in the environment would hide."""
    if "-linux-" not in triple:
        return []
    text = (TOP / ".cargo" / "config.toml").read_text()
    found = re.findall(r"(?m)^rustflags = (\[.*\])$", text)
    if len(found) != 1 or tables(text) != {"target"}:
        raise Failure(f"{TOP / '.cargo' / 'config.toml'} has more than one list of options", "say here for which targets")
    return json.loads(found[0])


def environment(target, build, when):
    """The environment of a build for this target in the directory `build`."""
    flags = [f"--remap-path-prefix={place}={name}" for place, name in names(build)]
    flags += [f"-Clink-arg={word}" for word in target.link]
    flags += [*target.options, *workspace_flags(target.triple)]
    maps = " ".join(shlex.quote(f"-ffile-prefix-map={place}={name}") for place, name in names(build))
    env = {**allowed(), "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags), "SOURCE_DATE_EPOCH": str(when)}
    env["CARGO_TARGET_DIR"] = str(build)
    env["ZERO_AR_DATE"] = "1"
    # Names of directories may have spaces.
    env["CC_SHELL_ESCAPED_FLAGS"] = "1"
    for triple in {target.triple, target.shim or target.triple}:
        if target.gcc:
            env[f"CARGO_TARGET_{triple.upper().replace('-', '_')}_LINKER"] = target.gcc
        if not target.triple.endswith("-msvc"):
            env[f"CFLAGS_{triple}"] = " ".join((maps, *target.c_options))
        if compiler := target.cc or target.gcc:
            env[f"CC_{triple}"] = compiler
    return env


def fetch():
    """Fetches all crates, so that `names` knows their places."""
    command = rust_command("cargo", "fetch", "--locked", "--quiet")
    if subprocess.run(command, cwd=TOP, env=allowed(), check=False).returncode:
        raise Failure(f"{' '.join(command)} has failed", "its reason stands above")


def cargo(env, *words):
    command = rust_command("cargo", "build", "--release", "--locked", *words)
    done = subprocess.run(command, cwd=TOP, env=env, check=False)
    if done.returncode:
        raise Failure(f"{' '.join(command)} has failed", "its reason stands above")


def build(target, directory, when):
    """Builds both; gives the path of the manager."""
    fetch()
    env = environment(target, directory, when)
    shim = target.shim or target.triple
    cargo(env, "--target", shim, "--package", "goward-shim")
    small = directory / shim / "release" / f"go{target.exe}"
    check_shim(target, small)
    env["GOWARD_SHIM"] = str(small)
    cargo(env, "--target", target.triple, "--package", "goward", "--features", "embed-shim")
    return directory / target.triple / "release" / f"goward{target.exe}"


def manual(target, directory, when):
    """Name and content of the manual pages, by a build that is for them alone. `build` puts its own in that one's place."""
    fetch()
    env = environment(target, directory, when)
    cargo(env, "--target", target.triple, "--package", "goward", "--features", "manual")
    with tempfile.TemporaryDirectory() as pages:
        maker = directory / target.triple / "release" / f"goward{target.exe}"
        done = subprocess.run([maker, pages], check=False)
        if done.returncode:
            raise Failure(f"{maker} writes no manual pages")
        return {f"man/{page.name}": page.read_bytes() for page in sorted(pathlib.Path(pages).iterdir())}


def check_shim(target, path):
    """Fails if the shim is larger than its tests allow: the build then lost an option of the compiler's."""
    size = path.stat().st_size
    if target.machine == "x86_64-linux" and size > LARGEST_SHIM:
        raise Failure(f"{path} has {size} bytes, more than {LARGEST_SHIM}")


def interpreter(program):
    """The program that starts an ELF executable, such as /lib64/ld-linux-x86-64.so.2, or nothing."""
    if program[:4] != b"\x7fELF":
        return ""
    (start,), (size, count) = struct.unpack_from("<Q", program, 32), struct.unpack_from("<HH", program, 54)
    for number in range(count):
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", program, start + number * size)
        if kind == 3:
            return program[offset : offset + length].rstrip(b"\0").decode(errors="replace")
    return ""


def check(target, path, version):
    """Fails unless the manager keeps the target's promises. Says how the script started it, or why it did not."""
    program = path.read_bytes()
    if len(program) > LARGEST:
        raise Failure(f"{path} has {len(program)} bytes, more than {LARGEST}")
    if target.static and interpreter(program):
        raise Failure(f"{path} is not static: it wants {interpreter(program)}")
    if target.windows and b"vcruntime" in program.lower():
        raise Failure(f"{path} wants the runtime of Visual C++, which not every Windows has")
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
