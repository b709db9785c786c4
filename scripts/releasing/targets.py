"""The systems of a release: the tools that build for them, and the missing tests."""

import dataclasses
import pathlib
import platform
import shutil
import subprocess

from .failure import Failure

# Only an equal compiler gives equal bytes.
RUST = "1.95.0"

# A release ends at a panic, after the message, and has no symbols: only a backtrace would read these tables, a
# ninth of the program. The compiler writes them for each function that could clean up, whatever its option says,
# so the linker drops them. Cargo links in the top directory, and another path would be another program.
NO_UNWINDING = "-Cforce-unwind-tables=no"
DROP_UNWINDING = "-Wl,-T,scripts/releasing/no-unwinding.ld"


@dataclasses.dataclass(frozen=True)
class Target:
    """One system. Empty fields: the compiler's own choice."""

    triple: str
    # The system that builds this one, by its name in platform.system().
    builder: str
    # The missing tests, in words for the person who releases.
    lacks: str
    # The shim's triple, if it is not the manager's: the shim has no C library, so it needs no musl.
    shim: str = ""
    # The compiler for C, which links, too.
    gcc: str = ""
    # The compiler for the C in libraries, if it is not the one that links.
    cc: str = ""
    # The emulator for its programs, if the builder itself cannot run them.
    emulator: str = ""
    # Programs and headers, and Debian's packages with them.
    packages: tuple = ()
    # The linker's option against a time in the program.
    link: tuple = ()
    # Options of the compiler's.
    options: tuple = ()
    # Options of the compiler's for C.
    c_options: tuple = ()
    # Whether its programs need no library of the system.
    static: bool = False
    # Whether releases have it.
    published: bool = True

    @property
    def windows(self):
        return "-windows-" in self.triple

    @property
    def exe(self):
        return ".exe" if self.windows else ""

    @property
    def archive(self):
        """The end of the archive's name."""
        return "zip" if self.windows else "tar.gz"

    @property
    def machine(self):
        """Processor and system, by which an installer chooses."""
        processor, _, system = self.triple.split("-")[:3]
        return f"{processor}-{system}"

    def runs_here(self):
        """Whether this machine runs its programs without help."""
        machine = platform.machine().lower()
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
        return self.machine == f"{machine}-{platform.system().lower()}"


ALL = [
    Target(
        "x86_64-unknown-linux-musl",
        "Linux",
        "a test suite of its own: tests run the dynamic build; tests/ship/run --chroot --release installs this one",
        shim="x86_64-unknown-linux-gnu",
        cc="musl-gcc",
        packages=(("gcc", "gcc"), ("/usr/include/stdio.h", "libc6-dev"), ("musl-gcc", "musl-tools")),
        # 12,000 addresses that the program mends when it starts, in 4 KB instead of 290.
        link=("-Wl,-z,pack-relative-relocs", DROP_UNWINDING),
        options=(NO_UNWINDING,),
        # mimalloc takes its memory from areas of so many KiB. For its own, of 1 GiB, it writes tables of forty pages
        # first, which take a quarter of the time that a small command takes. And it searches the environment for each
        # of its fifty settings.
        c_options=("-DMI_DEFAULT_ARENA_RESERVE=65536", "-DMI_NO_GETENV"),
        static=True,
    ),
    Target(
        "aarch64-unknown-linux-musl",
        "Linux",
        "a machine of its own: the shim's contract, and this program's first words, run under QEMU only; and "
        "mimalloc: its allocator is musl's, with which an install took 1.12 times as long on x86-64",
        shim="aarch64-unknown-linux-gnu",
        gcc="aarch64-linux-gnu-gcc",
        emulator="qemu-aarch64",
        packages=(
            ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"),
            ("/usr/aarch64-linux-gnu/include/stdio.h", "libc6-dev-arm64-cross"),
            ("qemu-aarch64", "qemu-user"),
        ),
        link=(DROP_UNWINDING,),
        options=(NO_UNWINDING,),
        static=True,
    ),
    Target(
        "x86_64-pc-windows-gnu",
        "Linux",
        "Windows itself: these programs run under wine only; a release has those of the next line in its place",
        gcc="x86_64-w64-mingw32-gcc",
        packages=(("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64"),),
        link=("-Wl,--no-insert-timestamp",),
        published=False,
    ),
    Target(
        "x86_64-pc-windows-msvc",
        "Windows",
        "everything but the tests on GitHub's machines: no second build was ever compared",
        link=("/Brepro",),
        # Otherwise the program needs a library that fresh machines lack.
        options=("-Ctarget-feature=+crt-static",),
    ),
    Target(
        "aarch64-apple-darwin",
        "Darwin",
        "everything but the tests on GitHub's machines: no second build was ever compared",
    ),
    Target(
        "x86_64-apple-darwin",
        "Darwin",
        "a machine of its own: no test runs this build, and no second build was ever compared",
    ),
]


def named(names):
    """The targets of these triples; without a name those that this system builds."""
    here = platform.system()
    if not names:
        return [target for target in ALL if target.builder == here]
    known = {target.triple: target for target in ALL}
    for name in names:
        if name not in known:
            raise Failure(f"there is no target {name}", f"there are: {', '.join(known)}")
        if known[name].builder != here:
            raise Failure(f"{name} is built on {known[name].builder}, and this is {here}")
    return [known[name] for name in known if name in names]


def installed():
    """The triples that the compiler can build for."""
    if not shutil.which("rustup"):
        return set()
    command = ["rustup", "target", "list", "--installed", "--toolchain", RUST]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return set(done.stdout.split())


def by_rustup(targets):
    """The commands that install the compiler's missing parts for these."""
    have = installed()
    if not have:
        yield ["rustup", "toolchain", "install", RUST, "--profile", "minimal"]
    triples = {triple for target in targets for triple in (target.triple, target.shim or target.triple)}
    if triples - have:
        yield ["rustup", "target", "add", "--toolchain", RUST, *sorted(triples - have)]


def bring(targets):
    """Runs them."""
    for command in by_rustup(targets):
        subprocess.run(command, check=True)


def is_here(what):
    """Whether a program is on PATH, or a file is where its absolute path says."""
    return pathlib.Path(what).is_file() if what.startswith("/") else bool(shutil.which(what))


def check_tools(targets):
    """Fails with all missing tools for these, and the commands that install them."""
    commands = [" ".join(command) for command in by_rustup(targets)]
    if not shutil.which("rustup"):
        commands.insert(0, "get rustup: https://rustup.rs")
    packages = {package for target in targets for program, package in target.packages if not is_here(program)}
    if packages:
        commands.append(f"apt-get install --no-install-recommends {' '.join(sorted(packages))}")
    if commands:
        raise Failure("tools are missing; what brings them:" + "".join(f"\n  {line}" for line in commands))


def describe():
    """Line by line, what each target lacks."""
    return [f"{target.triple} (built on {target.builder}): lacks {target.lacks}" for target in ALL]
