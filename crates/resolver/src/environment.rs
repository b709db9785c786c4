//! The caller's true environment, and the changes that the child gets.
//!
//! When the shim changes anything it leaves one marker variable, [`MARKER`], that records each
//! change: the key, the value given, and the value before. A nested shim (`go generate` that
//! runs `go` in another directory) first takes back what is still unchanged, so that it resolves
//! from what the user set and not from what we set for another project.

use crate::error::Error;
use crate::go_line::{self, GO_LINE, GoLine};
use crate::host::{Host, Privileges};
use crate::printable::escaped;
use crate::printable::quoted;
use crate::switch;
use crate::text;
use crate::text::push_number;
use alloc::string::String;
use alloc::vec::Vec;

/// The marker variable.
pub const MARKER: &str = "GOWARD_CHANGES";

/// Whether what is missing is installed without being asked for.
const AUTO_INSTALL: &str = "GOWARD_AUTO_INSTALL";
/// Whether there is to be no network at all.
const OFFLINE: &str = "GOWARD_OFFLINE";
/// Whether no notes are wanted.
const QUIET: &str = "GOWARD_QUIET";

/// Variables that travel to nested shims on purpose, or that belong to one exec only: a nested
/// shim must not take them back.
const UNRECORDED: &[&str] =
    &["GOWARD_VERSION", "GOWARD_DEPTH", "GOTOOLCHAIN_INTERNAL_SWITCH_VERSION"];

/// Variables that say where programs lie, or whom to believe: a caller may not lead a process with
/// more rights than its own there.
const PLACES: &[&str] = &["GOWARD_ROOT", "GOWARD_SYSTEM_ROOT", "GOWARD_TRUSTED_PATHS"];

/// The environment as the user made it: the process's, with the changes of an outer shim undone.
#[derive(Clone)]
pub struct Environment<'h> {
    host: &'h dyn Host,
    /// What the asker's [`Policy`] has in the place of variables, then what an outer shim changed.
    undone: Vec<(String, Option<Vec<u8>>)>,
    /// How many of these are the policy's, of which the child is told nothing.
    asked: usize,
    /// The directory that is asked about, where that is not the current one.
    pub(crate) directory: Option<Vec<u8>>,
}

/// How much of the caller's environment takes part in an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// All of it, as for a call of `go`.
    #[default]
    Whole,
    /// Its settings, but nothing that selects, a running Go included: that says nothing about a
    /// directory.
    Unselecting,
    /// Nor any setting that says which files count, or how: another shell may have none.
    Unset,
}

impl Caller {
    /// The variables that do not take part.
    fn left_out(self) -> &'static [&'static str] {
        const SELECTING: [&str; 5] = ["GOWARD_VERSION", "GOTOOLCHAIN", "GOWORK", "GOENV", GO_LINE];
        match self {
            Caller::Whole => &[],
            Caller::Unselecting => &SELECTING[..2],
            Caller::Unset => &SELECTING,
        }
    }
}

/// The asker's settings in the place of the caller's environment. Nothing of them reaches a child.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// How much of the caller's environment takes part.
    pub caller: Caller,
    /// A missing toolchain may be installed, even if the caller's environment forbids implicit
    /// installs.
    pub may_install: bool,
    /// There is to be no network.
    pub offline: bool,
}

impl Policy {
    /// The variables that it stands above, with what counts in their place.
    pub(crate) fn said(self) -> impl Iterator<Item = (&'static str, Option<&'static [u8]>)> {
        let said: [(bool, &str, &[u8]); 2] =
            [(self.may_install, AUTO_INSTALL, b"always"), (self.offline, OFFLINE, b"1")];
        let said = said.into_iter().filter(|(holds, ..)| *holds);
        let left_out = self.caller.left_out().iter().map(|key| (*key, None));
        left_out.chain(said.map(|(_, key, value)| (key, Some(value))))
    }
}

/// One difference between the process's environment and the child's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvChange {
    /// The variable.
    pub key: String,
    /// Its new value; `None` removes it.
    pub value: Option<Vec<u8>>,
}

impl<'h> Environment<'h> {
    /// The environment that `host` gives, with what an outer shim changed taken back.
    pub fn new(host: &'h dyn Host) -> Environment<'h> {
        let recorded = host.var(MARKER).unwrap_or_default();
        let mut undone = Vec::new();
        for record in recorded.split(|&b| b == b';').filter_map(Record::parse) {
            if host.var(record.key) == record.new.as_deref() {
                undone.push((String::from(record.key), record.old));
            }
        }
        Environment { host, undone, asked: 0, directory: None }
    }

    /// As it is for a call from `directory` under `policy`.
    pub(crate) fn asked(mut self, directory: Option<Vec<u8>>, policy: Policy) -> Environment<'h> {
        let said = policy.said().map(|(key, value)| (String::from(key), value.map(<[u8]>::to_vec)));
        self.undone.splice(..0, said);
        self.asked = policy.said().count();
        self.directory = directory;
        self
    }

