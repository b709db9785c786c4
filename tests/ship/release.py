"""A release on loopback: the archive as a release packs it, sums, a signature by a key of the test, and
filled-in scripts for every way in which the server answers."""

import gzip
import hashlib
import io
import pathlib
import platform
import shutil
import subprocess
import tarfile

from box import busybox_box, check, toolbox
from server import WAYS, Servers

TOP = pathlib.Path(__file__).resolve().parents[2]
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
SYSTEMS = {"Linux": "unknown-linux-musl", "Darwin": "apple-darwin"}


def pack(top, files):
    """A .tar.gz of one top directory, without owners or times."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, compresslevel=1) as zipped:
        with tarfile.open(fileobj=zipped, mode="w") as tar:
            for name, content in files.items():
                entry = tarfile.TarInfo(f"{top}/{name}")
                entry.size, entry.mode = len(content), 0o755 if name == "goward" else 0o644
                tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def certify(scratch):
    """Makes a certificate and its key."""
    certificate, key = scratch / "tls.pem", scratch / "tls.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-out", certificate, "-keyout", key], stderr=subprocess.DEVNULL, check=True)
    return certificate, key


class Made:
    """The files that `scripts/release` has made for this machine, as they are, over loopback."""

    def __init__(self, directory, scratch):
        lines = [line.split("  ") for line in (directory / "SHA256SUMS").read_text().splitlines()]
        for digest, name in lines:
            found = hashlib.sha256((directory / name).read_bytes()).hexdigest()
            check(found == digest, f"{name} is not what SHA256SUMS says")
        target = f"{MACHINES[platform.machine()]}-{SYSTEMS[platform.system()]}"
        here = [name for _, name in lines if name.endswith(f"-{target}.tar.gz")]
        check(len(here) == 1, f"{directory} has no archive for {target}")
        self.version = here[0][len("goward-") : -len(f"-{target}.tar.gz")]
        with tarfile.open(directory / here[0]) as tar:
            self.programs = {"goward": tar.extractfile(f"goward-{self.version}-{target}/goward").read()}
        self.servers = Servers(directory, *certify(scratch))
        self.script, self.arguments = directory / "install.sh", ["--from", self.servers.address("good")]

    def close(self):
        self.servers.close()


class Release:
    def __init__(self, binaries, scratch, missing):
        self.scratch, self.missing = scratch, missing
        said = subprocess.run([binaries / "goward", "--version"], stdout=subprocess.PIPE, text=True, check=True)
        self.version = said.stdout.split()[1]
        self.target = f"{MACHINES[platform.machine()]}-{SYSTEMS[platform.system()]}"
        self.archive = f"goward-{self.version}-{self.target}.tar.gz"
        # The one program of a release, with the shim in it.
        self.programs = {"goward": self.program(binaries / "goward")}
        self.dir = scratch / "release" / f"v{self.version}"
        self.dir.mkdir(parents=True)
        texts = ("LICENSE-MIT", "LICENSE-APACHE", "README.md", "CHANGELOG.md")
        files = {**self.programs, **{name: (TOP / name).read_bytes() for name in texts}}
        files["completions/goward.bash"] = b"# completions\n"
        packed = pack(f"goward-{self.version}-{self.target}", files)
        (self.dir / self.archive).write_bytes(packed)
        (self.dir / f"goward-{self.version}-x86_64-pc-windows-msvc.zip").write_bytes(b"not looked at here")
        self.sums(self.dir)
        self.keys = {}
        self.sign(self.dir, "ours", f"goward {self.version}")
        certificate, key = self.certificate()
        self.servers = Servers(scratch / "release", certificate, key)
        self.scripts = {}
        for way in WAYS:
            self.scripts[way] = self.fill(way, self.servers.address(way))
        self.scripts["tls"] = self.fill("tls", self.servers.address("good", tls=True))
        for way in ("to-http", "loop", "account"):
            self.scripts[f"tls-{way}"] = self.fill(f"tls-{way}", self.servers.address(way, tls=True))
        if self.keys:
            self.scripts["signed"] = self.fill("signed", self.servers.address("good"), self.keys["ours"])
        self.boxes()
        # What is run in other systems' files: a script, and its arguments.
        self.script, self.arguments = self.scripts["good"], []

    def program(self, path):
        """A program as it is, or of a debug build without what a release does not have either."""
        if path.stat().st_size < 32 << 20:
            return path.read_bytes()
        stripped = self.scratch / f"{path.name}.stripped"
        subprocess.run(["strip", "-o", stripped, path], check=True)
        return stripped.read_bytes()

    def sums(self, directory, version=None):
        lines = []
        for path in sorted(directory.glob(f"goward-{version or self.version}-*")):
            lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
        (directory / "SHA256SUMS").write_text("".join(lines))

    def sign(self, directory, key, comment):
        """By minisign, with a key that is made here and lies here only."""
        if not shutil.which("minisign"):
            self.missing.add("signatures: there is no minisign here")
            return
        public, secret = self.scratch / f"{key}.pub", self.scratch / f"{key}.key"
        quiet = {"stdout": subprocess.DEVNULL, "check": True}
        if not secret.exists():
            subprocess.run(["minisign", "-G", "-W", "-p", public, "-s", secret], **quiet)
            self.keys[key] = public.read_text().split()[-1]
        signed = directory / "SHA256SUMS"
        subprocess.run(["minisign", "-S", "-s", secret, "-m", signed, "-t", comment], **quiet)

    def certificate(self):
        """A certificate for 127.0.0.1, which vouches for itself."""
        certificate, key = certify(self.scratch)
        (self.scratch / "wgetrc").write_text(f"ca_certificate = {certificate}\n")
        return certificate, key

    def fill(self, name, address, *keys, directory=None, version=None):
        """install.sh as a release at this address has it."""
        out = self.scratch / "scripts" / name
        out.mkdir(parents=True)
        command = [TOP / "scripts" / "installers", "--version", version or self.version, "--address", address]
        command += ["--sums", (directory or self.dir) / "SHA256SUMS"]
        for key in keys:
            command += ["--key", key]
        subprocess.run([*command, out], check=True)
        return out / "install.sh"

    def boxes(self):
        """Directories for PATH."""
        place = self.scratch / "path"
        place.mkdir()
        self.tools = {"bare": toolbox(place / "bare", "sha256sum")}
        for name in ("curl", "wget"):
            if shutil.which(name):
                self.tools[name] = toolbox(place / name, name, "sha256sum")
            else:
                self.missing.add(f"{name}: it is not here")
        self.any = "curl" if "curl" in self.tools else "wget"
        for digester in ("shasum", "openssl"):
            if shutil.which(digester):
                extra = ("perl",) if digester == "shasum" else ()
                self.tools[digester] = toolbox(place / digester, self.any, digester, *extra)
        self.tools["none"] = toolbox(place / "none", self.any)
        if busybox := shutil.which("busybox"):
            self.tools["busybox"] = busybox_box(place / "busybox", busybox)
        if shutil.which("minisign"):
            self.tools["minisign"] = toolbox(place / "minisign", self.any, "sha256sum", "minisign")
        self.place = place

    def close(self):
        self.servers.close()
