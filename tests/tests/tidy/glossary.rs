//! One word, one thing: a term of the glossary that is a type has one definition in all crates.

use crate::{read, rust_files};
use std::collections::BTreeSet;

/// Terms of the glossary, and the types that they name.
const TYPES: [(&str, &str); 27] = [
    ("ancestor", "Ancestor"),
    ("artifact", "Artifact"),
    ("assurance", "Assurance"),
    ("digest", "Digest"),
    ("floor", "Floor"),
    ("index", "Index"),
    ("layer", "Layers"),
    ("level", "ChainLevel"),
    ("minimum", "Minimum"),
    ("miss", "Miss"),
    ("offer", "Offer"),
    ("origin", "Origin"),
    ("policy", "Policy"),
    ("provider", "Provider"),
    ("query", "Query"),
    ("receipt", "Receipt"),
    ("resolution", "Resolution"),
    ("roots", "Roots"),
    ("selection", "Selection"),
    ("selector", "Selector"),
    ("source", "Source"),
    ("staging", "Staging"),
    ("store", "Store"),
    ("survey", "Survey"),
    ("tier", "Tier"),
    ("toolchain name", "ToolchainName"),
    ("trace", "Trace"),
];

/// The terms, as the first column of the table has them.
fn terms() -> BTreeSet<String> {
    let text = read("docs/src/reference/glossary.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    rows.flat_map(|cell| cell.split(", ")).map(str::to_owned).collect()
}

/// The places that define a type of this name.
fn definitions(name: &str) -> Vec<String> {
    let is_definition = |line: &str| {
        let line = line.trim_start();
        let line =
            line.strip_prefix("pub(crate) ").or(line.strip_prefix("pub(super) ")).unwrap_or(line);
        let line = line.strip_prefix("pub ").unwrap_or(line);
        let rest =
            ["struct ", "enum ", "trait ", "type "].iter().find_map(|kind| line.strip_prefix(kind));
        let rest = rest.and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let own = rust_files().into_iter().filter(|path| {
        (path.starts_with("crates") || path.starts_with("shims"))
            && !path.starts_with("crates/testkit")
    });
    let own = own.filter(|path| path.components().any(|part| part.as_os_str() == "src"));
    let places = own.flat_map(|path| {
        let count = read(&path).lines().filter(|line| is_definition(line)).count();
        std::iter::repeat_n(path.display().to_string(), count)
    });
    places.collect()
}

#[test]
fn each_term_that_is_a_type_names_one_type() {
    let terms = terms();
    for (term, name) in TYPES {
        assert!(terms.contains(term), "the glossary has no row for {term:?}");
        let places = definitions(name);
        assert_eq!(places.len(), 1, "{name} is defined {} times: {places:?}", places.len());
    }
}

#[test]
fn definitions_are_found_by_whole_names() {
    assert!(definitions("Selecto").is_empty());
    assert_eq!(definitions("Selector"), ["crates/resolver/src/selector.rs"]);
}