    /// As it is without the variables that say where programs lie, or whom to believe.
    pub(crate) fn without_places(mut self) -> Environment<'h> {
        self.undone.splice(..0, PLACES.iter().map(|key| (String::from(*key), None)));
        self.asked += PLACES.len();
        self
    }

    /// The environment that the host gives, as it is.
    pub(crate) fn given(self) -> Environment<'h> {
        Environment { undone: Vec::new(), asked: 0, ..self }
    }

    /// The host that it is the environment of.
    pub fn host(&self) -> &'h dyn Host {
        self.host
    }

    /// The directory that is asked about, where that is not the current one.
    pub fn directory(&self) -> Option<&[u8]> {
        self.directory.as_deref()
    }

    /// The value of `key` if it is set and not empty: for Go, empty and unset are one.
    pub fn get(&self, key: &str) -> Option<&[u8]> {
        self.raw(key).filter(|value| !value.is_empty())
    }

    fn raw(&self, key: &str) -> Option<&[u8]> {
        if self.host.privileges() != Privileges::Plain && PLACES.contains(&key) {
            return None;
        }
        match self.undone.iter().find(|(k, _)| k == key) {
            Some((_, old)) => old.as_deref(),
            None => self.host.var(key),
        }
    }

    /// Whether the user wants no network at all.
    ///
    /// # Errors
    /// If the value of `GOWARD_OFFLINE` means nothing.
    pub fn is_offline(&self) -> Result<bool, Error> {
        self.switch(OFFLINE)
    }

    /// Whether the user wants no notes. A value that means nothing is no yes.
    pub fn is_quiet(&self) -> bool {
        self.switch(QUIET).unwrap_or(false)
    }

    fn switch(&self, key: &str) -> Result<bool, Error> {
        let value = self.get(key).unwrap_or_default();
        switch::parse(value).ok_or_else(|| no_setting(key, value, switch::VALUES))
    }

    /// Whether goward may install a toolchain that no command line names.
    ///
    /// # Errors
    /// If the value of `GOWARD_AUTO_INSTALL` means nothing.
    pub fn may_install(&self) -> Result<bool, Error> {
        match self.get(AUTO_INSTALL) {
            None | Some(b"always") => Ok(true),
            Some(b"never") => Ok(false),
            Some(other) => Err(no_setting(AUTO_INSTALL, other, "always or never")),
        }
    }

    /// goward's own switches whose values mean nothing, with the refusals. A call looks at a switch only
    /// where it needs that one, so it may end well with such a value.
    pub fn unclear(&self) -> Vec<(&'static str, Error)> {
        let line = self.get(GO_LINE).unwrap_or_default();
        let line = GoLine::parse(line).ok_or_else(|| no_setting(GO_LINE, line, go_line::VALUES));
        let refusals = [
            (OFFLINE, self.is_offline().err()),
            (QUIET, self.switch(QUIET).err()),
            (AUTO_INSTALL, self.may_install().err()),
            (GO_LINE, line.err()),
        ];
        refusals.into_iter().filter_map(|(key, error)| Some((key, error?))).collect()
    }

    /// Why a miss installs nothing, if the user has said so.
    pub(crate) fn downloads_off(&self) -> Result<Option<String>, Error> {
        let never = if self.may_install()? { None } else { Some("GOWARD_AUTO_INSTALL=never") };
        let why = if self.is_offline()? { Some("GOWARD_OFFLINE is set") } else { never };
        Ok(why.map(String::from))
    }

    /// The changes in the process's environment by which the child sees the user's, with
    /// `wishes` on top, and the marker. If a variable is set several times, the last value counts.
    pub(crate) fn changes(&self, wishes: Vec<EnvChange>) -> Vec<EnvChange> {
        let mut wanted: Vec<EnvChange> = Vec::with_capacity(wishes.len());
        for wish in wishes {
            wanted.retain(|earlier| earlier.key != wish.key);
            wanted.push(wish);
        }
        let mut marker: Vec<u8> = Vec::new();
        for change in &wanted {
            let old = self.raw(&change.key);
            if old != change.value.as_deref() && !UNRECORDED.contains(&change.key.as_str()) {
                if !marker.is_empty() {
                    marker.push(b';');
                }
                render(&mut marker, &change.key, change.value.as_deref(), old);
            }
        }
        let marker = (!marker.is_empty()).then_some(marker);
        let mut all = Vec::new();
        for (key, old) in self.undone.get(self.asked..).unwrap_or_default() {
            if !wanted.iter().any(|change| change.key == *key) {
                all.push(EnvChange { key: key.clone(), value: old.clone() });
            }
        }
        all.append(&mut wanted);
        all.push(EnvChange { key: String::from(MARKER), value: marker });
        all.retain(|change| self.host.var(&change.key) != change.value.as_deref());
        all
    }
}

