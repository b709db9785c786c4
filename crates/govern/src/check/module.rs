//! go.mod and go.work: that Go can read them, and what one line of them means for another.

use super::pins::{self, bare};
use super::statement::{Site, is_passed_over};
use super::{Look, mend};
use crate::finding::{Edit, Finding, Place};
use crate::fix::spelling::release;
use crate::repo::{directory_of, resolve};
use crate::rule::{Rule, Severity};
use goward_gomod::{File, Kind, Position, Rules, Sole, Syntax};
use goward_resolver::{Directive, Selector, ToolchainName, Version};
use std::collections::HashSet;

/// Values of GODEBUG that a release of Go has removed: the setting, the value, the minor
/// (`internal/godebugs/table.go`).
const REMOVED: [(&str, &str, &str); 10] = [
    ("x509sha1", "1", "1.24"),
    ("tlskyber", "0", "1.24"),
    ("gotypesalias", "0", "1.27"),
    ("tlsunsafeekm", "1", "1.27"),
    ("tlsrsakex", "1", "1.27"),
    ("tls3des", "1", "1.27"),
    ("tls10server", "1", "1.27"),
    ("x509keypairleaf", "0", "1.27"),
    ("asynctimerchan", "1", "1.27"),
    ("asynctimerchan", "2", "1.27"),
];

pub(super) fn check(look: &Look<'_>, findings: &mut Vec<Finding>) {
    for site in look.sites.all() {
        let Some(Ok(bytes)) = look.repository.content(&site.file) else { continue };
        let rules = Rules::strict(if site.is_work { Kind::Workspace } else { Kind::Module });
        match File::parse(bytes.clone(), rules) {
            Ok(file) => {
                parsed(look, site, &file, findings);
                toolchain((look, site), Some(file.syntax()), findings);
            }
            Err(refused) => {
                let syntax = Syntax::parse(bytes.clone(), rules).ok();
                // Of several errors the first may be the cause of all.
                let error = &refused.errors()[0];
                if nameless(site).is_none_or(|line| line.line != error.position().line) {
                    findings.push(invalid(site, error, syntax.as_ref()));
                }
                toolchain((look, site), syntax.as_ref(), findings);
            }
        }
        findings.extend(unstated(look, site));
    }
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

/// Go's refusal of a file, with the mend of a go line that has one meaning.
fn invalid(site: &Site, error: &goward_gomod::Error, syntax: Option<&Syntax>) -> Finding {
    let (at, words) = (place(&site.file, error.position()), error.message(&site.file));
    let message = format!("Go refuses this file: {words}");
    let line = at.line;
    let finding = Finding::new(Rule::ModuleFileInvalid, at, [&words, ""], message);
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
        findings.push(finding.mend("write one, such as go 1.22.0"));
    }
    godebug(look, site, file, findings);
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

fn godebug(look: &Look<'_>, site: &Site, file: &File, findings: &mut Vec<Finding>) {
    for line in &file.godebug {
        let (key, value) = (line.key.to_lossy(), line.value.to_lossy());
        let removed = REMOVED.iter().find(|(k, v, _)| *k == key && *v == value);
        let Some((.., since)) = removed else { continue };
        let Some(release) = Version::parse(since) else { continue };
        let statement = look.sites.statement(directory_of(&site.file));
        let chosen = statement.map(|statement| match &statement.says {
            Selector::Exact(version) | Selector::Minor(version) => *version >= release,
            Selector::Latest => true,
            _ => false,
        });
        if chosen == Some(false) {
            continue;
        }
        let message = format!("Go {since} has removed this value: {key}={value}");
        let at = place(&site.file, line.place.start);
        let finding = Finding::new(Rule::GodebugRemoved, at, [&key, "removed"], message);
        let bytes = file.syntax().removal(line.place.start.offset);
        let edit = bytes.map(|bytes| Edit::new(&site.file, bytes, ""));
        let finding = finding.mend("remove the line").edit(edit);
        findings.push(match statement {
            Some(statement) => finding.beside(statement.at.clone(), "this Go"),
            None => finding.at_most(Severity::Warning),
        });
    }
}

fn requirements(look: &Look<'_>, site: &Site, file: &File, findings: &mut Vec<Finding>) {
    let (dir, mut local) = (directory_of(&site.file), HashSet::new());
    for replace in &file.replace {
        let path = replace.new.path.to_lossy();
        if !replace.new.version.is_empty() {
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
    let vendored = look.repository.has_file(&beside("vendor/modules.txt"));
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
    for one in
        asked().filter(|one| breaks(&one.module.path.to_lossy(), &one.module.version.to_lossy()))
    {
        let version = one.module.version.to_lossy();
        let message =
            format!("golang.org/x/tools {version} does not compile with Go 1.25 or later");
        let at = place(&site.file, one.place.start);
        let finding = Finding::new(Rule::NewGoBreaks, at, [&version, "this version"], message);
        findings.push(finding.mend("require v0.26.0 or later, or use Go 1.24"));
    }
    debug_assert!(!is_passed_over(&site.file));
}

/// Whether this release of x/tools has the code that Go 1.25 refuses (golang/go#74462).
fn breaks(path: &str, version: &str) -> bool {
    let minor = || version.strip_prefix("v0.")?.split('.').next()?.parse::<u32>().ok();
    path == "golang.org/x/tools" && minor().is_some_and(|minor| (2..=25).contains(&minor))
}
