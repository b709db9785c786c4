//! The meanings of arguments' values, each with its grammar. The parser of the command line calls
//! them, so goward refuses an invalid value before it looks at anything.

use crate::failure::{Exit, Failure, Result};
use clap::builder::{StringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};
use goward_govern::condition::Condition;
use goward_govern::existence::Existence;
use goward_installer::{Assurance, Digest, ReleaseVersion, known_releases};
use goward_resolver::{Selector, SelectorError, Version};
use std::ffi::OsStr;
use std::result;
use std::time::Duration;

/// A selector, and the text that the user types for it.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    /// The text, without blanks around it.
    pub(crate) text: String,
    /// Its meaning.
    pub(crate) selector: Selector,
}

/// A kind of value. Its refusals have their own words, in the place of the parser's.
#[derive(Clone)]
pub(crate) struct Value<T>(fn(&str) -> Result<T>);

/// A selector with its text.
pub(crate) const TYPED: Value<Typed> =
    Value(|text| Ok(Typed { text: text.trim().to_owned(), selector: selector(text)? }));
/// A selector.
pub(crate) const SELECTOR: Value<Selector> = Value(selector);
/// A condition of `goward inspect`.
pub(crate) const CONDITION: Value<Condition> =
    Value(|text| Condition::parse(text).map_err(|why| Failure::new(Exit::Usage, why)));
/// The version of `--to`: a release or a minor that files may name.
pub(crate) const TARGET: Value<Version> = Value(target);
/// The value of `--older-than` of `goward cache trim`.
pub(crate) const AGE: Value<Duration> = Value(age);
/// A version of goward itself.
pub(crate) const OF_GOWARD: Value<ReleaseVersion> = Value(|text| {
    let refused = || Failure::new(Exit::Usage, format!("not a version of goward: {text:?}"));
    ReleaseVersion::parse(text).ok_or_else(|| refused().hint("write one such as 0.2.0"))
});
/// The value of `--at-least`, which the shim passes.
pub(crate) const AT_LEAST: Value<Version> = Value(|text| {
    let refused = || Failure::new(Exit::Usage, format!("--at-least {text:?}: not a Go version"));
    Version::parse(text).ok_or_else(refused)
});

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Value<T> {
    type Value = T;

    fn parse_ref(
        &self,
        cmd: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> result::Result<T, Error> {
        let text = StringValueParser::new().parse_ref(cmd, arg, value)?;
        (self.0)(&text).map_err(|failure| {
            let hints = failure.hints.iter().map(|hint| format!("\nhint: {hint}"));
            let message = failure.message.unwrap_or_default();
            let words: String = [message].into_iter().chain(hints).collect();
            Error::raw(ErrorKind::ValueValidation, words)
        })
    }
}

/// The selector of a typed text.
pub(crate) fn selector(text: &str) -> Result<Selector> {
    Selector::parse(text.trim()).map_err(|error| {
        let why = match error {
            SelectorError::Empty => "no version given".to_owned(),
            SelectorError::TooLong => "a version of more than 64 bytes".to_owned(),
            SelectorError::Malformed => format!("not a Go version: {text:?}"),
        };
        Failure::new(Exit::Usage, why)
            .hint("write one such as 1.22.10, 1.22, latest or '>=1.21,<1.23'")
    })
}

/// A time since the last use. Go notes a use only once an hour, so a shorter one means nothing.
fn age(text: &str) -> Result<Duration> {
    const LEAST: Duration = Duration::from_secs(60 * 60);
    let refuse = |why| Err(Failure::new(Exit::Usage, why).hint("write one such as 2d, 36h or 1w"));
    match humantime::parse_duration(text) {
        Ok(age) if age >= LEAST => Ok(age),
        Ok(_) => refuse(format!("{text:?} is too short: Go notes a use only once an hour")),
        Err(why) => refuse(format!("{text:?} is no length of time: {why}")),
    }
}

/// A release, or a minor of which goward knows one.
fn target(text: &str) -> Result<Version> {
    let refuse = |why: String, hint: &str| Err(Failure::new(Exit::Usage, why).hint(hint));
    let known = || known_releases().filter(|version| !version.is_prerelease());
    let said = selector(text)?;
    match &said {
        Selector::Minor(minor) if known().any(|one| said.matches(one)) => Ok(minor.clone()),
        Selector::Minor(minor) => {
            refuse(format!("goward knows no release of Go {minor}"), "name the release itself")
        }
        Selector::Exact(version) if version.is_prerelease() => {
            refuse(format!("{version} is not yet a release"), "name one such as 1.22.10 or 1.22")
        }
        // One that is later than those of its minor may be newer than this goward.
        Selector::Exact(version) if Existence::of(known(), version) != Some(Existence::Never) => {
            Ok(version.clone())
        }
        Selector::Exact(version) => {
            let newest = Selector::Minor(version.language()).newest(known()).cloned();
            let hint = newest.map_or("see goward list --remote".to_owned(), |newest| {
                format!("the newest of its minor is {newest}")
            });
            refuse(format!("Go {version} was never released"), &hint)
        }
        _ => refuse(
            format!("{text:?} names no single release or minor"),
            "name one such as 1.22.10 or 1.22",
        ),
    }
}

/// `--verify`: the least level.
pub(crate) fn level(text: &str) -> result::Result<Assurance, String> {
    match text.to_ascii_lowercase().as_str() {
        "t0" => Ok(Assurance::Table),
        "t1" => Ok(Assurance::ChecksumDatabase),
        "t2" => Ok(Assurance::OfficialIndex),
        "t3" => Ok(Assurance::Given),
        "none" => Ok(Assurance::User),
        _ => Err("write t0, t1, t2, t3 or none".to_owned()),
    }
}

/// `--sha256`.
pub(crate) fn digest(text: &str) -> result::Result<Digest, String> {
    Digest::parse(text).ok_or_else(|| "a SHA-256 has 64 hexadecimal digits".to_owned())
}

#[cfg(test)]
mod tests {
    use crate::args::Args;
    use clap::Parser as _;
    use clap::error::ErrorKind;

    /// The message has goward's own words, without a part of the parser's sentence around them.
    #[test]
    fn a_version_that_makes_no_sense_is_refused_in_our_words() {
        let refused = |line: &str| {
            let error = Args::try_parse_from(line.split(' ')).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ValueValidation);
            error.render().to_string().trim_end().to_owned()
        };
        let hint = "hint: write one such as 1.22.10, 1.22, latest or '>=1.21,<1.23'";
        for command in ["use", "default", "exec", "list --remote", "provide --wanted-by x"] {
            let last = if command == "exec" { " -- true" } else { "" };
            let said = refused(&format!("goward {command} 1.22.x.y{last}"));
            assert_eq!(said, format!("error: not a Go version: \"1.22.x.y\"\n{hint}"), "{command}");
        }
        let said = refused("goward provide 1.22 --wanted-by x --at-least 1.x");
        assert_eq!(said, "error: --at-least \"1.x\": not a Go version");
    }
}
