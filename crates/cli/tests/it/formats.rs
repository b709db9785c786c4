//! Formats and names that outlive a version: the files of an earlier goward, and those of a later
//! one.

use crate::machine::{Machine, Ran};
use goward_testkit::http::{Answer, Server};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The files that the goward of an early commit wrote. Its `README.md` tells how.
fn before(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/f4ed39f").join(name)
}

/// A machine that the earlier goward was set up on.
fn machine() -> Machine {
    let m = Machine::new().with("GOWARD_MIRROR", "").with("GOWARD_MIRROR_DIGESTS", "");
    let m = m.with("GOSUMDB", "off").with("GOWARD_OFFLINE", "1");
    let root = m.root("");
    let script = r#"cp -R "$1" "$2" && chmod -R u=rwX,go=rX "$2" && chmod 700 "$2/trust"
        mkdir -p "$2/trust$3" && mv "$2/trust/tmp/goward-before/p/.goenv" "$2/trust$3/" &&
        chmod 600 "$2/trust$3/.goenv""#;
    let mut shell = goward_testkit::start::tool("sh");
    shell.args(["-ec", script, "sh"]).arg(before("root")).arg(root).arg(m.path("p"));
    assert!(shell.status().unwrap().success());
    m.write("p/.goenv", "GOPROXY=https://proxy.example\nGOFLAGS=-mod=mod\n");
    m
}

fn receipt(m: &Machine) -> PathBuf {
    m.root("state/receipts/go1.99.1.json")
}

/// Makes the file one of a newer goward.
fn renumber(path: &Path, change: impl FnOnce(&mut Map<String, Value>)) -> String {
    renumber_as(path, 2.into(), change)
}

fn renumber_as(path: &Path, format: Value, change: impl FnOnce(&mut Map<String, Value>)) -> String {
    let mut value: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let object = value.as_object_mut().unwrap();
    object.insert("format".to_owned(), format);
    object.insert("signature".to_owned(), Value::from(vec!["new"]));
    change(object);
    fs::write(path, value.to_string()).unwrap();
    value.to_string()
}

const NEWER: &str = "was written by a newer goward";

fn times(ran: &Ran, text: &str) -> usize {
    ran.stderr.matches(text).count()
}

