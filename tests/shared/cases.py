"""The cases, each with its own state of the machine."""

import json
import os
import pathlib
import shutil
import stat
import subprocess
import zipfile

from machine import (MIRROR, MIRRORS, PATH, POLICY, PROGRAMS, ROOT, USERS, check, forget, goward, login, own, policy,
                     run, setup, sudoers)

CASES = {}
UNTRIED = []
LINKS = [pathlib.Path("/usr/local/bin") / name for name in ("go", "gofmt", "goward")]
PROFILE = pathlib.Path("/etc/profile.d/goward.sh")
# A regular expression of sudoers, which needs sudo 1.9.10; the book's.
RULE = r"/usr/local/bin/goward ^install --system (go)?1\.[0-9]+(\.[0-9]+)?$"
PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/src/reference/shared-machines.md"
HELLO = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'


def case(function):
    """A case, by its name."""
    CASES[function.__name__] = function
    return function


def not_tested(what):
    print(f"NOT TESTED: {what}", flush=True)
    UNTRIED.append(what)


def reset():
    """A machine with goward for all and one release, and users who have nothing."""
    policy(MIRRORS)
    for name in USERS:
        forget(name)
    pathlib.Path("/etc/sudoers.d/goward-test").unlink(missing_ok=True)
    setup("--system").ok()
    if not (ROOT / "toolchains/go1.27.3").is_dir():
        goward("root", "install", "--system", "1.27.3").ok()


def project(user, name="p", **files):
    """A directory of a user's, with a program."""
    own(user, f"{name}/main.go", HELLO)
    for file, text in {"go.mod": "module example.com/p\n\ngo 1.21\n", **files}.items():
        own(user, f"{name}/{file.replace('_', '.') if file.startswith('_') else file}", text)
    return pathlib.Path(f"/home/{user}/{name}")


def old_pin_under(bound):
    """A machine whose policy has that bound, and ann's project with a pin for 1.22.10: its directory, and the bound's place."""
    policy(MIRRORS + f"\n[policy]\n{bound}\n")
    own("ann", "p/.go-version", "1.22.10\n")
    return project("ann"), "/etc/goward/config.toml:5"


def modes(top):
    """Kind, mode, owner, target and time of each name."""
    found = {}
    for path in [top, *sorted(top.rglob("*"))]:
        facts = path.lstat()
        found[str(path)] = (facts.st_mode, facts.st_uid, facts.st_ino, facts.st_mtime_ns)
    return found


@case
def sets_up_and_takes_back():
    """`setup --system` and `--remove --system`: dry, refused, done, again, in the way, with any umask."""
    setup("--remove", "--system").ok()
    shutil.rmtree(ROOT)
    check(not any(path.is_symlink() for path in LINKS) and not PROFILE.exists())
    dry = run("ann", PROGRAMS / "goward", "setup", "--system", "--dry-run").ok()
    check(dry.count("would link") == 3 and "would write /etc/profile.d/goward.sh" in dry, dry)
    check("would copy" in dry and not ROOT.exists(), dry)
    for words in (["--system"], ["--remove", "--system"]):
        refused = run("ann", PROGRAMS / "goward", "setup", *words)
        refused.fails(1, "only root", f'sudo "$(command -v goward)" setup {" ".join(words)}')
    check(not ROOT.exists() and not PROFILE.exists())
    # A file of another program's is in the way; the rest is done.
    LINKS[1].write_text("mine\n")
    ran = run("root", "sh", "-c", f"umask 077; exec {PROGRAMS}/goward setup --system --json")
    ran.fails(1, "/usr/local/bin/gofmt is no link of goward's", "move it away")
    told = json.loads(ran.out)
    check(not told["done"] and [one["done"] for one in told["links"]] == [True, False, True], told)
    check(LINKS[1].read_text() == "mine\n")
    LINKS[1].unlink()
    ran = run("root", "sh", "-c", f"umask 077; exec {PROGRAMS}/goward setup --system")
    ran.ok()
    check("linked /usr/local/bin/gofmt" in ran.err and "linked /usr/local/bin/go to" not in ran.err, ran)
    for directory in [ROOT, ROOT / "shims", ROOT / "bin", ROOT / "toolchains"]:
        facts = directory.stat()
        check((stat.S_IMODE(facts.st_mode), facts.st_uid) == (0o755, 0), directory, oct(facts.st_mode))
    check(stat.S_IMODE(PROFILE.stat().st_mode) == 0o644, oct(PROFILE.stat().st_mode))
    check([os.readlink(path) for path in LINKS] == [f"{ROOT}/shims/go", f"{ROOT}/shims/gofmt", f"{ROOT}/bin/goward"])
    before = modes(ROOT / "shims"), modes(ROOT / "bin"), PROFILE.stat().st_mtime_ns, LINKS[0].lstat().st_ino
    again = setup("--system")
    again.ok()
    check("linked" not in again.err and "copied" not in again.err and again.out == "", again)
    after = modes(ROOT / "shims"), modes(ROOT / "bin"), PROFILE.stat().st_mtime_ns, LINKS[0].lstat().st_ino
    check(before == after, "a second setup changes something")
    PROFILE.chmod(0o600)
    setup("--system").ok()
    check(stat.S_IMODE(PROFILE.stat().st_mode) == 0o644, "a killed setup left it closed")
    # A link into the root that an older goward made is brought up to date.
    LINKS[0].unlink()
    LINKS[0].symlink_to(ROOT / "old/go")
    PROFILE.write_text(PROFILE.read_text().replace("shims", "older"))
    setup("--system").ok()
    check(os.readlink(LINKS[0]) == f"{ROOT}/shims/go" and "older" not in PROFILE.read_text())
    # What other programs have put there stays.
    PROFILE.write_text("# mine\n")
    setup("--system").fails(1, "/etc/profile.d/goward.sh is no file of goward's")
    LINKS[1].unlink()
    LINKS[1].symlink_to("/usr/bin/true")
    removed = setup("--remove", "--system", "--json").ok()
    told = json.loads(removed)
    check([one["path"] for one in told["removes"]] == [str(LINKS[0]), str(LINKS[2])], told)
    check({one["path"] for one in told["stays"]} == {str(LINKS[1]), str(PROFILE), str(ROOT)}, told)
    check(PROFILE.read_text() == "# mine\n" and LINKS[1].is_symlink() and ROOT.is_dir())
    again = setup("--remove", "--system")
    again.ok()
    check("nothing that `goward setup --system` makes is here" in again.err, again)
    PROFILE.unlink()
    LINKS[1].unlink()
    # The way to remove all of it, which the command names.
    run("root", ROOT / "bin/goward", "self", "uninstall", "--yes", GOWARD_ROOT=str(ROOT)).ok()
    check(not ROOT.exists(), list(ROOT.rglob("*")) if ROOT.exists() else "")


