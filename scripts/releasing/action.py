"""The GitHub Action as it is released: a bundle, which is made of the sources in `action/` and never committed there."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from .failure import Failure

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BESIDE = ("action.yml", "matchers.json")


def bundle(npm, out, options=(), sources=TOP / "action/src"):
    """Bundles main.js and post.js of a directory, with the packages that `action/` pins, into `out`.

    `npm` is the command of npm, whose Node comes first on PATH. Work is done in a new directory.
    """
    with tempfile.TemporaryDirectory(prefix="goward-action-") as scratch:
        work = pathlib.Path(scratch) / "action"
        shutil.copytree(TOP / "action", work, ignore=shutil.ignore_patterns("node_modules", "dist"))
        shutil.copytree(sources, work / "src", dirs_exist_ok=True)
        shutil.copytree(TOP / "keys", work.parent / "keys")
        environment = {**os.environ, "PATH": os.pathsep.join([str(pathlib.Path(npm[0]).parent), os.environ["PATH"]])}
        words = [str(word) for word in ("--out", out, *options)]
        for command in (["ci", "--silent"], ["run", "--silent", "bundle", "--", *words]):
            ran = subprocess.run([*map(str, npm), *command], cwd=work, env=environment, check=False, stdout=sys.stderr)
            if ran.returncode:
                raise Failure(f"npm {command[0]} ended with status {ran.returncode}", "the words of npm are above")


def lay_out(npm, out, options=()):
    """Makes the whole action in a new directory: the bundle, and the files that GitHub reads beside it."""
    bundle(npm, out / "dist", options)
    for name in BESIDE:
        shutil.copy(TOP / "action" / name, out / name)


def contents(directory):
    """The bytes of each file below a directory, by its name there."""
    return {file.relative_to(directory): file.read_bytes() for file in directory.rglob("*") if file.is_file()}
