"""What the third run of `edits` needs at the very least, packed by the strongest programs, beside what a cache of setup-go's
shape moves: how near to nothing any cache of this build can come."""

import os
import re
import subprocess

import figures
import modules
from runner import case

# Programs that pack harder than the client of GitHub's cache does, whatever that takes.
PACKERS = {
    "zstd, as the client": ["zstd", "-q", "-T0", "--long=30"],
    "zstd -22": ["zstd", "-q", "--ultra", "-22", "--long=31"],
    "xz -9e": ["xz", "--threads=1", "--lzma2=preset=9e,dict=512MiB"],
}
# The part of the other shape's bytes that would be the bound "three times fewer".
PART = 3


@case
def floor(runner):
    """What Go has to have for the third run is more than a third of what the other shape moves, packed by whatever program."""
    runner.keep("1.27.3")
    runner.module()
    other = [figures.one_run(runner, "setup-go", change)[0] for change in (None, 1, 2)][2]
    outputs, sources = needed(runner)
    sizes = {name: (packed(runner.dir, outputs, command), packed(runner.dir, sources, command)) for name, command in PACKERS.items()}
    figures.table(["packed by", "outputs that the linker reads, MB", "sources of modules, MB", f"both, of the {other / 1e6:.1f} MB of setup-go's shape"],
                  *([name, *(f"{size / 1e6:.1f}" for size in pair), f"{sum(pair) / other:.2f}"] for name, pair in sizes.items()))
    least = min(sum(pair) for pair in sizes.values())
    assert PART * least > other, f"{least} bytes would do, and the other shape moves {other}: {PART} times fewer can be had"


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
    new = f"{figures.UPGRADED}@v1.3.0"
    assert any(str(tree).endswith(new) for tree in trees), new
    return outputs, sorted(tree for tree in trees if f"/{figures.UPGRADED}@" not in str(tree))


def go(home, runner, *words):
    """What Go says, with caches of its own below a directory."""
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "GOTOOLCHAIN": "local", "GOSUMDB": "off", "GOFLAGS": "-modcacherw",
                   "GOPROXY": f"file://{runner.dir}/proxy", "GOMODCACHE": str(home / "mod"), "GOCACHE": str(home / "build")}
    return subprocess.run([modules.GO, *words], cwd=runner.dir / "repo", env=environment, check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def packed(top, paths, command):
    """The bytes of an archive of files and directories, in the order of their names."""
    names = "\n".join(str(path.relative_to(top)) for path in paths)
    tar = subprocess.Popen(["tar", "--sort=name", "-C", top, "-cf", "-", "-T", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    packer = subprocess.Popen([*command, "-c"], stdin=tar.stdout, stdout=subprocess.PIPE)
    tar.stdout.close()
    tar.stdin.write(names.encode())
    tar.stdin.close()
    size = 0
    while part := packer.stdout.read(1 << 20):
        size += len(part)
    assert tar.wait() == 0 and packer.wait() == 0, command
    return size
