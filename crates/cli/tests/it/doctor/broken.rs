//! One real breakage of a machine for each check of `goward doctor`: that check alone then says another thing than
//! before, and something worse.

use super::{GO_ENV, machine};
use crate::machine::{Machine, newest, ran};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A breakage: the check, what it says then, and what breaks the machine.
type Row = (&'static str, &'static str, fn(Machine) -> Machine);

/// The breakages, in the order of `goward doctor --list`.
static ROWS: [Row; 21] = [
    ("path-order", "comes before goward's shim", |m| {
        crate::machine::script(&m.path("first/go"), "exit 0");
        let path = m.vars().find(|(key, _)| *key == "PATH").unwrap().1.clone();
        let first = m.path("first").display().to_string();
        m.with("PATH", &format!("{first}:{path}"))
    }),
    ("path-gui", "no file that the desktop reads", |m| m.with("DISPLAY", ":0")),
    ("goroot", "~/.bashrc:1 sets GOROOT in new shells", |m| {
        with_file(m, "home/.bashrc", "export GOROOT=/usr/local/go\n")
    }),
    ("go-env-pin", "hides the pins of projects", |m| {
        with_file(m, GO_ENV, "GOTOOLCHAIN=go1.22.10\n")
    }),
    ("go-env-file", "does nothing", |m| with_file(m, GO_ENV, "export GOPRIVATE=a.example\n")),
    ("godebug", "asynctimerchan=1", |m| m.with("GODEBUG", "asynctimerchan=1")),
    ("goflags", "lets every command rewrite go.mod", |m| m.with("GOFLAGS", "-mod=mod")),
    ("config", "unknown key \"ofline\"", |m| {
        with_file(m, "home/.goward/config.toml", "ofline = true\n")
    }),
    ("toolchains", "Go takes it for a whole toolchain", in_parts),
    ("other-managers", "~/.bashrc:1 brings goenv into new shells", |m| {
        let text = "eval \"$(goenv init -)\"\n. \"$HOME/.asdf/asdf.sh\"\n";
        with_file(m, "home/.bashrc", text)
    }),
    ("editors", "sets go.goroot to /opt/go", |m| {
        let file = "home/.config/Code/User/settings.json";
        with_file(m, file, "{\n  \"go.goroot\": \"/opt/go\"\n}\n")
    }),
    ("cgo", "is not there, so builds with cgo fail", |m| m.with("CGO_ENABLED", "1")),
    ("caches", "GOCACHE is not an absolute path", |m| m.with("GOCACHE", "relative")),
    ("tmp-noexec", "where Go builds, is not there", |m| {
        let nowhere = m.path("nowhere").display().to_string();
        m.with("GOTMPDIR", &nowhere)
    }),
    ("vcs", "is a repository, and git is not on PATH", |m| {
        with_file(m, "p/.git/HEAD", "ref: refs/heads/main\n")
    }),
    ("libc-tls", "asks for a stack that code may run on", |m| {
        fs::write(m.path("p/x.so"), library_with_a_stack_for_code()).unwrap();
        m
    }),
    ("limits", "a process may open 256 files", |m| m),
    ("users", "every user may write ~/.config/go/env", |m| {
        let m = with_file(m, GO_ENV, "GOPRIVATE=a.example\n");
        fs::set_permissions(m.path(GO_ENV), fs::Permissions::from_mode(0o666)).unwrap();
        m
    }),
    ("store", "is damaged: VERSION is changed", |m| {
        let file = m.root(&format!("toolchains/go{}/VERSION", newest()));
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{text}\n\n")).unwrap();
        m
    }),
    ("clock", "9 days in the future", |m| {
        let later = SystemTime::now() + Duration::from_secs(10 * 24 * 60 * 60 - 60);
        fs::File::open(m.root("")).unwrap().set_modified(later).unwrap();
        m
    }),
    ("network", "/nowhere/ gave no list", |m| {
        let nowhere = goward_testkit::url::of_file(&m.path("nowhere"));
        m.with("GOWARD_MIRROR", &nowhere)
    }),
];

/// Only root can fill a disk, or mount a small one: `a_full_disk_is_told_once` of `govern` gives the check the facts of
/// such a disk. Root's are also a temporary directory that lets no program run, and a policy file that binds: the latter
/// is a case of `tests/shared`.
const WITH_ROOT: [&str; 1] = ["disk"];

fn with_file(m: Machine, name: &str, text: &str) -> Machine {
    m.write(name, text);
    m
}

