"""The files that the book shows for GitLab, Azure, CircleCI, Jenkins and Buildkite: their steps, with real Go."""

import os
import re
import shutil
import subprocess
import sys

from project import NEWEST, PINNED, Project
from tools import TOP, digest, has, once

PAGE = TOP / "docs/src/reference/systems.md"
PACKAGES = ["gitlab-ci-local@4.75.1", "@devcontainers/cli@0.89.0"]
# gitlab-ci-local copies the checkout anew before after_script, and deletes what is no part of it. No runner does that.
RSYNC = """#!/bin/sh
for word; do
    shift
    case $word in --delete | --delete-excluded) ;; *) set -- "$@" "$word" ;; esac
done
exec /usr/bin/rsync "$@"
"""
CASES = []


def npm(node):
    """The directory of programs that npm has brought. They have no dependencies."""
    def install(half):
        # The name `npm` in the package begins a program that looks for its files elsewhere.
        command = [node / "node", node.parent / "lib/node_modules/npm/bin/npm-cli.js", "install", "--silent", "--ignore-scripts"]
        subprocess.run([*command, "--prefix", half, *PACKAGES], check=True, stdout=sys.stderr,
                       env={**os.environ, "PATH": f"{node}:{os.environ['PATH']}"})

    version = "-".join(re.sub(r"\W+", "-", name).strip("-") for name in PACKAGES)
    return once(f"npm-{version}", install) / "node_modules/.bin"


def shown(name):
    """The file that the page shows under this name."""
    found = re.findall(rf"^```\w+\n(?:#|//) {re.escape(name)}\n(.*?)^```$", PAGE.read_text(), re.S | re.M)
    assert len(found) == 1, f"{PAGE} shows {len(found)} files {name}"
    return found[0]


class Place(Project):
    """A project, and the tools."""

    def __init__(self, scratch, tools, _hub):
        super().__init__(scratch)
        self.node = tools[1]
        rsync = self.dir / "rsync"
        rsync.mkdir()
        (rsync / "rsync").write_text(RSYNC)
        (rsync / "rsync").chmod(0o755)

    def yaml(self, text):
        sys.path.append(str(self.node.parent.parent))
        from ruamel.yaml import YAML

        return YAML(typ="safe", pure=True).load(text)

    def gitlab(self, status=0, **variables):
        """Runs the pipeline on the committed files; the log."""
        self.commit()
        command = [self.node / "node", npm(self.node) / "gitlab-ci-local", "--shell-isolation", "--no-color"]
        # The variables of the jobs; the program keeps most of its own environment from them.
        for name, value in {**self.environment, **variables}.items():
            if name not in ("PATH", "HOME", "LC_ALL"):
                command += ["--variable", f"{name}={value}"]
        ran = subprocess.run(command, cwd=self.repo, env={**self.environment, "PATH": f"{self.dir}/rsync:{self.node}:/usr/bin:/bin"},
                             text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900, check=False)
        assert (ran.returncode == 0) == (status == 0), f"status {ran.returncode}\n{ran.stdout}"
        return ran.stdout

    def caches(self):
        """The entries of gitlab-ci-local's cache, with the digests of their files."""
        found = {}
        for file in sorted((self.repo / ".gitlab-ci-local/cache").rglob("*")):
            if file.is_file():
                entry = file.relative_to(self.repo / ".gitlab-ci-local/cache").parts[0]
                found.setdefault(entry, {})[file.name] = digest(file)
        return found

    def machine(self):
        """The next job gets another machine: nothing stays of the home and of the checkout."""
        shutil.rmtree(self.home)
        shutil.rmtree(self.repo / ".gitlab-ci-local/builds", ignore_errors=True)
        self.home.mkdir()


def case(test):
    """A case, and the place that it wants."""
    test.place = Place
    CASES.append(test)
    return test


def component(place, **inputs):
    """The page's file, with the component of this release as a file of the repository."""
    text = shown(".gitlab-ci.yml")
    remote = r"  - remote: https://github\.com/goward/goward/releases/download/vX\.Y\.Z/goward\.gitlab-ci\.yml\n    integrity: sha256-0+=\n"
    text, done = re.subn(remote, "  - local: /goward.gitlab-ci.yml\n", text)
    assert done == 1, text
    # No container here: the job runs in a copy of the checkout.
    text, done = re.subn(r"  image: .*\n", "", text)
    assert done == 1, text
    given = "".join(f"      {name.replace('_', '-')}: {value}\n" for name, value in inputs.items())
    text = text.replace("      default-version: stable\n", f"      default-version: stable\n{given}")
    place.write(".gitlab-ci.yml", text)
    place.write("goward.gitlab-ci.yml", (place.dir / "served/goward.gitlab-ci.yml").read_text())
    place.write(".gitignore", ".gitlab-ci-local\n")