@case
def all_run_what_root_installs():
    """`install --system`: every user runs it, and changes nothing of it."""
    setup("--remove", "--system").ok()
    shutil.rmtree(ROOT)
    setup("--system").ok()
    ran = run("root", "sh", "-c", "umask 077; exec goward install --system 1.27.3")
    ran.ok()
    again = goward("root", "install", "--system", "1.27.3")
    again.ok()
    check("is installed already" in again.err, again)
    for user in ("ann", "bob"):
        check("go1.27.3" in run(user, "go", "version").ok())
        check(login(user, "command -v go").ok().strip() == f"{ROOT}/shims/go")
        check("go1.27.3" in login(user, "go1.27.3 version").ok())
        directory = project(user)
        run(user, "go", "build", "-o", "hello", cwd=directory, CGO_ENABLED="0").ok()
        check(run(user, "./hello", cwd=directory).ok() == "hello\n")
    tree = ROOT / "toolchains/go1.27.3"
    unreadable = run("ann", "find", tree, "!", "-readable").ok()
    check(unreadable == "", unreadable[:2000])
    # Two directories are closed to all but root.
    writable = run("ann", "find", ROOT, "-writable", "!", "-type", "l").out
    check(writable == "", writable[:2000])
    foreign = run("root", "find", ROOT, "!", "-user", "root").ok()
    check(foreign == "", foreign[:2000])
    refused = goward("ann", "install", "--system", "1.22.10")
    refused.fails(6, "only root can install for all", "goward install --system VERSION", "leave --system out")
    check("would install" in goward("ann", "install", "--system", "--dry-run", "1.22.10").ok())
    goward("ann", "uninstall", "1.27.3").fails(3, "not installed")
    goward("ann", "install", "1.22.10").ok()
    check(pathlib.Path("/home/ann/.goward/toolchains/go1.22.10").is_dir())
    check("go1.22.10" in run("ann", "go", "+1.22.10", "version").ok())
    # The default of all, until a user has one.
    check("go1.27.3" in run("bob", "go", "version").ok())
    goward("ann", "default", "1.22.10").ok()
    check("go1.22.10" in run("ann", "go", "version").ok() and "go1.27.3" in run("bob", "go", "version").ok())


