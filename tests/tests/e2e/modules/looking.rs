//! Commands that look change nothing: after each of them, the project, HOME and the directory for temporary files
//! have the names, bytes, modes and times that they had, but for goward's own directory and what Go itself keeps.

use super::scene::{NEWEST, Scene, go_mod};
use goward_testkit::start::tool;
use goward_tests::call::Call;
use goward_tests::sandbox::Sandbox;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The program that may write.
#[derive(Clone, Copy, PartialEq)]
enum Runs {
    /// goward alone: Go's caches stay as they are, too.
    Goward,
    /// Go as well.
    Go,
}
use Runs::{Go, Goward};

/// The commands, with the program that may write and the status.
const LOOKS: &[(&str, Runs, i32)] = &[
    ("check", Goward, 7),
    ("check --staged", Goward, 7),
    ("check --machine", Goward, 7),
    ("check --format sarif", Goward, 7),
    ("check --fix --dry-run", Goward, 7),
    ("check --fix --to 1.27.2 --floors --dry-run", Goward, 0),
    ("check --deep", Go, 7),
    ("check --deep --offline", Go, 7),
    ("mod", Go, 0),
    ("mod --all --json", Go, 0),
    ("mod --why example.com/c", Go, 0),
    ("mod --flat go.mod", Goward, 0),
    ("inspect ../../home/.goward/bin/goward .", Goward, 3),
    ("inspect --tools", Goward, 0),
    ("compat", Go, 0),
    ("compat --build", Go, 0),
    ("compat --print", Go, 0),
    ("cross --platforms", Goward, 0),
    ("cross linux/amd64 windows/arm64", Go, 0),
    ("cache", Goward, 0),
    ("cache dir --go", Goward, 0),
    ("cache clean --dry-run", Goward, 0),
    ("cache mark --dry-run", Goward, 0),
    ("cache trim --older-than 1h --dry-run", Goward, 0),
    ("cache verify", Goward, 0),
    ("cache verify --modules", Goward, 0),
    ("cache verify -- go build -buildvcs=false ./lib", Go, 0),
    ("cache record ../../out/keys -- go build -buildvcs=false ./lib", Go, 0),
    ("cache diff ../../out/keys -- go build -buildvcs=false ./lib", Go, 0),
    ("hook status", Goward, 0),
    ("config get offline", Goward, 0),
    ("config list", Goward, 0),
    ("config path", Goward, 0),
    ("config set offline true", Goward, 0),
    ("config unset offline", Goward, 0),
    ("doctor -v", Go, 7),
    ("doctor --fix --dry-run", Go, 7),
    ("doctor --list", Goward, 0),
    ("explain", Goward, 0),
    ("which", Goward, 0),
    ("current", Goward, 0),
    ("env --explain", Go, 0),
    ("list", Goward, 0),
    ("list --remote --offline", Goward, 0),
    ("outdated --offline", Goward, 0),
    ("verify", Goward, 1),
    ("default 1.27.3", Goward, 0),
    ("trust", Goward, 0),
    ("trust --diff", Goward, 0),
    ("trust --list", Goward, 0),
    ("trust --revoke", Goward, 0),
    ("use 1.27.3 --dry-run", Goward, 0),
    ("upgrade --offline --dry-run", Goward, 0),
    ("import --dry-run", Goward, 0),
    ("adopt --all --dry-run", Goward, 0),
    ("prune --dry-run", Goward, 0),
    ("setup --shell bash --dry-run", Goward, 0),
    ("self check", Goward, 0),
    ("self uninstall --dry-run", Goward, 0),
    ("exec 1.27.3 go list ./lib", Go, 0),
    ("completions bash", Goward, 0),
    ("version", Goward, 0),
    ("help check", Goward, 0),
];

/// The commands that are there to write, or that write into goward's directory what this machine cannot give.
const WRITE: [&str; 6] = ["ci", "install", "link", "repair", "uninstall", "unlink"];

/// What is known of one name: its kind and mode, its bytes or where it leads, and its time.
type Facts = (u32, Vec<u8>, Option<SystemTime>);

