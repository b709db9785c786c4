"""The files by which package managers find a release: a formula for Homebrew, a manifest for Scoop, three for winget,
two files for the AUR. Each is a template of `scripts/packages`, filled in with addresses and digests of archives."""

import hashlib
import re
import time

from . import archive
from .failure import Failure
from .source import TOP

TEMPLATES = TOP / "scripts" / "packages"
ADDRESS = "https://github.com/goward/goward/releases/download"
# The file of a release that holds them all. No installer takes it for an archive of goward.
NAME = "goward-channels.tar.gz"
# What each template becomes.
FILES = {
    "goward.rb.in": "homebrew/goward.rb",
    "goward.json.in": "scoop/goward.json",
    "winget/Goward.Goward.yaml.in": "winget/Goward.Goward.yaml",
    "winget/Goward.Goward.installer.yaml.in": "winget/Goward.Goward.installer.yaml",
    "winget/Goward.Goward.locale.en-US.yaml.in": "winget/Goward.Goward.locale.en-US.yaml",
    "PKGBUILD.in": "aur/PKGBUILD",
    "SRCINFO.in": "aur/.SRCINFO",
}


def arch_version(version):
    """The version as pacman orders it: a hyphen would begin the number of the package."""
    return version.replace("-", "")


def pep440(version):
    """The version as Python's tools write it: 1.2.3rc4 for 1.2.3-rc.4."""
    found = re.fullmatch(r"(\d+\.\d+\.\d+)(?:-(alpha|beta|rc)\.(\d+))?", version)
    if not found:
        raise Failure(f"Python has no version like {version}", "a candidate is X.Y.Z-rc.N")
    kind = {"alpha": "a", "beta": "b", "rc": "rc", None: ""}[found[2]]
    return f"{found[1]}{kind}{found[3] or ''}"


def values(version, when, packed):
    """What templates name. `packed`: the name and bytes of each archive, by its target's triple."""
    known = {"VERSION": version, "ARCHVERSION": arch_version(version), "PEP440": pep440(version)}
    known["DATE"] = time.strftime("%Y-%m-%d", time.gmtime(when))
    for triple, (name, content) in packed.items():
        known[f"URL-{triple}"] = f"{ADDRESS}/v{version}/{name}"
        known[f"SHA256-{triple}"] = hashlib.sha256(content).hexdigest()
    return known


def fill(template, known):
    """The template with each `@NAME@` replaced; `None` if it names an archive that is not here."""
    text = (TEMPLATES / template).read_text(encoding="ascii")
    names = set(re.findall(r"@([A-Z0-9]+(?:-[a-z0-9_-]+)?)@", text))
    if missing := sorted(names - set(known)):
        if all("-" in name for name in missing):
            return None
        raise Failure(f"{TEMPLATES / template} names @{missing[0]}@, which is nothing")
    for name in names:
        text = text.replace(f"@{name}@", known[name])
    return text


def files(version, when, packed):
    """The filled-in files whose archives are all here, by name."""
    known = values(version, when, packed)
    filled = {name: fill(template, known) for template, name in FILES.items()}
    return {name: text.encode() for name, text in filled.items() if text is not None}


def pack(version, when, packed):
    """The file of the release, and the names of the files in it."""
    made = files(version, when, packed)
    entries = {name: (archive.FILE, content) for name, content in made.items()}
    return archive.tar_gz("goward-channels", entries, when), sorted(made)
