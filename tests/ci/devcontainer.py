"""The feature for development containers: its metadata by the specification's own program, its script in a container."""

import json
import os
import re
import subprocess
import tarfile

import systems
from boxes import DEBIAN, USABLE, Boxes
from project import NEWEST, PINNED
from tools import TOP, has

CASES = []
# The fields of the specification that a feature may have, as far as this one needs them.
FIELDS = {"id", "version", "name", "description", "documentationURL", "licenseURL", "options", "containerEnv", "installsAfter"}


class Place(systems.Place):
    """The release's feature, unpacked, and buildah."""

    def __init__(self, scratch, tools, hub):
        super().__init__(scratch, tools, hub)
        self.boxes = Boxes(self.dir)
        self.feature = self.dir / "feature" / "src" / "goward"
        self.feature.mkdir(parents=True)
        with tarfile.open(self.dir / "served/devcontainer-feature-goward.tgz") as packed:
            packed.extractall(self.feature)
        self.about = json.loads((self.feature / "devcontainer-feature.json").read_text())

    def install(self, container, **options):
        """Runs the script as the specification says: as root, with the options as variables."""
        words = [word for name, value in options.items() for word in ("--env", f"{name}={value}")]
        words += ["--env", f"GOWARD_MIRROR={self.hub.url}/go", "--env", "GOWARD_MIRROR_DIGESTS=own"]
        self.boxes.call("run", "--isolation", "chroot", "--volume", f"{self.feature}:/feature:ro", *words, container, "--",
                        "sh", "-c", "cd /feature && ./install.sh")


def case(test):
    """A case, and the place that it wants."""
    test.place = Place
    if USABLE:
        CASES.append(test)
    return test


@case
def feature_metadata(place):
    """The program that publishes features takes it, and each page that it names is there."""
    about = place.about
    assert set(about) <= FIELDS and about["id"] == "goward" and about["version"] == place.version, about
    for option in about["options"].values():
        assert option["type"] == "string" and isinstance(option["default"], str), option
    for url in (about["documentationURL"], about["licenseURL"]):
        path = url.removeprefix("https://github.com/goward/goward/blob/main/")
        assert (TOP / path).is_file(), url
    out = place.dir / "packed"
    command = [place.node / "node", systems.npm(place.node) / "devcontainer", "features", "package"]
    ran = subprocess.run([*command, place.feature.parent, "--output-folder", out], text=True, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, env={**os.environ, "PATH": f"{place.node}:/usr/bin:/bin"}, check=False)
    assert ran.returncode == 0, ran.stdout
    with tarfile.open(out / "devcontainer-feature-goward.tgz") as packed:
        names = {name.removeprefix("./") for name in packed.getnames()} - {".", ""}
    assert names == {"devcontainer-feature.json", "install.sh"}, names
    collection = json.loads((out / "devcontainer-collection.json").read_text())
    assert [one["id"] for one in collection["features"]] == ["goward"], collection


@case
def feature_in_a_container(place):
    """All users of the container have goward and its Gos, and another Go's directory does not come first."""
    place.boxes.base(DEBIAN)
    container = place.boxes.start(DEBIAN)
    place.install(container, VERSION=f"{NEWEST} {PINNED}")
    # What another feature leaves: a Go of its own, which GOROOT names.
    other = "mkdir -p /usr/local/go/bin && echo go1.20 >/usr/local/go/VERSION && printf '#!/bin/sh\\necho the other\\n' >/usr/local/go/bin/go"
    place.boxes.run(container, f"{other} && chmod +x /usr/local/go/bin/go")
    first, path = place.about["containerEnv"]["PATH"].split("${PATH}")[0], "/usr/local/go/bin:/usr/bin:/bin"
    settings = {"PATH": f"{first}{path}", "GOROOT": "/usr/local/go", "HOME": "/tmp/home"}
    script = f"mkdir $HOME && cd $HOME && go version && echo {PINNED} >.go-version && go version"
    for user in ("0:0", "1000:1000"):
        # Go's telemetry makes the directory anew some time after the command.
        own = {**settings, "HOME": f"/tmp/home-of-{user.split(':')[0]}"}
        said = place.boxes.run(container, script, user=user, **own)
        has(said, f"go version go{NEWEST} linux/amd64", f"go version go{PINNED} linux/amd64", "status 0")
    # A login shell begins anew with PATH.
    has(place.boxes.run(container, "bash -lc 'go version'", user="1000:1000", HOME="/tmp"), f"go version go{NEWEST} ")
    # Each user brings what is missing into a store of their own.
    more = {**settings, "GOWARD_MIRROR": f"{place.hub.url}/go", "GOWARD_MIRROR_DIGESTS": "own"}
    said = place.boxes.run(container, "mkdir -p $HOME && go +1.23.2 version && ls $HOME/.goward/toolchains", user="1000:1000", **more)
    has(said, "go version go1.23.2 linux/amd64", "go1.23.2\n", "status 0")


@case
def feature_of_another_script(place):
    """Another install.sh than the release's does not run."""
    place.boxes.base(DEBIAN)
    script = place.dir / "served/install.sh"
    script.write_text(f"touch /mark\n{script.read_text()}")
    container = place.boxes.start(DEBIAN)
    try:
        place.install(container, VERSION="none")
    except AssertionError as error:
        has(str(error), f"install.sh is not the one of goward {place.version}")
    else:
        raise AssertionError("it ran")
    assert re.search(r"status [1-9]", place.boxes.run(container, "ls /mark /usr/local/lib/goward/bin"))