/// Directories in which others come and go, so that their own times differ.
const OF_PASSAGE: [&str; 2] = ["tmp", "home/.cache"];

/// Every name of the machine but those below `without`.
fn facts(sandbox: &Sandbox, without: &[PathBuf]) -> BTreeMap<PathBuf, Facts> {
    let (mut found, mut open) = (BTreeMap::new(), vec![sandbox.dir().to_path_buf()]);
    let of_passage = OF_PASSAGE.map(|name| sandbox.dir().join(name));
    while let Some(path) = open.pop() {
        if without.contains(&path) {
            continue;
        }
        let facts = fs::symlink_metadata(&path).expect("it is there");
        let mut bytes = Vec::new();
        if facts.is_dir() {
            let entries = fs::read_dir(&path).expect("a directory");
            open.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if facts.is_symlink() {
            bytes = fs::read_link(&path).expect("a link").into_os_string().into_encoded_bytes();
        } else {
            bytes = fs::read(&path).expect("a file");
        }
        let time = facts.modified().expect("a time");
        let time = (!of_passage.contains(&path)).then_some(time);
        found.insert(path, (facts.permissions().mode(), bytes, time));
    }
    found
}

/// The names that differ.
fn differ(before: &BTreeMap<PathBuf, Facts>, after: &BTreeMap<PathBuf, Facts>) -> Vec<PathBuf> {
    let names: BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

/// A repository in which there is something to mend for each command that can mend: pins that disagree, module files
/// that are not tidy, an index whose times are old, so that `git status` would write it anew.
fn repository(scene: &Scene) -> PathBuf {
    let sandbox = &scene.sandbox;
    let dir = sandbox.project("look");
    let requires = "require (\n\texample.com/a v1.0.0\n\texample.com/c v1.1.0\n)\n";
    let untidy = go_mod("look", "1.21", requires);
    sandbox.write(dir.join("go.mod"), &untidy);
    sandbox.write(dir.join("x.go"), "package look\n\nimport _ \"example.com/a\"\n");
    sandbox.write(dir.join("lib/lib.go"), "package lib\n\nvar Word = \"word\"\n");
    sandbox.write(dir.join(".go-version"), "1.27.3\n");
    sandbox.write(dir.join(".tool-versions"), "golang 1.20.1\n");
    sandbox.write(dir.join(".goenv"), "CGO_ENABLED=0\n");
    scene.go(&dir, &["mod", "tidy"]);
    sandbox.write(dir.join("go.mod"), &untidy);
    let git = |args: &[&str]| {
        let user = ["-c", "user.name=g", "-c", "user.email=g@example.com"];
        let made = tool("git").args(user).args(args).current_dir(&dir).status();
        assert!(made.expect("git is here").success(), "{args:?}");
    };
    git(&["init", "-q", "--template="]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "first"]);
    sandbox.write(dir.join(".tool-versions"), "golang 1.21.1\n");
    git(&["add", "."]);
    let old = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    for name in ["x.go", "go.mod", ".go-version", ".tool-versions"] {
        fs::File::open(dir.join(name)).and_then(|file| file.set_modified(old)).expect("ours");
    }
    dir
}

/// What Go keeps for itself: its caches, and the counters of its telemetry. It adds to these whenever it runs, unless
/// its mode is off, which other tests set and this one does not.
fn gos_own(sandbox: &Sandbox) -> [PathBuf; 3] {
    let home = sandbox.home();
    [home.join(".cache/go-build"), home.join("go/pkg/mod"), telemetry(sandbox)]
}

fn telemetry(sandbox: &Sandbox) -> PathBuf {
    sandbox.config_dir().join("telemetry")
}

/// Fills the caches, and has Go count.
fn prepare(scene: &Scene, dir: &Path) {
    let sandbox = &scene.sandbox;
    fs::remove_file(telemetry(sandbox).join("mode")).expect("the sandbox sets it");
    // Go then leaves no process behind that makes a report of the counters, and writes while we delete.
    sandbox.write(telemetry(sandbox).join("local/upload.token"), "");
    sandbox.go_env_file("GOTOOLCHAIN=go1.27.3\n");
    sandbox.write("home/.bashrc", "");
    fs::create_dir_all(sandbox.dir().join("out")).expect("ours");
    let build =
        scene.online(sandbox.direct(NEWEST, dir, &["build", "-buildvcs=false", "./lib"]), dir);
    build.unset("GOCACHE").run().code(0);
}

/// A call of goward by a user who has the system's programs on PATH, and Go's cache in its usual place.
fn call(scene: &Scene, dir: &Path, words: &str) -> Call {
    let args: Vec<&str> = words.split(' ').collect();
    let path = [scene.sandbox.shims(), scene.sandbox.root().join("bin")];
    let path = path.into_iter().chain(["/usr/bin".into(), "/bin".into()]);
    let path = std::env::join_paths(path).expect("no separator");
    let call = scene.online(scene.sandbox.goward(&args), dir);
    // Builds for other systems take the cache that all tests share.
    let call = if args[0] == "cache" { call.unset("GOCACHE") } else { call };
    call.env("PATH", path)
}

#[test]
fn no_command_that_looks_changes_anything() {
    let scene = Scene::with("looking", &[NEWEST]);
    let sandbox = &scene.sandbox;
    let dir = repository(&scene);
    prepare(&scene, &dir);
    let counters = || fs::read_dir(telemetry(sandbox).join("local")).expect("there").count();
    assert!(counters() > 1, "Go counts no longer: its directory need not be left out");
    let mut wrong = Vec::new();
    for (words, runs, status) in LOOKS {
        let mut without = vec![sandbox.root(), sandbox.dir().join("out")];
        if *runs == Go {
            without.extend(gos_own(sandbox));
        }
        let before = facts(sandbox, &without);
        let ran = call(&scene, &dir, words).run();
        let changed = differ(&before, &facts(sandbox, &without));
        if !changed.is_empty() || ran.status.code() != Some(*status) {
            wrong.push(format!("{status} was wanted, and no change: {changed:?}\n{ran}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    all_of_it_can_change(&scene, &dir);
}

/// Commands that write do so: those above had something to change.
fn all_of_it_can_change(scene: &Scene, dir: &Path) {
    let sandbox = &scene.sandbox;
    let git = Call::new("/usr/bin/env".into(), dir.to_path_buf(), sandbox.env());
    let git = git.env("PATH", "/usr/bin:/bin").args(["git", "status"]);
    let fix = |words| call(scene, dir, words);
    for (writer, changed) in [
        (git, "projects/look/.git/index"),
        (fix("check --fix --to 1.27.2 --floors"), "projects/look/go.mod"),
        (fix("doctor --fix --yes"), "home/.config/go/env"),
        (fix("setup --shell bash --yes"), "home/.bashrc"),
        (fix("hook install"), "projects/look/.git/hooks/pre-commit"),
    ] {
        let before = facts(sandbox, &[sandbox.root()]);
        let ran = writer.run();
        let changed = sandbox.dir().join(changed);
        let all = differ(&before, &facts(sandbox, &[sandbox.root()]));
        assert!(all.contains(&changed), "{}: {all:?}\n{ran}", changed.display());
    }
}

/// The list has each command.
#[test]
fn each_command_is_tried_or_there_to_write() {
    let sandbox = Sandbox::empty("looking-list");
    let help = sandbox.goward(&["help"]).ok();
    let name = |line: &str| {
        let name = line.strip_prefix("  ")?.split(' ').next()?;
        (!name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase()))
            .then(|| name.to_owned())
    };
    let (commands, _) = help.split_once("\nEverywhere:").expect("its end");
    let commands: BTreeSet<String> = commands.lines().filter_map(name).collect();
    let looks = LOOKS.iter().map(|(words, ..)| words.split(' ').next().expect("a name"));
    let ours: BTreeSet<String> = looks.chain(WRITE).map(str::to_owned).collect();
    assert_eq!(commands, ours);
}
