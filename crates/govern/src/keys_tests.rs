//! Keys as Go says them, and what follows from their differences.

use super::*;
use goward_installer::Digest;
use std::fmt::Write as _;

/// What Go says of a module with a program, a package, and one of the standard library.
struct Said {
    release: &'static str,
    dir: &'static str,
    lib_file: &'static str,
    extra: [&'static str; 2],
    revision: &'static str,
}

const PLAIN: Said = Said {
    release: "go1.27.2",
    dir: "/ci/a",
    lib_file: "f1",
    extra: ["GOAMD64=v1\n", ""],
    revision: "r1",
};

impl Said {
    fn steps(&self) -> Vec<(String, Vec<String>)> {
        let tool = format!("compile compile version {} [] []\n", self.release);
        let [level, more] = self.extra;
        let content = |what: &str| Digest::of(what).to_string()[..20].to_owned();
        let fmt = content(&format!("fmt{}{level}", self.release));
        let lib = content(&format!("lib{fmt}{}{}{more}", self.dir, self.lib_file));
        let standard = "omitdebug false standard true local false prefix \"\"\n";
        let info = format!("path\tm\nbuild\tvcs.revision={}\n", self.revision);
        let head = |dir: &str| {
            vec![self.release.into(), "compile\n".into(), format!("dir {dir}\n"), tool.clone()]
        };
        let fmt_pieces = vec![
            self.release.into(),
            "compile\n".into(),
            standard.into(),
            tool.clone(),
            level.into(),
        ];
        let mut lib_pieces = head(&format!("{}/lib", self.dir));
        lib_pieces.extend([
            format!("file lib.go {}\n", self.lib_file),
            level.into(),
            format!("import fmt {fmt}\n"),
        ]);
        if !more.is_empty() {
            lib_pieces.push(more.into());
        }
        let mut main = head(self.dir);
        main.extend([
            format!("modinfo {info:?}\n"),
            "file main.go f9\n".into(),
            level.into(),
            format!("import m/lib {lib}\n"),
        ]);
        let link = vec![
            self.release.into(),
            "link\n".into(),
            format!("packagemain {}\n", content(&format!("main{lib}{}", self.revision))),
            format!("packagefile m/lib={lib}\n"),
            format!("packagefile fmt={fmt}\n"),
        ];
        vec![
            ("build fmt".into(), fmt_pieces),
            ("build m/lib".into(), lib_pieces),
            ("build m".into(), main),
            ("link m".into(), link),
        ]
    }

    fn log(&self) -> String {
        let mut log = String::from("# m/lib\nHASH[moduleIndex]: \"package x\\n\"\n");
        for (name, pieces) in self.steps() {
            let made = pieces.concat();
            writeln!(log, "HASH[{name}]").unwrap();
            for piece in pieces {
                writeln!(log, "HASH[{name}]: {piece:?}").unwrap();
            }
            writeln!(log, "HASH[{name}]: {}", Digest::of(made)).unwrap();
        }
        log
    }

    fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        let others: Vec<String> = self
            .log()
            .lines()
            .filter(|line| !keys.hear(line.as_bytes()))
            .map(str::to_owned)
            .collect();
        assert_eq!(others, ["# m/lib"]);
        keys
    }
}

/// The groups as `KIND CAUSE BEFORE→AFTER: ROOTS +FOLLOW`.
fn told(before: &Said, after: &Said) -> Vec<String> {
    let compared = Comparison::of(&before.keys(), &after.keys());
    let value = |value: &Option<String>| value.clone().unwrap_or_default();
    let group = |group: &Group| {
        let roots: Vec<String> =
            group.roots.iter().map(|step| format!("{} {}", step.kind, step.package)).collect();
        let (before, after) = match group.cause.has_values() {
            true => (value(&group.before), value(&group.after)),
            false => (String::new(), String::new()),
        };
        let (kind, cause) = (group.cause.kind(), &group.cause);
        format!("{kind} {cause} {before}→{after}: {} +{}", roots.join(","), group.follow)
    };
    compared.groups.iter().map(group).collect()
}

