//! Variables and directories of `PATH` in the words of each CI system.
//!
//! A value is a version or a path. One with a control character, which could begin a line of its own, is refused;
//! so is one in which the system reads a character as its own.

use super::system::System;
use goward_resolver::Os;
use std::fmt;

/// A variable with its value.
pub type Setting = (&'static str, String);

/// Why a value cannot be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The variable.
    pub name: &'static str,
    /// The value.
    pub value: String,
    /// Why.
    pub why: &'static str,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = goward_resolver::shown(self.value.as_bytes());
        write!(f, "{} cannot be {value}: {}", self.name, self.why)
    }
}

/// The text of GitHub's files `GITHUB_ENV` and `GITHUB_OUTPUT`: each value in the form of several lines, whose end
/// no value can foresee.
///
/// # Errors
/// [`Unfit`] for a value with a control character.
pub fn github(settings: &[Setting], end: &str) -> Result<String, Unfit> {
    let mut text = String::new();
    for (name, value) in settings {
        plain(name, value)?;
        text += &format!("{name}<<{end}\n{value}\n{end}\n");
    }
    Ok(text)
}

/// The text of GitHub's file `GITHUB_PATH`: the runner puts each line before the ones above it.
///
/// # Errors
/// [`Unfit`] for a directory with a control character.
pub fn github_path(directories: &[String]) -> Result<String, Unfit> {
    directories.iter().try_for_each(|directory| plain("PATH", directory))?;
    Ok(directories.iter().rev().map(|directory| format!("{directory}\n")).collect())
}

/// What another system reads: Azure's commands for its log, else lines for a POSIX shell.
///
/// # Errors
/// [`Unfit`] for a value that cannot be said there.
pub fn of(system: System, settings: &[Setting], path: &[String]) -> Result<String, Unfit> {
    match system {
        System::Azure => azure(settings, path),
        _ => sh(settings, path),
    }
}

fn azure(settings: &[Setting], path: &[String]) -> Result<String, Unfit> {
    let values = settings.iter().map(|(name, value)| (*name, value));
    for (name, value) in values.chain(path.iter().map(|directory| ("PATH", directory))) {
        plain(name, value)?;
        if value.contains('%') {
            return Err(unfit(name, value, "a percent sign in it would be Azure's own"));
        }
    }
    let variable =
        |(name, value): &Setting| format!("##vso[task.setvariable variable={name}]{value}\n");
    // Each comes before the ones that came earlier.
    let entry = |directory: &String| format!("##vso[task.prependpath]{directory}\n");
    Ok(settings.iter().map(variable).chain(path.iter().rev().map(entry)).collect())
}

fn sh(settings: &[Setting], path: &[String]) -> Result<String, Unfit> {
    let mut text = String::new();
    for (name, value) in settings {
        plain(name, value)?;
        text += &format!("export {name}={}\n", word(value));
    }
    for directory in path {
        plain("PATH", directory)?;
        if directory.contains(':') {
            return Err(unfit("PATH", directory, "a colon ends an entry of it"));
        }
    }
    if !path.is_empty() {
        text += &format!("export PATH={}:\"$PATH\"\n", word(&path.join(":")));
    }
    Ok(text)
}

/// A word for a POSIX shell.
fn word(value: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:+,=-".contains(&byte);
    match !value.is_empty() && value.bytes().all(bare) {
        true => value.to_owned(),
        false => format!("'{}'", value.replace('\'', "'\\''")),
    }
}

fn plain(name: &'static str, value: &str) -> Result<(), Unfit> {
    let acts = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    match value.chars().any(acts) {
        true => {
            Err(unfit(name, value, "it has a character that ends a line or acts on a terminal"))
        }
        false => Ok(()),
    }
}

fn unfit(name: &'static str, value: &str, why: &'static str) -> Unfit {
    Unfit { name, value: value.to_owned(), why }
}

/// Where the caches of Go lie on the disk of a job's temporary files, if its usual ones lie on another: on
/// GitHub's Windows that is the faster one by far.
pub fn on_faster_drive(os: Os, temporary: &str, usual: &str) -> bool {
    let drive = |path: &str| match path.as_bytes() {
        [letter, b':', ..] => Some(letter.to_ascii_uppercase()),
        _ => None,
    };
    os == Os::Windows
        && drive(temporary).is_some()
        && drive(usual).is_some()
        && drive(temporary) != drive(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(value: &str) -> [Setting; 1] {
        [("GOWARD_ROOT", value.to_owned())]
    }

    fn path(list: &[&str]) -> Vec<String> {
        list.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn each_system_has_its_words() {
        let (one, two) = (settings("/r"), path(&["/r/shims", "/r/b in"]));
        assert_eq!(github(&one, "END").unwrap(), "GOWARD_ROOT<<END\n/r\nEND\n");
        assert_eq!(github_path(&two).unwrap(), "/r/b in\n/r/shims\n");
        assert_eq!(
            of(System::Azure, &one, &two).unwrap(),
            "##vso[task.setvariable variable=GOWARD_ROOT]/r\n\
             ##vso[task.prependpath]/r/b in\n##vso[task.prependpath]/r/shims\n"
        );
        let sh = "export GOWARD_ROOT=/r\nexport PATH='/r/shims:/r/b in':\"$PATH\"\n";
        for system in [System::Gitlab, System::CircleCi, System::Buildkite, System::None] {
            assert_eq!(of(system, &one, &two).unwrap(), sh);
        }
        let quoted = of(System::None, &settings("/it's $(x)"), &[]).unwrap();
        assert_eq!(quoted, "export GOWARD_ROOT='/it'\\''s $(x)'\n");
    }

    #[test]
    fn a_value_that_could_be_more_than_a_value_is_refused() {
        for value in ["/a\nGITHUB_TOKEN=x", "/a\r", "/a\u{1b}[2J", "/a\u{85}", "/a\u{2028}"] {
            let (one, directory) = (settings(value), path(&[value]));
            assert!(github(&one, "END").is_err() && github_path(&directory).is_err(), "{value:?}");
            for system in [System::Azure, System::Gitlab] {
                assert!(of(system, &one, &[]).is_err(), "{value:?}");
                assert!(of(system, &[], &directory).is_err(), "{value:?}");
            }
        }
        assert!(of(System::Azure, &settings("/a%0Ab"), &[]).is_err());
        assert!(of(System::None, &[], &path(&["/a:/b"])).is_err());
    }

    #[test]
    fn windows_has_a_faster_drive() {
        for (os, temporary, usual, moves) in [
            (Os::Windows, r"D:\a\_temp", r"C:\Users\r\go", true),
            (Os::Windows, r"c:\a\_temp", r"C:\Users\r\go", false),
            (Os::Windows, r"\\server\share", r"C:\x", false),
            (Os::Linux, "/home/runner/work/_temp", "/home/runner/go", false),
        ] {
            assert_eq!(on_faster_drive(os, temporary, usual), moves, "{temporary}");
        }
    }
}