/// The refusal of a variable that makes no sense.
pub(crate) fn no_setting(key: &str, value: &[u8], values: &str) -> Error {
    let value = quoted(value);
    Error::malformed(text!("{}={} in the environment\nwrite {}", key, value, values))
}

impl EnvChange {
    /// The new entry of the environment, `KEY=VALUE`; `None` for a removal.
    pub fn assignment(&self) -> Option<Vec<u8>> {
        let value = self.value.as_deref()?;
        Some([self.key.as_bytes(), b"=", value].concat())
    }

    // Not inlined, as the shim has to be small.
    #[inline(never)]
    pub(crate) fn set(key: &str, value: &[u8]) -> EnvChange {
        EnvChange { key: String::from(key), value: Some(value.to_vec()) }
    }

    #[inline(never)]
    pub(crate) fn unset(key: &str) -> EnvChange {
        EnvChange { key: String::from(key), value: None }
    }
}

/// One entry of the marker, `KEY:NEW:OLD`, where a value is `=TEXT` with `%`, `:`, `;` and
/// everything unprintable as `%xx`, and an absent one `-`.
struct Record<'a> {
    key: &'a str,
    new: Option<Vec<u8>>,
    old: Option<Vec<u8>>,
}

impl<'a> Record<'a> {
    fn parse(text: &'a [u8]) -> Option<Record<'a>> {
        let mut fields = text.split(|&b| b == b':');
        let key = core::str::from_utf8(fields.next()?).ok().filter(|key| !key.is_empty())?;
        let (new, old) = (decode(fields.next()?)?, decode(fields.next()?)?);
        fields.next().is_none().then_some(Record { key, new, old })
    }
}

fn render(out: &mut Vec<u8>, key: &str, new: Option<&[u8]>, old: Option<&[u8]>) {
    out.extend_from_slice(key.as_bytes());
    for value in [new, old] {
        out.push(b':');
        match value {
            None => out.push(b'-'),
            Some(value) => {
                out.push(b'=');
                for &byte in value {
                    match byte {
                        b'%' | b':' | b';' | ..=b' ' | 0x7f.. => {
                            let mut code = String::from("%");
                            push_number(&mut code, byte.into(), 16, 2);
                            out.extend_from_slice(code.as_bytes());
                        }
                        _ => out.push(byte),
                    }
                }
            }
        }
    }
}

/// The outer `None` is a malformed field, the inner one an absent value.
#[expect(clippy::option_option, reason = "malformed and absent are different answers")]
fn decode(field: &[u8]) -> Option<Option<Vec<u8>>> {
    if field == b"-" {
        return Some(None);
    }
    let digit = |byte: u8| Some(char::from(byte).to_digit(16)? as u8);
    let mut bytes = field.strip_prefix(b"=")?.iter().copied();
    let mut value = Vec::with_capacity(bytes.len());
    while let Some(byte) = bytes.next() {
        value.push(match byte {
            b'%' => digit(bytes.next()?)? << 4 | digit(bytes.next()?)?,
            byte => byte,
        });
    }
    Some(Some(value))
}

impl core::fmt::Display for EnvChange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={}", self.key, escaped(value)),
            None => write!(f, "{} unset", self.key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_survive_any_bytes() {
        type Value = Option<&'static [u8]>;
        let cases: [(Value, Value); 4] = [
            (Some(b"a%;:\n\xff"), None),
            (None, Some(b"")),
            (Some(b""), Some(b"x")),
            (Some(b"a b"), Some(b"%")),
        ];
        for (new, old) in cases {
            let mut text = Vec::new();
            render(&mut text, "K", new, old);
            assert!(!text.contains(&b';') && text.is_ascii());
            let record = Record::parse(&text).unwrap();
            assert_eq!((record.key, record.new.as_deref(), record.old.as_deref()), ("K", new, old));
        }
        for bad in [&b""[..], b"K", b"K:-", b"K:x:-", b":-:-", b"K:=%zz:-", b"K:-:-:-"] {
            assert!(Record::parse(bad).is_none());
        }
    }
}
