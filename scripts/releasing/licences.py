"""The licence files of every crate in a program, as the authors demand: each text once, under the names of its
crates."""

import pathlib

from . import sbom

# As crates call them.
NAMES = ("licen", "copying", "notice", "copyright", "unlicense")
HEAD = """\
goward itself is under the MIT licence or the Apache licence 2.0, as you choose: see LICENSE-MIT and
LICENSE-APACHE. Its programs hold code of Rust's standard library (MIT or Apache-2.0, Copyright (c) The Rust Project
Contributors); the static ones for Linux of musl as well (MIT, Copyright (c) 2005-2020 Rich Felker, et al.); and all
of them code of the crates below, each under the terms that follow its name.
"""


def is_licence(name):
    return name.lower().startswith(NAMES) and not name.endswith(".rs")


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
        for path in files(package):
            words = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip()
            # A dictionary, since a crate may have one text twice.
            users.setdefault(words, {})[f"{key[0]} {key[1].lstrip('v')}"] = True
    for words, names in sorted(users.items(), key=lambda pair: list(pair[1])):
        lines += ["", "=" * 78, ", ".join(names), "=" * 78, "", words]
    return ("\n".join(lines) + "\n").encode()
