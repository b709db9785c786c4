//! Pins: that they can be read, agree with each other, and meet the modules below them.

use super::floors::Need;
use super::mend::{self, Wants};
use super::reach::{agree, is_advice, reaches};
use super::statement::{Kind, Site, Statement, place};
use super::{Look, advice};
use crate::finding::{Edit, Finding, Place};
use crate::fix::spelling::release;
use crate::kind::FileKind;
use crate::pins::of_name;
use crate::repo::directory_of;
use crate::rule::{Rule, Severity};
use goward_resolver::{
    Error, FileText, Goenv, Gotoolchain, Os, Owner, Pin, PinFile, Selector, Syntax, ToolchainName,
    Version,
};
use std::collections::{BTreeMap, BTreeSet};

/// A pin of one directory, for the comparison with others.
#[derive(Debug)]
pub(super) struct Pinned {
    pub(super) says: Selector,
    pub(super) at: Place,
    /// Whether it is the GOTOOLCHAIN of a `.goenv`.
    pub(super) in_goenv: bool,
}

pub(super) fn check(look: &Look<'_>, findings: &mut Vec<Finding>) {
    let pinned = pinned(look, findings);
    for pins in pinned.values() {
        for (at, pin) in pins.iter().enumerate() {
            let other = pins[..at].iter().find(|other| !agree(&pin.says, &other.says));
            findings.extend(other.map(|other| disagree(look, pin, other)));
        }
    }
    shadowed(look, &pinned, findings);
    below_floor(look, findings);
}

/// Pins with which no module is built, though there are modules below them.
fn shadowed(look: &Look<'_>, pinned: &BTreeMap<&str, Vec<Pinned>>, findings: &mut Vec<Finding>) {
    let directories = look.sites.all().map(|site| directory_of(&site.file));
    let stated = directories.filter_map(|dir| look.sites.statement(dir));
    let used: BTreeSet<&Place> = stated.map(|statement| &statement.at).collect();
    for (dir, pins) in pinned {
        let Some(module) = look.sites.some_module_below(dir) else { continue };
        if pins.iter().any(|pin| used.contains(&pin.at)) {
            continue;
        }
        let Some(nearer) = look.sites.statement(module) else { continue };
        for Pinned { says, at, .. } in pins {
            let said = says.to_string();
            let message = format!("no module is built with this pin of {said}");
            let finding =
                Finding::new(Rule::PinShadowed, at.clone(), [&said, "no effect"], message);
            let finding = finding.beside(nearer.at.clone(), "this one stands nearer");
            findings.push(finding.mend("remove it, or the pins below it"));
        }
    }
}

/// Whether a line ends as on Windows.
fn ends_in_return(bytes: &[u8], line: u32) -> bool {
    let mut lines = bytes.split(|&byte| byte == b'\n');
    let line = usize::try_from(line.saturating_sub(1)).ok().and_then(|line| lines.nth(line));
    line.is_some_and(|line| line.ends_with(b"\r"))
}

/// The pins of each directory, with what is wrong with one by itself.
pub(super) fn pinned<'l>(
    look: &Look<'l>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<&'l str, Vec<Pinned>> {
    let mut pinned: BTreeMap<&str, Vec<Pinned>> = BTreeMap::new();
    for (path, kind, content) in look.repository.read_files() {
        let Ok(bytes) = content else { continue };
        let pin = match kind {
            FileKind::Pin => pin(look, (path, bytes), findings),
            FileKind::Goenv => goenv(look, (path, bytes), findings),
            _ => None,
        };
        if let Some(pin) = pin {
            pinned.entry(directory_of(path)).or_default().push(pin);
        }
    }
    pinned
}

/// The pin of a file; `None` if it does not speak of Go.
pub(super) fn parsed(look: &Look<'_>, (path, bytes): (&str, &[u8])) -> Option<Result<Pin, Error>> {
    let syntax = match path.ends_with(".tool-versions") {
        true => Syntax::ToolVersions,
        false => Syntax::GoVersion,
    };
    if syntax == Syntax::ToolVersions && !speaks_of_go(bytes) {
        return None;
    }
    let text = FileText::of(Owner::Trusted, bytes);
    Some(PinFile { path: look.host.path(path), text, syntax }.parse(false))
}

