"""The licence files of every crate in a program, as the authors demand: each text once, under the names of its
crates, and of two licences to choose from the first."""

import pathlib
import re

from . import sbom

# As crates call them.
NAMES = ("licen", "copying", "notice", "copyright", "unlicense")
HEAD = """\
goward itself is under the MIT licence or the Apache licence 2.0, as you choose: see LICENSE-MIT and
LICENSE-APACHE. Its programs hold code of Rust's standard library (MIT or Apache-2.0, Copyright (c) The Rust Project
Contributors); the static ones for Linux of musl as well (MIT, Copyright (c) 2005-2020 Rich Felker, et al.); and all
of them code of the crates below, each under the terms that follow its name. Where these leave the choice between the MIT
and the Apache licence, goward takes the first.
"""


def is_licence(name):
    return name.lower().startswith(NAMES) and not name.endswith(".rs")


def takes_mit(package):
    """Whether a crate leaves the choice between the MIT and the Apache licence, of which goward takes the first."""
    offered = re.split(r" OR |/", package.get("license") or "")
    return {"MIT", "Apache-2.0"} <= set(offered)


def is_apache(words):
    """Whether a text is the Apache licence as such, and names no author."""
    return re.match(r"Apache License\s+Version 2\.0, January 2004", words) and len(words) > 9_000


def texts(package):
    """The texts of a crate's licence files, but for its own one of two that goward does not take."""
    read = {path: path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip() for path in files(package)}
    place = pathlib.Path(package["manifest_path"]).parent
    own = [words for path, words in read.items() if path.parent == place]
    left = takes_mit(package) and any("Permission is hereby granted" in words for words in own)
    return [words for path, words in read.items() if not (left and path.parent == place and is_apache(words))]


def files(package):
    """The licence files of a crate, and of other code in its directories."""
    place = pathlib.Path(package["manifest_path"]).parent
    named = [path for path in place.rglob("*") if path.is_file() and is_licence(path.name)]
    if given := package.get("license_file"):
        named.append(place / given)
    return sorted(set(named))


def text(target):
    """The whole file."""
    described, _ = sbom.packages(target.triple)
    linked = sbom.tree(target.triple, "normal,no-proc-macro")
    users, lines = {}, [HEAD]
    for key in sorted(linked):
        package = described[key]
        if package["source"] is None:
            continue
        lines.append(f"{key[0]} {key[1].lstrip('v')}: {package.get('license') or 'see below'}")
        for words in texts(package):
            # A dictionary, since a crate may have one text twice.
            users.setdefault(words, {})[f"{key[0]} {key[1].lstrip('v')}"] = True
    # Equal sentences beside each other: no archive looks back far enough to find them elsewhere.
    for words, names in sorted(users.items(), key=lambda pair: (pair[0].split(), list(pair[1]))):
        lines += ["", "=" * 78, ", ".join(names), "=" * 78, "", words]
    return ("\n".join(lines) + "\n").encode()
