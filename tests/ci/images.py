"""The images of the shipped Dockerfile, built without a network and run by users of many kinds."""

import re
import shutil
import time

from boxes import ALPINE, DEBIAN, DOCKERFILE, USABLE, Boxes
from tools import MIRROR, RELEASES, TOP, has

PAGE = TOP / "docs/src/reference/images.md"
GOS = "1.27.3 1.22.10"
# Users as `docker run --user` and OpenShift have them; the last two have no entry in /etc/passwd.
USERS = {"root": "0:0", "a user": "1000:1000", "a random user": "1000660000:0"}
# The longest that a build from a bare machine may take, in seconds.
LONGEST = 300
PROGRAM = """
export HOME=/ GOCACHE=/tmp/cache-$(id -u) GOTOOLCHAIN=local GOFLAGS=-buildvcs=false
mkdir /tmp/work-$(id -u) && cd /tmp/work-$(id -u) || exit
go version && goward current
printf 'module m\\n\\ngo 1.21\\n' >go.mod
printf 'package main\\n\\nimport "runtime"\\n\\nfunc main() { println("built by", runtime.Version()) }\\n' >main.go
CGO_ENABLED=0 go run . || exit
echo 1.22.10 >.go-version
go version
echo 1.21.13 >.go-version
go version
"""
CASES = []


class Place:
    """buildah, and the release as the Dockerfile's context."""

    def __init__(self, scratch, _tools, _hub):
        self.dir = scratch
        self.boxes = Boxes(scratch)
        self.context = scratch / "release"
        self.context.mkdir()
        for name in ("SHA256SUMS", next(RELEASES.glob("goward-*-x86_64-unknown-linux-musl.tar.gz")).name):
            shutil.copy(RELEASES / name, self.context)

    def build(self, target, gos=GOS):
        since = time.monotonic()
        image = self.boxes.build(DOCKERFILE, self.context, target, mirror=MIRROR, GO_VERSIONS=gos,
                                 GOWARD_MIRROR="file:///mirror", GOWARD_MIRROR_DIGESTS="own", SOURCE_DATE_EPOCH="1700000000")
        return image, time.monotonic() - since


def case(test):
    """A case, and the place that it wants."""
    test.place = Place
    if USABLE:
        CASES.append(test)
    return test


def run_by_all(place, image):
    """The default and a pin run for each user, on a root that can be written to and on one that cannot."""
    container = place.boxes.start(image)
    for name, user in USERS.items():
        for run in (place.boxes.run, place.boxes.run_read_only):
            said = run(container, PROGRAM, user=user)
            has(said, "go version go1.27.3 linux/amd64", "go1.27.3 (/usr/local/lib/goward/default:1)",
                "built by go1.27.3", "go version go1.22.10 linux/amd64", "status 127")
            assert re.search(r"\.go-version.*goward install|goward install.*\n?.*\.go-version", said, re.S), said
        print(f"    {name} ({user}): runs, on a read-only root, too", flush=True)
        place.boxes.run(container, "rm -rf /tmp/work-* /tmp/cache-*")


def twice(place, target):
    """An image of which a second build has equal layers."""
    image, seconds = place.build(target)
    other, _ = place.build(target)
    assert place.boxes.layers(image) == place.boxes.layers(other), f"{target}: two builds differ"
    assert seconds <= LONGEST, f"{target}: {seconds:.0f} s"
    print(f"    {target}: built in {seconds:.0f} s without a network, equal layers twice", flush=True)
    return image


@case
def image_debian(place):
    """Debian's image."""
    place.boxes.base(DEBIAN)
    run_by_all(place, twice(place, "debian"))


@case
def image_alpine(place):
    """Alpine's image."""
    place.boxes.base(DEBIAN)
    place.boxes.base(ALPINE)
    run_by_all(place, twice(place, "alpine"))


@case
def image_files(place):
    """The files, and the Dockerfiles that the page shows, which copy them or begin with an image."""
    place.boxes.base(DEBIAN)
    twice(place, "files")
    for name, image in {"ghcr.io/goward/goward:X.Y.Z-files": place.build("files")[0], "ghcr.io/goward/goward:X.Y.Z": place.build("debian", "")[0],
                        "docker.io/library/debian:13": DEBIAN, DEBIAN: DEBIAN}.items():
        place.boxes.settle(image, name, GOWARD_MIRROR="file:///mirror", GOWARD_MIRROR_DIGESTS="own")
    shown = re.findall(r"^```dockerfile\n(.*?)^```$", PAGE.read_text(), re.S | re.M)
    assert len(shown) == 3, f"{PAGE} shows {len(shown)} files"
    for number, text in enumerate(shown, 1):
        work = place.dir / f"page-{number}"
        work.mkdir()
        (work / "Dockerfile").write_text(text)
        (work / "go.mod").write_text("module example.com/app\n\ngo 1.22\n\ntoolchain go1.22.10\n")
        (work / "main.go").write_text('package main\n\nimport "runtime"\n\nfunc main() { println("by", runtime.Version()) }\n')
        built = place.boxes.build(work / "Dockerfile", work, mirror=MIRROR, GO_VERSION="1.27.3")
        script, expected = ("app", "by go1.22.10") if number == 1 else ("go version", "go version go1.27.3 linux/amd64")
        has(place.boxes.run(place.boxes.start(built), script, user="1000"), expected, "status 0")
        print(f"    Dockerfile {number} of the page: builds and runs", flush=True)


@case
def image_of_a_wrong_archive(place):
    """An archive that the sums do not confirm ends the build."""
    place.boxes.base(DEBIAN)
    archive = next(place.context.glob("*.tar.gz"))
    archive.write_bytes(archive.read_bytes()[:-1] + b"x")
    try:
        place.build("files")
    except AssertionError as error:
        has(str(error), "computed checksum did NOT match")
    else:
        raise AssertionError("a wrong archive was taken")