@case
def a_policy_that_others_could_write_is_refused():
    """Root owns the file and each directory above it, and only root may write them; else an error."""
    ann = USERS["ann"]
    text = MIRRORS + '\n[policy]\nminimum = "1.24"\n'

    def owned():
        policy(text, owner=ann)

    def open_to_all():
        policy(text, mode=0o666)

    def open_to_a_group():
        policy(text, mode=0o664)
        os.chown(POLICY, 0, ann)

    def directory_owned():
        policy(text)
        os.chown(POLICY.parent, ann, ann)

    def directory_open():
        policy(text)
        POLICY.parent.chmod(0o777)

    def directory_closed():
        policy(text)
        POLICY.parent.chmod(0o700)

    def closed():
        policy(text, mode=0o600)

    def link():
        policy(text)
        POLICY.rename("/etc/goward/other.toml")
        POLICY.symlink_to("other.toml")

    def directory_link():
        policy(None)
        other = pathlib.Path("/etc/goward-other")
        other.mkdir(exist_ok=True)
        (other / "config.toml").write_text(text)
        POLICY.parent.symlink_to(other)

    def fifo():
        policy("")
        POLICY.unlink()
        os.mkfifo(POLICY)

    def directory():
        policy("")
        POLICY.unlink()
        POLICY.mkdir()

    def huge():
        policy("#" * (2 << 20))

    def no_text():
        policy("")
        POLICY.write_bytes(b"\xff\xfe")

    def parent_open():
        policy(text)
        os.chmod("/etc", 0o777)

    directory_of = project("ann")
    for spoil in (owned, open_to_all, open_to_a_group, directory_owned, directory_open, directory_closed, closed, link,
                  directory_link, fifo, directory, huge, no_text, parent_open):
        try:
            spoil()
            for words in (["config", "list"], ["install", "1.22.10"], ["config", "set", "offline", "true"]):
                goward("ann", *words, timeout=20).fails(2, "/etc/goward/config.toml binds all users, but not as it is")
            check(not pathlib.Path("/home/ann/.goward/toolchains/go1.22.10").exists(), spoil.__name__)
            # What is there runs: the shim reads no policy.
            check("go1.27.3" in run("ann", "go", "version", cwd=directory_of).ok())
        except Exception as error:
            error.args = (spoil.__name__, *error.args)
            raise
        finally:
            os.chmod("/etc", 0o755)
            if POLICY.parent.is_symlink():
                POLICY.parent.unlink()
    for text, says in [
        ("[policy]\nminimal = '1.24'\n", "/etc/goward/config.toml:2: unknown field"),
        ("[policy.more]\nx = 1\n", "unknown field"),
        ("[policy]\n\nauto-install = 'sometimes'\n", "/etc/goward/config.toml:3: unknown variant"),
        ("[policy]\nmin-trust = 'none'\n", "/etc/goward/config.toml:2: min-trust"),
        ("[policy\n", "/etc/goward/config.toml:1"),
    ]:
        policy(text)
        goward("ann", "config", "list").fails(2, says)
    for text in ("ofline = true\n", "[Policy]\nmirrors-only = true\n"):
        policy(text)
        goward("ann", "config", "list").fails(2, "/etc/goward/config.toml:1: unknown key")


@case
def the_minimum_binds():
    """`minimum`: a repository's pin below it installs nothing, and a user's may be later, not earlier."""
    directory, where = old_pin_under('minimum = "1.23"')
    refused = run("ann", "go", "version", cwd=directory)
    refused.fails(125, ".go-version:1", where)
    check(not pathlib.Path("/home/ann/.goward/toolchains/go1.22.10").exists())
    goward("ann", "install", cwd=directory).fails(2, ".go-version:1", where)
    earlier = goward("ann", "install", cwd=directory, GOWARD_MINIMUM="1.22")
    earlier.fails(2, 'GOWARD_MINIMUM=1.22 in the environment is below minimum = "1.23" in ' + where)
    goward("ann", "install", cwd=directory, GOWARD_MINIMUM="1.24").fails(2, "GOWARD_MINIMUM=1.24")
    own("ann", ".goward/config.toml", '[policy]\nminimum = "1.21"\n')
    goward("ann", "install", cwd=directory).fails(2, 'minimum = "1.21" in ', "/.goward/config.toml", where)
    listed = goward("ann", "config", "list").ok()
    check(f"{where} (1.23) does not allow 1.21" in listed, listed)
    set_earlier = goward("ann", "config", "set", "policy.minimum", "1.20")
    set_earlier.fails(2, f"policy.minimum = 1.20 is not what {where} (1.23) allows")
    check(pathlib.Path("/home/ann/.goward/config.toml").read_text() == '[policy]\nminimum = "1.21"\n')
    goward("ann", "config", "set", "policy.minimum", "1.24").ok()
    goward("ann", "config", "unset", "policy.minimum").ok()
    told = json.loads(goward("ann", "config", "get", "policy.minimum", "--json").ok())
    check((told["value"], told["source"], told["line"]) == ("1.23", "policy", 5), told)
    check(told["bound"] == {"value": "1.23", "file": str(POLICY), "line": 5} and told["file"] == str(POLICY), told)
    # The user's own word is not a repository's.
    goward("ann", "install", "1.22.10").ok()
    explained = goward("ann", "explain", cwd=directory)
    check(where in explained.out + explained.err, explained)
    # A floor is raised.
    check("go1.22.10" in run("ann", "go", "version", cwd=directory).ok(), "what is installed runs: the page says so")


