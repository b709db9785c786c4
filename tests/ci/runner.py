"""A runner of GitHub's as act makes one, with its home, its tool cache, a server of caches and one repository."""

import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys

import modules
from store import Store
from tools import MIRROR, RELEASES, action, shaped

ARCHIVE = "goward-{}-x86_64-unknown-linux-musl.tar.gz"
CASES = []


def case(test):
    """A test of `tests/ci/run`, which gets a new runner."""
    CASES.append(test)
    return test


class Runner:
    """`service` is the version of GitHub's cache service that jobs see; `environment` is what a job has beside the usual."""

    def __init__(self, scratch, programs, hub):
        self.dir, (self.act, self.node), self.hub = pathlib.Path(scratch), programs, hub
        self.store, self.service, self.environment, self.number = Store(), 2, {}, 0
        self.action, self.shaped = action(self.node), shaped(self.node)
        archive = next(RELEASES.glob(ARCHIVE.format("*")), None)
        if not archive:
            sys.exit(f"tests/ci/run: no archive in {RELEASES}: scripts/release --trial x86_64-unknown-linux-musl")
        self.version = re.match(ARCHIVE.format("(.+)"), archive.name)[1]
        self.sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
        for name in ("home", "proxy", "repo"):
            (self.dir / name).mkdir()
        hub.proxy = self.dir / "proxy"
        # act lets no variable move it.
        self.tools = self.dir / "home/.cache/act/tool_cache"

    def keep(self, version):
        """Puts a Go into the tool cache, as GitHub's images have it: any user can write there."""
        tree = self.tools / "go" / version / "x64"
        shutil.copytree(MIRROR / "trees" / f"go{version}", tree, symlinks=True)
        tree.with_suffix(".complete").touch()
        self.open_tools(tree)

    def open_tools(self, tree):
        """Lets every user write to a tree of the tool cache."""
        for directory in (tree, *tree.parents[:2]):
            directory.chmod(0o777)

    def write(self, name, text):
        """A file of the repository."""
        file = self.dir / "repo" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def module(self):
        """Makes the repository the real module, and the proxy the one that has its dependencies."""
        made = modules.offered()
        shutil.copytree(made / "module", self.dir / "repo", dirs_exist_ok=True)
        shutil.copytree(made / "proxy", self.dir / "proxy", dirs_exist_ok=True)

    def small(self):
        """Makes the repository a module with three dependencies."""
        for name in "abc":
            modules.publish(self.dir / "proxy", f"example.com/{name}", "v1.0.0", {"m.go": f"package {name}\n\nfunc N() int {{ return 1 }}\n"})
        lines = "".join(f"\texample.com/{name} v1.0.0\n" for name in "abc")
        self.write("go.mod", f"module example.com/m\n\ngo 1.21\n\nrequire (\n{lines})\n")
        self.edit(0)
        modules.go(self.dir, "mod", "tidy", module="repo")

    def edit(self, number):
        """Changes one line of the module with three dependencies."""
        imports = "".join(f'\t"example.com/{name}"\n' for name in "abc")
        self.write("main.go", f"package main\n\nimport (\n{imports})\n\nfunc main() {{ println(a.N()+b.N()+c.N(), {number}) }}\n")

    def inputs(self, given):
        """The inputs of our Action, for a release of this test's hub."""
        return {"download-url": f"{self.hub.url}/goward", "goward-sha256": self.sha256, "goward-version": self.version,
                "go-download-base-url": f"{self.hub.url}/go", **given}

    def workflow(self, inputs, *commands, jobs=("test",)):
        """Jobs that each set Go up and run commands."""
        self.jobs("goward/setup@v0", self.inputs(inputs), commands, jobs)

    def given(self, text):
        """A workflow as a page shows it, for a release of this test's hub."""
        begin = "      - uses: goward/setup@v0\n"
        assert begin in text, text
        inputs = "".join(f"          {name}: {json.dumps(value)}\n" for name, value in self.inputs({}).items())
        head, tail = text.split(begin)
        tail = tail.removeprefix("        with:\n")
        self.write(".github/workflows/test.yml", f"{head}{begin}        with:\n{inputs}{tail}")

    def shaped_workflow(self, key, *commands):
        """A job with the caches of setup-go's shape, and Go of the tool cache first on PATH."""
        paths = "\n".join(str(self.dir / "home" / name) for name in ("go/pkg/mod", ".cache/go-build"))
        self.environment["PATH"] = f"{self.tools}/go/1.27.3/x64/bin:/usr/bin:/bin"
        self.jobs("goward/shaped@v0", {"paths": paths, "key": key}, commands, ["test"])

    def jobs(self, uses, inputs, commands, names):
        steps = [{"uses": "actions/checkout@v5"}, {"uses": uses, "with": inputs}, *({"run": command} for command in commands)]
        job = {"runs-on": "ubuntu-latest", "steps": steps}
        # JSON is YAML.
        self.write(".github/workflows/test.yml", json.dumps({"on": ["push", "pull_request"], "jobs": dict.fromkeys(names, job)}))

    def commit(self):
        """Commits what lies in the repository."""
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "init.defaultBranch=main", "-C", self.dir / "repo"]
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x", "--allow-empty"]):
            subprocess.run([*git, *words], check=True)

    def run(self, event=None, name="push", passes=True):
        """Commits and runs; returns the log. The job has to pass, or with `passes=False` to fail."""
        self.commit()
        told = self.dir / "event.json"
        told.write_text(json.dumps({"repository": {"default_branch": "main"}, "ref": "refs/heads/main", **(event or {})}))
        self.number += 1
        given = {"ACTIONS_CACHE_URL": f"{self.store.url}/", "ACTIONS_RESULTS_URL": f"{self.store.url}/", "ACTIONS_RUNTIME_TOKEN": "t",
                 "ACTIONS_CACHE_SERVICE_V2": "true" if self.service == 2 else "", "RUNNER_ENVIRONMENT": "github-hosted",
                 "GITHUB_RUN_ID": str(self.number), "GOPROXY": f"{self.hub.url}/proxy", "GOSUMDB": "off",
                 "GOFLAGS": "-modcacherw", "GOWARD_MIRROR_DIGESTS": "own"}
        command = [self.act, name, "--platform", "ubuntu-latest=-self-hosted", "--eventpath", told, "--no-cache-server",
                   "--action-offline-mode", "--local-repository", f"goward/setup@v0={self.action}",
                   "--local-repository", f"goward/shaped@v0={self.shaped}"]
        command += [word for pair in given.items() for word in ("--env", "=".join(pair))]
        environment = {"HOME": str(self.dir / "home"), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "ImageOS": "test1",
                       **self.environment}
        environment["PATH"] = f"{self.node}:{environment['PATH']}"
        ran = subprocess.run(command, cwd=self.dir / "repo", env=environment, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=900, check=False)
        assert (ran.returncode == 0) == passes, ran.stdout
        self.clear()
        return ran.stdout

    def clear(self):
        """Between jobs of a hosted runner nothing stays but the caches and the tool cache."""
        for name in ("go", ".cache/go-build"):
            place = self.dir / "home" / name
            subprocess.run(["chmod", "-R", "u+w", place], check=False, stderr=subprocess.DEVNULL)
            shutil.rmtree(place, ignore_errors=True)