@case
def gitlab(place):
    """The component: the second job has the modules and the builds of the first, on another machine."""
    component(place)
    first = place.gitlab(CI_PIPELINE_SOURCE="push")
    has(first, "install.sh: OK", "modules: nothing was restored")
    assert place.seen() == f"go{NEWEST}"
    kept = place.caches()
    assert sorted(kept) == ["goward-build-test-main-", "goward-mod-main-"], f"{kept}\n{first}"
    assert "v1.0.0.zip" in kept["goward-mod-main-"] and "v1.0.0.ziphash" not in kept["goward-mod-main-"], kept
    place.machine()
    place.change(1)
    second = place.gitlab(CI_PIPELINE_SOURCE="push", GOPROXY="off", GOFLAGS="-modcacherw -buildvcs=false -x")
    assert place.seen() == f"go{NEWEST}"
    # The package and what `go test` makes for it.
    compiled = second.count("/compile -o ")
    assert 0 < compiled <= 4, f"{compiled} packages are compiled\n{second}"
    print(f"    the second job compiled {compiled} packages, and fetched no module", flush=True)


@case
def gitlab_merge_request(place):
    """A fork's merge request gets no build of a branch, and saves nothing under a branch's name."""
    component(place)
    place.gitlab(CI_PIPELINE_SOURCE="push")
    before = place.caches()
    place.machine()
    place.change(1)
    of_fork = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_PROJECT_ID": "1",
               "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"}
    place.gitlab(**of_fork)
    after = place.caches()
    assert {name: after[name] for name in before} == before, "the request changed a branch's entries"
    assert all(name.endswith("-7") for name in set(after) - set(before)), sorted(after)


@case
def gitlab_files_in_the_way(place):
    """A repository with files in the place of the caches: the job stops before it runs anything of goward's or Go's."""
    component(place)
    place.write(".goward/go-build/README", "of the repository")
    has(place.gitlab(status=1, CI_PIPELINE_SOURCE="push"), "the repository has files in .goward, where caches lie", "git rm -r --cached .goward")
    assert not (place.home / ".goward").exists() and not (place.dir / "seen").exists()


@case
def gitlab_inputs(place):
    """Inputs are values, whatever they say; a pin is one for the whole job."""
    component(place, go_version=f'"{PINNED}"', cache_policy="pull")
    place.gitlab(CI_PIPELINE_SOURCE="push")
    assert place.seen() == f"go{PINNED}"
    assert place.caches() == {}, place.caches()
    mark = place.dir / "mark"
    component(place, go_version=f"'$(touch {mark})`touch {mark}`\";touch {mark};\"'")
    place.gitlab(status=1, CI_PIPELINE_SOURCE="push")
    assert not mark.exists()


@case
def gitlab_wrong_digest(place):
    """Another install.sh than the component's ends the job before any of it runs."""
    component(place)
    script = place.dir / "served/install.sh"
    script.write_text(f"touch {place.dir}/mark\n{script.read_text()}")
    has(place.gitlab(status=1, CI_PIPELINE_SOURCE="push"), "install.sh: FAILED")
    assert not (place.dir / "mark").exists() and not (place.home / ".goward").exists()


def stored(place, paths, key, caches):
    """Puts what a job saves under a key that is not there yet."""
    if key not in caches:
        caches[key] = place.dir / f"entry-{len(caches)}.tar"
        below = [os.path.relpath(path, place.home) for path in paths]
        subprocess.run(["tar", "-cf", caches[key], "-C", place.home, *below], check=True)


@case
def azure(place):
    """Azure: what one step prints is the next one's environment."""
    text = place.yaml(place.filled(shown("azure-pipelines.yml")))
    caches = {}
    for run in range(2):
        (place.dir / f"agent-{run}").mkdir()
        environment = {"TF_BUILD": "True", "BUILD_REASON": "IndividualCI", "BUILD_SOURCEBRANCH": "refs/heads/main",
                       "AGENT_TEMPDIRECTORY": f"{place.dir}/agent-{run}", "BUILD_SOURCESDIRECTORY": str(place.repo), "SYSTEM_JOBID": str(run),
                       **text["variables"], "PATH": place.environment["PATH"], "GOPROXY": place.environment["GOPROXY"] if run == 0 else "off"}
        save = []
        for step in text["steps"]:
            if step.get("task") == "Cache@2":
                path = step["inputs"]["path"].replace("$(HOME)", str(place.home))
                save.append(path)
                if "modules" in caches:
                    subprocess.run(["tar", "-xf", caches["modules"], "-C", place.home], check=True)
                continue
            said = place.shell(step["bash"], ("/bin/bash", "--noprofile", "--norc"), **environment)
            for name, value in re.findall(r"^##vso\[task\.setvariable variable=(\w+)\](.*)$", said, re.M):
                environment[name] = value
            for directory in re.findall(r"^##vso\[task\.prependpath\](.*)$", said, re.M):
                environment["PATH"] = f"{directory}:{environment['PATH']}"
        stored(place, save, "modules", caches)
        assert place.seen() == f"go{NEWEST}"
        place.machine()
        place.change(1)


