//! `goward cache`, `cache dir`, `cache record` and `cache diff`: words, statuses, and files of strangers. Real Go is in
//! `tests/tests/e2e/buildcache.rs` and `tests/caches/run`.

use crate::buildcache;
use crate::machine::{Machine, ran, script};
use crate::modules;
use goward_testkit::untested::{is_root, is_user};
use rustix::fs::{CWD, Mode, mkfifoat};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A machine whose Go says the keys of one package, of which one piece is GOAMD64.
pub(crate) fn machine() -> Machine {
    let m = modules::machine();
    let body = "key=$(printf '%064d' \"${GOAMD64#v}\"); \
                printf '%s\\n' 'HASH[build m]' 'HASH[build m]: \"go1.27.3\"' \
                \"HASH[build m]: \\\"GOAMD64=$GOAMD64\\\\n\\\"\" \"HASH[build m]: $key\" '# m' >&2";
    script(&m.root("toolchains/go1.27.3/bin/go"), body);
    m
}

#[test]
fn the_caches_are_counted_and_no_go_runs() {
    let m = buildcache::machine();
    buildcache::put_module(&m);
    mkfifoat(CWD, m.path("home/.cache/go-build/00/fifo"), Mode::RWXU).unwrap();
    m.write("home/.cache/go-build/00/\u{1b}]0;evil\u{7}", "x");
    m.write(&format!("home/.cache/go-build/fuzz/{}", "n".repeat(250)), "seven b");
    let found = m.json(&["cache"]);
    let built = &found["gocache"];
    assert_eq!(built["path"], "@/home/.cache/go-build");
    let readme = "This directory holds cached build artifacts from the Go build system.\n".len();
    let counts = [&built["files"], &built["size"], &built["strange"], &built["foreign"]];
    assert_eq!(counts, [4, 5 + 1 + 7 + readme as u64, 2, 0]);
    assert_eq!((&built["outputs"]["size"], &built["fuzz"]["files"]), (&5.into(), &1.into()));
    assert_eq!(built["ages"][3]["entries"], 1, "of ten days ago");
    let modules = &found["gomodcache"];
    assert_eq!((&modules["trees"], &modules["zips"]["files"]), (&1.into(), &1.into()));
    assert_eq!(modules["unpacked"]["size"], 23);
    assert!(found["wrong"].as_array().unwrap().is_empty(), "{found:#}");
    let mut m = m;
    for columns in ["40", "80"] {
        m = m.with("COLUMNS", columns);
        let ran = m.run(&["cache"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        for word in ["~/.cache/go-build", "1 output", "1 unpacked version", "GOMODCACHE"] {
            assert!(ran.stdout.contains(word), "{word}: {}", ran.stdout);
        }
        assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
    }
    let empty = Machine::new();
    let found = empty.json(&["cache"]);
    assert_eq!(
        (&found["gocache"]["there"], &found["toolchains"]["count"]),
        (&false.into(), &0.into())
    );
}

/// A cache that cannot be counted is told, and the others are counted.
#[test]
fn a_cache_in_a_wrong_place_is_told() {
    for (value, words) in [
        ("off", "GOCACHE is off (GOCACHE in the environment), so Go has no build cache"),
        ("relative", "GOCACHE is not an absolute path"),
        ("@/home", "is no build cache of Go's"),
        ("@/home/.cache/link", "is a link"),
    ] {
        let m = buildcache::machine();
        symlink("go-build", m.path("home/.cache/link")).unwrap();
        let value = value.replace('@', m.path("").display().to_string().trim_end_matches('/'));
        let m = m.with("GOCACHE", &value);
        let ran = m.run(&["cache"]);
        assert!(
            ran.code == 0 && ran.stdout.replace("\n", "").contains("downloads"),
            "{}",
            ran.stderr
        );
        let fault = m.json(&["cache"])["gocache"]["fault"].as_str().unwrap_or_default().to_owned();
        assert!(fault.contains(words), "{value}: {fault}");
    }
}

#[test]
fn what_is_wrong_has_a_reason_and_a_remedy() {
    let m = buildcache::machine();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    m.write("home/.cache/go-build/trim.txt", &(now - 2 * 60 * 60).to_string());
    let found = m.json(&["cache"]);
    assert_eq!(found["wrong"][0]["id"], "restored-trim");
    assert_eq!(found["wrong"][0]["command"], "goward cache mark");
    assert!(found["gocache"]["restored"].as_u64() >= Some(now), "{found:#}");
    m.write("home/.cache/go-build/trim.txt", &now.to_string());
    assert!(m.json(&["cache"])["wrong"].as_array().unwrap().is_empty());
    if is_root("an entry of another user") {
        chown(m.path("home/.cache/go-build/README"), Some(12345), None).unwrap();
        let found = m.json(&["cache"]);
        assert_eq!(found["wrong"][0]["id"], "foreign-entries", "{found:#}");
        assert!(m.ok(&["cache"]).contains("sudo chown -R"));
    }
}

#[test]
fn a_directory_is_printed_for_each_cache() {
    let m = Machine::new();
    for (args, place) in [
        (&["cache", "dir"][..], "@/home/.goward/cache\n"),
        (&["cache", "dir", "--go"], "@/home/.cache/go-build\n"),
        (&["cache", "dir", "--modules"], "@/home/go/pkg/mod\n"),
    ] {
        assert_eq!(m.ok(args), place);
    }
    let said = m.run(&["cache", "dir"]).stderr;
    let words = "goward: goward's own downloads; Go's build cache: goward cache dir --go\n";
    assert_eq!((said.as_str(), m.run(&["cache", "dir", "-q"]).stderr.as_str()), (words, ""));
}

/// Many threads have few files.
#[test]
fn few_open_files_are_enough() {
    let m = buildcache::machine();
    buildcache::put_module(&m);
    for number in 0..=255 {
        let hex = format!("{number:02x}").repeat(32);
        m.write(&format!("home/.cache/go-build/{}/{hex}-d", &hex[..2]), "bytes");
    }
    let m = m.with("RAYON_NUM_THREADS", "48");
    for args in [&["cache"][..], &["cache", "verify", "-q"], &["cache", "verify", "--modules"]] {
        let mut shell = m.command_of(Path::new("/bin/sh"), &["-c"]);
        shell.arg("ulimit -n 64; exec \"$0\" \"$@\"").arg(env!("CARGO_BIN_EXE_goward")).args(args);
        let ran = ran(shell.output().unwrap(), &m);
        let code = if args.len() == 1 { 0 } else { 5 };
        assert_eq!(ran.code, code, "{args:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("open files"), "{}", ran.stderr);
    }
}

/// What goward would not remove is no reason to name --fix.
#[test]
fn a_remedy_that_mends_nothing_is_not_named() {
    let m = buildcache::machine();
    let entry = fs::read_dir(m.path("home/.cache/go-build/00")).unwrap();
    let entry = entry.map(|one| one.unwrap().path()).find(|path| !path.is_symlink()).unwrap();
    fs::hard_link(&entry, m.path("second")).unwrap();
    let found = m.run(&["cache", "verify"]);
    assert!(
        found.code == 5 && found.stderr.ends_with("run: go clean -cache\n"),
        "{}",
        found.stderr
    );
    let fixed = m.run(&["cache", "verify", "--fix"]);
    let words = "; it stays, since it has a second name elsewhere\n";
    assert!(fixed.code == 5 && fixed.stdout.contains(words), "{}", fixed.stdout);
    let words = "\"stays\": \"has a second name elsewhere\"";
    assert!(m.run(&["cache", "verify", "--json"]).stdout.contains(words));
    let m = Machine::new();
    buildcache::put_module(&m);
    let zip = m.path("home/go/pkg/mod/cache/download/m.example/!a/@v/v1.0.0.zip");
    fs::write(zip, "no zip").unwrap();
    let found = m.run(&["cache", "verify", "--modules"]);
    assert!(found.code == 5 && found.stderr.ends_with("go clean -modcache\n"), "{}", found.stderr);
}

/// The empty cache lies beside the other one, on the same disk.
#[test]
fn a_place_for_an_empty_cache_is_asked_for_in_whole_words() {
    if !is_user("a directory that cannot be written") {
        return;
    }
    let m = machine();
    buildcache::make_cache(&m, "home/.cache/go-build");
    let above = m.path("home/.cache");
    fs::set_permissions(&above, fs::Permissions::from_mode(0o555)).unwrap();
    let ran = m.run(&["cache", "verify", "--", "go", "build"]);
    fs::set_permissions(&above, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    for words in [
        "there is no place for an empty cache beside ~/.cache/go-build (Go's default)",
        "Permission denied",
        "the command builds into a new directory in ~/.cache",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
}

#[test]
fn keys_are_recorded_and_compared() {
    let m = machine().with("GOAMD64", "v1");
    let record = ["cache", "record", "keys", "--", "go", "build"];
    let ran = m.run(&record);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("goward: go: # m\ngoward: wrote the keys of 1 step into keys\n"));
    let lines = m.read("p/keys");
    assert!(lines.starts_with("{\"format\":1,\"keys\":\"go\",\"release\":\"go1.27.3\""), "{lines}");
    assert_eq!(m.run(&record).code, 0, "a record is replaced");
    let same = m.ok(&["cache", "diff", "keys", "--", "go", "build"]);
    assert_eq!(same, "the keys of 1 package are the same\n");
    let wanted = "1 of 1 package have other keys. Roots:\n  1  GOAMD64 v1 → v3 (m)\n";
    for args in [&["--env", "GOAMD64=v3"][..], &["keys", "--env", "GOAMD64=v3"]] {
        let args = [&["cache", "diff"], args, &["--", "go", "build"]].concat();
        assert_eq!(m.ok(&args), wanted);
    }
    for args in
        [&["cache", "diff", "keys"][..], &["cache", "diff", "keys", "keys", "--", "go", "x"]]
    {
        let ran = m.run(args);
        assert!(ran.code == 2 && ran.stderr.contains("there are not two sides"), "{}", ran.stderr);
    }
    let other = m.run(&["cache", "record", "keys", "--", "make"]);
    assert!(other.code == 2 && other.stderr.contains("make is not go, whose keys are wanted"));
    assert_eq!(m.run(&["cache", "diff", "absent", "keys"]).code, 3);
    script(&m.root("toolchains/go1.27.3/bin/go"), "exit 1");
    let failed = m.run(&["cache", "record", "new", "--", "go", "build"]);
    assert!(failed.code == 1 && !m.path("p/new").exists(), "{}", failed.stderr);
}

/// No file is lost, and nothing is written through a link.
#[test]
fn a_record_replaces_no_other_file() {
    let m = machine();
    m.write("p/notes", "precious\n");
    symlink("notes", m.path("p/link")).unwrap();
    mkfifoat(CWD, m.path("p/fifo"), Mode::RWXU).unwrap();
    fs::create_dir(m.path("p/directory")).unwrap();
    let record = |name: &str, force: bool| {
        let force = if force { &["--force"][..] } else { &[] };
        m.run(&[&["cache", "record"], force, &[name, "--", "go", "build"]].concat())
    };
    for name in ["notes", "link", "fifo", "directory"] {
        let ran = record(name, false);
        assert_eq!(ran.code, 2, "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains("is there, and no record of keys"), "{}", ran.stderr);
    }
    for name in ["fifo", "directory"] {
        assert_ne!(record(name, true).code, 0, "{name}");
    }
    assert_eq!(record("link", true).code, 0);
    assert_eq!(m.read("p/notes"), "precious\n");
    assert!(!m.path("p/link").is_symlink() && record("notes", true).code == 0);
    assert!(m.read("p/notes").starts_with("{\"format\""));
}

/// The bytes of a stranger's record reach no terminal as they are.
#[test]
fn a_strangers_record_is_text() {
    let m = machine();
    let head = "{\"format\":1,\"keys\":\"go\",\"release\":null,\"command\":[]}\n";
    let line = |key: char, file: &str| {
        let key = key.to_string().repeat(64);
        format!(
            "{{\"step\":\"compile\",\"package\":\"m\\u001b[2J\",\"keys\":[\"{key}\"],\"pieces\":[\"X\\u001b]0;{file}\\u0007\\n\",\"::add-mask::{file}\\n\"]}}\n"
        )
    };
    m.write("p/a", &[head, &line('1', "one")].concat());
    m.write("p/b", &[head, &line('2', "two")].concat());
    let began = std::time::Instant::now();
    let said = m.ok(&["cache", "diff", "-v", "a", "b"]);
    assert!(said.starts_with("1 of 1 package have other keys"), "{said}");
    assert!(said.bytes().all(|byte| byte == b'\n' || !byte.is_ascii_control()), "{said}");
    assert!(said.lines().all(|line| !line.trim_start().starts_with("::")), "{said}");
    fs::File::create(m.path("p/a")).unwrap().set_len(20 << 30).unwrap();
    mkfifoat(CWD, m.path("p/fifo"), Mode::RWXU).unwrap();
    for name in ["a", "fifo", "."] {
        assert_ne!(m.run(&["cache", "diff", name, "b"]).code, 0, "{name}");
    }
    assert!(began.elapsed() < Duration::from_secs(20));
}
