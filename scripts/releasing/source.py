"""The source of a release: version, commit and time, and whether the tag of this version names it.

Settings of the person, of the clone and of the environment do not change git's answers here."""

import os
import pathlib
import re
import shutil
import subprocess

from .failure import Failure

TOP = pathlib.Path(__file__).resolve().parents[2]
# Settings that git gets here, in the place of the person's.
SETTINGS = (
    "core.attributesFile=",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    # Windows has no such modes.
    *(["core.fileMode=true"] if os.name != "nt" else []),
    "core.trustctime=true",
    "core.checkStat=default",
    "core.quotePath=true",
    "diff.ignoreSubmodules=none",
    "log.showSignature=false",
    "status.showUntrackedFiles=all",
    "status.branch=false",
    "status.short=false",
)


def environment():
    """The environment for git, without its own variables: they name other repositories, files and settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**env, "GIT_NO_REPLACE_OBJECTS": "1", "GIT_ATTR_NOSYSTEM": "1"}


def git(*words):
    """git's answer; git reads no setting of the user's that could change its form."""
    if not shutil.which("git"):
        raise Failure("git is not here", "apt-get install --no-install-recommends git")
    command = ["git", "-C", str(TOP), *(word for setting in SETTINGS for word in ("-c", setting)), *words]
    done = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Failure(f"git {words[0]}: {done.stderr.strip()}", "a release is made from a clone with git")
    return done.stdout.strip()


def check_clone():
    """Fails unless git answers for this directory, and not for a repository above it."""
    top = git("rev-parse", "--show-toplevel")
    if not top or not os.path.samefile(top, TOP):
        raise Failure(f"{TOP} is no clone of its own: git takes {top} for it", "a release is made from a clone with git")
    attributes = TOP / git("rev-parse", "--git-path", "info/attributes")
    if attributes.is_file() and attributes.read_text(errors="replace").strip():
        raise Failure(f"{attributes} changes how git compares files", "move it away while a release is built")


def changes():
    """The differences from the commit, line by line, also in files that the clone was told to overlook."""
    # Lowercase: assumed to be unchanged; S: not checked out.
    hidden = [line for line in git("ls-files", "-v").splitlines() if line[0].islower() or line[0] == "S"]
    # The repository's own .gitignore counts; .git/info/exclude and the person's do not.
    new = git("ls-files", "--others", "--exclude-per-directory=.gitignore").splitlines()
    return [*git("status", "--porcelain").splitlines(), *hidden, *(f"?? {name}" for name in new)]


def version():
    """The version of the workspace."""
    found = re.search(r'(?m)^version = "([0-9A-Za-z.-]+)"$', (TOP / "Cargo.toml").read_text())
    if not found:
        raise Failure(f"{TOP / 'Cargo.toml'} has no version")
    return found[1]


def when(trial):
    """The second that every file of the release gets: the commit's; for a trial that of SOURCE_DATE_EPOCH, if set."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is not None and not re.fullmatch(r"[0-9]{1,11}", given):
        raise Failure(f"SOURCE_DATE_EPOCH is no number of seconds: {given}")
    if trial and given is not None:
        return int(given)
    committed = int(git("log", "-1", "--format=%ct"))
    if given is not None and int(given) != committed:
        raise Failure(f"SOURCE_DATE_EPOCH is {given}, and a release has its commit's time, {committed}", "unset it, or use --trial")
    return committed


def check_release(wanted):
    """Fails unless the tree is that of this version's tag, and the changelog has every line below that version."""
    check_clone()
    if left := changes():
        raise Failure(f"the tree differs from the commit: {left[0].strip()}", "commit, or use --trial")
    if f"v{wanted}" not in git("tag", "--points-at", "HEAD").split():
        raise Failure(f"this commit has no tag v{wanted}", f"git tag -s v{wanted}, or use --trial")
    dated = rf"(?m)^## \[{re.escape(wanted)}\] - \d{{4}}-\d\d-\d\d$"
    if not re.search(dated, (TOP / "CHANGELOG.md").read_text()):
        raise Failure(f"CHANGELOG.md has no dated section for {wanted}", f"write: ## [{wanted}] - YYYY-MM-DD")
    if section("Unreleased"):
        raise Failure("CHANGELOG.md has text below [Unreleased], which the notes would lack", f"move it below [{wanted}]")


def section(heading):
    """The text of the changelog below this heading, or ""."""
    text = (TOP / "CHANGELOG.md").read_text()
    found = re.search(rf"(?ms)^## \[{re.escape(heading)}\][^\n]*\n(.*?)(?=^## |^\[|\Z)", text)
    return found[1].strip() if found else ""


def notes(wanted):
    """The changelog's text of this version, without its heading."""
    if not (text := section(wanted)):
        raise Failure(f"CHANGELOG.md says nothing of {wanted}")
    return text
