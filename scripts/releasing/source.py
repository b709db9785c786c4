"""What is released: version, commit and time, and whether a tag says that this is it."""

import os
import pathlib
import re
import shutil
import subprocess

from .failure import Failure

TOP = pathlib.Path(__file__).resolve().parents[2]


def git(*words):
    """What git says; it reads nothing of the user's that could change the answer's form."""
    if not shutil.which("git"):
        raise Failure("git is not here", "apt-get install --no-install-recommends git")
    command = ["git", "-C", str(TOP), "-c", "core.fsmonitor=false", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Failure(f"git {words[0]}: {done.stderr.strip()}", "a release is made from a clone with git")
    return done.stdout.strip()


def version():
    """The version of the workspace."""
    found = re.search(r'(?m)^version = "([0-9A-Za-z.-]+)"$', (TOP / "Cargo.toml").read_text())
    if not found:
        raise Failure(f"{TOP / 'Cargo.toml'} has no version")
    return found[1]


def when():
    """The second that every file of the release gets: of SOURCE_DATE_EPOCH, else of the commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return int(git("log", "-1", "--format=%ct"))
    if not re.fullmatch(r"[0-9]{1,11}", given):
        raise Failure(f"SOURCE_DATE_EPOCH is no number of seconds: {given}")
    return int(given)


def check_release(wanted):
    """Fails unless the tree is what the tag of this version says, and the changelog has that version."""
    if left := git("status", "--porcelain"):
        raise Failure(f"the tree differs from the commit: {left.splitlines()[0].strip()}", "commit, or use --trial")
    if f"v{wanted}" not in git("tag", "--points-at", "HEAD").split():
        raise Failure(f"this commit has no tag v{wanted}", f"git tag -s v{wanted}, or use --trial")
    dated = rf"(?m)^## \[{re.escape(wanted)}\] - \d{{4}}-\d\d-\d\d$"
    if not re.search(dated, (TOP / "CHANGELOG.md").read_text()):
        raise Failure(f"CHANGELOG.md has no dated section for {wanted}", f"write: ## [{wanted}] - YYYY-MM-DD")


def notes(wanted):
    """What the changelog says of this version, without its heading."""
    text = (TOP / "CHANGELOG.md").read_text()
    found = re.search(rf"(?ms)^## \[{re.escape(wanted)}\][^\n]*\n(.*?)(?=^## |^\[|\Z)", text)
    if not found or not found[1].strip():
        raise Failure(f"CHANGELOG.md says nothing of {wanted}")
    return found[1].strip()
