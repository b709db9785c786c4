//! Holds what was seen against what a case expects, and against what every case has to hold.

use super::case::{Bytes, Case, Child, Installer, Stderr, Target, Wanted};
use super::layout::Layout;
use std::collections::BTreeMap;

/// The variable in which the shim records what it changed.
pub const MARKER: &[u8] = b"GOWARD_CHANGES";
/// The variable that counts shims calling each other.
pub const DEPTH: &[u8] = b"GOWARD_DEPTH";
const SWITCH: &[u8] = b"GOTOOLCHAIN_INTERNAL_SWITCH_VERSION";

/// What a runner saw.
#[derive(Clone, Debug)]
pub struct Seen {
    /// How the call ended.
    pub outcome: Outcome,
    /// Everything on stderr.
    pub stderr: Bytes,
    /// What stdout held besides the child's report.
    pub stdout: Bytes,
    /// The arguments of each call of goward.
    pub asked: Vec<Vec<Bytes>>,
    /// The source that decided, in the words of the case files; only known in process.
    pub source: Option<String>,
    /// What changed in the tree, beyond what goward installed.
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
    outcome(case, layout, seen, resolve, &mut wrong);
    match &seen.outcome {
        Outcome::Ran { program, argv, env } => {
            arguments(case, layout, argv, &mut wrong);
            let system = *program == resolve(&layout.program(&Target::System, &case.argv[0]));
            environment(case, layout, given, env, system, &mut wrong);
        }
        Outcome::Failed(code) => refusal(case, layout, seen, *code, &mut wrong),
        Outcome::Hung => {}
    }
    errors(case, layout, seen, &mut wrong);
    asked(case, seen, &mut wrong);
    source(case, layout, seen, &mut wrong);
    wrong.extend(seen.changes.iter().map(|change| format!("the tree changed: {change}")));
    wrong
}

/// Bytes for a person.
pub fn show(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
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
                wrong.push(format!("expected: child {} unset; got: {}", show(key), show(&env[key])));
            }
            _ => {}
        }
    }
    // Whoever changes something records it, and only then.
    let recorded = env.get(MARKER).is_some_and(|marker| !marker.is_empty());
    let plain = differs.iter().all(|(key, _)| key == SWITCH || key == b"GOWARD_VERSION");
    if recorded && differs.is_empty() && !given.contains_key(MARKER) {
        wrong.push("expected: no marker where nothing changed; got one".to_string());
    }
    if !recorded && !plain {
        wrong.push(format!("expected: a marker that records {}; got none", list(&differs)));
    }
}

/// What every refusal has to hold.
fn refusal(case: &Case, layout: &Layout, seen: &Seen, code: i32, wrong: &mut Vec<String>) {
    let text = String::from_utf8_lossy(&seen.stderr).into_owned();
    if text.trim().is_empty() {
        wrong.push("expected: a reason on stderr; got: nothing".to_string());
    }
    if code == 125 && text.lines().count() > 1 {
        wrong.push(format!("expected: one line; got: {}", show(&seen.stderr)));
    }
    let wants_refusal = matches!(case.expect.outcome, Some(Wanted::Fails(_)));
    if let (Some(source), true) = (&case.expect.from, wants_refusal) {
        let want = match source.split_once(' ') {
            Some(("environment", key)) => key.to_string(),
            Some(("command", _)) => "+".to_string(),
            _ => show(&layout.path(source.as_bytes())),
        };
        if !text.contains(&want) {
            wrong.push(format!("expected: stderr names {want}; got: {}", show(&seen.stderr)));
        }
    }
}

fn errors(case: &Case, layout: &Layout, seen: &Seen, wrong: &mut Vec<String>) {
    let stderr = &seen.stderr;
    if stderr.iter().any(|b| !matches!(b, b' '..=b'~' | b'\n')) {
        wrong.push(format!("expected: printable ASCII on stderr; got: {}", show(stderr)));
    }
    if !seen.stdout.is_empty() {
        wrong.push(format!("expected: nothing of ours on stdout; got: {}", show(&seen.stdout)));
    }
    let holds = |text: &[u8]| stderr.windows(text.len().max(1)).any(|part| part == text);
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
        show(&layout.path(spelled.as_bytes()))
    };
    // A path without a line stands for any line.
    let met = *got == want || got.strip_prefix(&want).is_some_and(|rest| rest.starts_with(':'));
    if !met {
        wrong.push(format!("expected: from {want}; got: {got}"));
    }
}