@case
def the_page_of_the_book():
    """What a user sees under the policy of the page, typed anew. GOWARD_TEST_UPDATE writes what is shown now."""
    page = PAGE.read_text()
    policy(page.split("```toml\n")[1].split("```")[0])
    own("ann", "p/.go-version", "1.22.10\n")
    directory = project("ann")
    transcripts = [block.split("```")[0] for block in page.split("```console\n")[1:]]
    check(transcripts, "the transcript is lost")
    for lines in transcripts:
        shown = ""
        for command in (line[2:] for line in lines.splitlines() if line.startswith("$ ")):
            ran = run("ann", "sh", "-c", f"{{ {command}\n}} 2>&1", cwd=directory)
            shown += f"$ {command}\n" + ran.out.replace("/home/ann", "~")
        if os.environ.get("GOWARD_TEST_UPDATE"):
            page = page.replace(lines, shown)
        else:
            check(shown == lines, shown)
    if os.environ.get("GOWARD_TEST_UPDATE"):
        PAGE.write_text(page)
    check(not pathlib.Path("/home/ann/.goward/toolchains/go1.22.10").exists())


@case
def no_install_on_a_miss():
    """`auto-install = "never"`: a miss installs nothing, whatever the variable says; a person may."""
    directory, where = old_pin_under('auto-install = "never"')
    store = pathlib.Path("/home/ann/.goward/toolchains")
    for more in ({}, {"GOWARD_AUTO_INSTALL": "always"}):
        ran = run("ann", "go", "version", cwd=directory, **more)
        ran.fails(125, 'auto-install = "never" in ' + where, "goward install 1.22.10", "goward install --system")
        check(ran.err.count("error:") == 1, ran)
        run("ann", "go", "+1.22.10", "version", **more).fails(125, where)
    check(not store.exists() or not any(store.iterdir()), "nothing is installed")
    check("go1.27.3" in run("ann", "go", "+latest", "version").ok())
    explained = goward("ann", "explain", cwd=directory)
    check(where in explained.out + explained.err and "would install" not in explained.out, explained)
    listed = goward("ann", "config", "list", GOWARD_AUTO_INSTALL="always").ok()
    check(f"{where} (never) does not allow always" in listed, listed)
    check(goward("ann", "config", "get", "policy.auto-install").ok() == "never\n")
    goward("ann", "config", "set", "policy.auto-install", "always").fails(2, "is for the owner of the machine")
    # Where something else does, it runs in silence.
    own("ann", "q/go.mod", "module example.com/q\n\ngo 1.21\n\ntoolchain go1.23.2\n")
    ran = run("ann", "go", "version", cwd="/home/ann/q")
    check("go1.27.3" in ran.ok() and ran.err == "", ran)
    explained = goward("ann", "explain", cwd="/home/ann/q")
    check("go1.27.3" in explained.ok() and "would install" not in explained.out, explained)
    goward("ann", "install", cwd=directory).ok()
    check("go1.22.10" in run("ann", "go", "version", cwd=directory).ok())


@case
def only_the_listed_mirrors():
    """`mirrors-only`: those of the file, whoever names others, and however."""
    policy(MIRRORS + "\n[policy]\nmirrors-only = true\n")
    where = "mirrors-only = true in /etc/goward/config.toml:5"
    goward("ann", "install", "1.22.10").ok()
    goward("ann", "install", "1.23.2", GOWARD_MIRROR=MIRROR.as_uri(), GOWARD_MIRROR_DIGESTS="own").ok()
    shutil.copytree(MIRROR, "/srv/other", dirs_exist_ok=True)
    elsewhere = goward("ann", "install", "1.21.13", GOWARD_MIRROR="file:///srv/other/", GOWARD_MIRROR_DIGESTS="own")
    elsewhere.fails(2, "GOWARD_MIRROR in the environment names file:///srv/other/", where, MIRROR.as_uri())
    for source in ("https://me:secret@go.example/dl/", "file:///srv/other", "proxy"):
        ran = goward("ann", "install", "--from", source, "1.21.13", GOPROXY="https://proxy.example")
        check("secret" not in ran.err, ran)
        if "secret" not in source:
            ran.fails(2, "--from names", where)
        check(ran.code == 2, ran)
    own("ann", ".goward/config.toml", 'mirrors = ["file:///srv/other/"]\nmirror-digests = "own"\n')
    goward("ann", "install", "1.21.13").fails(2, "~/.goward/config.toml names", where)
    listed = goward("ann", "config", "list").ok()
    check("/etc/goward/config.toml:5" in listed and "does not allow file:///srv/other/" in listed, listed)
    refused = goward("ann", "config", "set", "mirrors", "https://go.example/dl/")
    refused.fails(2, "/etc/goward/config.toml:5")
    own("ann", ".goward/config.toml", "")
    own("ann", "p/.go-version", "1.21.13\n")
    run("ann", "go", "version", cwd="/home/ann/p", GOWARD_MIRROR="file:///srv/other").fails(127, where)
    check(not pathlib.Path("/home/ann/.goward/toolchains/go1.21.13").exists())
    check("go1.21.13" in run("ann", "go", "version", cwd="/home/ann/p").ok(), "by the file's own mirror")
    # Without mirrors in the file there is go.dev alone.
    policy("[policy]\nmirrors-only = true\n")
    goward("bob", "install", "1.21.13", GOWARD_MIRROR=MIRROR.as_uri()).fails(2, "https://go.dev/dl/")