/// A pin file.
fn pin(
    look: &Look<'_>,
    (path, bytes): (&str, &[u8]),
    findings: &mut Vec<Finding>,
) -> Option<Pinned> {
    let pin = match parsed(look, (path, bytes))? {
        Ok(pin) => pin,
        Err(error) => {
            findings.push(refused(Rule::PinMalformed, (path, &error)));
            return None;
        }
    };
    let at = place(look.host, &pin.origin);
    if let Some(line) = pin.surplus_line {
        let message = "only the first version of this file counts".to_owned();
        let place = Place::line(path, line);
        let finding = Finding::new(Rule::PinSurplusLines, place, ["", "no effect"], message);
        let finding = finding.beside(at.clone(), "this pin").mend("remove the line");
        findings.push(finding.edit(surplus(path, bytes, line)));
    }
    let line = at.line;
    if ends_in_return(bytes, line) {
        let message =
            "other tools may take the carriage return behind it for a part of the version";
        let what = [&pin.selector.to_string(), "this line"];
        let finding = Finding::new(Rule::PinCrlf, at.clone(), what, message.to_owned());
        let finding = finding.mend("end the line with a newline alone");
        let end = look.lines.line(path, line).map(|line| line.end);
        findings.push(finding.edit(end.map(|end| Edit::new(path, end..end + 1, ""))));
    }
    Some(Pinned { says: pin.selector, at, in_goenv: false })
}

/// The edits that remove the lines without effect, of which the first has this number, and the blank lines that
/// would end the file then.
fn surplus(path: &str, bytes: &[u8], first: u32) -> Vec<Edit> {
    let (mut edits, mut blank, mut start) = (Vec::new(), Vec::new(), 0);
    for (line, number) in bytes.split_inclusive(|&byte| byte == b'\n').zip(1..) {
        let edit = Edit::new(path, start..start + line.len(), "");
        start += line.len();
        let code = line.split(|&byte| byte == b'#').next().unwrap_or_default();
        if line.trim_ascii().is_empty() {
            blank.push(edit);
        } else if number >= first && !code.trim_ascii().is_empty() {
            edits.push(edit);
        } else {
            blank.clear();
        }
    }
    edits.extend(blank);
    edits
}

/// Whether a `.tool-versions` has a line for Go.
fn speaks_of_go(bytes: &[u8]) -> bool {
    bytes.split(|&b| b == b'\n').any(|line| {
        let line = line.split(|&b| b == b'#').next().unwrap_or_default().trim_ascii();
        let word = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        matches!(word, b"golang" | b"go") && line.len() > word.len()
    })
}

/// A `.goenv`, of which GOTOOLCHAIN may be a pin.
fn goenv(
    look: &Look<'_>,
    (path, bytes): (&str, &[u8]),
    findings: &mut Vec<Finding>,
) -> Option<Pinned> {
    let (at, value) = match goenv_file(look, (path, bytes), "GOTOOLCHAIN") {
        Ok(found) => found?,
        Err(error) => {
            findings.push(refused(rule_of(bytes, &error), (path, &error)));
            return None;
        }
    };
    let said = String::from_utf8_lossy(&value).into_owned();
    let toolchain = match Gotoolchain::parse(&value) {
        Ok(toolchain) => toolchain,
        Err(why) => {
            let (why, mend) =
                why.split_once('\n').unwrap_or((&why, "write a name such as go1.22.10"));
            let what = [said.as_str(), "this value"];
            let finding = Finding::new(Rule::GotoolchainInvalid, at.clone(), what, why.to_owned());
            findings.push(finding.mend(mend).edit(completed(look, (&at, &said))));
            return None;
        }
    };
    let name = toolchain.name?;
    if let Some(finding) = bare(look, &name, at.clone()) {
        let says = Selector::Minor(name.version().clone());
        let release = release(name.version(), &look.releases.known);
        let full = |says: &Selector| says.exact() == Some(&release);
        let edit = mend::pin(look, (&at, &says), &Wants { release: &release, fits: &full });
        findings.push(finding.edit(edit));
    }
    Some(Pinned { says: of_name(&name)?, at, in_goenv: true })
}

