//! go.mod and go.work: that Go can read them, and what one line of them means for another.

use super::pins::{self, bare};
use super::statement::{Site, is_passed_over};
use super::{Look, godebug, mend};
use crate::claims::Claims;
use crate::finding::{Edit, Finding, Place};
use crate::fix::spelling::release;
use crate::repo::{directory_of, resolve};
use crate::rule::Rule;
use goward_gomod::{File, Kind, Position, Rules, Sole, Syntax};
use goward_resolver::{Directive, ToolchainName, Version};
use std::collections::{HashMap, HashSet};

/// A byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// The module of tools.
const TOOLS: &str = "golang.org/x/tools";

pub(super) fn check(look: &Look<'_>, claims: &Claims, findings: &mut Vec<Finding>) {
    let built = godebug::Built::of(look, claims);
    godebug::of_goenv(look, &built, findings);
    for site in look.sites.all() {
        let Some(Ok(bytes)) = look.repository.content(&site.file) else { continue };
        let rules = rules(if site.is_work { Kind::Workspace } else { Kind::Module });
        match File::parse(bytes.clone(), rules) {
            Ok(file) => {
                godebug::of_module((look, &built), site, &file, findings);
                parsed(look, site, &file, findings);
                toolchain((look, site), Some(file.syntax()), findings);
            }
            Err(refused) => {
                let syntax = Syntax::parse(bytes.clone(), rules).ok();
                // Of several errors the first may be the cause of all.
                let error = &refused.errors()[0];
                if nameless(site).is_none_or(|line| line.line != error.position().line) {
                    findings.push(invalid((site, bytes), error, syntax.as_ref()));
                }
                toolchain((look, site), syntax.as_ref(), findings);
            }
        }
        findings.extend(unstated(look, site));
    }
}

/// Go's rules for a main module or a workspace, on all systems but Windows: what a repository says must
/// hold there, too, wherever goward runs.
pub(super) fn rules(kind: Kind) -> Rules {
    Rules::strict(kind).on_windows(false)
}

/// A module for which no file chooses a Go.
fn unstated(look: &Look<'_>, site: &Site) -> Option<Finding> {
    if site.is_work || look.sites.statement(directory_of(&site.file)).is_some() {
        return None;
    }
    let line = site.lines.go.as_ref()?.line;
    let message = "no file states a Go for this module: the default of each machine builds it";
    let (at, what) = (Place::line(&site.file, line), ["go", "a minimum"]);
    let finding = Finding::new(Rule::ToolchainUnstated, at, what, message.to_owned());
    Some(finding.mend("state one: goward use --go-mod, or goward use"))
}

/// Go's refusal of a file, with the mend of what has one meaning.
fn invalid(
    (site, bytes): (&Site, &[u8]),
    error: &goward_gomod::Error,
    syntax: Option<&Syntax>,
) -> Finding {
    let (at, words) = (place(&site.file, error.position()), error.message(&site.file));
    let message = format!("Go refuses this file: {words}");
    let line = at.line;
    let finding = Finding::new(Rule::ModuleFileInvalid, at, [&words, ""], message);
    if bytes.starts_with(MARK) {
        let edit = Edit::new(&site.file, 0..MARK.len(), "");
        return finding.mend("remove the byte order mark").edit(Some(edit));
    }
    if let Some(verb) = words.strip_prefix("repeated ").and_then(|w| w.strip_suffix(" statement")) {
        let finding = finding.mend(format!("keep one {verb} line"));
        let twice = says_the_same(bytes, line, verb).then_some(syntax).flatten();
        let bytes = twice.and_then(|syntax| syntax.removal(error.position().offset));
        return finding.edit(bytes.map(|bytes| Edit::new(&site.file, bytes, "")));
    }
    if words.contains("appears to be Windows path") {
        return finding
            .mend("write it with slashes, as ./x or ../x: Go takes that on Windows, too");
    }
    let go = site.lines.go.as_ref().filter(|go| go.line == line);
    match go.and_then(|go| meant(&go.value)) {
        Some(version) => finding.mend(format!("write go {version}")).edit(set(
            site,
            syntax,
            (Sole::Go, version.as_str()),
        )),
        None => finding,
    }
}

