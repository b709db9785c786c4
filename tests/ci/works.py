"""What the Action does in jobs: which Go runs, what is fetched, and what is saved."""

import os
import re
import subprocess

from runner import case
from tools import TOP, has, npm

# Builds, and prints how many packages were compiled. The second build says why the first failed. With -trimpath, since act has
# each job in another directory, which is otherwise part of what Go asks the cache for; GitHub's runners have it in the same.
COUNT = ('go build -trimpath -x -o /dev/null . 2>"$RUNNER_TEMP/log" || { go build -o /dev/null .; exit 1; }; '
         'echo compiled $(grep -c "/compile " "$RUNNER_TEMP/log")')


def of_go(runner):
    """What was asked of the mirror of Go since the last call."""
    return [one for one in runner.hub.taken() if one.startswith("go/")]


@case
def tool_cache(runner):
    """The tool cache's Go runs, and Go is asked of no server."""
    runner.keep("1.27.3")
    runner.keep("1.22.10")
    runner.write("go.mod", "module example.com/m\n\ngo 1.22\n")
    runner.write("main.go", "package main\n\nfunc main() {}\n")
    for inputs, version in (({}, "1.27.3"), ({"go-line": "minor"}, "1.22.10")):
        runner.workflow(inputs, "go version", "go build -o /dev/null .")
        has(runner.run(), f"go version go{version} ", f"set-output:: go-version={version}")
        asked = of_go(runner)
        assert not asked, asked


@case
def a_miss(runner):
    """A version that is not there is asked for once."""
    runner.write("go.mod", "module example.com/m\n\ngo 1.21\n")
    runner.workflow({"go-version": "1.23.2"}, "go version")
    has(runner.run(), "go version go1.23.2 ", "set-output:: go-version=1.23.2")
    archives = [one for one in of_go(runner) if one.endswith(".tar.gz")]
    assert archives == ["go/go1.23.2.linux-amd64.tar.gz"], archives


def both_caches(runner):
    """After a change of one line one package is compiled, no module is fetched, and nothing is saved again."""
    runner.keep("1.27.3")
    runner.small()
    runner.workflow({}, COUNT)
    first = runner.run()
    assert len(runner.store.saved("goward-mod-")) == len(runner.store.saved("goward-build-")) == 1, first
    runner.edit(1)
    runner.hub.taken()
    second = runner.run()
    has(second, "compiled 1\n", "set-output:: cache-hit=true")
    assert not [one for one in runner.hub.taken() if one.endswith(".zip")]
    runner.hub.taken()


@case
def caches_v1(runner):
    """With the first version of GitHub's service, which its servers for enterprises have."""
    runner.service = 1
    both_caches(runner)


@case
def caches_v2(runner):
    """With the second version, which github.com has."""
    both_caches(runner)


@case
def no_save(runner):
    """A tag, a fork's request and a request that has found an entry save nothing; a fork gets no build cache."""
    runner.keep("1.27.3")
    runner.small()
    runner.workflow({}, COUNT)
    tag = {"ref": "refs/tags/v1.0.0"}
    has(runner.run(tag), "not saved: modules: ", "not saved: build: ")
    assert runner.store.saved() == [], "a tag has saved"
    runner.run()
    saved = runner.store.saved()
    assert len(saved) == 2, saved
    jobs = ((tag, "push", False), (request("stranger/m"), "pull_request", False), (request("owner/m"), "pull_request", True),
            (None, "push", True))
    for number, (event, name, restored) in enumerate(jobs, 1):
        runner.edit(number)
        log = runner.run(event, name)
        has(log, "not saved: modules: ", "not saved: build: ")
        assert ("set-output:: cache-hit=true" in log) == restored, log
        assert runner.store.saved() == saved, "it has saved"


def request(head):
    """The event of a pull request to owner/m from a repository."""
    return {"repository": {"default_branch": "main", "full_name": "owner/m"}, "ref": "refs/pull/1/merge", "action": "opened",
            "pull_request": {"number": 1, "base": {"ref": "main", "repo": {"full_name": "owner/m", "fork": False}},
                             "head": {"ref": "x", "sha": "0" * 40, "repo": {"full_name": head, "fork": head != "owner/m"}}}}


@case
def two_jobs(runner):
    """Two jobs at once save the modules once, and each its builds."""
    runner.keep("1.27.3")
    runner.small()
    runner.workflow({}, "go build -o /dev/null .", jobs=("one", "two"))
    runner.run()
    assert len(runner.store.saved("goward-mod-")) == 1, runner.store.saved()
    assert len(runner.store.saved("goward-build-")) == 2, runner.store.saved()


@case
def pages(runner):
    """The workflows of the page for users of setup-go: but for `uses:` they are equal, and ours run."""
    runner.keep("1.27.3")
    runner.keep("1.22.10")
    runner.small()
    page = (TOP / "docs/src/reference/setup-go.md").read_text()
    before, after, alone = re.findall(r"^```yaml\n(.*?)^```$", page, re.S | re.M)
    differ = [pair for pair in zip(before.splitlines(), after.splitlines()) if pair[0] != pair[1]]
    assert before.count("\n") == after.count("\n") and len(differ) == 1, differ
    for text, versions in ((after, ("1.22.10", "1.27.3")), (alone, ("1.27.3",))):
        runner.given(text)
        has(runner.run(), *(f"go version go{version} " for version in versions))


@case
def released(runner):
    """scripts/action makes what a release pushes, with the digests of its archives, and overwrites nothing."""
    programs, out = runner.dir / "programs", runner.dir / "action"
    programs.mkdir()
    (programs / "npm").write_text("#!/bin/sh\nexec '{}' '{}' \"$@\"\n".format(*npm(runner.node)))
    (programs / "npm").chmod(0o755)
    (programs / "node").symlink_to(runner.node / "node")
    sums = runner.dir / "SHA256SUMS"
    sums.write_text(f"{runner.sha256}  goward-{runner.version}-x86_64-unknown-linux-musl.tar.gz\n")
    command = [TOP / "scripts/action", "--sums", sums, out]
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    subprocess.run(command, env=environment, check=True)
    names = {file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_file()}
    assert names == {"action.yml", "matchers.json", "README.md", "LICENSE-APACHE", "LICENSE-MIT", "dist/main.cjs", "dist/post.cjs",
                     "dist/main.cjs.LEGAL.txt", "dist/post.cjs.LEGAL.txt"}, names
    assert runner.sha256 in (out / "dist/main.cjs").read_text()
    assert subprocess.run(command, env=environment, check=False, stderr=subprocess.DEVNULL).returncode == 1