#[test]
fn files_of_an_earlier_goward_are_read() {
    let m = machine();
    let said = m.ok(&["verify"]);
    assert!(said.contains("intact: 6 files"), "{said}");
    assert_eq!(m.json(&["verify"])[0]["compared"], "contents");
    let earlier = fs::read_to_string(before("json/list")).unwrap();
    let earlier: Value = serde_json::from_str(&earlier).unwrap();
    let listed = m.json(&["list"]);
    for key in ["name", "trust", "source", "size", "installed", "default", "platform"] {
        assert_eq!(listed[0][key], earlier[0][key], "{key}");
    }
    assert_eq!(m.json(&["default"])["toolchain"], "go1.99.1");
    assert_eq!(m.json(&["trust", "--list"])[0]["status"], "trusted");
    // The index is known from its cache alone.
    let ran = m.run(&["list", "--remote", "--json"]);
    assert!(ran.stdout.contains("\"1.99.1\""), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(m.run(&["repair"]).stderr, "goward: nothing is damaged\n");
}

/// Every name in `old` is in `new`, with a value of the same kind.
fn keeps(at: &str, old: &Value, new: &Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in old {
                let there = new.get(key).unwrap_or_else(|| panic!("{at}: {key} is gone"));
                keeps(&format!("{at}.{key}"), value, there);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            let pairs = old.iter().zip(new);
            pairs.for_each(|(old, new)| keeps(&format!("{at}[]"), old, new));
            assert_eq!(old.is_empty(), new.is_empty(), "{at}");
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::String(old), Value::String(new)) if is_digest(old) => {
            assert!(is_digest(new), "{at}: {old} was, and {new} is");
        }
        (old, new) => {
            let same = std::mem::discriminant(old) == std::mem::discriminant(new);
            assert!(same, "{at}: {old} was, and {new} is");
        }
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Serves the files of `dir` as the server did that the earlier goward asked, and says where.
fn serve(dir: PathBuf) -> String {
    let server = Server::start(move |request| {
        let path = request.path.split('?').next().unwrap_or_default();
        let answer = match fs::read(dir.join(path.trim_start_matches('/'))) {
            Ok(body) => Answer::ok(body),
            Err(_) => Answer::status("404 Not Found"),
        };
        answer.header("Last-Modified: Sat, 28 Nov 2026 17:16:25 GMT")
    });
    server.url
}

/// The fields of a line of a manifest, by kind.
fn fields(line: &str) -> [bool; 4] {
    let words: Vec<&str> = line.split(' ').collect();
    let [path, mode, size, sum] = words[..] else { panic!("{line:?}") };
    [
        !path.is_empty() && !path.starts_with('/'),
        mode.len() == 3 && u32::from_str_radix(mode, 8).is_ok(),
        size.parse::<u64>().is_ok(),
        sum.len() == 8 && u32::from_str_radix(sum, 16).is_ok(),
    ]
}

/// The other direction: a user goes back, and the earlier goward finds in today's files every field
/// of its own files.
#[test]
fn new_files_have_all_that_an_earlier_goward_wrote() {
    let m = Machine::new().with("GOSUMDB", "off");
    let address = serve(m.path("mirror"));
    let m = m.with("GOWARD_MIRROR", &address);
    m.ok(&["install", "1.22.10"]);
    m.ok(&["default", "1.22.10"]);
    m.write("p/.goenv", "GOPROXY=https://proxy.example\nGOFLAGS=-mod=mod\n");
    m.ok(&["trust"]);
    m.ok(&["list", "--remote"]);
    let old = |name: &str| fs::read_to_string(before("root").join(name)).unwrap();
    let new = |name: &str| fs::read_to_string(m.root(name)).unwrap();
    let index: Vec<_> =
        fs::read_dir(m.root("cache/index")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let meta: Vec<_> = index.iter().filter(|path| path.extension().unwrap() == "meta").collect();
    assert_eq!((index.len(), meta.len()), (2, 1), "{index:?}");
    let meta = meta[0].file_name().unwrap().to_str().unwrap();
    for (earlier, now) in [
        ("state/receipts/go1.99.1.json", "state/receipts/go1.22.10.json"),
        ("cache/index/b668a782f5e316d0.meta", &format!("cache/index/{meta}")),
    ] {
        let [earlier, now] = [old(earlier), new(now)];
        assert!(!earlier.contains("null") && !now.contains("null"), "{now}");
        let [earlier, now] = [earlier, now].map(|text| serde_json::from_str(&text).unwrap());
        keeps(meta, &earlier, &now);
    }
    assert_eq!(meta.len(), "b668a782f5e316d0.meta".len());
    let body = meta.replace(".meta", ".json");
    assert_eq!(new(&format!("cache/index/{body}")), m.read("mirror/index.json"));
    let manifests = [old("state/receipts/go1.99.1.files"), new("state/receipts/go1.22.10.files")];
    for manifest in manifests {
        assert_eq!(manifest.lines().count(), 6, "{manifest}");
        manifest.lines().for_each(|line| assert_eq!(fields(line), [true; 4], "{line}"));
    }
    assert_eq!(new("default"), old("default").replace("1.99.1", "1.22.10"));
    let record = format!("trust{}/.goenv", m.path("p").display());
    assert_eq!(new(&record), old("trust/tmp/goward-before/p/.goenv"));
}

#[test]
fn no_name_of_an_earlier_goward_is_lost() {
    let m = machine();
    for file in fs::read_dir(before("json")).unwrap() {
        let file = file.unwrap();
        let words = file.file_name().into_string().unwrap();
        let mut args: Vec<&str> = words.split(' ').collect();
        if args == ["prune"] {
            args.push(".");
        }
        let old = serde_json::from_str(&fs::read_to_string(file.path()).unwrap()).unwrap();
        keeps(&words, &old, &m.json(&args));
    }
    let mut flags: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in fs::read_to_string(before("names.txt")).unwrap().lines() {
        let (command, flag) = line.split_once(' ').unwrap();
        flags.entry(command.to_owned()).or_default().push(flag.to_owned());
    }
    assert!(flags.len() > 15);
    for (command, flags) in flags {
        let help = m.ok(&[&command, "--help"]);
        let words: Vec<&str> = help.split_ascii_whitespace().collect();
        for flag in flags {
            assert!(words.contains(&flag.as_str()), "{command} {flag} is gone");
        }
    }
}

#[test]
fn a_newer_receipt_is_read_as_far_as_it_is_known_and_never_rewritten() {
    for format in [Value::from(2), "2".into(), Value::from(-1), Value::from(2.5)] {
        a_receipt_of(format);
    }
}

fn a_receipt_of(format: Value) {
    let m = machine();
    let text = renumber_as(&receipt(&m), format.clone(), |_| ());
    let ran = m.run(&["verify"]);
    assert!(ran.code == 0 && ran.stderr.is_empty(), "{}", ran.stderr);
    assert_eq!(m.json(&["list"])[0]["trust"], "T3");
    assert_eq!(times(&m.run(&["-v", "verify"]), NEWER), 1);
    fs::write(m.root("toolchains/go1.99.1/src/go.mod"), "module sty\n").unwrap();
    assert_eq!(m.run(&["verify"]).code, 5);
    let mirror = goward_testkit::url::of_file(&m.path("mirror"));
    let m = m.with("GOWARD_MIRROR", &mirror).with("GOWARD_OFFLINE", "");
    let ran = m.run(&["repair"]);
    assert_ne!(ran.code, 0);
    assert_eq!(fs::read_to_string(receipt(&m)).unwrap(), text);
    // Only the other goward can repair its own files.
    m.ok(&["uninstall", "--force", "1.99.1"]);
    let m = m.with("GOWARD_MIRROR_DIGESTS", "own");
    m.ok(&["install", "1.22.10"]);
    let file = m.root("state/receipts/go1.22.10.json");
    let text = renumber_as(&file, format, |_| ());
    fs::write(m.root("toolchains/go1.22.10/src/go.mod"), "module sty\n").unwrap();
    let ran = m.run(&["repair"]);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert!(ran.stderr.contains(NEWER), "{}", ran.stderr);
    assert!(ran.stderr.contains("goward uninstall go1.22.10; goward install go1.22.10"));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    m.ok(&["uninstall", "go1.22.10"]);
    m.ok(&["install", "go1.22.10"]);
    m.ok(&["verify"]);
    // The record of an install that was killed has no owner.
    m.ok(&["uninstall", "go1.22.10"]);
    fs::write(&file, text).unwrap();
    m.ok(&["install", "go1.22.10"]);
    let now: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(now["format"], 1);
}

#[test]
fn a_receipt_that_means_nothing_here_is_an_error_that_says_what_to_do() {
    for change in [
        |receipt: &mut Map<String, Value>| drop(receipt.insert("trust".into(), "T9".into())),
        |receipt: &mut Map<String, Value>| drop(receipt.remove("files")),
        |receipt: &mut Map<String, Value>| receipt["files"]["contents"] = "blake3:00".into(),
    ] {
        let m = machine();
        renumber(&receipt(&m), change);
        let ran = m.run(&["verify"]);
        assert_eq!(ran.code, 6, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(NEWER) && ran.stderr.contains("\nhint: "), "{}", ran.stderr);
        assert_eq!(m.json(&["list"])[0]["name"], "go1.99.1", "it can be used all the same");
    }
}

#[test]
fn newer_caches_and_memories_stay_as_they_are() {
    for format in [Value::from(2), "2".into(), Value::from(-1), Value::from(2.5)] {
        caches_of(format);
    }
}

fn caches_of(format: Value) {
    let m = machine();
    let meta = m.root("cache/index/b668a782f5e316d0.meta");
    let text = renumber_as(&meta, format.clone(), |_| ());
    let ran = m.run(&["-v", "list", "--remote"]);
    assert!(ran.stdout.contains("1.99.1"), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(times(&ran, NEWER), 1);
    assert_eq!(fs::read_to_string(meta).unwrap(), text);
    let m = m.with("GOWARD_OFFLINE", "").with("GOWARD_MIRROR", "http://127.0.0.1:9/");
    let memory = format!("{{\"format\":{format},\"http://127.0.0.1:9/\":[\"new\"]}}");
    let file = m.write("home/.goward/state/unreachable", &memory);
    let ran = m.run(&["provide", "1.22", "--wanted-by", "x", "--impatient"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert_eq!(fs::read_to_string(file).unwrap(), memory);
}

#[test]
fn documents_that_are_objects_say_their_format() {
    let m = machine();
    for args in [&["current"][..], &["default"], &["which"], &["explain"], &["trust", "-n"]] {
        assert_eq!(m.json(args)["format"], 1, "{args:?}");
    }
}
