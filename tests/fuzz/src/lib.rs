//! Fuzz targets: their checks by name, so that a seed or a finding can be replayed by an ordinary
//! test, too.
//!
//! The checks of the files that select a toolchain are those of the property tests, in
//! `tests/tests/properties/checks`; those of the installer's downloads are in [`installer`]. A
//! target for something else that goward reads is one module with a check, here or there, one line
//! in the `ALL` of its neighbours, one file of three lines in `targets/` and one `[[bin]]`; `run`
//! finds it by itself.

// The modules that the property tests share with the targets call this by the name of their
// package.
extern crate self as goward_tests;

pub mod bounds;
pub mod executable;
pub mod installer;
pub mod repository;
pub mod select;

#[path = "../../tests/properties/checks/mod.rs"]
mod checks;
#[path = "../../tests/properties/choices.rs"]
mod choices;
#[path = "../../tests/properties/model.rs"]
mod model;
#[path = "../../tests/properties/reference/mod.rs"]
mod reference;
#[path = "../../tests/properties/world.rs"]
mod world;

#[global_allocator]
static COUNTED: bounds::Counted = bounds::Counted;

/// Every target and its check, in order of their names.
pub fn targets() -> Vec<(&'static str, fn(&[u8]))> {
    let mut targets = [checks::ALL, executable::ALL, installer::ALL, repository::ALL].concat();
    targets.sort_unstable_by_key(|(name, _)| *name);
    targets
}

/// Runs the check of the target `name` on `data`.
///
/// # Panics
/// If a property does not hold, or if there is no such target.
pub fn check(name: &str, data: &[u8]) {
    let of_files = [executable::ALL, installer::ALL, repository::ALL].concat();
    match of_files.iter().find(|(known, _)| *known == name) {
        Some((_, check)) => check(data),
        None => checks::run(name, data),
    }
}
