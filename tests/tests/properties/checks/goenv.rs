//! `.goenv`: the settings, their tiers and the line of a refusal are the reference's; settings
//! render back; nothing of a file that may not be quoted is repeated.

use super::said::names_line;
use crate::bounds::linear;
use crate::reference::environment::{self, Setting, Tier};
use goward_resolver::{Error, FileText, Goenv, Owner};
use std::sync::OnceLock;

const PATH: &str = "/p/.goenv";

fn parse(bytes: &[u8], quotable: bool) -> Result<Goenv, Error> {
    let owner = if quotable { Owner::Trusted } else { Owner::Foreign };
    let text = FileText::of(owner, bytes);
    linear(bytes.len(), || Goenv::parse(PATH.as_bytes(), text.clone()))
}

/// Every possible reason, from files without secrets.
fn reasons() -> &'static [String] {
    static REASONS: OnceLock<Vec<String>> = OnceLock::new();
    REASONS.get_or_init(said_of_nothing)
}

fn said_of_nothing() -> Vec<String> {
    let many: String = (0..257).map(|n| format!("K{n}=\n")).collect();
    ["GOOS", "a=b", "A=\x01", "A=\nA=", &many, "GOOS=/"]
        .iter()
        .map(|text| parse(text.as_bytes(), false).expect_err("it is refused").to_string())
        .map(|message| message.split_once(": ").expect("it has a reason").1.to_string())
        .collect()
}

/// Checks one file.
pub(crate) fn check(data: &[u8]) {
    let (parsed, plain) = (parse(data, true), environment::goenv(data));
    let secret = parse(data, false);
    assert_eq!(parsed.is_ok(), secret.is_ok());
    match (parsed, plain) {
        (Ok(parsed), Ok(plain)) => accepted(&parsed, &plain),
        (Err(error), Err(line)) => {
            assert_eq!(error.code.status(), 125);
            assert_eq!(names_line(&error.to_string(), PATH, data).0, line, "{}", error);
            let hidden = secret.expect_err("it is refused").to_string();
            let (hidden_line, said) = names_line(&hidden, PATH, data);
            assert_eq!(hidden_line, line);
            // A key that no file may set is named; its value is not.
            let named = said.split_once(' ').is_some_and(|(key, rest)| {
                rest.starts_with("cannot be set in a .goenv")
                    && environment::tier(key, b"") == Tier::Refused
            });
            assert!(named || reasons().iter().any(|known| known == said), "repeats: {said}");
        }
        (parsed, plain) => panic!("{:?} against {plain:?}", parsed.map(|file| file.settings)),
    }
}

fn accepted(parsed: &Goenv, plain: &[Setting]) {
    let tier = |tier| match tier {
        goward_resolver::Tier::Open => Tier::Open,
        goward_resolver::Tier::Yielding => Tier::Yielding,
        goward_resolver::Tier::Guarded => Tier::Guarded,
        goward_resolver::Tier::Never | goward_resolver::Tier::Invalid => Tier::Refused,
    };
    let seen: Vec<Setting> = parsed
        .settings
        .iter()
        .map(|s| Setting {
            key: s.key.clone(),
            value: s.value.clone(),
            line: s.line,
            tier: tier(s.tier),
        })
        .collect();
    assert_eq!(seen, plain);
    let guarded = plain.iter().find(|setting| setting.tier == Tier::Guarded);
    assert_eq!(parsed.first_guarded().map(|s| s.line), guarded.map(|s| s.line));
    for setting in plain {
        let value = parsed.get(&setting.key).map(|(value, origin)| (value.to_vec(), origin.line));
        let expected = (!setting.value.is_empty()).then(|| (setting.value.clone(), setting.line));
        assert_eq!(value, expected);
        assert!(!setting.value.contains(&0), "a NUL for the environment");
    }
    let mut rendered = Vec::new();
    for setting in plain {
        rendered.extend([setting.key.as_bytes(), b"=\"", &setting.value, b"\"\n"].concat());
    }
    let again = parse(&rendered, true).expect("what was rendered parses");
    let pairs = |file: &Goenv| -> Vec<(String, Vec<u8>)> {
        file.settings.iter().map(|s| (s.key.clone(), s.value.clone())).collect()
    };
    assert_eq!(pairs(&again), pairs(parsed));
}