#[test]
fn each_cause_has_its_roots() {
    assert!(told(&PLAIN, &PLAIN).is_empty());
    let file = Said { lib_file: "f2", ..PLAIN };
    assert_eq!(told(&PLAIN, &file), ["file file lib.go of m/lib →: compile m/lib +1"]);
    let dir = Said { dir: "/ci/b", ..PLAIN };
    let wanted = "dir dir /ci/a→/ci/b: compile m/lib,compile m +0";
    assert_eq!(told(&PLAIN, &dir), [wanted]);
    let level = Said { extra: ["GOAMD64=v3\n", ""], ..PLAIN };
    let wanted = "variable GOAMD64 v1→v3: compile fmt,compile m/lib,compile m +0";
    assert_eq!(told(&PLAIN, &level), [wanted]);
    let stamp = Said { revision: "r2", ..PLAIN };
    let wanted = "stamp vcs stamp vcs.revision=r1→vcs.revision=r2: compile m +0";
    assert_eq!(told(&PLAIN, &stamp), [wanted]);
    let release = Said { release: "go1.27.3", ..PLAIN };
    let all = "compile fmt,compile m/lib,compile m,link m";
    let wanted = format!("toolchain toolchain go1.27.2→go1.27.3: {all} +0");
    assert_eq!(told(&PLAIN, &release), [wanted]);
    let cgo = "CC=[\"gcc\"] [] [\"-O2\"] [\"-g\"]\n";
    let cgo = Said { extra: ["GOAMD64=v1\n", cgo], ..PLAIN };
    let slow = "CC=[\"gcc\"] [] [\"-O0\"] [\"-g\"]\n";
    let slow = Said { extra: ["GOAMD64=v1\n", slow], ..PLAIN };
    let wanted = "variable CGO_CFLAGS -O2→-O0: compile m/lib +1";
    assert_eq!(told(&cgo, &slow), [wanted]);
}

/// A package that is built otherwise by one key shows where another one uses it.
#[test]
fn what_differs_by_the_same_key_is_told() {
    let mut after = PLAIN.keys();
    let step = Step { kind: "compile".into(), package: "m".into() };
    let made = after.steps.get_mut(&step).unwrap();
    made.pieces.retain(|piece| !piece.starts_with("import m/lib"));
    made.pieces.insert("import m/lib other\n".into());
    made.keys = BTreeSet::from(["0".repeat(64)]);
    let compared = Comparison::of(&PLAIN.keys(), &after);
    assert_eq!((compared.packages, compared.different, compared.only), (3, 1, [0, 0]));
    assert_eq!(compared.groups.len(), 1);
    assert_eq!(compared.groups[0].cause, Cause::Content("m/lib".into()));
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keys");
    let keys = PLAIN.keys();
    let head = Head::new(&keys, vec!["go".into(), "build".into()]);
    std::fs::write(&file, keys.record(&head)).unwrap();
    let (read, again) = Keys::read(&file).unwrap();
    assert_eq!((again.len(), again.steps), (4, keys.steps));
    assert_eq!((read.release.as_deref(), &*read.command), (Some("go1.27.2"), &head.command[..]));
    assert!(Keys::may_replace(&file) && Keys::may_replace(&dir.path().join("absent")));
}

/// A record may be a stranger's.
#[test]
fn what_is_no_record_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keys");
    let head = r#"{"format":1,"keys":"go","release":null,"command":[]}"#;
    for (text, word) in [
        ("", "is no record of keys"),
        ("{}", "is no record of keys"),
        ("\u{1b}]0;x\u{7}", "is no record of keys"),
        (&head.replace(":1,", ":99,"), "was written by a newer goward"),
        (&format!("{head}\n{{\"step\":1}}\n"), ":2: goward writes no such line"),
        (&format!("{head}\n{}\n", "[".repeat(100_000)), ":2: goward writes no such line"),
    ] {
        std::fs::write(&file, text).unwrap();
        let error = Keys::read(&file).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
        let is_record = text.starts_with("{\"format");
        assert_eq!(Keys::may_replace(&file), is_record, "{text:.60}");
    }
    assert!(matches!(Keys::read(dir.path()), Err(Error::Io(..))));
    assert!(!Keys::may_replace(dir.path()));
    // Circles, and steps without anything.
    let circle = |key: char| {
        let line = |package: &str, import: &str| {
            let key = key.to_string().repeat(64);
            format!(
                "{{\"step\":\"compile\",\"package\":\"{package}\",\"keys\":[\"{key}\"],\"pieces\":[\"import {import} {key}\\n\"]}}\n"
            )
        };
        std::fs::write(&file, [head, "\n", &line("a", "b"), &line("b", "a")].concat()).unwrap();
        Keys::read(&file).unwrap().1
    };
    let compared = Comparison::of(&circle('1'), &circle('2'));
    assert_eq!((compared.different, compared.groups.len()), (2, 0));
}

#[test]
fn no_more_is_kept_than_fits() {
    let mut keys = Keys::default();
    let line = format!("HASH[build m]: \"{}\"", "x".repeat(1 << 20));
    for number in 0..20 {
        assert!(keys.hear(format!("{} {number}\"", &line[..line.len() - 1]).as_bytes()));
    }
    assert!(keys.is_full() && keys.bytes < MOST + (2 << 20));
}