/// A setting of a `.goenv`, and its place.
fn goenv_file(
    look: &Look<'_>,
    (path, bytes): (&str, &[u8]),
    key: &str,
) -> Result<Option<(Place, Vec<u8>)>, Error> {
    let file = Goenv::parse(&look.host.path(path), FileText::of(Owner::Trusted, bytes))?;
    let found = file.get(key);
    Ok(found.map(|(value, origin)| (place(look.host, &origin), value.to_vec())))
}

/// As [`goenv_file`], of a file that may be refused.
pub(super) fn setting(look: &Look<'_>, file: (&str, &[u8]), key: &str) -> Option<(Place, Vec<u8>)> {
    goenv_file(look, file, key).ok().flatten()
}

/// The edit of a GOTOOLCHAIN in which the `go` or the patch is missing.
fn completed(look: &Look<'_>, (at, said): (&Place, &str)) -> Option<Edit> {
    let name = meant(said).map(|version| release(&version, &look.releases.known))?;
    let bytes = look.lines.line(&at.file, at.line)?;
    let line = std::str::from_utf8(look.lines.content(&at.file)?.get(bytes.clone())?).ok()?;
    let start = bytes.start + line.find('=')? + 1 + line.split_once('=')?.1.find(said)?;
    Some(Edit::new(&at.file, start..start + said.len(), format!("go{name}")))
}

/// The version of a name in which the `go` or the patch is missing, or a `v` stands in the place of `go`.
pub(super) fn meant(said: &str) -> Option<Version> {
    let number = ["go", "v"].iter().find_map(|before| said.strip_prefix(before)).unwrap_or(said);
    let version = Version::parse(number).filter(|version| version.as_str().contains('.'));
    version.filter(Version::knows_gotoolchain)
}

/// A name without its patch, which no release has.
pub(super) fn bare(look: &Look<'_>, name: &ToolchainName, at: Place) -> Option<Finding> {
    let version = name.version();
    let bare = version.is_language() && version.knows_gotoolchain() && !name.is_custom();
    bare.then(|| {
        let message = format!("no release of Go has the name {name}");
        let what = [name.as_str(), "without its patch"];
        let finding = Finding::new(Rule::GotoolchainBare, at, what, message);
        finding.mend(format!("write go{}", release(version, &look.releases.known)))
    })
}

/// The resolver's refusal of a file, at the line that it is about.
/// The rule for a line of a `.goenv` that the resolver refuses.
fn rule_of(bytes: &[u8], error: &Error) -> Rule {
    let line = error.source.as_ref().and_then(|source| Some(source.origin()?.line));
    let number = line.and_then(|line| usize::try_from(line).ok()?.checked_sub(1));
    let text = number.and_then(|number| bytes.split(|&byte| byte == b'\n').nth(number));
    match text.is_some_and(|text| text.starts_with(b"GOWARD_GO_LINE=")) {
        true => Rule::GoLineSetting,
        false => Rule::GoenvMalformed,
    }
}

fn refused(rule: Rule, (path, error): (&str, &Error)) -> Finding {
    let (words, mend) = error.why_lines().split_once('\n').unwrap_or((error.why_lines(), ""));
    let line = error.source.as_ref().and_then(|source| source.origin()).map_or(1, |at| at.line);
    let finding = Finding::new(rule, Place::line(path, line), [words, ""], words.to_owned());
    if mend.is_empty() { finding } else { finding.mend(mend.replace('\n', "; ")) }
}

