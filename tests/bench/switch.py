#!/usr/bin/env python3
"""Measures what it costs to reach another Go than the first on PATH, and prints a Markdown table.

    tests/bench/switch.py [ROUNDS]        400 unless said

`go version` in a module whose toolchain line says 1.23.2, by three ways that take turns: that Go itself,
goward's shim, and Go 1.21.13, which switches by itself to the `go1.23.2` that it finds on PATH, without any
download. SHIM=FILE measures that shim instead of building one. Needs cargo and the mirror's trees.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORKSPACE = Path(__file__).resolve().parents[2]
WANTED = "1.23.2"


def shim():
    """The shim to measure."""
    if "SHIM" in os.environ:
        return Path(os.environ["SHIM"]).resolve()
    target = Path(os.environ.get("CARGO_TARGET_DIR", WORKSPACE / "target"))
    command = ["cargo", "build", "--quiet", "--release", "--locked", "-p", "goward-shim"]
    subprocess.run([*command, "--target-dir", target], check=True, cwd=WORKSPACE)
    return (target / "release/go").resolve()


def ways(scratch, trees):
    """Each way's program and its environment."""
    store = scratch / ".goward"
    for made in (store / "shims", store / "toolchains", scratch / "path", scratch / "module"):
        made.mkdir(parents=True)
    os.symlink(trees / f"go{WANTED}", store / "toolchains" / f"go{WANTED}")
    os.symlink(trees / f"go{WANTED}/bin/go", scratch / "path" / f"go{WANTED}")
    (store / "shims/go").write_bytes(shim().read_bytes())
    (store / "shims/go").chmod(0o755)
    (scratch / "module/go.mod").write_text(f"module m\n\ngo 1.21\n\ntoolchain go{WANTED}\n")
    env = {"HOME": str(scratch), "PATH": "/usr/bin:/bin"}
    by_path = {**env, "PATH": f"{scratch}/path:{env['PATH']}", "GOTOOLCHAIN": "path"}
    return {
        "that Go itself": (trees / f"go{WANTED}/bin/go", {**env, "GOTOOLCHAIN": "local"}),
        "goward": (store / "shims/go", env),
        "Go 1.21.13, which switches": (trees / "go1.21.13/bin/go", by_path),
    }


def main():
    rounds = int(sys.argv[1]) if sys.argv[1:] else 400
    made = [sys.executable, WORKSPACE / "tests/mirror/mirror.py", "make", "--no-system-go"]
    made = subprocess.run(made, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="goward-switch-") as scratch:
        found = ways(Path(scratch).resolve(), Path(made) / "trees")
        times = {name: [] for name in found}
        for turn in range(rounds + 5):
            for name, (program, env) in found.items():
                start = time.perf_counter()
                said = subprocess.run([program, "version"], env=env, cwd=Path(scratch) / "module",
                                      check=True, stdout=subprocess.PIPE, text=True).stdout
                if turn >= 5:
                    times[name].append(1000 * (time.perf_counter() - start))
                if f"go{WANTED} " not in said:
                    sys.exit(f"switch: {name} runs another Go: {said}")
    direct = times["that Go itself"]
    print("| `go version` by | median ms | least ms | adds, by the medians |\n|---|---|---|---|")
    for name, taken in times.items():
        added = statistics.median(taken) - statistics.median(direct)
        adds = f"{added:.2f}" if taken is not direct else ""
        print(f"| {name} | {statistics.median(taken):.2f} | {min(taken):.2f} | {adds} |")


if __name__ == "__main__":
    main()