@case
def circleci(place):
    """CircleCI: each step reads the file of BASH_ENV."""
    text = place.yaml(place.filled(shown(".circleci/config.yml")))
    job, caches = text["jobs"]["test"], {}
    for run in range(2):
        file = place.dir / f"bash-env-{run}"
        file.touch()
        environment = {"CIRCLECI": "true", "CIRCLE_BRANCH": "main", "CIRCLE_WORKFLOW_JOB_ID": str(run), "BASH_ENV": str(file),
                       **job["environment"], "GOPROXY": place.environment["GOPROXY"] if run == 0 else "off"}
        for step in job["steps"]:
            if step == "checkout":
                continue
            if "restore_cache" in step:
                if caches:
                    subprocess.run(["tar", "-xf", caches[step["restore_cache"]["keys"][0]], "-C", place.home], check=True)
            elif "save_cache" in step:
                paths = [path.replace("~", str(place.home)) for path in step["save_cache"]["paths"]]
                stored(place, paths, step["save_cache"]["key"], caches)
            else:
                script = step["run"] if isinstance(step["run"], str) else step["run"]["command"]
                place.shell(script, **environment)
        assert place.seen() == f"go{NEWEST}"
        place.machine()
        place.change(1)


@case
def jenkins(place):
    """Jenkins: the second run finds goward and Go on the agent's disk, and asks no server."""
    text = place.filled(shown("Jenkinsfile"))
    home = re.compile(r"\$\{env\.(\w+)\}")
    block = re.search(r"environment \{\n(.*?)\n    \}", text, re.S)[1]
    environment = {"JENKINS_URL": "http://localhost/", "WORKSPACE_TMP": str(place.dir / "temporary")}
    known = {**place.environment, **environment}
    for line in block.splitlines():
        name, value = re.fullmatch(r"\s*(\w+) = (['\"].*['\"])", line).groups()
        environment[name] = known[name] = home.sub(lambda found: known[found[1]], value[1:-1])
    outer = home.sub(lambda found: known[found[1]], re.search(r'withEnv\(\["PATH\+GOWARD=(.*?)"\]\)', text)[1])
    steps = [(match.start(), match[1] or match[2]) for match in re.finditer(r"\bsh (?:'''(.*?)'''|'(.*?)')", text, re.S)]
    assert len(steps) == 3 and text.count("sh '") == 3, text
    for run in range(2):
        for at, script in steps:
            path = f"{outer}:{place.environment['PATH']}" if at > text.index("withEnv") else place.environment["PATH"]
            place.shell(script, ("/bin/sh", "-xe"), **{**environment, "PATH": path})
        assert place.seen() == f"go{NEWEST}"
        place.change(1)
        asked = [one for one in place.hub.taken() if one.endswith(".tar.gz")]
        assert len(asked) == (2 if run == 0 else 0), asked


@case
def buildkite(place):
    """Buildkite: one script, after the upload has made one `$` of two."""
    text = place.yaml(place.filled(shown(".buildkite/pipeline.yml")))
    environment = {"BUILDKITE": "true", "BUILDKITE_JOB_ID": "1", "BUILDKITE_BRANCH": "main", "BUILDKITE_SOURCE": "webhook",
                   **text["env"]}
    [step] = text["steps"]
    assert not re.search(r"(?<!\$)\$(?!\$)", step["command"].replace("$$", "")), "a `$` that the upload expands"
    place.shell(step["command"].replace("$$", "$"), ("/bin/bash", "-e"), **environment)
    assert place.seen() == f"go{NEWEST}"


@case
def wrong_digest(place):
    """Nothing of another install.sh than the one that is named runs, on any system."""
    script = place.dir / "served/install.sh"
    texts = {name: place.filled(shown(name)) for name in ("azure-pipelines.yml", ".circleci/config.yml", "Jenkinsfile", ".buildkite/pipeline.yml")}
    script.write_text(f"touch {place.dir}/mark\n{script.read_text()}")
    steps = [(place.yaml(texts["azure-pipelines.yml"])["steps"][0]["bash"], ["--noprofile", "--norc"])]
    steps += [(place.yaml(texts[".circleci/config.yml"])["jobs"]["test"]["steps"][1]["run"]["command"], ["-e", "-o", "pipefail"])]
    steps += [(re.search(r"sh '''(.*?)'''", texts["Jenkinsfile"], re.S)[1], ["-xe"])]
    steps += [(place.yaml(texts[".buildkite/pipeline.yml"])["steps"][0]["command"].replace("$$", "$"), ["-e"])]
    for step, options in steps:
        settings = {"GOWARD_URL": place.address, "GOWARD_SHA256": place.sha256, "AGENT_TEMPDIRECTORY": str(place.dir / "temporary"),
                    "WORKSPACE_TMP": str(place.dir / "temporary")}
        has(place.shell(step, ("/bin/bash", *options), status=1, **settings), "install.sh: FAILED")
    assert not (place.dir / "mark").exists()
