//! The package golang.org/x/mod/modfile itself, from the sources of a Go release: the facts that
//! `go mod edit` does not show: dependencies' files, places and formatted edits; and many more
//! files.

use crate::corpus::{Breadth, Sample, samples};
use crate::{ASKED, Scratch, lines, said};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use goward_gomod::{File, Kind, Place, Refused, Release, Rules, Sole};
use goward_tests::mirror;
use serde_json::{Value, json};
use std::path::Path;

/// The copied packages: modfile and those that it imports.
const PACKAGES: [&str; 4] = ["modfile", "module", "semver", "internal/lazyregexp"];

/// The code for Go 1.21 in place of `newer.go`.
const OLDER: &str = "package main\n\nimport \"golang.org/x/mod/modfile\"\n\n\
    func newer(*modfile.File) [][]any { return nil }\n\
    func newerWork(*modfile.WorkFile) [][]any { return nil }\n";

/// A question to `ask.go`, and the crate's answer.
struct Question<'a> {
    sample: &'a Sample,
    ask: Value,
    ours: Result<File, Refused>,
    /// The number of the question whose answer has the same formatted text.
    like: Option<usize>,
}

#[test]
fn modfile_reads_and_edits_alike() {
    let samples = &samples(Breadth::All, 1_500);
    std::thread::scope(|scope| {
        for (version, minor) in ASKED {
            scope.spawn(move || agree(samples, version, minor));
        }
    });
}

fn agree(samples: &[Sample], version: &str, minor: u16) {
    let mut questions = Vec::new();
    for (number, sample) in samples.iter().enumerate() {
        questions_of(&mut questions, sample, (number, Release(minor)));
    }
    let answers = answers(version, &questions);
    let mut edits = 0;
    for (question, answer) in questions.iter().zip(&answers) {
        let origin = format!("Go {version}: {}: {}", question.sample.origin, question.ask);
        compare(&question.ours, answer, (minor, &origin));
        if let Some(like) = question.like {
            edits += 1;
            let text = question.sample.text.escape_ascii();
            assert_eq!(answer["Text"], answers[like]["Text"], "{origin}\n{text}");
        }
    }
    let count = questions.len();
    mirror::note(&format!("Go {version}: {count} questions, {edits} edits"));
    assert!(count > 3_000 && edits > 600, "{count} questions, {edits} edits");
}

fn questions_of<'a>(
    all: &mut Vec<Question<'a>>,
    sample: &'a Sample,
    (number, release): (usize, Release),
) {
    let strict = Rules::strict(sample.kind).of(release);
    let (edit, to, sole) = [
        ("go", "1.22", Sole::Go),
        ("toolchain", "go1.22.3", Sole::Toolchain),
        ("-go", "", Sole::Go),
        ("-toolchain", "", Sole::Toolchain),
    ][number % 4];
    let ask = |way: &str, text: &[u8], edit: &str, to: &str| json!({"Way": way, "Text": STANDARD.encode(text), "Edit": edit, "To": to});
    if sample.kind == Kind::Module {
        let ours = File::parse(&sample.text[..], Rules::lax().of(release));
        all.push(Question { sample, ask: ask("lax", &sample.text, "", ""), ours, like: None });
    }
    let way = sample.kind.file_name();
    let ours = File::parse(&sample.text[..], strict);
    let edited = ours.clone().ok().map(|file| {
        let mut syntax = file.into_syntax();
        match to.is_empty() {
            true => drop(syntax.drop(sole).unwrap()),
            false => syntax.set(sole, to).unwrap(),
        }
        syntax.into_source()
    });
    all.push(Question { sample, ask: ask(way, &sample.text, edit, to), ours, like: None });
    if let Some(edited) = edited {
        let like = Some(all.len() - 1);
        let ours = File::parse(&edited[..], strict);
        all.push(Question { sample, ask: ask(way, &edited, "", ""), ours, like });
    }
}

