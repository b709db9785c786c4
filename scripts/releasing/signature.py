"""Signatures of a release, by minisign. The public half of a release's key lies in `keys/` and stands in
SECURITY.md. A key of the tests signs trials only, and says so itself."""

import base64
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from .failure import Failure
from .source import TOP

KEY = re.compile(r"RW[A-Za-z0-9+/]{54}")
# In the first line of a key of the tests, which lies open in the repository.
TEST = "TEST KEY"
# The variables with the secret key and its password, if the caller names no file.
SECRET, PASSWORD = "GOWARD_RELEASE_KEY", "GOWARD_RELEASE_PASSWORD"
# Their values, once `hide` has run.
hidden = {}


def public_keys(directory=TOP / "keys"):
    """The keys that may sign releases, the current one first: `1-NAME.pub`, `2-NAME.pub`."""
    found = []
    for path in sorted(directory.glob("*.pub")):
        lines = path.read_text().splitlines()
        if len(lines) != 2 or not KEY.fullmatch(lines[1]):
            raise Failure(f"{path} is no public key of minisign")
        if TEST in lines[0] or lines[1] == (TOP / "tests" / "release" / "test.pub").read_text().split()[-1]:
            raise Failure(f"{path} is a key of the tests", "it has no place among the keys of releases")
        found.append(lines[1])
    return found


def check_published(keys, text=None):
    """Fails if SECURITY.md does not show the keys that users are to trust."""
    text = (TOP / "SECURITY.md").read_text() if text is None else text
    if not keys:
        raise Failure("keys/ has no key, so no release can be signed", "keys/README.md says how to make one")
    for key in keys:
        if key not in text:
            raise Failure(f"SECURITY.md lacks the key {key} of keys/", "add it, so that users can compare")


def hide():
    """Takes both out of the environment: every child would inherit them."""
    hidden.update({name: os.environ.pop(name) for name in (SECRET, PASSWORD) if name in os.environ})


@contextlib.contextmanager
def secret_key(path):
    """The file of the secret key: the named one, else a temporary one with the text of GOWARD_RELEASE_KEY, which
    only this user can read; `None` without either."""
    given = hidden.get(SECRET)
    if path or not given:
        yield pathlib.Path(path) if path else None
        return
    with tempfile.TemporaryDirectory(prefix="goward-key.") as place:
        file = pathlib.Path(place) / "secret.key"
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(given.rstrip("\n") + "\n")
        yield file


def is_test(secret):
    """Whether a secret key says that it is for tests."""
    return TEST in secret.read_text(errors="replace").split("\n")[0]


def minisign(*words):
    if not shutil.which("minisign"):
        raise Failure("minisign is not here", "apt-get install --no-install-recommends minisign")
    # Without a terminal minisign reads the password from stdin. For a key without one it asks nothing.
    password = hidden.get(PASSWORD)
    given = None if password is None else password + "\n"
    done = subprocess.run(["minisign", *map(str, words)], input=given, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Failure(f"minisign {words[0]} has failed", "its reason stands above")
    return done.stdout


def public_half(secret):
    """The public key that belongs to a secret one."""
    with tempfile.TemporaryDirectory(prefix="goward-key.") as place:
        public = pathlib.Path(place) / "public"
        minisign("-R", "-s", secret, "-p", public)
        return public.read_text().split()[-1]


def sign(secret, file, version):
    """Writes FILE.minisig, and reads it again by the public key."""
    public, comment = public_half(secret), f"goward {version}"
    minisign("-S", "-s", secret, "-m", file, "-t", comment, "-c", f"signature of goward {version}")
    check(public, file, comment)
    return public


def check(public, file, comment):
    """Fails unless the key has signed the file's hash with this comment."""
    lines = pathlib.Path(f"{file}.minisig").read_text().splitlines()
    # "ED": the key signed the hash of the file, as every checker expects, and not the file itself.
    if base64.b64decode(lines[1])[:2] != b"ED":
        raise Failure(f"{file}.minisig is no signature of a hash", "take minisign 0.10 or later")
    said = minisign("-V", "-Q", "-P", public, "-m", file).rstrip("\n")
    if said != comment:
        raise Failure(f"{file}.minisig says {said!r}, and {comment!r} is wanted")
