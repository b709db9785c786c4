//! The whole decision, on random machines in memory ([`crate::world`]): it never panics, says the
//! same twice, asks the machine a bounded number of questions, and gives the child only words that
//! an exec can take. A nested call in the child's environment decides the same. All of it agrees
//! with the model of the book ([`crate::model`]).

use super::said::one_line;
use crate::bounds::linear;
use crate::choices::Choices;
use crate::model::{self, End, Expected};
use crate::reference::selector;
use crate::world::World;
use goward_resolver::{Error, Launch, Plan, decide, escaped};
use goward_tests::select::memory::Memory;

/// Checks the world that `data` makes.
pub(crate) fn check(data: &[u8]) {
    let world = World::new(&mut Choices::new(data));
    let mut memory = world.memory();
    let words: Vec<&[u8]> = world.argv.iter().map(Vec::as_slice).collect();
    // A thousand bytes for each question there may be.
    let plan = linear(4 << 10, || decide(&memory, &words));
    assert_eq!(plan, decide(&memory, &words), "it changed its mind\n{world}");
    let (mut seen, expected) = (seen(&world, &plan), model::expect(&world));
    let ran = matches!(seen.end, End::Runs(_) | End::System);
    if expected.end == End::Perhaps {
        // If no toolchain is at hand, goward may install one after all.
        seen = expected.clone();
    } else if expected.end == End::AtHand && ran {
        seen = Expected { end: End::AtHand, gotoolchain: None, ..seen };
    }
    assert_eq!(seen, expected, "resolver, model\n{world}");
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => {
            assert_eq!(error.code.status(), 125, "{error}\n{world}");
            one_line(&error.to_string());
            quotes_nothing_foreign(&world, &error.to_string());
            return;
        }
    };
    if let Some(miss) = &plan.miss {
        let may = world.may_install && !world.env.iter().any(|(key, _)| *key == "GOWARD_OFFLINE");
        assert!(may, "{miss:?}\n{world}");
        for argument in miss.arguments() {
            one_line(&argument);
        }
    }
    match &plan.launch {
        Err(error) => {
            assert!([125, 126, 127].contains(&(error.code.status())), "{error}\n{world}");
            one_line(&error.to_string());
            quotes_nothing_foreign(&world, &error.to_string());
        }
        Ok(launch) => {
            can_be_executed(&world, launch);
            nested_agrees(&world, &mut memory, &plan, launch);
        }
    }
}

/// A plan in the words of the model.
fn seen(world: &World, plan: &Result<Box<Plan>, Error>) -> Expected {
    let mut seen = Expected { end: End::Refused, asks: None, gotoolchain: None };
    let Ok(plan) = plan else { return seen };
    seen.asks = plan.miss.as_ref().and_then(|miss| selector::parse(&miss.selector.to_string()));
    let launch = match &plan.launch {
        Ok(launch) => launch,
        Err(error) => {
            seen.end = if error.code.status() == 127 { End::Missing } else { End::Refused };
            return seen;
        }
    };
    let program = String::from_utf8_lossy(&launch.program);
    let installed = world
        .installed
        .iter()
        .find(|release| program.starts_with(&format!("/t/goward/toolchains/go{release}/bin/")));
    seen.end = installed.map_or(End::System, |release| End::Runs(release));
    let change = launch.env.iter().find(|change| change.key == "GOTOOLCHAIN");
    let value = change.and_then(|change| change.value.as_deref());
    seen.gotoolchain = value.map(|value| String::from_utf8_lossy(value).into_owned());
    seen
}

/// No line of a file that another user owns is repeated.
fn quotes_nothing_foreign(world: &World, message: &str) {
    for file in world.files.iter().filter(|file| file.foreign && file.dir != "home/.config/go") {
        for line in file.text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii) {
            let quoted = format!("\"{}\"", escaped(line));
            let elsewhere = world.files.iter().any(|other| {
                !other.foreign && other.text.windows(line.len().max(1)).any(|part| part == line)
            });
            let own = elsewhere || line.is_empty() || said_by_the_caller(world, line);
            assert!(own || !message.contains(&quoted), "repeats {quoted}: {message}\n{world}");
        }
    }
}

fn said_by_the_caller(world: &World, line: &[u8]) -> bool {
    let has = |text: &[u8]| text.windows(line.len()).any(|part| part == line);
    world.argv.iter().any(|word| has(word))
        || world.env.iter().any(|(_, value)| has(value))
        || world.default.as_deref().is_some_and(has)
}

fn can_be_executed(world: &World, launch: &Launch) {
    assert!(launch.program.starts_with(b"/"), "{launch:?}\n{world}");
    assert!(!launch.program.contains(&0), "{launch:?}\n{world}");
    let toolchain = launch.program.starts_with(b"/t/goward/toolchains/go1.");
    let system = launch.program.starts_with(b"/t/system/bin/go");
    assert!(toolchain || system, "{launch:?}\n{world}");
    assert!(!launch.program.windows(4).any(|part| part == b"/../"), "{launch:?}\n{world}");
    let gofmt = world.argv[0] == b"gofmt";
    assert_eq!(launch.program.ends_with(b"/gofmt"), gofmt, "{launch:?}\n{world}");
    let selector = world.argv.get(1).is_some_and(|word| word.starts_with(b"+"));
    assert_eq!(launch.drop_selector, selector, "{launch:?}\n{world}");
    launch.notes.iter().for_each(|note| one_line(note));
    let mut keys: Vec<&str> = launch.env.iter().map(|change| change.key.as_str()).collect();
    for change in &launch.env {
        assert!(!change.key.is_empty() && !change.key.contains(['=', '\0']), "{change:?}\n{world}");
        let nul = change.value.as_ref().is_some_and(|value| value.contains(&0));
        assert!(!nul, "{change:?}\n{world}");
    }
    keys.sort_unstable();
    assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "twice: {keys:?}\n{world}");
}

/// The same command below the one that runs, in the same directory, runs the same toolchain, and
/// the shim would make the same changes again.
fn nested_agrees(world: &World, memory: &mut Memory, plan: &Plan, launch: &Launch) {
    let before = memory.env.clone();
    for change in &launch.env {
        match &change.value {
            Some(value) => memory.env.insert(change.key.clone().into_bytes(), value.clone()),
            None => memory.env.remove(change.key.as_bytes()),
        };
    }
    let mut words: Vec<&[u8]> = world.argv.iter().map(Vec::as_slice).collect();
    if launch.drop_selector {
        words.remove(1);
    }
    let again = decide(&*memory, &words);
    memory.env = before;
    let again = again.unwrap_or_else(|error| panic!("nested: {error}\n{world}"));
    let again_launch = again.launch.unwrap_or_else(|error| panic!("nested: {error}\n{world}"));
    assert_eq!(again_launch.program, launch.program, "nested, {:?}\n{world}", plan.source);
    // `+SELECTOR` goes on as GOWARD_VERSION, which is then the caller's own wish.
    if !launch.drop_selector {
        assert_eq!(again_launch.env, [], "nested, {:?}\n{world}", launch.env);
    }
}
