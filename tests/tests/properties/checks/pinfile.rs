//! `.go-version` and `.tool-versions`: the selector, its line and the surplus line are the
//! reference's; a refusal names the line and repeats nothing that it may not.

use super::said::names_line;
use crate::bounds::linear;
use crate::reference::{pinfile, selector};
use goward_resolver::{FileText, Owner, PinFile, Selector, Syntax};
use std::sync::OnceLock;

const PATH: &str = "/p/.pin";

/// Checks one file in both syntaxes, for a repository and for the user's default.
pub(crate) fn check(data: &[u8]) {
    for syntax in [Syntax::GoVersion, Syntax::ToolVersions] {
        let counts = match syntax {
            Syntax::GoVersion => pinfile::go_version(data).map(|(line, text)| (line, vec![text])),
            Syntax::ToolVersions => pinfile::tool_versions(data),
        };
        for linked in [false, true] {
            one(data, syntax, linked, counts.clone());
        }
    }
}

fn file(bytes: &[u8], syntax: Syntax, owner: Owner) -> PinFile {
    PinFile { path: PATH.into(), text: FileText::of(owner, bytes), syntax }
}

/// Every possible reason, from files without secrets.
fn reasons() -> &'static [String] {
    static REASONS: OnceLock<Vec<String>> = OnceLock::new();
    REASONS.get_or_init(said_of_nothing)
}

fn said_of_nothing() -> Vec<String> {
    let long = format!("1.{}", "9".repeat(64));
    let many = ">1".to_string() + &",>1".repeat(8);
    ["", "?", &long, &"a".repeat(65), &many, "../x"]
        .iter()
        .map(|text| file(text.as_bytes(), Syntax::GoVersion, Owner::Foreign).parse(false))
        .map(|refused| refused.expect_err("it is refused").to_string())
        .map(|message| message.split_once(": ").expect("it has a reason").1.to_string())
        .collect()
}

/// The most words behind the first, from the book.
const MAX_FALLBACKS: usize = 16;

/// The meaning of one word of the file in its place.
fn meaning(word: &[u8], syntax: Syntax, linked: bool) -> Option<String> {
    let text = pinfile::selector(word, syntax == Syntax::ToolVersions, linked)?;
    let allowed = match selector::parse(&text)? {
        selector::Selector::Linked(_) => linked,
        selector::Selector::OldStable | selector::Selector::Tip => false,
        _ => true,
    };
    allowed.then_some(text)
}

fn one(data: &[u8], syntax: Syntax, linked: bool, counts: Option<(u32, Vec<Vec<u8>>)>) {
    let file = |owner| file(data, syntax, owner);
    let own = file(Owner::Trusted);
    let parsed = linear(data.len(), || own.parse(linked));
    let words = counts.as_ref().map_or(&[][..], |(_, words)| words);
    let mut meanings = words.iter().map(|word| meaning(word, syntax, linked));
    let first = meanings.next().flatten();
    match (parsed, first) {
        (Ok(pin), Some(text)) => {
            assert_eq!(Ok(&pin.selector), Selector::parse(&text).as_ref());
            let others = meanings.flatten().map(|text| Selector::parse(&text));
            let others: Vec<_> = others.take(MAX_FALLBACKS).collect();
            assert_eq!(pin.fallbacks.iter().cloned().map(Ok).collect::<Vec<_>>(), others);
            assert_eq!(Some(pin.origin.line), counts.map(|(line, _)| line));
            let surplus = (syntax == Syntax::GoVersion).then(|| pinfile::surplus(data)).flatten();
            assert_eq!(pin.surplus_line, surplus);
            let rendered = match syntax {
                Syntax::GoVersion => format!("{}\n", pin.selector),
                Syntax::ToolVersions => format!("golang {}\n", pin.selector),
            };
            let again = self::file(rendered.as_bytes(), syntax, Owner::Trusted).parse(linked);
            assert_eq!(again.map(|pin| pin.selector), Ok(pin.selector));
        }
        (Err(error), None) => {
            assert_eq!(error.code.status(), 125);
            let line = counts.map_or(1, |(line, _)| line);
            assert_eq!(names_line(&error.to_string(), PATH, data).0, line, "{}", error);
            let refused = file(Owner::Foreign).parse(linked);
            let hidden = refused.expect_err("it is refused").to_string();
            let (hidden_line, said) = names_line(&hidden, PATH, data);
            assert_eq!(hidden_line, line);
            assert!(reasons().iter().any(|known| known == said), "repeats: {said}");
        }
        (parsed, meaning) => panic!("{parsed:?} against {meaning:?}"),
    }
}
