//! The defaults that other managers remember: a file with a version, a script with one assignment,
//! or a link to a tree. Scripts are read as text, and none is run.

use crate::peer::Peer;
use crate::pins::{self, Form, Statement, Unread, of_name};
use crate::places::{Choice, GVM_SCRIPT, PLACES, Place};
use crate::startup::words;
use goward_resolver::path::{is_absolute, is_within, join, parent};
use goward_resolver::{
    Environment, FileText, Host, Owner, PinFile, Selector, Syntax, ToolchainName,
};

/// In bytes: a file `VERSION` of Go has two short lines.
const VERSION_LIMIT: usize = 4 << 10;

/// A file in which a manager remembers its default and that tells nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    /// The manager.
    pub peer: Peer,
    /// The file.
    pub file: Vec<u8>,
    /// The reason.
    pub why: Unread,
}

/// The defaults of all managers, in the order of the places; of one place there is one at most.
pub fn all(env: &Environment<'_>) -> (Vec<Statement>, Vec<Silent>) {
    let home = env.host().home();
    let (mut found, mut silent) = (Vec::new(), Vec::new());
    let mut take = |peer, file: Vec<u8>, read: Result<Option<Statement>, Unread>| match read {
        Ok(statement) => found.extend(statement),
        Err(why) => silent.push(Silent { peer, file, why }),
    };
    for place in &PLACES {
        let (Some(choice), Some(dir)) = (place.choice, place.directory(env, home.as_deref()))
        else {
            continue;
        };
        let file = join(env.host().os(), &dir, choice.path());
        take(place.peer(), file.clone(), remembered(env.host(), place, &dir));
    }
    if let Some(file) = of_mise(env) {
        take(Form::Mise.peer(), file.clone(), pins::statement(env.host(), &file, Form::Mise));
    }
    (found, silent)
}

impl Choice {
    fn path(self) -> &'static str {
        match self {
            Choice::Version(path)
            | Choice::Script(path, _)
            | Choice::Link(path)
            | Choice::Toml(path, _) => path,
        }
    }
}

/// The default of the manager that has the directory `dir`.
fn remembered(host: &dyn Host, place: &Place, dir: &[u8]) -> Result<Option<Statement>, Unread> {
    let Some(choice) = place.choice else { return Ok(None) };
    let file = join(host.os(), dir, choice.path());
    match choice {
        Choice::Toml(_, form) => pins::statement(host, &file, form),
        Choice::Link(_) => Ok(linked(host, place.peer(), dir, &file)),
        Choice::Version(_) => {
            let Some(text) = pins::read(host, &file)? else { return Ok(None) };
            Ok(first_line(place.peer(), &file, &text))
        }
        Choice::Script(_, variable) => {
            let Some(text) = pins::read(host, &file)? else { return Ok(None) };
            Ok(assigned(place.peer(), &file, &text, variable))
        }
    }
}

/// mise's own file for all directories.
fn of_mise(env: &Environment<'_>) -> Option<Vec<u8>> {
    let host = env.host();
    let os = host.os();
    let absolute = |key| env.get(key).filter(|path| is_absolute(os, path)).map(<[u8]>::to_vec);
    if let Some(file) = absolute("MISE_GLOBAL_CONFIG_FILE") {
        return Some(file);
    }
    let config =
        || absolute("XDG_CONFIG_HOME").or_else(|| Some(join(os, &host.home()?, ".config")));
    let dir = absolute("MISE_CONFIG_DIR").or_else(|| Some(join(os, &config()?, "mise")))?;
    Some(join(os, &dir, "config.toml"))
}

fn statement(peer: Peer, file: &[u8], text: &FileText, line: (usize, &[u8])) -> Statement {
    Statement {
        peer,
        file: file.to_vec(),
        line: Some(line.0),
        text: line.1.to_vec(),
        quotable: text.is_quotable(),
        owner: text.owner,
        version: None,
        wants: None,
    }
}

