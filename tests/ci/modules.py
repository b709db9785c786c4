"""A real module with many dependencies, and a module proxy of files that has them, made of Debian's packages.

The packages of `packages.txt` are fetched with `apt-get download`, once, into target/tools/ci-packages-HASH. Their
sources are real; their versions are v1.0.0, or vN.0.0 where the path asks for it, and their go.mod files require
nothing: the main module lists all, as `go mod tidy` finds them.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

from tools import HERE, MIRROR, digest, once

PACKAGES = HERE / "packages.txt"
# Below these hosts a repository has so many elements.
DEPTH = {"github.com": 3, "golang.org": 3, "google.golang.org": 2, "cloud.google.com": 4}
LEAST = 50  # dependencies of the main module
OWN = 12  # packages of the main module, beside its program
GO = MIRROR / "trees/go1.27.3/bin/go"


def unpacked():
    """The sources of the packages, by import path: `usr/share/gocode/src` of all of them."""
    def fetch(half):
        names = set(PACKAGES.read_text().split())
        known = subprocess.run(["apt-cache", "madison", *sorted(names)], check=True, text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL).stdout
        missing = sorted(names - {line.split("|")[0].strip() for line in known.splitlines()})
        if missing:
            print(f"tests/ci/modules.py: not in this distribution: {' '.join(missing)}", file=sys.stderr)
        subprocess.run(["apt-get", "download", "-q", *sorted(names.difference(missing))], cwd=half, check=True,
                       stdout=subprocess.DEVNULL)
        for package in sorted(half.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, half / "tree"], check=True)
            package.unlink()

    return once(f"ci-packages-{digest(PACKAGES)}", fetch) / "tree/usr/share/gocode/src"


def offered():
    """A directory with `proxy/`, a module proxy, and `module/`, whose program uses what the proxy has."""
    def make(half):
        chosen = []
        for path, files in modules(unpacked()).items():
            publish(half / "proxy", path, version(path), {name: file.read_bytes() for name, file in files.items()})
            chosen += packages_of(path, files)[:1]
        write_main(half, chosen)

    return once(f"ci-modules-{digest(PACKAGES, pathlib.Path(__file__))}", make)


def modules(sources):
    """The files of each module, by its path and by their names within it."""
    places = {}
    for file in sources.rglob("go.mod"):
        if not hidden(file.relative_to(sources)):
            places[file.parent] = re.search(r'^module\s+"?([^"\s]+)', file.read_text(), re.M)[1]
    found = {}
    for file in sorted(sources.rglob("*")):
        if not file.is_file() or file.name.endswith("_test.go") or hidden(file.relative_to(sources)):
            continue
        top = next((directory for directory in file.parents if directory in places), None)
        if not top and file.suffix == ".go":
            parts = file.parent.relative_to(sources).parts
            top = sources.joinpath(*parts[:DEPTH.get(parts[0], len(parts))])
            places[top] = top.relative_to(sources).as_posix()
        if top:
            found.setdefault(places[top], {})[file.relative_to(top).as_posix()] = file
    return dict(sorted(found.items()))


def hidden(path):
    """Whether Go leaves it out of `./...`, or it lies in a `vendor` directory."""
    return any(part[0] in "._" or part in ("testdata", "vendor") for part in path.parts)


def version(path):
    """The version under which the proxy has a module."""
    major = re.search(r"[/.]v(\d+)$", path)
    return f"v{max(int(major[1]), 1) if major else 1}.0.0"


def place_of(proxy, path):
    """The directory of a module on a proxy, where a capital is `!` and the small letter."""
    return proxy / re.sub("[A-Z]", lambda letter: "!" + letter[0].lower(), path) / "@v"


def publish(proxy, path, release, files):
    """Puts one version of a module onto a proxy: names within the module, and their bytes."""
    place = place_of(proxy, path)
    place.mkdir(parents=True, exist_ok=True)
    mod = f"module {path}\n\ngo 1.21\n"
    with open(place / "list", "a", encoding="utf-8") as known:
        known.write(f"{release}\n")
    (place / f"{release}.mod").write_text(mod)
    (place / f"{release}.info").write_text(json.dumps({"Version": release, "Time": "2024-01-01T00:00:00Z"}))
    with zipfile.ZipFile(place / f"{release}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in {**files, "go.mod": mod}.items():
            packed.writestr(f"{path}@{release}/{name}", data)


def packages_of(path, files):
    """The packages of a module that another can import, the highest first."""
    found = {}
    for name, file in files.items():
        within = pathlib.PurePosixPath(name).parent
        if file.suffix == ".go" and "internal" not in within.parts:
            package = re.search(r"^package (\w+)", file.read_text(errors="replace"), re.M)
            found.setdefault(within, set()).add(package[1] if package else "main")
    fit = [within for within, names in found.items() if "main" not in names]
    return ["/".join([path, *within.parts]) for within in sorted(fit, key=lambda within: (len(within.parts), within))]


def go(half, *words, module="module"):
    """What real Go prints for a module in a directory that has a proxy beside it, which is all that Go asks."""
    environment = {"HOME": str(half), "PATH": "/usr/bin:/bin", "GOTOOLCHAIN": "local", "GOSUMDB": "off", "GOFLAGS": "-modcacherw",
                   "GOPROXY": f"file://{half}/proxy", "GOPATH": str(half / "gopath"), "GOCACHE": str(half / "gopath/b")}
    return subprocess.run([GO, *words], cwd=half / module, env=environment, check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def write_main(half, chosen):
    """The main module: a program, and packages that import those of `chosen` that Go can build."""
    (half / "module").mkdir()
    (half / "module/go.mod").write_text("module example.com/app\n\ngo 1.21\n")
    write_sources(half / "module", chosen)
    # With -e, since what other systems import need not be there.
    go(half, "mod", "tidy", "-e")
    form = "{{if not .Standard}}{{.ImportPath}}{{if or .Error .DepsErrors}} bad{{end}}{{end}}"
    listed = go(half, "list", "-e", "-deps", "-f", form, *chosen)
    bad = {line.split()[0] for line in listed.splitlines() if line.endswith(" bad")}
    fit = [each for each in chosen if each not in bad]
    if len(fit) < LEAST:
        sys.exit(f"tests/ci/modules.py: Go can build {len(fit)} of the modules, and {LEAST} are needed")
    write_sources(half / "module", fit)
    go(half, "mod", "tidy", "-e")
    go(half, "build", "-o", half / "gopath/program", ".")
    shutil.rmtree(half / "gopath")


def write_sources(module, imports):
    """`OWN` packages that share the imports, and the program that calls them."""
    for number in range(OWN):
        (module / f"p{number}").mkdir(exist_ok=True)
        (module / f"p{number}/p.go").write_text(source(number, imports))
    own = "".join(f'\t"example.com/app/p{number}"\n' for number in range(OWN))
    calls = " + ".join(f"p{number}.N()" for number in range(OWN))
    (module / "main.go").write_text(f'package main\n\nimport (\n{own})\n\nfunc main() {{ println({calls}) }}\n')


def source(number, imports, says=0):
    """The text of an own package, which returns a number."""
    lines = "".join(f'\t_ "{path}"\n' for path in imports[number::OWN])
    return f"package p{number}\n\nimport (\n{lines})\n\nfunc N() int {{ return {says} }}\n"
