//! How git shows the differences of module files: by a driver in the configuration of the clone, which
//! attributes of these files name. An attribute alone does nothing, nor does a driver.

use super::place::Place;
use crate::repo::{Error, git};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

/// The file of attributes.
pub const FILE: &str = ".gitattributes";
/// The files that are shown with one directive a line.
pub const NAMES: [&str; 2] = ["go.mod", "go.work"];
/// The name of goward's setting.
pub const KEY: &str = "diff.gomod.textconv";

/// The driver that the attributes name.
const DRIVER: &str = "gomod";
/// With this setting, too, it is not git that compares.
const COMMAND: &str = "diff.gomod.command";
/// Git runs it with the name of a file. Where there is no goward, or it refuses the file, git gets the
/// file as it is: it shows no difference at all if this fails.
const TEXTCONV: &str = include_str!("textconv.sh");
/// The line above goward's lines.
const HEAD: &str =
    "# `goward hook install --attributes` wrote this; it does nothing in a clone without that";

/// How often another process may have locked git's configuration, and how long each is waited for.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// What git knows about the differences of module files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differences {
    /// The attributes of [`NAMES`].
    pub attributes: [Attribute; 2],
    /// The driver.
    pub driver: Driver,
}

/// The attribute `diff` of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// Nothing is said.
    Absent,
    /// It names the driver.
    Named,
    /// Something else, as it is written.
    Other(String),
}

/// The driver in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Driver {
    /// None.
    Absent,
    /// goward's, in this clone's own configuration.
    Ours,
    /// goward's, in a configuration of many clones.
    OursElsewhere,
    /// Another: the setting and its value.
    Other(&'static str, String),
}

impl Differences {
    /// Asks git.
    ///
    /// # Errors
    /// If there is no git, or it fails.
    pub fn of(place: &Place) -> Result<Differences, Error> {
        let said = ask(place, &["check-attr", "-z", "diff", "--", NAMES[0], NAMES[1]])?;
        let words: Vec<&[u8]> = said.split(|&byte| byte == 0).collect();
        let attribute = |at: usize| words.get(3 * at + 2).copied().map(Attribute::of);
        let (Some(module), Some(workspace)) = (attribute(0), attribute(1)) else {
            return Err(unknown());
        };
        let all = ask(place, &["config", "-z", "--list"])?;
        let driver = match (last(&all, COMMAND), last(&all, KEY)) {
            (Some(command), _) => Driver::Other(COMMAND, command),
            (None, None) => Driver::Absent,
            (None, Some(value)) if value != textconv() => Driver::Other(KEY, value),
            // Of a repository with several values only the last one counts, and each of them may be the user's.
            _ => match &values(&ask(place, &["config", "--local", "-z", "--list"])?, KEY)[..] {
                [value] if value == textconv() => Driver::Ours,
                _ => Driver::OursElsewhere,
            },
        };
        Ok(Differences { attributes: [module, workspace], driver })
    }

    /// Whether git shows the differences of go.mod with one directive a line, by goward.
    pub fn is_active(&self) -> bool {
        self.attributes[0] == Attribute::Named && self.driver.is_ours()
    }

    /// The files of which the attributes say nothing.
    pub fn unnamed(&self) -> Vec<&'static str> {
        let all = NAMES.into_iter().zip(&self.attributes);
        all.filter(|(_, attribute)| **attribute == Attribute::Absent)
            .map(|(name, _)| name)
            .collect()
    }
}

impl Attribute {
    fn of(value: &[u8]) -> Attribute {
        match value {
            b"unspecified" => Attribute::Absent,
            b"set" => Attribute::Other("diff".to_owned()),
            b"unset" => Attribute::Other("-diff".to_owned()),
            value if value == DRIVER.as_bytes() => Attribute::Named,
            value => Attribute::Other(format!("diff={}", String::from_utf8_lossy(value))),
        }
    }
}

impl Driver {
    /// Whether it is goward's.
    pub fn is_ours(&self) -> bool {
        matches!(self, Driver::Ours | Driver::OursElsewhere)
    }
}

/// The file with the configuration of the clone.
pub fn configuration(place: &Place) -> PathBuf {
    place.common.join("config")
}

/// Whether git's index has a file of attributes, which need not be on the disk.
///
/// # Errors
/// If git fails.
pub fn is_tracked(place: &Place) -> Result<bool, Error> {
    ask(place, &["ls-files", "-z", "--", FILE]).map(|said| !said.is_empty())
}

/// Gives the clone goward's driver.
///
/// # Errors
/// If git fails.
pub fn add_driver(place: &Place) -> Result<(), Error> {
    change(place, &["config", "--local", KEY, textconv()])
}

/// Takes goward's driver from the clone.
///
/// # Errors
/// If git fails.
pub fn remove_driver(place: &Place) -> Result<(), Error> {
    change(place, &["config", "--local", "--unset", KEY])
}

