"""A wheel: the archive for one system as pip installs it. The program comes into the environment's `bin`, with the
manual and completions below its `share`. It has no module of Python, and no `go`."""

import base64
import hashlib
import io
import time
import zipfile

from . import archive, channels

# The systems on which the programs run, in the words of pip. The static programs need no C library.
TAGS = {
    "x86_64-unknown-linux-musl": "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    "aarch64-unknown-linux-musl": "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "x86_64-pc-windows-msvc": "win_amd64",
    "x86_64-pc-windows-gnu": "win_amd64",
    "aarch64-apple-darwin": "macosx_11_0_arm64",
    "x86_64-apple-darwin": "macosx_10_12_x86_64",
}
UPDATE = "pip install --upgrade goward\n"


def name(version, triple):
    return f"goward-{channels.pep440(version)}-py3-none-{TAGS[triple]}.whl"


def contents(version, target, files):
    """The files of the wheel by name, with their modes. `files`: those of the archive, by name."""
    top = f"goward-{channels.pep440(version)}"
    data, info = f"{top}.data", f"{top}.dist-info"
    metadata = channels.fill("METADATA.in", {"PEP440": channels.pep440(version)})
    tags = "".join(f"Tag: py3-none-{tag}\n" for tag in TAGS[target.triple].split("."))
    found = {
        f"{data}/scripts/goward{target.exe}": (archive.PROGRAM, files[f"goward{target.exe}"]),
        f"{data}/data/share/goward/packaged": (archive.FILE, UPDATE.encode()),
        f"{info}/METADATA": (archive.FILE, metadata.encode() + b"\n" + files["README.md"]),
        f"{info}/WHEEL": (
            archive.FILE,
            f"Wheel-Version: 1.0\nGenerator: goward\nRoot-Is-Purelib: false\n{tags}".encode(),
        ),
    }
    for text in ("LICENSE-MIT", "LICENSE-APACHE", "LICENSES-OF-PARTS.txt"):
        found[f"{info}/licenses/{text}"] = (archive.FILE, files[text])
    found[f"{info}/sboms/goward.cdx.json"] = (archive.FILE, files["sbom.cdx.json"])
    if not target.windows:
        shared = f"{data}/data/share"
        found[f"{shared}/bash-completion/completions/goward"] = (archive.FILE, files["completions/goward.bash"])
        found[f"{shared}/zsh/site-functions/_goward"] = (archive.FILE, files["completions/_goward"])
        found[f"{shared}/fish/vendor_completions.d/goward.fish"] = (archive.FILE, files["completions/goward.fish"])
        for page in (page for page in files if page.startswith("man/")):
            found[f"{shared}/man/man1/{page[4:]}"] = (archive.FILE, files[page])
    return found, f"{info}/RECORD"


def record(found, name):
    """The list of all files with digests, which pip compares."""
    def line(path, content):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        return f"{path},sha256={digest},{len(content)}\n"

    return "".join(line(path, content) for path, (_, content) in sorted(found.items())) + f"{name},,\n"


def pack(version, target, files, when):
    """The bytes of the wheel."""
    found, listed = contents(version, target, files)
    date = max(time.gmtime(when)[:6], (1980, 1, 1, 0, 0, 0))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, mode="w", compression=zipfile.ZIP_DEFLATED) as made:
        # The list comes last, as the specification of wheels advises.
        for path, (mode, content) in [*sorted(found.items()), (listed, (archive.FILE, record(found, listed).encode()))]:
            entry = zipfile.ZipInfo(path, date)
            entry.create_system = 3  # Unix: these are its modes
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100000 | mode) << 16
            made.writestr(entry, content, compresslevel=9)
    return packed.getvalue()
