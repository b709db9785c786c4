"""The tools from Python's registry that a release needs, of the versions in `requirements.txt`, in a directory of
their own: they decide bytes, so no other version that may be on this machine stands in for one."""

import importlib
import pathlib
import shutil
import subprocess
import sys

from .failure import Failure
from .source import TOP

REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")
HOME = TOP / "target" / "tools" / "releasing"
BRING = "scripts/release --tools"


def wanted():
    """The tools and their versions."""
    lines = [line.split("==") for line in REQUIREMENTS.read_text().splitlines() if line and not line.startswith("#")]
    return dict(lines)


def place(name):
    """The directory of a tool, which has its version in its name."""
    return HOME / f"{name}-{wanted()[name]}"


def bring(names=()):
    """Installs what is missing of these, else of all; pip compares each file with the registry's digest."""
    if other := set(names) - set(wanted()):
        raise Failure(f"there is no tool {sorted(other)[0]}", f"there are: {', '.join(wanted())}")
    for name, version in wanted().items():
        if names and name not in names:
            continue
        if place(name).is_dir():
            continue
        half = HOME / f"{name}.unfinished"
        shutil.rmtree(half, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        pip += ["--root-user-action", "ignore"]
        subprocess.run([*pip, "--only-binary=:all:", "--target", half, f"{name}=={version}"], check=True)
        half.rename(place(name))


def need(*names):
    """Fails unless these are here."""
    missing = [f"{name} {wanted()[name]}" for name in names if not place(name).is_dir()]
    if missing:
        raise Failure(f"tools of a release are not here: {', '.join(missing)}", BRING)


def module(name):
    """A tool that is a module of Python, by the name `TOOL` or `TOOL.PART`."""
    tool = name.split(".")[0]
    need(tool)
    sys.path.insert(0, str(place(tool)))
    try:
        found = importlib.import_module(name)
    finally:
        sys.path.remove(str(place(tool)))
    if place(tool) not in pathlib.Path(found.__file__).parents:
        raise Failure(f"Python has loaded {found.__file__} already", "start this program anew")
    return found


def program(name):
    """The path of a tool that is a program."""
    need(name)
    found = [path for path in (place(name) / "bin" / name, place(name) / "bin" / f"{name}.exe") if path.is_file()]
    if not found:
        raise Failure(f"{place(name)} has no program {name}", f"delete that directory, then: {BRING}")
    return found[0]