@case
def no_weaker_witness():
    """`min-trust`: no flag, no variable and no local archive goes below it."""
    where = 'min-trust = "t1" in /etc/goward/config.toml:5'
    policy(MIRRORS + '\n[policy]\nmin-trust = "t1"\n')
    offline = {"GOWARD_OFFLINE": "1"}
    ran = goward("ann", "install", "1.22.10", **offline)
    ran.fails(5, "at least T1 is needed here", where)
    for level in ("t2", "t3", "none"):
        goward("ann", "install", "--verify", level, "1.22.10").fails(2, f"--verify is below {where}")
    goward("ann", "install", "1.22.10", GOWARD_VERIFY="none").fails(2, "GOWARD_VERIFY in the environment", where)
    archive = MIRROR / "go1.22.10.linux-amd64.tar.gz"
    digest = subprocess.run(["sha256sum", archive], capture_output=True, text=True, check=True).stdout.split()[0]
    for words in (["--sha256", digest], ["--verify", "t3", "--sha256", digest], ["--verify", "none"]):
        ran = goward("ann", "install", *words, archive, **offline)
        check(ran.code in (2, 5) and where in ran.err, ran)
    # A tree of another tool's.
    run("ann", "mkdir", "-p", "sdk").ok()
    run("ann", "tar", "-C", "sdk", "-xf", archive).ok()
    run("ann", "mv", "sdk/go", "sdk/go1.22.10").ok()
    ran = goward("ann", "adopt", "--unverified", "1.22.10", **offline)
    check(ran.code != 0, ran)
    ran = goward("ann", "install", "1.22.10", GOSUMDB="off")
    ran.fails(2, "disabled by GOSUMDB=off", where)
    check(not pathlib.Path("/home/ann/.goward/toolchains/go1.22.10").exists())
    check("t1" in goward("ann", "config", "get", "policy.min-trust").ok())
    policy(MIRRORS + '\n[policy]\nmin-trust = "t3"\n')
    goward("ann", "install", "1.22.10").ok()


@case
def check_by_the_machine():
    """`minimum` and `check-rules` count for `goward check --machine`, and for no other check."""
    directory, _ = old_pin_under('minimum = "1.24"\ncheck-rules = { version-eol = "error" }')
    goward("ann", "check", cwd=directory).ok()
    ran = goward("ann", "check", "--machine", cwd=directory)
    check(ran.code == 7, ran)
    for text in ("error[below-minimum]", "this machine's minimum 1.24", "/etc/goward/config.toml:5"):
        check(text in ran.out, text, ran)
    # A repository's own policy lowers nothing of that.
    own("ann", "p/.goward.toml", '[check]\nminimum = "1.20"\n[check.rules]\nversion-eol = "off"\n')
    told = json.loads(goward("ann", "check", "--machine", "--json", cwd=directory).out)
    rules = {one["rule"]: one["severity"] for one in told["findings"]}
    check(rules.get("below-minimum") == "error", rules)
    own("ann", "p/.goward.toml", '[check.rules]\nbelow-minimum = "off"\nversion-eol = "off"\n')
    told = json.loads(goward("ann", "check", "--machine", "--json", cwd=directory).out)
    rules = {one["rule"]: one["severity"] for one in told["findings"]}
    check(rules.get("version-eol") == "error", rules)
    policy("[policy]\n[policy.check-rules]\nversion-eof = 'error'\n")
    goward("ann", "check", "--machine", cwd=directory).fails(2, "did you mean version-eol?")
    goward("ann", "check", cwd=directory).ok()


