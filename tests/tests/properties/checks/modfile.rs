//! The line scanner for `go.mod` and `go.work`, reached through the chain as the shim reaches it:
//! both lines are the reference's, and so is the floor of these lines and the directives.

use crate::bounds::linear;
use crate::reference::version::{self, Version};
use crate::reference::{modfile, toolchain};
use crate::world::{File, World};
use goward_resolver::{Floor, GoLine, Policy, Survey};

/// Checks one file, as `go.mod` and as `go.work`.
pub(crate) fn check(data: &[u8]) {
    for name in ["go.mod", "go.work"] {
        one(data, name);
    }
}

fn one(data: &[u8], name: &'static str) {
    let file = File { dir: "w", name, text: data.to_vec(), foreign: false, trusted: false };
    let argv = vec![b"go".to_vec()];
    let world = World { files: vec![file], cwd: "w", argv, ..World::default() };
    let memory = world.memory();
    // The host copies the file once, which is the machine's part.
    let here = linear(data.len(), || {
        Survey::of(&memory, None, &[b"go"], Policy::default()).expect("the model's store is there")
    });
    assert!(here.refusals.first().is_none(), "there is nothing to refuse");
    let chain = &here.chain;
    let module = chain.module.as_ref().expect("it is found").as_ref().expect("it is read");
    // All values that are not UTF-8 are alike: none is a version or a name.
    let told = |text: String| if text.contains('\u{fffd}') { "\u{fffd}".into() } else { text };
    let line = |directive: &Option<goward_resolver::Directive>| {
        directive.as_ref().map(|directive| (told(directive.value.clone()), directive.line))
    };
    let (go, line_of_toolchain) =
        (modfile::directive(data, "go"), modfile::directive(data, "toolchain"));
    let as_told = |line: &Option<(String, u32)>| line.clone().map(|(text, at)| (told(text), at));
    assert_eq!(line(&module.go), as_told(&go));
    assert_eq!(line(&module.toolchain), as_told(&line_of_toolchain));

    let go = go.and_then(|(text, line)| Some((version::parse(&text)?, line)));
    let go_version = module.go_version().and_then(|version| version::parse(version.as_str()));
    assert_eq!(go_version, go.clone().map(|(version, _)| version));

    let says = line_of_toolchain.filter(|(text, _)| !text.is_empty());
    let named = says.as_ref().and_then(|(text, line)| Some((toolchain::name(text)?, *line)));
    let raised = modfile::feature(data);
    let mut least = go.filter(|_| says.is_none() || named.is_some());
    let mut word = None;
    if let Some((version, by, line)) = raised
        && least.as_ref().is_none_or(|(least, _)| version > *least)
    {
        (least, word) = (Some((version, line)), Some(by));
    }
    assert_eq!(module.required().map(in_words), least.clone().map(|floor| (floor, false, word)));

    let modern = |(version, _): &(Version, u32)| *version >= version::parse("1.21").expect("so");
    let (least, named) = (least.filter(modern), named.filter(modern));
    let named = named.filter(|(name, _)| least.as_ref().is_none_or(|(least, _)| name >= least));
    for lines in [GoLine::Usual, GoLine::Minor, GoLine::Minimum] {
        let expected = match &named {
            Some(named) => Some((named.clone(), lines != GoLine::Minimum, None)),
            None => {
                least.clone().map(|least| (least, lines == GoLine::Minor && word.is_none(), word))
            }
        };
        assert_eq!(module.floor(lines).map(in_words), expected);
    }
}

/// A version and its line, whether it is a wish, and the directive that asks for it.
type Asked = ((Version, u32), bool, Option<&'static str>);

fn in_words(floor: Floor) -> Asked {
    let line = floor.source.origin().expect("it is a file's").line;
    let version = version::parse(floor.version.as_str()).expect("it is a version");
    ((version, line), floor.wish, floor.feature)
}
