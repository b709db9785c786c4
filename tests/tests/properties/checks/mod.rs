//! The properties of any input, one module per kind of file or text: `check` takes bytes and panics
//! if a property does not hold. The property tests call it with random text, the fuzz targets with
//! any bytes that reach further.

mod decide;
mod goenv;
mod goenvfile;
mod gomod;
mod gotoolchain;
mod invocation;
mod modfile;
mod pinfile;
mod said;
mod selector;
mod version;

/// Checks one input, and panics where something does not hold.
type Check = fn(&[u8]);

/// Every check, by the name of its fuzz target.
pub(crate) const ALL: &[(&str, Check)] = &[
    ("decide", decide::check),
    ("goenv", goenv::check),
    ("goenvfile", goenvfile::check),
    ("gomod", gomod::check),
    ("gotoolchain", gotoolchain::check),
    ("invocation", invocation::check),
    ("modfile", modfile::check),
    ("pinfile", pinfile::check),
    ("selector", selector::check),
    ("version", version::check),
];

/// Runs the check `name` on `data`.
pub(crate) fn run(name: &str, data: &[u8]) {
    let (_, check) = ALL.iter().find(|(known, _)| *known == name).expect("a check of ours");
    check(data);
}