@case
def sudo_and_paths():
    """sudo's `secure_path`: it finds the link in /usr/local/bin, and no shim of a user's."""
    everything = "ann ALL=(root) NOPASSWD: ALL\n"
    sudoers(everything)
    check("go1.27.3" in run("ann", "sudo", "-n", "go", "version").ok(), "the link is on the secure_path")
    # Without the link there is none, although ann's own PATH has one.
    for link in LINKS:
        link.unlink()
    run("ann", PROGRAMS / "goward", "setup", "--no-modify-path").ok()
    path = f"/home/ann/.goward/shims:{PATH}"
    run("ann", "go", "version", path=path).ok()
    for words in (["-n"], ["-n", "-E"]):
        run("ann", "sudo", *words, "go", "version", path=path).fails(1, "sudo: go: command not found")
    seen = run("ann", "sudo", "-n", "-E", "sh", "-c", "echo $HOME; echo $PATH", path=path).ok().splitlines()
    check(seen[0] == "/home/ann" and ".goward" not in seen[1], seen)
    sudoers(everything + f'Defaults secure_path="{ROOT}/shims:{ROOT}/bin:/usr/sbin:/usr/bin:/sbin:/bin"\n')
    check("go1.27.3" in run("ann", "sudo", "-n", "go", "version", path=path).ok())
    # Variables do not pass, unless the drop-in says so.
    asks = ["sudo", "-n", "sh", "-c", "echo $GOTOOLCHAIN,$GOFLAGS,$GOWARD_MIRROR"]
    variables = {"GOTOOLCHAIN": "go1.27.3", "GOFLAGS": "-v", "GOWARD_MIRROR": "file:///x"}
    check(run("ann", *asks, **variables).ok() == ",,\n")
    sudoers(everything + 'Defaults env_keep += "GOTOOLCHAIN GOFLAGS"\n')
    check(run("ann", *asks, **variables).ok() == "go1.27.3,-v,\n")
    # `sudo -E go build` leaves root's files in the caches of the user.
    sudoers(everything)
    setup("--system").ok()
    directory = project("ann")
    run("ann", "sudo", "-n", "-E", "go", "build", "-o", "/dev/null", cwd=directory, CGO_ENABLED="0").ok()
    cache = pathlib.Path("/home/ann/.cache/go-build")
    check(cache.stat().st_uid == 0, "the cache is root's")
    ran = run("ann", "go", "build", "-o", "/dev/null", cwd=directory, CGO_ENABLED="0")
    check(ran.code != 0 and "permission denied" in ran.err, ran)
    shutil.rmtree("/home/ann/.cache")
    run("ann", "sudo", "-n", "go", "build", "-o", "/dev/null", cwd=directory, CGO_ENABLED="0").ok()
    check(not cache.exists(), "root's own HOME has its cache")


@case
def a_root_that_others_could_move_is_refused():
    """Below a directory of another user's, or one that all may write, that user would choose everyone's Go."""
    theirs, open_to_all = pathlib.Path("/home/ann/theirs"), pathlib.Path("/home/open")
    for directory, mode, owner in ((theirs, 0o755, USERS["ann"]), (open_to_all, 0o777, 0)):
        directory.mkdir()
        os.chmod(directory, mode)
        os.chown(directory, owner, owner)
        root = str(directory / "goward")
        setup("--system", GOWARD_SYSTEM_ROOT=root).fails(1, str(directory))
        ran = goward("root", "install", "--system", "1.22.10", GOWARD_SYSTEM_ROOT=root)
        check(ran.code in (1, 6) and str(directory) in ran.err, ran)
        check(not list(directory.iterdir()), "nothing is made there")
    # What another user can write is not what root's login shells should read.
    os.chown("/etc/profile.d/goward.sh", USERS["ann"], USERS["ann"])
    try:
        setup("--system").fails(1, "/etc/profile.d/goward.sh belongs to user")
    finally:
        os.chown("/etc/profile.d/goward.sh", 0, 0)
    setup("--system").ok()


@case
def least_privilege():
    """The sudoers rule as a regular expression: that one command, with a version and nothing else."""
    # Root's own environment is sudo's, so what is installed comes by the policy file.
    policy(MIRRORS + "\n[policy]\nmirrors-only = true\n")
    sudoers(f"goinstall ALL=(root) NOPASSWD: {RULE}\n")

    def sudo(*words, **more):
        return run("goinstall", "sudo", "-n", "goward", *words, **more)

    sudo("install", "--system", "1.22.10").ok()
    check("go1.22.10" in run("ann", "go", "+1.22.10", "version").ok())
    check((ROOT / "toolchains/go1.22.10").stat().st_uid == 0)
    for words in (["install", "--system", "--from", "file:///srv/other", "1.23.2"],
                  ["install", "--system", "1.23.2", "--verify", "none"],
                  ["install", "--system", "./go1.23.2.linux-amd64.tar.gz"],
                  ["install", "--system", "1.23.2", "1.21.13"],
                  ["install", "--system", "1.23.2 --from x"],
                  ["install", "--system", "latest"],
                  ["install", "1.23.2"],
                  ["setup", "--system"],
                  ["self", "uninstall", "--yes"]):
        ran = sudo(*words)
        check(ran.code == 1 and "a password is required" in ran.err, ran)
    run("ann", "sudo", "-n", "goward", "install", "--system", "1.23.2").fails(1)
    check(not (ROOT / "toolchains/go1.23.2").exists())
    # Variables that would name another source or another root do not pass.
    sudo("install", "--system", "1.23.2", GOWARD_MIRROR="file:///srv/other", GOWARD_SYSTEM_ROOT="/srv/x",
         GOWARD_VERIFY="none").ok()
    check((ROOT / "toolchains/go1.23.2").is_dir() and not pathlib.Path("/srv/x").exists())
    # A rule with `*` takes every option.
    sudoers("goinstall ALL=(root) NOPASSWD: /usr/local/bin/goward install --system *\n")
    for words in (["--from", "file:///srv/other", "1.23.2"], ["--verify", "none", "1.23.2"], ["/home/goinstall/x.tar.gz"]):
        run("goinstall", "sudo", "-n", "-l", "goward", "install", "--system", *words).ok()
    # A user's goward needs nothing but to read and to run.
    group = run("bob", "go", "version").ok()
    check("go1.27.3" in group)
    # A root that another account owns is none for the others.
    for path in [ROOT, *ROOT.iterdir()]:
        os.chown(path, USERS["goinstall"], USERS["goinstall"], follow_symlinks=False)
    try:
        ran = run("bob", "go", "version")
        check(ran.code == 127, ran)
        refused = goward("root", "install", "--system", "1.21.13")
        refused.fails(6, f"only user {USERS['goinstall']} can install for all")
    finally:
        for path in [ROOT, *ROOT.iterdir()]:
            os.chown(path, 0, 0, follow_symlinks=False)
    check("go1.27.3" in run("bob", "go", "version").ok())


