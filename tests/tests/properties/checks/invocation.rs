//! Command lines: `+SELECTOR`, `-C DIR` and the commands that select otherwise are found where the
//! reference finds them.
//!
//! The input is the words of a command line, one a line, `go` left out; a first line `gofmt` is the
//! program's name.

use crate::bounds::linear;
use crate::reference::invocation;
use crate::world::World;
use goward_resolver::{Invocation, Tool};
use goward_tests::select::memory::Memory;

thread_local! {
    /// Any machine: only its system matters.
    static MACHINE: Memory = World { cwd: "w", ..World::default() }.memory();
}

/// Checks one command line.
pub(crate) fn check(data: &[u8]) {
    MACHINE.with(|machine| check_on(machine, data));
}

fn check_on(memory: &Memory, data: &[u8]) {
    let mut argv: Vec<Vec<u8>> = Vec::new();
    if !data.starts_with(b"gofmt\n") {
        argv.push(b"go".to_vec());
    }
    argv.extend(data.split(|b| *b == b'\n').map(<[u8]>::to_vec));
    let words: Vec<&[u8]> = argv.iter().map(Vec::as_slice).collect();

    // An argument is two words of the machine, and one byte of the input.
    let parsed = linear(data.len(), || Invocation::parse(memory, &words));
    let plain = invocation::parse(&argv);
    assert_eq!(parsed.tool == Tool::Gofmt, plain.gofmt);
    assert_eq!(parsed.selector, plain.selector.as_deref());
    assert_eq!(parsed.chdir, plain.chdir.as_deref());
    assert_eq!(parsed.is_package_at_version(), plain.is_package_at_version());
    assert_eq!(parsed.repairs_gotoolchain(), plain.repairs_gotoolchain());

    // With the removed words back in front, it is the same call.
    let mut rendered: Vec<Vec<u8>> = vec![argv[0].clone()];
    rendered.extend(plain.selector.iter().map(|text| [b"+", text.as_slice()].concat()));
    rendered.extend(plain.chdir.iter().map(|dir| [b"-C=", dir.as_slice()].concat()));
    rendered.extend(plain.words);
    let words: Vec<&[u8]> = rendered.iter().map(Vec::as_slice).collect();
    let again = Invocation::parse(memory, &words);
    if plain.chdir.is_some() || plain.selector.is_none() {
        let same = |a: &Invocation<'_>, b: &Invocation<'_>| {
            (a.selector, a.chdir, a.repairs_gotoolchain())
                == (b.selector, b.chdir, b.repairs_gotoolchain())
        };
        assert!(same(&parsed, &again), "{parsed:?} against {again:?}");
    }

    named(memory, data);
}

/// The first line as the name that the shim is called by.
fn named(memory: &Memory, data: &[u8]) {
    let name = data.split(|b| *b == b'\n').next().unwrap_or_default();
    let parsed = Invocation::parse(memory, &[name, b"+1.22"]);
    match &parsed.tool {
        Tool::Go | Tool::Gofmt => assert_eq!(parsed.selector, Some(b"1.22".as_slice())),
        Tool::Named(tool) => {
            assert_eq!(parsed.selector, None, "a release by name takes no selector");
            let base = name.rsplit(|b| *b == b'/').next().unwrap_or_default();
            assert_eq!(tool.as_str().as_bytes(), base);
            assert!(base.starts_with(b"go1."));
        }
    }
}