/// The answers of a release's package.
fn answers(version: &str, questions: &[Question<'_>]) -> Vec<Value> {
    let scratch = Scratch::new(&format!("itself-{version}"));
    let sources = mirror::tree(version).join("src/cmd/vendor/golang.org/x/mod");
    for package in PACKAGES {
        copy(&sources.join(package), &scratch.0.join(package));
    }
    let minor = version.rsplit_once('.').unwrap().0;
    let newer = if version == "1.21.13" { OLDER } else { include_str!("newer.go") };
    let asked: Vec<&Value> = questions.iter().map(|question| &question.ask).collect();
    std::fs::create_dir_all(scratch.0.join("ask")).unwrap();
    for (name, text) in [
        ("go.mod", &*format!("module golang.org/x/mod\n\ngo {minor}\n")),
        ("ask/main.go", include_str!("ask.go")),
        ("ask/newer.go", newer),
        ("questions.json", &serde_json::to_string(&asked).unwrap()),
    ] {
        std::fs::write(scratch.0.join(name), text).unwrap();
    }
    let (done, answers, errors) = scratch.go(version, &["run", "./ask", "questions.json"]);
    assert!(done, "{errors}");
    let answers: Vec<Value> = serde_json::from_str(&answers).unwrap();
    assert_eq!(answers.len(), questions.len());
    answers
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|it| it == "go") {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn compare(ours: &Result<File, Refused>, answer: &Value, (minor, origin): (u16, &str)) {
    let errors = answer["Errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let errors: Vec<&str> = errors.iter().map(|it| it.as_str().unwrap()).collect();
    match ours {
        Ok(file) => {
            assert_eq!(errors, Vec::<&str>::new(), "{origin}");
            let go = answer["Said"].as_array().cloned().unwrap_or_default();
            assert_eq!(as_asked(file), go, "{origin}");
        }
        Err(refused) => {
            let (ours, go) = (refused.to_string(), errors.join("\n"));
            let file = if origin.contains("go.work") { "go.work" } else { "go.mod" };
            assert_eq!(lines(&ours, file), lines(&go, file), "{origin}\n{ours}\n{go}");
            assert!(!go.is_empty() && (minor < 27 || ours == go), "{origin}\n{ours}\n{go}");
        }
    }
}

/// The facts of a file, in the form and order of `ask.go`.
fn as_asked(file: &File) -> Vec<Value> {
    let at = |words: &[Value], place: &Place| {
        let start = place.start;
        let place = [start.line, start.column, start.offset].map(Value::from);
        Value::Array([words, &place].concat())
    };
    let text = said::text;
    let mut all = Vec::new();
    if let Some(it) = &file.module {
        all.push(at(&["module".into(), text(&it.path), text(&it.deprecated)], &it.place));
    }
    for (word, it) in [("go", &file.go), ("toolchain", &file.toolchain)] {
        all.extend(it.iter().map(|it| at(&[word.into(), text(&it.value)], &it.place)));
    }
    for it in &file.require {
        let (path, version) = (text(&it.module.path), text(&it.module.version));
        all.push(at(&["require".into(), path, version, it.indirect.into()], &it.place));
    }
    for it in &file.exclude {
        let (path, version) = (text(&it.module.path), text(&it.module.version));
        all.push(at(&["exclude".into(), path, version], &it.place));
    }
    for it in &file.replace {
        let words = [&it.old.path, &it.old.version, &it.new.path, &it.new.version].map(text);
        all.push(at(&[&["replace".into()], &words[..]].concat(), &it.place));
    }
    for it in &file.retract {
        let words = [&it.low, &it.high, &it.rationale].map(text);
        all.push(at(&[&["retract".into()], &words[..]].concat(), &it.place));
    }
    all.extend(file.uses.iter().map(|it| at(&["use".into(), text(&it.path)], &it.place)));
    for it in &file.godebug {
        all.push(at(&["godebug".into(), text(&it.key), text(&it.value)], &it.place));
    }
    for (word, paths) in [("tool", &file.tool), ("ignore", &file.ignore)] {
        all.extend(paths.iter().map(|it| at(&[word.into(), text(&it.path)], &it.place)));
    }
    all
}