/// Whether the line of this number says what the first line with this verb says.
fn says_the_same(bytes: &[u8], number: u32, verb: &str) -> bool {
    let words = |line: &[u8]| {
        let line = String::from_utf8_lossy(line);
        let code = line.split("//").next().unwrap_or_default();
        code.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut lines = bytes.split(|&byte| byte == b'\n').zip(1..);
    let first = lines.find_map(|(line, at)| {
        let words = words(line);
        words.first().is_some_and(|first| first == verb).then_some((words, at))
    });
    let Some((first, at)) = first else { return false };
    at < number && lines.find(|(_, at)| *at == number).is_some_and(|(line, _)| words(line) == first)
}

/// The edit that gives a line another value, where the file has a structure.
fn set(site: &Site, syntax: Option<&Syntax>, (sole, value): (Sole, &str)) -> Option<Edit> {
    Some(mend::spliced(&site.file, syntax?.splice(sole, value).ok()?))
}

fn place(file: &str, at: Position) -> Place {
    Place::line(file, at.line)
}

fn parsed(look: &Look<'_>, site: &Site, file: &File, findings: &mut Vec<Finding>) {
    if file.go.is_none() && file.module.is_some() {
        let message = "without a go line Go assumes 1.16".to_owned();
        let at = Place::line(&site.file, 1);
        let finding = Finding::new(Rule::GoLineMissing, at, ["", ""], message);
        findings.push(
            finding.mend("write one: go 1.16 is what Go assumes, and a later one allows more"),
        );
    }
    if !site.is_work {
        requirements(look, site, file, findings);
    }
}

/// A toolchain line that names no toolchain.
fn nameless(site: &Site) -> Option<&Directive> {
    let line = site.lines.toolchain.as_ref().filter(|line| !line.value.is_empty())?;
    (line.value != "default" && ToolchainName::parse(&line.value).is_none()).then_some(line)
}

/// The version that a person may have meant with a value that Go refuses, such as `1.23.x` or
/// `v1.23.2`.
fn meant(value: &str) -> Option<Version> {
    let value = value.trim_start_matches("go").trim_start_matches(['v', '^', '~', '>', '=']);
    let value = [".x", ".*"].iter().find_map(|end| value.strip_suffix(end)).unwrap_or(value);
    Version::parse(value).filter(|version| version.as_str().contains('.'))
}

fn toolchain(
    (look, site): (&Look<'_>, &Site),
    syntax: Option<&Syntax>,
    findings: &mut Vec<Finding>,
) {
    let Some(line) = site.lines.toolchain.as_ref().filter(|line| !line.value.is_empty()) else {
        return;
    };
    let at = Place::line(&site.file, line.line);
    let full = |version: &Version| format!("go{}", release(version, &look.releases.known));
    if nameless(site).is_some() {
        let message = format!("{} is no name of a toolchain", line.value);
        let what = [line.value.as_str(), "this name"];
        let finding = Finding::new(Rule::GotoolchainInvalid, at, what, message);
        let name = pins::meant(&line.value).map(|version| full(&version));
        let edit = name.and_then(|name| set(site, syntax, (Sole::Toolchain, &name)));
        findings.push(match meant(&line.value) {
            Some(version) => finding.mend(format!("write toolchain {}", full(&version))).edit(edit),
            None => finding.mend("write a name such as go1.22.10"),
        });
        return;
    }
    let Some(name) = ToolchainName::parse(&line.value) else { return };
    let go = site.lines.go_version();
    match go.filter(|go| name.version() < go) {
        Some(go) => {
            let message =
                format!("the toolchain line {name} is below the go line {go}: Go ignores it");
            let what = [line.value.as_str(), "no effect"];
            let finding = Finding::new(Rule::ToolchainBelowGo, at, what, message);
            let go_line = site.lines.go.as_ref().map_or(1, |go| go.line);
            let finding = finding.beside(Place::line(&site.file, go_line), "this go line");
            let bytes = syntax.and_then(|syntax| syntax.removal_of(Sole::Toolchain));
            let edit = bytes.map(|bytes| Edit::new(&site.file, bytes, ""));
            findings.push(finding.mend("remove the toolchain line").edit(edit));
        }
        None => {
            let finding = bare(look, &name, at);
            let edit = || set(site, syntax, (Sole::Toolchain, &full(name.version())));
            findings.extend(finding.map(|finding| finding.edit(edit())));
        }
    }
}

fn requirements(look: &Look<'_>, site: &Site, file: &File, findings: &mut Vec<Finding>) {
    let (dir, mut local, mut other) = (directory_of(&site.file), HashSet::new(), HashMap::new());
    for replace in &file.replace {
        let path = replace.new.path.to_lossy();
        if !replace.new.version.is_empty() {
            if replace.old.path.to_lossy() == TOOLS {
                let new = (path, replace.new.version.to_lossy());
                other.insert(replace.old.version.to_lossy(), new);
            }
            continue;
        }
        local.insert(replace.old.path.to_lossy());
        if look.repository.is_by_git() && resolve(dir, &path).is_none() {
            let message = format!("{path} is not in this repository");
            let at = place(&site.file, replace.place.start);
            let finding =
                Finding::new(Rule::ReplaceOutside, at, [&path, "this directory"], message);
            findings.push(finding.mend("keep it out of commits: a go.work is for that"));
        }
    }
    let asked = || file.require.iter().filter(|one| !local.contains(&one.module.path.to_lossy()));
    let beside = |name: &str| match dir {
        "" => name.to_owned(),
        dir => [dir, "/", name].concat(),
    };
    let list = beside("vendor/modules.txt");
    let vendored = look.repository.has_file(&list) || look.repository.is_beyond(&list);
    if let Some(first) = asked().next()
        && !look.repository.has_file(&beside("go.sum"))
        && !vendored
        && !crate::repo::upwards(dir).any(|dir| look.sites.work(dir).is_some())
    {
        let message = "this module has requirements and no go.sum".to_owned();
        let at = place(&site.file, first.place.start);
        let finding =
            Finding::new(Rule::SumMissing, at, [&first.module.path.to_lossy(), ""], message);
        findings.push(finding.mend("run go mod tidy there, and commit the go.sum"));
    }
    for one in asked().filter(|one| one.module.path.to_lossy() == TOOLS) {
        let version = one.module.version.to_lossy();
        // A replacement of one version is before that of all.
        let new = other.get(&version).or_else(|| other.get(""));
        if !new.map_or(breaks(&version), |(path, version)| path == TOOLS && breaks(version)) {
            continue;
        }
        let message = format!("{TOOLS} {version} does not compile with Go 1.25 or later");
        let at = place(&site.file, one.place.start);
        let finding = Finding::new(Rule::NewGoBreaks, at, [&version, "this version"], message);
        findings.push(finding.mend("require v0.26.0 or later, or use Go 1.24"));
    }
    debug_assert!(!is_passed_over(&site.file));
}

/// Whether this release of x/tools has the code that Go 1.25 refuses (golang/go#74462).
fn breaks(version: &str) -> bool {
    let minor = || version.strip_prefix("v0.")?.split('.').next()?.parse::<u32>().ok();
    minor().is_some_and(|minor| (2..=25).contains(&minor))
}