fn disagree(look: &Look<'_>, pin: &Pinned, other: &Pinned) -> Finding {
    let message = format!("two pins of one directory: {} and {}", other.says, pin.says);
    let said = pin.says.to_string();
    let finding = Finding::new(Rule::PinsDisagree, pin.at.clone(), [&said, "this pin"], message);
    let [this, that] = [&pin.at.file, &other.at.file];
    let taken = look.sites.statement(directory_of(this)).map(|one| &one.at.file);
    let takes = match taken.filter(|taken| [this, that].contains(taken)) {
        Some(taken) => format!("go takes {taken}; "),
        None => String::new(),
    };
    let words = match (word(this), word(that)) {
        (Some(this), Some(that)) => format!(
            "{takes}to keep one: goward check --fix --keep {that}, or goward check --fix --keep {this}"
        ),
        _ => format!("{takes}keep one of them"),
    };
    finding.beside(other.at.clone(), "the other").mend(words)
}

/// A pin of which no release meets what a module needs, and that module's directory.
type Below<'l> = (&'l Statement, &'l Need, &'l str);

/// Pins of which no release meets what a module below them needs; each pin once, with the module that
/// needs most.
pub(super) fn too_old<'l>(look: &Look<'l>) -> BTreeMap<&'l Place, Below<'l>> {
    let mut lowest: BTreeMap<&Place, Below<'_>> = BTreeMap::new();
    for site in look.sites.all() {
        let dir = directory_of(&site.file);
        let statement = look.sites.statement(dir).filter(|one| one.kind == Kind::Pin);
        let Some(statement) = statement else { continue };
        let missed = |floor: &&Need| !reaches(&statement.says, &floor.version);
        let Some(floor) = look.sites.floor(site).filter(missed) else { continue };
        let most = lowest.entry(&statement.at).or_insert((statement, floor, dir));
        if most.1.version < floor.version {
            *most = (statement, floor, dir);
        }
    }
    lowest
}

fn below_floor(look: &Look<'_>, findings: &mut Vec<Finding>) {
    for site in look.sites.all() {
        let statement = look.sites.statement(directory_of(&site.file));
        let pin = statement.filter(|one| one.kind == Kind::Pin);
        findings.extend(pin.and_then(|pin| below_toolchain(pin, site)));
    }
    let found = |(statement, floor, dir)| below(look, statement, (floor, dir));
    findings.extend(too_old(look).into_values().map(found));
}

fn below(look: &Look<'_>, statement: &Statement, (floor, dir): (&Need, &str)) -> Finding {
    let (file, pin) = (&floor.at.file, statement.says.to_string());
    let tries = match is_advice(&floor.version) {
        true => ", which tries to compile it all the same",
        false => "",
    };
    let message = format!("{file} needs Go {}, and the pin is {pin}{tries}", floor.version);
    let what = [pin.as_str(), "this pin"];
    let mut finding = Finding::new(Rule::PinBelowFloor, statement.at.clone(), what, message);
    if is_advice(&floor.version) {
        finding = finding.at_most(Severity::Warning);
    }
    let finding = finding.beside(floor.at.clone(), &floor.by);
    let project = directory_of(&statement.at.file);
    match word(if project.is_empty() { "." } else { project }) {
        Some(project) if dir.starts_with(directory_of(&statement.at.file)) => {
            let wants = advice::wanted(look, dir, &floor.version).says;
            finding.run(format!("goward use {wants} --project {project}"))
        }
        _ => finding.mend("pin a version that meets the go line"),
    }
}

fn below_toolchain(statement: &Statement, site: &Site) -> Option<Finding> {
    let version = statement.says.exact()?;
    let line = site.lines.toolchain.as_ref()?;
    let name = ToolchainName::parse(&line.value).filter(|name| version < name.version())?;
    // A toolchain line below the go line has no effect in any case.
    if site.lines.go_version().is_some_and(|go| *name.version() < go) {
        return None;
    }
    let at = Place::line(&site.file, line.line);
    let message = format!("the pin {version} wins over the toolchain line {name}");
    let what = [version.as_str(), "this pin"];
    let finding = Finding::new(Rule::PinBelowToolchainLine, statement.at.clone(), what, message);
    Some(finding.beside(at, "no effect here").mend("remove one of them, or make them agree"))
}

/// A path as a word of a shell; `None` for one that cannot be written as one.
pub(super) fn word(path: &str) -> Option<String> {
    goward_resolver::word(Os::HERE, path.as_bytes())
}
