//! Compares a runner's findings with the result that a case expects, and with the rules of every
//! case.

use super::case::{Bytes, Case, Child, Installer, Stderr, Target, Wanted};
use super::layout::Layout;
use goward_resolver::{Home, escaped};
use std::collections::BTreeMap;

/// The variable in which the shim records its changes.
pub const MARKER: &[u8] = b"GOWARD_CHANGES";
/// The variable that counts shims calling each other.
pub const DEPTH: &[u8] = b"GOWARD_DEPTH";
const SWITCH: &[u8] = b"GOTOOLCHAIN_INTERNAL_SWITCH_VERSION";

/// The findings of a runner.
#[derive(Clone, Debug)]
pub struct Seen {
    /// How the call ended.
    pub outcome: Outcome,
    /// Everything on stderr.
    pub stderr: Bytes,
    /// The text on stdout besides the child's report.
    pub stdout: Bytes,
    /// The arguments of each call of goward.
    pub asked: Vec<Vec<Bytes>>,
    /// The source that decided, in the words of the case files; only known in process.
    pub source: Option<String>,
    /// The changes in the tree, beyond goward's installs.
    pub changes: Vec<String>,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A program ran.
    Ran {
        /// Its path, links resolved.
        program: Bytes,
        /// Its arguments, name included.
        argv: Vec<Bytes>,
        /// Its environment.
        env: BTreeMap<Bytes, Bytes>,
    },
    /// The shim exited.
    Failed(i32),
    /// The shim did not end in time.
    Hung,
}

/// Every way in which `seen` differs from what `case` expects; none is a pass.
///
/// `given` is the caller's true environment, and `resolve` makes a path canonical.
pub fn check(
    case: &Case,
    layout: &Layout,
    given: &BTreeMap<Bytes, Bytes>,
    seen: &Seen,
    resolve: &dyn Fn(&[u8]) -> Bytes,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let said = said(given, &seen.stderr, &mut wrong);
    outcome(case, layout, seen, resolve, &mut wrong);
    match &seen.outcome {
        Outcome::Ran { program, argv, env } => {
            arguments(case, layout, argv, &mut wrong);
            let system = *program == resolve(&layout.program(&Target::System, &case.argv[0]));
            environment(case, layout, given, env, system, &mut wrong);
        }
        Outcome::Failed(code) => refusal(case, layout, &said, *code, &mut wrong),
        Outcome::Hung => {}
    }
    errors(case, layout, seen, &said, &mut wrong);
    asked(case, seen, &mut wrong);
    source(case, layout, seen, &mut wrong);
    wrong.extend(seen.changes.iter().map(|change| format!("the tree changed: {change}")));
    wrong
}