@case
def a_module_cache_for_all():
    """A module cache that root fills is a proxy for the others, who cannot change it."""
    proxy = pathlib.Path("/srv/proxy/example.com/dep/@v")
    proxy.mkdir(parents=True)
    mod = "module example.com/dep\n\ngo 1.21\n"
    (proxy / "list").write_text("v1.0.0\n")
    (proxy / "v1.0.0.mod").write_text(mod)
    (proxy / "v1.0.0.info").write_text('{"Version":"v1.0.0","Time":"2024-01-01T00:00:00Z"}')
    with zipfile.ZipFile(proxy / "v1.0.0.zip", "w") as archive:
        archive.writestr("example.com/dep@v1.0.0/go.mod", mod)
        archive.writestr("example.com/dep@v1.0.0/dep.go", "package dep\n\nconst Word = \"shared\"\n")
    code = 'package main\n\nimport "example.com/dep"\n\nfunc main() { println(dep.Word) }\n'
    needs = "module example.com/p\n\ngo 1.21\n\nrequire example.com/dep v1.0.0\n"
    filler = pathlib.Path("/srv/filler")
    filler.mkdir()
    (filler / "go.mod").write_text(needs)
    (filler / "main.go").write_text(code)
    fill = {"GOMODCACHE": "/srv/go/mod", "GOFLAGS": "", "GOSUMDB": "off"}
    run("root", "go", "mod", "tidy", cwd=filler, GOPROXY="file:///srv/proxy", **fill).ok()
    directory = project("ann", **{"go.mod": needs, "go.sum": (filler / "go.sum").read_text()})
    own("ann", "p/main.go", code)
    asks = {"GOPROXY": "file:///srv/go/mod/cache/download,off", "CGO_ENABLED": "0"}
    run("ann", "go", "build", "-o", "hello", cwd=directory, **asks).ok()
    check(run("ann", "./hello", cwd=directory).err == "shared\n")
    check(pathlib.Path("/home/ann/go/pkg/mod/example.com/dep@v1.0.0").is_dir(), "a copy of the user's own")
    check(run("ann", "find", "/srv/go", "-writable").ok() == "")
    other = run("ann", "go", "mod", "download", "example.com/other@v1.0.0", cwd=directory, **asks)
    check(other.code != 0 and "module lookup disabled by GOPROXY=off" in other.err, other)
    # go.sum has the word on what it holds: a changed zip is refused.
    held = pathlib.Path("/srv/go/mod/cache/download/example.com/dep/@v/v1.0.0.zip")
    held.chmod(0o644)
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("example.com/dep@v1.0.0/go.mod", mod)
        archive.writestr("example.com/dep@v1.0.0/dep.go", "package dep\n\nconst Word = \"changed\"\n")
    held.with_suffix(".ziphash").unlink(missing_ok=True)
    bob = project("bob", **{"go.mod": needs, "go.sum": (filler / "go.sum").read_text()})
    own("bob", "p/main.go", code)
    ran = run("bob", "go", "build", "-o", "hello", cwd=bob, **asks)
    check(ran.code != 0 and "checksum mismatch" in ran.err, ran)


@case
def a_shared_build_cache_decides():
    """Whoever may write a build cache decides what the others link: it is never shared."""
    cache = pathlib.Path("/srv/cache")
    cache.mkdir(exist_ok=True)
    cache.chmod(0o1777)
    asks = {"GOCACHE": str(cache), "CGO_ENABLED": "0"}
    for user in ("ann", "bob"):
        own(user, "p/main.go", 'package main\n\nimport "example.com/p/word"\n\nfunc main() { println(word.Word) }\n')
        own(user, "p/word/word.go", 'package word\n\nvar Word = "honest"\n')
        own(user, "p/go.mod", "module example.com/p\n\ngo 1.21\n")
    run("ann", "sh", "-c", "umask 0; go build -trimpath -o hello", cwd="/home/ann/p", **asks).ok()
    changed = 0
    for path in cache.rglob("*-d"):
        data = path.read_bytes()
        if b"honest" in data:
            changed += 1
            run("ann", "python3", "-c", "import sys; p = sys.argv[1]; d = open(p, 'rb').read();"
                " open(p, 'wb').write(d.replace(b'honest', b'forged'))", path).ok()
    check(changed, "no output has the word")
    run("bob", "go", "build", "-trimpath", "-o", "hello", cwd="/home/bob/p", **asks).ok()
    check(run("bob", "./hello", cwd="/home/bob/p").err == "forged\n")