/// A tree of the module cache that Go takes for a toolchain, and that has no `go`.
fn in_parts(m: Machine) -> Machine {
    let os = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let arch = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    let module = format!("v0.0.1-go1.24.1.{os}-{arch}");
    let cache = "home/go/pkg/mod";
    fs::create_dir_all(m.path(&format!("{cache}/golang.org/toolchain@{module}/src"))).unwrap();
    let sum = format!("{cache}/cache/download/golang.org/toolchain/@v/{module}.ziphash");
    with_file(m, &sum, "h1:x=")
}

/// The headers of an ELF library for 64 bits with one segment: GNU_STACK, for reading, writing and running.
fn library_with_a_stack_for_code() -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(16, 0);
    // A library (3) for x86-64 (62).
    bytes.extend([3, 0, 62, 0, 1, 0, 0, 0]);
    // No entry; the segments follow this header of 64 bytes; no sections.
    for word in [0_u64, 64, 0] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend([0; 4]);
    for half in [64_u16, 56, 1, 0, 0, 0] {
        bytes.extend(half.to_le_bytes());
    }
    bytes.extend(0x6474_e551_u32.to_le_bytes());
    bytes.extend(7_u32.to_le_bytes());
    bytes.extend([0; 48]);
    bytes
}

/// What each check says: its status, and its words.
type Said = BTreeMap<String, (String, String)>;

fn examined(m: &Machine, id: &str) -> Said {
    let limit = if id == "limits" { "256" } else { "1024" };
    let script = "ulimit -n \"$0\" && exec \"$@\"";
    let mut args = vec!["-c", script, limit, env!("CARGO_BIN_EXE_goward"), "doctor", "--json"];
    args.extend((id == "network").then_some("--network"));
    let output = m.command_of(Path::new("/bin/sh"), &args).output().unwrap();
    let ran = ran(output, m);
    let all: serde_json::Value = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{id}: {error}: {}{}", ran.stdout, ran.stderr));
    let text = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap().to_owned();
    let row = |one| (text(one, "id"), (text(one, "status"), text(one, "message")));
    all.as_array().unwrap().iter().map(row).collect()
}

/// How bad a status is.
fn rank(status: &str) -> usize {
    let all = ["ok", "skipped", "note", "warning", "error"];
    all.iter().position(|one| *one == status).unwrap()
}

/// What complains now and did not before, with its words.
fn fired(before: &Said, after: &Said) -> Vec<String> {
    let complains = |(id, said): &(&String, &(String, String))| {
        rank(&said.0) >= rank("note")
            && before[*id] != **said
            && rank(&said.0) >= rank(&before[*id].0)
    };
    after.iter().filter(complains).map(|(id, (_, message))| format!("{id}: {message}")).collect()
}

/// Breaks a machine that is sound, and tells what is not as the row says.
fn try_one((id, words, breaks): &Row) -> Option<String> {
    let sound = machine().with("CGO_ENABLED", "0");
    // No server of the world is asked.
    let sound = sound.with("GOPROXY", "off").with("GOSUMDB", "off");
    // The limit is the call's own.
    let before = examined(&sound, if *id == "limits" { "" } else { id });
    let after = examined(&breaks(sound), id);
    let fired = fired(&before, &after);
    let alone =
        matches!(&*fired, [one] if one.starts_with(&format!("{id}: ")) && one.contains(words));
    let worse = rank(&after[*id].0) > rank(&before[*id].0);
    (!alone || !worse).then(|| format!("{id}: {:?} before; complaints: {fired:#?}", before[*id]))
}

#[test]
fn each_breakage_is_told_by_its_check_alone() {
    let (some, others) = ROWS.split_at(ROWS.len() / 2);
    let try_all = |rows: &'static [Row]| rows.iter().filter_map(try_one).collect::<Vec<_>>();
    let wrong = std::thread::scope(|scope| {
        let here = scope.spawn(move || try_all(some));
        [try_all(others), here.join().unwrap()].concat()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_check_has_a_breakage() {
    let list = Machine::new().ok(&["doctor", "--list"]);
    let listed: Vec<&str> = list.lines().filter_map(|line| line.split(' ').next()).collect();
    let ours: Vec<&str> = ROWS.iter().map(|row| row.0).chain(WITH_ROOT).collect();
    assert_eq!(ours.len(), listed.len(), "{ours:?}\n{listed:?}");
    assert_eq!(BTreeSet::from_iter(ours), BTreeSet::from_iter(listed));
}
