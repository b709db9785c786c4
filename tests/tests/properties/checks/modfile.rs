//! The line scanner for `go.mod` and `go.work`, reached through the chain as the shim reaches it:
//! both lines are the reference's, and so is the floor that they make.

use crate::bounds::linear;
use crate::reference::{modfile, toolchain, version};
use crate::world::{File, World};
use goward_resolver::{Chain, Environment, Invocation, Store};

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
    let env = Environment::new(&memory);
    let store = Store::locate(&env).expect("the store of the model is there");
    // The host copies the file once, which is the machine's part.
    let chain = linear(data.len(), || {
        let invocation = Invocation::parse(&memory, &[b"go"]);
        Chain::read(&env, invocation, &store).expect("there is nothing to refuse")
    });
    let module = chain.module.as_ref().expect("it is found").as_ref().expect("it is read");
    let line = |directive: &Option<goward_resolver::Directive>| {
        directive.as_ref().map(|directive| (directive.value.clone(), directive.line))
    };
    let (go, line_of_toolchain) =
        (modfile::directive(data, "go"), modfile::directive(data, "toolchain"));
    assert_eq!(line(&module.go), go);
    assert_eq!(line(&module.toolchain), line_of_toolchain);

    let least = go.as_ref().and_then(|(text, line)| Some((version::parse(text)?, *line)));
    let expected = match &line_of_toolchain {
        None => least.clone(),
        Some((text, line)) => toolchain::name(text).map(|named| match least.clone() {
            Some(least) if least.0 > named => least,
            _ => (named, *line),
        }),
    };
    let floor = module.floor().map(|floor| {
        let line = floor.source.origin().expect("it is a file's").line;
        (version::parse(floor.version.as_str()).expect("it is a version"), line)
    });
    assert_eq!(floor, expected);
    let go_version = module.go_version().and_then(|version| version::parse(version.as_str()));
    assert_eq!(go_version, least.map(|(version, _)| version));
}
