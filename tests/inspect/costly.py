"""Small files that would cost a reader much: each names one long text often, or has tables that are gone through often."""

import struct
import zlib


def elf(path, program_headers, rest, kind=3):
    """A 64-bit ELF with these program headers, and `rest` from 4096 on."""
    header = b"\x7fELF" + bytes([2, 1, 1, 0]) + bytes(8) + struct.pack(
        "<HHIQQQIHHHHHH", kind, 62, 1, 0, 64, 0, 0, 64, 56, len(program_headers), 0, 0, 0)
    path.write_bytes((header + b"".join(program_headers)).ljust(4096, b"\0") + rest)


def many_needs(path, count=100_000):
    """A library that needs one library of a long name, again and again."""
    name = b"\xff" * 4095 + b"\0"
    tags = [(5, 4096), (10, 4096), *[(1, 0)] * count, (0, 0)]
    dynamic = b"".join(struct.pack("<QQ", *tag) for tag in tags)
    size = 8192 + len(dynamic)
    load = struct.pack("<IIQQQQQQ", 1, 4, 0, 0, 0, size, size, 4096)
    where = struct.pack("<IIQQQQQQ", 2, 4, 8192, 8192, 8192, len(dynamic), len(dynamic), 8)
    elf(path, [load, where], name + dynamic)


def many_imports(path, size=1 << 20):
    """A program for Windows whose imports all have one name of half a megabyte."""
    text = size // 2
    count = text // 20 - 1
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22)
    optional = struct.pack(
        "<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20B, 14, 0, 0, 0, 0, 0, 0x1000, 0x140000000, 0x1000, 0x200, 6, 0, 0, 0, 6, 0, 0,
        size + 0x2000, 0x400, 0, 3, 0, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    directories = [(0, 0), (0x1000, count * 20), *[(0, 0)] * 14]
    optional += b"".join(struct.pack("<II", *one) for one in directories)
    section = b".data\0\0\0" + struct.pack("<IIIIIIHHI", size, 0x1000, size, 0x400, 0, 0, 0, 0, 0xC0000040)
    dos = (b"MZ" + bytes(58) + struct.pack("<I", 0x80)).ljust(0x80, b"\0")
    imports = struct.pack("<IIIII", 0x1000, 0, 0, 0x1000 + text, 0x1000) * count
    head = (dos + b"PE\0\0" + coff + optional + section).ljust(0x400, b"\0")
    path.write_bytes(head + imports.ljust(text, b"\0") + b"\xff" * (text - 1) + b"\0")


def many_members(path, name=1_000_000, count=60_000):
    """An archive whose members all have one long name."""
    def member(title, size):
        fields = [(title, 16), ("0", 12), ("0", 6), ("0", 6), ("644", 8), (str(size), 10)]
        return ("".join(text.ljust(width) for text, width in fields) + "`\n").encode()
    path.write_bytes(b"!<arch>\n" + member("//", name) + b"\xff" * (name - 2) + b"/\n" + member("/0", 0) * count)


def many_segments(path, count=60_000):
    """A library whose addresses are found in the last of many segments."""
    tiny = [struct.pack("<IIQQQQQQ", 6, 4, 0, (count - at) * 16, 0, 16, 16, 8) for at in range(count)]
    whole = struct.pack("<IIQQQQQQ", 1, 6, 0, 0, 0, 16 * count, 16 * count, 8)
    elf(path, [*tiny, whole], b"")


def many_units(path, forms=100_000, units=4096):
    """A program of Go's whose units of debug information all have one long table of forms."""
    def number(value):
        low, rest = value & 0x7F, value >> 7
        return bytes([low | 0x80]) + number(rest) if rest else bytes([low])

    def packed(data):
        return struct.pack("<IIQQ", 1, 0, len(data), 1) + zlib.compress(data, 9)
    version = b"go1.22.10"
    info = b"\xff Go buildinf:" + bytes([8, 2]) + bytes(16) + number(len(version)) + version + number(0)
    table = b"".join(number(at + 1) + b"\x11\0\0\0" for at in range(forms)) + b"\0"
    names = b"\0.shstrtab\0.go.buildinfo\0.debug_info\0.debug_abbrev\0"
    unit = struct.pack("<IHIB", 8, 4, 0, 8) + b"\0"
    parts = [(b".shstrtab", 3, 0, names), (b".go.buildinfo", 1, 3, info), (b".debug_info", 1, 0x800, packed(unit * units)),
             (b".debug_abbrev", 1, 0x800, packed(table))]
    headers, body = bytes(64), b""
    for name, kind, flags, data in parts:
        body += bytes(-len(body) % 16)
        at = 4096 + len(body)
        address = 0x400000 + at if name == b".go.buildinfo" else 0
        headers += struct.pack("<IIQQQQIIQQ", names.index(name), kind, flags, address, at, len(data), 0, 0, 16, 0)
        body += data
    body += bytes(-len(body) % 16)
    at = 4096 + len(body)
    header = b"\x7fELF" + bytes([2, 1, 1, 0]) + bytes(8) + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, 0x401000, 64, at, 0, 64, 56, 1, 64, len(parts) + 1, 1)
    load = struct.pack("<IIQQQQQQ", 1, 6, 0, 0x400000, 0x400000, at, at, 4096)
    path.write_bytes((header + load).ljust(4096, b"\0") + body + headers)


ALL = [many_needs, many_imports, many_members, many_segments, many_units]
