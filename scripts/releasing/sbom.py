"""The bill of materials of a program, in CycloneDX 1.5: every crate in it, by its exact version, and the tools that
built it. It follows Cargo's own answers; two runs give the same bytes.

goward does not use cargo-cyclonedx: that has no reproducible output yet, and a release would trust all of its crates.
"""

import json
import platform
import re
import subprocess
import time
import uuid
import zlib

from . import tools
from .failure import Failure
from .programs import allowed, rust_command, said
from .source import TOP
from .targets import RUST

# A name of goward's own, so that the numbers follow from the content.
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/goward/goward/releases")


def run(*words):
    command = rust_command("cargo", *words, "--locked")
    done = subprocess.run(command, cwd=TOP, env=allowed(), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Failure(f"{' '.join(command)} has failed", "its reason stands above")
    return done.stdout


def tree(triple, edges):
    """Names with versions of the crates that `cargo tree` finds by these edges, with the manager."""
    words = ["--package", "goward", "--features", "embed-shim", "--target", triple, "--edges", edges]
    lines = run("tree", "--prefix", "none", "--format", "{p}", *words).splitlines()
    return {tuple(line.split()[:2]) for line in lines if line}


def packages(triple):
    """All packages that this build may use: Cargo's metadata, by name and version as in `tree`."""
    about = json.loads(run("metadata", "--format-version", "1", "--filter-platform", triple))
    of_id = {package["id"]: (package["name"], f"v{package['version']}") for package in about["packages"]}
    needs = {of_id[node["id"]]: {of_id[dep["pkg"]] for dep in node["deps"]} for node in about["resolve"]["nodes"]}
    return {of_id[package["id"]]: package for package in about["packages"]}, needs


def digests():
    """The digests of crates as Cargo.lock has them."""
    block = r'name = "(.+)"\nversion = "(.+)"\nsource = ".*"\nchecksum = "([0-9a-f]{64})"'
    return {(name, f"v{version}"): digest for name, version, digest in re.findall(block, (TOP / "Cargo.lock").read_text())}


def reference(key):
    return f"pkg:cargo/{key[0]}@{key[1].lstrip('v')}"


def component(key, package, digest, linked):
    """One crate. `linked`: it is in the program; else it only took part in building it."""
    made = {
        "type": "library",
        "bom-ref": reference(key),
        "name": key[0],
        "version": key[1].lstrip("v"),
        "scope": "required" if linked else "excluded",
        "purl": reference(key),
    }
    if package.get("license"):
        # The old way to say "or" is no expression.
        made["licenses"] = [{"expression": package["license"].replace("/", " OR ").replace("  ", " ")}]
    if digest:
        made["hashes"] = [{"alg": "SHA-256", "content": digest}]
    if package.get("repository"):
        made["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return made


def builders(target):
    """The other tools that decide the bytes: the compilers, the linker, and the library that packs."""
    gcc = target.gcc or "cc"
    found = {
        "rustc": said(*rust_command("rustc", "--version")),
        "C compiler": "" if target.triple.endswith("-msvc") else said(target.cc or gcc, "--version"),
        "linker": "" if target.triple.endswith("-msvc") else said(gcc, "--version"),
        "ld": "" if target.builder != "Linux" else said(gcc.replace("gcc", "ld") if target.gcc else "ld", "--version"),
        "Python": platform.python_version(),
        **packer(target),
    }
    return [{"name": f"goward:built-with:{name}", "value": value} for name, value in found.items() if value]


def packer(target):
    """The library that packs the archive of this target, and its version."""
    return {"zopfli": tools.wanted()["zopfli"]} if target.archive == "tar.gz" else {"zlib": zlib.ZLIB_RUNTIME_VERSION}


def libraries(target):
    """The parts that the compiler brings and links, which are no crates of the registry."""
    names = ["rust-std", *(["musl"] if target.triple.endswith("-musl") else [])]
    # The compiler links Rust's own build of musl, so the compiler's version names it.
    return [
        {
            "type": "library",
            "bom-ref": f"goward:{name}",
            "name": name,
            "version": RUST,
            "scope": "required",
            "licenses": [{"expression": "MIT" if name == "musl" else "MIT OR Apache-2.0"}],
        }
        for name in names
    ]


def bill(target, version, when, known):
    """The whole as a dictionary. `known`: the result of `packages`."""
    described, needs = known
    linked = tree(target.triple, "normal,no-proc-macro")
    used = tree(target.triple, "normal,build")
    digest = digests()
    top = ("goward", f"v{version}")
    main = component(top, described[top], None, True)
    main.update({"type": "application", "scope": "required"})
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when)),
            "component": main,
            "properties": [{"name": "goward:target", "value": target.triple}, *builders(target)],
        },
        "components": [
            *(component(key, described[key], digest.get(key), key in linked) for key in sorted(used) if key != top),
            *libraries(target),
        ],
        "dependencies": [
            *(
                {"ref": reference(key), "dependsOn": sorted(reference(need) for need in needs[key] & used)}
                for key in sorted(used)
            ),
            *({"ref": library["bom-ref"], "dependsOn": []} for library in libraries(target)),
        ],
    }
    bom["serialNumber"] = f"urn:uuid:{uuid.uuid5(SPACE, json.dumps(bom, sort_keys=True))}"
    return bom


def text(target, version, when):
    """The file."""
    return (json.dumps(bill(target, version, when, packages(target.triple)), indent=2, sort_keys=True) + "\n").encode()
