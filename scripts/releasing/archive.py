"""Archives whose bytes depend only on their contents and on the commit's time."""

import gzip
import io
import tarfile
import time
import zipfile

from . import tools

FILE, PROGRAM, DIRECTORY = 0o644, 0o755, 0o755


def entries(top, files):
    """Names with a slash behind directories, modes and contents, sorted. `files` maps names below `top` to
    pairs of mode and content."""
    found = {f"{top}/": (DIRECTORY, None)}
    for name, (mode, content) in files.items():
        parts = name.split("/")
        for depth in range(1, len(parts)):
            found[f"{top}/{'/'.join(parts[:depth])}/"] = (DIRECTORY, None)
        found[f"{top}/{name}"] = (mode, content)
    return sorted((name, mode, content) for name, (mode, content) in found.items())


def tar(top, files, when):
    """A .tar as bytes: of user 0, of second `when`."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as made:
        for name, mode, content in entries(top, files):
            entry = tarfile.TarInfo(name.rstrip("/"))
            entry.mode, entry.mtime = mode, when
            if content is None:
                entry.type = tarfile.DIRTYPE
                made.addfile(entry)
            else:
                entry.size = len(content)
                made.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def gzipped(content):
    """A .gz as bytes, without the name and time that gzip would add."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as out:
        out.write(content)
    return packed.getvalue()


def squeezed(content):
    """The same, smaller: half a minute of work takes 140 KB from an archive that millions of machines fetch."""
    packer = tools.module("zopfli.zopfli")
    # As many blocks as it finds useful, not at most fifteen.
    return packer.compress(content, gzip_mode=1, numiterations=5, blocksplittingmax=0)


def tar_gz(top, files, when):
    """A .tar.gz as bytes, packed by Python alone."""
    return gzipped(tar(top, files, when))


def zipped(top, files, when):
    """A .zip as bytes. Its times have no zone and begin in 1980."""
    date = max(time.gmtime(when)[:6], (1980, 1, 1, 0, 0, 0))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, mode="w") as archive:
        for name, mode, content in entries(top, files):
            entry = zipfile.ZipInfo(name, date)
            entry.create_system = 3  # Unix: these are its modes
            entry.compress_type = zipfile.ZIP_STORED if content is None else zipfile.ZIP_DEFLATED
            kind = 0o040000 if content is None else 0o100000
            entry.external_attr = (kind | mode) << 16 | (0x10 if content is None else 0)
            archive.writestr(entry, content or b"", compresslevel=9)
    return packed.getvalue()


def pack(name, end, files, when):
    """The archive of this kind, `tar.gz` or `zip`, with the one top directory `name`."""
    return squeezed(tar(name, files, when)) if end == "tar.gz" else zipped(name, files, when)
