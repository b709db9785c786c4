"""The release build that a benchmark measures."""

import os
import subprocess
from pathlib import Path

WORKSPACE = Path(__file__).resolve().parent.parent.parent


def program(package, name):
    """The program `name` of a package, built as a release."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", WORKSPACE / "target"))
    subprocess.run(["cargo", "build", "--quiet", "--release", "--locked", "-p", package,
                    "--manifest-path", WORKSPACE / "Cargo.toml", "--target-dir", target], check=True)
    return target / "release" / name


def goward():
    """The goward that GOWARD names, else one that is built now."""
    named = os.environ.get("GOWARD")
    return Path(named).resolve() if named else program("goward", "goward")