/// The version in the first line that counts.
fn first_line(peer: Peer, file: &[u8], text: &FileText) -> Option<Statement> {
    let lines = text.bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let (at, line) = lines.enumerate().find(|(_, line)| !line.is_empty())?;
    let pin = PinFile { path: file.to_vec(), text: text.clone(), syntax: Syntax::GoVersion };
    let wants = pin.parse(false).ok().map(|pin| pin.selector);
    Some(Statement { wants, ..statement(peer, file, text, (at + 1, line)) })
}

/// The value that a script gives a variable last.
fn assigned(peer: Peer, file: &[u8], text: &FileText, variable: &str) -> Option<Statement> {
    let mut last = None;
    for (line, number) in text.bytes.split(|&byte| byte == b'\n').zip(1..) {
        let value = words(line).into_iter().rev().find_map(|word| {
            let value = word.strip_prefix(variable.as_bytes())?.strip_prefix(b"=")?;
            Some(value.to_vec())
        });
        last = value.map(|value| (number, line.trim_ascii(), value)).or(last);
    }
    let (number, line, value) = last?;
    let wants = match std::str::from_utf8(&value).ok() {
        Some("system") => Some(Selector::System),
        name => name.and_then(ToolchainName::parse).as_ref().and_then(of_name),
    };
    Some(Statement { wants, ..statement(peer, file, text, (number, line)) })
}

/// The release of the tree that a link in a manager's directory leads to, or into.
fn linked(host: &dyn Host, peer: Peer, dir: &[u8], link: &[u8]) -> Option<Statement> {
    let os = host.os();
    let (real, top) = (host.canonical(link)?, host.canonical(dir)?);
    // On Windows a junction is no link to the system's question, and has another real path.
    let is_link = real != join(os, &top, &String::from_utf8_lossy(&relative(link, dir)));
    if !is_link || !is_within(os, &real, &top) {
        return None;
    }
    let above = parent(os, &real)?.to_vec();
    let trees = [real.clone(), join(os, &real, "go"), above];
    let name = trees.iter().filter(|tree| is_within(os, tree, &top)).find_map(|tree| {
        let text = host.read(&join(os, tree, "VERSION"), VERSION_LIMIT).ok()??;
        let line = text.bytes.split(|&byte| byte == b'\n').next()?.trim_ascii();
        ToolchainName::parse(std::str::from_utf8(line).ok()?)
    })?;
    let owner = host.entry(link).map(|facts| Owner::of(host, facts.owner));
    Some(Statement {
        peer,
        file: link.to_vec(),
        line: None,
        // The name is of goward's own spelling, and nothing of the link is quoted.
        text: name.as_str().as_bytes().to_vec(),
        quotable: true,
        owner: owner.unwrap_or(Owner::Foreign),
        version: None,
        wants: of_name(&name),
    })
}

/// The part of `path` below `dir`.
fn relative(path: &[u8], dir: &[u8]) -> Vec<u8> {
    let rest = path.strip_prefix(dir).unwrap_or(path);
    rest.iter().copied().skip_while(|byte| matches!(byte, b'/' | b'\\')).collect()
}

/// A package set that gvm sets up together with its default, which a line of its script names.
pub fn package_set(env: &Environment<'_>) -> Option<Statement> {
    let home = env.host().home();
    let gvm = PLACES.iter().find(|place| place.choice.is_some_and(|it| it.path() == GVM_SCRIPT))?;
    let file = join(env.host().os(), &gvm.directory(env, home.as_deref())?, GVM_SCRIPT);
    let text = pins::read(env.host(), &file).ok()??;
    let found = assigned(gvm.peer(), &file, &text, "gvm_pkgset_name")?;
    let is_global = found.text.windows(6).any(|piece| piece == b"global");
    (!is_global).then_some(found)
}

#[cfg(all(test, unix))]
#[path = "defaults_tests.rs"]
mod tests;
