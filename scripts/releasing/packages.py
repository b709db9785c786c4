"""Packages of the systems: deb, rpm, apk, and Arch's, by nfpm. Each holds the program, its manual, its completions and
its licences, and the file `packaged`, by which goward knows that a package manager looks after it. None holds a
`go`: `goward setup` puts that into the user's own directory."""

import json
import os
import pathlib
import subprocess
import tempfile
import time

from . import archive, channels, tools
from .failure import Failure

# The processors as nfpm and the systems call them.
PROCESSORS = {
    "x86_64-unknown-linux-musl": ("amd64", "x86_64"),
    "aarch64-unknown-linux-musl": ("arm64", "aarch64"),
}
MAINTAINER = "goward maintainers <maintainers@users.noreply.github.com>"
SUMMARY = "plain `go` runs the Go version that each directory asks for"
DESCRIPTION = """\
goward installs Go toolchains and chooses among them by directory: by its
own pin files, those of other version managers, and go.mod. A small
program named go, which `goward setup` puts into the user's directory,
starts the chosen one."""
# The command that updates it, and the path that stays when it is updated.
UPDATES = {
    "deb": "apt upgrade goward",
    "rpm": "dnf upgrade goward",
    "apk": "apk upgrade goward",
    "archlinux": "pacman -Syu goward",
}
ZSH = {"deb": "/usr/share/zsh/vendor-completions/_goward"}
# Debian's checker asks for the reason of each.
OVERRIDES = """\
# A release is one static program for all systems of Linux, so it names no library.
goward: shared-library-lacks-prerequisites
"""
COPYRIGHT = """\
goward, from https://github.com/goward/goward

Copyright: the goward contributors
License: MIT or Apache-2.0, as you choose

The licences of the crates in the program are in LICENSES-OF-PARTS.txt.gz beside this file. The Apache licence 2.0 is
in /usr/share/common-licenses/Apache-2.0.
"""


def name(kind, version, triple):
    """The name of a package's file, in the way of its system."""
    debian, other = PROCESSORS[triple]
    return {
        "deb": f"goward_{version}_{debian}.deb",
        "rpm": f"goward-{version}-1.{other}.rpm",
        "apk": f"goward-{version}.{other}.apk",
        "archlinux": f"goward-{channels.arch_version(version)}-1-{other}.pkg.tar.zst",
    }[kind]


def changelog(version, when):
    """Debian's form of the changelog: the whole one is beside it."""
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(when))
    debian = version.replace("-", "~")
    notes = f"  * Release {version}: see CHANGELOG.md.gz."
    return f"goward ({debian}) unstable; urgency=medium\n\n{notes}\n\n -- {MAINTAINER}  {date}\n".encode()


def copyright_of(files):
    """Debian's file of licences, with the text of MIT's."""
    lines = files["LICENSE-MIT"].decode().rstrip().splitlines()
    return (COPYRIGHT + "".join(f" {line.strip() or '.'}\n" for line in lines)).encode()


def contents(kind, version, files, when):
    """Paths on the system, with modes and bytes. `files`: those of the archive, by name."""
    doc = "/usr/share/doc/goward"
    text = {
        "/usr/share/goward/packaged": f"{UPDATES[kind]}\n/usr/bin/goward\n".encode(),
        "/usr/share/bash-completion/completions/goward": files["completions/goward.bash"],
        ZSH.get(kind, "/usr/share/zsh/site-functions/_goward"): files["completions/_goward"],
        "/usr/share/fish/vendor_completions.d/goward.fish": files["completions/goward.fish"],
        f"{doc}/README.md": files["README.md"],
        f"{doc}/CHANGELOG.md.gz": archive.gzipped(files["CHANGELOG.md"]),
        f"{doc}/LICENSES-OF-PARTS.txt.gz": archive.gzipped(files["LICENSES-OF-PARTS.txt"]),
        f"{doc}/sbom.cdx.json.gz": archive.gzipped(files["sbom.cdx.json"]),
    }
    for page in (page for page in files if page.startswith("man/")):
        text[f"/usr/share/man/man1/{page[4:]}.gz"] = archive.gzipped(files[page])
    if kind == "deb":
        text[f"{doc}/copyright"] = copyright_of(files)
        text[f"{doc}/changelog.gz"] = archive.gzipped(changelog(version, when))
        text["/usr/share/lintian/overrides/goward"] = OVERRIDES.encode()
    else:
        for licence in ("LICENSE-MIT", "LICENSE-APACHE"):
            text[f"/usr/share/licenses/goward/{licence}"] = files[licence]
    made = {path: (archive.FILE, content) for path, content in text.items()}
    return {**made, "/usr/bin/goward": (archive.PROGRAM, files["goward"])}


