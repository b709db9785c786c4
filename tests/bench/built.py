"""The program that a benchmark measures: that of releases, where its tools are here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

WORKSPACE = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(WORKSPACE / "scripts"))
from releasing import failure, programs, source, targets  # noqa: E402


def program(package, name):
    """The program `name` of a package, built as a release by this machine's own compiler and C library."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", WORKSPACE / "target"))
    subprocess.run(["cargo", "build", "--quiet", "--release", "--locked", "-p", package,
                    "--manifest-path", WORKSPACE / "Cargo.toml", "--target-dir", target], check=True)
    return target / "release" / name


def shipped():
    """The goward of a release for this machine, built as a trial is; or None, and stderr says why."""
    try:
        here = [target for target in targets.named([]) if target.runs_here()]
        if not here:
            raise failure.Failure("no release is built on this machine")
        targets.check_tools(here[:1])
        programs.check_settings()
        return programs.build(here[0], WORKSPACE / "target/releasing", source.when(True))
    except failure.Failure as missing:
        print(f"not the program of releases: {missing}", file=sys.stderr)
        return None


def beside_trees(path):
    """The program, or a copy of it beside the mirror's trees. Linux maps a program from a file system in memory in
    smaller pieces than from a disk, and goward then takes a quarter longer. The Go that is measured lies on the disk."""
    target = WORKSPACE / "target"
    if path.stat().st_dev == target.stat().st_dev:
        return path
    (target / "measured").mkdir(exist_ok=True)
    return Path(shutil.copy(path, target / "measured" / path.name))


def goward():
    """The goward that GOWARD names, else one that is built now: the program of releases, or a dynamic one where its
    tools are missing. Says which it is."""
    named = os.environ.get("GOWARD")
    path = Path(named).resolve() if named else shipped() or program("goward", "goward")
    path = beside_trees(path)
    loader = programs.interpreter(path.read_bytes())
    print(f"Measured: {path}, {f'loaded by {loader}' if loader else 'static'}.\n", flush=True)
    return path
