//! The machine in memory and the cases that the tests of selection have, by their files: the
//! package that they belong to brings more with it than should be instrumented.

#[path = "../../src/select/case.rs"]
pub mod case;
#[path = "../../src/select/escape.rs"]
pub mod escape;
#[path = "../../src/select/expand.rs"]
pub mod expand;
#[path = "../../src/select/layout.rs"]
pub mod layout;
#[path = "../../src/select/memory.rs"]
pub mod memory;
#[path = "../../src/select/parse.rs"]
pub mod parse;

/// Every case of `tests/select`.
///
/// # Errors
/// The first file that cannot be read, or line that is malformed.
pub fn cases() -> Result<Vec<case::Case>, String> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../select");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|error| format!("{dir}: {error}"))? {
        let path = entry.map_err(|error| format!("{dir}: {error}"))?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let place = path.display().to_string();
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{place}: {e}"))?;
            for raw in expand::expand(&expand::split(&place, &text)?)? {
                all.push(parse::parse(&raw)?);
            }
        }
    }
    Ok(all)
}