/// The text of a file of attributes with lines for these files.
pub fn with(text: &[u8], names: &[&str]) -> Vec<u8> {
    let end = if text.windows(2).any(|two| two == b"\r\n") { "\r\n" } else { "\n" };
    let mut new = text.to_vec();
    if !matches!(text.last(), None | Some(b'\n')) {
        new.extend_from_slice(end.as_bytes());
    }
    for line in std::iter::once(HEAD.to_owned()).chain(names.iter().map(|name| line(name))) {
        new.extend_from_slice(line.as_bytes());
        new.extend_from_slice(end.as_bytes());
    }
    new
}

/// The text without the lines that goward wrote; `None` if it has none of them as goward wrote them.
pub fn without(text: &[u8]) -> Option<Vec<u8>> {
    let bare = |line: &[u8]| line.trim_ascii_end().to_vec();
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    let ours = NAMES.map(line);
    let (mut new, mut at, mut found) = (Vec::new(), 0, false);
    while at < lines.len() {
        let block = |line: &&&[u8]| ours.iter().any(|own| own.as_bytes() == bare(line));
        let length = lines[at + 1..].iter().take_while(block).take(NAMES.len()).count();
        if bare(lines[at]) == HEAD.as_bytes() && length > 0 {
            found = true;
            at += 1 + length;
        } else {
            new.extend_from_slice(lines[at]);
            at += 1;
        }
    }
    found.then_some(new)
}

/// The line of a file.
pub fn line(name: &str) -> String {
    format!("{name} diff={DRIVER}")
}

fn textconv() -> &'static str {
    TEXTCONV.trim_end()
}

/// Lets git change its configuration. Another git may do so at the same moment.
fn change(place: &Place, question: &[&str]) -> Result<(), Error> {
    for _ in 1..TRIES {
        match ask(place, question) {
            Err(Error::Git(words)) if is_locked(&words) => thread::sleep(PAUSE),
            done => return done.map(|_| ()),
        }
    }
    ask(place, question).map(|_| ())
}

/// Whether these are git's words for a configuration that another process writes.
pub fn is_locked(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    words.contains("could not lock config file") && words.contains("file exists")
}

fn ask(place: &Place, question: &[&str]) -> Result<Vec<u8>, Error> {
    let program = git::program(&place.top).ok_or(Error::NoGit)?;
    let mut command: Command = git::command(&program, &place.top);
    command.args(question);
    git::answer(command)
}

fn unknown() -> Error {
    Error::Git("it says in a form that is not known what attributes there are".to_owned())
}

/// The values of a setting in a list of git's: each is a name, the end of a line, and a value.
fn values(list: &[u8], key: &str) -> Vec<String> {
    let of = |entry: &[u8]| {
        let value = entry.strip_prefix(key.as_bytes())?;
        // A name alone is a value, too.
        let value = if value.is_empty() { value } else { value.strip_prefix(b"\n")? };
        Some(String::from_utf8_lossy(value).into_owned())
    };
    list.split(|&byte| byte == 0).filter_map(of).collect()
}

fn last(list: &[u8], key: &str) -> Option<String> {
    values(list, key).pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_and_taken_out_again() {
        let both = format!("{HEAD}\ngo.mod diff=gomod\ngo.work diff=gomod\n");
        for (before, with_lines, after) in [
            ("", both.clone(), ""),
            ("*.sh text\n", format!("*.sh text\n{both}"), "*.sh text\n"),
            ("*.sh text", format!("*.sh text\n{both}"), "*.sh text\n"),
            ("a b\r\n", format!("a b\r\n{}", both.replace('\n', "\r\n")), "a b\r\n"),
        ] {
            let new = with(before.as_bytes(), &NAMES);
            assert_eq!(String::from_utf8_lossy(&new), with_lines);
            assert_eq!(without(&new).unwrap(), after.as_bytes(), "{before}");
            // What stands behind them stays.
            let more = [new, b"last -text".to_vec()].concat();
            assert_eq!(without(&more).unwrap(), format!("{after}last -text").into_bytes());
        }
        assert_eq!(without(&with(&with(b"", &["go.mod"]), &["go.work"])), Some(Vec::new()));
    }

    /// Lines of the user's are not goward's, whatever they say.
    #[test]
    fn other_lines_stay() {
        for text in [
            "go.mod diff=gomod\n".to_owned(),
            format!("{HEAD}\n"),
            format!("{HEAD}\n\ngo.mod diff=gomod\n"),
            format!("{HEAD}\ngo.mod diff=other\n"),
        ] {
            assert_eq!(without(text.as_bytes()), None, "{text}");
        }
        let text = format!("{HEAD}\ngo.mod diff=gomod\ngo.work diff=gomod\ngo.mod diff=gomod\n");
        assert_eq!(without(text.as_bytes()).unwrap(), b"go.mod diff=gomod\n");
    }

    #[test]
    fn the_last_value_counts() {
        let list = b"diff.gomod.textconv\na\0diff.gomod.textconvx\nb\0diff.gomod.textconv\nc\nd\0diff.gomod.command\0";
        assert_eq!(values(list, KEY), ["a", "c\nd"]);
        assert_eq!(last(list, COMMAND).as_deref(), Some(""));
        assert_eq!(last(b"", KEY), None);
    }
}
