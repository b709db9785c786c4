"""A repository with a module that has a dependency, the proxy that has that, and the release that its jobs take."""

import os
import pathlib
import re
import subprocess
import sys
import zipfile

from hub import Hub
from tools import MIRROR, RELEASES, TOP, digest_of

NEWEST, PINNED = "1.27.3", "1.22.10"
MODULE = "example.com/dependency"
# The test says which Go has built it, and that the dependency's code is the right one.
TEST = """package m

import (
	"os"
	"runtime"
	"testing"

	"example.com/dependency"
)

func TestGo(t *testing.T) {
	if dependency.N() != 1 {
		t.Fatal("another dependency")
	}
	t.Log("state", %d)
	if err := os.WriteFile(os.Getenv("SEEN"), []byte(runtime.Version()), 0o644); err != nil {
		t.Fatal(err)
	}
}
"""


class Project:
    """The repository, its jobs' home and environment."""

    def __init__(self, directory):
        self.dir = pathlib.Path(directory)
        for name in ("home", "repo", "proxy", "served", "temporary"):
            (self.dir / name).mkdir()
        self.home, self.repo = self.dir / "home", self.dir / "repo"
        archive = next(RELEASES.glob("goward-*-x86_64-unknown-linux-musl.tar.gz"))
        self.version = re.match(r"goward-(.+)-x86_64", archive.name)[1]
        self.hub = Hub(self.dir / "served", MIRROR)
        (self.dir / "served" / archive.name).symlink_to(archive)
        command = [sys.executable, TOP / "scripts/installers", "--version", self.version, "--sums", RELEASES / "SHA256SUMS"]
        subprocess.run([*command, "--address", f"{self.hub.url}/goward", self.dir / "served"], check=True)
        self.address = f"{self.hub.url}/goward/v{self.version}"
        self.sha256 = digest_of(self.dir / "served/install.sh")
        self.environment = {
            "HOME": str(self.home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TMPDIR": str(self.dir / "temporary"),
            "GOPROXY": f"file://{self.dir}/proxy", "GOSUMDB": "off", "GOFLAGS": "-modcacherw -buildvcs=false",
            "GOWARD_MIRROR": f"{self.hub.url}/go", "GOWARD_MIRROR_DIGESTS": "own", "CI": "true",
            "SEEN": str(self.dir / "seen"),
        }
        self.offer()
        self.write("go.mod", f"module example.com/m\n\ngo 1.21\n\nrequire {MODULE} v1.0.0\n")
        self.change(0)
        go = [MIRROR / f"trees/go{NEWEST}/bin/go", "mod", "tidy"]
        fresh = {**self.environment, "GOMODCACHE": f"{self.dir}/tidy", "GOTOOLCHAIN": "local"}
        subprocess.run(go, cwd=self.repo, env=fresh, check=True, stderr=subprocess.DEVNULL)

    def offer(self):
        """The dependency on the proxy."""
        place = self.dir / "proxy" / MODULE / "@v"
        place.mkdir(parents=True)
        mod = f"module {MODULE}\n\ngo 1.21\n"
        (place / "list").write_text("v1.0.0\n")
        (place / "v1.0.0.mod").write_text(mod)
        (place / "v1.0.0.info").write_text('{"Version":"v1.0.0","Time":"2024-01-01T00:00:00Z"}')
        with zipfile.ZipFile(place / "v1.0.0.zip", "w") as packed:
            packed.writestr(f"{MODULE}@v1.0.0/go.mod", mod)
            packed.writestr(f"{MODULE}@v1.0.0/m.go", "package dependency\n\nfunc N() int { return 1 }\n")

    def write(self, name, text):
        (self.repo / name).parent.mkdir(parents=True, exist_ok=True)
        (self.repo / name).write_text(text)

    def change(self, number):
        """Another state of the sources."""
        self.write("m_test.go", TEST % number)

    def commit(self):
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "init.defaultBranch=main", "-C", self.repo]
        if not (self.repo / ".git").exists():
            subprocess.run([*git, "init", "-q"], check=True)
            subprocess.run([*git, "remote", "add", "origin", "git@gitlab.example.com:group/m.git"], check=True)
            subprocess.run([*git, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"], check=True)
        for words in (["add", "-A"], ["commit", "-qm", "x", "--allow-empty"]):
            subprocess.run([*git, *words], check=True)

    def filled(self, text):
        """A text of the book with this release in the place of its placeholders."""
        address = "https://github.com/goward/goward/releases/download/vX.Y.Z"
        assert address in text and "SHA256" in text.replace("GOWARD_SHA256", ""), text
        return re.sub(r"(?<!GOWARD_)\bSHA256\b", self.sha256, text.replace(address, self.address))

    def seen(self):
        """The Go that ran the test, once."""
        file = self.dir / "seen"
        text = file.read_text()
        file.unlink()
        return text

    def shell(self, script, words=("/bin/bash", "-e", "-o", "pipefail"), status=0, **more):
        """What a step of a job prints."""
        ran = subprocess.run([*words, "-c", script], cwd=self.repo, env={**self.environment, **more}, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900, check=False)
        assert (ran.returncode == 0) == (status == 0), f"{script}\nended with {ran.returncode}\n{ran.stdout}"
        return ran.stdout