/// Bytes for a person.
pub fn show(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// The home directory of an environment, which messages call `~`.
pub fn home(env: &BTreeMap<Bytes, Bytes>) -> Home {
    env.get(b"HOME".as_slice()).map_or_else(Home::default, |home| Home::new(&[home], &[escaped]))
}

/// The text of stderr, with whole paths again: the cases know no short ones.
fn said(given: &BTreeMap<Bytes, Bytes>, stderr: &[u8], wrong: &mut Vec<String>) -> String {
    let text = String::from_utf8_lossy(stderr);
    if text.lines().any(|line| home(given).shorten(line) != line) {
        wrong.push(format!("expected: ~ for the home directory; got: {}", show(stderr)));
    }
    match given.get(b"HOME".as_slice()) {
        Some(home) if text.contains("~/") => text.replace("~/", &(escaped(home) + "/")),
        _ => text.into_owned(),
    }
}

/// A path as messages show it: printable ASCII, a backslash as it is.
fn plain(path: &[u8]) -> String {
    let byte = |b: &u8| match b {
        b' '..=b'~' => char::from(*b).to_string(),
        _ => b.escape_ascii().to_string(),
    };
    path.iter().map(byte).collect()
}

fn outcome(
    case: &Case,
    layout: &Layout,
    seen: &Seen,
    resolve: &dyn Fn(&[u8]) -> Bytes,
    wrong: &mut Vec<String>,
) {
    let path = |target: &Target| resolve(&layout.program(target, &case.argv[0]));
    let got = match &seen.outcome {
        Outcome::Ran { program, .. } => format!("ran {}", show(program)),
        Outcome::Failed(code) => format!("exit {code}, stderr: {}", show(&seen.stderr)),
        Outcome::Hung => "it hung".to_string(),
    };
    let met = match (&case.expect.outcome, &seen.outcome) {
        (Some(Wanted::Runs(target)), Outcome::Ran { program, .. }) => *program == path(target),
        (Some(Wanted::Fails(codes)), Outcome::Failed(code)) => codes.contains(code),
        (None, Outcome::Ran { .. } | Outcome::Failed(125..=127)) => true,
        _ => false,
    };
    if !met {
        let want = match &case.expect.outcome {
            Some(Wanted::Runs(target)) => format!("runs {}", show(&path(target))),
            Some(Wanted::Fails(codes)) => format!("exit {codes:?}"),
            None => "something ordinary".to_string(),
        };
        wrong.push(format!("expected: {want}; got: {got}"));
    }
    for target in &case.expect.never {
        if matches!(&seen.outcome, Outcome::Ran { program, .. } if *program == path(target)) {
            wrong.push(format!("expected: never {}; got: {got}", show(&path(target))));
        }
    }
}

fn arguments(case: &Case, layout: &Layout, argv: &[Bytes], wrong: &mut Vec<String>) {
    let list = |argv: &[Bytes]| argv.iter().map(|a| show(a)).collect::<Vec<_>>().join(" | ");
    let mut want: Vec<Bytes> = case.argv.iter().map(|arg| layout.value(arg)).collect();
    match &case.expect.argv {
        Some(rest) => {
            want.truncate(1);
            want.extend(rest.iter().cloned());
        }
        None if want.get(1).is_some_and(|arg| arg.starts_with(b"+")) => drop(want.remove(1)),
        None => {}
    }
    if want != argv {
        wrong.push(format!("expected argv: {}; got: {}", list(&want), list(argv)));
    }
}

fn environment(
    case: &Case,
    layout: &Layout,
    given: &BTreeMap<Bytes, Bytes>,
    env: &BTreeMap<Bytes, Bytes>,
    system: bool,
    wrong: &mut Vec<String>,
) {
    let mut differs = Vec::new();
    let keys: std::collections::BTreeSet<_> = given.keys().chain(env.keys()).collect();
    for key in keys {
        let ours = key == MARKER || (system && key == DEPTH);
        if !ours && given.get(key) != env.get(key) {
            let value = |v: Option<&Bytes>| v.map_or("unset".to_string(), |v| show(v));
            differs.push((
                key.clone(),
                format!("{}: {} -> {}", show(key), value(given.get(key)), value(env.get(key))),
            ));
        }
    }
    let list = |all: &[(Bytes, String)]| {
        all.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("; ")
    };
    for fact in &case.expect.child {
        match fact {
            Child::Unchanged if !differs.is_empty() => {
                wrong.push(format!("expected: child unchanged; got: {}", list(&differs)));
            }
            Child::Is(key, value) if env.get(key) != Some(&layout.value(value)) => {
                let got = env.get(key).map_or("unset".to_string(), |v| show(v));
                let (key, value) = (show(key), show(&layout.value(value)));
                wrong.push(format!("expected: child {key}={value}; got: {got}"));
            }
            Child::Unset(key) if env.contains_key(key) => {
                wrong.push(format!(
                    "expected: child {} unset; got: {}",
                    show(key),
                    show(&env[key])
                ));
            }
            _ => {}
        }
    }
    // A shim that changes a variable records it. Without a change there is no record.
    let recorded = env.get(MARKER).is_some_and(|marker| !marker.is_empty());
    let plain = differs.iter().all(|(key, _)| key == SWITCH || key == b"GOWARD_VERSION");
    if recorded && differs.is_empty() && !given.contains_key(MARKER) {
        wrong.push("expected: no marker where nothing changed; got one".to_string());
    }
    if !recorded && !plain {
        wrong.push(format!("expected: a marker that records {}; got none", list(&differs)));
    }
}

/// Checks the rules of every refusal.
fn refusal(case: &Case, layout: &Layout, text: &str, code: i32, wrong: &mut Vec<String>) {
    if text.trim().is_empty() {
        wrong.push("expected: a reason on stderr; got: nothing".to_string());
    }
    if code == 125 && text.lines().count() > 1 {
        wrong.push(format!("expected: one line; got: {}", show(text.as_bytes())));
    }
    let wants_refusal = matches!(case.expect.outcome, Some(Wanted::Fails(_)));
    if let (Some(source), true) = (&case.expect.from, wants_refusal) {
        let want = match source.split_once(' ') {
            Some(("environment", key)) => key.to_string(),
            Some(("command", _)) => "+".to_string(),
            _ => plain(&layout.path(source.as_bytes())),
        };
        if !text.contains(&want) {
            wrong.push(format!("expected: stderr names {want}; got: {}", show(text.as_bytes())));
        }
    }
}

fn errors(case: &Case, layout: &Layout, seen: &Seen, said: &str, wrong: &mut Vec<String>) {
    let stderr = &seen.stderr;
    if stderr.iter().any(|b| !matches!(b, b' '..=b'~' | b'\n')) {
        wrong.push(format!("expected: printable ASCII on stderr; got: {}", show(stderr)));
    }
    if !seen.stdout.is_empty() {
        wrong.push(format!("expected: nothing of ours on stdout; got: {}", show(&seen.stdout)));
    }
    let holds = |text: &[u8]| said.as_bytes().windows(text.len().max(1)).any(|part| part == text);
    for fact in &case.expect.stderr {
        let (met, want) = match fact {
            Stderr::Any => (true, String::new()),
            Stderr::Empty => (stderr.is_empty(), "empty".to_string()),
            Stderr::Lines(count) => {
                (stderr.split(|b| *b == b'\n').count() == count + 1, format!("of {count} lines"))
            }
            Stderr::Has(text) => {
                let text = layout.text(text);
                (holds(&text), format!("with {}", show(&text)))
            }
            Stderr::HasNot(text) => (!holds(text), format!("without {}", show(text))),
        };
        if !met {
            wrong.push(format!("expected: stderr {want}; got: {}", show(stderr)));
        }
    }
    // Silent on success, unless the case says otherwise.
    let ran = matches!(seen.outcome, Outcome::Ran { .. });
    if ran && case.expect.stderr.is_empty() && !stderr.is_empty() {
        wrong.push(format!("expected: silence; got on stderr: {}", show(stderr)));
    }
}

fn asked(case: &Case, seen: &Seen, wrong: &mut Vec<String>) {
    let got: Vec<_> = seen.asked.iter().map(|argv| show(&argv.join(&b' '))).collect();
    // After the verb, the first word that is no option is the selector.
    let selectors: Vec<_> = seen.asked.iter().filter_map(|argv| argv.get(1)).collect();
    let met = match &case.expect.asks {
        None => true,
        Some(None) => got.is_empty(),
        Some(Some(want)) => selectors.len() == 1 && selectors[0] == want.as_bytes(),
    };
    if !met {
        let want = case.expect.asks.clone().flatten().unwrap_or_else(|| "nothing".into());
        wrong.push(format!("expected: goward is asked for {want}; got: {got:?}"));
    }
    let has =
        |word: &String| seen.asked.iter().any(|argv| argv.iter().any(|a| a == word.as_bytes()));
    if let Some(word) = case.expect.asks_with.iter().find(|word| !has(word)) {
        wrong.push(format!("expected: goward is asked with {word}; got: {got:?}"));
    }
    if let Some(word) = case.expect.asks_without.iter().find(|word| has(word)) {
        wrong.push(format!("expected: goward is asked without {word}; got: {got:?}"));
    }
    if case.installer == Installer::Off && !got.is_empty() {
        wrong.push(format!("expected: installs are off; got: goward was asked {got:?}"));
    }
}

fn source(case: &Case, layout: &Layout, seen: &Seen, wrong: &mut Vec<String>) {
    let (Some(want), Some(got)) = (&case.expect.from, &seen.source) else { return };
    let spelled = match want.as_str() {
        "default" => "goward/default:1",
        other => other,
    };
    let word = ["system", "newest", "command line"].contains(&spelled);
    let want = if word || spelled.starts_with("environment ") {
        spelled.to_string()
    } else {
        plain(&layout.path(spelled.as_bytes()))
    };
    // A path without a line stands for any line.
    let met = *got == want || got.strip_prefix(&want).is_some_and(|rest| rest.starts_with(':'));
    if !met {
        wrong.push(format!("expected: from {want}; got: {got}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{expand, parse};
    use super::*;
    use crate::select::System;

    fn wrong(text: &str, seen: impl FnOnce(&mut Seen)) -> Vec<String> {
        let case = parse::parse(&expand::split("x", text).unwrap()[0]).unwrap();
        let (base, platform) = (b"/t".to_vec(), "linux-amd64".to_string());
        let layout = Layout { base, system: System::Here, platform };
        let env: BTreeMap<Bytes, Bytes> = layout.environment(&case).into_iter().collect();
        let mut got = Seen {
            outcome: Outcome::Ran {
                program: b"/t/goward/toolchains/go1.22.10/bin/go".to_vec(),
                argv: vec![b"go".to_vec(), b"build".to_vec()],
                env: env.clone(),
            },
            stderr: Bytes::new(),
            stdout: Bytes::new(),
            asked: Vec::new(),
            source: Some("/t/w/go.mod:1".to_string()),
            changes: Vec::new(),
        };
        seen(&mut got);
        check(&case, &layout, &env, &got, &|path| path.to_vec())
    }

    const GOOD: &str = "=== a One.\nruns go1.22.10\nfrom w/go.mod:1\nchild unchanged\nargv build";

    #[test]
    fn true_statements_hold() {
        assert_eq!(wrong(GOOD, |_| {}), [""; 0]);
    }

    #[test]
    fn every_kind_of_deviation_is_found() {
        let deviations: [fn(&mut Seen); 11] = [
            |seen| seen.outcome = Outcome::Failed(125),
            |seen| seen.outcome = Outcome::Hung,
            |seen| seen.stderr = b"goward: note: hello\n".to_vec(),
            |seen| seen.stdout = b"x".to_vec(),
            |seen| seen.source = Some("/t/w/go.mod:2".to_string()),
            |seen| seen.changes = vec!["+ /t/x".to_string()],
            |seen| seen.asked = vec![vec![b"provide".to_vec(), b"1.22".to_vec()]],
            |seen| ran(seen, |program, _, _| program.push(b'x')),
            |seen| ran(seen, |_, argv, _| argv.push(b"more".to_vec())),
            |seen| ran(seen, |_, _, env| drop(env.insert(b"GOROOT".to_vec(), b"/x".to_vec()))),
            |seen| ran(seen, |_, _, env| drop(env.insert(MARKER.to_vec(), b"x".to_vec()))),
        ];
        for (at, deviation) in deviations.into_iter().enumerate() {
            assert!(!wrong(GOOD, deviation).is_empty(), "deviation {at} goes unnoticed");
        }
    }

    #[test]
    fn refusals_name_their_source_in_one_printable_line() {
        let refused = |stderr: &'static [u8]| {
            wrong("=== a One.\nrefuses 125\nfrom w/.go-version:1", |seen| {
                (seen.outcome, seen.stderr) = (Outcome::Failed(125), stderr.to_vec());
                seen.source = None;
            })
        };
        assert_eq!(refused(b"goward: error: /t/w/.go-version:1: no\n"), [""; 0]);
        for bad in [
            &b""[..],
            b"goward: error: no\n",
            b"/t/w/.go-version:1: a\nb\n",
            b"/t/w/.go-version:1: \x1b[31m\n",
        ] {
            assert!(!refused(bad).is_empty(), "{bad:?}");
        }
    }

    fn ran(
        seen: &mut Seen,
        change: impl FnOnce(&mut Bytes, &mut Vec<Bytes>, &mut BTreeMap<Bytes, Bytes>),
    ) {
        if let Outcome::Ran { program, argv, env } = &mut seen.outcome {
            change(program, argv, env);
        }
    }
}