@case
def no_new_privileges():
    """`setpriv --no-new-privs`: below it sudo is nothing, and builds work."""
    sudoers("ann ALL=(root) NOPASSWD: ALL\n")
    run("ann", "sudo", "-n", "true").ok()
    refused = run("ann", "setpriv", "--no-new-privs", "sudo", "-n", "true")
    check(refused.code != 0 and "no new privileges" in refused.err, refused)
    directory = project("ann")
    run("ann", "setpriv", "--no-new-privs", "go", "build", "-o", "hello", cwd=directory, CGO_ENABLED="0").ok()


def namespaces():
    ran = run("ann", "unshare", "-rn", "true")
    if ran.code != 0:
        not_tested(f"user namespaces are not allowed here: {ran.err.strip()}")
    return ran.code == 0


@case
def no_network():
    """`unshare -rn`: no network, and the toolchains of all are there although root shows as nobody."""
    if not namespaces():
        return
    directory = project("ann")
    build = ["go", "build", "-o", "hello"]
    probe = "import socket; socket.create_connection(('127.0.0.1', 9), 2)"
    seen = run("ann", "unshare", "-rn", "stat", "-c", "%u", ROOT, ROOT.parent).ok().split()
    check(seen == ["65534", "65534"], seen)
    run("ann", "unshare", "-rn", *build, cwd=directory, CGO_ENABLED="0").ok()
    check(run("ann", "./hello", cwd=directory).ok() == "hello\n")
    refused = run("ann", "unshare", "-rn", "python3", "-c", probe)
    check("unreachable" in refused.err, refused)
    # A place that a variable names is no place of the system's.
    ran = run("ann", "unshare", "-rn", "go", "version", GOWARD_SYSTEM_ROOT="/usr/local/lib/goward/.")
    check(ran.code == 127, ran)
    # The policy binds there, too, and one that others may write is an error there, too.
    policy(MIRRORS + '\n[policy]\nminimum = "1.23"\n')
    listed = run("ann", "unshare", "-rn", "goward", "config", "list").ok()
    check("/etc/goward/config.toml:5" in listed, listed)
    policy(MIRRORS, mode=0o666)
    run("ann", "unshare", "-rn", "goward", "config", "list").fails(2, "binds all users, but not as it is")
    policy(None)
    os.chmod(ROOT, 0o777)
    try:
        ran = run("ann", "unshare", "-rn", "go", "version")
        check(ran.code == 127, ran)
    finally:
        os.chmod(ROOT, 0o755)
    ROOT.rename("/usr/local/lib/elsewhere")
    ROOT.symlink_to("/usr/local/lib/elsewhere")
    try:
        ran = run("ann", "unshare", "-rn", "go", "version")
        check(ran.code == 127, "a link on the way", ran)
    finally:
        ROOT.unlink()
        pathlib.Path("/usr/local/lib/elsewhere").rename(ROOT)
    # Outside of a namespace the number is that of a user like others.
    for path in [ROOT, *ROOT.iterdir()]:
        os.chown(path, 65534, 65534, follow_symlinks=False)
    try:
        ran = run("bob", "go", "version")
        check(ran.code == 127, ran)
    finally:
        for path in [ROOT, *ROOT.iterdir()]:
            os.chown(path, 0, 0, follow_symlinks=False)


@case
def a_home_in_memory():
    """`unshare -r --mount`: a build with a home, caches and a temporary directory that end with it."""
    if not namespaces():
        return
    directory = project("ann")
    # The machine's own /tmp may have anything else.
    home, out = (f"/tmp/{name}-of-{os.getpid()}" for name in ("home", "out"))
    script = (f"mount -t tmpfs tmpfs /tmp && mkdir {home} {out} && export HOME={home} && "
              f"go build -o {out}/hello . && {out}/hello && ls {home}/.cache")
    ran = run("ann", "unshare", "-r", "--mount", "sh", "-ec", script, cwd=directory, CGO_ENABLED="0",
              GOTMPDIR="/tmp")
    check(ran.ok() == "hello\ngo-build\n", ran)
    left = [path for path in (home, out, "/home/ann/.cache") if pathlib.Path(path).exists()]
    check(not left, left)
    # It enforces nothing beyond that: the real home is there, and can be written.
    run("ann", "unshare", "-r", "--mount", "sh", "-ec", "mount -t tmpfs tmpfs /tmp; touch /home/ann/mark").ok()
    check(pathlib.Path("/home/ann/mark").exists())
