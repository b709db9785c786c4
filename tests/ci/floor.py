"""What the third run of `edits` needs at the very least, packed by the strongest programs, beside what a cache of setup-go's
shape moves: how near to nothing any cache of this build can come."""

import os
import re
import resource
import subprocess

import figures
import modules
from runner import case

# The client's own program for GitHub's cache, and two that pack harder, whatever that takes.
PACKERS = {"zstdmt, as the client": ["zstdmt"], "zstd -19 --long=31": ["zstd", "-T0", "-19", "--long=31"],
           "xz -9e, 512 MiB": ["xz", "--threads=1", "--lzma2=preset=9e,dict=512MiB"]}
# The bound that the table speaks of: so many times fewer bytes. Packing may take so many seconds of a processor.
TIMES, SECONDS = 3, 120


@case
def floor(runner):
    """No program that packs in two minutes brings what Go needs for the third run below a third of what the other shape moves."""
    runner.module()
    outputs, sources = needed(runner)
    other = of_shape(runner.dir / "floor")
    rows, fast = [], []
    for name, command in PACKERS.items():
        (first, a), (second, b) = packed(runner.dir, outputs, command), packed(runner.dir, sources, command)
        rows.append([name, f"{first / 1e6:.1f}", f"{second / 1e6:.1f}", f"{(first + second) / 1e6:.1f}", f"{other / (first + second):.1f}", round(a + b)])
        fast += [first + second] if a + b <= SECONDS else []
    figures.table(["packed by", "outputs, MB", "modules, MB", "both, MB", f"times fewer than {other / 1e6:.1f} MB", "seconds of a processor"], *rows)
    assert fast and TIMES * min(fast) > other, f"{fast} bytes, and the other shape moves {other}"


def of_shape(home):
    """The bytes that setup-go's shape moves in that run: modules from the proxy, and one entry with all, by the client's program."""
    fetched = sum(file.stat().st_size for file in (home / "mod/cache/download").rglob("v*.*") if file.suffix in (".zip", ".mod", ".info"))
    return fetched + packed(home, [home / "mod", home / "build"], ["zstdmt"])[0]


def needed(runner):
    """The files that were there after two runs, and without which the third compiles or fetches more: outputs that the linker
    reads, and modules as they are unpacked. Less than these no cache can restore, in whatever form."""
    home = runner.dir / "floor"
    go(home, runner, "build", "-trimpath", "-o", os.devnull, ".")
    kept = {file.name for file in (home / "build").rglob("*-d")}
    figures.edit(runner, 3)
    figures.upgrade(runner, 3)
    said = go(home, runner, "build", "-trimpath", "-x", "-o", os.devnull, ".")
    linked = re.search(r"importcfg\.link << 'EOF'.*?\nEOF", said, re.S)[0]
    read = {home / file for file in re.findall(rf"^packagefile \S+={re.escape(str(home))}/(\S+)$", linked, re.M)}
    outputs = sorted(file for file in read if file.name in kept)
    assert len(outputs) > 0.9 * linked.count("packagefile "), f"{len(outputs)} outputs of {linked.count('packagefile ')}"
    trees = [place for place in (home / "mod").rglob("*@v*") if place.is_dir() and "cache" not in place.relative_to(home).parts]
    return outputs, sorted(tree for tree in trees if f"/{figures.UPGRADED}@" not in str(tree))


def go(home, runner, *words):
    """What Go says, with caches of its own below a directory."""
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "GOTOOLCHAIN": "local", "GOSUMDB": "off", "GOFLAGS": "-modcacherw",
                   "GOPROXY": f"file://{runner.dir}/proxy", "GOMODCACHE": str(home / "mod"), "GOCACHE": str(home / "build")}
    return subprocess.run([modules.GO, *words], cwd=runner.dir / "repo", env=environment, check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def packed(top, paths, command):
    """The bytes of an archive of files and directories, and the seconds that packing has taken of a processor."""
    names = "\n".join(str(path.relative_to(top)) for path in paths)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(["tar", "--sort=name", "-C", top, "-cf", "-", "-T", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as tar, \
            subprocess.Popen([*command, "-q", "-c"], stdin=tar.stdout, stdout=subprocess.PIPE) as packer:
        tar.stdin.write(names.encode())
        tar.stdin.close()
        tar.stdout.close()
        size = 0
        while part := packer.stdout.read(1 << 20):
            size += len(part)
    assert tar.returncode == packer.returncode == 0, command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return size, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
