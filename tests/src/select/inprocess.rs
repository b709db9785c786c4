//! Runs a case through the resolver, on a world in memory.

use super::case::{Bytes, Case, Installer, System};
use super::check::{Outcome, Seen, check, home};
use super::layout::Layout;
use super::memory::Memory;
use goward_resolver::trace::Fate;
use goward_resolver::{ChainLevel, Code, Launch, Plan, Policy, Source, Survey, decide, escaped};
use std::collections::BTreeMap;

/// Runs `case`, and returns each rule that does not hold.
pub fn run(case: &Case) -> Vec<String> {
    let layout = Layout {
        base: match case.system {
            System::Windows => br"C:\T".to_vec(),
            System::Here | System::MacOs => b"/t".to_vec(),
        },
        system: case.system,
        platform: match case.system {
            System::Windows => "windows-amd64",
            System::MacOs => "darwin-amd64",
            System::Here => "linux-amd64",
        }
        .to_string(),
    };
    let mut memory = Memory::new(case, &layout);
    let mut given = memory.env.clone();
    if let Some(outer) = &case.outer {
        let cwd = memory_cwd(&memory);
        memory.enter(layout.path(&outer.cwd));
        match call(case, &layout, &mut memory, &outer.argv).outcome {
            Outcome::Ran { env, .. } => memory.env = env,
            other => return vec![format!("the outer call did not run a go: {other:?}")],
        }
        memory.enter(cwd);
        // `+SELECTOR` passes this variable on: it is in the inner call's true environment.
        if let Some(version) = memory.env.get(b"GOWARD_VERSION".as_slice()) {
            given.insert(b"GOWARD_VERSION".to_vec(), version.clone());
        }
        for (key, value) in &outer.between {
            let value = layout.value(value);
            memory.env.insert(key.clone(), value.clone());
            given.insert(key.clone(), value.clone());
        }
    }
    let words: Vec<Bytes> = case.argv.iter().map(|arg| layout.value(arg)).collect();
    let words: Vec<&[u8]> = words.iter().map(Bytes::as_slice).collect();
    let mut wrong: Vec<String> = surveyed(&memory, &words).into_iter().collect();
    let seen = call(case, &layout, &mut memory, &case.argv);
    wrong.extend(check(case, &layout, &given, &seen, &|path| memory.resolved(path)));
    wrong
}

/// The fault of a survey, if it has one. A survey answers each question alike, and as the shim
/// decides, and its trace has that decision.
fn surveyed(memory: &Memory, words: &[&[u8]]) -> Option<String> {
    let plan = decide(memory, words);
    let outside = |plan: &Plan| plan.source.level().is_none();
    let here = match Survey::of(memory, None, words, Policy::default()) {
        Ok(here) => here,
        Err(_) if plan.as_deref().is_ok_and(outside) => return None,
        Err(error) => {
            let same = plan.as_ref().err() == Some(&error);
            return (!same).then(|| format!("the survey fails, not the shim: {error}"));
        }
    };
    for _ in 0..2 {
        let again = here.plan();
        if again != plan {
            return Some(format!("a survey says {again:?}, and the shim {plan:?}"));
        }
    }
    let trace = here.trace(plan.as_deref(), None);
    let won = trace.voices.iter().filter(|voice| matches!(voice.fate, Fate::Won { .. }));
    let won: Vec<ChainLevel> = won.map(|voice| voice.level).collect();
    let decided = plan.as_deref().ok().and_then(|plan| match &plan.miss {
        Some(miss) => miss.source.level(),
        // A toolchain that is nowhere has no level.
        None if plan.source == Source::Newest && plan.target.is_none() => None,
        None => plan.source.level(),
    });
    let levels: Vec<ChainLevel> = trace.voices.iter().map(|voice| voice.level).collect();
    if !levels.is_sorted() || ChainLevel::ALL.iter().any(|level| !levels.contains(level)) {
        return Some(format!("the trace has not all levels in their order: {levels:?}"));
    }
    (won.as_slice() != decided.as_slice())
        .then(|| format!("the trace has {won:?} win, and the shim {decided:?}"))
}

fn memory_cwd(memory: &Memory) -> Bytes {
    use goward_resolver::Host as _;
    memory.cwd().unwrap_or_default()
}

/// One call of the shim: decide, install what is missing, decide again.
fn call(case: &Case, layout: &Layout, memory: &mut Memory, argv: &[Bytes]) -> Seen {
    let argv: Vec<Bytes> = argv.iter().map(|arg| layout.value(arg)).collect();
    let words: Vec<&[u8]> = argv.iter().map(Bytes::as_slice).collect();
    let mut asked = Vec::new();
    let mut plan = decide(memory, &words);
    let mut told = None;
    if let Some(miss) = plan.as_ref().ok().and_then(|plan| plan.miss.as_deref()) {
        asked.push(miss.arguments().into_iter().map(String::into_bytes).collect());
        if let Installer::Makes(versions) = &case.installer {
            for version in versions {
                memory.install(layout, version);
            }
            plan = decide(memory, &words);
        } else if miss.told_by(4).is_some() {
            // As the fake goward says it to the shim.
            let (what, by) = (&miss.selector, &miss.source);
            told = Some(format!("goward: error: Go {what}, wanted by {by}, is not installed\n"));
        }
    }
    let source = plan.as_ref().ok().map(|plan| spelled(&plan.source));
    let (outcome, said) = match plan.and_then(|plan| plan.launch) {
        Ok(launch) => {
            let notes = launch.notes.iter().map(|note| format!("goward: {note}\n"));
            (ran(memory, argv, &launch), notes.collect::<String>())
        }
        Err(error) => {
            let silent = told.is_some() && error.code == Code::Missing;
            let said = format!("goward: error: {error}\n");
            let said = if silent { String::new() } else { said };
            (Outcome::Failed(error.code.status()), said)
        }
    };
    let stderr = told.unwrap_or_default() + &said;
    let stderr = home(&memory.env).shorten(&stderr).into_bytes();
    Seen { outcome, stderr, stdout: Bytes::new(), asked, source, changes: Vec::new() }
}

fn ran(memory: &Memory, mut argv: Vec<Bytes>, launch: &Launch) -> Outcome {
    if launch.drop_selector {
        argv.remove(1);
    }
    let mut env: BTreeMap<Bytes, Bytes> = memory.env.clone();
    for change in &launch.env {
        let key = change.key.as_bytes().to_vec();
        match &change.value {
            Some(value) => env.insert(key, value.clone()),
            None => env.remove(&key),
        };
    }
    Outcome::Ran { program: memory.resolved(&launch.program), argv, env }
}

/// A source in the words of the case files.
fn spelled(source: &Source) -> String {
    match source {
        Source::CommandLine => "command line".into(),
        Source::Environment(key) => format!("environment {key}"),
        Source::System => "system".into(),
        Source::Newest => "newest".into(),
        Source::Running => "running".into(),
        Source::Name => "name".into(),
        Source::Goenv(o)
        | Source::GoEnvFile(o)
        | Source::PinFile(o)
        | Source::Module(o)
        | Source::Default(o) => format!("{}:{}", escaped(&o.path), o.line),
    }
}