def directories(paths):
    """Those that are the package's own, and not the system's."""
    own = ("/usr/share/goward", "/usr/share/doc/goward", "/usr/share/licenses/goward")
    return [path for path in own if any(file.startswith(f"{path}/") for file in paths)]


def stamped(when):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))


def configuration(kind, version, triple, wanted, when):
    """The settings of nfpm. JSON is YAML. `wanted`: pairs of source and place, with the mode."""
    stamp = stamped(when)
    info = {"mtime": stamp, "owner": "root", "group": "root"}
    is_text = ("/usr/share/doc/", "/usr/share/man/")
    entries = [
        {
            "src": str(source),
            "dst": place,
            "file_info": {**info, "mode": mode},
            # An .rpm says which files are documentation.
            **({"type": "doc"} if kind == "rpm" and place.startswith(is_text) else {}),
        }
        for source, place, mode in wanted
    ]
    own = [
        {"dst": path, "type": "dir", "file_info": {**info, "mode": archive.DIRECTORY}}
        for path in directories([place for _, place, _ in wanted])
    ]
    return {
        "name": "goward",
        "arch": PROCESSORS[triple][0],
        "platform": "linux",
        "version": version,
        "version_schema": "semver",
        # Debian's versions have no second number where a project packs itself.
        **({} if kind == "deb" else {"release": "1"}),
        "section": "devel",
        "priority": "optional",
        "maintainer": MAINTAINER,
        "description": DESCRIPTION if kind == "rpm" else f"{SUMMARY}\n{DESCRIPTION}",
        "vendor": "goward",
        "homepage": "https://github.com/goward/goward",
        "license": "MIT OR Apache-2.0",
        "umask": 0o022,
        "mtime": stamp,
        **({"changelog": "changelog.yaml"} if kind == "rpm" else {}),
        "contents": [*entries, *own],
        "deb": {"compression": "xz"},
        "rpm": {"compression": "xz", "summary": SUMMARY[0].upper() + SUMMARY[1:], "group": "Development/Tools", "buildhost": "goward"},
        "archlinux": {"packager": MAINTAINER},
    }


def pack(kind, version, triple, files, when):
    """The bytes of one package."""
    program = tools.program("nfpm")
    with tempfile.TemporaryDirectory(prefix="goward-package.") as scratch:
        work = pathlib.Path(scratch)
        wanted = []
        for number, (path, (mode, content)) in enumerate(sorted(contents(kind, version, files, when).items())):
            source = work / str(number)
            source.write_bytes(content)
            source.chmod(mode)
            os.utime(source, (when, when))
            wanted.append((source, path, mode))
        (work / "nfpm.yaml").write_text(json.dumps(configuration(kind, version, triple, wanted, when)))
        history = {"semver": version, "date": stamped(when), "packager": MAINTAINER}
        history["changes"] = [{"note": f"Release {version}: see CHANGELOG.md.gz"}]
        (work / "changelog.yaml").write_text(json.dumps([history]))
        out = work / "package"
        command = [program, "package", "--config", work / "nfpm.yaml", "--packager", kind, "--target", out]
        env = {"PATH": os.environ.get("PATH", ""), "SOURCE_DATE_EPOCH": str(when), "TZ": "UTC", "HOME": scratch}
        done = subprocess.run(command, env=env, cwd=work, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(f"nfpm cannot make a {kind} of goward: {(done.stderr or done.stdout).strip()}")
        return out.read_bytes()
